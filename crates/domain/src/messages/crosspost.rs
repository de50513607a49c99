#![allow(unused_variables, missing_docs)]
//! Publishing a message of an announcement channel.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::message::MessageView;

/// Marks a message as published.
///
/// # Errors
/// 10003; 10008; 50024 elsewhere; 50013 without SEND_MESSAGES, for another's message also without MANAGE_MESSAGES; 40033.
pub async fn crosspost(world: &World, actor: &Actor, channel: ChannelId, message: MessageId) -> Result<MessageView> { crate::error::unfinished() }