//! Answers.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// What a handler gives back.
pub(crate) type Answer = Result<Response, crate::error::ApiError>;

/// 200 with a JSON body.
pub(crate) fn json<T: Serialize>(value: T) -> Response {
    json_as(StatusCode::OK, value)
}

/// A JSON body. The content type is exactly `application/json`: some libraries compare the whole header.
pub(crate) fn json_as<T: Serialize>(status: StatusCode, value: T) -> Response {
    match serde_json::to_vec(&value) {
        Ok(body) => {
            let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
            (status, json, Bytes::from(body)).into_response()
        }
        Err(error) => {
            // Only a map with keys that are not strings can end here, and `wire` has none.
            tracing::error!(%error, "an answer could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// 204 without a body.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
