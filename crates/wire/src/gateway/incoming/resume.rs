//! Op 6.

use serde_json::Value;
use serde_json::value::RawValue;

/// A client that wants its session back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// The token, without a `Bot ` before it.
    pub token: String,
    /// Whether `Bot ` stood before it.
    pub says_bot: bool,
    /// The session.
    pub session: String,
    /// The last sequence number that it saw; 0 for none.
    pub sequence: u64,
}

/// Reads the payload; `None` without a token and a session.
pub fn parse(d: Option<&RawValue>) -> Option<Resume> {
    let value = super::tree(d)?;
    let (token, says_bot) = super::identify::token(&value)?;
    Some(Resume {
        token,
        says_bot,
        session: value.get("session_id")?.as_str()?.to_owned(),
        sequence: match value.get("seq") {
            None | Some(Value::Null) => 0,
            Some(seq) => seq.as_u64()?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(d: &str) -> Option<Resume> {
        let frame = format!(r#"{{"op":6,"d":{d}}}"#);
        parse(super::super::parse(frame.as_bytes()).unwrap().d)
    }

    #[test]
    fn resumes_are_read() {
        let resume = read(r#"{"token":"Bot a.b.c","session_id":"s","seq":7}"#).unwrap();
        assert_eq!((resume.token.as_str(), resume.says_bot, resume.sequence), ("a.b.c", true, 7));
        assert_eq!(read(r#"{"token":"a","session_id":"s","seq":null}"#).unwrap().sequence, 0);
        for bad in [
            "null",
            "{}",
            r#"{"token":"a"}"#,
            r#"{"token":"a","session_id":7}"#,
            r#"{"token":"a","session_id":"s","seq":-1}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
