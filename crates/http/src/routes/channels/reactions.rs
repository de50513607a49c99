//! `/channels/{channel_id}/messages/{message_id}/reactions...`

use crate::extract::{Authorized, Emoji, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::reactions;
use model::{ChannelId, MessageId, UserId};
use wire::user::Users;

/// Users in a page when the caller does not say, and at most.
const PAGE: usize = 25;
const PAGE_MAX: usize = 100;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message, Emoji(emoji))): Path<(ChannelId, MessageId, Emoji)>,
    query: Query,
) -> Answer {
    let (after, limit) = (query.id("after")?, query.limit(PAGE, PAGE_MAX)?);
    let users = reactions::list(&world, &actor, channel, message, emoji, after, limit).await?;
    Ok(reply::json(Users(&users)))
}

pub(crate) async fn add(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message, Emoji(emoji))): Path<(ChannelId, MessageId, Emoji)>,
) -> Answer {
    reactions::add(&world, &actor, channel, message, emoji).await?;
    Ok(reply::no_content())
}

pub(crate) async fn remove_own(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message, Emoji(emoji))): Path<(ChannelId, MessageId, Emoji)>,
) -> Answer {
    reactions::remove(&world, &actor, channel, message, emoji, None).await?;
    Ok(reply::no_content())
}

pub(crate) async fn remove(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message, Emoji(emoji), user)): Path<(ChannelId, MessageId, Emoji, UserId)>,
) -> Answer {
    reactions::remove(&world, &actor, channel, message, emoji, Some(user)).await?;
    Ok(reply::no_content())
}

pub(crate) async fn clear(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
) -> Answer {
    reactions::clear(&world, &actor, channel, message, None).await?;
    Ok(reply::no_content())
}

pub(crate) async fn clear_emoji(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message, Emoji(emoji))): Path<(ChannelId, MessageId, Emoji)>,
) -> Answer {
    reactions::clear(&world, &actor, channel, message, Some(emoji)).await?;
    Ok(reply::no_content())
}
