//! Threads of a guild and of a channel.

use crate::access;
use crate::guilds::{channels as guild_channels, visible};
use crate::{Actor, FormErrors, Result, World};
use model::guild::{GuildChannel, GuildChannelView};
use model::{ChannelId, GuildId, Permissions, Timestamp};
use ports::directory::guilds::ArchivedQuery;

/// Threads, with the actor's membership in each.
#[derive(Debug, Clone, Default)]
pub struct ThreadList {
    /// The threads.
    pub threads: Vec<GuildChannelView>,
    /// Whether there are more.
    pub more: bool,
}

/// Which archived threads.
#[derive(Debug, Clone, Copy)]
pub struct Archived {
    /// Private ones, or public ones.
    pub private: bool,
    /// Only those that the actor is in.
    pub joined: bool,
    /// Archived before this moment.
    pub before: Option<Timestamp>,
    /// 1 to 100.
    pub limit: usize,
}

/// All threads of a guild that the actor may view and that are not archived.
///
/// # Errors
/// 10004.
pub async fn active(world: &World, actor: &Actor, guild: GuildId) -> Result<ThreadList> {
    let member = access::member(world, actor, guild).await?;
    let joined = visible::joined(world, member.state(), actor.user()).await?;
    let seen = visible::of_guild(member.state(), member.member(), &joined, member.now());
    let threads: Vec<GuildChannel> = seen.filter(|channel| channel.kind.is_thread()).cloned().collect();
    Ok(ThreadList { threads: guild_channels::views(world, threads, actor.user()).await?, more: false })
}

/// Archived threads of a channel, archived last first.
///
/// # Errors
/// 10003; 50013 without READ_MESSAGE_HISTORY, for all private ones also without MANAGE_THREADS; a form error for the limit.
pub async fn archived(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    query: Archived,
) -> Result<ThreadList> {
    if !(1..=100).contains(&query.limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    let reader = access::reader(world, actor, channel).await?;
    let mut needed = Permissions::READ_MESSAGE_HISTORY;
    if query.private && !query.joined {
        needed |= Permissions::MANAGE_THREADS;
    }
    reader.in_guild()?;
    reader.holding(needed)?;
    let asked = ArchivedQuery {
        private: query.private,
        joined_by: query.joined.then(|| actor.user()),
        before: query.before,
        limit: query.limit.saturating_add(1),
    };
    let mut threads = world.ports.directory.archived_threads(channel, asked).await?;
    let more = threads.len() > query.limit;
    threads.truncate(query.limit);
    Ok(ThreadList { threads: guild_channels::views(world, threads, actor.user()).await?, more })
}
