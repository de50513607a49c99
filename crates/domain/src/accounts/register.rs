//! Registering.

use super::{ClientInfo, SignedIn};
use crate::guilds::invites;
use crate::{Error, FormErrors, Refusal, Registration, Result, World, secrets};
use model::names::{self, UsernameFault};
use model::settings::Settings;
use model::{UserId, limits};
use ports::directory::accounts::{NewAccount, Registered};
use std::time::Duration;

/// What a newcomer fills in.
#[derive(Debug, Clone, Default)]
pub struct NewRegistration {
    /// Username; made of the display name if absent.
    pub username: Option<String>,
    /// Display name.
    pub global_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Password.
    pub password: String,
    /// Registration code, or the code of a guild's invite.
    pub invite: Option<String>,
    /// Consent to the terms.
    pub consent: bool,
}

/// Makes an account and signs its first device in. Where no code is needed, it comes into the guild whose invite the
/// newcomer had.
///
/// # Errors
/// A form error per field; registration closed; throttled by address.
pub async fn register(world: &World, form: NewRegistration, client: ClientInfo) -> Result<SignedIn> {
    if world.policy.registration == Registration::Closed {
        return Err(Refusal::RegistrationClosed.into());
    }
    let invite = form.invite.clone().filter(|_| world.policy.registration == Registration::Open);
    let new = check(world, form).await?;
    world.throttle(&format!("register:{}", client.network()), 5, Duration::from_secs(3600)).await?;
    let account = create(world, new).await?;
    let (token, device) = super::sessions::sign_in(world, account.user.id, &client).await?;
    if let Some(invite) = invite
        && let Err(error) = invites::come_in(world, account.user.id, invite.trim()).await
    {
        // The account is there; by an invite that holds one may still come in.
        tracing::debug!(%error, "a newcomer's invite did not let it in");
    }
    Ok(SignedIn { account, token, device, settings: Settings::default() })
}

async fn check(world: &World, form: NewRegistration) -> Result<NewAccount> {
    let mut errors = FormErrors::default();
    let global_name = form.global_name.as_deref().map(names::line).filter(|name| !name.is_empty());
    if let Some(name) = &global_name {
        errors.length("global_name", name, 1, limits::DISPLAY_NAME);
    }
    let username = match (form.username.as_deref(), &global_name) {
        (Some(username), _) => check_username(&mut errors, username),
        (None, Some(name)) => check_username(&mut errors, &name.replace(' ', "_")),
        (None, None) => {
            errors.required("username");
            String::new()
        }
    };
    let email = form.email.as_deref().map(str::trim).filter(|email| !email.is_empty()).map(str::to_lowercase);
    if let Some(email) = &email {
        check_email(&mut errors, email);
    }
    check_password(
        &mut errors,
        "password",
        &form.password,
        &[&username, global_name.as_deref().unwrap_or_default()],
    );
    if !form.consent {
        errors.push("consent", "CONSENT_REQUIRED", "You must agree to the terms to create an account.");
    }
    let code = form.invite.as_deref().map(str::trim).filter(|code| !code.is_empty());
    if world.policy.registration == Registration::Invite && code.is_none() {
        errors.push(
            "invite",
            "BASE_TYPE_REQUIRED",
            "This server is invite-only: ask its operator for a code.",
        );
    }
    errors.finish()?;
    let id = UserId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let code = match world.policy.registration {
        Registration::Invite => code.map(secrets::code_hash),
        Registration::Open | Registration::Closed => None,
    };
    Ok(NewAccount {
        id,
        username,
        global_name,
        email,
        password_hash: world.passwords.hash(&form.password).await?,
        code,
        at: world.ports.clock.now(),
    })
}

pub(super) async fn create(world: &World, new: NewAccount) -> Result<model::user::Account> {
    let error = match world.ports.directory.create_account(&new).await? {
        Registered::Created(account) => return Ok(account),
        Registered::UsernameTaken => username_taken(),
        Registered::EmailTaken => email_taken(),
        Registered::CodeInvalid => {
            FormErrors::one("invite", "INVITE_INVALID", "This code is unknown, used up or too old.")
        }
    };
    Err(error.into())
}

pub(super) fn username_taken() -> FormErrors {
    FormErrors::one(
        "username",
        "USERNAME_ALREADY_TAKEN",
        "Username is unavailable. Try adding numbers, letters, underscores or periods.",
    )
}

pub(super) fn email_taken() -> FormErrors {
    FormErrors::one("email", "EMAIL_ALREADY_REGISTERED", "Email is already registered.")
}

/// The username in its stored form; a fault is noted under `username`.
pub(super) fn check_username(errors: &mut FormErrors, text: &str) -> String {
    match names::username(text) {
        Ok(name) => name,
        Err(fault) => {
            let (code, message) = match fault {
                UsernameFault::Length => ("BASE_TYPE_BAD_LENGTH", "Must be between 2 and 32 in length."),
                UsernameFault::Characters => (
                    "USERNAME_INVALID_CHARACTERS",
                    "Please only use numbers, letters, underscores _ or periods.",
                ),
                UsernameFault::Dots => {
                    ("USERNAME_INVALID_REPEATING_PERIOD", "Username cannot contain consecutive periods.")
                }
                UsernameFault::Reserved => ("USERNAME_INVALID_RESERVED", "This username is reserved."),
            };
            errors.push("username", code, message);
            String::new()
        }
    }
}

pub(super) fn check_email(errors: &mut FormErrors, email: &str) {
    let plausible = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@'));
    if !plausible {
        errors.push("email", "EMAIL_TYPE_INVALID_EMAIL", "Not a well formed email address.");
    }
}

/// Length, and what a guesser would try early (zxcvbn 3 or more); no rules of composition.
pub(super) fn check_password(errors: &mut FormErrors, path: &str, password: &str, inputs: &[&str]) {
    let password = names::password(password);
    let length = password.chars().count();
    if !(limits::PASSWORD_MIN..=limits::PASSWORD_MAX).contains(&length) {
        errors.length(path, &password, limits::PASSWORD_MIN, limits::PASSWORD_MAX);
        return;
    }
    // A long prefix decides as well as the whole, and costs a bounded time.
    let prefix: String = password.chars().take(64).collect();
    let inputs: Vec<&str> = inputs.iter().copied().filter(|input| !input.is_empty()).collect();
    if zxcvbn::zxcvbn(&prefix, &inputs).score() < zxcvbn::Score::Three {
        errors.push(
            path,
            "PASSWORD_BAD_PASSWORD",
            "Password is too weak or common to use: a few unusual words make a good one.",
        );
    }
}
