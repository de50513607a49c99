//! `/oauth2/authorize`: a bot is added to a guild.

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::oauth;
use model::{ApplicationId, GuildId, Permissions};
use wire::Sf;
use wire::oauth2::{Authorize, Authorized as Done};
use wire::permissions::{self, Perms};

pub(crate) async fn consent(
    State(world): State<World>,
    Authorized(actor): Authorized,
    query: Query,
) -> Answer {
    let shown = oauth::consent(&world, &actor, client(&query)?).await?;
    let user = &shown.account.user;
    Ok(reply::json(wire::oauth2::consent(&shown.application, &shown.bot, user, &shown.guilds)))
}

pub(crate) async fn authorize(
    State(world): State<World>,
    Authorized(actor): Authorized,
    query: Query,
    Body(body): Body<Authorize>,
) -> Answer {
    let application = client(&query)?;
    if body.authorize == Some(false) {
        return Ok(reply::json(Done { location: "/oauth2/denied" }));
    }
    let guild: GuildId = match body.guild_id {
        Some(Sf(guild)) => guild,
        None => query.id("guild_id")?.ok_or_else(|| required("guild_id"))?,
    };
    let asked = body.permissions.or_else(|| query.string("permissions").and_then(permissions::parse));
    let permissions = asked.map_or(Permissions::NONE, |Perms(permissions)| permissions);
    oauth::add_bot(&world, &actor, application, guild, permissions).await?;
    Ok(reply::json(Done { location: "/oauth2/authorized" }))
}

fn client(query: &Query) -> Result<ApplicationId, ApiError> {
    query.id("client_id")?.ok_or_else(|| required("client_id"))
}

fn required(field: &str) -> ApiError {
    ApiError::field(field, "BASE_TYPE_REQUIRED", "This field is required")
}
