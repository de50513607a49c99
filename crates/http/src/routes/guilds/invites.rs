//! `/guilds/{guild_id}/invites`

use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::invites;
use model::GuildId;
use wire::invite::Invites;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let all = invites::of_guild(&world, &actor, guild).await?;
    Ok(reply::json(Invites(&all)))
}
