//! The audit log: protocol C.15.

use crate::guild_channel::{self, GuildChannelObject};
use crate::integration::{self, IntegrationObject};
use crate::list::list;
use crate::sf::Sf;
use crate::user::Users;
use crate::webhook::{self, WebhookObject};
use model::audit::{AuditChange, AuditEntry, AuditValue};
use model::guild::{GuildChannel, Integration};
use model::user::User;
use model::webhook::Webhook;
use model::{AuditId, GuildId, UserId};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A row.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AuditEntryObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    id: Sf<AuditId>,
    user_id: Option<Sf<UserId>>,
    target_id: Option<Sf<u64>>,
    action_type: u8,
    #[serde(skip_serializing_if = "Changes::is_empty")]
    changes: Changes<'a>,
    #[serde(skip_serializing_if = "Options::is_empty")]
    options: Options<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Shows a row.
pub fn render(entry: &AuditEntry) -> AuditEntryObject<'_> {
    AuditEntryObject {
        guild_id: None,
        id: Sf(entry.id),
        user_id: entry.actor.map(Sf),
        target_id: entry.target.map(Sf),
        action_type: entry.action as u8,
        changes: Changes(&entry.changes),
        options: Options(&entry.options),
        reason: entry.reason.as_deref(),
    }
}

impl AuditEntryObject<'_> {
    /// With its guild, as the event has it.
    #[must_use]
    pub fn in_guild(self, guild: GuildId) -> Self {
        Self { guild_id: Some(Sf(guild)), ..self }
    }
}

#[derive(Debug, Clone, Copy)]
struct Changes<'a>(&'a [AuditChange]);

impl Changes<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Change<'a> {
            key: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            old_value: Option<Value<'a>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            new_value: Option<Value<'a>>,
        }
        list(self.0, |change: &AuditChange| Change {
            key: &change.key,
            old_value: change.old.as_ref().map(Value),
            new_value: change.new.as_ref().map(Value),
        })
        .serialize(serializer)
    }
}

#[derive(Debug, Clone, Copy)]
struct Value<'a>(&'a AuditValue);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Role<'a> {
            id: Sf<u64>,
            name: &'a str,
        }
        match self.0 {
            AuditValue::Text(text) => serializer.serialize_str(text),
            AuditValue::Number(number) => serializer.serialize_i64(*number),
            AuditValue::Flag(flag) => serializer.serialize_bool(*flag),
            AuditValue::Roles(roles) => {
                list(roles, |(id, name): &(u64, String)| Role { id: Sf(*id), name }).serialize(serializer)
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Options<'a>(&'a [(String, String)]);

impl Options<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Options<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// What a page of the log speaks of.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The rows, newest first.
    pub entries: &'a [AuditEntry],
    /// The people in them.
    pub users: &'a [User],
    /// The webhooks in them that are still there.
    pub webhooks: &'a [Webhook],
    /// The bots in them.
    pub integrations: &'a [Integration],
    /// The threads in them that are still there.
    pub threads: &'a [GuildChannel],
}

/// Answer of `GET /guilds/{guild}/audit-logs`; all lists are always there.
#[derive(Debug, Serialize)]
pub struct AuditLog<'a> {
    audit_log_entries: Vec<AuditEntryObject<'a>>,
    users: Users<'a>,
    // Never with their tokens: the log is read by more people than may manage webhooks.
    webhooks: Vec<WebhookObject<'a>>,
    integrations: Vec<IntegrationObject<'a>>,
    threads: Vec<GuildChannelObject<'a>>,
    application_commands: [(); 0],
    auto_moderation_rules: [(); 0],
    guild_scheduled_events: [(); 0],
}

/// Shows a page of the log.
pub fn page(page: Page<'_>) -> AuditLog<'_> {
    AuditLog {
        audit_log_entries: page.entries.iter().map(render).collect(),
        users: Users(page.users),
        webhooks: page.webhooks.iter().map(webhook::render).collect(),
        integrations: page.integrations.iter().map(integration::render).collect(),
        threads: page.threads.iter().map(guild_channel::render).collect(),
        application_commands: [],
        auto_moderation_rules: [],
        guild_scheduled_events: [],
    }
}
