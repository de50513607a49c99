//! What whoever knows a webhook's token may do with the webhook.

use super::WebhookChange;
use super::manage::{store, take};
use crate::guilds::{Reason, audit};
use crate::{Refusal, Result, World};
use model::WebhookId;
use model::audit::AuditAction;
use model::guild::Versions;
use model::webhook::{Webhook, WebhookView};
use subtle::ConstantTimeEq;

/// Proof that a webhook's token was shown.
pub(super) struct Known(Webhook);

impl Known {
    /// The webhook.
    pub(super) fn webhook(&self) -> &Webhook {
        &self.0
    }
}

/// The webhook, for whoever knows its token.
///
/// # Errors
/// 10015; 50027.
pub(super) async fn known(world: &World, webhook: WebhookId, token: &str) -> Result<Known> {
    let found = world.ports.directory.webhook(webhook).await?.ok_or(Refusal::UnknownWebhook)?;
    if bool::from(found.token.as_bytes().ct_eq(token.as_bytes())) {
        Ok(Known(found))
    } else {
        Err(Refusal::InvalidWebhookToken.into())
    }
}

/// The webhook.
///
/// # Errors
/// 10015; 50027.
pub async fn get_by_token(world: &World, webhook: WebhookId, token: &str) -> Result<WebhookView> {
    let Known(webhook) = known(world, webhook, token).await?;
    Ok(WebhookView { webhook, creator: None })
}

/// Changes its name or avatar; a channel is ignored.
///
/// # Errors
/// 10015; 50027; a form error.
pub async fn change_by_token(
    world: &World,
    webhook: WebhookId,
    token: &str,
    change: WebhookChange,
    reason: Reason,
) -> Result<WebhookView> {
    let Known(old) = known(world, webhook, token).await?;
    let row = audit::by(world, None, AuditAction::WebhookUpdate, Some(webhook.get()), reason)?;
    let versions = versions(world, &old).await?;
    let change = WebhookChange { channel: None, ..change };
    let changed = store(world, old, change, row, versions).await?;
    Ok(WebhookView { creator: None, ..changed })
}

/// Deletes it.
///
/// # Errors
/// 10015; 50027.
pub async fn delete_by_token(world: &World, webhook: WebhookId, token: &str, reason: Reason) -> Result<()> {
    let Known(old) = known(world, webhook, token).await?;
    let row = audit::by(world, None, AuditAction::WebhookDelete, Some(webhook.get()), reason)?;
    let versions = versions(world, &old).await?;
    take(world, &old, row, versions).await
}

/// The guild's versions now.
pub(super) async fn versions(world: &World, webhook: &Webhook) -> Result<Versions> {
    let found = world.ports.directory.guild_versions(&[webhook.guild]).await?;
    found.into_iter().next().map(|(_, versions)| versions).ok_or_else(|| Refusal::UnknownWebhook.into())
}
