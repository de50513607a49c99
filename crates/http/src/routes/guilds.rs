//! `/guilds/...`: there are none yet, so that every one is unknown.

use crate::error::ApiError;
use crate::extract::Path;
use domain::Refusal;
use model::GuildId;

pub(crate) async fn unknown(Path(_): Path<GuildId>) -> ApiError {
    Refusal::UnknownGuild.into()
}
