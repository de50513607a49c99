#![allow(unused_variables, missing_docs)]
//! Overwrites.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::{Overwrite, OverwriteTarget};

/// Sets an overwrite.
///
/// # Errors
/// 10003; 50013 without MANAGE_ROLES there, or for bits that the actor does not have; 10011 and 10007 for a target that is not in the guild; 30060.
pub async fn set_overwrite(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    overwrite: Overwrite,
    reason: Reason,
) -> Result<()> { crate::error::unfinished() }

/// Takes an overwrite away; the id is a role's or a user's.
///
/// # Errors
/// 10003; 50013; 10009.
pub async fn delete_overwrite(world: &World, actor: &Actor, channel: ChannelId, target: u64, reason: Reason) -> Result<()> { crate::error::unfinished() }