//! Applications and their bots.

use crate::accounts::lookup::Users;
use crate::audience::announce;
use crate::{Actor, Error, FormErrors, Refusal, Result, World, secrets};
use model::application::{Application, ApplicationChange, CHANGEABLE_FLAGS, GATEWAY_MESSAGE_CONTENT_LIMITED};
use model::device::TokenKind;
use model::user::User;
use model::{ApplicationId, limits, names};
use ports::directory::applications::ApplicationCreated;

/// An application with its owner and its bot.
#[derive(Debug, Clone)]
pub struct Owned {
    /// The application.
    pub application: Application,
    /// Its owner.
    pub owner: User,
    /// Its bot user.
    pub bot: User,
}

/// What a new application is made of.
#[derive(Debug, Clone, Default)]
pub struct NewApplication {
    /// Its name, and its bot's.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Flags; only the privileged intents' count. The message-content intent is on unless flags are given.
    pub flags: Option<u32>,
}

/// The actor's applications, oldest first.
///
/// # Errors
/// 20001 for bots.
pub async fn list(world: &World, actor: &Actor) -> Result<Vec<Owned>> {
    actor.person()?;
    let applications = world.ports.directory.applications(actor.user()).await?;
    let ids = applications.iter().flat_map(|a| [a.owner, a.id.bot()]);
    let users = Users::load(world, ids).await?;
    Ok(applications.into_iter().map(|a| owned(&users, a)).collect())
}

/// Makes an application and its bot.
///
/// # Errors
/// A form error per field; 30030 at the limit.
pub async fn create(world: &World, actor: &Actor, new: NewApplication) -> Result<Owned> {
    actor.person()?;
    let mut errors = FormErrors::default();
    let name = names::line(&new.name);
    errors.length("name", &name, 1, limits::APPLICATION_NAME);
    let description = new.description.unwrap_or_default();
    errors.length("description", &description, 0, limits::APPLICATION_DESCRIPTION);
    errors.finish()?;
    let mut verify_key = [0; 32];
    getrandom::fill(&mut verify_key).map_err(|e| Error::Internal(e.to_string()))?;
    let id = ApplicationId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let application = Application {
        id,
        owner: actor.user(),
        name: name.clone(),
        description,
        bot_public: true,
        flags: new.flags.unwrap_or(GATEWAY_MESSAGE_CONTENT_LIMITED) & CHANGEABLE_FLAGS,
        verify_key: verify_key.iter().map(|b| format!("{b:02x}")).collect(),
        tags: Vec::new(),
    };
    for username in usernames(&name, id) {
        let created = world.ports.directory.create_application(
            &application,
            &username,
            limits::APPLICATIONS,
            world.ports.clock.now(),
        );
        match created.await? {
            ApplicationCreated::Created(application) => return load(world, application).await,
            ApplicationCreated::TooMany => return Err(Refusal::TooManyApplications.into()),
            ApplicationCreated::UsernameTaken => {}
        }
    }
    Err(FormErrors::one("name", "USERNAME_ALREADY_TAKEN", "No username is free for this name.").into())
}

/// Usernames to try for a bot: the name itself, then with digits of its id.
fn usernames(name: &str, id: ApplicationId) -> Vec<String> {
    let base: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_whitespace() || c == '-' { '_' } else { c })
        .filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
        .take(24)
        .collect();
    let base = if base.len() < 2 { format!("bot_{base}") } else { base };
    let digits = id.get().to_string();
    let short: String = digits.chars().rev().take(6).collect();
    [base.clone(), format!("{base}_{short}"), format!("bot_{digits}")]
        .into_iter()
        .filter_map(|name| names::username(&name).ok())
        .collect()
}

/// One of the actor's applications, or the bot's own.
///
/// # Errors
/// 10002, also for another's.
pub async fn get(world: &World, actor: &Actor, id: ApplicationId) -> Result<Owned> {
    let application = own(world, actor, id).await?;
    load(world, application).await
}

/// The bot's own application.
///
/// # Errors
/// 20002 for people.
pub async fn current(world: &World, actor: &Actor) -> Result<Owned> {
    actor.bot()?;
    get(world, actor, actor.user().application()).await
}

/// Changes an application: by its owner, or by its bot (without the name).
///
/// # Errors
/// 10002, also for another's; a form error per field.
pub async fn change(
    world: &World,
    actor: &Actor,
    id: ApplicationId,
    change: ApplicationChange,
) -> Result<Owned> {
    let before = own(world, actor, id).await?;
    let mut errors = FormErrors::default();
    let mut change = change;
    change.name = change.name.filter(|_| !actor.is_bot()).map(|name| names::line(&name));
    if let Some(name) = &change.name {
        errors.length("name", name, 1, limits::APPLICATION_NAME);
    }
    if let Some(text) = &change.description {
        errors.length("description", text, 0, limits::APPLICATION_DESCRIPTION);
    }
    if let Some(tags) = &change.tags {
        if tags.len() > 5 {
            errors.push("tags", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.");
        }
        for (index, tag) in tags.iter().enumerate() {
            errors.length(&format!("tags.{index}"), tag, 0, 20);
        }
    }
    if let Some(flags) = change.flags {
        change.flags = Some((before.flags & !CHANGEABLE_FLAGS) | (flags & CHANGEABLE_FLAGS));
    }
    errors.finish()?;
    let after =
        world.ports.directory.change_application(id, &change).await?.ok_or(Refusal::UnknownApplication)?;
    load(world, after).await
}

/// Deletes an application: its bot's tokens die at once.
///
/// # Errors
/// 10002, also for another's.
pub async fn delete(world: &World, actor: &Actor, id: ApplicationId) -> Result<()> {
    actor.person()?;
    own(world, actor, id).await?;
    let _announced = announce(world, &[id.bot()]).await;
    let gone = world.ports.directory.delete_application(id).await?.ok_or(Refusal::UnknownApplication)?;
    crate::accounts::sessions::revoked(world, id.bot(), gone).await;
    Ok(())
}

/// A new token for the bot; the old ones die at once.
///
/// # Errors
/// 10002, also for another's.
pub async fn reset_token(world: &World, actor: &Actor, id: ApplicationId) -> Result<String> {
    actor.person()?;
    own(world, actor, id).await?;
    let token = secrets::new_token(id.bot())?;
    let nowhere = std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
    let client = crate::accounts::ClientInfo { os: String::new(), client: "bot".into(), ip: nowhere };
    let new = crate::accounts::sessions::new_device(world, id.bot(), TokenKind::Bot, &token, &client)?;
    let _announced = announce(world, &[id.bot()]).await;
    let gone = world.ports.directory.reset_bot_token(&new).await?;
    crate::accounts::sessions::revoked(world, id.bot(), gone).await;
    Ok(token)
}

/// Renames the bot user.
///
/// # Errors
/// 10002, also for another's; a form error for the name.
pub async fn change_bot(
    world: &World,
    actor: &Actor,
    id: ApplicationId,
    username: Option<String>,
) -> Result<User> {
    actor.person()?;
    own(world, actor, id).await?;
    match username {
        Some(username) => crate::accounts::profile::rename_bot(world, id.bot(), &username).await,
        None => crate::accounts::lookup::user(world, id.bot()).await,
    }
}

/// The application, if it is the actor's or the actor is its bot.
async fn own(world: &World, actor: &Actor, id: ApplicationId) -> Result<Application> {
    let application = world.ports.directory.application(id).await?.ok_or(Refusal::UnknownApplication)?;
    let allowed = if actor.is_bot() { id.bot() == actor.user() } else { application.owner == actor.user() };
    if allowed { Ok(application) } else { Err(Refusal::UnknownApplication.into()) }
}

async fn load(world: &World, application: Application) -> Result<Owned> {
    let users = Users::load(world, [application.owner, application.id.bot()]).await?;
    Ok(owned(&users, application))
}

fn owned(users: &Users, application: Application) -> Owned {
    Owned { owner: users.get(application.owner), bot: users.get(application.id.bot()), application }
}
