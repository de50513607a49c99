//! INVITE_CREATE: an invite was made.

use crate::user::{self, PartialUser};
use crate::{Sf, Ts};
use model::guild::Invite;
use model::user::User;
use model::{ChannelId, GuildId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "INVITE_CREATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct InviteCreate<'a> {
    channel_id: Sf<ChannelId>,
    guild_id: Sf<GuildId>,
    code: &'a str,
    created_at: Ts,
    #[serde(skip_serializing_if = "Option::is_none")]
    inviter: Option<PartialUser<'a>>,
    max_age: u32,
    max_uses: u32,
    temporary: bool,
    uses: u32,
    expires_at: Option<Ts>,
    #[serde(rename = "type")]
    kind: u8,
}

/// The payload.
pub fn d<'a>(invite: &'a Invite, inviter: Option<&'a User>) -> InviteCreate<'a> {
    InviteCreate {
        channel_id: Sf(invite.channel),
        guild_id: Sf(invite.guild),
        code: &invite.code,
        created_at: Ts(invite.created),
        inviter: inviter.map(user::render),
        max_age: invite.max_age,
        max_uses: invite.max_uses,
        temporary: invite.temporary,
        uses: 0,
        expires_at: invite.expires().map(Ts),
        kind: 0,
    }
}
