//! Threads of a guild and of a channel.

use crate::access;
use crate::guilds::{channels as guild_channels, visible};
use crate::{Actor, FormErrors, Result, World};
use model::guild::{GuildChannel, GuildChannelView};
use model::{ChannelId, GuildId, Permissions, Timestamp};
use ports::directory::guilds::{ArchivedList, ArchivedQuery};

/// Threads, with the actor's membership in each.
#[derive(Debug, Clone, Default)]
pub struct ThreadList {
    /// The threads.
    pub threads: Vec<GuildChannelView>,
    /// Whether there are more.
    pub more: bool,
}

/// Which archived threads of a channel, and from where on.
#[derive(Debug, Clone, Copy)]
pub enum Archived {
    /// Public ones that were archived before a moment, archived last first.
    Public(Option<Timestamp>),
    /// All private ones, in the same way.
    Private(Option<Timestamp>),
    /// Private ones that the actor is in, below an id, newest first.
    Joined(Option<ChannelId>),
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

/// Archived threads of a channel: 1 to 100 of them.
///
/// # Errors
/// 10003; 50013 without READ_MESSAGE_HISTORY, for all private ones also without MANAGE_THREADS; a form error for the limit.
pub async fn archived(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    which: Archived,
    limit: usize,
) -> Result<ThreadList> {
    if !(1..=100).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    let reader = access::reader(world, actor, channel).await?;
    let mut needed = Permissions::READ_MESSAGE_HISTORY;
    let list = match which {
        Archived::Public(before) => ArchivedList::Public(before),
        Archived::Private(before) => {
            needed |= Permissions::MANAGE_THREADS;
            ArchivedList::Private(before)
        }
        Archived::Joined(below) => ArchivedList::Joined(actor.user(), below),
    };
    reader.in_guild()?;
    reader.holding(needed)?;
    let asked = ArchivedQuery { list, limit: limit.saturating_add(1) };
    let mut threads = world.ports.directory.archived_threads(channel, asked).await?;
    let more = threads.len() > limit;
    threads.truncate(limit);
    Ok(ThreadList { threads: guild_channels::views(world, threads, actor.user()).await?, more })
}
