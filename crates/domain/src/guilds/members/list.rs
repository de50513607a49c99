#![allow(unused_variables, missing_docs)]
//! Looking at members.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::event::MemberView;
use model::presence::Presence;

/// One member.
///
/// # Errors
/// 10004; 10007.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, user: UserId) -> Result<MemberView> { crate::error::unfinished() }

/// Members by ascending id.
///
/// # Errors
/// 10004; 50001 for bots without the members intent; a form error for a limit outside 1 to 1000.
pub async fn list(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<MemberView>> { crate::error::unfinished() }

/// Members whose names begin with this.
///
/// # Errors
/// 10004; a form error for the limit.
pub async fn search(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    query: &str,
    limit: usize,
) -> Result<Vec<MemberView>> { crate::error::unfinished() }

/// What a gateway session asks for (op 8).
#[derive(Debug, Clone)]
pub enum Request {
    /// Those whose names begin with this; at most 100.
    Prefix(String, usize),
    /// These users; at most 100.
    Users(Vec<UserId>),
    /// All above this id, a page of [`model::limits::MEMBERS_PAGE`] at a time.
    All(Option<UserId>),
}

/// A part of the answer.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Members by id.
    pub members: Vec<MemberView>,
    /// Those asked for who are no members.
    pub absent: Vec<UserId>,
    /// Presences of those who are online, if they were asked for.
    pub presences: Vec<Presence>,
}

/// Members for a gateway session of this user.
///
/// # Errors
/// 10004.
pub async fn request(
    world: &World,
    user: UserId,
    guild: GuildId,
    request: &Request,
    presences: bool,
) -> Result<Chunk> { crate::error::unfinished() }