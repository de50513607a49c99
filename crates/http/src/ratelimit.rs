//! Limits as Discord's: buckets of a route and its major parameter, for each account (webhook, or address where there is
//! neither), and fifty requests a second in all. They are counted in the port that all nodes share.

use crate::app::App;
use crate::extract::Client;
use crate::reply;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::Actor;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use model::Timestamp;
use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;
use wire::error::RateLimitBody;

/// All requests of one caller, in a second.
const GLOBAL: Rate = Rate { name: "global", limit: 50, window: Duration::from_secs(1) };

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    /// Routes with the same name share a bucket; empty: the route has one of its own.
    name: &'static str,
    limit: u32,
    window: Duration,
}

const fn rate(name: &'static str, limit: u32, milliseconds: u64) -> Option<Rate> {
    Some(Rate { name, limit, window: Duration::from_millis(milliseconds) })
}

/// The table. `None`: only the limit of all requests holds; some of these have limits of their own in the act.
fn of(method: &Method, route: &str) -> Option<Rate> {
    const DAY: u64 = 86_400_000;
    let reads = *method == Method::GET;
    match route {
        "/gateway"
        | "/gateway/bot"
        | "/guildhall/instance"
        | "/openapi.json"
        | "/voice/regions"
        | "/sticker-packs" => None,
        _ if route.starts_with("/auth/") || route.starts_with("/unique-username/") => None,
        // Sending and editing share one, so that edits are no way around it.
        "/channels/{channel_id}/messages" if *method == Method::POST => rate("messages", 5, 5_000),
        "/channels/{channel_id}/messages/{message_id}" if *method == Method::PATCH => {
            rate("messages", 5, 5_000)
        }
        "/channels/{channel_id}/messages/{message_id}" if *method == Method::DELETE => rate("", 5, 1_000),
        "/channels/{channel_id}/typing" => rate("", 5, 5_000),
        _ if !reads && route.contains("/reactions/") => rate("reactions", 1, 250),
        "/guilds" => rate("", 10, DAY),
        "/invites/{code}" if *method != Method::DELETE => rate("invites", 30, 60_000),
        "/webhooks/{webhook_id}/{webhook_token}" if *method == Method::POST => rate("", 5, 2_000),
        "/users/@me/message-ids" => rate("", 50, 10_000),
        _ if reads => rate("", 50, 10_000),
        _ => rate("", 10, 10_000),
    }
}

/// How long the caller of an act must wait: the outermost layer adds the headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limited(pub(crate) Duration);

/// The layer that stands before every handler, behind the one that knows who calls.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.world.policy.throttle {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let method = parts.method.clone();
    let matched = parts.extensions.get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(Cow::default(), |route| template(route.as_str()));
    let route = &*route;
    let rate = of(&method, route);
    let major = major(route, &template(parts.uri.path()));
    let actor = parts.extensions.get::<Actor>().copied();
    let by_token = route.contains("{webhook_token}");
    let who = match actor {
        Some(actor) => format!("u{}", actor.user()),
        // The token is part of the bucket: whoever does not know it cannot use it up.
        None if by_token => "w".into(),
        None => {
            let Ok(Client(client)) = Client::from_request_parts(&mut parts, &app).await;
            format!("a{}", network(client.ip))
        }
    };
    let request = Request::from_parts(parts, body);
    let rates = &app.world.ports.rates;
    let all = async {
        if by_token {
            return Ok(0);
        }
        rates.hit(&format!("rest:{}:{who}", GLOBAL.name), GLOBAL.limit, GLOBAL.window).await
    };
    let one = async {
        let Some(rate) = rate else { return Ok(0) };
        let key = format!("rest:{}:{major}:{who}", bucket(rate, &method, route));
        rates.hit(&key, rate.limit, rate.window).await
    };
    let (all, one) = tokio::join!(all, one);
    if let Err(wait) = all {
        return global(wait);
    }
    let now = app.world.ports.clock.now();
    match (rate, one) {
        (None, _) => next.run(request).await,
        (Some(rate), Ok(left)) => {
            let mut response = next.run(request).await;
            set(response.headers_mut(), rate.limit, left, rate.window, &bucket(rate, &method, route), now);
            response
        }
        (Some(rate), Err(wait)) => {
            let mut response = refused(wait, false);
            set(response.headers_mut(), rate.limit, 0, wait, &bucket(rate, &method, route), now);
            response
        }
    }
}

/// The headers of an answer of an act that has a limit of its own.
pub(crate) fn limited(headers: &mut HeaderMap, method: &Method, route: &str, wait: Duration, now: Timestamp) {
    let rate = Rate { name: "", limit: 1, window: wait };
    put(headers, "retry-after", whole(wait));
    set(headers, 1, 0, wait, &bucket(rate, method, route), now);
}

/// A route's path without the version, which all versions share, and in one spelling.
pub(crate) fn template(path: &str) -> Cow<'_, str> {
    let prefixes = ["/api/v10", "/api/v9", "/api"];
    let path = prefixes.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
    if path.contains("%40me") { path.replace("%40me", "@me").into() } else { path.into() }
}

/// The value of the parameter that limits are counted apart by: Discord's channel, guild or webhook with its token.
fn major(route: &str, path: &str) -> String {
    let mut major = String::new();
    for (name, value) in route.split('/').zip(path.split('/')) {
        match name {
            "{channel_id}" | "{guild_id}" | "{webhook_id}" | "{webhook_token}" => {
                major.push('.');
                major.extend(value.chars().take(256));
            }
            _ => {}
        }
    }
    major
}

/// Whoever has one address of version 6 has a whole network of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & (u128::MAX << 64)).into()),
        address => address,
    }
}

/// The same for every call of a route, whatever its ids; stable over versions of this server.
fn bucket(rate: Rate, method: &Method, route: &str) -> String {
    let own = [method.as_str(), " ", route];
    let shared = [rate.name];
    let of: &[&str] = if rate.name.is_empty() { &own } else { &shared };
    // FNV-1a: it need not be secret, only stable over versions of the compiler.
    let hash = of.iter().flat_map(|part| part.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn refused(wait: Duration, global: bool) -> Response {
    let seconds = (wait.max(Duration::from_millis(1)).as_secs_f64() * 1000.0).ceil() / 1000.0;
    let body = RateLimitBody { global, ..RateLimitBody::route(seconds) };
    let mut response = reply::json_as(StatusCode::TOO_MANY_REQUESTS, body);
    put(response.headers_mut(), "retry-after", whole(wait));
    response
}

/// The answer to a caller who asks too much of everything.
pub(crate) fn global(wait: Duration) -> Response {
    let mut response = refused(wait, true);
    put(response.headers_mut(), "x-ratelimit-global", "true".into());
    put(response.headers_mut(), "x-ratelimit-scope", "global".into());
    response
}

/// Whole seconds, rounded up: JDA reads an integer.
fn whole(wait: Duration) -> String {
    format!("{}", wait.as_secs_f64().ceil().max(1.0) as u64)
}

/// The whole set or nothing: discord.py fails on a part of it. Windows slide: when the last request of a full bucket is
/// a window old, all of it is free again, and that is the reset that is told.
fn set(headers: &mut HeaderMap, limit: u32, left: u32, reset: Duration, bucket: &str, now: Timestamp) {
    let seconds = reset.as_secs_f64();
    put(headers, "x-ratelimit-limit", limit.to_string());
    put(headers, "x-ratelimit-remaining", left.to_string());
    put(headers, "x-ratelimit-reset-after", format!("{seconds:.3}"));
    put(headers, "x-ratelimit-reset", format!("{:.3}", now.millis() as f64 / 1000.0 + seconds));
    put(headers, "x-ratelimit-bucket", bucket.to_owned());
    put(headers, "x-ratelimit-scope", "user".into());
}

fn put(headers: &mut HeaderMap, name: &'static str, value: String) {
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_stable_and_differ_by_method_and_route() {
        let bucket = |method: Method, path: &str| {
            let route = template(path).into_owned();
            bucket(of(&method, &route).unwrap(), &method, &route)
        };
        let user = "/users/{user_id}";
        for prefix in ["/api/v10", "/api/v9", "/api"] {
            assert_eq!(bucket(Method::GET, &format!("{prefix}{user}")), bucket(Method::GET, user));
        }
        assert_ne!(bucket(Method::GET, user), bucket(Method::PATCH, user));
        assert_eq!(
            bucket(Method::POST, "/channels/{channel_id}/messages"),
            bucket(Method::PATCH, "/channels/{channel_id}/messages/{message_id}")
        );
    }

    #[test]
    fn majors_are_the_channel_the_guild_or_the_webhook() {
        assert_eq!(major("/channels/{channel_id}/messages/{message_id}", "/channels/1/messages/2"), ".1");
        assert_eq!(major("/guilds/{guild_id}/roles/{role_id}", "/guilds/5/roles/2"), ".5");
        assert_eq!(major("/webhooks/{webhook_id}/{webhook_token}", "/webhooks/7/x"), ".7.x");
        assert_eq!(major("/users/{user_id}", "/users/7"), "");
    }

    #[test]
    fn networks_of_version_6_count_as_one() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn a_limited_answer_carries_the_whole_set() {
        let mut headers = HeaderMap::new();
        let now = Timestamp::from_millis(1_700_000_000_000);
        limited(&mut headers, &Method::POST, "/x", Duration::from_millis(1500), now);
        assert_eq!(headers["retry-after"], "2");
        assert_eq!(headers["x-ratelimit-limit"], "1");
        assert_eq!(headers["x-ratelimit-remaining"], "0");
        assert_eq!(headers["x-ratelimit-reset-after"], "1.500");
        assert_eq!(headers["x-ratelimit-reset"], "1700000001.500");
        assert_eq!(headers["x-ratelimit-scope"], "user");
        assert!(!headers["x-ratelimit-bucket"].is_empty());
        assert!(!headers.contains_key("x-ratelimit-global"));
    }

    #[test]
    fn the_limit_of_all_requests_says_so() {
        let headers = global(Duration::from_millis(20)).headers().clone();
        assert_eq!(
            (&headers["x-ratelimit-global"], &headers["retry-after"]),
            (&HeaderValue::from_static("true"), &HeaderValue::from_static("1"))
        );
        assert_eq!(headers["x-ratelimit-scope"], "global");
        assert!(!headers.contains_key("x-ratelimit-remaining"));
    }
}
