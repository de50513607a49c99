//! Members of guilds: protocol C.9.

use crate::list::list;
use crate::present;
use crate::sf::{Sf, Sfs};
use crate::timestamp::Ts;
use crate::user::{self, PartialUser};
use model::event::MemberView;
use model::guild::Member;
use model::user::User;
use model::{ChannelId, GuildId, RoleId};
use serde::{Deserialize, Serialize, Serializer};

/// A member.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MemberObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<PartialUser<'a>>,
    nick: Option<&'a str>,
    avatar: (),
    avatar_decoration_data: (),
    collectibles: (),
    banner: (),
    roles: Sfs<'a, RoleId>,
    joined_at: Ts,
    premium_since: (),
    deaf: bool,
    mute: bool,
    flags: u32,
    pending: bool,
    communication_disabled_until: Option<Ts>,
}

/// Shows a membership without its account, as messages have it.
pub fn partial(member: &Member) -> MemberObject<'_> {
    MemberObject {
        guild_id: None,
        user: None,
        nick: member.nick.as_deref(),
        avatar: (),
        avatar_decoration_data: (),
        collectibles: (),
        banner: (),
        roles: Sfs(&member.roles),
        joined_at: Ts(member.joined),
        premium_since: (),
        deaf: member.deaf,
        mute: member.mute,
        flags: member.flags,
        pending: false,
        communication_disabled_until: member.timeout.map(Ts),
    }
}

/// Shows a member.
pub fn render(view: &MemberView) -> MemberObject<'_> {
    with_user(&view.member, &view.user)
}

/// Shows a member whose parts lie apart.
pub fn with_user<'a>(member: &'a Member, user: &'a User) -> MemberObject<'a> {
    MemberObject { user: Some(user::render(user)), ..partial(member) }
}

impl MemberObject<'_> {
    /// With its guild, as events about members have it.
    #[must_use]
    pub fn in_guild(self, guild: GuildId) -> Self {
        Self { guild_id: Some(Sf(guild)), ..self }
    }
}

/// A list of members.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a>(pub &'a [MemberView]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, render).serialize(serializer)
    }
}

/// Body of `PATCH /guilds/{guild}/members/{user}` and `…/@me`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MemberPatch {
    /// New nickname; `null` or nothing clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub nick: Option<Option<String>>,
    /// All of its roles; `null` leaves none.
    #[serde(deserialize_with = "present::or_default")]
    pub roles: Option<Vec<Sf<RoleId>>>,
    /// Muted in voice channels.
    pub mute: Option<bool>,
    /// Deafened in voice channels.
    pub deaf: Option<bool>,
    /// The voice channel to move it to.
    #[serde(deserialize_with = "present::nullable")]
    pub channel_id: Option<Option<Sf<ChannelId>>>,
    /// Until when it may only look; `null` ends a timeout.
    #[serde(deserialize_with = "present::nullable")]
    pub communication_disabled_until: Option<Option<Ts>>,
    /// Discord's member flags.
    #[serde(deserialize_with = "present::or_default")]
    pub flags: Option<u32>,
}

/// Body of the old `PATCH /guilds/{guild}/members/@me/nick`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NickPatch {
    /// New nickname; `null` or nothing clears it.
    pub nick: Option<String>,
}

/// Answer to [`NickPatch`].
#[derive(Debug, Serialize)]
pub struct Nick<'a> {
    /// The nickname now.
    pub nick: Option<&'a str>,
}

/// Body of `POST /guilds/{guild}/prune`; its query is the same.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PruneRequest {
    /// How many days they were not seen: 1 to 30.
    pub days: Option<u32>,
    /// Whether the answer says how many went.
    pub compute_prune_count: Option<bool>,
    /// Members whose roles are all among these go, too.
    pub include_roles: Option<Vec<Sf<RoleId>>>,
}

/// Answer to [`PruneRequest`].
#[derive(Debug, Serialize)]
pub struct Pruned {
    /// How many; `null` where the caller did not want to know.
    pub pruned: Option<u64>,
}
