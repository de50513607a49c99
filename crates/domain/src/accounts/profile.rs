//! The actor's own account, and what one sees of others.

use super::lookup::Users;
use super::register::{
    check_email, check_password, check_username, email_taken, username_taken as name_taken,
};
use crate::audience::{announce, tell};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::event::Event;
use model::user::{Account, AccountChange, User};
use model::{UserId, limits, names};
use ports::directory::accounts::Changed;

/// The actor's account.
///
/// # Errors
/// `Unauthorized` if it is gone.
pub async fn me(world: &World, actor: &Actor) -> Result<Account> {
    world.ports.directory.account(actor.user()).await?.ok_or(Error::Unauthorized)
}

/// Changes of the own account; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct MeChange {
    /// Username; needs `password`.
    pub username: Option<String>,
    /// Display name.
    pub global_name: Option<Option<String>>,
    /// E-mail address; needs `password`.
    pub email: Option<Option<String>>,
    /// The present password.
    pub password: Option<String>,
    /// The new password; needs `password`, and ends all other devices.
    pub new_password: Option<String>,
    /// Profile text.
    pub bio: Option<String>,
    /// Pronouns.
    pub pronouns: Option<String>,
    /// Profile colour.
    pub accent_color: Option<Option<u32>>,
}

/// Changes the own account; with a new password also the token, which is in the answer.
///
/// # Errors
/// A form error per field; `PASSWORD_DOES_NOT_MATCH`.
pub async fn change_me(world: &World, actor: &Actor, change: MeChange) -> Result<(Account, Option<String>)> {
    let before = me(world, actor).await?;
    let mut errors = FormErrors::default();
    let mut next = AccountChange::default();
    if let Some(text) = &change.username {
        let name = check_username(&mut errors, text);
        next.username = Some(name).filter(|name| *name != before.user.username);
    }
    if let Some(name) = change.global_name {
        next.global_name = Some(clean(&mut errors, "global_name", name, limits::DISPLAY_NAME));
    }
    if let Some(email) = change.email {
        let email = email.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
        if let Some(email) = &email {
            check_email(&mut errors, email);
        }
        next.email = Some(email).filter(|email| *email != before.email);
    }
    profile_fields(&mut errors, &mut next, change.bio, change.pronouns, change.accent_color);
    if let Some(new) = &change.new_password {
        check_password(&mut errors, "new_password", new, &[&before.user.username]);
    }
    errors.finish()?;
    let sensitive = next.username.is_some() || next.email.is_some() || change.new_password.is_some();
    if sensitive && !actor.is_bot() {
        confirm_password(world, actor, change.password.as_deref()).await?;
    }
    let account = apply(world, actor.user(), &next).await?;
    let token = match change.new_password.filter(|_| !actor.is_bot()) {
        Some(new) => Some(change_password(world, actor, &new).await?),
        None => None,
    };
    Ok((account, token))
}

async fn confirm_password(world: &World, actor: &Actor, password: Option<&str>) -> Result<()> {
    let Some(password) = password else {
        return Err(FormErrors::one("password", "BASE_TYPE_REQUIRED", "This field is required").into());
    };
    let key = format!("confirm:{}", actor.user());
    world.throttle(&key, 10, std::time::Duration::from_secs(900)).await?;
    let credentials = world.ports.directory.credentials_of(actor.user()).await?;
    if !world.passwords.verify(password, credentials.as_ref().map(|c| c.password_hash.as_str())).await? {
        return Err(FormErrors::one("password", "PASSWORD_DOES_NOT_MATCH", "Password does not match.").into());
    }
    world.ports.rates.clear(&key).await;
    Ok(())
}

/// Sets the password, ends every device and signs this one in again: no token from before it works.
async fn change_password(world: &World, actor: &Actor, new: &str) -> Result<String> {
    let hash = world.passwords.hash(new).await?;
    let device =
        world.ports.directory.devices(actor.user()).await?.into_iter().find(|d| d.id == actor.device());
    let _announced = announce(world, &[actor.user()]).await;
    let gone = world.ports.directory.set_password(actor.user(), &hash, None).await?;
    super::sessions::revoked(world, actor.user(), gone).await;
    let (os, client) = device.map(|d| (d.os, d.client)).unwrap_or_default();
    let client = super::ClientInfo { os, client, ip: std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED) };
    Ok(super::sessions::sign_in(world, actor.user(), &client).await?.0)
}

/// Changes of the profile; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// Profile text.
    pub bio: Option<String>,
    /// Pronouns.
    pub pronouns: Option<String>,
    /// Profile colour.
    pub accent_color: Option<Option<u32>>,
}

/// Changes the own profile.
///
/// # Errors
/// A form error per field; 20001 for bots.
pub async fn change_profile(world: &World, actor: &Actor, change: ProfileChange) -> Result<Account> {
    actor.person()?;
    let mut errors = FormErrors::default();
    let mut next = AccountChange::default();
    profile_fields(&mut errors, &mut next, change.bio, change.pronouns, change.accent_color);
    errors.finish()?;
    apply(world, actor.user(), &next).await
}

fn profile_fields(
    errors: &mut FormErrors,
    next: &mut AccountChange,
    bio: Option<String>,
    pronouns: Option<String>,
    accent_color: Option<Option<u32>>,
) {
    if let Some(bio) = bio {
        errors.length("bio", &bio, 0, limits::BIO);
        next.bio = Some(bio);
    }
    if let Some(pronouns) = pronouns {
        next.pronouns = Some(clean(errors, "pronouns", Some(pronouns), limits::PRONOUNS).unwrap_or_default());
    }
    if let Some(Some(color)) = accent_color
        && color > 0xff_ffff
    {
        errors.push("accent_color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.");
    }
    next.accent_color = accent_color;
}

fn clean(errors: &mut FormErrors, path: &str, text: Option<String>, max: usize) -> Option<String> {
    let text = text.map(|text| names::line(&text)).filter(|text| !text.is_empty())?;
    errors.length(path, &text, 0, max);
    Some(text)
}

async fn apply(world: &World, id: UserId, change: &AccountChange) -> Result<Account> {
    if *change == AccountChange::default() {
        return world.ports.directory.account(id).await?.ok_or(Error::Unauthorized);
    }
    let _announced = announce(world, &[id]).await;
    let account = match world.ports.directory.change_account(id, change).await? {
        Changed::Account(account) => account,
        Changed::UsernameTaken => return Err(name_taken().into()),
        Changed::EmailTaken => return Err(email_taken().into()),
        Changed::Absent => return Err(Refusal::UnknownUser.into()),
    };
    tell(world, &[id], Event::UserUpdate(Box::new(account.clone())));
    crate::presence::tell_friends(world, &account.user).await?;
    Ok(account)
}

/// Changes a bot's name, for its owner.
pub(crate) async fn rename_bot(world: &World, bot: UserId, username: &str) -> Result<User> {
    let mut errors = FormErrors::default();
    let username = check_username(&mut errors, username);
    errors.finish()?;
    let change = AccountChange { username: Some(username), ..AccountChange::default() };
    Ok(apply(world, bot, &change).await?.user)
}

/// What one sees on a user's profile.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// Profile text.
    pub bio: String,
    /// Pronouns.
    pub pronouns: String,
    /// Friends of both.
    pub mutual_friends: Vec<User>,
}

/// A user's profile.
///
/// # Errors
/// 20001 for bots; 10013 for nobody and for strangers alike.
pub async fn profile(world: &World, actor: &Actor, user: UserId) -> Result<Profile> {
    actor.person()?;
    related(world, actor, user).await?;
    let account = world.ports.directory.account(user).await?.ok_or(Refusal::UnknownUser)?;
    let mutual_friends = if user == actor.user() {
        Vec::new()
    } else {
        crate::relationships::common_friends(world, actor.user(), user).await?
    };
    Ok(Profile { user: account.user, bio: account.bio, pronouns: account.pronouns, mutual_friends })
}

/// A user: any for bots, for people one that they have something to do with.
///
/// # Errors
/// 10013 for nobody and for strangers alike.
pub async fn user(world: &World, actor: &Actor, user: UserId) -> Result<User> {
    if !actor.is_bot() {
        related(world, actor, user).await?;
    }
    let found = Users::load(world, [user]).await?.get(user);
    if found == User::deleted(user) { Err(Refusal::UnknownUser.into()) } else { Ok(found) }
}

/// That the actor has something to do with this user: oneself, a row in the own list, an own bot, a shared channel.
async fn related(world: &World, actor: &Actor, user: UserId) -> Result<()> {
    let directory = &world.ports.directory;
    if user == actor.user() || directory.relationship(actor.user(), user).await?.is_some() {
        return Ok(());
    }
    if directory.users(&[user]).await?.first().is_some_and(|found| found.bot_owner == Some(actor.user())) {
        return Ok(());
    }
    let mine = directory.private_memberships(actor.user()).await?;
    let theirs = directory.private_memberships(user).await?;
    let theirs: std::collections::HashSet<_> = theirs.into_iter().collect();
    if mine.iter().any(|id| theirs.contains(id)) { Ok(()) } else { Err(Refusal::UnknownUser.into()) }
}

/// Whether somebody has this username; names that nobody may have count as taken.
///
/// # Errors
/// A form error for text that is no username.
pub async fn username_taken(world: &World, username: &str) -> Result<bool> {
    let mut errors = FormErrors::default();
    let name = check_username(&mut errors, username);
    errors.finish()?;
    Ok(world.ports.directory.user_by_name(&name).await?.is_some())
}
