//! `/guilds/{guild_id}/ack`: everything in a guild is read.

use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::channels;
use domain::messages::ack;
use model::GuildId;

pub(crate) async fn ack(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let views = channels::list(&world, &actor, guild).await?;
    let marks: Vec<_> = views.iter().filter_map(|view| Some((view.channel.id, view.last_message?))).collect();
    ack::ack_bulk(&world, &actor, &marks).await?;
    Ok(reply::no_content())
}
