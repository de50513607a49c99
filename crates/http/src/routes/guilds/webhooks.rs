//! `/guilds/{guild_id}/webhooks`

use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::webhooks;
use model::GuildId;
use wire::webhook::Webhooks;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let all = webhooks::of_guild(&world, &actor, guild).await?;
    Ok(reply::json(Webhooks(&all)))
}
