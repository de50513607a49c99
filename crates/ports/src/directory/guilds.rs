//! Guilds: settings, roles, channels, overwrites, members, bans, invites, emoji, webhooks, threads, the audit log.
//!
//! Rules of all methods that change something:
//! * the change, the raised version ([`Versions`]) and the rows of the audit log are one transaction;
//! * what the method answers is what is stored then, with the versions that it made;
//! * rights were looked at by the act; what only the store can hold for certain (caps, unique codes, uses of an invite,
//!   that a thing is still there) is looked at here;
//! * changing something into what it is already is a change like any other; deleting what is absent answers `None`.

use crate::Stored;
use crate::directory::accounts::NewAccount;
use async_trait::async_trait;
use model::audit::{AuditAction, AuditEntry};
use model::emoji::Emoji;
use model::event::ThreadMember;
use model::guild::{
    Ban, Guild, GuildAuthority, GuildChannel, GuildState, Invite, Member, Overwrite, OverwriteTarget, Role,
    Versions,
};
use model::webhook::Webhook;
use model::{
    ApplicationId, AuditId, ChannelId, EmojiId, GuildId, Permissions, RoleId, Timestamp, UserId, WebhookId,
};
use std::sync::Arc;

/// What a change made, with the versions that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised<T> {
    /// As it is stored now; of what was deleted, as it was.
    pub value: T,
    /// The guild's versions after the change.
    pub versions: Versions,
}

/// What became of adding something that there may only be so many of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added<T> {
    /// It is there.
    Added(Raised<T>),
    /// There are as many as there may be.
    TooMany,
    /// The guild, channel or parent that it belongs to is not there.
    Absent,
}

/// A guild as it is made.
#[derive(Debug, Clone)]
pub struct NewGuild {
    /// Its settings; the owner becomes its first member.
    pub guild: Guild,
    /// Its roles, `@everyone` (with the guild's id) among them.
    pub roles: Vec<Role>,
    /// Its channels.
    pub channels: Vec<GuildChannel>,
    /// Now.
    pub at: Timestamp,
}

/// Changes of a guild's settings: the whole row is replaced by what this makes of it, under its lock.
pub type GuildEdit = Box<dyn Fn(&mut Guild) + Send + Sync>;
/// Changes of a role, as [`GuildEdit`].
pub type RoleEdit = Box<dyn Fn(&mut Role) + Send + Sync>;
/// Changes of a channel or thread, as [`GuildEdit`]. Overwrites are changed, too, if it changes them.
pub type ChannelEdit = Box<dyn Fn(&mut GuildChannel) + Send + Sync>;
/// Changes of a member, as [`GuildEdit`]. Roles that the guild does not have are left out.
pub type MemberEdit = Box<dyn Fn(&mut Member) + Send + Sync>;
/// Changes of an emoji's name or roles.
pub type EmojiEdit = Box<dyn Fn(&mut Emoji) + Send + Sync>;
/// Changes of a webhook's name, avatar or channel.
pub type WebhookEdit = Box<dyn Fn(&mut Webhook) + Send + Sync>;

/// A row for the audit log. Written in the transaction of the change that it tells of; none if nothing is to be told.
pub type Audit = Vec<AuditEntry>;

/// What became of somebody who wants to come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// A member now.
    Joined(Raised<Member>),
    /// It was a member before; no use of the invite was counted.
    Already(Member),
    /// No such invite, or it ended or was used up.
    NoInvite,
    /// Banned.
    Banned,
    /// The user is in as many guilds as it may.
    TooMany,
}

/// Which rows of an audit log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// By whom.
    pub actor: Option<UserId>,
    /// What was done.
    pub action: Option<AuditAction>,
    /// Only older ones.
    pub before: Option<AuditId>,
    /// Only newer ones, and then the oldest of them.
    pub after: Option<AuditId>,
    /// 1 to 100.
    pub limit: usize,
}

/// Whom a pruning is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneQuery {
    /// Not seen since then (devices' last use; who joined later stays).
    pub before: Timestamp,
    /// Members whose roles are all among these go, too; else only those without roles.
    pub include_roles: Vec<RoleId>,
}

/// Which archived threads of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivedQuery {
    /// Which, and from where on.
    pub list: ArchivedList,
    /// How many.
    pub limit: usize,
}

/// The lists of a channel's archived threads. Each has an order of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchivedList {
    /// Public ones that were archived before this moment, archived last first.
    Public(Option<Timestamp>),
    /// Private ones, in the same way.
    Private(Option<Timestamp>),
    /// Private ones that this user is in, below an id, newest first.
    Joined(UserId, Option<ChannelId>),
}

/// Which threads of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadQuery {
    /// In their names, whatever the case.
    pub name: Option<String>,
    /// Those that are archived, or those that are not.
    pub archived: Option<bool>,
    /// Private ones only if this user is in them; `None`: all.
    pub viewer: Option<UserId>,
    /// How many.
    pub limit: usize,
}

/// Guilds.
#[async_trait]
pub trait Guilds: Send + Sync {
    /// Makes a guild; at most `cap` guilds of which its owner is a member.
    async fn create_guild(&self, new: &NewGuild, cap: usize) -> Stored<Added<Arc<GuildState>>>;

    /// All of a guild but its members, as the authority knows it now. Cheap: kept in memory by its version.
    async fn guild_state(&self, guild: GuildId) -> Stored<Option<Arc<GuildState>>>;

    /// The guild with one user's membership, as the authority knows them now: every change that was answered before the
    /// call is in it. `None` if there is no such guild. Cheap enough for every send; calls that wait together are answered
    /// by one.
    async fn guild_authority(&self, guild: GuildId, user: UserId) -> Stored<Option<GuildAuthority>>;

    /// The guild of a channel or thread, archived threads included; `None` for what is no channel of a guild. A channel's
    /// guild never changes, so the answer may be kept; that the channel is still there is for the authority to say.
    async fn guild_of(&self, channel: ChannelId) -> Stored<Option<GuildId>>;

    /// The guilds that a user is in, with its membership, by id. As the authority knows it.
    async fn memberships(&self, user: UserId) -> Stored<Vec<(GuildId, Member)>>;

    /// The versions of these guilds, as the authority knows them; those that are gone are left out.
    async fn guild_versions(&self, guilds: &[GuildId]) -> Stored<Vec<(GuildId, Versions)>>;

    /// Changes settings. [`Added::TooMany`]: the vanity code belongs to another guild, or is an invite's.
    /// [`Added::Absent`]: there is no such guild, or the new owner is no member of it.
    async fn change_guild(&self, guild: GuildId, edit: GuildEdit, audit: Audit) -> Stored<Added<Guild>>;

    /// Deletes a guild and all that belongs to it, in bounded steps if it must; the ids of its channels and threads. When it
    /// has answered, nobody is a member any more.
    async fn delete_guild(&self, guild: GuildId) -> Stored<Option<Vec<ChannelId>>>;

    /// Makes a role, at most `cap` with `@everyone`. It stands right above `@everyone`; those above move up by one.
    async fn create_role(&self, guild: GuildId, role: &Role, cap: usize, audit: Audit)
    -> Stored<Added<Role>>;

    /// Changes a role.
    async fn change_role(
        &self,
        guild: GuildId,
        role: RoleId,
        edit: RoleEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<Role>>>;

    /// Sets positions of roles, then numbers all roles from 0 (`@everyone`) in their order without gaps; all roles.
    async fn move_roles(
        &self,
        guild: GuildId,
        to: &[(RoleId, u16)],
        audit: Audit,
    ) -> Stored<Option<Raised<Vec<Role>>>>;

    /// Deletes a role: members lose it, overwrites for it go, emoji that only it could use can be used by nobody but the
    /// ones that are left. Raises both versions. `@everyone` stays: `None`.
    async fn delete_role(&self, guild: GuildId, role: RoleId, audit: Audit) -> Stored<Option<Raised<Role>>>;

    /// Makes a channel: at most `cap` in the guild and `in_category` in one category.
    async fn create_channel(
        &self,
        channel: &GuildChannel,
        cap: usize,
        in_category: usize,
        audit: Audit,
    ) -> Stored<Added<GuildChannel>>;

    /// Changes a channel, or a thread, archived ones included.
    async fn change_channel(
        &self,
        channel: ChannelId,
        edit: ChannelEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<GuildChannel>>>;

    /// Changes several channels of a guild at once: positions, categories, overwrites. Those that are not there are passed
    /// over; the changed ones.
    async fn change_channels(
        &self,
        guild: GuildId,
        edits: Vec<(ChannelId, ChannelEdit)>,
        audit: Audit,
    ) -> Stored<Option<Raised<Vec<GuildChannel>>>>;

    /// Deletes a channel with its overwrites, invites, webhooks and threads, or a thread; the settings that named it name
    /// none. A category's channels stay, without a category. What was deleted (itself first, then its threads), and what changed for it.
    async fn delete_channel(
        &self,
        channel: ChannelId,
        audit: Audit,
    ) -> Stored<Option<Raised<(Vec<GuildChannel>, Vec<GuildChannel>)>>>;

    /// Sets an overwrite; at most `cap` on a channel. The channel as it is then.
    async fn set_overwrite(
        &self,
        channel: ChannelId,
        overwrite: Overwrite,
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<GuildChannel>>;

    /// Takes an overwrite away; the channel as it is then. `None` if there was none.
    async fn delete_overwrite(
        &self,
        channel: ChannelId,
        target: OverwriteTarget,
        audit: Audit,
    ) -> Stored<Option<Raised<GuildChannel>>>;

    /// Members by ascending id, above `after`, up to `limit`.
    async fn members(&self, guild: GuildId, after: Option<UserId>, limit: usize) -> Stored<Vec<Member>>;

    /// These users' memberships; those who are no members are left out. As the authority knows them.
    async fn members_of(&self, guild: GuildId, users: &[UserId]) -> Stored<Vec<Member>>;

    /// Members whose username, display name or nickname begins with this, whatever the case, by id.
    async fn search_members(&self, guild: GuildId, prefix: &str, limit: usize) -> Stored<Vec<Member>>;

    /// How many members there are. May be a moment old.
    async fn member_count(&self, guild: GuildId) -> Stored<u64>;

    /// How many members each role has; roles without members may be left out.
    async fn role_counts(&self, guild: GuildId) -> Stored<Vec<(RoleId, u64)>>;

    /// Who has a role, by id, up to `limit`.
    async fn role_members(&self, guild: GuildId, role: RoleId, limit: usize) -> Stored<Vec<UserId>>;

    /// Comes in by an invite, counting its use, or by a vanity code; at most `cap` guilds for the user. Exactly `max_uses`
    /// come in by it, however many try at once, and a ban that was answered wins.
    async fn join_by_invite(&self, code: &str, user: UserId, at: Timestamp, cap: usize) -> Stored<Joined>;

    /// Makes accounts and lets members in, all at once and without a look at bans, invites and caps: for who makes a guild to
    /// measure with. Accounts whose name is taken, and who is a member already, are passed over. The versions then; `None`:
    /// no such guild.
    async fn fill_guild(
        &self,
        guild: GuildId,
        accounts: &[NewAccount],
        members: &[Member],
    ) -> Stored<Option<Versions>>;

    /// A bot comes in, with a role of its own (if given). `Joined::NoInvite`: no such guild.
    async fn join_bot(
        &self,
        guild: GuildId,
        user: UserId,
        role: Option<&Role>,
        at: Timestamp,
        audit: Audit,
    ) -> Stored<Joined>;

    /// Changes a member, raising the members' version.
    async fn change_member(
        &self,
        guild: GuildId,
        user: UserId,
        edit: MemberEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<Member>>>;

    /// Ends a membership, for whatever reason: its row and its places in threads; its overwrites stay for a return. A bot's
    /// own role goes with it, and then both versions rise. `None` also for the owner, who stays.
    async fn remove_member(
        &self,
        guild: GuildId,
        user: UserId,
        audit: Audit,
    ) -> Stored<Option<Raised<Member>>>;

    /// Bans: ends the membership if there is one (the answer's value), as [`Guilds::remove_member`] does, and keeps the user
    /// out. `Added::Absent` also for the owner; `Added::TooMany` is not answered.
    async fn ban(
        &self,
        guild: GuildId,
        user: UserId,
        reason: Option<&str>,
        audit: Audit,
    ) -> Stored<Added<Option<Member>>>;

    /// Lifts a ban.
    async fn unban(&self, guild: GuildId, user: UserId, audit: Audit) -> Stored<Option<Ban>>;

    /// A ban.
    async fn find_ban(&self, guild: GuildId, user: UserId) -> Stored<Option<Ban>>;

    /// Bans by ascending id: those above `after`, or the last ones below `before`.
    async fn bans(
        &self,
        guild: GuildId,
        before: Option<UserId>,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<Ban>>;

    /// Those who would be pruned.
    async fn prunable(&self, guild: GuildId, query: &PruneQuery, limit: usize) -> Stored<Vec<UserId>>;

    /// Makes an invite, at most `cap` in the guild that have not ended when it is made. A code that exists already is
    /// [`Added::Absent`]. Invites and webhooks raise no version.
    async fn create_invite(&self, invite: &Invite, cap: usize, audit: Audit) -> Stored<Added<Invite>>;

    /// An invite that has neither ended by `at` nor been used up.
    async fn invite(&self, code: &str, at: Timestamp) -> Stored<Option<Invite>>;

    /// A guild's invites that have not ended by `at`, oldest first; of one channel, if given.
    async fn invites(&self, guild: GuildId, channel: Option<ChannelId>, at: Timestamp)
    -> Stored<Vec<Invite>>;

    /// Takes an invite back.
    async fn delete_invite(&self, code: &str, audit: Audit) -> Stored<Option<Invite>>;

    /// The guild with this vanity code.
    async fn vanity(&self, code: &str) -> Stored<Option<GuildId>>;

    /// Adds an emoji; at most `cap` that move, and as many that do not.
    async fn create_emoji(
        &self,
        guild: GuildId,
        emoji: &Emoji,
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<Emoji>>;

    /// Changes an emoji.
    async fn change_emoji(
        &self,
        guild: GuildId,
        emoji: EmojiId,
        edit: EmojiEdit,
        audit: Audit,
    ) -> Stored<Option<Raised<Emoji>>>;

    /// Deletes an emoji.
    async fn delete_emoji(
        &self,
        guild: GuildId,
        emoji: EmojiId,
        audit: Audit,
    ) -> Stored<Option<Raised<Emoji>>>;

    /// The guild of an emoji, with the emoji, for those who use it elsewhere.
    async fn find_emoji(&self, emoji: EmojiId) -> Stored<Option<(GuildId, Emoji)>>;

    /// Makes a webhook; at most `cap` in its channel and `in_guild` in the guild.
    async fn create_webhook(
        &self,
        webhook: &Webhook,
        cap: usize,
        in_guild: usize,
        audit: Audit,
    ) -> Stored<Added<Webhook>>;

    /// A webhook, as the authority knows it.
    async fn webhook(&self, id: WebhookId) -> Stored<Option<Webhook>>;

    /// A guild's webhooks, or one channel's, oldest first.
    async fn webhooks(&self, guild: GuildId, channel: Option<ChannelId>) -> Stored<Vec<Webhook>>;

    /// Changes a webhook. `None` also if the channel that it is to write into is not there.
    async fn change_webhook(&self, id: WebhookId, edit: WebhookEdit, audit: Audit)
    -> Stored<Option<Webhook>>;

    /// Deletes a webhook.
    async fn delete_webhook(&self, id: WebhookId, audit: Audit) -> Stored<Option<Webhook>>;

    /// Makes a thread with its first members; at most `cap` in the guild that are not archived. [`Added::Absent`]: the
    /// channel is not there or can have no threads, or there is another thread with this id (that of a message has the
    /// message's).
    async fn create_thread(
        &self,
        thread: &GuildChannel,
        members: &[ThreadMember],
        cap: usize,
        audit: Audit,
    ) -> Stored<Added<GuildChannel>>;

    /// A thread, archived ones included.
    async fn thread(&self, id: ChannelId) -> Stored<Option<GuildChannel>>;

    /// Threads of any guild that are not archived, by id, above `after`, up to `limit`: for the job that archives them.
    async fn active_threads(&self, after: Option<ChannelId>, limit: usize) -> Stored<Vec<GuildChannel>>;

    /// A thread's members by ascending id, above `after`, up to `limit`.
    async fn thread_members(
        &self,
        thread: ChannelId,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<ThreadMember>>;

    /// The threads that a user is in, of one guild, those that are archived left out.
    async fn joined_threads(&self, guild: GuildId, user: UserId) -> Stored<Vec<(ChannelId, ThreadMember)>>;

    /// How many members and which of these threads have; threads without members may be left out.
    async fn thread_counts(&self, threads: &[ChannelId]) -> Stored<Vec<(ChannelId, u32)>>;

    /// Adds a member to a thread, at most `cap`; the value is how many there are then. [`Added::Absent`]: no such thread.
    async fn join_thread(&self, thread: ChannelId, member: &ThreadMember, cap: usize) -> Stored<Added<u32>>;

    /// Takes a member out of a thread; how many are left. `None` if it was not in it.
    async fn leave_thread(&self, thread: ChannelId, user: UserId) -> Stored<Option<u32>>;

    /// A channel's archived threads, in the order of the list that is asked for.
    async fn archived_threads(&self, channel: ChannelId, query: ArchivedQuery) -> Stored<Vec<GuildChannel>>;

    /// A channel's threads, archived or not, newest first.
    async fn find_threads(&self, channel: ChannelId, query: &ThreadQuery) -> Stored<Vec<GuildChannel>>;

    /// Rows of the audit log, newest first (with `after`: the oldest above it, newest first).
    async fn audit_log(&self, guild: GuildId, query: AuditQuery) -> Stored<Vec<AuditEntry>>;

    /// Adds a row of its own: of a change that no other method here made (messages that were deleted, pins).
    async fn audit(&self, guild: GuildId, entry: &AuditEntry) -> Stored<()>;

    /// The applications whose bots are members, with the membership of each.
    async fn guild_bots(&self, guild: GuildId) -> Stored<Vec<(ApplicationId, Member)>>;

    /// The permissions that a member has by its roles in each of its guilds, for the list of guilds: owner, roles'
    /// permissions.
    async fn guild_summaries(&self, user: UserId) -> Stored<Vec<(Guild, Permissions)>>;
}
