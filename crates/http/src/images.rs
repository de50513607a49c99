//! Images at the addresses where libraries look for them: icons, avatars, emoji. Whoever knows an address may look; what
//! is there never changes.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::World;
use domain::guilds::images::{self, Kind};
use http::header::{self, HeaderName};
use http::{HeaderValue, StatusCode};

/// The pictures of those who have none.
const USUAL: [&[u8]; 6] = [
    include_bytes!("avatars/0.png"),
    include_bytes!("avatars/1.png"),
    include_bytes!("avatars/2.png"),
    include_bytes!("avatars/3.png"),
    include_bytes!("avatars/4.png"),
    include_bytes!("avatars/5.png"),
];

/// The endings that libraries put behind a name. What is answered is what was stored, whichever is asked for.
const ENDINGS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "gif"];

/// The routes, beside those of the API.
pub(crate) fn router(world: World) -> Router {
    Router::new()
        .route("/icons/{id}/{file}", get(icon))
        .route("/role-icons/{id}/{file}", get(role_icon))
        .route("/avatars/{id}/{file}", get(avatar))
        .route("/emojis/{file}", get(emoji))
        .route("/embed/avatars/{file}", get(usual))
        .with_state(world)
}

async fn icon(State(world): State<World>, Path((id, file)): Path<(String, String)>) -> Response {
    hashed(&world, Kind::Icon, &id, &file).await
}

async fn role_icon(State(world): State<World>, Path((id, file)): Path<(String, String)>) -> Response {
    hashed(&world, Kind::RoleIcon, &id, &file).await
}

async fn avatar(State(world): State<World>, Path((id, file)): Path<(String, String)>) -> Response {
    hashed(&world, Kind::Avatar, &id, &file).await
}

async fn emoji(State(world): State<World>, Path(file): Path<String>) -> Response {
    match name(&file).and_then(id) {
        Some(id) => found(&world, Kind::Emoji, id, None).await,
        None => absent(),
    }
}

async fn usual(Path(file): Path<String>) -> Response {
    let image = file.strip_suffix(".png").and_then(|n| n.parse::<usize>().ok()).and_then(|n| USUAL.get(n));
    match image {
        Some(bytes) => shown("image/png", Bytes::from_static(bytes)),
        None => absent(),
    }
}

async fn hashed(world: &World, kind: Kind, owner: &str, file: &str) -> Response {
    let hash = name(file).filter(|hash| {
        (1..=80).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    match (id(owner), hash) {
        (Some(id), Some(hash)) => found(world, kind, id, Some(hash)).await,
        _ => absent(),
    }
}

async fn found(world: &World, kind: Kind, id: u64, hash: Option<&str>) -> Response {
    match images::get(world, kind, id, hash).await {
        Ok(Some(image)) => shown(image.content_type, image.bytes),
        Ok(None) => absent(),
        Err(error) => {
            tracing::info!(%error, "an image could not be read");
            safe(StatusCode::SERVICE_UNAVAILABLE.into_response(), "no-store")
        }
    }
}

/// The part before a known ending.
fn name(file: &str) -> Option<&str> {
    let (name, ending) = file.rsplit_once('.')?;
    ENDINGS.contains(&ending).then_some(name)
}

fn id(text: &str) -> Option<u64> {
    text.parse::<model::UserId>().ok().map(model::UserId::get)
}

fn shown(content_type: &'static str, bytes: Bytes) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
    safe((kind, bytes).into_response(), "public, max-age=31536000, immutable")
}

fn absent() -> Response {
    // It may come to be: a cache must not keep that it is not there.
    safe(StatusCode::NOT_FOUND.into_response(), "no-store")
}

/// What people upload is data and nothing else: no browser guesses its kind, runs it or frames it.
fn safe(mut response: Response, cache: &'static str) -> Response {
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_known_ending() {
        assert_eq!(name("abc.png"), Some("abc"));
        assert_eq!(name("abc.webp"), Some("abc"));
        for bad in ["abc", "abc.svg", "abc.html", "abc.", ".htaccess"] {
            assert_eq!(name(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn those_without_a_picture_have_one() {
        for n in 0..6 {
            let response = usual(Path(format!("{n}.png"))).await;
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        }
        for bad in ["6.png", "0.svg", "x.png", "-1.png"] {
            assert_eq!(usual(Path(bad.into())).await.status(), 404, "{bad}");
        }
    }
}
