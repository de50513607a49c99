//! Who is in which voice channel, over all nodes. A hint with a time to live, never truth.

use crate::Stored;
use async_trait::async_trait;
use model::voice::VoiceState;
use model::{ChannelId, GuildId, UserId};

/// What became of somebody who comes into a voice channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// It is there.
    Entered {
        /// What this replaced in the same guild, also if it had run out and nobody was told.
        before: Option<VoiceState>,
        /// Where else a person was, and is no more.
        left: Vec<VoiceState>,
    },
    /// The channel, or the guild, holds no more; nothing changed.
    Full,
}

/// Which voice states of a user end: those to which all that is given here applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Which<'a> {
    /// In this guild.
    pub guild: Option<GuildId>,
    /// In this channel.
    pub channel: Option<ChannelId>,
    /// Of this session.
    pub session: Option<&'a str>,
}

/// Voice states of a guild that ran out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// They ended now: of two callers one is given them.
    pub ended: Vec<VoiceState>,
    /// Others are left.
    pub others: bool,
}

/// Changes a voice state, but not whose it is and in which guild. It may be called several times.
pub type VoiceEdit = Box<dyn Fn(&mut VoiceState) + Send + Sync>;

/// Voice states. Each lives until it is ended or not kept alive for three heartbeats.
#[async_trait]
pub trait VoiceStates: Send + Sync {
    /// Brings a user into a channel, out of where it was in this guild; a person also out of all other guilds. With `most`,
    /// only if fewer others are in the channel, or the user is in it already. No guild holds more than
    /// [`model::limits::GUILD_IN_VOICE`].
    async fn enter(&self, state: VoiceState, most: Option<u32>) -> Stored<Entered>;

    /// Changes a living state: before and after. `None`: the user is not in voice there. Its life is what it was.
    async fn change(
        &self,
        user: UserId,
        guild: GuildId,
        edit: VoiceEdit,
    ) -> Stored<Option<(VoiceState, VoiceState)>>;

    /// Ends states of a user; those that it ended. Of two callers one is given them.
    async fn end(&self, user: UserId, which: Which<'_>) -> Stored<Vec<VoiceState>>;

    /// The session is still there. Whether it is in voice anywhere.
    async fn keep_alive(&self, user: UserId, session: &str) -> Stored<bool>;

    /// A user's living states, by guild.
    async fn of_user(&self, user: UserId) -> Stored<Vec<VoiceState>>;

    /// A guild's living states, by user.
    async fn of_guild(&self, guild: GuildId) -> Stored<Vec<VoiceState>>;

    /// Ends a guild's states that ran out.
    async fn sweep(&self, guild: GuildId) -> Stored<Swept>;
}
