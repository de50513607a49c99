//! Ids in the path.

use crate::error::ApiError;
use axum::extract::{FromRequestParts, RawPathParams};
use domain::Refusal;
use http::request::Parts;
use model::reaction::ReactionEmoji;
use model::{ApplicationId, ChannelId, EmojiId, GuildId, MessageId, RoleId, UserId, WebhookId};

/// A part of a path; the type says which one.
pub(crate) trait PathParam: Sized {
    /// Its name in the route's template.
    const NAME: &'static str;

    /// Reads it.
    fn parse(text: &str) -> Result<Self, ApiError>;
}

macro_rules! ids {
    ($($id:ident $name:literal),+) => {$(
        impl PathParam for $id {
            const NAME: &'static str = $name;

            fn parse(text: &str) -> Result<Self, ApiError> {
                text.parse().map_err(|_| super::query::not_a_snowflake($name, text))
            }
        }
    )+};
}

ids! {
    ApplicationId "application_id", ChannelId "channel_id", EmojiId "emoji_id", GuildId "guild_id",
    MessageId "message_id", RoleId "role_id", UserId "user_id", WebhookId "webhook_id"
}

/// The integration of a path: a bot's has the id of its application.
#[derive(Debug)]
pub(crate) struct Integration(pub(crate) ApplicationId);

impl PathParam for Integration {
    const NAME: &'static str = "integration_id";

    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map(Self).map_err(|_| super::query::not_a_snowflake(Self::NAME, text))
    }
}

/// Whom an overwrite in a path is for: a role or a user.
#[derive(Debug)]
pub(crate) struct Overwrite(pub(crate) u64);

impl PathParam for Overwrite {
    const NAME: &'static str = "overwrite_id";

    fn parse(text: &str) -> Result<Self, ApiError> {
        // What a role's id may be, any of them may be.
        let id = text.parse::<RoleId>().map_err(|_| super::query::not_a_snowflake(Self::NAME, text))?;
        Ok(Self(id.get()))
    }
}

/// The code of an invite.
#[derive(Debug)]
pub(crate) struct Code(pub(crate) String);

/// No code is longer.
const CODE: usize = 64;

impl PathParam for Code {
    const NAME: &'static str = "code";

    fn parse(text: &str) -> Result<Self, ApiError> {
        let code = text.len() <= CODE && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if code { Ok(Self(text.to_owned())) } else { Err(Refusal::UnknownInvite.into()) }
    }
}

/// The secret of a webhook.
#[derive(Debug)]
pub(crate) struct WebhookToken(pub(crate) String);

/// No token is longer.
const TOKEN: usize = 256;

impl PathParam for WebhookToken {
    const NAME: &'static str = "webhook_token";

    fn parse(text: &str) -> Result<Self, ApiError> {
        if text.len() <= TOKEN { Ok(Self(text.to_owned())) } else { Err(Refusal::InvalidWebhookToken.into()) }
    }
}

/// The emoji of a reaction's path.
#[derive(Debug)]
pub(crate) struct Emoji(pub(crate) ReactionEmoji);

impl PathParam for Emoji {
    const NAME: &'static str = "emoji_name";

    fn parse(text: &str) -> Result<Self, ApiError> {
        wire::reaction::from_path(text).map(Self).ok_or_else(|| Refusal::UnknownEmoji.into())
    }
}

/// Parts of the path, by type: `Path<ChannelId>`, `Path<(ChannelId, MessageId)>` ...
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

/// What [`Path`] can hold.
pub(crate) trait FromPath: Sized {
    fn from_path(params: &RawPathParams) -> Result<Self, ApiError>;
}

impl<T: PathParam> FromPath for T {
    fn from_path(params: &RawPathParams) -> Result<Self, ApiError> {
        // A template without the part is a defect of the table; the test that walks it would see the 404.
        let (_, text) = params.iter().find(|(name, _)| *name == T::NAME).ok_or(ApiError::UnknownRoute)?;
        T::parse(text)
    }
}

macro_rules! tuples {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: FromPath),+> FromPath for ($($part,)+) {
            fn from_path(params: &RawPathParams) -> Result<Self, ApiError> {
                Ok(($($part::from_path(params)?,)+))
            }
        }
    )+};
}

tuples! { (A, B) (A, B, C) (A, B, C, D) }

impl<S: Send + Sync, T: FromPath> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // Refused when a part is not UTF-8: nothing of ours has such a name.
        let params =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::UnknownRoute)?;
        T::from_path(&params).map(Self)
    }
}
