//! `/guilds/{guild_id}/threads/active`

use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::threads;
use model::GuildId;

pub(crate) async fn active(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let list = threads::active(&world, &actor, guild).await?;
    Ok(reply::json(wire::guild_channel::threads(&list.threads, list.more)))
}
