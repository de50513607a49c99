//! What Guildhall needs from the world: traits and their contracts. Each contract is stated once more as code in
//! `testkit::conformance`, which every engine must pass.
//!
//! Rules for all ports:
//! * one method is one transaction; what it promises is stored, or nothing is;
//! * `Err(StoreError::Unavailable)` means that the outcome is unknown: the caller may repeat the same call;
//! * an engine never panics on what a caller hands it.

pub mod blobs;
pub mod bus;
pub mod clock;
pub mod directory;
pub mod messages;
pub mod presence;
pub mod rates;
pub mod sessions;
pub mod voice;

use std::sync::Arc;

/// Why a store did not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It is away, overloaded or shutting down; whether the call took effect is unknown. Worth another try.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It holds something that it should not. Not worth another try.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// It has no room left: nothing was stored.
    #[error("the store is full: {0}")]
    Full(String),
}

/// What every port method answers.
pub type Stored<T> = Result<T, StoreError>;

/// The ports that acts are functions over. Cheap to clone.
#[derive(Clone)]
pub struct Ports {
    /// Accounts, devices, friends, private channels, applications, settings, guilds.
    pub directory: Arc<dyn directory::Directory>,
    /// Messages, reactions, pins, read marks.
    pub messages: Arc<dyn messages::Messages>,
    /// Images and files.
    pub blobs: Arc<dyn blobs::Blobs>,
    /// Events between nodes and to this node's hub.
    pub bus: Arc<dyn bus::Bus>,
    /// Who is online.
    pub presence: Arc<dyn presence::Presences>,
    /// Who is in which voice channel.
    pub voice: Arc<dyn voice::VoiceStates>,
    /// Gateway sessions that another node may take up.
    pub sessions: Arc<dyn sessions::Sessions>,
    /// Counters that throttle.
    pub rates: Arc<dyn rates::Rates>,
    /// The time.
    pub clock: Arc<dyn clock::Clock>,
    /// New Snowflakes.
    pub ids: Arc<dyn clock::Ids>,
}
