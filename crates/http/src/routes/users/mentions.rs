//! `/users/@me/mentions...`

use crate::extract::{Authorized, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::inbox::{self, Ask};
use model::{MessageId, limits};
use wire::message::Messages;

/// Messages in a page when the caller does not say.
const PAGE: usize = 25;

pub(crate) async fn list(State(world): State<World>, Authorized(actor): Authorized, query: Query) -> Answer {
    let ask = Ask {
        before: query.id("before")?,
        limit: query.limit(PAGE, limits::MENTIONS_PAGE)?,
        guild: query.id("guild_id")?,
        roles: query.flag_unless_off("roles"),
        everyone: query.flag_unless_off("everyone"),
    };
    let views = inbox::list(&world, &actor, ask).await?;
    Ok(reply::json(Messages(&views)))
}

pub(crate) async fn dismiss(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(message): Path<MessageId>,
) -> Answer {
    inbox::dismiss(&world, &actor, message).await?;
    Ok(reply::no_content())
}
