//! `/invites/{code}`

use crate::extract::{Authorized, Code, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::invites;

/// Whoever has the code may look.
pub(crate) async fn get(State(world): State<World>, Path(Code(code)): Path<Code>, query: Query) -> Answer {
    let view = invites::preview(&world, &code, query.flag("with_counts")).await?;
    Ok(reply::json(wire::invite::render(&view)))
}

pub(crate) async fn accept(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(Code(code)): Path<Code>,
) -> Answer {
    let accepted = invites::accept(&world, &actor, &code).await?;
    Ok(reply::json(wire::invite::render(&accepted.view).used(accepted.new_member)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(Code(code)): Path<Code>,
    Reason(reason): Reason,
) -> Answer {
    let view = invites::delete(&world, &actor, &code, reason).await?;
    Ok(reply::json(wire::invite::render(&view)))
}
