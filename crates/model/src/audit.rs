//! The audit log: what was changed in a guild, by whom.

use crate::{AuditId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What was done. The numbers are Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are Discord's, and say it")]
pub enum AuditAction {
    GuildUpdate = 1,
    ChannelCreate = 10,
    ChannelUpdate = 11,
    ChannelDelete = 12,
    OverwriteCreate = 13,
    OverwriteUpdate = 14,
    OverwriteDelete = 15,
    MemberKick = 20,
    MemberPrune = 21,
    MemberBanAdd = 22,
    MemberBanRemove = 23,
    MemberUpdate = 24,
    MemberRoleUpdate = 25,
    MemberMove = 26,
    MemberDisconnect = 27,
    BotAdd = 28,
    RoleCreate = 30,
    RoleUpdate = 31,
    RoleDelete = 32,
    InviteCreate = 40,
    InviteUpdate = 41,
    InviteDelete = 42,
    WebhookCreate = 50,
    WebhookUpdate = 51,
    WebhookDelete = 52,
    EmojiCreate = 60,
    EmojiUpdate = 61,
    EmojiDelete = 62,
    MessageDelete = 72,
    MessageBulkDelete = 73,
    MessagePin = 74,
    MessageUnpin = 75,
    IntegrationCreate = 80,
    IntegrationDelete = 82,
    ThreadCreate = 110,
    ThreadUpdate = 111,
    ThreadDelete = 112,
}

impl AuditAction {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::GuildUpdate,
        Self::ChannelCreate,
        Self::ChannelUpdate,
        Self::ChannelDelete,
        Self::OverwriteCreate,
        Self::OverwriteUpdate,
        Self::OverwriteDelete,
        Self::MemberKick,
        Self::MemberPrune,
        Self::MemberBanAdd,
        Self::MemberBanRemove,
        Self::MemberUpdate,
        Self::MemberRoleUpdate,
        Self::MemberMove,
        Self::MemberDisconnect,
        Self::BotAdd,
        Self::RoleCreate,
        Self::RoleUpdate,
        Self::RoleDelete,
        Self::InviteCreate,
        Self::InviteUpdate,
        Self::InviteDelete,
        Self::WebhookCreate,
        Self::WebhookUpdate,
        Self::WebhookDelete,
        Self::EmojiCreate,
        Self::EmojiUpdate,
        Self::EmojiDelete,
        Self::MessageDelete,
        Self::MessageBulkDelete,
        Self::MessagePin,
        Self::MessageUnpin,
        Self::IntegrationCreate,
        Self::IntegrationDelete,
        Self::ThreadCreate,
        Self::ThreadUpdate,
        Self::ThreadDelete,
    ];

    /// From Discord's number.
    pub fn from_u8(value: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| *action as u8 == value)
    }
}

/// A value before or after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditValue {
    /// Text; also ids and permissions, which are text on the wire.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Roles by id and name.
    Roles(Vec<(u64, String)>),
}

/// A field that changed. The keys are Discord's (`name`, `permissions`, `$add` …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChange {
    /// Which field.
    pub key: String,
    /// Before; `None` if there was nothing.
    pub old: Option<AuditValue>,
    /// After; `None` if there is nothing.
    pub new: Option<AuditValue>,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its id: when it was.
    pub id: AuditId,
    /// Who did it.
    pub actor: Option<UserId>,
    /// What was done.
    pub action: AuditAction,
    /// To what: the id of a user, channel, role and so on.
    pub target: Option<u64>,
    /// What changed.
    pub changes: Vec<AuditChange>,
    /// More of it, with Discord's keys (`channel_id`, `count`, `type` …).
    pub options: Vec<(String, String)>,
    /// As the actor wrote it: 1 to 512 characters.
    pub reason: Option<String>,
}

impl AuditEntry {
    /// When it was.
    pub const fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.id.created_ms())
    }
}
