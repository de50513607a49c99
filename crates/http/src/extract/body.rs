//! JSON bodies, within bounds.

use super::multipart;
use crate::error::ApiError;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::time::Duration;

/// The most that a request without files needs: ten full embeds in escaped JSON stay far below.
pub(crate) const BODY_LEN: usize = 256 * 1024;

/// The most that a request with an image in it needs: ten mebibytes in Base64, and what stands beside it.
pub(crate) const IMAGE_LEN: usize = 14 * 1024 * 1024;

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// A request's body, a JSON object. No body at all reads as `{}`, as libraries leave it out where everything in it is
/// optional. `MOST`: its bytes.
#[derive(Debug)]
pub(crate) struct Body<T, const MOST: usize = BODY_LEN>(pub(crate) T);

/// A request's body, a JSON array.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<S: Send + Sync, T: DeserializeOwned, const MOST: usize> FromRequest<S> for Body<T, MOST> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = if is_form(request.headers()) {
            within(BODY_TIME, multipart::read(request, state)).await?.into()
        } else {
            within(BODY_TIME, collect(request, MOST)).await?
        };
        let body = if body.trim_ascii().is_empty() { b"{}" } else { body.as_ref() };
        // serde would take an array's items for a struct's fields.
        starts_with(body, b'{', "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")?;
        parse(body).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for List<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let body = within(BODY_TIME, collect(request, BODY_LEN)).await?;
        starts_with(&body, b'[', "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")?;
        parse(&body).map(Self)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

fn announces_too_much(headers: &HeaderMap, most: usize) -> bool {
    headers
        .get(CONTENT_LENGTH)
        .and_then(|len| len.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|len| len > most as u64)
}

async fn within<T>(
    time: Duration,
    reading: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    tokio::time::timeout(time, reading).await.unwrap_or(Err(ApiError::Slow))
}

async fn collect(request: Request, most: usize) -> Result<Bytes, ApiError> {
    if announces_too_much(request.headers(), most) {
        return Err(ApiError::TooLarge);
    }
    match Limited::new(request.into_body(), most).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::TooLarge),
        // Cut off in the middle: nobody will read the answer.
        Err(_) => Err(ApiError::Json),
    }
}

fn starts_with(body: &[u8], first: u8, code: &str, message: &str) -> Result<(), ApiError> {
    if body.trim_ascii_start().first() == Some(&first) {
        return Ok(());
    }
    // It is another value, or no JSON at all.
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => Err(ApiError::field("", code, message)),
        Err(_) => Err(ApiError::Json),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // Keeping track of the path costs, so that it is done only when there is a fault to place.
    serde_json::from_slice(body).or_else(|error| {
        if !error.is_data() {
            return Err(ApiError::Json);
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        serde_path_to_error::deserialize(&mut json)
            .map_err(|error| ApiError::fault(wire::error::fault(&error)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use http::StatusCode;
    use wire::message::MessageCreate;

    async fn read(
        request: http::request::Builder,
        body: impl Into<axum::body::Body>,
    ) -> Result<MessageCreate, (StatusCode, serde_json::Value)> {
        match Body::<_, BODY_LEN>::from_request(request.body(body.into()).unwrap(), &()).await {
            Ok(Body(body)) => Ok(body),
            Err(error) => {
                let response = error.into_response();
                let status = response.status();
                let body = response.into_body().collect().await.unwrap().to_bytes();
                Err((status, serde_json::from_slice(&body).unwrap()))
            }
        }
    }

    #[tokio::test]
    async fn any_content_type_is_read_as_json() {
        for kind in ["application/json", "application/json; charset=utf-8", "text/plain"] {
            let request = Request::post("/").header(CONTENT_TYPE, kind);
            assert_eq!(read(request, r#"{"content":"x"}"#).await.unwrap().content.as_deref(), Some("x"));
        }
        assert_eq!(read(Request::post("/"), "").await.unwrap().content, None);
    }

    #[tokio::test]
    async fn what_is_no_json_is_refused() {
        for bad in ["{", "nonsense", "{}x", "\u{0}", &"[".repeat(10_000)] {
            let (status, body) = read(Request::post("/"), bad.to_owned()).await.unwrap_err();
            assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &50109.into()), "{bad:.20}");
        }
        let (_, body) = read(Request::post("/"), b"{\"content\":\"\xff\"}".to_vec()).await.unwrap_err();
        assert_eq!(body["code"], 50109);
    }

    #[tokio::test]
    async fn wrong_types_name_their_path() {
        let (status, body) = read(Request::post("/"), r#"{"embeds":[{"color":"red"}]}"#).await.unwrap_err();
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(
            body,
            serde_json::json!({
                "message": "Invalid Form Body", "code": 50035,
                "errors": {"embeds": {"0": {"color": {"_errors": [
                    {"code": "NUMBER_TYPE_COERCE", "message": "Value \"red\" is not int."}
                ]}}}},
            })
        );
        let (_, body) = read(Request::post("/"), "[]").await.unwrap_err();
        assert_eq!(body["code"], 50035);
    }

    #[tokio::test]
    async fn bodies_are_bounded() {
        let big = format!(r#"{{"content":"{}"}}"#, "x".repeat(BODY_LEN));
        let (status, body) = read(Request::post("/"), big.clone()).await.unwrap_err();
        assert_eq!((status, &body["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &40005.into()));
        let request = Request::post("/").header(CONTENT_LENGTH, big.len());
        assert_eq!(read(request, big).await.unwrap_err().0, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_that_never_end_time_out() {
        let never =
            axum::body::Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let (status, _) = read(Request::post("/"), never).await.unwrap_err();
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    }

    fn form(parts: &[(&str, &str)]) -> (http::request::Builder, String) {
        let mut body = String::new();
        for (disposition, content) in parts {
            body.push_str(&format!(
                "--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n"
            ));
        }
        body.push_str("--b--\r\n");
        (Request::post("/").header(CONTENT_TYPE, "multipart/form-data; boundary=b"), body)
    }

    #[tokio::test]
    async fn forms_carry_json_or_plain_fields() {
        let (request, body) = form(&[("name=\"payload_json\"", r#"{"content":"x","tts":true}"#)]);
        let read_one = read(request, body).await.unwrap();
        assert_eq!((read_one.content.as_deref(), read_one.tts), (Some("x"), Some(true)));
        let (request, body) =
            form(&[("name=\"content\"", "y"), ("name=\"tts\"", "true"), ("name=\"nonce\"", "1")]);
        let read_two = read(request, body).await.unwrap();
        assert_eq!((read_two.content.as_deref(), read_two.tts), (Some("y"), Some(true)));
    }

    #[tokio::test]
    async fn forms_with_files_are_refused_in_words() {
        let (request, body) =
            form(&[("name=\"payload_json\"", "{}"), ("name=\"files[0]\"; filename=\"a.txt\"", "text")]);
        let (status, body) = read(request, body).await.unwrap_err();
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &50035.into()));
        assert!(body["errors"]["attachments"].is_object(), "{body}");
    }

    #[tokio::test]
    async fn forms_that_are_none_are_refused() {
        for (kind, body) in [
            ("multipart/form-data", "x"),
            ("multipart/form-data; boundary=b", "x"),
            ("multipart/form-data; boundary=b", "--b\r\n"),
        ] {
            let request = Request::post("/").header(CONTENT_TYPE, kind);
            assert_eq!(read(request, body).await.unwrap_err().0, StatusCode::BAD_REQUEST, "{kind} {body}");
        }
    }
}
