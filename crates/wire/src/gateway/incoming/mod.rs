//! What clients send: one file per opcode. Reading is lenient, as the libraries need (protocol A.4).

pub mod guild_subscriptions;
pub mod heartbeat;
pub mod identify;
pub mod presence_update;
pub mod request_guild_members;
pub mod resume;
pub mod voice_state_update;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A frame whose payload is not read yet.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    /// The opcode.
    pub op: u64,
    /// The payload; `None` for null and for an absent one.
    #[serde(borrow, default)]
    pub d: Option<&'a RawValue>,
}

/// Reads a frame's envelope.
///
/// # Errors
/// It is not a JSON object with an opcode.
pub fn parse(bytes: &[u8]) -> Result<Frame<'_>, serde_json::Error> {
    // A struct can also be read from an array of its fields, which no client means.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(serde::de::Error::custom("not an object"));
    }
    serde_json::from_slice(bytes)
}

/// The payload as a tree; `None` for what cannot be one (too deep).
pub(crate) fn tree(d: Option<&RawValue>) -> Option<serde_json::Value> {
    serde_json::from_str(d?.get()).ok()
}

/// At most so many code points of a text.
pub(crate) fn clip(text: &str, points: usize) -> String {
    text.chars().take(points).collect()
}

/// An id in either spelling.
pub(crate) fn id(value: &serde_json::Value) -> Option<u64> {
    match value {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
    .filter(|&id| id > 0)
}

/// One or many ids, at most `limit`; what is no id is left out.
pub(crate) fn ids(value: Option<&serde_json::Value>, limit: usize) -> Vec<u64> {
    match value {
        Some(serde_json::Value::Array(list)) => list.iter().filter_map(id).take(limit).collect(),
        Some(one) => id(one).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_are_read_in_any_key_order() {
        let frame = parse(br#"{"d":{"a":[1,2]},"t":null,"s":null,"op":3,"x":1}"#).unwrap();
        assert_eq!((frame.op, frame.d.unwrap().get()), (3, r#"{"a":[1,2]}"#));
        assert!(parse(br#"{"op":1,"d":null}"#).unwrap().d.is_none());
        assert!(parse(br#"{"op":1}"#).unwrap().d.is_none());
        for bad in [
            &b""[..],
            b"[]",
            b"[1]",
            b"{}",
            b"null",
            br#"{"op":"1"}"#,
            br#"{"op":-1}"#,
            br#"{"op":1"#,
            b"\xff",
            br#"{"op":1}x"#,
        ] {
            assert!(parse(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn deep_nesting_is_no_tree_and_no_crash() {
        let deep = format!(r#"{{"op":2,"d":{}{}}}"#, "[".repeat(8000), "]".repeat(8000));
        if let Ok(frame) = parse(deep.as_bytes()) {
            assert!(tree(frame.d).is_none());
        }
    }
}
