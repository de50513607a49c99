//! `/users/@me/settings`

use crate::extract::{Authorized, Body};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::accounts::settings::{self, SettingsChange};
use model::settings::{CustomStatus, GuildFolder, Settings};
use wire::settings::SettingsPatch;

pub(crate) async fn get(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    let settings = settings::get(&world, &actor).await?;
    Ok(reply::json(wire::settings::render(&settings)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<SettingsPatch>,
) -> Answer {
    let settings = settings::change(&world, &actor, change(body)).await?;
    Ok(reply::json(wire::settings::render(&settings)))
}

/// `null` resets a setting.
fn change(body: SettingsPatch) -> SettingsChange {
    let usual = Settings::default();
    SettingsChange {
        theme: body.theme.map(|value| value.unwrap_or(usual.theme)),
        locale: body.locale.map(|value| value.unwrap_or(usual.locale)),
        status: body.status.map(|value| value.unwrap_or(usual.status)),
        custom_status: body.custom_status.map(|value| value.map(CustomStatus::from)),
        message_display_compact: body
            .message_display_compact
            .map(|value| value.unwrap_or(usual.message_display_compact)),
        developer_mode: body.developer_mode.map(|value| value.unwrap_or(usual.developer_mode)),
        render_embeds: body.render_embeds.map(|value| value.unwrap_or(usual.render_embeds)),
        render_reactions: body.render_reactions.map(|value| value.unwrap_or(usual.render_reactions)),
        animate_emoji: body.animate_emoji.map(|value| value.unwrap_or(usual.animate_emoji)),
        convert_emoticons: body.convert_emoticons.map(|value| value.unwrap_or(usual.convert_emoticons)),
        timezone_offset: body.timezone_offset.map(|value| value.unwrap_or(usual.timezone_offset)),
        afk_timeout: body.afk_timeout.map(|value| value.unwrap_or(usual.afk_timeout)),
        guild_folders: body
            .guild_folders
            .map(|value| value.map(|folders| folders.into_iter().map(GuildFolder::from).collect())),
    }
}
