//! Registering, signing in, and the devices that are signed in.

use crate::settings::{self, SettingsObject};
use crate::sf::Sf;
use crate::timestamp::Ts;
use model::UserId;
use model::device::Device;
use model::settings::Settings;
use serde::{Deserialize, Serialize};

/// Body of `POST /auth/register`.
#[derive(Deserialize)]
pub struct Register {
    /// The wanted username.
    pub username: Option<String>,
    /// The wanted display name.
    pub global_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Password.
    pub password: String,
    /// A code of the operator's, where registration is by invitation.
    pub invite: Option<String>,
    /// Whether the terms were accepted.
    pub consent: Option<bool>,
}

/// Answer to [`Register`].
#[derive(Serialize)]
pub struct Registered<'a> {
    /// The new device's token.
    pub token: &'a str,
    /// Whose it is. Discord leaves it out; clients that know it save a call.
    pub user_id: Sf<UserId>,
    /// Always false: nothing is verified.
    pub show_verification_form: bool,
}

/// Body of `POST /auth/login`.
#[derive(Deserialize)]
pub struct Login {
    /// Username or e-mail address.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Answer to [`Login`].
#[derive(Serialize)]
pub struct LoggedIn<'a> {
    user_id: Sf<UserId>,
    token: &'a str,
    user_settings: SettingsObject<'a>,
}

/// Shows that somebody signed in.
pub fn logged_in<'a>(user: UserId, token: &'a str, settings: &'a Settings) -> LoggedIn<'a> {
    LoggedIn { user_id: Sf(user), token, user_settings: settings::render(settings) }
}

/// Answer of `GET /auth/sessions`.
#[derive(Debug, Serialize)]
pub struct AuthSessions<'a> {
    /// The caller's devices.
    pub user_sessions: Vec<AuthSession<'a>>,
}

/// A signed-in device.
#[derive(Debug, Serialize)]
pub struct AuthSession<'a> {
    id_hash: String,
    approx_last_used_time: Ts,
    client_info: AuthClientInfo<'a>,
}

#[derive(Debug, Serialize)]
struct AuthClientInfo<'a> {
    os: &'a str,
    platform: &'a str,
    location: (),
}

/// Shows a device under its public hash.
pub fn session(device: &Device, id_hash: String) -> AuthSession<'_> {
    AuthSession {
        id_hash,
        approx_last_used_time: Ts(device.last_used),
        client_info: AuthClientInfo { os: &device.os, platform: &device.client, location: () },
    }
}

/// Body of `POST /auth/sessions/logout`.
#[derive(Debug, Deserialize)]
pub struct SessionsLogout {
    /// The devices' hashes.
    pub session_id_hashes: Vec<String>,
}
