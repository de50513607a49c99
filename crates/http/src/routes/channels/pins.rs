//! `/channels/{channel_id}/messages/pins...`, and the older `/channels/{channel_id}/pins...`

use crate::extract::{Authorized, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::pins;
use model::{ChannelId, MessageId};
use wire::message::OldPins;

/// Pins in a page, when the caller does not say and at most.
const PAGE: usize = 50;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let (before, limit) = (query.timestamp("before")?, query.limit(PAGE, PAGE)?);
    let (page, has_more) = pins::list(&world, &actor, channel, before, limit).await?;
    Ok(reply::json(wire::message::pins(&page, has_more)))
}

pub(crate) async fn list_old(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    let (page, _) = pins::list(&world, &actor, channel, None, PAGE).await?;
    Ok(reply::json(OldPins(&page)))
}

pub(crate) async fn pin(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Reason(reason): Reason,
) -> Answer {
    pins::pin(&world, &actor, channel, message, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn unpin(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Reason(reason): Reason,
) -> Answer {
    pins::unpin(&world, &actor, channel, message, reason).await?;
    Ok(reply::no_content())
}
