#![allow(unused_variables, missing_docs)]
//! Taking an invite back.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::InviteView;

/// Takes an invite back.
///
/// # Errors
/// 10006, also for who may not know of it; 50013 without MANAGE_CHANNELS on its channel and MANAGE_GUILD.
pub async fn delete(world: &World, actor: &Actor, code: &str, reason: Reason) -> Result<InviteView> { crate::error::unfinished() }