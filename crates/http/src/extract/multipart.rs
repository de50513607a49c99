//! `multipart/form-data` bodies: libraries use them also for messages without files.

use super::body::BODY_LEN;
use crate::error::ApiError;
use axum::extract::{FromRequest, Multipart, Request};
use http::StatusCode;
use serde_json::{Map, Value};

/// More parts than this are no message.
const PARTS: usize = 32;

/// The JSON that the form stands for: its `payload_json`, or else its plain fields. The first file ends the reading:
/// attachments are not accepted yet.
pub(super) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Vec<u8>, ApiError> {
    let mut form = Multipart::from_request(request, state).await.map_err(|_| ApiError::Json)?;
    let mut payload = None;
    let mut fields = Map::new();
    let mut total = 0;
    for _ in 0..PARTS {
        let Some(part) = form.next_field().await.map_err(fault)? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() || name == "file" || name.starts_with("files[") {
            return Err(attachments());
        }
        let text = part.text().await.map_err(fault)?;
        total += text.len();
        if total > BODY_LEN {
            return Err(ApiError::TooLarge);
        }
        match name.as_str() {
            "payload_json" => payload = Some(text),
            "content" | "nonce" => {
                fields.insert(name, Value::String(text));
            }
            "tts" | "enforce_nonce" => {
                fields.insert(name, Value::Bool(matches!(text.as_str(), "true" | "True" | "1")));
            }
            _ => {}
        }
    }
    Ok(payload.unwrap_or_else(|| Value::Object(fields).to_string()).into_bytes())
}

/// The refusal of files.
pub(crate) fn attachments() -> ApiError {
    ApiError::field(
        "attachments",
        "ATTACHMENTS_UNSUPPORTED",
        "This server does not accept attachments yet. Send the message without files.",
    )
}

fn fault(error: axum::extract::multipart::MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { ApiError::TooLarge } else { ApiError::Json }
}
