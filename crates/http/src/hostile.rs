//! Doors for `crates/hostile`, which hands hostile input to what reads requests. For nobody else.

use crate::error::ApiError;
use crate::extract::{BODY_LEN, Body, List};
use axum::extract::{FromRequest, Request};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

/// The status and body of a refusal.
pub type Refused = (u16, Bytes);

/// A body that must be an object, or a form that stands for one, read as handlers get it.
///
/// # Errors
/// What the client is answered.
pub async fn object<T: DeserializeOwned>(content_type: &'static str, body: Vec<u8>) -> Result<T, Refused> {
    match Body::<_, BODY_LEN>::from_request(request(content_type, body), &()).await {
        Ok(Body(form)) => Ok(form),
        Err(error) => Err(answer(error).await),
    }
}

/// A body that must be an array.
///
/// # Errors
/// What the client is answered.
pub async fn list<T: DeserializeOwned>(body: Vec<u8>) -> Result<Vec<T>, Refused> {
    match List::from_request(request("application/json", body), &()).await {
        Ok(List(forms)) => Ok(forms),
        Err(error) => Err(answer(error).await),
    }
}

fn request(content_type: &'static str, body: Vec<u8>) -> Request {
    let mut request = Request::new(body.into());
    request.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    request
}

async fn answer(error: ApiError) -> Refused {
    let response = error.into_response();
    let status = response.status().as_u16();
    // Our own answers are in memory: nothing can fail.
    let body = response.into_body().collect().await.map(|body| body.to_bytes());
    (status, body.unwrap_or_default())
}
