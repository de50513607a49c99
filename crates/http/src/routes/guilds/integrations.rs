//! `/guilds/{guild_id}/integrations...`

use crate::extract::{Authorized, Integration, Path, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::integrations;
use model::GuildId;
use wire::integration::Integrations;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let all = integrations::list(&world, &actor, guild).await?;
    Ok(reply::json(Integrations(&all)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, Integration(application))): Path<(GuildId, Integration)>,
    Reason(reason): Reason,
) -> Answer {
    integrations::remove(&world, &actor, guild, application, reason).await?;
    Ok(reply::no_content())
}
