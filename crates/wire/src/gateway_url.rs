//! Where the gateway is.

use serde::Serialize;

/// Answer of `GET /gateway`.
#[derive(Debug, Serialize)]
pub struct Gateway<'a> {
    /// The address, without a trailing slash or query: libraries append their own.
    pub url: &'a str,
}

/// Answer of `GET /gateway/bot`.
#[derive(Debug, Serialize)]
pub struct GatewayBot<'a> {
    /// The address.
    pub url: &'a str,
    /// How many shards to start.
    pub shards: u32,
    /// How often the bot may identify.
    pub session_start_limit: SessionStartLimit,
}

/// How often a bot may identify.
#[derive(Debug, Serialize)]
pub struct SessionStartLimit {
    /// In a day.
    pub total: u32,
    /// Left of today's.
    pub remaining: u32,
    /// Milliseconds until the day ends.
    pub reset_after: u32,
    /// At once, in five seconds.
    pub max_concurrency: u32,
}
