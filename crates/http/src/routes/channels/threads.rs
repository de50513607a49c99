//! Threads: `/channels/{channel_id}/threads...`, `.../messages/{message_id}/threads` and `.../thread-members...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Path, Query, Reason};
use crate::reply::{self, Answer};
use crate::routes::channels::kind;
use axum::extract::State;
use domain::World;
use domain::guilds::threads::{self, Archived, NewThread, ThreadList, ThreadOrder, ThreadSearch};
use http::StatusCode;
use model::{ChannelId, MessageId, UserId};
use wire::guild_channel::{ThreadCreate, thread_member};

/// Threads or members in a page, when the caller does not say and at most.
const PAGE: usize = 50;
const PAGE_MAX: usize = 100;
/// Threads that are found at once, when the caller does not say and at most.
const SEARCH_PAGE: usize = 25;

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Reason(reason): Reason,
    Body(body): Body<ThreadCreate>,
) -> Answer {
    let view = threads::create(&world, &actor, channel, new(body)?, reason).await?;
    Ok(reply::json_as(StatusCode::CREATED, wire::guild_channel::view(&view)))
}

pub(crate) async fn from_message(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Reason(reason): Reason,
    Body(body): Body<ThreadCreate>,
) -> Answer {
    // Its kind follows from the channel's.
    let new = new(ThreadCreate { kind: None, ..body })?;
    let view = threads::from_message(&world, &actor, channel, message, new, reason).await?;
    Ok(reply::json_as(StatusCode::CREATED, wire::guild_channel::view(&view)))
}

pub(crate) async fn archived_public(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let (which, limit) = (Archived::Public(query.timestamp("before")?), query.limit(PAGE, PAGE_MAX)?);
    Ok(shown(&threads::archived(&world, &actor, channel, which, limit).await?))
}

pub(crate) async fn archived_private(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let (which, limit) = (Archived::Private(query.timestamp("before")?), query.limit(PAGE, PAGE_MAX)?);
    Ok(shown(&threads::archived(&world, &actor, channel, which, limit).await?))
}

pub(crate) async fn archived_joined(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let (which, limit) = (Archived::Joined(query.id("before")?), query.limit(PAGE, PAGE_MAX)?);
    Ok(shown(&threads::archived(&world, &actor, channel, which, limit).await?))
}

pub(crate) async fn search(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let order = match query.string("sort_by") {
        None | Some("last_message_time") => ThreadOrder::LastMessage,
        Some("archive_time") => ThreadOrder::Archived,
        Some("creation_time") => ThreadOrder::Created,
        Some("relevance") => ThreadOrder::Relevance,
        Some(_) => {
            return Err(one_of("sort_by", "last_message_time, archive_time, relevance, creation_time"));
        }
    };
    let ascending = match query.string("sort_order") {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(one_of("sort_order", "asc, desc")),
    };
    let asked = ThreadSearch {
        name: query.string("name").map(str::to_owned),
        archived: query.string("archived").map(|_| query.flag("archived")),
        tagged: query.string("tag").is_some(),
        order,
        ascending,
        offset: usize::try_from(query.number("offset").unwrap_or(0)).unwrap_or(usize::MAX),
        limit: query.limit(SEARCH_PAGE, SEARCH_PAGE)?,
    };
    let (list, total) = threads::search(&world, &actor, channel, asked).await?;
    Ok(reply::json(wire::guild_channel::found_threads(&list.threads, list.more, total)))
}

fn one_of(name: &str, values: &str) -> ApiError {
    ApiError::field(name, "BASE_TYPE_CHOICES", format!("Value must be one of {{{values}}}."))
}

pub(crate) async fn members(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(thread): Path<ChannelId>,
    query: Query,
) -> Answer {
    let (after, limit) = (query.id("after")?, query.limit(PAGE_MAX, PAGE_MAX)?);
    let all = threads::members(&world, &actor, thread, after, limit).await?;
    let whole = query.flag("with_member");
    let shown: Vec<_> =
        all.iter().map(|(member, view)| thread_member(thread, member, whole.then_some(view))).collect();
    Ok(reply::json(shown))
}

pub(crate) async fn member(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((thread, user)): Path<(ChannelId, UserId)>,
    query: Query,
) -> Answer {
    let (member, view) = threads::member(&world, &actor, thread, user).await?;
    let whole = query.flag("with_member");
    Ok(reply::json(thread_member(thread, &member, whole.then_some(&view))))
}

pub(crate) async fn join(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(thread): Path<ChannelId>,
) -> Answer {
    threads::join(&world, &actor, thread).await?;
    Ok(reply::no_content())
}

pub(crate) async fn leave(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(thread): Path<ChannelId>,
) -> Answer {
    threads::leave(&world, &actor, thread).await?;
    Ok(reply::no_content())
}

pub(crate) async fn add(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((thread, user)): Path<(ChannelId, UserId)>,
) -> Answer {
    threads::add(&world, &actor, thread, user).await?;
    Ok(reply::no_content())
}

pub(crate) async fn remove(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((thread, user)): Path<(ChannelId, UserId)>,
) -> Answer {
    threads::remove(&world, &actor, thread, user).await?;
    Ok(reply::no_content())
}

fn new(body: ThreadCreate) -> Result<NewThread, ApiError> {
    Ok(NewThread {
        name: body.name,
        kind: body.kind.map(kind).transpose()?,
        auto_archive: body.auto_archive_duration,
        slowmode: body.rate_limit_per_user.unwrap_or(0),
        invitable: body.invitable,
    })
}

fn shown(list: &ThreadList) -> axum::response::Response {
    reply::json(wire::guild_channel::threads(&list.threads, list.more))
}
