//! `/users/@me/guilds...`

use crate::extract::{Authorized, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::leave;
use domain::guilds::list::{self, Range};
use model::GuildId;

/// Guilds in a page, when the caller does not say and at most.
const PAGE: usize = 200;

pub(crate) async fn list(State(world): State<World>, Authorized(actor): Authorized, query: Query) -> Answer {
    let range = Range {
        before: query.id("before")?,
        after: query.id("after")?,
        limit: query.limit(PAGE, PAGE)?,
        counts: query.flag("with_counts"),
    };
    let all = list::list(&world, &actor, range).await?;
    let shown: Vec<_> = all.iter().map(wire::guild::summary).collect();
    Ok(reply::json(shown))
}

pub(crate) async fn leave(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    leave::leave(&world, &actor, guild).await?;
    Ok(reply::no_content())
}
