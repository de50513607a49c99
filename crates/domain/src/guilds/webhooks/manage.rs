//! Managing webhooks, with MANAGE_WEBHOOKS in their channel.

use crate::access::{self, Holder};
use crate::accounts::lookup::Users;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::images::{self, Kind};
use crate::guilds::{Reason, audit};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{GuildChannel, GuildChannelKind, Versions};
use model::webhook::{Webhook, WebhookView};
use model::{ChannelId, GuildId, Permissions, WebhookId, limits, names};
use ports::directory::guilds::Added;

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// 1 to 80 characters.
    pub name: Option<String>,
    /// A `data:` URI; `Some(None)` takes it away.
    pub avatar: Option<Option<String>>,
    /// Another channel of its guild, where the actor may manage webhooks, too.
    pub channel: Option<ChannelId>,
}

/// Makes a webhook.
///
/// # Errors
/// 10003; 50013; a form error; 30007; 50003 in a private channel; 50024 in a category or
/// thread.
pub async fn create(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    name: String,
    avatar: Option<String>,
    reason: Reason,
) -> Result<WebhookView> {
    let reader = access::reader(world, actor, channel).await?;
    fits(reader.in_guild()?.channel())?;
    let holder = reader.holding(Permissions::MANAGE_WEBHOOKS)?;
    let name = checked(&name)?;
    let id = WebhookId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let avatar = match avatar {
        Some(avatar) => Some(images::store(world, Kind::Avatar, id.get(), &avatar).await?),
        None => None,
    };
    let webhook = Webhook {
        id,
        guild: holder.guild(),
        channel,
        name,
        avatar,
        creator: Some(actor.user()),
        application: actor.is_bot().then(|| actor.user().application()),
        token: token()?,
    };
    let rows = audit::entry(world, &holder, AuditAction::WebhookCreate, Some(id.get()), reason)?
        .text("name", None, Some(&webhook.name))
        .text("channel_id", None, Some(channel))
        .rows();
    let _announced = announce_guild(world, holder.guild()).await;
    let (cap, in_guild) = (limits::CHANNEL_WEBHOOKS, limits::GUILD_WEBHOOKS);
    let made = match world.ports.directory.create_webhook(&webhook, cap, in_guild, rows.clone()).await? {
        Added::Added(made) => made,
        Added::TooMany => return Err(Refusal::TooManyWebhooks.into()),
        Added::Absent => return Err(Refusal::UnknownChannel.into()),
    };
    tell_changed(world, &made.value, made.versions);
    audit::tell(world, holder.guild(), made.versions, rows);
    view(world, made.value).await
}

/// All of a channel.
///
/// # Errors
/// 10003; 50013; 50003 in a private channel.
pub async fn of_channel(world: &World, actor: &Actor, channel: ChannelId) -> Result<Vec<WebhookView>> {
    let reader = access::reader(world, actor, channel).await?;
    let holder = reader.holding(Permissions::MANAGE_WEBHOOKS)?;
    views(world, world.ports.directory.webhooks(holder.guild(), Some(channel)).await?).await
}

/// All of a guild, as far as the actor may manage them in their channels.
///
/// # Errors
/// 10004; 50013.
pub async fn of_guild(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<WebhookView>> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_WEBHOOKS).await?;
    let mut found = world.ports.directory.webhooks(guild, None).await?;
    found.retain(|webhook| {
        holder.state().channel(webhook.channel).is_some_and(|channel| {
            holder.member().permissions_in(channel).contains(Permissions::MANAGE_WEBHOOKS)
        })
    });
    views(world, found).await
}

/// One.
///
/// # Errors
/// 10015, also for who does not see its channel; 50013.
pub async fn get(world: &World, actor: &Actor, webhook: WebhookId) -> Result<WebhookView> {
    let (_, found) = may_manage(world, actor, webhook).await?;
    view(world, found).await
}

/// Changes one.
///
/// # Errors
/// As [`get`]; 10003; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    webhook: WebhookId,
    change: WebhookChange,
    reason: Reason,
) -> Result<WebhookView> {
    let (holder, old) = may_manage(world, actor, webhook).await?;
    if let Some(channel) = change.channel.filter(|channel| *channel != old.channel) {
        let reader = access::reader(world, actor, channel).await?;
        let place = reader.in_guild()?;
        if place.guild() != old.guild {
            return Err(Refusal::UnknownChannel.into());
        }
        fits(place.channel())?;
        reader.holding(Permissions::MANAGE_WEBHOOKS)?;
    }
    let row = audit::entry(world, &holder, AuditAction::WebhookUpdate, Some(webhook.get()), reason)?;
    store(world, old, change, row, holder.member().versions()).await
}

/// Stores a change and tells of it.
pub(super) async fn store(
    world: &World,
    old: Webhook,
    mut change: WebhookChange,
    row: audit::Row,
    versions: Versions,
) -> Result<WebhookView> {
    change.name = change.name.as_deref().map(checked).transpose()?;
    if let Some(Some(avatar)) = &change.avatar {
        change.avatar = Some(Some(images::store(world, Kind::Avatar, old.id.get(), avatar).await?));
    }
    let mut new = old.clone();
    apply(&mut new, &change);
    let rows = row
        .text("name", Some(&old.name), Some(&new.name))
        .text("avatar_hash", old.avatar.as_ref(), new.avatar.as_ref())
        .text("channel_id", Some(old.channel), Some(new.channel))
        .rows();
    let _announced = announce_guild(world, old.guild).await;
    let edit = Box::new(move |webhook: &mut Webhook| apply(webhook, &change));
    let changed = world.ports.directory.change_webhook(old.id, edit, rows.clone()).await?;
    let changed = changed.ok_or(Refusal::UnknownWebhook)?;
    tell_changed(world, &changed, versions);
    if changed.channel != old.channel {
        tell_changed(world, &old, versions);
    }
    audit::tell(world, old.guild, versions, rows);
    view(world, changed).await
}

/// Deletes one.
///
/// # Errors
/// As [`get`].
pub async fn delete(world: &World, actor: &Actor, webhook: WebhookId, reason: Reason) -> Result<()> {
    let (holder, old) = may_manage(world, actor, webhook).await?;
    let row = audit::entry(world, &holder, AuditAction::WebhookDelete, Some(webhook.get()), reason)?;
    take(world, &old, row, holder.member().versions()).await
}

/// Deletes a webhook and tells of it.
pub(super) async fn take(world: &World, old: &Webhook, row: audit::Row, versions: Versions) -> Result<()> {
    let rows = row.text("name", Some(&old.name), None).rows();
    let _announced = announce_guild(world, old.guild).await;
    let gone = world.ports.directory.delete_webhook(old.id, rows.clone()).await?;
    let gone = gone.ok_or(Refusal::UnknownWebhook)?;
    tell_changed(world, &gone, versions);
    audit::tell(world, old.guild, versions, rows);
    Ok(())
}

/// The right to manage a webhook, with the webhook. The application that made it needs no permission.
async fn may_manage(world: &World, actor: &Actor, webhook: WebhookId) -> Result<(Holder, Webhook)> {
    let found = world.ports.directory.webhook(webhook).await?.ok_or(Refusal::UnknownWebhook)?;
    let reader = match access::reader(world, actor, found.channel).await {
        Err(Error::Refused(Refusal::UnknownChannel)) => return Err(Refusal::UnknownWebhook.into()),
        other => other?,
    };
    let own = actor.is_bot() && found.application == Some(actor.user().application());
    let needed = if own { Permissions::VIEW_CHANNEL } else { Permissions::MANAGE_WEBHOOKS };
    Ok((reader.holding(needed)?, found))
}

fn apply(webhook: &mut Webhook, change: &WebhookChange) {
    if let Some(name) = &change.name {
        webhook.name.clone_from(name);
    }
    if let Some(avatar) = &change.avatar {
        webhook.avatar.clone_from(avatar);
    }
    webhook.channel = change.channel.unwrap_or(webhook.channel);
}

fn fits(channel: &GuildChannel) -> Result<()> {
    if channel.kind.is_thread() || channel.kind == GuildChannelKind::Category {
        return Err(Refusal::WrongChannelType.into());
    }
    Ok(())
}

/// A name that a webhook may have, and write under.
///
/// # Errors
/// A form error.
pub(super) fn checked(name: &str) -> Result<String> {
    named("name", name)
}

/// As [`checked`], for a field of this name.
pub(super) fn named(path: &str, name: &str) -> Result<String> {
    let name = names::line(name);
    let mut errors = FormErrors::default();
    errors.length(path, &name, 1, limits::WEBHOOK_NAME);
    let lower = name.to_lowercase();
    if let Some(part) = ["clyde", "discord"].into_iter().find(|part| lower.contains(part)) {
        errors.push(path, "USERNAME_INVALID_CONTAINS", format!("Username cannot contain \"{part}\""));
    }
    errors.finish()?;
    Ok(name)
}

/// 51 random bytes as 68 characters, as Discord's.
fn token() -> Result<String> {
    let mut bytes = [0_u8; 51];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

async fn views(world: &World, webhooks: Vec<Webhook>) -> Result<Vec<WebhookView>> {
    let users = Users::load(world, webhooks.iter().filter_map(|webhook| webhook.creator)).await?;
    Ok(webhooks
        .into_iter()
        .map(|webhook| WebhookView { creator: webhook.creator.map(|id| users.get(id)), webhook })
        .collect())
}

async fn view(world: &World, webhook: Webhook) -> Result<WebhookView> {
    views(world, vec![webhook]).await?.pop().ok_or_else(|| Refusal::UnknownWebhook.into())
}

fn tell_changed(world: &World, webhook: &Webhook, versions: Versions) {
    let (guild, channel) = (webhook.guild, webhook.channel);
    let who = GuildFilter::ChannelHolding(channel, Permissions::MANAGE_WEBHOOKS);
    tell_guild(world, guild, versions, who, Event::WebhooksUpdate { guild, channel });
}
