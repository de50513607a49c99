//! RATE_LIMITED: a command was refused for a while.

use super::Rendered;
use crate::Sf;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "RATE_LIMITED";

#[derive(Serialize)]
struct RateLimited<'a> {
    opcode: u8,
    retry_after: f64,
    meta: Meta<'a>,
}

#[derive(Serialize)]
struct Meta<'a> {
    guild_id: Sf<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// The event for one who asked for all members of a guild again too soon; `retry_after` is in seconds.
pub fn members(guild: u64, nonce: Option<&str>, retry_after: f64) -> Rendered {
    let opcode = crate::gateway::opcode::REQUEST_GUILD_MEMBERS;
    super::json(NAME, &RateLimited { opcode, retry_after, meta: Meta { guild_id: Sf(guild), nonce } })
}
