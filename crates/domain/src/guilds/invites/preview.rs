#![allow(unused_variables, missing_docs)]
//! Looking at an invite.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::InviteView;

/// An invite, for everybody who knows its code.
///
/// # Errors
/// 10006.
pub async fn preview(world: &World, code: &str, counts: bool) -> Result<InviteView> { crate::error::unfinished() }