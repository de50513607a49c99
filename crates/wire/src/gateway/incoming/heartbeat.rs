//! Op 1, and op 40 of user clients.

use serde_json::Value;
use serde_json::value::RawValue;

/// The last sequence number that the client saw: op 1 sends it bare, op 40 in `seq`. `None` if it saw none or says
/// something else, which is no reason to close: what counts is that it is there.
pub fn seen(d: Option<&RawValue>) -> Option<u64> {
    match super::tree(d)? {
        Value::Object(map) => map.get("seq")?.as_u64(),
        other => other.as_u64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shapes_are_heartbeats() {
        for (d, want) in [
            ("null", None),
            ("5", Some(5)),
            (r#"{"seq":7,"qos":{}}"#, Some(7)),
            ("\"x\"", None),
            ("-1", None),
        ] {
            let frame = format!(r#"{{"op":1,"d":{d}}}"#);
            assert_eq!(seen(super::super::parse(frame.as_bytes()).unwrap().d), want, "{d}");
        }
    }
}
