//! `/users/@me/channels` and `/users/@me/dms/{user_id}`.

use crate::extract::{Authorized, Body, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::{Refusal, World, channels};
use model::UserId;
use model::channel::PrivateKind;
use wire::channel::ChannelOpen;

pub(crate) async fn list(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    let views = channels::list(&world, &actor).await?;
    let shown: Vec<_> = views.iter().map(wire::channel::render).collect();
    Ok(reply::json(shown))
}

pub(crate) async fn open(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<ChannelOpen>,
) -> Answer {
    let view = channels::open(&world, &actor, &body.users()).await?;
    Ok(reply::json(wire::channel::render(&view)))
}

/// The channel with this user, if it stands in the caller's list. Reading it opens nothing.
pub(crate) async fn dm(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
) -> Answer {
    let views = channels::list(&world, &actor).await?;
    let view = views
        .iter()
        .find(|view| view.channel.kind == PrivateKind::Dm && view.recipients.iter().any(|r| r.id == user))
        .ok_or(Refusal::UnknownChannel)?;
    Ok(reply::json(wire::channel::render(view)))
}
