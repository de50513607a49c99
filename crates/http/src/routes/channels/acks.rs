//! `/channels/{channel_id}/messages/{message_id}/ack` and its kin.

use crate::extract::{Authorized, Body, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::ack;
use model::{ChannelId, MessageId};
use wire::read_state::{AckAnswer, AckRequest};

pub(crate) async fn ack(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Body(body): Body<AckRequest>,
) -> Answer {
    let manual = body.manual.unwrap_or(false);
    ack::ack(&world, &actor, channel, message, manual, body.mention_count).await?;
    Ok(reply::json(AckAnswer::default()))
}

pub(crate) async fn forget(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    ack::forget(&world, &actor, channel).await?;
    Ok(reply::no_content())
}

pub(crate) async fn pins(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    ack::ack_pins(&world, &actor, channel).await?;
    Ok(reply::no_content())
}
