//! GUILD_CREATE: a guild as one of its members sees it, when a session begins and when it comes in (protocol A.12).
//! Every list is always there: serenity drops the event without a single one of them.

use super::Rendered;
use crate::guild::{self, GuildObject};
use crate::guild_channel::{Channels, Shown};
use crate::list::list;
use crate::member::Members;
use crate::presence::{self, PresenceObject};
use crate::timestamp::Ts;
use crate::voice::VoiceStates;
use model::event::MemberView;
use model::guild::GuildState;
use model::presence::Presence;
use model::voice::VoiceState;
use model::{GuildId, Timestamp};
use serde::{Serialize, Serializer};

/// The event's name.
pub const NAME: &str = "GUILD_CREATE";

/// A guild as one of its members is shown it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its settings, roles and emoji.
    pub state: &'a GuildState,
    /// When the receiver came in.
    pub joined: Timestamp,
    /// Whether there are more members than the receiver wanted to be told of.
    pub large: bool,
    /// How many members there are.
    pub member_count: u64,
    /// Those that are told of; the receiver is always among them (JDA and discord.py need it).
    pub members: &'a [MemberView],
    /// The channels that it may view.
    pub channels: &'a [Shown<'a>],
    /// The active threads that it may view.
    pub threads: &'a [Shown<'a>],
    /// Presences of those who are not offline.
    pub presences: &'a [Presence],
    /// Who is in voice channels that it may view.
    pub voice_states: &'a [(VoiceState, MemberView)],
}

/// A guild in GUILD_CREATE and in a person's READY.
#[derive(Debug, Serialize)]
pub struct GuildCreate<'a> {
    #[serde(flatten)]
    guild: GuildObject<'a>,
    joined_at: Ts,
    large: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable: Option<bool>,
    member_count: u64,
    voice_states: VoiceStates<'a>,
    members: Members<'a>,
    channels: Channels<'a>,
    threads: Channels<'a>,
    presences: Presences<'a>,
    stage_instances: [(); 0],
    guild_scheduled_events: [(); 0],
    soundboard_sounds: [(); 0],
}

#[derive(Debug, Clone, Copy)]
struct Presences<'a> {
    guild: GuildId,
    presences: &'a [Presence],
}

impl Serialize for Presences<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let show = |presence| -> PresenceObject<'_> { presence::render(presence).in_guild(self.guild) };
        list(self.presences, show).serialize(serializer)
    }
}

/// The payload. Libraries take a guild without `unavailable` as one that the account came into just now.
pub fn d<'a>(seen: &Seen<'a>, unavailable: Option<bool>) -> GuildCreate<'a> {
    GuildCreate {
        guild: guild::of(seen.state),
        joined_at: Ts(seen.joined),
        large: seen.large,
        unavailable,
        member_count: seen.member_count,
        voice_states: VoiceStates(seen.voice_states),
        members: Members(seen.members),
        channels: Channels(seen.channels),
        threads: Channels(seen.threads),
        presences: Presences { guild: seen.state.guild.id, presences: seen.presences },
        stage_instances: [],
        guild_scheduled_events: [],
        soundboard_sounds: [],
    }
}

/// The event after READY, for a guild that the receiver was in before.
pub fn known(seen: &Seen<'_>) -> Rendered {
    super::json(NAME, &d(seen, Some(false)))
}

/// The event for a guild that the receiver came into just now.
pub fn joined(seen: &Seen<'_>) -> Rendered {
    super::json(NAME, &d(seen, None))
}
