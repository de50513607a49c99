//! Op 3, and `presence` inside IDENTIFY. Libraries send every shape (protocol A.4): `game` for `activities`, null for
//! lists, objects for `since`. What cannot be read is left out.

use super::clip;
use model::limits::{ACTIVITIES, ACTIVITY_TEXT, URL};
use model::presence::{Activity, Status};
use serde_json::Value;
use serde_json::value::RawValue;

/// The presence that a client asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresenceUpdate {
    /// Its status; `None` for none, for `unknown` and for nonsense: keep what is.
    pub status: Option<Status>,
    /// Its activities. [`Activity::created_ms`] is the given moment unless the client knew better.
    pub activities: Vec<Activity>,
    /// Whether nobody is there.
    pub afk: bool,
}

/// Reads op 3's payload. `now_ms` dates activities.
pub fn parse(d: Option<&RawValue>, now_ms: i64) -> PresenceUpdate {
    super::tree(d).map(|value| from_value(&value, now_ms)).unwrap_or_default()
}

/// Reads a presence from a tree.
pub fn from_value(value: &Value, now_ms: i64) -> PresenceUpdate {
    let list = match value.get("activities") {
        Some(Value::Array(list)) => list.as_slice(),
        _ => value.get("game").map(std::slice::from_ref).unwrap_or_default(),
    };
    PresenceUpdate {
        status: value.get("status").and_then(Value::as_str).and_then(Status::parse),
        activities: list.iter().filter_map(|value| activity(value, now_ms)).take(ACTIVITIES).collect(),
        afk: value.get("afk").and_then(Value::as_bool).unwrap_or(false),
    }
}

fn activity(value: &Value, now_ms: i64) -> Option<Activity> {
    let text = |key| value.get(key).and_then(Value::as_str).map(|text| clip(text, ACTIVITY_TEXT));
    let kind = value.get("type").map_or(Some(0), Value::as_u64).and_then(|kind| u8::try_from(kind).ok())?;
    if kind > 5 {
        return None;
    }
    let name = match text("name") {
        Some(name) if !name.is_empty() => name,
        // Clients leave the name of a custom status out.
        _ if kind == 4 => "Custom Status".to_owned(),
        _ => return None,
    };
    Some(Activity {
        name,
        kind,
        state: text("state"),
        details: text("details"),
        url: value.get("url").and_then(Value::as_str).map(|url| clip(url, URL)),
        created_ms: value.get("created_at").and_then(Value::as_i64).unwrap_or(now_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> PresenceUpdate {
        from_value(&serde_json::from_str(json).unwrap(), 5)
    }

    #[test]
    fn every_librarys_shape_is_read() {
        // discord.js, twilight
        let shown = read(
            r#"{"activities":[{"name":"x","type":2,"url":null}],"status":"idle","since":null,"afk":true}"#,
        );
        assert_eq!((shown.status, shown.afk, shown.activities[0].kind), (Some(Status::Idle), true, 2));
        assert_eq!(shown.activities[0].created_ms, 5);
        // discord.py, hikari
        assert_eq!(read(r#"{"game":{"name":"g","type":0},"status":"dnd"}"#).activities[0].name, "g");
        assert_eq!(read(r#"{"game":null,"status":"online"}"#).activities, []);
        // eris
        assert_eq!(
            read(r#"{"activities":null,"afk":false,"since":0,"status":"offline"}"#).status,
            Some(Status::Offline)
        );
        // serenity
        let since = r#"{"since":{"secs_since_epoch":1,"nanos_since_epoch":2},"activities":[],"status":"online","afk":false}"#;
        assert_eq!(read(since).status, Some(Status::Online));
        // a custom status without a name; nonsense
        assert_eq!(
            read(r#"{"activities":[{"type":4,"state":"hi"}]}"#).activities[0].state.as_deref(),
            Some("hi")
        );
        for junk in [
            "null",
            "7",
            "[]",
            r#"{"status":7,"activities":[1,{},{"name":"a","type":99},{"name":"b","type":-1}]}"#,
        ] {
            assert_eq!(read(junk), PresenceUpdate::default(), "{junk}");
        }
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let many = format!(
            r#"{{"activities":[{}{{"name":"y"}}]}}"#,
            format!(r#"{{"name":"{}"}},"#, "x".repeat(500)).repeat(20)
        );
        let shown = read(&many);
        assert_eq!((shown.activities.len(), shown.activities[0].name.len()), (ACTIVITIES, ACTIVITY_TEXT));
    }
}
