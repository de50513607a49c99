//! Why: `X-Audit-Log-Reason`.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use std::convert::Infallible;

/// The reason that the caller gives for the audit log, if any. Percent-encoded UTF-8; what is not is taken as it stands.
#[derive(Debug)]
pub(crate) struct Reason(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for Reason {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(read(&parts.headers)))
    }
}

fn read(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-audit-log-reason")?.as_bytes();
    let text = String::from_utf8(decoded(value)).ok()?;
    let text: String = text.trim().chars().take(model::limits::AUDIT_REASON).collect();
    (!text.is_empty()).then_some(text)
}

/// With `%41` as `A`.
fn decoded(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    while let Some((&byte, rest)) = text.split_first() {
        let digit = |at: usize| char::from(*rest.get(at)?).to_digit(16);
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                text = rest.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                text = rest;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn reasons_are_percent_encoded_text() {
        let reason = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert("x-audit-log-reason", HeaderValue::from_bytes(value).unwrap());
            read(&headers)
        };
        assert_eq!(reason(b"spam"), Some("spam".into()));
        assert_eq!(reason(b"zu%20laut%20%F0%9F%91%8D"), Some("zu laut \u{1f44d}".into()));
        assert_eq!(reason("naïve".as_bytes()), Some("naïve".into()));
        assert_eq!(reason(b"100%"), Some("100%".into()));
        assert_eq!(reason(b"%ff"), None);
        assert_eq!(reason(b"  "), None);
        assert_eq!(reason(&b"x".repeat(600)).map(|text| text.len()), Some(512));
        assert_eq!(read(&HeaderMap::new()), None);
    }
}
