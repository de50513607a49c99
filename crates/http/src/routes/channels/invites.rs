//! `/channels/{channel_id}/invites`

use crate::extract::{Authorized, Body, Path, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::invites::{self, NewInvite};
use model::ChannelId;
use wire::invite::{InviteCreate, Invites};

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    let all = invites::of_channel(&world, &actor, channel).await?;
    Ok(reply::json(Invites(&all)))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Reason(reason): Reason,
    Body(body): Body<InviteCreate>,
) -> Answer {
    let usual = NewInvite::default();
    let new = NewInvite {
        max_age: body.max_age.unwrap_or(usual.max_age),
        max_uses: body.max_uses.unwrap_or(usual.max_uses),
        temporary: body.temporary.unwrap_or(false),
        unique: body.unique.unwrap_or(false),
    };
    let view = invites::create(&world, &actor, channel, new, reason).await?;
    Ok(reply::json(wire::invite::full(&view)))
}
