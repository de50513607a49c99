//! Op 2.

use super::clip;
use super::presence_update::{self, PresenceUpdate};
use serde_json::Value;
use serde_json::value::RawValue;

/// The longest text that is kept of what a client says of itself.
const PROPERTY: usize = 64;

/// Capability: `read_state` as an object with a version.
pub const VERSIONED_READ_STATES: u64 = 1 << 2;
/// Capability: `user_guild_settings` as an object with a version.
pub const VERSIONED_USER_GUILD_SETTINGS: u64 = 1 << 3;

/// A client that wants a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identify {
    /// The token, without a `Bot ` before it.
    pub token: String,
    /// Whether `Bot ` stood before it.
    pub says_bot: bool,
    /// `properties.os`.
    pub os: String,
    /// `properties.browser`.
    pub browser: String,
    /// The intents; `None` if it gave none. What is no number has all bits set, so that no rule allows it.
    pub intents: Option<u64>,
    /// Which shard of how many; `None` if it gave none. What cannot be read is shard 0 of 0, which no rule allows.
    pub shard: Option<(u64, u64)>,
    /// More members than this make a guild large: 50 to 250, 50 if it says nothing else.
    pub large_threshold: u64,
    /// The presence to start with; `None` if it gave none.
    pub presence: Option<PresenceUpdate>,
    /// Bits of user clients (protocol A.11).
    pub capabilities: u64,
}

/// Reads the payload; nothing but the token is needed. `None` without one.
pub fn parse(d: Option<&RawValue>, now_ms: i64) -> Option<Identify> {
    let value = super::tree(d)?;
    let (token, says_bot) = token(&value)?;
    // discordgo puts a `$` before the names, as Discord did long ago.
    let property = |name: &str, old: &str| {
        let properties = value.get("properties");
        let text = properties.and_then(|p| p.get(name).or_else(|| p.get(old))).and_then(Value::as_str);
        clip(text.unwrap_or_default(), PROPERTY)
    };
    Some(Identify {
        token,
        says_bot,
        os: property("os", "$os"),
        browser: property("browser", "$browser"),
        intents: value.get("intents").filter(|v| !v.is_null()).map(|v| number(v).unwrap_or(u64::MAX)),
        shard: value.get("shard").filter(|v| !v.is_null()).map(|v| shard(v).unwrap_or((0, 0))),
        large_threshold: value.get("large_threshold").and_then(number).unwrap_or(50).clamp(50, 250),
        presence: value
            .get("presence")
            .filter(|v| v.is_object())
            .map(|v| presence_update::from_value(v, now_ms)),
        capabilities: value.get("capabilities").and_then(number).unwrap_or(0),
    })
}

/// The token without the prefix that half of the libraries send, and whether there was one.
pub(super) fn token(value: &Value) -> Option<(String, bool)> {
    let text = value.get("token")?.as_str()?.trim();
    let (token, says_bot) = text.strip_prefix("Bot ").map_or((text, false), |token| (token.trim(), true));
    Some((token.to_owned(), says_bot))
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn shard(value: &Value) -> Option<(u64, u64)> {
    match value.as_array()?.as_slice() {
        [id, count] => Some((number(id)?, number(count)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::presence::Status;

    fn read(d: &str) -> Option<Identify> {
        let frame = format!(r#"{{"op":2,"d":{d}}}"#);
        parse(super::super::parse(frame.as_bytes()).unwrap().d, 5)
    }

    #[test]
    fn every_librarys_identify_is_read() {
        let table = [
            // discord.js 14
            r#"{"token":"a.b.c","intents":512,"compress":false,"large_threshold":50,"shard":[0,1],"properties":{"os":"linux","browser":"@discordjs/ws 1.2.3","device":"@discordjs/ws 1.2.3"}}"#,
            // discord.py 2.7
            r#"{"token":"a.b.c","properties":{"os":"linux","browser":"discord.py","device":"discord.py"},"compress":true,"large_threshold":250,"intents":512,"shard":[0,1],"presence":{"status":"online","game":null,"since":0,"afk":false}}"#,
            // hikari
            r#"{"token":"a.b.c","compress":false,"large_threshold":250,"properties":{"os":"linux","browser":"hikari","device":"hikari"},"shard":[0,1],"intents":512,"capabilities":0,"presence":{"since":null,"afk":false,"status":"online","game":null}}"#,
            // eris
            r#"{"token":"Bot a.b.c","v":10,"compress":false,"large_threshold":250,"intents":512,"shard":[0,1],"presence":{"activities":null,"afk":false,"since":0,"status":"offline"},"properties":{"os":"linux","browser":"Eris","device":"Eris"}}"#,
            // serenity
            r#"{"token":"Bot a.b.c","compress":true,"large_threshold":250,"shard":[0,1],"intents":512,"properties":{"browser":"serenity","device":"serenity","os":"linux"},"presence":{"afk":false,"status":"online","since":{"secs_since_epoch":1700000000,"nanos_since_epoch":5},"activities":[]}}"#,
            // twilight
            r#"{"token":"Bot a.b.c","compress":false,"intents":512,"large_threshold":50,"presence":null,"properties":{"browser":"twilight.rs","device":"twilight.rs","os":"linux"},"shard":[0,1]}"#,
            // discordgo
            r#"{"token":"Bot a.b.c","properties":{"$os":"linux","$browser":"DiscordGo","$device":"","$referer":"","$referring_domain":""},"compress":true,"large_threshold":250,"intents":512,"shard":[0,1]}"#,
            // JDA
            r#"{"token":"a.b.c","presence":{"status":"online","activities":[],"afk":false,"since":null},"properties":{"os":"linux","browser":"JDA","device":"JDA"},"large_threshold":250,"intents":512,"shard":[0,1]}"#,
        ];
        for payload in table {
            let identify = read(payload).unwrap();
            assert_eq!(identify.token, "a.b.c", "{payload}");
            assert_eq!(identify.says_bot, payload.contains("Bot "), "{payload}");
            assert_eq!((identify.intents, identify.shard), (Some(512), Some((0, 1))), "{payload}");
            assert_eq!(identify.os, "linux", "{payload}");
            assert!(!identify.browser.is_empty(), "{payload}");
        }
    }

    #[test]
    fn a_token_is_enough_and_needed() {
        let bare = read(r#"{"token":"a.b.c"}"#).unwrap();
        assert_eq!((bare.intents, bare.shard, bare.presence, bare.capabilities), (None, None, None, 0));
        for bad in ["null", "{}", "[]", "7", r#"{"token":7}"#, r#"{"token":null}"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn nonsense_is_kept_as_something_that_no_rule_allows() {
        for intents in ["-1", "\"x\"", "{}", "1.5"] {
            let read = read(&format!(r#"{{"token":"t","intents":{intents}}}"#)).unwrap();
            assert_eq!(read.intents, Some(u64::MAX), "{intents}");
        }
        for shard in ["[]", "[1]", "[-1,2]", "\"x\"", "[1,2,3]", "[null,1]"] {
            let read = read(&format!(r#"{{"token":"t","shard":{shard}}}"#)).unwrap();
            assert_eq!(read.shard, Some((0, 0)), "{shard}");
        }
        assert_eq!(read(r#"{"token":"t","presence":7,"properties":[]}"#).unwrap().presence, None);
        let odd = read(r#"{"token":"t","presence":{"status":"offline"},"capabilities":"12"}"#).unwrap();
        assert_eq!((odd.presence.unwrap().status, odd.capabilities), (Some(Status::Offline), 12));
    }
}
