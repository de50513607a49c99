//! `/guilds/{guild_id}/roles...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, IMAGE_LEN, List, Path, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::roles::{self, RoleChange};
use model::{GuildId, RoleId};
use wire::Sfs;
use wire::role::{RoleCounts, RolePosition, RoleRequest, Roles};

/// Rows in one call: as many as a guild has roles.
const MOVES: usize = model::limits::ROLES;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let all = roles::list(&world, &actor, guild).await?;
    Ok(reply::json(Roles(&all)))
}

pub(crate) async fn counts(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let counts = roles::counts(&world, &actor, guild).await?;
    Ok(reply::json(RoleCounts(&counts)))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, role)): Path<(GuildId, RoleId)>,
) -> Answer {
    let role = roles::get(&world, &actor, guild, role).await?;
    Ok(reply::json(wire::role::render(&role)))
}

pub(crate) async fn members(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, role)): Path<(GuildId, RoleId)>,
) -> Answer {
    let all = roles::members(&world, &actor, guild, role).await?;
    Ok(reply::json(Sfs(&all)))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<RoleRequest, IMAGE_LEN>,
) -> Answer {
    let role = roles::create(&world, &actor, guild, change(body), reason).await?;
    Ok(reply::json(wire::role::render(&role)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, role)): Path<(GuildId, RoleId)>,
    Reason(reason): Reason,
    Body(body): Body<RoleRequest, IMAGE_LEN>,
) -> Answer {
    let role = roles::change(&world, &actor, guild, role, change(body), reason).await?;
    Ok(reply::json(wire::role::render(&role)))
}

pub(crate) async fn reorder(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    List(rows): List<RolePosition>,
) -> Answer {
    if rows.len() > MOVES {
        return Err(ApiError::field(
            "",
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {MOVES} or fewer in length."),
        ));
    }
    let to: Vec<(RoleId, Option<u16>)> = rows.iter().map(|row| (row.id.0, row.position)).collect();
    let all = roles::reorder(&world, &actor, guild, &to, reason).await?;
    Ok(reply::json(Roles(&all)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, role)): Path<(GuildId, RoleId)>,
    Reason(reason): Reason,
) -> Answer {
    roles::delete(&world, &actor, guild, role, reason).await?;
    Ok(reply::no_content())
}

/// `null` resets what has a usual value, and leaves a name as it is.
fn change(body: RoleRequest) -> RoleChange {
    RoleChange {
        color: body.color(),
        name: body.name.flatten(),
        permissions: body.permissions.flatten().map(|wire::permissions::Perms(permissions)| permissions),
        hoist: body.hoist.map(Option::unwrap_or_default),
        mentionable: body.mentionable.map(Option::unwrap_or_default),
        icon: body.icon,
        unicode_emoji: body.unicode_emoji,
    }
}
