//! `/users/@me/message-ids`: Guildhall's own. Keys under which a message is stored at most once.

use crate::error::ApiError;
use crate::extract::{Authorized, Body};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::keys;
use model::limits;
use wire::message::{MessageIds, MessageIdsRequest};

pub(crate) async fn issue(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<MessageIdsRequest>,
) -> Answer {
    let count = usize::try_from(body.count.unwrap_or(1)).unwrap_or(usize::MAX);
    if !(1..=limits::MESSAGE_IDS).contains(&count) {
        let message = format!("int value should be between 1 and {}.", limits::MESSAGE_IDS);
        return Err(ApiError::field("count", "NUMBER_TYPE_MAX", message));
    }
    let ids = keys::issue(&world, &actor, count).await?;
    Ok(reply::json(MessageIds { ids: &ids }))
}
