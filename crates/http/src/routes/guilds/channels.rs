//! `/guilds/{guild_id}/channels`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, List, Path, Reason};
use crate::reply::{self, Answer};
use crate::routes::channels::{kind, overwrites};
use axum::extract::State;
use domain::World;
use domain::guilds::channels::{self, Move, NewChannel};
use http::StatusCode;
use model::GuildId;
use wire::Sf;
use wire::guild_channel::{ChannelPosition, ChannelRequest, Views};

/// Rows in one call: as many as a guild has channels.
const MOVES: usize = model::limits::GUILD_CHANNELS;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let views = channels::list(&world, &actor, guild).await?;
    Ok(reply::json(Views(&views)))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<ChannelRequest>,
) -> Answer {
    let name = body
        .name
        .flatten()
        .ok_or_else(|| ApiError::field("name", "BASE_TYPE_REQUIRED", "This field is required"))?;
    let new = NewChannel {
        name,
        kind: body.kind.map(kind).transpose()?,
        position: body.position,
        parent: body.parent_id.flatten().map(|Sf(parent)| parent),
        topic: body.topic.flatten(),
        nsfw: body.nsfw.unwrap_or(false),
        slowmode: body.rate_limit_per_user.unwrap_or(0),
        bitrate: body.bitrate,
        user_limit: body.user_limit,
        default_auto_archive: body.default_auto_archive_duration,
        overwrites: body.permission_overwrites.map(overwrites).transpose()?,
    };
    let view = channels::create(&world, &actor, guild, new, reason).await?;
    Ok(reply::json_as(StatusCode::CREATED, wire::guild_channel::view(&view)))
}

pub(crate) async fn reorder(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    List(rows): List<ChannelPosition>,
) -> Answer {
    if rows.len() > MOVES {
        return Err(ApiError::field(
            "",
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {MOVES} or fewer in length."),
        ));
    }
    let moves: Vec<Move> = rows
        .into_iter()
        .map(|row| Move {
            channel: row.id.0,
            position: row.position.flatten(),
            parent: row.parent_id.map(|parent| parent.map(|Sf(parent)| parent)),
            lock_permissions: row.lock_permissions.unwrap_or(false),
        })
        .collect();
    channels::reorder(&world, &actor, guild, &moves, reason).await?;
    Ok(reply::no_content())
}
