#![allow(unused_variables, missing_docs)]
//! A webhook's own messages.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use crate::messages::edit::Edit;
use model::message::MessageView;

/// One.
///
/// # Errors
/// 10015; 50027; 10008.
pub async fn message(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
) -> Result<MessageView> { crate::error::unfinished() }

/// Changes one.
///
/// # Errors
/// 10015; 50027; 10008; 50006; a form error.
pub async fn edit_message(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
    edit: Edit,
) -> Result<MessageView> { crate::error::unfinished() }

/// Deletes one.
///
/// # Errors
/// 10015; 50027; 10008.
pub async fn delete_message(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
) -> Result<()> { crate::error::unfinished() }