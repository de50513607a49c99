//! What every answer has in common: headers, counters, a body for panics.

use crate::app::App;
use crate::error;
use crate::ratelimit::{Limited, limited, template};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::any::Any;
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// The outermost layer.
pub(crate) async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = Instant::now();
    let mut response = if is_preflight(&request) { preflight() } else { next.run(request).await };

    let route = route.as_ref().map_or(Cow::default(), |route| template(route.as_str()));
    let route = &*route;
    if let Some(Limited(wait)) = response.extensions().get::<Limited>().copied() {
        limited(response.headers_mut(), &method, route, wait, app.world.ports.clock.now());
    }
    common(response.headers_mut());
    record(&method, route, response.status(), began.elapsed());
    response
}

/// The answer for a handler that panicked.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let why = panic
        .downcast_ref::<&str>()
        .map(|why| (*why).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(why, "a handler panicked");
    error::internal()
}

fn common(headers: &mut HeaderMap) {
    const COMMON: [(HeaderName, HeaderValue); 6] = [
        // discord.py and JDA take an answer without it for a ban by something in between.
        (header::VIA, HeaderValue::from_static("1.1 guildhall")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        // No cookies are used, so that any origin may call with a token of its own.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(
                "Retry-After, Via, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, \
                 X-RateLimit-Reset-After, X-RateLimit-Bucket, X-RateLimit-Global, X-RateLimit-Scope",
            ),
        ),
    ];
    for (name, value) in COMMON {
        headers.insert(name, value);
    }
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response {
    const ALLOWED: [(HeaderName, HeaderValue); 3] = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(
                "Authorization, Content-Type, X-Audit-Log-Reason, X-Super-Properties, X-Discord-Locale, \
                 X-Discord-Timezone, X-Debug-Options, X-Fingerprint, X-RateLimit-Precision, User-Agent",
            ),
        ),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ];
    (StatusCode::NO_CONTENT, axum::response::AppendHeaders(ALLOWED)).into_response()
}

fn record(method: &Method, route: &str, status: StatusCode, took: Duration) {
    // Clients may invent methods, and a label must have few values.
    let method = match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    };
    tracing::debug!(method, route, status = status.as_u16(), ?took, "answered");
    metrics::counter!(
        "guildhall_http_requests_total",
        "method" => method,
        "route" => route.to_owned(),
        "status" => status.as_str().to_owned(),
    )
    .increment(1);
    metrics::histogram!("guildhall_http_request_seconds").record(took.as_secs_f64());
}
