#![allow(unused_variables, missing_docs)]
//! What whoever knows a webhook's token may do with the webhook.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use super::WebhookChange;
use model::webhook::WebhookView;

/// The webhook.
///
/// # Errors
/// 10015; 50027.
pub async fn get_by_token(world: &World, webhook: WebhookId, token: &str) -> Result<WebhookView> { crate::error::unfinished() }

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
) -> Result<WebhookView> { crate::error::unfinished() }

/// Deletes it.
///
/// # Errors
/// 10015; 50027.
pub async fn delete_by_token(world: &World, webhook: WebhookId, token: &str, reason: Reason) -> Result<()> { crate::error::unfinished() }