//! Changing a guild's settings.

use crate::access::{self, Holder};
use crate::accounts::settings;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::images::{self, Kind};
use crate::guilds::{Reason, audit};
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{Guild, GuildChannelKind, GuildState, GuildView};
use model::{ChannelId, GuildId, Permissions, UserId, limits, names};
use ports::directory::guilds::{Added, Raised};

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct GuildChange {
    /// 2 to 100 characters.
    pub name: Option<String>,
    /// A `data:` URI; `Some(None)` takes it away.
    pub icon: Option<Option<String>>,
    /// Up to 300 characters.
    pub description: Option<Option<String>>,
    /// Hands the guild over; only its owner may, and only to a person who is a member.
    pub owner: Option<UserId>,
    /// 0 to 4.
    pub verification_level: Option<u8>,
    /// 0 or 1.
    pub default_notifications: Option<u8>,
    /// 0 to 2.
    pub explicit_content_filter: Option<u8>,
    /// 0 to 3.
    pub nsfw_level: Option<u8>,
    /// A text channel.
    pub system_channel: Option<Option<ChannelId>>,
    /// Kept bits: 0 to 5.
    pub system_channel_flags: Option<u32>,
    /// A text channel.
    pub rules_channel: Option<Option<ChannelId>>,
    /// A text channel.
    pub public_updates_channel: Option<Option<ChannelId>>,
    /// A text channel.
    pub safety_alerts_channel: Option<Option<ChannelId>>,
    /// A voice channel.
    pub afk_channel: Option<Option<ChannelId>>,
    /// 60, 300, 900, 1800 or 3600 seconds.
    pub afk_timeout: Option<u32>,
    /// Such as `en-US`.
    pub preferred_locale: Option<String>,
    /// Shown only.
    pub premium_progress_bar: Option<bool>,
}

/// Changes settings.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD, and to hand it over for others than the owner; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    change: GuildChange,
    reason: Reason,
) -> Result<GuildView> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    let mut change = change;
    change.name = change.name.map(|name| names::line(&name));
    check(holder.state(), &change)?;
    if let Some(owner) = change.owner.filter(|owner| *owner != holder.state().guild.owner) {
        may_hand_over(world, &holder, owner).await?;
    }
    if let Some(Some(icon)) = &change.icon {
        change.icon = Some(Some(images::store(world, Kind::Icon, guild.get(), icon).await?));
    }
    let old = &holder.state().guild;
    let mut new = old.clone();
    apply(&mut new, &change);
    let rows =
        row(audit::entry(world, &holder, AuditAction::GuildUpdate, Some(guild.get()), reason)?, old, &new)
            .rows();
    let _announced = announce_guild(world, guild).await;
    let edit = Box::new(move |guild: &mut Guild| apply(guild, &change));
    let changed = match world.ports.directory.change_guild(guild, edit, rows.clone()).await? {
        Added::Added(changed) => changed,
        Added::TooMany => return Err(Refusal::InviteCodeTaken.into()),
        Added::Absent => return Err(Refusal::UnknownGuild.into()),
    };
    let versions = changed.versions;
    tell_changed(world, changed).await?;
    audit::tell(world, guild, versions, rows);
    let state = world.ports.directory.guild_state(guild).await?.ok_or(Refusal::UnknownGuild)?;
    Ok(GuildView { state, members: None, online: None })
}

/// Tells all members what the settings are now.
pub(super) async fn tell_changed(world: &World, changed: Raised<Guild>) -> Result<()> {
    let guild = changed.value.id;
    let Some(state) = world.ports.directory.guild_state(guild).await? else { return Ok(()) };
    let event = Event::GuildUpdate {
        guild: Box::new(changed.value),
        roles: state.roles.clone(),
        emojis: state.emojis.clone(),
    };
    tell_guild(world, guild, changed.versions, GuildFilter::Everyone, event);
    Ok(())
}

async fn may_hand_over(world: &World, holder: &Holder, to: UserId) -> Result<()> {
    holder.member().clone().owner()?;
    let found = world.ports.directory.members_of(holder.guild(), &[to]).await?;
    let bot = crate::accounts::lookup::user(world, to).await?.bot;
    if found.is_empty() || bot {
        let fault = "The new owner must be a person who is a member";
        return Err(FormErrors::one("owner_id", "GUILD_OWNER_INVALID", fault).into());
    }
    Ok(())
}

/// Whether a setting can name a channel of this kind.
type Fits = fn(GuildChannelKind) -> bool;

fn check(state: &GuildState, change: &GuildChange) -> Result<()> {
    let mut errors = FormErrors::default();
    if let Some(name) = &change.name {
        errors.length("name", name, 2, limits::GUILD_NAME);
    }
    if let Some(Some(text)) = &change.description {
        errors.length("description", text, 0, limits::GUILD_DESCRIPTION);
    }
    if let Some(locale) = &change.preferred_locale {
        settings::check_locale(&mut errors, "preferred_locale", locale);
    }
    for (path, value, most) in [
        ("verification_level", change.verification_level, 4),
        ("default_message_notifications", change.default_notifications, 1),
        ("explicit_content_filter", change.explicit_content_filter, 2),
        ("nsfw_level", change.nsfw_level, 3),
    ] {
        if value.is_some_and(|value| value > most) {
            errors.push(
                path,
                "NUMBER_TYPE_MAX",
                format!("int value should be less than or equal to {most}."),
            );
        }
    }
    if change.afk_timeout.is_some_and(|seconds| !matches!(seconds, 60 | 300 | 900 | 1800 | 3600)) {
        errors.push("afk_timeout", "BASE_TYPE_CHOICES", "Value must be one of (60, 300, 900, 1800, 3600).");
    }
    let text: Fits = |kind| kind.has_threads();
    let voice: Fits = |kind| kind == GuildChannelKind::Voice;
    let channels: [(&str, Option<Option<ChannelId>>, Fits); 5] = [
        ("system_channel_id", change.system_channel, text),
        ("rules_channel_id", change.rules_channel, text),
        ("public_updates_channel_id", change.public_updates_channel, text),
        ("safety_alerts_channel_id", change.safety_alerts_channel, text),
        ("afk_channel_id", change.afk_channel, voice),
    ];
    for (path, channel, fits) in channels {
        let Some(Some(channel)) = channel else { continue };
        if !state.channel(channel).is_some_and(|found| fits(found.kind)) {
            errors.push(path, "CHANNEL_INVALID", "Channel does not exist, or is of another type");
        }
    }
    errors.finish()
}

/// The bits of the system channel's flags that are kept.
const SYSTEM_CHANNEL_FLAGS: u32 = 0x3f;

fn apply(guild: &mut Guild, change: &GuildChange) {
    let change = change.clone();
    let text = |text: Option<String>| text.map(|text| text.replace('\0', "")).filter(|text| !text.is_empty());
    guild.name = change.name.unwrap_or_else(|| guild.name.clone());
    guild.icon = change.icon.unwrap_or_else(|| guild.icon.clone());
    guild.description = change.description.map_or_else(|| guild.description.clone(), text);
    guild.owner = change.owner.unwrap_or(guild.owner);
    guild.verification_level = change.verification_level.unwrap_or(guild.verification_level);
    guild.default_notifications = change.default_notifications.unwrap_or(guild.default_notifications);
    guild.explicit_content_filter = change.explicit_content_filter.unwrap_or(guild.explicit_content_filter);
    guild.nsfw_level = change.nsfw_level.unwrap_or(guild.nsfw_level);
    guild.system_channel = change.system_channel.unwrap_or(guild.system_channel);
    let flags = change.system_channel_flags.map(|flags| flags & SYSTEM_CHANNEL_FLAGS);
    guild.system_channel_flags = flags.unwrap_or(guild.system_channel_flags);
    guild.rules_channel = change.rules_channel.unwrap_or(guild.rules_channel);
    guild.public_updates_channel = change.public_updates_channel.unwrap_or(guild.public_updates_channel);
    guild.safety_alerts_channel = change.safety_alerts_channel.unwrap_or(guild.safety_alerts_channel);
    guild.afk_channel = change.afk_channel.unwrap_or(guild.afk_channel);
    guild.afk_timeout = change.afk_timeout.unwrap_or(guild.afk_timeout);
    guild.preferred_locale = change.preferred_locale.unwrap_or_else(|| guild.preferred_locale.clone());
    guild.premium_progress_bar = change.premium_progress_bar.unwrap_or(guild.premium_progress_bar);
}

fn row(row: audit::Row, old: &Guild, new: &Guild) -> audit::Row {
    row.text("name", Some(&old.name), Some(&new.name))
        .text("icon_hash", old.icon.as_ref(), new.icon.as_ref())
        .text("description", old.description.as_ref(), new.description.as_ref())
        .text("owner_id", Some(old.owner), Some(new.owner))
        .number("verification_level", Some(old.verification_level), Some(new.verification_level))
        .number(
            "default_message_notifications",
            Some(old.default_notifications),
            Some(new.default_notifications),
        )
        .number(
            "explicit_content_filter",
            Some(old.explicit_content_filter),
            Some(new.explicit_content_filter),
        )
        .number("nsfw_level", Some(old.nsfw_level), Some(new.nsfw_level))
        .text("system_channel_id", old.system_channel, new.system_channel)
        .number("system_channel_flags", Some(old.system_channel_flags), Some(new.system_channel_flags))
        .text("rules_channel_id", old.rules_channel, new.rules_channel)
        .text("public_updates_channel_id", old.public_updates_channel, new.public_updates_channel)
        .text("safety_alerts_channel_id", old.safety_alerts_channel, new.safety_alerts_channel)
        .text("afk_channel_id", old.afk_channel, new.afk_channel)
        .number("afk_timeout", Some(old.afk_timeout), Some(new.afk_timeout))
        .text("preferred_locale", Some(&old.preferred_locale), Some(&new.preferred_locale))
        .flag("premium_progress_bar_enabled", Some(old.premium_progress_bar), Some(new.premium_progress_bar))
}
