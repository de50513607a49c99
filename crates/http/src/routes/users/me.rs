//! `/users/@me` and `/users/@me/profile`.

use crate::error::ApiError;
use crate::extract::{Authorized, Body};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::accounts::{self, profile};
use domain::{Actor, World};
use model::settings::Settings;
use wire::profile::ProfilePatch;
use wire::user::MeChange;

pub(crate) async fn get(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    let account = profile::me(&world, &actor).await?;
    let settings = settings(&world, &actor).await?;
    Ok(reply::json(wire::user::own(&account).locale(&settings.locale)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<MeChange>,
) -> Answer {
    no_picture("avatar", body.avatar.as_ref())?;
    no_picture("banner", body.banner.as_ref())?;
    let change = profile::MeChange {
        username: body.username,
        global_name: body.global_name,
        email: body.email,
        password: body.password,
        new_password: body.new_password,
        bio: body.bio,
        pronouns: body.pronouns,
        accent_color: body.accent_color,
    };
    let (account, token) = profile::change_me(&world, &actor, change).await?;
    let settings = settings(&world, &actor).await?;
    Ok(reply::json(wire::user::own(&account).locale(&settings.locale).token(token.as_deref())))
}

pub(crate) async fn patch_profile(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<ProfilePatch>,
) -> Answer {
    let change =
        profile::ProfileChange { bio: body.bio, pronouns: body.pronouns, accent_color: body.accent_color };
    let account = profile::change_profile(&world, &actor, change).await?;
    Ok(reply::json(wire::profile::metadata(&account)))
}

/// Bots have no settings of their own.
async fn settings(world: &World, actor: &Actor) -> domain::Result<Settings> {
    if actor.is_bot() { Ok(Settings::default()) } else { accounts::settings::get(world, actor).await }
}

/// Dropping a picture in silence would look as if it had been kept.
fn no_picture(field: &str, picture: Option<&String>) -> Result<(), ApiError> {
    match picture {
        Some(_) => {
            Err(ApiError::field(field, "IMAGES_UNSUPPORTED", "This server does not store pictures yet."))
        }
        None => Ok(()),
    }
}
