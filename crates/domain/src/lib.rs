//! The verbs of Guildhall. An act is a function over the ports and an actor; it checks rights through [`access`],
//! stores through one port method, then tells the bus. It knows no HTTP, no sockets and none of Discord's JSON.

pub mod access;
pub mod accounts;
pub mod actor;
pub mod applications;
pub mod audience;
pub mod channels;
pub mod error;
pub mod form;
pub mod guilds;
#[doc(hidden)]
pub mod hostile;
pub mod jobs;
pub mod messages;
pub mod oauth;
pub mod presence;
pub mod ready;
pub mod relationships;
pub mod secrets;
pub mod sessions;
pub mod voice;

pub use actor::Actor;
pub use error::{Error, Refusal, Result};
pub use form::{Fault, FormErrors};

use std::sync::Arc;

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Who has a code that the operator made.
    Invite,
    /// Nobody.
    Closed,
}

/// What the operator decided.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Who may register.
    pub registration: Registration,
    /// Whether attempts are throttled. Off only for tests and load generators.
    pub throttle: bool,
}

/// What acts are functions over: the ports, the operator's decisions and the secrets. Cheap to clone.
#[derive(Clone)]
pub struct World {
    /// The outside.
    pub ports: ports::Ports,
    /// The operator's decisions.
    pub policy: Arc<Policy>,
    /// Hashes passwords in a bounded pool.
    pub passwords: Arc<secrets::Passwords>,
    /// Issues and checks message ids.
    pub message_keys: Arc<secrets::MessageKeys>,
    /// Which channels belong to guilds, as far as it was asked for.
    pub places: Arc<access::Places>,
}

impl World {
    /// A new Snowflake.
    pub(crate) fn mint(&self) -> Result<u64> {
        self.ports.ids.next().map_err(|_| Error::Unavailable)
    }

    /// Counts an attempt, if throttling is on.
    pub(crate) async fn throttle(&self, key: &str, limit: u32, window: std::time::Duration) -> Result<()> {
        if !self.policy.throttle {
            return Ok(());
        }
        let counted = self.ports.rates.hit(key, limit, window).await;
        counted.map(drop).map_err(|retry_after| Error::Throttled { retry_after })
    }
}
