#![allow(unused_variables, missing_docs)]
//! Managing webhooks, with MANAGE_WEBHOOKS in their channel.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::webhook::WebhookView;

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
/// 10003; 50013; a form error; 30007; 50024 in a private channel or thread.
pub async fn create(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    name: String,
    avatar: Option<String>,
    reason: Reason,
) -> Result<WebhookView> { crate::error::unfinished() }

/// All of a channel.
///
/// # Errors
/// 10003; 50013.
pub async fn of_channel(world: &World, actor: &Actor, channel: ChannelId) -> Result<Vec<WebhookView>> { crate::error::unfinished() }

/// All of a guild.
///
/// # Errors
/// 10004; 50013.
pub async fn of_guild(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<WebhookView>> { crate::error::unfinished() }

/// One.
///
/// # Errors
/// 10015, also for who is no member of its guild; 50013.
pub async fn get(world: &World, actor: &Actor, webhook: WebhookId) -> Result<WebhookView> { crate::error::unfinished() }

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
) -> Result<WebhookView> { crate::error::unfinished() }

/// Deletes one.
///
/// # Errors
/// As [`get`].
pub async fn delete(world: &World, actor: &Actor, webhook: WebhookId, reason: Reason) -> Result<()> { crate::error::unfinished() }