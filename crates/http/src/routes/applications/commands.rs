//! `/applications/{application_id}/commands`: none can be stored yet, but bots ask for theirs at start, and say that
//! they have none.

use crate::error::ApiError;
use crate::extract::{Authorized, List, Path};
use crate::reply::{self, Answer};
use domain::{Actor, Refusal};
use model::ApplicationId;
use serde::de::IgnoredAny;

pub(crate) async fn list(Authorized(actor): Authorized, Path(application): Path<ApplicationId>) -> Answer {
    own(&actor, application)?;
    Ok(reply::json([(); 0]))
}

pub(crate) async fn replace(
    Authorized(actor): Authorized,
    Path(application): Path<ApplicationId>,
    List(commands): List<IgnoredAny>,
) -> Answer {
    own(&actor, application)?;
    if !commands.is_empty() {
        let message = "This server does not store application commands yet.";
        return Err(ApiError::field("", "COMMANDS_UNSUPPORTED", message));
    }
    Ok(reply::json([(); 0]))
}

/// A bot sees its own application's only.
pub(super) fn own(actor: &Actor, application: ApplicationId) -> Result<(), ApiError> {
    if actor.user().application() == application { Ok(()) } else { Err(Refusal::UnknownApplication.into()) }
}
