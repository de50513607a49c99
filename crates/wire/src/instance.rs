//! What a client may know of the server before anybody signs in. Guildhall's own, not Discord's.

use serde::Serialize;

/// Answer of `GET /guildhall/instance`.
#[derive(Debug, Serialize)]
pub struct Instance<'a> {
    /// The server's name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// `open`, `invite` or `closed`.
    pub registration: &'static str,
}
