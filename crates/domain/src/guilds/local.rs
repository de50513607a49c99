//! What a gateway keeps of the guilds of those who are connected to it, and what it shows them at first.

use crate::accounts::lookup::Users;
use crate::guilds::threads::said;
use crate::{Result, World};
use futures_util::{StreamExt as _, TryStreamExt as _};
use model::event::{MemberView, ThreadMember};
use model::guild::{GuildChannel, GuildState, Member, Versions};
use model::presence::Presence;
use model::{ChannelId, GuildId, MessageId, Timestamp, UserId, limits};
use std::collections::HashMap;
use std::sync::Arc;

/// A guild with the memberships of some users.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The guild.
    pub state: Arc<GuildState>,
    /// Everything here is at least as new as these.
    pub versions: Versions,
    /// Memberships; who is no member is left out.
    pub members: Vec<Member>,
}

/// What a guild's rights are now, for these users. `None`: there is no such guild.
///
/// # Errors
/// Store errors only.
pub async fn connected(world: &World, guild: GuildId, users: &[UserId]) -> Result<Option<Connected>> {
    let directory = &world.ports.directory;
    // First the versions: what is read after them is not older.
    let versions = directory.guild_versions(&[guild]).await?;
    let Some((_, versions)) = versions.into_iter().next() else { return Ok(None) };
    let Some(state) = directory.guild_state(guild).await? else { return Ok(None) };
    let mut members = Vec::new();
    for some in users.chunks(limits::MEMBERS_PAGE) {
        members.extend(directory.members_of(guild, some).await?);
    }
    Ok(Some(Connected { versions: Versions { state: state.version, ..versions }, state, members }))
}

/// All of a guild but its members, as it is now.
///
/// # Errors
/// Store errors only.
pub async fn state(world: &World, guild: GuildId) -> Result<Option<Arc<GuildState>>> {
    Ok(world.ports.directory.guild_state(guild).await?)
}

/// The versions of these guilds now; those that are gone are left out.
///
/// # Errors
/// Store errors only.
pub async fn versions(world: &World, guilds: &[GuildId]) -> Result<Vec<(GuildId, Versions)>> {
    Ok(world.ports.directory.guild_versions(guilds).await?)
}

/// The guilds that a user is in.
///
/// # Errors
/// Store errors only.
pub async fn memberships(world: &World, user: UserId) -> Result<Vec<(GuildId, Member)>> {
    Ok(world.ports.directory.memberships(user).await?)
}

/// What a client is shown of a guild besides its state.
#[derive(Debug, Clone)]
pub struct Appearance {
    /// How many members there are; may be a moment old.
    pub member_count: u64,
    /// Those that are shown, by id.
    pub members: Vec<MemberView>,
    /// Presences of those of them who are online.
    pub presences: Vec<Presence>,
}

/// Which members a client is shown at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Itself.
    Own,
    /// All, if there are no more than this; else who is online, and itself. Without presences it would be [`Shown::Own`].
    UpTo(u64),
}

/// Gathers it. Presences are looked up for all that are shown, but for those who are shown because they are in voice.
///
/// # Errors
/// Store errors only.
pub async fn appearance(
    world: &World,
    guild: GuildId,
    viewer: UserId,
    shown: Shown,
    in_voice: &[UserId],
) -> Result<Appearance> {
    let directory = &world.ports.directory;
    let member_count = directory.member_count(guild).await?;
    let mut members = match shown {
        Shown::UpTo(most) if member_count <= most => all_members(world, guild, most).await?,
        Shown::UpTo(_) => online_members(world, guild, viewer).await?,
        Shown::Own => directory.members_of(guild, &[viewer]).await?,
    };
    let presences = if shown == Shown::Own {
        Vec::new()
    } else {
        let ids: Vec<UserId> = members.iter().map(|member| member.user).collect();
        world.ports.presence.merged(&ids).await?
    };
    let missing = |user: &&UserId| members.binary_search_by_key(*user, |member| member.user).is_err();
    let missing: Vec<UserId> = in_voice.iter().filter(missing).copied().collect();
    if !missing.is_empty() {
        members.extend(directory.members_of(guild, &missing).await?);
        members.sort_by_key(|member| member.user);
    }
    let users = Users::load(world, members.iter().map(|member| member.user)).await?;
    Ok(Appearance { member_count, presences, members: views(&users, members) })
}

/// The most members that a list or a first look goes through.
const SCANNED: u64 = 100_000;
/// The most that a first look shows of a large guild.
const ONLINE_SHOWN: usize = 1_000;

async fn all_members(world: &World, guild: GuildId, most: u64) -> Result<Vec<Member>> {
    let mut all: Vec<Member> = Vec::new();
    loop {
        let after = all.last().map(|member| member.user);
        let page = world.ports.directory.members(guild, after, limits::MEMBERS_PAGE).await?;
        let full = page.len() >= limits::MEMBERS_PAGE;
        all.extend(page);
        if !full || all.len() as u64 >= most {
            return Ok(all);
        }
    }
}

async fn online_members(world: &World, guild: GuildId, viewer: UserId) -> Result<Vec<Member>> {
    let all = all_members(world, guild, SCANNED).await?;
    let mut shown = Vec::new();
    for some in all.chunks(limits::MEMBERS_PAGE) {
        let ids: Vec<UserId> = some.iter().map(|member| member.user).collect();
        let online = world.ports.presence.merged(&ids).await?;
        let online: std::collections::HashSet<UserId> = online.iter().map(|p| p.user).collect();
        let is_shown = |member: &&Member| {
            member.user == viewer || (online.contains(&member.user) && shown.len() < ONLINE_SHOWN)
        };
        let some: Vec<Member> = some.iter().filter(is_shown).cloned().collect();
        shown.extend(some);
    }
    Ok(shown)
}

fn views(users: &Users, members: Vec<Member>) -> Vec<MemberView> {
    members.into_iter().map(|member| MemberView { user: users.get(member.user), member }).collect()
}

/// Memberships with their accounts.
///
/// # Errors
/// Store errors only.
pub async fn member_views(world: &World, members: Vec<Member>) -> Result<Vec<MemberView>> {
    let users = Users::load(world, members.iter().map(|member| member.user)).await?;
    Ok(views(&users, members))
}

/// A page of members by id, above `after`.
///
/// # Errors
/// Store errors only.
pub async fn members_page(
    world: &World,
    guild: GuildId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<MemberView>> {
    member_views(world, world.ports.directory.members(guild, after, limit).await?).await
}

/// These users' memberships.
///
/// # Errors
/// Store errors only.
pub async fn members_named(world: &World, guild: GuildId, users: &[UserId]) -> Result<Vec<MemberView>> {
    member_views(world, world.ports.directory.members_of(guild, users).await?).await
}

/// Members whose name begins with this.
///
/// # Errors
/// Store errors only.
pub async fn members_found(
    world: &World,
    guild: GuildId,
    prefix: &str,
    limit: usize,
) -> Result<Vec<MemberView>> {
    member_views(world, world.ports.directory.search_members(guild, prefix, limit).await?).await
}

/// How many members there are; may be a moment old.
///
/// # Errors
/// Store errors only.
pub async fn member_count(world: &World, guild: GuildId) -> Result<u64> {
    Ok(world.ports.directory.member_count(guild).await?)
}

/// Presences of those of these users who are online.
///
/// # Errors
/// Store errors only.
pub async fn presences(world: &World, users: &[UserId]) -> Result<Vec<Presence>> {
    Ok(world.ports.presence.merged(users).await?)
}

/// The newest message and pin of each of these channels.
///
/// # Errors
/// Store errors only.
pub async fn heads(
    world: &World,
    channels: &[ChannelId],
) -> Result<HashMap<ChannelId, (Option<MessageId>, Option<Timestamp>)>> {
    if channels.is_empty() {
        return Ok(HashMap::new());
    }
    let heads = world.ports.messages.heads(channels).await?;
    Ok(heads.into_iter().map(|head| (head.channel, (head.last_message, head.last_pin))).collect())
}

/// What a client is shown of open threads besides what they are.
#[derive(Debug, Default)]
pub struct OpenThreads {
    /// In which of them the user is.
    pub joined: HashMap<ChannelId, ThreadMember>,
    /// How many members each has.
    pub members: HashMap<ChannelId, u32>,
    /// How many messages each has, of the [`COUNTED`] newest.
    pub messages: HashMap<ChannelId, u32>,
}

/// Open threads of one guild whose messages are counted for one who is shown it, the newest: each takes a question or two.
const COUNTED: usize = 64;
/// Threads that are counted at the same time.
const COUNTED_TOGETHER: usize = 8;

/// Looks it up for these threads, which are in the order of their ids.
///
/// # Errors
/// Store errors only.
pub async fn threads(
    world: &World,
    guild: GuildId,
    user: UserId,
    threads: &[&GuildChannel],
) -> Result<OpenThreads> {
    if threads.is_empty() {
        return Ok(OpenThreads::default());
    }
    let ids: Vec<ChannelId> = threads.iter().map(|thread| thread.id).collect();
    let joined = world.ports.directory.joined_threads(guild, user).await?;
    let members = world.ports.directory.thread_counts(&ids).await?;
    let newest: Vec<GuildChannel> =
        threads.iter().rev().take(COUNTED).map(|&thread| thread.clone()).collect();
    let messages: Vec<(ChannelId, u32)> = futures_util::stream::iter(newest)
        .map(|thread| async move { Ok::<_, crate::Error>((thread.id, said(world, &thread).await?)) })
        .buffered(COUNTED_TOGETHER)
        .try_collect()
        .await?;
    Ok(OpenThreads {
        joined: joined.into_iter().collect(),
        members: members.into_iter().collect(),
        messages: messages.into_iter().collect(),
    })
}
