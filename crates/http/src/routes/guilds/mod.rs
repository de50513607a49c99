//! `/guilds...`

pub(crate) mod absent;
pub(crate) mod acks;
pub(crate) mod audit_logs;
pub(crate) mod bans;
pub(crate) mod channels;
pub(crate) mod emojis;
pub(crate) mod integrations;
pub(crate) mod invites;
pub(crate) mod members;
pub(crate) mod prune;
pub(crate) mod roles;
pub(crate) mod threads;
pub(crate) mod voice_states;
pub(crate) mod webhooks;

use crate::extract::{Authorized, Body, IMAGE_LEN, Path, Query, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::change::{self, GuildChange};
use domain::guilds::create::{self, NewGuild};
use domain::guilds::{delete, preview, vanity, view};
use http::StatusCode;
use model::GuildId;
use model::guild::GuildView;
use wire::Sf;
use wire::guild::{GuildCreate, GuildPatch, VanityPatch};
use wire::invite::VanityUrl;

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<GuildCreate, IMAGE_LEN>,
) -> Answer {
    let view = create::create(&world, &actor, NewGuild { name: body.name, icon: body.icon }).await?;
    Ok(reply::json_as(StatusCode::CREATED, wire::guild::view(&view)))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    query: Query,
) -> Answer {
    let view = view::view(&world, &actor, guild, query.flag("with_counts")).await?;
    Ok(reply::json(wire::guild::view(&view)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<GuildPatch, IMAGE_LEN>,
) -> Answer {
    let change = GuildChange {
        name: body.name,
        icon: body.icon,
        description: body.description,
        owner: body.owner_id.map(|Sf(owner)| owner),
        verification_level: body.verification_level,
        default_notifications: body.default_message_notifications,
        explicit_content_filter: body.explicit_content_filter,
        nsfw_level: None,
        system_channel: body.system_channel_id.map(|id| id.map(|Sf(id)| id)),
        system_channel_flags: body.system_channel_flags,
        rules_channel: body.rules_channel_id.map(|id| id.map(|Sf(id)| id)),
        public_updates_channel: body.public_updates_channel_id.map(|id| id.map(|Sf(id)| id)),
        safety_alerts_channel: body.safety_alerts_channel_id.map(|id| id.map(|Sf(id)| id)),
        afk_channel: body.afk_channel_id.map(|id| id.map(|Sf(id)| id)),
        afk_timeout: body.afk_timeout,
        preferred_locale: body.preferred_locale.map(|locale| locale.unwrap_or_else(|| "en-US".into())),
        premium_progress_bar: body.premium_progress_bar_enabled,
    };
    let view: GuildView = change::change(&world, &actor, guild, change, reason).await?;
    Ok(reply::json(wire::guild::view(&view)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    delete::delete(&world, &actor, guild).await?;
    Ok(reply::no_content())
}

pub(crate) async fn preview(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let view = preview::preview(&world, &actor, guild).await?;
    Ok(reply::json(wire::guild::preview(&view)))
}

pub(crate) async fn vanity(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let code = vanity::vanity(&world, &actor, guild).await?;
    Ok(reply::json(VanityUrl { code: code.as_deref(), uses: 0 }))
}

pub(crate) async fn set_vanity(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<VanityPatch>,
) -> Answer {
    let code = body.code.filter(|code| !code.is_empty());
    let code = vanity::set_vanity(&world, &actor, guild, code, reason).await?;
    Ok(reply::json(VanityUrl { code: code.as_deref(), uses: 0 }))
}
