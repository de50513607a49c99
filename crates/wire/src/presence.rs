//! Presence and activities.

use crate::sf::Sf;
use crate::user::{self, PartialUser};
use model::presence::{Activity, Presence, Status};
use model::user::User;
use model::{GuildId, UserId};
use serde::{Serialize, Serializer};

/// Something a user does. `created_at` is always there: serenity drops the event otherwise.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ActivityObject<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: u8,
    created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// Shows an activity.
pub fn activity(activity: &Activity) -> ActivityObject<'_> {
    ActivityObject {
        name: &activity.name,
        kind: activity.kind,
        created_at: activity.created_ms,
        state: activity.state.as_deref(),
        details: activity.details.as_deref(),
        url: activity.url.as_deref(),
    }
}

/// A list of activities.
#[derive(Debug, Clone, Copy)]
pub struct Activities<'a>(pub &'a [Activity]);

impl Serialize for Activities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(activity))
    }
}

/// On which kinds of client somebody is, and how.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ClientStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    desktop: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web: Option<&'static str>,
}

/// A presence: protocol C.10. The form without a guild is a friend's, which only people may be sent.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PresenceObject<'a> {
    user: PresenceUser<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    status: &'static str,
    activities: Activities<'a>,
    client_status: ClientStatus,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
enum PresenceUser<'a> {
    Id { id: Sf<UserId> },
    Full(PartialUser<'a>),
}

/// Shows a presence with the user's id only.
pub fn render(presence: &Presence) -> PresenceObject<'_> {
    // What asked to be invisible must not show, whoever made the value.
    let shown = |status: Option<Status>| {
        status.map(Status::shown).filter(|status| *status != Status::Offline).map(Status::as_str)
    };
    PresenceObject {
        user: PresenceUser::Id { id: Sf(presence.user) },
        guild_id: None,
        status: presence.status.shown().as_str(),
        activities: Activities(&presence.activities),
        client_status: ClientStatus {
            desktop: shown(presence.desktop),
            mobile: shown(presence.mobile),
            web: shown(presence.web),
        },
    }
}

/// Shows a presence with the user, for clients that may not know it.
pub fn with_user<'a>(presence: &'a Presence, user: &'a User) -> PresenceObject<'a> {
    PresenceObject { user: PresenceUser::Full(user::render(user)), ..render(presence) }
}

impl PresenceObject<'_> {
    /// In a guild.
    #[must_use]
    pub fn in_guild(self, guild: GuildId) -> Self {
        Self { guild_id: Some(Sf(guild)), ..self }
    }
}
