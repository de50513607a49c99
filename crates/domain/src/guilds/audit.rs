//! The audit log: writing its rows, and reading them.

use crate::access::{self, Holder};
use crate::accounts::lookup::Users;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::Reason;
use crate::{Actor, Error, FormErrors, Result, World};
use model::audit::{AuditAction, AuditChange, AuditEntry, AuditValue};
use model::event::{Event, GuildFilter};
use model::guild::{GuildChannel, Versions};
use model::user::User;
use model::webhook::Webhook;
use model::{AuditId, ChannelId, GuildId, Permissions, UserId, WebhookId, limits};
use std::fmt::Display;

pub use ports::directory::guilds::AuditQuery;

/// A page of it, with what its rows name.
#[derive(Debug, Clone, Default)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Who acted, and on whom.
    pub users: Vec<User>,
    /// Webhooks.
    pub webhooks: Vec<Webhook>,
    /// Threads.
    pub threads: Vec<GuildChannel>,
}

/// A page of the audit log.
///
/// # Errors
/// 10004; 50013 without VIEW_AUDIT_LOG; a form error for the limit.
pub async fn list(world: &World, actor: &Actor, guild: GuildId, query: AuditQuery) -> Result<AuditPage> {
    if !(1..=100).contains(&query.limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    access::holding(world, actor, guild, Permissions::VIEW_AUDIT_LOG).await?;
    let directory = &world.ports.directory;
    let entries = directory.audit_log(guild, query).await?;
    let mut people: Vec<UserId> = Vec::new();
    let mut page = AuditPage::default();
    for entry in &entries {
        people.extend(entry.actor);
        let Some(target) = entry.target else { continue };
        match names(entry.action) {
            Names::User => people.extend(UserId::new(target)),
            Names::Webhook => {
                let Some(id) = WebhookId::new(target) else { continue };
                if !page.webhooks.iter().any(|webhook| webhook.id == id) {
                    page.webhooks.extend(directory.webhook(id).await?.filter(|found| found.guild == guild));
                }
            }
            Names::Thread => {
                let Some(id) = ChannelId::new(target) else { continue };
                if !page.threads.iter().any(|thread| thread.id == id) {
                    page.threads.extend(directory.thread(id).await?.filter(|found| found.guild == guild));
                }
            }
            Names::Other => {}
        }
    }
    people.sort_unstable();
    people.dedup();
    page.users = Users::load(world, people.iter().copied()).await?.all(people);
    page.entries = entries;
    Ok(page)
}

enum Names {
    User,
    Webhook,
    Thread,
    Other,
}

/// What the target of a row is.
const fn names(action: AuditAction) -> Names {
    match action {
        AuditAction::MemberKick
        | AuditAction::MemberBanAdd
        | AuditAction::MemberBanRemove
        | AuditAction::MemberUpdate
        | AuditAction::MemberRoleUpdate
        | AuditAction::BotAdd
        | AuditAction::MessageDelete
        | AuditAction::MessagePin
        | AuditAction::MessageUnpin => Names::User,
        AuditAction::WebhookCreate | AuditAction::WebhookUpdate | AuditAction::WebhookDelete => {
            Names::Webhook
        }
        AuditAction::ThreadCreate | AuditAction::ThreadUpdate | AuditAction::ThreadDelete => Names::Thread,
        _ => Names::Other,
    }
}

/// A row that is being written.
#[derive(Debug, Clone)]
pub(crate) struct Row(AuditEntry);

/// A row of what somebody with the right does.
pub(crate) fn entry(
    world: &World,
    holder: &Holder,
    action: AuditAction,
    target: Option<u64>,
    reason: Reason,
) -> Result<Row> {
    by(world, Some(holder.actor().user()), action, target, reason)
}

/// A row of what this user does; `None` for whoever knows a webhook's token.
pub(crate) fn by(
    world: &World,
    actor: Option<UserId>,
    action: AuditAction,
    target: Option<u64>,
    reason: Reason,
) -> Result<Row> {
    let id = AuditId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let reason = reason.map(|reason| reason.trim().chars().take(limits::AUDIT_REASON).collect());
    let reason = reason.filter(|reason: &String| !reason.is_empty());
    Ok(Row(AuditEntry { id, actor, action, target, changes: Vec::new(), options: Vec::new(), reason }))
}

impl Row {
    /// More of it.
    pub(crate) fn option(mut self, key: &str, value: impl Display) -> Self {
        self.0.options.push((key.to_owned(), value.to_string()));
        self
    }

    /// A field, if it changed.
    pub(crate) fn change(mut self, key: &str, old: Option<AuditValue>, new: Option<AuditValue>) -> Self {
        if old != new {
            self.0.changes.push(AuditChange { key: key.to_owned(), old, new });
        }
        self
    }

    /// A text, id or set of permissions, if it changed.
    pub(crate) fn text<T: Display>(self, key: &str, old: Option<T>, new: Option<T>) -> Self {
        let value = |value: Option<T>| value.map(|value| AuditValue::Text(value.to_string()));
        self.change(key, value(old), value(new))
    }

    /// A number, if it changed.
    pub(crate) fn number(self, key: &str, old: Option<impl Into<i64>>, new: Option<impl Into<i64>>) -> Self {
        self.change(
            key,
            old.map(|value| AuditValue::Number(value.into())),
            new.map(|value| AuditValue::Number(value.into())),
        )
    }

    /// Yes or no, if it changed.
    pub(crate) fn flag(self, key: &str, old: Option<bool>, new: Option<bool>) -> Self {
        self.change(key, old.map(AuditValue::Flag), new.map(AuditValue::Flag))
    }

    /// As the store takes it.
    pub(crate) fn rows(self) -> Vec<AuditEntry> {
        vec![self.0]
    }
}

/// Tells those who may read the log of rows that were stored with a change.
pub(crate) fn tell(world: &World, guild: GuildId, versions: Versions, rows: Vec<AuditEntry>) {
    for entry in rows {
        let event = Event::AuditEntryCreate { guild, entry: Box::new(entry) };
        tell_guild(world, guild, versions, GuildFilter::Holding(Permissions::VIEW_AUDIT_LOG), event);
    }
}

/// Stores a row of what no guild's store made, and tells of it.
pub(crate) async fn add(world: &World, holder: &Holder, row: Row) -> Result<()> {
    let guild = holder.guild();
    let _announced = announce_guild(world, guild).await;
    world.ports.directory.audit(guild, &row.0).await?;
    tell(world, guild, holder.member().versions(), row.rows());
    Ok(())
}
