//! What the operator does from the command line, without a token: being on the machine is the right.

use super::register::{check_email, check_password, check_username, create};
use crate::{Error, FormErrors, Refusal, Result, World, secrets};
use model::UserId;
use model::user::{Account, AccountSummary};
use ports::directory::accounts::NewAccount;

/// Makes an account, whatever the registration policy.
///
/// # Errors
/// A form error per field.
pub async fn create_account(
    world: &World,
    username: &str,
    email: Option<&str>,
    password: &str,
) -> Result<Account> {
    let mut errors = FormErrors::default();
    let username = check_username(&mut errors, username);
    if let Some(email) = email {
        check_email(&mut errors, email);
    }
    check_password(&mut errors, "password", password, &[&username]);
    errors.finish()?;
    let new = NewAccount {
        id: UserId::new(world.mint()?).ok_or(Error::Unavailable)?,
        username,
        global_name: None,
        email: email.map(str::to_lowercase),
        password_hash: world.passwords.hash(password).await?,
        code: None,
        at: world.ports.clock.now(),
    };
    create(world, new).await
}

/// Sets a password and ends all of the account's devices.
///
/// # Errors
/// 10013 if nobody has this username; a form error for a weak password.
pub async fn reset_password(world: &World, username: &str, password: &str) -> Result<()> {
    let mut errors = FormErrors::default();
    check_password(&mut errors, "password", password, &[username]);
    errors.finish()?;
    let user = world.ports.directory.user_by_name(&username.to_lowercase()).await?.filter(|user| !user.bot);
    let user = user.ok_or(Refusal::UnknownUser)?;
    let hash = world.passwords.hash(password).await?;
    let _announced = crate::audience::announce(world, &[user.id]).await;
    let gone = world.ports.directory.set_password(user.id, &hash, None).await?;
    super::sessions::revoked(world, user.id, gone).await;
    Ok(())
}

/// A page of accounts above `after`.
///
/// # Errors
/// Store errors only.
pub async fn list(world: &World, after: Option<UserId>, limit: usize) -> Result<Vec<AccountSummary>> {
    Ok(world.ports.directory.accounts(after, limit).await?)
}

/// A registration code that works `uses` times within `days`.
///
/// # Errors
/// Store errors only.
pub async fn invite(world: &World, uses: u32, days: u32) -> Result<String> {
    let (code, hash) = secrets::new_code()?;
    let expires = world.ports.clock.now().plus_seconds(i64::from(days) * 86_400);
    world.ports.directory.create_code(hash, uses, expires).await?;
    Ok(code)
}
