//! `/read-states/...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::ack;
use model::{ChannelId, MessageId};
use wire::read_state::AckBulkRequest;

/// Marks in one call.
const MARKS: usize = 100;

pub(crate) async fn ack_bulk(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<AckBulkRequest>,
) -> Answer {
    if body.read_states.len() > MARKS {
        let message = format!("Must be {MARKS} or fewer in length.");
        return Err(ApiError::field("read_states", "BASE_TYPE_MAX_LENGTH", message));
    }
    let marks: Vec<(ChannelId, MessageId)> = body
        .read_states
        .iter()
        .filter(|mark| mark.read_state_type.unwrap_or(0) == 0)
        .map(|mark| (mark.channel_id.0, mark.message_id.0))
        .collect();
    ack::ack_bulk(&world, &actor, &marks).await?;
    Ok(reply::no_content())
}
