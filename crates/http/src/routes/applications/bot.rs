//! `/applications/{application_id}/bot...`

use crate::extract::{Authorized, Body, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::applications;
use model::ApplicationId;
use wire::application::{BotPatch, BotToken};

/// The old way to give an application its bot. Every one has its bot from the start, and a token is shown only once.
pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
) -> Answer {
    applications::get(&world, &actor, application).await?;
    Ok(reply::json(BotToken { token: None }))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
    Body(body): Body<BotPatch>,
) -> Answer {
    let bot = applications::change_bot(&world, &actor, application, body.username).await?;
    Ok(reply::json(wire::user::render(&bot)))
}

pub(crate) async fn reset(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
) -> Answer {
    let token = applications::reset_token(&world, &actor, application).await?;
    Ok(reply::json(BotToken { token: Some(&token) }))
}
