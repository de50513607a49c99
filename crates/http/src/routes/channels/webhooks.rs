//! `/channels/{channel_id}/webhooks`

use crate::extract::{Authorized, Body, IMAGE_LEN, Path, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::webhooks;
use model::ChannelId;
use wire::webhook::{WebhookCreate, Webhooks};

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    let all = webhooks::of_channel(&world, &actor, channel).await?;
    Ok(reply::json(Webhooks(&all)))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Reason(reason): Reason,
    Body(body): Body<WebhookCreate, IMAGE_LEN>,
) -> Answer {
    let view = webhooks::create(&world, &actor, channel, body.name, body.avatar, reason).await?;
    Ok(reply::json(wire::webhook::view(&view)))
}
