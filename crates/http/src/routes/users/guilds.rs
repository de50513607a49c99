//! `/users/@me/guilds...`

use crate::extract::{Authorized, Body, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::accounts::guild_settings::{self, ChannelSettingsChange, GuildSettingsChange};
use domain::guilds::leave;
use domain::guilds::list::{self, Range};
use model::GuildId;
use model::settings::Mute;
use wire::Sf;
use wire::guild_settings::{GuildSettingsBulk, GuildSettingsPatch, MuteConfigRequest, OfGuild};

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

pub(crate) async fn patch_settings(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Body(body): Body<GuildSettingsPatch>,
) -> Answer {
    let settings = guild_settings::change(&world, &actor, Some(guild), to_change(body)).await?;
    Ok(reply::json(wire::guild_settings::render(&settings)))
}

pub(crate) async fn patch_private_settings(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<GuildSettingsPatch>,
) -> Answer {
    let settings = guild_settings::change(&world, &actor, None, to_change(body)).await?;
    Ok(reply::json(wire::guild_settings::render(&settings)))
}

pub(crate) async fn patch_all_settings(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<GuildSettingsBulk>,
) -> Answer {
    let changes = body.guilds.into_iter().map(|(OfGuild(guild), patch)| (guild, to_change(patch))).collect();
    let all = guild_settings::change_all(&world, &actor, changes).await?;
    let shown: Vec<_> = all.iter().map(wire::guild_settings::render).collect();
    Ok(reply::json(shown))
}

fn to_change(body: GuildSettingsPatch) -> GuildSettingsChange {
    let channels = body.channel_overrides.map(|channels| {
        channels.map(|channels| {
            let one = |(Sf(channel), patch): (Sf<_>, wire::guild_settings::ChannelSettingsPatch)| {
                ChannelSettingsChange {
                    channel,
                    muted: patch.muted,
                    mute: patch.mute_config.map(length),
                    level: patch.message_notifications,
                    collapsed: patch.collapsed,
                }
            };
            channels.into_iter().map(one).collect()
        })
    });
    GuildSettingsChange {
        muted: body.muted,
        mute: body.mute_config.map(length),
        level: body.message_notifications,
        suppress_everyone: body.suppress_everyone,
        suppress_roles: body.suppress_roles,
        mobile_push: body.mobile_push,
        hide_muted_channels: body.hide_muted_channels,
        channels,
    }
}

/// `null` is for as long as it is on.
fn length(config: Option<MuteConfigRequest>) -> Mute {
    let config = config.unwrap_or_default();
    let until = config.end_time.map(|wire::timestamp::Ts(at)| at);
    Mute { muted: true, until, window: config.selected_time_window }
}
