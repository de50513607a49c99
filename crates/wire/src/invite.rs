//! Invites: protocol C.12.

use crate::guild::{self, InviteGuild};
use crate::list::list;
use crate::sf::Sf;
use crate::timestamp::Ts;
use crate::user::{self, PartialUser};
use model::ChannelId;
use model::guild::InviteView;
use serde::{Deserialize, Serialize, Serializer};

/// An invite as anybody who has its code sees it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InviteObject<'a> {
    #[serde(rename = "type")]
    kind: u8,
    code: &'a str,
    guild_id: Sf<model::GuildId>,
    guild: InviteGuild<'a>,
    channel: InviteChannel<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inviter: Option<PartialUser<'a>>,
    expires_at: Option<Ts>,
    flags: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_member_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_presence_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_member: Option<bool>,
    #[serde(flatten)]
    metadata: Option<Metadata>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct InviteChannel<'a> {
    id: Sf<ChannelId>,
    name: &'a str,
    #[serde(rename = "type")]
    kind: u8,
}

/// What only those see who manage invites.
#[derive(Debug, Clone, Copy, Serialize)]
struct Metadata {
    uses: u32,
    max_uses: u32,
    max_age: u32,
    temporary: bool,
    created_at: Ts,
}

/// Shows an invite.
pub fn render(view: &InviteView) -> InviteObject<'_> {
    InviteObject {
        kind: 0,
        code: &view.invite.code,
        guild_id: Sf(view.guild.id),
        guild: guild::in_invite(&view.guild),
        channel: InviteChannel {
            id: Sf(view.channel.id),
            name: &view.channel.name,
            kind: view.channel.kind as u8,
        },
        inviter: view.inviter.as_ref().map(user::render),
        expires_at: view.invite.expires().map(Ts),
        flags: 0,
        approximate_member_count: view.members,
        approximate_presence_count: view.online,
        new_member: None,
        metadata: None,
    }
}

/// Shows an invite with how it was made and used: for those who manage invites.
pub fn full(view: &InviteView) -> InviteObject<'_> {
    let invite = &view.invite;
    let metadata = Metadata {
        uses: invite.uses,
        max_uses: invite.max_uses,
        max_age: invite.max_age,
        temporary: invite.temporary,
        created_at: Ts(invite.created),
    };
    InviteObject { metadata: Some(metadata), ..render(view) }
}

/// A list of invites, shown in full.
#[derive(Debug, Clone, Copy)]
pub struct Invites<'a>(pub &'a [InviteView]);

impl Serialize for Invites<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, full).serialize(serializer)
    }
}

impl InviteObject<'_> {
    /// As the answer to whoever came in by it.
    #[must_use]
    pub fn used(self, new_member: bool) -> Self {
        Self { new_member: Some(new_member), ..self }
    }
}

/// Body of `POST /channels/{channel}/invites`; may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct InviteCreate {
    /// Seconds that it lasts; 0 for ever. A day if absent.
    pub max_age: Option<u32>,
    /// How often it may be used; 0 without bound.
    pub max_uses: Option<u32>,
    /// Whether who comes by it leaves with the last session.
    pub temporary: Option<bool>,
    /// Whether a new one is made although an equal one exists.
    pub unique: Option<bool>,
}

/// Answer of `GET /guilds/{guild}/vanity-url`.
#[derive(Debug, Serialize)]
pub struct VanityUrl<'a> {
    /// The code.
    pub code: Option<&'a str>,
    /// How often it was used.
    pub uses: u64,
}
