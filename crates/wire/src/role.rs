//! Roles: protocol C.8 with every key that some library needs.

use crate::Sf;
use crate::list::list;
use crate::permissions::Perms;
use crate::present;
use model::guild::Role;
use model::{ApplicationId, RoleId};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

/// A role.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RoleObject<'a> {
    id: Sf<RoleId>,
    name: &'a str,
    description: (),
    permissions: Perms,
    position: u16,
    color: u32,
    colors: Colors,
    hoist: bool,
    managed: bool,
    mentionable: bool,
    icon: Option<&'a str>,
    unicode_emoji: Option<&'a str>,
    flags: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Tags>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Colors {
    primary_color: u32,
    secondary_color: (),
    tertiary_color: (),
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Tags {
    bot_id: Sf<ApplicationId>,
}

/// Shows a role.
pub fn render(role: &Role) -> RoleObject<'_> {
    RoleObject {
        id: Sf(role.id),
        name: &role.name,
        description: (),
        permissions: Perms(role.permissions),
        position: role.position,
        color: role.color,
        colors: Colors { primary_color: role.color, secondary_color: (), tertiary_color: () },
        hoist: role.hoist,
        managed: role.bot.is_some(),
        mentionable: role.mentionable,
        icon: role.icon.as_deref(),
        unicode_emoji: role.unicode_emoji.as_deref(),
        flags: 0,
        tags: role.bot.map(|bot| Tags { bot_id: Sf(bot) }),
    }
}

/// A list of roles.
#[derive(Debug, Clone, Copy)]
pub struct Roles<'a>(pub &'a [Role]);

impl Serialize for Roles<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, render).serialize(serializer)
    }
}

/// Answer of `GET /guilds/{guild}/roles/member-counts`.
#[derive(Debug, Clone, Copy)]
pub struct RoleCounts<'a>(pub &'a [(RoleId, u64)]);

impl Serialize for RoleCounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (role, count) in self.0 {
            map.serialize_entry(&Sf(*role), count)?;
        }
        map.end()
    }
}

/// Body of `POST /guilds/{guild}/roles` and `PATCH /guilds/{guild}/roles/{role}`. `null` resets.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RoleRequest {
    /// New name.
    #[serde(deserialize_with = "present::nullable")]
    pub name: Option<Option<String>>,
    /// What it grants.
    #[serde(deserialize_with = "present::nullable")]
    pub permissions: Option<Option<Perms>>,
    /// 24 bits.
    #[serde(deserialize_with = "present::nullable")]
    pub color: Option<Option<u32>>,
    /// The newer form of `color`: only the first of its colours is kept.
    #[serde(deserialize_with = "present::nullable")]
    pub colors: Option<Option<ColorsRequest>>,
    /// Whether its members are listed apart.
    #[serde(deserialize_with = "present::nullable")]
    pub hoist: Option<Option<bool>>,
    /// Whether everybody may ping it.
    #[serde(deserialize_with = "present::nullable")]
    pub mentionable: Option<Option<bool>>,
    /// A picture as a data URI.
    #[serde(deserialize_with = "present::nullable")]
    pub icon: Option<Option<String>>,
    /// An emoji as its icon.
    #[serde(deserialize_with = "present::nullable")]
    pub unicode_emoji: Option<Option<String>>,
}

impl RoleRequest {
    /// The wanted colour, in whichever form it came; `colors` is the newer one and wins.
    pub fn color(&self) -> Option<u32> {
        let newer =
            self.colors.as_ref().map(|colors| colors.as_ref().map_or(0, |c| c.primary_color.unwrap_or(0)));
        newer.or_else(|| self.color.map(Option::unwrap_or_default))
    }
}

/// `colors` of [`RoleRequest`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ColorsRequest {
    /// 24 bits.
    pub primary_color: Option<u32>,
}

/// One row of `PATCH /guilds/{guild}/roles`.
#[derive(Debug, Deserialize)]
pub struct RolePosition {
    /// Which role.
    pub id: Sf<RoleId>,
    /// Its new place; it stays where it is if absent.
    #[serde(default)]
    pub position: Option<u16>,
}
