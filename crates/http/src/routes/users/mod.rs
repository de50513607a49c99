//! `/users/...`

pub(crate) mod channels;
pub(crate) mod guilds;
pub(crate) mod me;
pub(crate) mod mentions;
pub(crate) mod message_ids;
pub(crate) mod relationships;
pub(crate) mod settings;

use crate::extract::{Authorized, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::accounts;
use model::UserId;
use wire::user::Users;

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
) -> Answer {
    let user = accounts::profile::user(&world, &actor, user).await?;
    Ok(reply::json(wire::user::render(&user)))
}

pub(crate) async fn profile(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
    query: Query,
) -> Answer {
    let profile = accounts::profile::profile(&world, &actor, user).await?;
    Ok(reply::json(wire::profile::render(
        &profile.user,
        &profile.bio,
        &profile.pronouns,
        &profile.mutual_friends,
        query.flag("with_mutual_friends"),
    )))
}

pub(crate) async fn mutual_friends(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
) -> Answer {
    let friends = domain::relationships::mutual_friends(&world, &actor, user).await?;
    Ok(reply::json(Users(&friends)))
}
