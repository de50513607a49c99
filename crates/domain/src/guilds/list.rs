#![allow(unused_variables, missing_docs)]
//! The guilds that one is in.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildSummary;

/// Which part of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    /// Only lower ids, and then the highest of them.
    pub before: Option<GuildId>,
    /// Only higher ids.
    pub after: Option<GuildId>,
    /// 1 to 200.
    pub limit: usize,
    /// With counts of members.
    pub counts: bool,
}

/// The actor's guilds by id.
///
/// # Errors
/// A form error for the limit.
pub async fn list(world: &World, actor: &Actor, range: Range) -> Result<Vec<GuildSummary>> { crate::error::unfinished() }