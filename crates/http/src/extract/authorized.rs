//! Who calls.

use crate::app::App;
use crate::error::ApiError;
use crate::router::Access;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::actor::{self, Actor};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use model::device::TokenKind;

/// Longer ones are no tokens of ours.
const TOKEN_LEN: usize = 256;

/// The account whose token was shown. Only routes whose access is not [`Access::Anyone`] have one: others answer 401.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Authorized(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Authorized {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().copied().map(Self).ok_or(ApiError::Act(domain::Error::Unauthorized))
    }
}

/// The layer that stands before every route whose access is not [`Access::Anyone`]. It runs before anything else of
/// the request is read.
pub(crate) async fn authorize(
    State((app, access)): State<(App, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    match check(&app, access, request.headers()).await {
        Ok(actor) => {
            request.extensions_mut().insert(actor);
            next.run(request).await
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

async fn check(app: &App, access: Access, headers: &HeaderMap) -> domain::Result<Actor> {
    let (kind, token) = token(headers).ok_or(domain::Error::Unauthorized)?;
    let actor = actor::authenticate(&app.world, token, kind).await?;
    match access {
        Access::User => actor.person()?,
        Access::Bot => actor.bot()?,
        Access::Account | Access::Anyone => {}
    }
    Ok(actor)
}

/// What `Authorization` says: `Bot x` for bots, a bare token for people.
fn token(headers: &HeaderMap) -> Option<(TokenKind, &str)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?.trim();
    let (kind, token) = match value.strip_prefix("Bot ") {
        Some(token) => (TokenKind::Bot, token.trim_start()),
        None => (TokenKind::User, value),
    };
    (!token.is_empty() && token.len() <= TOKEN_LEN).then_some((kind, token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_prefix_says_whose_token_it_is() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            token(&headers).map(|(kind, token)| (kind, token.to_owned()))
        };
        assert_eq!(read("Bot a.b.c"), Some((TokenKind::Bot, "a.b.c".into())));
        assert_eq!(read("a.b.c"), Some((TokenKind::User, "a.b.c".into())));
        assert_eq!(read("Bot "), Some((TokenKind::User, "Bot".into())));
        assert_eq!(read(""), None);
        assert_eq!(read(&"x".repeat(257)), None);
        assert_eq!(token(&HeaderMap::new()), None);
    }
}
