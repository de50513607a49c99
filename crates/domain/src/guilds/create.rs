#![allow(unused_variables, missing_docs)]
//! Making a guild.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildView;

/// A guild to be made.
#[derive(Debug, Clone, Default)]
pub struct NewGuild {
    /// 2 to 100 characters.
    pub name: String,
    /// A `data:` URI.
    pub icon: Option<String>,
}

/// Makes a guild with `@everyone`, a category with a text channel `general`, and one with a voice channel. People only.
///
/// # Errors
/// 20001; a form error; 30001.
pub async fn create(world: &World, actor: &Actor, new: NewGuild) -> Result<GuildView> { crate::error::unfinished() }