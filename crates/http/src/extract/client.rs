//! What the client is and where it is.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::accounts::ClientInfo;
use http::HeaderMap;
use http::header::{HOST, USER_AGENT};
use http::request::Parts;
use serde::Deserialize;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The client of a request, for the list of devices and for throttling.
#[derive(Debug)]
pub(crate) struct Client(pub(crate) ClientInfo);

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let ip = address(peer(parts), &parts.headers, &app.instance.trusted_proxies);
        let (os, client) = software(&parts.headers);
        Ok(Self(ClientInfo { os, client, ip }))
    }
}

/// The address at which this client finds the gateway: absolute, without a trailing slash or query.
#[derive(Debug)]
pub(crate) struct GatewayUrl(pub(crate) String);

impl FromRequestParts<App> for GatewayUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let base = app.instance.public_url.as_deref().map_or_else(
            || {
                let trusted = app.instance.trusted_proxies.contains(&peer(parts));
                let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
                let secure = trusted && header("x-forwarded-proto") == Some("https");
                let host = header(HOST.as_str()).filter(|host| is_host(host)).unwrap_or("localhost");
                format!("{}://{host}", if secure { "wss" } else { "ws" })
            },
            |url| {
                let url = url.trim_end_matches('/');
                match url.split_once("://") {
                    Some(("https" | "wss", rest)) => format!("wss://{rest}"),
                    Some((_, rest)) => format!("ws://{rest}"),
                    None => format!("ws://{url}"),
                }
            },
        );
        Ok(Self(format!("{base}/gateway")))
    }
}

fn peer(parts: &Parts) -> IpAddr {
    // The server always knows it; tests that call the router directly do not.
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical())
}

/// The client's address: the peer's, or, if that is a trusted proxy, the last one in `X-Forwarded-For` that is not.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer;
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'_' | b'[' | b']'))
}

/// Operating system and client, as they say.
fn software(headers: &HeaderMap) -> (String, String) {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct SuperProperties {
        os: Option<String>,
        browser: Option<String>,
    }
    let header = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| value.len() <= 4096)
    };
    let said = header("x-super-properties")
        .and_then(|value| STANDARD.decode(value).ok())
        .and_then(|json| serde_json::from_slice::<SuperProperties>(&json).ok())
        .unwrap_or_default();
    let agent = header(USER_AGENT.as_str()).unwrap_or_default();
    (said.os.map_or_else(|| os(agent).to_owned(), short), said.browser.map_or_else(|| browser(agent), short))
}

/// What tells an operating system, most specific first: Android says Linux too, iPads say Mac.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac OS X"),
    ("CrOS", "Chrome OS"),
    ("Linux", "Linux"),
];

/// What tells a browser, most specific first: nearly all say Chrome and Safari too.
const BROWSERS: [(&str, &str); 7] = [
    ("DiscordBot", "Bot"),
    ("Electron", "Desktop"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
];

fn os(agent: &str) -> &'static str {
    SYSTEMS.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, name)| name)
}

fn browser(agent: &str) -> String {
    let known = BROWSERS.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned());
    // "curl/8.5.0": the product is the best there is.
    known.unwrap_or_else(|| short(agent.split(['/', ' ']).next().unwrap_or_default().to_owned()))
}

fn short(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let forwarded = headers(&[("x-forwarded-for", "6.6.6.6, 7.7.7.7, 10.0.0.2")]);
        assert_eq!(address(ip("9.9.9.9"), &forwarded, &[]), ip("9.9.9.9"));
        assert_eq!(address(ip("9.9.9.9"), &forwarded, &[ip("10.0.0.1")]), ip("9.9.9.9"));
        assert_eq!(address(ip("10.0.0.1"), &forwarded, &[ip("10.0.0.1")]), ip("10.0.0.2"));
        assert_eq!(address(ip("10.0.0.1"), &forwarded, &[ip("10.0.0.1"), ip("10.0.0.2")]), ip("7.7.7.7"));
        let junk = headers(&[("x-forwarded-for", "7.7.7.7, junk")]);
        assert_eq!(address(ip("10.0.0.1"), &junk, &[ip("10.0.0.1")]), ip("10.0.0.1"));
    }

    #[test]
    fn clients_are_named_by_what_they_say() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(software(&headers(&[("user-agent", firefox)])), ("Linux".into(), "Firefox".into()));
        assert_eq!(software(&headers(&[("user-agent", "curl/8.5.0")])), (String::new(), "curl".into()));
        assert_eq!(software(&HeaderMap::new()), (String::new(), String::new()));
        let said = STANDARD.encode(r#"{"os":"Windows","browser":"Guildhall Desktop","x":1}"#);
        assert_eq!(
            software(&headers(&[("user-agent", firefox), ("x-super-properties", &said)])),
            ("Windows".into(), "Guildhall Desktop".into())
        );
        let junk = headers(&[("user-agent", firefox), ("x-super-properties", "%%%")]);
        assert_eq!(software(&junk).1, "Firefox");
    }

    #[test]
    fn hosts_cannot_smuggle_a_url() {
        for good in ["localhost:8080", "127.0.0.1", "[::1]:8080", "chat.example.org"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "a/b", "a?b", "a@b", "a b", &"a".repeat(256)] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
