#![allow(unused_variables, missing_docs)]
//! Deleting many messages at once.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Deletes 2 to 100 messages of a guild's channel that are not older than 14 days; absent ones are passed over.
///
/// # Errors
/// 10003; 50003 in a private channel; 50013 without MANAGE_MESSAGES; 50016; 50034; a form error for one named twice.
pub async fn delete_many(world: &World, actor: &Actor, channel: ChannelId, ids: &[MessageId], reason: Reason) -> Result<()> { crate::error::unfinished() }