//! `/channels/{channel_id}/permissions/{overwrite_id}`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Overwrite, Path, Reason};
use crate::reply::{self, Answer};
use crate::routes::channels::overwrite;
use axum::extract::State;
use domain::World;
use domain::guilds::channels;
use model::ChannelId;
use wire::Sf;
use wire::guild_channel::{OverwritePut, OverwriteRequest};

pub(crate) async fn put(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, Overwrite(id))): Path<(ChannelId, Overwrite)>,
    Reason(reason): Reason,
    Body(body): Body<OverwritePut>,
) -> Answer {
    let asked = OverwriteRequest { id: Sf(id), kind: Some(body.kind), allow: body.allow, deny: body.deny };
    let set = overwrite(&asked).ok_or_else(|| {
        ApiError::field("id", "NUMBER_TYPE_COERCE", format!("Value \"{id}\" is not snowflake."))
    })?;
    channels::set_overwrite(&world, &actor, channel, set, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, Overwrite(id))): Path<(ChannelId, Overwrite)>,
    Reason(reason): Reason,
) -> Answer {
    channels::delete_overwrite(&world, &actor, channel, id, reason).await?;
    Ok(reply::no_content())
}
