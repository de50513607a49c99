//! `/auth/sessions...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::accounts::sessions;
use wire::auth::{AuthSessions, SessionsLogout};

/// Hashes in one call.
const HASHES: usize = 64;

pub(crate) async fn list(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    let devices = sessions::list(&world, &actor).await?;
    let user_sessions =
        devices.iter().map(|device| wire::auth::session(device, sessions::id_hash(device.id))).collect();
    Ok(reply::json(AuthSessions { user_sessions }))
}

pub(crate) async fn logout(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<SessionsLogout>,
) -> Answer {
    if !(1..=HASHES).contains(&body.session_id_hashes.len()) {
        let message = format!("Must be between 1 and {HASHES} in length.");
        return Err(ApiError::field("session_id_hashes", "BASE_TYPE_BAD_LENGTH", message));
    }
    sessions::revoke(&world, &actor, &body.session_id_hashes).await?;
    Ok(reply::no_content())
}
