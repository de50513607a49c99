//! Voice regions, which bots ask for at start, and who is in which voice channel.

use crate::Sf;
use crate::list::list;
use crate::member::{self, MemberObject};
use crate::present;
use crate::timestamp::Ts;
use model::event::MemberView;
use model::voice::VoiceState;
use model::{ChannelId, GuildId, UserId};
use serde::{Deserialize, Serialize, Serializer};

/// A voice region.
#[derive(Debug, Serialize)]
pub struct VoiceRegion {
    id: &'static str,
    name: &'static str,
    optimal: bool,
    deprecated: bool,
    custom: bool,
}

/// The one region there is: this server.
pub const REGIONS: [VoiceRegion; 1] =
    [VoiceRegion { id: "local", name: "Local", optimal: true, deprecated: false, custom: false }];

/// Where somebody is in voice: protocol C.15.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct VoiceStateObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    channel_id: Option<Sf<ChannelId>>,
    user_id: Sf<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberObject<'a>>,
    session_id: &'a str,
    deaf: bool,
    mute: bool,
    self_deaf: bool,
    self_mute: bool,
    self_video: bool,
    self_stream: bool,
    suppress: bool,
    request_to_speak_timestamp: Option<Ts>,
}

/// Renders a state with the membership, which says what moderators did.
pub fn render<'a>(state: &'a VoiceState, member: Option<&'a MemberView>) -> VoiceStateObject<'a> {
    VoiceStateObject {
        guild_id: Some(Sf(state.guild)),
        channel_id: Some(Sf(state.channel)),
        user_id: Sf(state.user),
        member: member.map(member::render),
        session_id: &state.session,
        deaf: member.is_some_and(|view| view.member.deaf),
        mute: member.is_some_and(|view| view.member.mute),
        self_deaf: state.self_deaf,
        self_mute: state.self_mute,
        self_video: state.self_video,
        self_stream: false,
        suppress: state.suppress,
        request_to_speak_timestamp: state.asks_since.map(Ts),
    }
}

impl VoiceStateObject<'_> {
    /// The same, of one who is not there any more.
    #[must_use]
    pub const fn gone(mut self) -> Self {
        self.channel_id = None;
        self.request_to_speak_timestamp = None;
        self
    }
}

/// Shows that a member is in no voice channel.
pub fn nowhere<'a>(
    guild: GuildId,
    user: UserId,
    member: &'a MemberView,
    session: &'a str,
) -> VoiceStateObject<'a> {
    VoiceStateObject {
        guild_id: Some(Sf(guild)),
        channel_id: None,
        user_id: Sf(user),
        member: Some(member::render(member)),
        session_id: session,
        deaf: member.member.deaf,
        mute: member.member.mute,
        self_deaf: false,
        self_mute: false,
        self_video: false,
        self_stream: false,
        suppress: false,
        request_to_speak_timestamp: None,
    }
}

/// Who is in voice in a guild, as GUILD_CREATE lists them: the guild and the memberships stand beside.
#[derive(Debug, Clone, Copy)]
pub struct VoiceStates<'a>(pub &'a [(VoiceState, MemberView)]);

impl<'a> Serialize for VoiceStates<'a> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let show = |(state, member): &'a (VoiceState, MemberView)| VoiceStateObject {
            guild_id: None,
            member: None,
            ..render(state, Some(member))
        };
        list(self.0, show).serialize(serializer)
    }
}

/// Body of `PATCH /guilds/{guild}/voice-states/{user}`; a member may say more of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct VoiceStatePatch {
    /// The stage that it is in.
    pub channel_id: Option<Sf<ChannelId>>,
    /// Whether it listens only.
    pub suppress: Option<bool>,
    /// Since when it asks to speak; `null` if it does not any more.
    #[serde(deserialize_with = "present::nullable")]
    pub request_to_speak_timestamp: Option<Option<Ts>>,
}
