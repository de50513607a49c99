//! The door: from an HTTP request to a connection.

use crate::Gateway;
use crate::admission::Refused;
use crate::connection::Connection;
use crate::transport::Transport;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, HOST, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use hyper::upgrade::OnUpgrade;
use sha1::{Digest, Sha1};
use std::net::{IpAddr, SocketAddr};

/// See [`Gateway::routes`].
pub(crate) fn routes(gateway: Gateway) -> Router {
    Router::new()
        .route("/gateway", get(upgrade))
        .route("/gateway/", get(upgrade))
        .route("/gateway//", get(upgrade))
        .with_state(gateway)
}

/// Answers a WebSocket handshake and starts the connection. Anything else is answered 400, 426, 429 or 503.
pub async fn upgrade(State(gateway): State<Gateway>, mut request: Request) -> Response {
    let Some(accept) = accept_key(request.headers()) else {
        let version = [(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))];
        return (StatusCode::UPGRADE_REQUIRED, version, "This is a WebSocket.").into_response();
    };
    let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return (StatusCode::BAD_REQUEST, "This connection cannot be upgraded.").into_response();
    };
    if gateway.is_closing() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let config = gateway.config();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip().to_canonical());
    let trusted = peer.is_some_and(|peer| config.trusted_proxies.contains(&peer));
    let address =
        if trusted { forwarded_for(request.headers(), &config.trusted_proxies).or(peer) } else { peer };
    let (place, waiting) =
        match gateway.admission().enter(address, config.connections, config.waiting_per_address) {
            Ok(entered) => entered,
            Err(Refused::Full) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Err(Refused::TooMany) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        };
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let url = match &config.public_url {
        Some(url) => gateway_url(url),
        None => url_of(request.headers(), trusted),
    };
    tokio::spawn(async move {
        // Nothing of the request is kept: what an idle connection holds is what `Connection` holds.
        let Ok(upgraded) = on_upgrade.await else { return };
        match Transport::new(query.compress.as_deref()) {
            Ok(transport) => {
                let connection =
                    Connection::new(gateway, upgraded, transport, (place, waiting), url.into_boxed_str());
                connection.run(query.speaks).await;
            }
            Err(error) => tracing::warn!(%error, "a compressor could not be made"),
        }
    });
    let headers = [
        (CONNECTION, HeaderValue::from_static("upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Body::empty()).into_response()
}

/// What a handshake answers; `None` if it is none.
fn accept_key(headers: &HeaderMap) -> Option<HeaderValue> {
    let names = |name: HeaderName, token: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|part| part.trim().eq_ignore_ascii_case(token))
    };
    if !names(CONNECTION, "upgrade") || !names(UPGRADE, "websocket") || !names(SEC_WEBSOCKET_VERSION, "13") {
        return None;
    }
    let key = headers.get(SEC_WEBSOCKET_KEY)?;
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    HeaderValue::from_str(&STANDARD.encode(hash.finalize())).ok()
}

/// The last address in `X-Forwarded-For` that is no trusted proxy: what stands before it anybody may have written.
fn forwarded_for(headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut hops = hops.into_iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok());
    hops.find(|hop| !trusted.contains(&hop.to_canonical())).map(|hop| hop.to_canonical())
}

/// The gateway's address under the server's own URL.
fn gateway_url(public: &str) -> String {
    let public = public.trim_end_matches('/');
    match public.split_once("://") {
        Some(("https" | "wss", rest)) => format!("wss://{rest}/gateway"),
        Some((_, rest)) => format!("ws://{rest}/gateway"),
        None => format!("ws://{public}/gateway"),
    }
}

/// Where this client found the gateway, by its own account: nobody else is told.
fn url_of(headers: &HeaderMap, trusted: bool) -> String {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(HOST);
    let plausible = host.len() <= 255
        && !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']' | b'_'));
    let host = if plausible { host } else { "localhost" };
    // A proxy that ends TLS says so by this name.
    let secure = trusted && text(HeaderName::from_static("x-forwarded-proto")).eq_ignore_ascii_case("https");
    format!("{}://{host}/gateway", if secure { "wss" } else { "ws" })
}

/// What the query says.
#[derive(Debug, PartialEq, Eq)]
struct Query {
    /// Whether the client speaks a version that is spoken here: 9, 10, or none given.
    speaks: bool,
    compress: Option<String>,
}

impl Query {
    /// `encoding` is not looked at: JSON is what is spoken, also with who asks for `etf`.
    fn parse(text: &str) -> Self {
        let mut query = Self { speaks: true, compress: None };
        for (key, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "v" => query.speaks = matches!(value, "9" | "10" | ""),
                "compress" => query.compress = Some(value.chars().take(16).collect()),
                _ => {}
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(HeaderName, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn handshakes_are_answered_as_the_rfc_says() {
        let good = [
            (CONNECTION, "keep-alive, Upgrade"),
            (UPGRADE, "websocket"),
            (SEC_WEBSOCKET_VERSION, "13"),
            (SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        assert_eq!(accept_key(&headers(&good)).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for without in 0..good.len() {
            let rest: Vec<_> =
                good.iter().enumerate().filter(|(n, _)| *n != without).map(|(_, h)| h.clone()).collect();
            assert_eq!(accept_key(&headers(&rest)), None);
        }
    }

    #[test]
    fn queries_of_all_libraries() {
        let speaks = |text| Query::parse(text).speaks;
        assert!(speaks("") && speaks("v=10") && speaks("v=9&encoding=json") && speaks("encoding=etf"));
        assert!(!speaks("v=8") && !speaks("v=x") && !speaks("v=11&encoding=json"));
        let query = Query::parse("v=10&encoding=json&compress=zstd-stream");
        assert_eq!(query.compress.as_deref(), Some("zstd-stream"));
    }

    #[test]
    fn urls_follow_the_host_header() {
        assert_eq!(url_of(&headers(&[(HOST, "chat.example:8080")]), false), "ws://chat.example:8080/gateway");
        let proxied =
            headers(&[(HOST, "chat.example"), (HeaderName::from_static("x-forwarded-proto"), "https")]);
        assert_eq!(url_of(&proxied, true), "wss://chat.example/gateway");
        assert_eq!(url_of(&proxied, false), "ws://chat.example/gateway");
        assert_eq!(url_of(&headers(&[(HOST, "a\"b")]), false), "ws://localhost/gateway");
        assert_eq!(url_of(&headers(&[]), false), "ws://localhost/gateway");
        assert_eq!(gateway_url("https://chat.example/"), "wss://chat.example/gateway");
        assert_eq!(gateway_url("http://127.0.0.1:8080"), "ws://127.0.0.1:8080/gateway");
    }

    #[test]
    fn the_first_address_that_no_trusted_proxy_vouches_for_counts() {
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let of =
            |value| forwarded_for(&headers(&[(HeaderName::from_static("x-forwarded-for"), value)]), &trusted);
        assert_eq!(of("6.6.6.6, 7.7.7.7, 10.0.0.2"), "7.7.7.7".parse().ok());
        assert_eq!(of("7.7.7.7, junk"), None);
        assert_eq!(of(""), None);
    }
}
