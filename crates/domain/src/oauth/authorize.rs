#![allow(unused_variables, missing_docs)]
//! The consent to a bot.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::application::Application;
use model::guild::GuildSummary;
use model::user::{Account, User};

/// What the screen of consent shows.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The application.
    pub application: Application,
    /// Its bot.
    pub bot: User,
    /// Who is asked.
    pub account: Account,
    /// The guilds of the one who is asked; the permissions say where a bot may be added (MANAGE_GUILD).
    pub guilds: Vec<GuildSummary>,
}

/// What the screen of consent shows. People only.
///
/// # Errors
/// 20001; 10002, also for a bot that is not public and another's.
pub async fn consent(world: &World, actor: &Actor, application: ApplicationId) -> Result<Consent> { crate::error::unfinished() }

/// Adds a bot to a guild, with a role of its own if it asks for permissions; those that the actor does not have are left
/// out. A bot that is a member already stays as it is.
///
/// # Errors
/// 20001; 10002; 10004; 50013 without MANAGE_GUILD; 40007 if it is banned; 30001; 30005.
pub async fn add_bot(
    world: &World,
    actor: &Actor,
    application: ApplicationId,
    guild: GuildId,
    permissions: Permissions,
) -> Result<()> { crate::error::unfinished() }