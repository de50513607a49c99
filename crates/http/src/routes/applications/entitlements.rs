//! `/applications/{application_id}/entitlements`: nothing is sold here, but bots ask.

use super::commands::own;
use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use model::ApplicationId;

pub(crate) async fn list(Authorized(actor): Authorized, Path(application): Path<ApplicationId>) -> Answer {
    own(&actor, application)?;
    Ok(reply::json([(); 0]))
}
