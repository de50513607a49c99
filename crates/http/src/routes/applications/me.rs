//! `/applications/@me`: a bot's own application.

use super::{change, shown};
use crate::extract::{Authorized, Body};
use crate::reply::Answer;
use axum::extract::State;
use domain::World;
use domain::applications;
use wire::application::ApplicationPatch;

pub(crate) async fn get(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    Ok(shown(&applications::current(&world, &actor).await?))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<ApplicationPatch>,
) -> Answer {
    // A bot may not rename its application or hide it: those are the owner's.
    let body = ApplicationPatch { name: None, bot_public: None, ..body };
    let application = actor.user().application();
    Ok(shown(&applications::change(&world, &actor, application, change(body)).await?))
}
