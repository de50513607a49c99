//! `/guilds/{guild_id}/bans...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::bans;
use model::{GuildId, UserId};
use wire::Sf;
use wire::ban::{BanRequest, Bans, BulkBanRequest, DELETE_SECONDS};

/// Bans in a page, when the caller does not say and at most.
const PAGE: usize = 1000;
/// Users in one call.
const BULK: usize = 200;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
) -> Answer {
    let (before, after) = (query.id("before")?, query.id("after")?);
    let all = bans::list(&world, &actor, guild, before, after, query.limit(PAGE, PAGE)?).await?;
    Ok(reply::json(Bans(&all)))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
) -> Answer {
    let (ban, user) = bans::get(&world, &actor, guild, user).await?;
    Ok(reply::json(wire::ban::render(&ban, &user)))
}

pub(crate) async fn put(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
    Reason(reason): Reason,
    Body(body): Body<BanRequest>,
) -> Answer {
    let seconds = within(body.seconds())?;
    bans::ban(&world, &actor, guild, user, seconds, reason.or(body.reason)).await?;
    Ok(reply::no_content())
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
    Reason(reason): Reason,
) -> Answer {
    bans::unban(&world, &actor, guild, user, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn bulk(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<BulkBanRequest>,
) -> Answer {
    if !(1..=BULK).contains(&body.user_ids.len()) {
        let message = format!("Must be between 1 and {BULK} in length.");
        return Err(ApiError::field("user_ids", "BASE_TYPE_BAD_LENGTH", message));
    }
    let seconds = within(body.delete_message_seconds.unwrap_or(0))?;
    let users: Vec<UserId> = body.user_ids.into_iter().map(|Sf(user)| user).collect();
    let done = bans::bulk(&world, &actor, guild, &users, seconds, reason).await?;
    Ok(reply::json(wire::ban::bulk(&done.banned, &done.failed)))
}

fn within(seconds: u32) -> Result<u32, ApiError> {
    if seconds <= DELETE_SECONDS {
        return Ok(seconds);
    }
    let message = format!("int value should be less than or equal to {DELETE_SECONDS}.");
    Err(ApiError::field("delete_message_seconds", "NUMBER_TYPE_MAX", message))
}
