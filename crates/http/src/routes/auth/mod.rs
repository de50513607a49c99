//! `/auth/...`, and the check of a username that goes with registering.

pub(crate) mod sessions;

use crate::extract::{Authorized, Body, Client};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::accounts::register::NewRegistration;
use domain::accounts::{self, profile};
use wire::Sf;
use wire::auth::{Login, Register, Registered};
use wire::user::{UsernameAttempt, UsernameTaken};

pub(crate) async fn register(
    State(world): State<World>,
    Client(client): Client,
    Body(body): Body<Register>,
) -> Answer {
    let form = NewRegistration {
        username: body.username,
        global_name: body.global_name,
        email: body.email,
        password: body.password,
        invite: body.invite,
        consent: body.consent.unwrap_or(false),
    };
    let signed_in = accounts::register::register(&world, form, client).await?;
    Ok(reply::json(Registered {
        token: &signed_in.token,
        user_id: Sf(signed_in.account.user.id),
        show_verification_form: false,
    }))
}

pub(crate) async fn login(
    State(world): State<World>,
    Client(client): Client,
    Body(body): Body<Login>,
) -> Answer {
    let signed_in = accounts::login::login(&world, &body.login, &body.password, client).await?;
    let user = signed_in.account.user.id;
    Ok(reply::json(wire::auth::logged_in(user, &signed_in.token, &signed_in.settings)))
}

pub(crate) async fn logout(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    accounts::sessions::logout(&world, &actor).await?;
    Ok(reply::no_content())
}

pub(crate) async fn username_attempt(
    State(world): State<World>,
    Body(body): Body<UsernameAttempt>,
) -> Answer {
    let taken = profile::username_taken(&world, &body.username).await?;
    Ok(reply::json(UsernameTaken { taken }))
}
