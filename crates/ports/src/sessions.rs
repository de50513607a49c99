//! Gateway sessions as another node needs them to take one up, also when the node that had it is dead.
//!
//! Nothing of a session's events is copied: what a node hears can be read again for a while from the bus's transport, and
//! a session is that stream, filtered and numbered. So a parked session is its owner, its last number, and the place in
//! the stream that the number stands for. Only where events cannot be found there (a session that was just resumed, on
//! its third node) a few of them are kept with it. A hint with a time to live, never truth: a session that is not found begins
//! anew.

use crate::Stored;
use crate::bus::{Mark, Position};
use async_trait::async_trait;
use model::event::{Envelope, GuildFilter};
use model::presence::SessionPresence;
use model::{ChannelId, DeviceId, GuildId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A session as it is kept for other nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedSession {
    /// Its id, 128 random bits.
    pub id: u128,
    /// The account.
    pub user: UserId,
    /// The device whose token was shown.
    pub device: DeviceId,
    /// Whether it is a bot.
    pub bot: bool,
    /// What a bot asked for; all for people.
    pub intents: u64,
    /// Which shard of how many.
    pub shard: (u64, u64),
    /// The number of the last event at or before `position`.
    pub last: u64,
    /// Where in what its node heard that is.
    pub position: Position,
    /// The events with the numbers up to `last` that its client may not have: it is sure to have those before them. `None`
    /// where one was left out, and its number stays used. Empty if it has all, or if it is too much to be kept.
    #[serde(default)]
    pub tail: Vec<Option<ParkedEvent>>,
    /// Messages that a node before this one told it of lately, which this one may be told of again.
    #[serde(default)]
    pub told: Vec<MessageId>,
    /// The presence that its client set.
    pub presence: Option<SessionPresence>,
    /// The guilds that its user was in, with the state's version under which its events were chosen. If one of them has
    /// another one by now, or the user is in other guilds, numbers cannot be found again: it begins anew.
    #[serde(default)]
    pub guilds: Vec<(GuildId, u64)>,
    /// When it began: of what was said before, and is told again, it is told nothing.
    #[serde(default)]
    pub began: Option<Timestamp>,
    /// When its client was sent READY: it read nothing before.
    #[serde(default)]
    pub shown: Option<Timestamp>,
}

/// An event that is kept with a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedEvent {
    /// Its name.
    pub name: String,
    /// The JSON of `d`.
    pub d: String,
    /// The private channel that its receiver must still see.
    pub channel: Option<ChannelId>,
    /// What its receiver must still pass in a guild.
    pub guild: Option<(GuildId, GuildFilter)>,
}

/// Keeps sessions for other nodes.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps it, in place of what was kept under its id, for somewhat less than the bus's routes last: who takes it up
    /// can rely on that its user's events still reached the old node's stream.
    async fn park(&self, session: &ParkedSession) -> Stored<()>;

    /// Gives it to one caller, and forgets it.
    async fn take(&self, id: u128) -> Stored<Option<ParkedSession>>;

    /// Forgets it.
    async fn forget(&self, id: u128) -> Stored<()>;

    /// What was heard after `after` for this user or for these guilds, in order, each event once; before it also what was heard so long before,
    /// as far as that can be read, which ends at a gap. `None`: what came after cannot be read any more, or not completely.
    async fn heard(
        &self,
        user: UserId,
        guilds: &[GuildId],
        after: Position,
        before: Duration,
    ) -> Stored<Option<Vec<(Envelope, Mark)>>>;
}
