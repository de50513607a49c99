//! `/channels/{channel_id}...`

pub(crate) mod acks;
pub(crate) mod invites;
pub(crate) mod messages;
pub(crate) mod permissions;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod recipients;
pub(crate) mod threads;
pub(crate) mod webhooks;

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::channels::{self, ChannelChange};
use model::guild::{GuildChannelKind, Overwrite, OverwriteTarget};
use model::{ChannelId, RoleId, UserId};
use wire::Sf;
use wire::guild_channel::{ChannelRequest, OverwriteKind, OverwriteRequest};
use wire::permissions::Perms;

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    let view = channels::get(&world, &actor, channel).await?;
    Ok(reply::json(wire::channel::any(&view)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Reason(reason): Reason,
    Body(body): Body<ChannelRequest>,
) -> Answer {
    let change = ChannelChange {
        name: body.name,
        owner: body.owner.map(|Sf(owner)| owner),
        kind: body.kind.map(kind).transpose()?,
        position: body.position,
        parent: body.parent_id.map(|parent| parent.map(|Sf(parent)| parent)),
        topic: body.topic,
        nsfw: body.nsfw,
        slowmode: body.rate_limit_per_user,
        bitrate: body.bitrate,
        user_limit: body.user_limit,
        default_auto_archive: body.default_auto_archive_duration,
        overwrites: body.permission_overwrites.map(overwrites).transpose()?,
        archived: body.archived,
        locked: body.locked,
        auto_archive: body.auto_archive_duration,
        invitable: body.invitable,
    };
    let view = channels::change(&world, &actor, channel, change, reason).await?;
    Ok(reply::json(wire::channel::any(&view)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
    Reason(reason): Reason,
) -> Answer {
    let view = channels::delete(&world, &actor, channel, query.flag("silent"), reason).await?;
    Ok(reply::json(wire::channel::any(&view)))
}

pub(crate) async fn typing(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
) -> Answer {
    channels::typing(&world, &actor, channel).await?;
    Ok(reply::no_content())
}

/// A kind of channel by Discord's number.
pub(super) fn kind(number: u8) -> Result<GuildChannelKind, ApiError> {
    GuildChannelKind::from_u8(number).ok_or_else(|| {
        ApiError::field("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 2, 4, 5, 10, 11, 12, 13}.")
    })
}

/// An overwrite as it was asked for; `None` if its id is none.
pub(super) fn overwrite(asked: &OverwriteRequest) -> Option<Overwrite> {
    let target = match asked.kind.unwrap_or(OverwriteKind::Role) {
        OverwriteKind::Role => OverwriteTarget::Role(RoleId::new(asked.id.0)?),
        OverwriteKind::Member => OverwriteTarget::Member(UserId::new(asked.id.0)?),
    };
    let bits = |perms: Option<Perms>| perms.unwrap_or_default().0;
    Some(Overwrite { target, allow: bits(asked.allow), deny: bits(asked.deny) })
}

/// All overwrites of a channel as they were asked for.
pub(super) fn overwrites(asked: Vec<OverwriteRequest>) -> Result<Vec<Overwrite>, ApiError> {
    let one = |(at, asked): (usize, OverwriteRequest)| {
        overwrite(&asked).ok_or_else(|| {
            let (path, id) = (format!("permission_overwrites.{at}.id"), asked.id.0);
            ApiError::field(&path, "NUMBER_TYPE_COERCE", format!("Value \"{id}\" is not snowflake."))
        })
    };
    asked.into_iter().enumerate().map(one).collect()
}
