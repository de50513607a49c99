#![allow(unused_variables, missing_docs)]
//! Coming in.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::InviteView;

/// What became of it.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The invite.
    pub view: InviteView,
    /// Whether the actor was no member before.
    pub new_member: bool,
}

/// Comes into a guild by an invite or its vanity code.
///
/// # Errors
/// 20001 for bots; 10006; 40007; 30001.
pub async fn accept(world: &World, actor: &Actor, code: &str) -> Result<Accepted> { crate::error::unfinished() }