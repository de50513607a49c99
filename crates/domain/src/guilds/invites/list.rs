#![allow(unused_variables, missing_docs)]
//! A guild's invites.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::InviteView;

/// All of a guild.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD and VIEW_AUDIT_LOG.
pub async fn of_guild(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<InviteView>> { crate::error::unfinished() }

/// All into a channel.
///
/// # Errors
/// 10003; 50013 without MANAGE_CHANNELS there.
pub async fn of_channel(world: &World, actor: &Actor, channel: ChannelId) -> Result<Vec<InviteView>> { crate::error::unfinished() }