//! Threads of a guild and of a channel.

use crate::access;
use crate::guilds::{channels as guild_channels, visible};
use crate::{Actor, FormErrors, Result, World};
use model::guild::{GuildChannel, GuildChannelView};
use model::{ChannelId, GuildId, MessageId, Permissions, Timestamp};
use ports::directory::guilds::{ArchivedList, ArchivedQuery, ThreadQuery};
use std::cmp::Reverse;
use std::collections::HashMap;

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

/// Threads of which a search shows a part: the newest that match.
const FOUND: usize = 500;

/// How what was found is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOrder {
    /// By the last message.
    LastMessage,
    /// By when it was archived, or came out of the archive.
    Archived,
    /// By when it was made.
    Created,
    /// Names that begin with what is looked for before those that contain it.
    Relevance,
}

/// What threads are looked for.
#[derive(Debug, Clone)]
pub struct ThreadSearch {
    /// In their names; up to 100 characters.
    pub name: Option<String>,
    /// Those that are archived, or those that are not.
    pub archived: Option<bool>,
    /// Only those with some tag: there are none, for there are no forums.
    pub tagged: bool,
    /// The order, newest or best first.
    pub order: ThreadOrder,
    /// The other way round.
    pub ascending: bool,
    /// How many are passed over.
    pub offset: usize,
    /// 1 to 25.
    pub limit: usize,
}

/// Threads of a channel that the actor may see, by name: a page of them, and how many there are, the 500 newest that match at
/// most. As `GET /channels/{channel}/threads/search` of Discord's own clients.
///
/// # Errors
/// 10003; 50013 without READ_MESSAGE_HISTORY; a form error for a name that is too long.
pub async fn search(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    asked: ThreadSearch,
) -> Result<(ThreadList, usize)> {
    if asked.name.as_ref().is_some_and(|name| name.chars().count() > 100) {
        return Err(FormErrors::one("name", "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.").into());
    }
    let reader = access::reader(world, actor, channel).await?;
    reader.in_guild()?;
    reader.holding(Permissions::READ_MESSAGE_HISTORY)?;
    if asked.tagged {
        return Ok((ThreadList::default(), 0));
    }
    let sees_all = reader.holding(Permissions::MANAGE_THREADS).is_ok();
    let query = ThreadQuery {
        name: asked.name.clone(),
        archived: asked.archived,
        viewer: (!sees_all).then_some(actor.user()),
        limit: FOUND,
    };
    let mut found = world.ports.directory.find_threads(channel, &query).await?;
    let total = found.len();
    let mut newest: HashMap<ChannelId, Option<MessageId>> = HashMap::new();
    if asked.order == ThreadOrder::LastMessage && total > 1 {
        let ids: Vec<ChannelId> = found.iter().map(|thread| thread.id).collect();
        let heads = world.ports.messages.heads(&ids).await?;
        newest.extend(heads.into_iter().map(|head| (head.channel, head.last_message)));
    }
    let wanted = asked.name.as_deref().unwrap_or_default().to_lowercase();
    // They come newest first, and stay so among equals.
    found.sort_by_cached_key(|thread| {
        Reverse(match asked.order {
            ThreadOrder::LastMessage => {
                newest.get(&thread.id).copied().flatten().map_or(thread.id.get(), MessageId::get)
            }
            ThreadOrder::Archived => thread
                .thread
                .as_ref()
                .and_then(|thread| u64::try_from(thread.archive_changed.millis()).ok())
                .unwrap_or_default(),
            ThreadOrder::Created => thread.id.get(),
            ThreadOrder::Relevance => u64::from(thread.name.to_lowercase().starts_with(&wanted)),
        })
    });
    if asked.ascending {
        found.reverse();
    }
    let more = total > asked.offset.saturating_add(asked.limit);
    let page: Vec<GuildChannel> = found.into_iter().skip(asked.offset).take(asked.limit).collect();
    let threads = guild_channels::views(world, page, actor.user()).await?;
    Ok((ThreadList { threads, more }, total))
}
