//! `/applications...`

pub(crate) mod bot;
pub(crate) mod commands;
pub(crate) mod entitlements;
pub(crate) mod me;

use crate::extract::{Authorized, Body, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use axum::response::Response;
use domain::World;
use domain::applications::{self, NewApplication, Owned};
use model::ApplicationId;
use model::application::ApplicationChange;
use wire::application::{ApplicationCreate, ApplicationPatch};

pub(crate) async fn list(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    let owned = applications::list(&world, &actor).await?;
    let shown: Vec<_> = owned
        .iter()
        .map(|owned| wire::application::render(&owned.application, &owned.owner, &owned.bot))
        .collect();
    Ok(reply::json(shown))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<ApplicationCreate>,
) -> Answer {
    let new = NewApplication { name: body.name, description: body.description, flags: body.flags };
    Ok(shown(&applications::create(&world, &actor, new).await?))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
) -> Answer {
    Ok(shown(&applications::get(&world, &actor, application).await?))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
    Body(body): Body<ApplicationPatch>,
) -> Answer {
    Ok(shown(&applications::change(&world, &actor, application, change(body)).await?))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
) -> Answer {
    applications::delete(&world, &actor, application).await?;
    Ok(reply::no_content())
}

fn shown(owned: &Owned) -> Response {
    reply::json(wire::application::render(&owned.application, &owned.owner, &owned.bot))
}

fn change(body: ApplicationPatch) -> ApplicationChange {
    ApplicationChange {
        name: body.name,
        description: body.description,
        bot_public: body.bot_public,
        flags: body.flags,
        tags: body.tags,
    }
}
