#![allow(unused_variables, missing_docs)]
//! Writing through a webhook.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use crate::messages::send::Send;
use model::message::MessageView;

/// What is to be written.
#[derive(Debug, Clone, Default)]
pub struct Execute {
    /// The message; what it answers is ignored.
    pub send: Send,
    /// A name in place of the webhook's.
    pub username: Option<String>,
    /// A URL in place of its avatar.
    pub avatar_url: Option<String>,
    /// A thread of its channel.
    pub thread: Option<ChannelId>,
}

/// Writes a message.
///
/// # Errors
/// 10015; 50027; 50006; a form error; 10003 for a thread of another channel.
pub async fn execute(world: &World, webhook: WebhookId, token: &str, execute: Execute) -> Result<MessageView> { crate::error::unfinished() }