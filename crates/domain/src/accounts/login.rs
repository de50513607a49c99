//! Logging in.

use super::{ClientInfo, SignedIn};
use crate::{Error, FormErrors, Result, World};
use std::time::Duration;

/// Signs a device in.
///
/// # Errors
/// `INVALID_LOGIN` under both fields, whatever was wrong and in the same time; throttled by account and by address.
pub async fn login(world: &World, login: &str, password: &str, client: ClientInfo) -> Result<SignedIn> {
    let login = login.trim().to_lowercase();
    let mut errors = FormErrors::default();
    if login.is_empty() {
        errors.required("login");
    }
    if password.is_empty() {
        errors.required("password");
    }
    errors.finish()?;
    if login.len() > 254 || password.chars().count() > model::limits::PASSWORD_MAX {
        return Err(invalid());
    }
    let (by_account, by_address) =
        (format!("login:account:{login}"), format!("login:ip:{}", client.network()));
    world.throttle(&by_address, 30, Duration::from_secs(3600)).await?;
    world.throttle(&by_account, 10, Duration::from_secs(900)).await?;
    let credentials = world.ports.directory.credentials(&login).await?;
    let right =
        world.passwords.verify(password, credentials.as_ref().map(|c| c.password_hash.as_str())).await?;
    let Some(credentials) = credentials.filter(|_| right) else { return Err(invalid()) };
    world.ports.rates.clear(&by_account).await;
    let directory = &world.ports.directory;
    let account = directory.account(credentials.user).await?.ok_or_else(invalid)?;
    let settings = directory.settings(credentials.user).await?;
    let (token, device) = super::sessions::sign_in(world, credentials.user, &client).await?;
    Ok(SignedIn { account, token, device, settings })
}

fn invalid() -> Error {
    let mut errors = FormErrors::default();
    for path in ["login", "password"] {
        errors.push(path, "INVALID_LOGIN", "Login or password is invalid.");
    }
    errors.into()
}
