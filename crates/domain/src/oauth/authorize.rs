//! The consent to a bot.

use crate::access::{self, Holder};
use crate::accounts::lookup::user;
use crate::audience::{announce, announce_guild, tell_guild};
use crate::guilds::invites::{tell_came, welcome};
use crate::guilds::list::summaries;
use crate::guilds::{audit, integrations};
use crate::{Actor, Error, Refusal, Result, World};
use model::application::Application;
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{GuildSummary, Role};
use model::user::{Account, User};
use model::{ApplicationId, GuildId, Permissions, RoleId, limits};
use ports::directory::guilds::Joined;

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
pub async fn consent(world: &World, actor: &Actor, application: ApplicationId) -> Result<Consent> {
    actor.person()?;
    let application = find(world, actor, application).await?;
    let account = world.ports.directory.account(actor.user()).await?.ok_or(Error::Unauthorized)?;
    let bot = user(world, application.id.bot()).await?;
    Ok(Consent { application, bot, account, guilds: summaries(world, actor.user()).await? })
}

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
) -> Result<()> {
    actor.person()?;
    let application = find(world, actor, application).await?;
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    let bot = application.id.bot();
    let role = own_role(world, &holder, &application, permissions)?;
    if role.is_some() && holder.state().roles.len() >= limits::ROLES {
        return Err(Refusal::TooManyRoles.into());
    }
    let rows = audit::entry(world, &holder, AuditAction::BotAdd, Some(bot.get()), None)?.rows();
    let at = world.ports.clock.now();
    let announced = (announce(world, &[bot]).await, announce_guild(world, guild).await);
    let joined = world.ports.directory.join_bot(guild, bot, role.as_ref(), at, rows.clone()).await?;
    let joined = match joined {
        Joined::Joined(joined) => joined,
        Joined::Already(_) => return Ok(()),
        Joined::NoInvite => return Err(Refusal::UnknownGuild.into()),
        Joined::Banned => return Err(Refusal::BannedFromGuild.into()),
        Joined::TooMany => return Err(Refusal::TooManyGuilds.into()),
    };
    let versions = joined.versions;
    let state = world.ports.directory.guild_state(guild).await?.ok_or(Refusal::UnknownGuild)?;
    // The role before the member that has it.
    if let Some(role) = role.and_then(|role| state.role(role.id).cloned()) {
        let event = Event::RoleCreate { guild, role: Box::new(role) };
        tell_guild(world, guild, versions, GuildFilter::Everyone, event);
    }
    tell_came(world, &state, joined.clone()).await?;
    integrations::tell_changed(world, guild, versions);
    audit::tell(world, guild, versions, rows);
    drop(announced);
    welcome(world, &state, joined).await
}

/// An application that the actor may add to guilds.
async fn find(world: &World, actor: &Actor, id: ApplicationId) -> Result<Application> {
    let found = world.ports.directory.application(id).await?.ok_or(Refusal::UnknownApplication)?;
    if !found.bot_public && found.owner != actor.user() {
        return Err(Refusal::UnknownApplication.into());
    }
    Ok(found)
}

/// The role that comes and goes with the bot.
fn own_role(
    world: &World,
    holder: &Holder,
    application: &Application,
    asked: Permissions,
) -> Result<Option<Role>> {
    let own = holder.member().permissions();
    let permissions = if own.contains(Permissions::ADMINISTRATOR) { asked } else { asked & own };
    if permissions.is_empty() {
        return Ok(None);
    }
    Ok(Some(Role {
        id: RoleId::new(world.mint()?).ok_or(Error::Unavailable)?,
        name: application.name.clone(),
        permissions,
        position: 1,
        color: 0,
        hoist: false,
        mentionable: false,
        bot: Some(application.id),
        icon: None,
        unicode_emoji: None,
    }))
}
