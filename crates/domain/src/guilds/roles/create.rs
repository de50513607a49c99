#![allow(unused_variables, missing_docs)]
//! Making a role.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::Role;

/// What a role is to be, or what changes; `None` leaves a field as it is, or as Discord makes it.
#[derive(Debug, Clone, Default)]
pub struct RoleChange {
    /// 1 to 100 characters; `new role` if it is not given.
    pub name: Option<String>,
    /// What it grants; of a new one, what `@everyone` does if it is not given.
    pub permissions: Option<Permissions>,
    /// 24 bits.
    pub color: Option<u32>,
    /// Whether its members are listed apart.
    pub hoist: Option<bool>,
    /// Whether everybody may ping it.
    pub mentionable: Option<bool>,
    /// A `data:` URI; `Some(None)` takes it away.
    pub icon: Option<Option<String>>,
    /// An emoji in place of an icon.
    pub unicode_emoji: Option<Option<String>>,
}

/// Makes a role right above `@everyone`.
///
/// # Errors
/// 10004; 50013 without MANAGE_ROLES, or for permissions that the actor does not have; a form error; 30005.
pub async fn create(world: &World, actor: &Actor, guild: GuildId, new: RoleChange, reason: Reason) -> Result<Role> { crate::error::unfinished() }