//! Error bodies.

use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

/// Discord's error body: `{"message", "code", "errors"?}`.
#[derive(Debug, serde::Serialize)]
pub struct ErrorBody<'a> {
    /// What a person reads.
    pub message: &'a str,
    /// Discord's code; 0 for the ones that have none.
    pub code: u32,
    /// The faults of a form, for code 50035.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<FormTree>,
}

/// The body of a 429.
#[derive(Debug, serde::Serialize)]
pub struct RateLimitBody {
    /// Always the same text.
    pub message: &'static str,
    /// Seconds, with decimals.
    pub retry_after: f64,
    /// Whether every route is limited.
    pub global: bool,
    /// Always 0; present because Discord's schema asks for it.
    pub code: u32,
}

impl RateLimitBody {
    /// One route is limited for so many seconds.
    pub const fn route(retry_after: f64) -> Self {
        Self { message: "You are being rate limited.", retry_after, global: false, code: 0 }
    }
}

/// One fault of a field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// Discord's code, such as `BASE_TYPE_MAX_LENGTH`.
    pub code: String,
    /// What a person reads.
    pub message: String,
}

/// The faults of a form as Discord nests them: `embeds.0.title` becomes
/// `{"embeds":{"0":{"title":{"_errors":[...]}}}}`, and the empty path `{"_errors":[...]}`.
#[derive(Debug, Default)]
pub struct FormTree {
    errors: Vec<FieldError>,
    fields: BTreeMap<String, FormTree>,
}

/// Deeper paths end here, so that a tree is never deeper than a stack is.
const DEPTH: usize = 32;

impl FormTree {
    /// Adds a fault of the field at a dotted path.
    pub fn push(&mut self, path: &str, code: impl Into<String>, message: impl Into<String>) {
        let mut node = self;
        for segment in path.split('.').filter(|segment| !segment.is_empty()).take(DEPTH) {
            node = node.fields.entry(segment.to_owned()).or_default();
        }
        node.errors.push(FieldError { code: code.into(), message: message.into() });
    }
}

impl Serialize for FormTree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.errors.is_empty() {
            map.serialize_entry("_errors", &self.errors)?;
        }
        for (name, node) in &self.fields {
            map.serialize_entry(name, node)?;
        }
        map.end()
    }
}

/// A message for `serde::de::Error::custom` that [`fault`] takes apart again.
pub fn coded(code: &str, message: &str) -> String {
    format!("{code}: {message}")
}

/// The path, code and message of the fault that serde found in a request, in Discord's words.
pub fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> (String, FieldError) {
    let path = dotted(error.path());
    let text = error.inner().to_string();
    // serde_json appends " at line 1 column 2".
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let text: String = text.chars().take(256).collect();

    if let Some((code, message)) = text.split_once(": ")
        && code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    {
        return (path, FieldError { code: code.to_owned(), message: message.to_owned() });
    }
    if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let path = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        return (
            path,
            FieldError { code: "BASE_TYPE_REQUIRED".into(), message: "This field is required".into() },
        );
    }
    let (code, message) = mismatch(&text);
    (path, FieldError { code: code.to_owned(), message })
}

fn mismatch(text: &str) -> (&'static str, String) {
    let (found, expected) = text.split_once(", expected ").unwrap_or((text, ""));
    let value = found.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or_else(
        || {
            let quoted = found.split_once('`').and_then(|(_, rest)| rest.split_once('`'));
            quoted.map_or(found.strip_prefix("invalid type: ").unwrap_or(found), |(value, _)| value)
        },
        |(value, _)| value,
    );
    if expected.starts_with("struct") || expected.contains("map") {
        return ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType".into());
    }
    if expected.contains("sequence") {
        return ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType".into());
    }
    if expected.contains("boolean") {
        return ("BOOLEAN_TYPE_CONVERT", "Must be either true or false.".into());
    }
    if expected.contains("string") {
        return ("STRING_TYPE_CONVERT", format!("Could not interpret \"{value}\" as string."));
    }
    if expected.contains("snowflake") {
        return ("NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not snowflake."));
    }
    if ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "usize"].contains(&expected) {
        return ("NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not int."));
    }
    ("BASE_TYPE_BAD_TYPE", format!("Not what is expected here: {text}."))
}

fn dotted(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path {
        if out.len() > 256 {
            break;
        }
        if !out.is_empty() {
            out.push('.');
        }
        match segment {
            Segment::Seq { index } => out.push_str(&index.to_string()),
            Segment::Map { key } => out.extend(key.chars().take(64)),
            Segment::Enum { variant } => out.push_str(variant),
            Segment::Unknown => {
                out.pop();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn faults_nest_by_path() {
        let mut tree = FormTree::default();
        tree.push("content", "A", "a");
        tree.push("embeds.0.title", "B", "b");
        tree.push("", "C", "c");
        assert_eq!(
            serde_json::to_value(&tree).unwrap(),
            json!({
                "_errors": [{"code": "C", "message": "c"}],
                "content": {"_errors": [{"code": "A", "message": "a"}]},
                "embeds": {"0": {"title": {"_errors": [{"code": "B", "message": "b"}]}}},
            })
        );
    }

    #[test]
    fn a_body_has_errors_only_when_there_are_some() {
        let body = ErrorBody { message: "Unknown Channel", code: 10003, errors: None };
        assert_eq!(serde_json::to_string(&body).unwrap(), r#"{"message":"Unknown Channel","code":10003}"#);
    }

    #[test]
    fn what_serde_says_becomes_what_discord_says() {
        let read = |text: &str| {
            let mut de = serde_json::Deserializer::from_str(text);
            let error =
                serde_path_to_error::deserialize::<_, crate::message::MessageCreate>(&mut de).unwrap_err();
            let (path, fault) = fault(&error);
            (path, fault.code, fault.message)
        };
        let said =
            |path: &str, code: &str, message: &str| (path.to_owned(), code.to_owned(), message.to_owned());
        assert_eq!(
            read(r#"{"content":5}"#),
            said("content", "STRING_TYPE_CONVERT", "Could not interpret \"5\" as string.")
        );
        assert_eq!(
            read(r#"{"content":[]}"#),
            said("content", "STRING_TYPE_CONVERT", "Could not interpret \"sequence\" as string.")
        );
        assert_eq!(
            read(r#"{"tts":"x"}"#),
            said("tts", "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        );
        assert_eq!(read(r#"{"flags":"x"}"#), said("flags", "NUMBER_TYPE_COERCE", "Value \"x\" is not int."));
        assert_eq!(
            read(r#"{"embeds":{}}"#),
            said("embeds", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        );
        assert_eq!(
            read(r#"{"embeds":[{"title":"t"},3]}"#),
            said("embeds.1", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        );
        assert_eq!(
            read(r#"{"message_reference":{"message_id":"abc"}}"#),
            said("message_reference.message_id", "NUMBER_TYPE_COERCE", "Value \"abc\" is not snowflake.")
        );
        assert_eq!(
            read(r#"{"message_reference":{}}"#),
            said("message_reference.message_id", "BASE_TYPE_REQUIRED", "This field is required")
        );
    }
}
