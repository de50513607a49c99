//! What a person is told of in a guild, or in private channels.

use crate::audience::{announce, tell};
use crate::{Actor, FormErrors, Result, World, access};
use model::event::Event;
use model::settings::{ChannelSettings, GuildSettings, Mute, NotifyLevel};
use model::{ChannelId, GuildId, limits};

/// Changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct GuildSettingsChange {
    /// Whether it is muted.
    pub muted: Option<bool>,
    /// Until when, and the length that was chosen.
    pub mute: Option<Mute>,
    /// Discord's number of a level.
    pub level: Option<u8>,
    /// Whether @everyone and @here do not notify.
    pub suppress_everyone: Option<bool>,
    /// Whether mentions of roles do not notify.
    pub suppress_roles: Option<bool>,
    /// Whether phones are notified.
    pub mobile_push: Option<bool>,
    /// Whether muted channels are out of sight.
    pub hide_muted_channels: Option<bool>,
    /// Channels that differ; `Some(None)` forgets all that do.
    pub channels: Option<Option<Vec<ChannelSettingsChange>>>,
}

/// Changes for one channel; `None` leaves a field as it is.
#[derive(Debug, Clone)]
pub struct ChannelSettingsChange {
    /// Which channel.
    pub channel: ChannelId,
    /// Whether it is muted.
    pub muted: Option<bool>,
    /// Until when, and the length that was chosen.
    pub mute: Option<Mute>,
    /// Discord's number of a level.
    pub level: Option<u8>,
    /// Whether the category is folded.
    pub collapsed: Option<bool>,
}

/// Changes what the actor is told of in a guild, `None`: in private channels.
///
/// # Errors
/// 20001 for bots; 10004 for a guild that the actor is not in; a form error for unknown levels and too many channels.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: Option<GuildId>,
    change: GuildSettingsChange,
) -> Result<GuildSettings> {
    may_change(world, actor, guild, &change).await?;
    store(world, actor, guild, change).await
}

/// Changes them in several guilds at once: in all of them, or where one is refused in none.
///
/// # Errors
/// As [`change`].
pub async fn change_all(
    world: &World,
    actor: &Actor,
    changes: Vec<(Option<GuildId>, GuildSettingsChange)>,
) -> Result<Vec<GuildSettings>> {
    actor.person()?;
    for (guild, change) in &changes {
        may_change(world, actor, *guild, change).await?;
    }
    let mut all = Vec::with_capacity(changes.len());
    for (guild, change) in changes {
        all.push(store(world, actor, guild, change).await?);
    }
    Ok(all)
}

async fn may_change(
    world: &World,
    actor: &Actor,
    guild: Option<GuildId>,
    change: &GuildSettingsChange,
) -> Result<()> {
    actor.person()?;
    check(change)?;
    if let Some(guild) = guild {
        access::member(world, actor, guild).await?;
    }
    Ok(())
}

async fn store(
    world: &World,
    actor: &Actor,
    guild: Option<GuildId>,
    change: GuildSettingsChange,
) -> Result<GuildSettings> {
    let _announced = announce(world, &[actor.user()]).await;
    let edit = Box::new(move |settings: &mut GuildSettings| apply(settings, &change));
    let settings = world.ports.directory.change_guild_settings(actor.user(), guild, edit).await?;
    tell(world, &[actor.user()], Event::GuildSettingsUpdate(Box::new(settings.clone())));
    Ok(settings)
}

fn check(change: &GuildSettingsChange) -> Result<()> {
    let mut errors = FormErrors::default();
    let channels = change.channels.iter().flatten().flatten();
    let levels = channels.filter_map(|channel| {
        channel
            .level
            .map(|level| (format!("channel_overrides.{}.message_notifications", channel.channel), level))
    });
    let own = change.level.map(|level| ("message_notifications".to_owned(), level));
    for (path, level) in own.into_iter().chain(levels) {
        if NotifyLevel::from_u8(level).is_none() {
            errors.push(&path, "BASE_TYPE_CHOICES", "Value must be one of (0, 1, 2, 3).");
        }
    }
    if change.channels.iter().flatten().any(|channels| channels.len() > limits::CHANNEL_SETTINGS) {
        let most = format!("Must be {} or fewer in length.", limits::CHANNEL_SETTINGS);
        errors.push("channel_overrides", "BASE_TYPE_MAX_LENGTH", most);
    }
    errors.finish()
}

fn apply(settings: &mut GuildSettings, change: &GuildSettingsChange) {
    apply_mute(&mut settings.mute, change.muted, change.mute);
    settings.level = change.level.and_then(NotifyLevel::from_u8).unwrap_or(settings.level);
    settings.suppress_everyone = change.suppress_everyone.unwrap_or(settings.suppress_everyone);
    settings.suppress_roles = change.suppress_roles.unwrap_or(settings.suppress_roles);
    settings.mobile_push = change.mobile_push.unwrap_or(settings.mobile_push);
    settings.hide_muted_channels = change.hide_muted_channels.unwrap_or(settings.hide_muted_channels);
    match &change.channels {
        None => {}
        Some(None) => settings.channels.clear(),
        Some(Some(channels)) => {
            for channel in channels {
                apply_channel(settings, channel);
            }
        }
    }
}

fn apply_mute(mute: &mut Mute, muted: Option<bool>, length: Option<Mute>) {
    mute.muted = muted.unwrap_or(mute.muted);
    if let Some(length) = length {
        (mute.until, mute.window) = (length.until, length.window);
    }
}

/// A channel that differs in nothing is not kept; the ones that were changed first go when there are too many, so that deleted
/// channels do not stand in the way for ever.
fn apply_channel(settings: &mut GuildSettings, change: &ChannelSettingsChange) {
    let at = settings.channels.iter().position(|known| known.channel == change.channel);
    let mut channel =
        at.map_or_else(|| ChannelSettings::usual(change.channel), |at| settings.channels.remove(at));
    apply_mute(&mut channel.mute, change.muted, change.mute);
    channel.level = change.level.and_then(NotifyLevel::from_u8).unwrap_or(channel.level);
    channel.collapsed = change.collapsed.unwrap_or(channel.collapsed);
    if channel.mute.muted || channel.level != NotifyLevel::Inherited || channel.collapsed {
        if settings.channels.len() >= limits::CHANNEL_SETTINGS {
            settings.channels.remove(0);
        }
        settings.channels.push(channel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(n: u64, muted: Option<bool>, level: Option<u8>) -> ChannelSettingsChange {
        let channel = ChannelId::new(n).unwrap();
        ChannelSettingsChange { channel, muted, mute: None, level, collapsed: None }
    }

    fn put(settings: &mut GuildSettings, channels: Vec<ChannelSettingsChange>) {
        apply(
            settings,
            &GuildSettingsChange { channels: Some(Some(channels)), ..GuildSettingsChange::default() },
        );
    }

    #[test]
    fn a_change_leaves_the_rest_and_what_differs_in_nothing_is_forgotten() {
        let mut settings = GuildSettings::default();
        put(&mut settings, vec![one(1, Some(true), None), one(2, None, Some(1))]);
        put(&mut settings, vec![one(1, None, Some(2))]);
        let first = settings.channels.iter().find(|channel| channel.channel.get() == 1).unwrap();
        assert!(first.mute.muted && first.level == NotifyLevel::Nothing);
        put(&mut settings, vec![one(1, Some(false), Some(3))]);
        assert_eq!(settings.channels.iter().map(|channel| channel.channel.get()).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn there_are_never_too_many_channels() {
        let mut settings = GuildSettings::default();
        let most = limits::CHANNEL_SETTINGS as u64;
        put(&mut settings, (1..=most).map(|n| one(n, Some(true), None)).collect());
        put(&mut settings, vec![one(most + 1, Some(true), None)]);
        assert_eq!(settings.channels.len(), limits::CHANNEL_SETTINGS);
        assert_eq!(settings.channels.last().map(|channel| channel.channel.get()), Some(most + 1));
        let many = (1..=most + 1).map(|n| one(n, None, None)).collect();
        let change = GuildSettingsChange { channels: Some(Some(many)), ..GuildSettingsChange::default() };
        assert!(check(&change).is_err());
    }
}
