//! `/channels/{channel_id}/recipients/{user_id}`

use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::{World, channels};
use http::StatusCode;
use model::{ChannelId, UserId};

/// In a group: 204. In a direct message: a new group with the three.
pub(crate) async fn add(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, user)): Path<(ChannelId, UserId)>,
) -> Answer {
    Ok(match channels::add_recipient(&world, &actor, channel, user).await? {
        Some(group) => reply::json_as(StatusCode::CREATED, wire::channel::render(&group)),
        None => reply::no_content(),
    })
}

pub(crate) async fn remove(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, user)): Path<(ChannelId, UserId)>,
) -> Answer {
    channels::remove_recipient(&world, &actor, channel, user).await?;
    Ok(reply::no_content())
}
