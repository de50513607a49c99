//! Guilds, a file for each thing that they are made of.
//!
//! Every change holds the guild's row from its first statement to its commit, and raises a version in it: so changes of
//! one guild take turns, what is counted under the row stays counted, and nobody waits for two rows in two orders. Where
//! a user's row is held too (how many guilds it is in), it comes before the guild's.

mod audit;
mod bans;
mod channels;
mod emojis;
mod fill;
mod invites;
mod members;
mod roles;
mod state;
mod summaries;
mod threads;
mod webhooks;

use crate::coalesce::Coalesce;
use crate::fault::Fault;
use crate::fence::{Cache, Fence};
use crate::row::{user, version};
use crate::store::{DirectorySql, Tx, binds};
use async_trait::async_trait;
use model::audit::AuditEntry;
use model::emoji::Emoji;
use model::event::ThreadMember;
use model::guild::{
    Ban, Guild, GuildAuthority, GuildChannel, GuildState, Invite, Member, Overwrite, OverwriteTarget, Role,
    Versions,
};
use model::webhook::Webhook;
use model::{ApplicationId, ChannelId, EmojiId, GuildId, Permissions, RoleId, Timestamp, UserId, WebhookId};
use ports::Stored;
use ports::directory::accounts::NewAccount;
use ports::directory::guilds::{
    Added, ArchivedQuery, Audit, AuditQuery, ChannelEdit, EmojiEdit, GuildEdit, Guilds as Port, Joined,
    MemberEdit, NewGuild, PruneQuery, Raised, RoleEdit, ThreadQuery, WebhookEdit,
};
use sqlx::any::AnyRow;
use std::sync::Arc;
use std::time::Duration;

/// A guild's versions, with one user's membership.
pub(crate) type Standing = (Versions, Option<Member>);

/// Most guilds whose state is kept.
const STATES: usize = 4_096;

/// Most channels of which it is kept whose they are; an entry has some tens of bytes.
const CHANNELS: usize = 262_144;

/// Longest wait for a state that is read.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is kept of guilds whoever else writes to the database: nothing of it holds without a version that was asked for,
/// or ever changes.
pub(crate) struct Guilds {
    states: Cache<GuildId, Arc<GuildState>>,
    reading: Arc<Coalesce<GuildId, Arc<GuildState>>>,
    /// Whose a channel is; `None` for private channels.
    of: Cache<ChannelId, Option<GuildId>>,
    /// Never marked.
    still: Fence,
}

impl Guilds {
    pub(crate) fn new() -> Self {
        Self {
            states: Cache::new(STATES),
            reading: Coalesce::new(4, 1, PATIENCE),
            of: Cache::new(CHANNELS),
            still: Fence::new(),
        }
    }
}

/// A guild whose row this transaction holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    guild: GuildId,
    owner: UserId,
    versions: Versions,
}

/// Which versions a change raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Raises {
    State,
    Members,
    Both,
}

/// Holds a guild's row until the transaction ends; `None` if there is no such guild.
async fn hold(tx: &mut Tx, guild: GuildId) -> Result<Option<Held>, Fault> {
    let select = tx.locking("SELECT state_version, members_version, owner FROM guilds WHERE id = ?");
    let row = tx.one(select, binds![guild]).await?;
    row.map(|row| Ok(Held { guild, versions: versions_at(&row, 0)?, owner: user(&row, 2)? })).transpose()
}

fn versions_at(row: &AnyRow, at: usize) -> Result<Versions, Fault> {
    Ok(Versions { state: version(row, at)?, members: version(row, at + 1)? })
}

impl Held {
    /// Raises versions; as they are then.
    async fn raise(self, tx: &mut Tx, what: Raises) -> Result<Versions, Fault> {
        let by = |raised: bool| u64::from(raised);
        let versions = Versions {
            state: self.versions.state + by(what != Raises::Members),
            members: self.versions.members + by(what != Raises::State),
        };
        let sql = "UPDATE guilds SET state_version = ?, members_version = ? WHERE id = ?";
        tx.run(sql, binds![versions.state, versions.members, self.guild]).await?;
        Ok(versions)
    }

    /// Raises versions, and writes to the log: the end of every change.
    async fn done<T>(
        self,
        tx: &mut Tx,
        what: Raises,
        entries: &[AuditEntry],
        value: T,
    ) -> Result<Raised<T>, Fault> {
        audit::write(tx, self.guild, entries).await?;
        Ok(Raised { value, versions: self.raise(tx, what).await? })
    }

    /// What is there already, or raises nothing.
    const fn unraised<T>(self, value: T) -> Raised<T> {
        Raised { value, versions: self.versions }
    }
}

/// Whether there is room for one more under a cap.
fn room(count: i64, cap: usize) -> bool {
    usize::try_from(count).is_ok_and(|count| count < cap)
}

/// A page's length as SQL takes it.
fn at_most(limit: usize) -> Bound {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

type Bound = i64;

#[async_trait]
impl Port for DirectorySql {
    async fn create_guild(&self, new: &NewGuild, cap: usize) -> Stored<Added<Arc<GuildState>>> {
        state::create(self, new, cap).await
    }

    async fn guild_state(&self, guild: GuildId) -> Stored<Option<Arc<GuildState>>> {
        match self.versions_of(guild).await? {
            Some(versions) => self.state_at(guild, versions.state).await,
            None => Ok(None),
        }
    }

    async fn guild_authority(&self, guild: GuildId, user: UserId) -> Stored<Option<GuildAuthority>> {
        let Some((mut versions, member)) = self.standing(guild, user).await? else { return Ok(None) };
        let Some(state) = self.state_at(guild, versions.state).await? else { return Ok(None) };
        // It may have risen since the versions were read.
        versions.state = state.version;
        Ok(Some(GuildAuthority { state, member, versions }))
    }

    async fn guild_of(&self, channel: ChannelId) -> Stored<Option<GuildId>> {
        state::guild_of(self, channel).await
    }

    async fn memberships(&self, user: UserId) -> Stored<Vec<(GuildId, Member)>> {
        members::memberships(self, user).await
    }

    async fn guild_versions(&self, guilds: &[GuildId]) -> Stored<Vec<(GuildId, Versions)>> {
        state::versions(self, guilds).await
    }

    async fn change_guild(&self, guild: GuildId, edit: GuildEdit, audit: Audit) -> Stored<Added<Guild>> {
        state::change(self, guild, edit, audit).await
    }

    async fn delete_guild(&self, guild: GuildId) -> Stored<Option<Vec<ChannelId>>> {
        state::delete(self, guild).await
    }

    async fn create_role(
        &self,
        guild: GuildId,
        role: &Role,
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<Role>> {
        roles::create(self, guild, role, cap, audit).await
    }

    async fn change_role(
        &self,
        guild: GuildId,
        role: RoleId,
        edit: RoleEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<Role>>> {
        roles::change(self, guild, role, edit, audit).await
    }

    async fn move_roles(
        &self,
        guild: GuildId,
        to: &[(RoleId, u16)],
        audit: Audit,
    ) -> Stored<Option<Raised<Vec<Role>>>> {
        roles::reorder(self, guild, to, audit).await
    }

    async fn delete_role(&self, guild: GuildId, role: RoleId, audit: Audit) -> Stored<Option<Raised<Role>>> {
        roles::delete(self, guild, role, audit).await
    }

    async fn create_channel(
        &self,
        channel: &GuildChannel,
        cap: usize,
        in_category: usize,
        audit: Audit,
    ) -> Stored<Added<GuildChannel>> {
        channels::create(self, channel, cap, in_category, audit).await
    }

    async fn change_channel(
        &self,
        channel: ChannelId,
        edit: ChannelEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<GuildChannel>>> {
        channels::change(self, channel, edit, audit).await
    }

    async fn change_channels(
        &self,
        guild: GuildId,
        edits: Vec<(ChannelId, ChannelEdit)>,
        audit: Audit,
    ) -> Stored<Option<Raised<Vec<GuildChannel>>>> {
        channels::change_many(self, guild, edits, audit).await
    }

    async fn delete_channel(
        &self,
        channel: ChannelId,
        audit: Audit,
    ) -> Stored<Option<Raised<(Vec<GuildChannel>, Vec<GuildChannel>)>>> {
        channels::delete(self, channel, audit).await
    }

    async fn set_overwrite(
        &self,
        channel: ChannelId,
        overwrite: Overwrite,
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<GuildChannel>> {
        channels::set_overwrite(self, channel, overwrite, cap, audit).await
    }

    async fn delete_overwrite(
        &self,
        channel: ChannelId,
        target: OverwriteTarget,
        audit: Audit,
    ) -> Stored<Option<Raised<GuildChannel>>> {
        channels::delete_overwrite(self, channel, target, audit).await
    }

    async fn members(&self, guild: GuildId, after: Option<UserId>, limit: usize) -> Stored<Vec<Member>> {
        members::page(self, guild, after, limit).await
    }

    async fn members_of(&self, guild: GuildId, users: &[UserId]) -> Stored<Vec<Member>> {
        members::of(self, guild, users).await
    }

    async fn search_members(&self, guild: GuildId, prefix: &str, limit: usize) -> Stored<Vec<Member>> {
        members::search(self, guild, prefix, limit).await
    }

    async fn member_count(&self, guild: GuildId) -> Stored<u64> {
        summaries::member_count(self, guild).await
    }

    async fn role_counts(&self, guild: GuildId) -> Stored<Vec<(RoleId, u64)>> {
        summaries::role_counts(self, guild).await
    }

    async fn role_members(&self, guild: GuildId, role: RoleId, limit: usize) -> Stored<Vec<UserId>> {
        summaries::role_members(self, guild, role, limit).await
    }

    async fn join_by_invite(&self, code: &str, user: UserId, at: Timestamp, cap: usize) -> Stored<Joined> {
        members::join_by_invite(self, code, user, at, cap).await
    }

    async fn fill_guild(
        &self,
        guild: GuildId,
        accounts: &[NewAccount],
        members: &[Member],
    ) -> Stored<Option<Versions>> {
        fill::fill(self, guild, accounts, members).await
    }

    async fn join_bot(
        &self,
        guild: GuildId,
        user: UserId,
        role: Option<&Role>,
        at: Timestamp,
        audit: Audit,
    ) -> Stored<Joined> {
        members::join_bot(self, guild, user, role, at, audit).await
    }

    async fn change_member(
        &self,
        guild: GuildId,
        user: UserId,
        edit: MemberEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<Member>>> {
        members::change(self, guild, user, edit, audit).await
    }

    async fn remove_member(
        &self,
        guild: GuildId,
        user: UserId,
        audit: Audit,
    ) -> Stored<Option<Raised<Member>>> {
        members::remove(self, guild, user, audit).await
    }

    async fn ban(
        &self,
        guild: GuildId,
        user: UserId,
        reason: Option<&str>,
        audit: Audit,
    ) -> Stored<Added<Option<Member>>> {
        bans::ban(self, guild, user, reason, audit).await
    }

    async fn unban(&self, guild: GuildId, user: UserId, audit: Audit) -> Stored<Option<Ban>> {
        bans::unban(self, guild, user, audit).await
    }

    async fn find_ban(&self, guild: GuildId, user: UserId) -> Stored<Option<Ban>> {
        bans::find(self, guild, user).await
    }

    async fn bans(
        &self,
        guild: GuildId,
        before: Option<UserId>,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<Ban>> {
        bans::page(self, guild, before, after, limit).await
    }

    async fn prunable(&self, guild: GuildId, query: &PruneQuery, limit: usize) -> Stored<Vec<UserId>> {
        members::prunable(self, guild, query, limit).await
    }

    async fn create_invite(&self, invite: &Invite, cap: usize, audit: Audit) -> Stored<Added<Invite>> {
        invites::create(self, invite, cap, audit).await
    }

    async fn invite(&self, code: &str, at: Timestamp) -> Stored<Option<Invite>> {
        invites::find(self, code, at).await
    }

    async fn invites(
        &self,
        guild: GuildId,
        channel: Option<ChannelId>,
        at: Timestamp,
    ) -> Stored<Vec<Invite>> {
        invites::list(self, guild, channel, at).await
    }

    async fn delete_invite(&self, code: &str, audit: Audit) -> Stored<Option<Invite>> {
        invites::delete(self, code, audit).await
    }

    async fn vanity(&self, code: &str) -> Stored<Option<GuildId>> {
        invites::vanity(self, code).await
    }

    async fn create_emoji(
        &self,
        guild: GuildId,
        emoji: &Emoji,
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<Emoji>> {
        emojis::create(self, guild, emoji, cap, audit).await
    }

    async fn change_emoji(
        &self,
        guild: GuildId,
        emoji: EmojiId,
        edit: EmojiEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<Emoji>>> {
        emojis::change(self, guild, emoji, edit, audit).await
    }

    async fn delete_emoji(
        &self,
        guild: GuildId,
        emoji: EmojiId,
        audit: Audit,
    ) -> Stored<Option<Raised<Emoji>>> {
        emojis::delete(self, guild, emoji, audit).await
    }

    async fn find_emoji(&self, emoji: EmojiId) -> Stored<Option<(GuildId, Emoji)>> {
        emojis::find(self, emoji).await
    }

    async fn create_webhook(
        &self,
        webhook: &Webhook,
        cap: usize,
        in_guild: usize,
        audit: Audit,
    ) -> Stored<Added<Webhook>> {
        webhooks::create(self, webhook, cap, in_guild, audit).await
    }

    async fn webhook(&self, id: WebhookId) -> Stored<Option<Webhook>> {
        webhooks::find(self, id).await
    }

    async fn webhooks(&self, guild: GuildId, channel: Option<ChannelId>) -> Stored<Vec<Webhook>> {
        webhooks::list(self, guild, channel).await
    }

    async fn change_webhook(
        &self,
        id: WebhookId,
        edit: WebhookEdit,
        audit: Audit,
    ) -> Stored<Option<Webhook>> {
        webhooks::change(self, id, edit, audit).await
    }

    async fn delete_webhook(&self, id: WebhookId, audit: Audit) -> Stored<Option<Webhook>> {
        webhooks::delete(self, id, audit).await
    }

    async fn create_thread(
        &self,
        thread: &GuildChannel,
        members: &[ThreadMember],
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<GuildChannel>> {
        threads::create(self, thread, members, cap, audit).await
    }

    async fn thread(&self, id: ChannelId) -> Stored<Option<GuildChannel>> {
        threads::find(self, id).await
    }

    async fn active_threads(&self, after: Option<ChannelId>, limit: usize) -> Stored<Vec<GuildChannel>> {
        threads::active(self, after, limit).await
    }

    async fn thread_members(
        &self,
        thread: ChannelId,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<ThreadMember>> {
        threads::members(self, thread, after, limit).await
    }

    async fn joined_threads(&self, guild: GuildId, user: UserId) -> Stored<Vec<(ChannelId, ThreadMember)>> {
        threads::joined(self, guild, user).await
    }

    async fn thread_counts(&self, threads: &[ChannelId]) -> Stored<Vec<(ChannelId, u32)>> {
        threads::counts(self, threads).await
    }

    async fn join_thread(&self, thread: ChannelId, member: &ThreadMember, cap: usize) -> Stored<Added<u32>> {
        threads::join(self, thread, member, cap).await
    }

    async fn leave_thread(&self, thread: ChannelId, user: UserId) -> Stored<Option<u32>> {
        threads::leave(self, thread, user).await
    }

    async fn archived_threads(&self, channel: ChannelId, query: ArchivedQuery) -> Stored<Vec<GuildChannel>> {
        threads::archived(self, channel, query).await
    }

    async fn find_threads(&self, channel: ChannelId, query: &ThreadQuery) -> Stored<Vec<GuildChannel>> {
        threads::search(self, channel, query).await
    }

    async fn audit_log(&self, guild: GuildId, query: AuditQuery) -> Stored<Vec<AuditEntry>> {
        audit::page(self, guild, query).await
    }

    async fn audit(&self, guild: GuildId, entry: &AuditEntry) -> Stored<()> {
        audit::add(self, guild, entry).await
    }

    async fn guild_bots(&self, guild: GuildId) -> Stored<Vec<(ApplicationId, Member)>> {
        summaries::bots(self, guild).await
    }

    async fn guild_summaries(&self, user: UserId) -> Stored<Vec<(Guild, Permissions)>> {
        summaries::of_user(self, user).await
    }
}
