//! `/guildhall/...`: what Discord has no word for.

use crate::app::App;
use crate::reply;
use axum::extract::State;
use axum::response::Response;
use domain::Registration;
use wire::instance::Instance;

pub(crate) async fn instance(State(app): State<App>) -> Response {
    reply::json(Instance {
        name: "Guildhall",
        version: app.instance.version,
        registration: match app.world.policy.registration {
            Registration::Open => "open",
            Registration::Invite => "invite",
            Registration::Closed => "closed",
        },
    })
}
