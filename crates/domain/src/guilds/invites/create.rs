#![allow(unused_variables, missing_docs)]
//! Making an invite.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::InviteView;

/// An invite to be made.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// Seconds: 0 (for ever) to 604800.
    pub max_age: u32,
    /// 0 (without bound) to 100.
    pub max_uses: u32,
    /// Shown only.
    pub temporary: bool,
    /// Never an old one that is the same.
    pub unique: bool,
}

impl Default for NewInvite {
    fn default() -> Self {
        Self { max_age: 86_400, max_uses: 0, temporary: false, unique: false }
    }
}

/// Makes an invite into a channel.
///
/// # Errors
/// 10003; 50013 without CREATE_INSTANT_INVITE; a form error; 30016; 50024 in a private channel or thread.
pub async fn create(world: &World, actor: &Actor, channel: ChannelId, new: NewInvite, reason: Reason) -> Result<InviteView> { crate::error::unfinished() }