//! Voice regions: bots ask for them at start.

use serde::Serialize;

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
    guild_id: crate::Sf<model::GuildId>,
    channel_id: Option<crate::Sf<model::ChannelId>>,
    user_id: crate::Sf<model::UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<crate::member::MemberObject<'a>>,
    session_id: &'a str,
    deaf: bool,
    mute: bool,
    self_deaf: bool,
    self_mute: bool,
    self_video: bool,
    self_stream: bool,
    suppress: bool,
    request_to_speak_timestamp: (),
}

/// Shows that a member is in no voice channel: what answers a client that joins one, for there is no voice.
pub fn nowhere<'a>(
    guild: model::GuildId,
    user: model::UserId,
    member: Option<&'a model::event::MemberView>,
    session: &'a str,
) -> VoiceStateObject<'a> {
    VoiceStateObject {
        guild_id: crate::Sf(guild),
        channel_id: None,
        user_id: crate::Sf(user),
        member: member.map(crate::member::render),
        session_id: session,
        deaf: member.is_some_and(|view| view.member.deaf),
        mute: member.is_some_and(|view| view.member.mute),
        self_deaf: false,
        self_mute: false,
        self_video: false,
        self_stream: false,
        suppress: false,
        request_to_speak_timestamp: (),
    }
}
