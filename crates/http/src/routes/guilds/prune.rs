//! `/guilds/{guild_id}/prune`

use crate::extract::{Authorized, Body, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::prune::{self, Prune};
use model::GuildId;
use wire::Sf;
use wire::member::{PruneRequest, Pruned};

/// Days when the caller does not say.
const DAYS: u32 = 7;

pub(crate) async fn count(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
) -> Answer {
    let asked =
        Prune { days: query.number("days").unwrap_or(DAYS), include_roles: query.ids("include_roles")? };
    let pruned = prune::count(&world, &actor, guild, asked).await?;
    Ok(reply::json(Pruned { pruned: Some(pruned) }))
}

/// Older libraries put everything into the query.
pub(crate) async fn prune(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
    Reason(reason): Reason,
    Body(body): Body<PruneRequest>,
) -> Answer {
    let named = match body.include_roles {
        Some(roles) => roles.into_iter().map(|Sf(role)| role).collect(),
        None => query.ids("include_roles")?,
    };
    let asked = Prune { days: body.days.or(query.number("days")).unwrap_or(DAYS), include_roles: named };
    let pruned = prune::prune(&world, &actor, guild, asked, reason).await?;
    let counted = body.compute_prune_count.unwrap_or(true);
    Ok(reply::json(Pruned { pruned: counted.then_some(pruned) }))
}
