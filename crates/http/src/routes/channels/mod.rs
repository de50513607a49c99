//! `/channels/{channel_id}...`

pub(crate) mod acks;
pub(crate) mod messages;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod recipients;

use crate::extract::{Authorized, Body, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::{World, channels};
use model::ChannelId;
use wire::channel::ChannelPatch;

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    let view = channels::get(&world, &actor, channel).await?;
    Ok(reply::json(wire::channel::render(&view)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Body(body): Body<ChannelPatch>,
) -> Answer {
    let owner = body.owner.map(|wire::Sf(owner)| owner);
    let view = channels::change(&world, &actor, channel, body.name, owner).await?;
    Ok(reply::json(wire::channel::render(&view)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let view = channels::leave(&world, &actor, channel, query.flag("silent")).await?;
    Ok(reply::json(wire::channel::render(&view)))
}

pub(crate) async fn typing(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    channels::typing(&world, &actor, channel).await?;
    Ok(reply::no_content())
}
