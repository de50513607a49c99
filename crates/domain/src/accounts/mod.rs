//! Accounts and devices.

pub mod guild_settings;
pub mod login;
pub mod lookup;
pub mod operator;
pub mod profile;
pub mod register;
pub mod sessions;
pub mod settings;

use model::DeviceId;
use model::settings::Settings;
use model::user::Account;
use std::net::IpAddr;

/// What a client says of itself when it signs in.
#[derive(Debug, Clone)]
pub struct ClientInfo {
    /// Operating system.
    pub os: String,
    /// Client or browser.
    pub client: String,
    /// Where it calls from.
    pub ip: IpAddr,
}

impl ClientInfo {
    /// The key under which attempts from here are counted: the address, or its /64 for IPv6.
    pub(crate) fn network(&self) -> String {
        match self.ip.to_canonical() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// A client that signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account.
    pub account: Account,
    /// The token, shown this once.
    pub token: String,
    /// The new device.
    pub device: DeviceId,
    /// The account's settings.
    pub settings: Settings,
}
