#![allow(unused_variables, missing_docs)]
//! A guild as gateways need it: whole, for a session; as rights, for choosing who hears of what.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::{GuildAuthority, GuildSnapshot, GuildState, Member, Versions};
use std::sync::Arc;

/// A guild as a session of this user is shown it; `None` if the user is no member.
///
/// # Errors
/// Store errors only.
pub async fn snapshot(world: &World, guild: GuildId, user: UserId) -> Result<Option<GuildSnapshot>> { crate::error::unfinished() }

/// All of a guild but its members, as the authority knows it now.
///
/// # Errors
/// Store errors only.
pub async fn state(world: &World, guild: GuildId) -> Result<Option<Arc<GuildState>>> { crate::error::unfinished() }

/// The guild and one user's membership, as the authority knows them now.
///
/// # Errors
/// Store errors only.
pub async fn authority(world: &World, guild: GuildId, user: UserId) -> Result<Option<GuildAuthority>> { crate::error::unfinished() }

/// Those of these users who are members.
///
/// # Errors
/// Store errors only.
pub async fn connected(world: &World, guild: GuildId, users: &[UserId]) -> Result<Vec<Member>> { crate::error::unfinished() }

/// The guilds that a user is in, with its membership, by id.
///
/// # Errors
/// Store errors only.
pub async fn memberships(world: &World, user: UserId) -> Result<Vec<(GuildId, Member)>> { crate::error::unfinished() }

/// The versions of these guilds; those that are gone are left out.
///
/// # Errors
/// Store errors only.
pub async fn versions(world: &World, guilds: &[GuildId]) -> Result<Vec<(GuildId, Versions)>> { crate::error::unfinished() }

/// Of these private threads of a guild, those that this user is in.
///
/// # Errors
/// Store errors only.
pub async fn joined_threads(world: &World, guild: GuildId, user: UserId) -> Result<Vec<ChannelId>> { crate::error::unfinished() }