//! Who is in which voice channel. No sound: where somebody is, and what it shows of itself there.

use crate::{ChannelId, GuildId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Where somebody is in voice. There is one for each user and guild; a person is in one channel over all guilds.
///
/// Whether moderators muted or deafened it is part of its membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceState {
    /// Who.
    pub user: UserId,
    /// In which guild.
    pub guild: GuildId,
    /// In which channel.
    pub channel: ChannelId,
    /// The gateway session that is there, as clients know it.
    pub session: String,
    /// It may be in a channel of each guild at the same time.
    pub bot: bool,
    /// It muted itself.
    pub self_mute: bool,
    /// It hears nothing.
    pub self_deaf: bool,
    /// It shows its camera.
    pub self_video: bool,
    /// It may not speak: the audience of a stage.
    pub suppress: bool,
    /// Since when it asks to speak on a stage.
    pub asks_since: Option<Timestamp>,
}

/// What somebody shows of itself in a voice channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VoiceFlags {
    /// It muted itself.
    pub mute: bool,
    /// It hears nothing.
    pub deaf: bool,
    /// It shows its camera.
    pub video: bool,
}

impl VoiceState {
    /// Shows these flags.
    pub const fn show(&mut self, flags: VoiceFlags) {
        self.self_mute = flags.mute;
        self.self_deaf = flags.deaf;
        self.self_video = flags.video;
    }
}
