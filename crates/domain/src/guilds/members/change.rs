#![allow(unused_variables, missing_docs)]
//! Changing a member: nickname, roles, timeout, voice.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::event::MemberView;

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// 1 to 32 characters; `Some(None)` and empty text take it away.
    pub nick: Option<Option<String>>,
    /// All its roles.
    pub roles: Option<Vec<RoleId>>,
    /// Until when it may only look, at most 28 days ahead; `Some(None)` ends it.
    pub timeout: Option<Option<Timestamp>>,
    /// Deafened.
    pub deaf: Option<bool>,
    /// Muted.
    pub mute: Option<bool>,
}

/// Changes a member that stands below the actor.
///
/// # Errors
/// 10004; 10007; 10011; 50013 for each field that the actor may not change; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    change: MemberChange,
    reason: Reason,
) -> Result<MemberView> { crate::error::unfinished() }

/// Changes the actor's own nickname.
///
/// # Errors
/// 10004; 50013 without CHANGE_NICKNAME; a form error.
pub async fn change_own(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    nick: Option<Option<String>>,
    reason: Reason,
) -> Result<MemberView> { crate::error::unfinished() }