//! Settings.

use crate::audience::{announce, tell};
use crate::{Actor, FormErrors, Result, World};
use model::event::Event;
use model::limits;
use model::presence::Status;
use model::settings::{CustomStatus, GuildFolder, LOCALES, Settings};

/// Changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    /// `dark`, `light` or `system`.
    pub theme: Option<String>,
    /// One of [`LOCALES`].
    pub locale: Option<String>,
    /// The status that new sessions start with.
    pub status: Option<String>,
    /// The custom status.
    pub custom_status: Option<Option<CustomStatus>>,
    /// Dense message list.
    pub message_display_compact: Option<bool>,
    /// Shows ids.
    pub developer_mode: Option<bool>,
    /// Shows embeds.
    pub render_embeds: Option<bool>,
    /// Shows reactions.
    pub render_reactions: Option<bool>,
    /// Moves pictures.
    pub animate_emoji: Option<bool>,
    /// Turns `:)` into emoji.
    pub convert_emoticons: Option<bool>,
    /// Minutes from UTC, west positive.
    pub timezone_offset: Option<i32>,
    /// Seconds without input until the client calls itself away.
    pub afk_timeout: Option<u32>,
    /// The own order of guilds; `Some(None)` forgets it.
    pub guild_folders: Option<Option<Vec<GuildFolder>>>,
}

/// The actor's settings.
///
/// # Errors
/// 20001 for bots.
pub async fn get(world: &World, actor: &Actor) -> Result<Settings> {
    actor.person()?;
    Ok(world.ports.directory.settings(actor.user()).await?)
}

/// Changes them.
///
/// # Errors
/// 20001 for bots; a form error per field.
pub async fn change(world: &World, actor: &Actor, change: SettingsChange) -> Result<Settings> {
    let before = get(world, actor).await?;
    let mut next = before.clone();
    let mut errors = FormErrors::default();
    if let Some(theme) = change.theme {
        if !matches!(theme.as_str(), "dark" | "light" | "system") {
            errors.push("theme", "BASE_TYPE_CHOICES", "Value must be one of ('dark', 'light', 'system').");
        }
        next.theme = theme;
    }
    if let Some(locale) = change.locale {
        check_locale(&mut errors, "locale", &locale);
        next.locale = locale;
    }
    if let Some(status) = change.status {
        if Status::parse(&status).is_none_or(|status| status == Status::Offline) {
            errors.push(
                "status",
                "BASE_TYPE_CHOICES",
                "Value must be one of ('online', 'idle', 'dnd', 'invisible').",
            );
        }
        next.status = status;
    }
    if let Some(custom) = change.custom_status {
        if let Some(text) = custom.as_ref().and_then(|c| c.text.as_deref()) {
            errors.length("custom_status.text", text, 0, limits::CUSTOM_STATUS);
        }
        if let Some(emoji) = custom.as_ref().and_then(|c| c.emoji.as_deref()) {
            errors.length("custom_status.emoji_name", emoji, 0, 32);
        }
        next.custom_status = custom.filter(|c| c.text.is_some() || c.emoji.is_some());
    }
    if change.timezone_offset.is_some_and(|offset| offset.abs() > 18 * 60) {
        errors.push("timezone_offset", "NUMBER_TYPE_MAX", "Must be within 1080 minutes of UTC.");
    }
    if let Some(folders) = change.guild_folders {
        check_folders(&mut errors, folders.as_deref().unwrap_or_default());
        next.guild_folders = folders;
    }
    errors.finish()?;
    next.message_display_compact = change.message_display_compact.unwrap_or(next.message_display_compact);
    next.developer_mode = change.developer_mode.unwrap_or(next.developer_mode);
    next.render_embeds = change.render_embeds.unwrap_or(next.render_embeds);
    next.render_reactions = change.render_reactions.unwrap_or(next.render_reactions);
    next.animate_emoji = change.animate_emoji.unwrap_or(next.animate_emoji);
    next.convert_emoticons = change.convert_emoticons.unwrap_or(next.convert_emoticons);
    next.timezone_offset = change.timezone_offset.unwrap_or(next.timezone_offset);
    next.afk_timeout = change.afk_timeout.map_or(next.afk_timeout, |seconds| seconds.clamp(60, 3600));
    if next != before {
        let _announced = announce(world, &[actor.user()]).await;
        world.ports.directory.set_settings(actor.user(), &next).await?;
        tell(world, &[actor.user()], Event::SettingsUpdate(Box::new(next.clone())));
    }
    Ok(next)
}

/// Folders hold no more guilds than one may join, and short names.
fn check_folders(errors: &mut FormErrors, folders: &[GuildFolder]) {
    let guilds: usize = folders.iter().map(|folder| folder.guilds.len()).sum();
    if folders.len() > limits::GUILDS || guilds > limits::GUILDS {
        errors.push(
            "guild_folders",
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {} or fewer in length.", limits::GUILDS),
        );
    }
    for name in folders.iter().filter_map(|folder| folder.name.as_deref()) {
        errors.length("guild_folders.name", name, 0, limits::FOLDER_NAME);
    }
}

/// Notes a language that Discord has no name for: libraries read the field as one of a list.
pub(crate) fn check_locale(errors: &mut FormErrors, path: &str, locale: &str) {
    if !LOCALES.contains(&locale) {
        errors.push(path, "BASE_TYPE_CHOICES", format!("Value must be one of {LOCALES:?}."));
    }
}
