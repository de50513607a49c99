//! `/guilds/{guild_id}/members...`

use crate::extract::{Authorized, Body, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::members::{self, MemberChange};
use model::{GuildId, RoleId, UserId};
use wire::member::{MemberPatch, Members, Nick, NickPatch};
use wire::{Sf, Ts};

/// Members in a page when the caller does not say, and at most.
const PAGE: usize = 1;
const PAGE_MAX: usize = model::limits::MEMBERS_PAGE;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
) -> Answer {
    let (after, limit) = (query.id("after")?, query.limit(PAGE, PAGE_MAX)?);
    let views = members::list(&world, &actor, guild, after, limit).await?;
    Ok(reply::json(Members(&views)))
}

pub(crate) async fn search(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
) -> Answer {
    let text = query.string("query").unwrap_or_default();
    let views = members::search(&world, &actor, guild, text, query.limit(PAGE, PAGE_MAX)?).await?;
    Ok(reply::json(Members(&views)))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
) -> Answer {
    let view = members::get(&world, &actor, guild, user).await?;
    Ok(reply::json(wire::member::render(&view)))
}

pub(crate) async fn get_own(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let view = members::get(&world, &actor, guild, actor.user()).await?;
    Ok(reply::json(wire::member::render(&view)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
    Reason(reason): Reason,
    Body(body): Body<MemberPatch>,
) -> Answer {
    let change = MemberChange {
        nick: body.nick,
        roles: body.roles.map(|roles| roles.into_iter().map(|Sf(role)| role).collect()),
        timeout: body.communication_disabled_until.map(|until| until.map(|Ts(until)| until)),
        deaf: body.deaf,
        mute: body.mute,
        channel: body.channel_id.map(|channel| channel.map(|Sf(channel)| channel)),
    };
    let view = members::change(&world, &actor, guild, user, change, reason).await?;
    Ok(reply::json(wire::member::render(&view)))
}

pub(crate) async fn patch_own(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<MemberPatch>,
) -> Answer {
    let view = members::change_own(&world, &actor, guild, body.nick, reason).await?;
    Ok(reply::json(wire::member::render(&view)))
}

pub(crate) async fn patch_nick(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<NickPatch>,
) -> Answer {
    let view = members::change_own(&world, &actor, guild, Some(body.nick), reason).await?;
    Ok(reply::json(Nick { nick: view.member.nick.as_deref() }))
}

pub(crate) async fn kick(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
    Reason(reason): Reason,
) -> Answer {
    members::kick(&world, &actor, guild, user, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn add_role(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user, role)): Path<(GuildId, UserId, RoleId)>,
    Reason(reason): Reason,
) -> Answer {
    members::add_role(&world, &actor, guild, user, role, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn remove_role(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user, role)): Path<(GuildId, UserId, RoleId)>,
    Reason(reason): Reason,
) -> Answer {
    members::remove_role(&world, &actor, guild, user, role, reason).await?;
    Ok(reply::no_content())
}
