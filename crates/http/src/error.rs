//! The one table from refusals to HTTP statuses, Discord's codes and Discord's texts.

use crate::ratelimit::Limited;
use crate::reply;
use axum::response::{IntoResponse, Response};
use domain::{FormErrors, Refusal};
use http::{HeaderValue, StatusCode, header};
use std::time::Duration;
use wire::error::{ErrorBody, FieldError, FormTree, RateLimitBody};

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The act said no.
    Act(domain::Error),
    /// The request has a wrong shape.
    Form(FormTree),
    /// There is no such route.
    UnknownRoute,
    /// There is, but not with this method.
    MethodNotAllowed,
    /// A version of the API that is not spoken.
    ApiVersion,
    /// The body is not JSON.
    Json,
    /// The body is larger than any request needs to be.
    TooLarge,
    /// The body did not arrive in time.
    Slow,
}

impl ApiError {
    /// One fault of one field.
    pub(crate) fn field(path: &str, code: &str, message: impl Into<String>) -> Self {
        let mut tree = FormTree::default();
        tree.push(path, code, message);
        Self::Form(tree)
    }

    /// A fault that `wire` found.
    pub(crate) fn fault((path, fault): (String, FieldError)) -> Self {
        Self::field(&path, &fault.code, fault.message)
    }
}

impl From<domain::Error> for ApiError {
    fn from(error: domain::Error) -> Self {
        Self::Act(error)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Act(refusal.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Act(error) => act(error),
            Self::Form(errors) => form(errors),
            Self::UnknownRoute => plain(StatusCode::NOT_FOUND, 0, "404: Not Found"),
            Self::MethodNotAllowed => plain(StatusCode::METHOD_NOT_ALLOWED, 0, "405: Method Not Allowed"),
            Self::ApiVersion => plain(StatusCode::BAD_REQUEST, 50041, "Invalid API version"),
            Self::Json => plain(StatusCode::BAD_REQUEST, 50109, "The request body contains invalid JSON."),
            Self::TooLarge => plain(StatusCode::PAYLOAD_TOO_LARGE, 40005, "Request entity too large"),
            Self::Slow => plain(StatusCode::REQUEST_TIMEOUT, 0, "408: Request Timeout"),
        }
    }
}

fn act(error: domain::Error) -> Response {
    use domain::Error;
    match error {
        Error::Unauthorized => plain(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized"),
        Error::Refused(refusal) => refused(refusal),
        Error::Form(errors) => form(tree(errors)),
        Error::Throttled { retry_after } => throttled(retry_after),
        Error::SlowMode { retry_after } => slow_mode(retry_after),
        Error::Unavailable => {
            let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, 0, "503: Service Unavailable");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        Error::Internal(why) => {
            tracing::error!(why, "an act failed");
            internal()
        }
        Error::Full => plain(StatusCode::INSUFFICIENT_STORAGE, 0, "507: Insufficient Storage"),
    }
}

/// A defect of the server.
pub(crate) fn internal() -> Response {
    plain(StatusCode::INTERNAL_SERVER_ERROR, 0, "500: Internal Server Error")
}

fn refused(refusal: Refusal) -> Response {
    let (status, code, message) = row(refusal);
    let field = match refusal {
        Refusal::KeyConflict => Some(("nonce", "NONCE_CONFLICT")),
        Refusal::KeyForeign => Some(("nonce", "NONCE_FOREIGN")),
        _ => None,
    };
    let errors = field.map(|(path, code)| {
        let mut tree = FormTree::default();
        tree.push(path, code, message);
        tree
    });
    let message = if errors.is_some() { "Invalid Form Body" } else { message };
    reply::json_as(status, ErrorBody { message, code, errors })
}

/// The table.
pub(crate) const fn row(refusal: Refusal) -> (StatusCode, u32, &'static str) {
    use StatusCode as S;
    match refusal {
        Refusal::UnknownApplication => (S::NOT_FOUND, 10002, "Unknown Application"),
        Refusal::UnknownChannel => (S::NOT_FOUND, 10003, "Unknown Channel"),
        Refusal::UnknownGuild => (S::NOT_FOUND, 10004, "Unknown Guild"),
        Refusal::UnknownMessage => (S::NOT_FOUND, 10008, "Unknown Message"),
        Refusal::UnknownUser => (S::NOT_FOUND, 10013, "Unknown User"),
        Refusal::UnknownEmoji => (S::BAD_REQUEST, 10014, "Unknown Emoji"),
        Refusal::UnknownGuildEmoji => (S::NOT_FOUND, 10014, "Unknown Emoji"),
        Refusal::UnknownSession => (S::NOT_FOUND, 10020, "Unknown Session"),
        Refusal::BotsNotAllowed => (S::FORBIDDEN, 20001, "Bots cannot use this endpoint"),
        Refusal::OnlyBots => (S::FORBIDDEN, 20002, "Only bots can use this endpoint"),
        Refusal::TooManyFriends => (S::BAD_REQUEST, 30002, "Maximum number of friends reached (1000)"),
        Refusal::TooManyPins => {
            (S::BAD_REQUEST, 30003, "Maximum number of pins reached for the channel (250)")
        }
        Refusal::TooManyRecipients => (S::BAD_REQUEST, 30004, "Maximum number of recipients reached (10)"),
        Refusal::TooManyReactions => (S::BAD_REQUEST, 30010, "Maximum number of reactions reached (20)"),
        Refusal::TooManyApplications => {
            (S::BAD_REQUEST, 30030, "Maximum number of applications reached (50)")
        }
        Refusal::MissingAccess => (S::FORBIDDEN, 50001, "Missing Access"),
        Refusal::NotInDm => (S::FORBIDDEN, 50003, "Cannot execute action on a DM channel"),
        Refusal::NotYourMessage => (S::FORBIDDEN, 50005, "Cannot edit a message authored by another user"),
        Refusal::EmptyMessage => (S::BAD_REQUEST, 50006, "Cannot send an empty message"),
        Refusal::CannotMessage => (S::FORBIDDEN, 50007, "Cannot send messages to this user"),
        Refusal::MissingPermissions => (S::FORBIDDEN, 50013, "You lack permissions to perform that action"),
        Refusal::PasswordMismatch => (S::BAD_REQUEST, 50018, "Password does not match"),
        Refusal::SystemMessage => (S::FORBIDDEN, 50021, "Cannot execute action on a system message"),
        Refusal::InvalidRecipients => (S::BAD_REQUEST, 50033, "Invalid Recipient(s)"),
        Refusal::KeyConflict => {
            (S::CONFLICT, 50035, "This nonce was used before for a message with other content.")
        }
        Refusal::KeyForeign => (S::BAD_REQUEST, 50035, "This nonce was not issued to you."),
        Refusal::RegistrationClosed => (S::FORBIDDEN, 0, "Registration is closed on this server"),
        Refusal::RequestsRefused => (S::BAD_REQUEST, 80000, "Incoming friend requests disabled."),
        Refusal::Blocking => (S::BAD_REQUEST, 80001, "Friend request blocked."),
        Refusal::SelfRequest => (S::BAD_REQUEST, 80003, "Cannot send friend request to self."),
        Refusal::NoSuchUsername => (S::BAD_REQUEST, 80004, "No users with that username exist."),
        Refusal::AlreadyFriends => (S::BAD_REQUEST, 80007, "You are already friends with that user."),
        Refusal::ReactionBlocked => (S::FORBIDDEN, 90001, "Reaction was blocked"),
        Refusal::UnknownIntegration => (S::NOT_FOUND, 10005, "Unknown Integration"),
        Refusal::UnknownInvite => (S::NOT_FOUND, 10006, "Unknown Invite"),
        Refusal::UnknownMember => (S::NOT_FOUND, 10007, "Unknown Member"),
        Refusal::UnknownOverwrite => (S::NOT_FOUND, 10009, "Unknown Overwrite"),
        Refusal::UnknownRole => (S::NOT_FOUND, 10011, "Unknown Role"),
        Refusal::UnknownWebhook => (S::NOT_FOUND, 10015, "Unknown Webhook"),
        Refusal::UnknownBan => (S::NOT_FOUND, 10026, "Unknown Ban"),
        Refusal::UnknownVoiceState => (S::NOT_FOUND, 10065, "Unknown Voice State"),
        Refusal::UnknownWelcomeScreen => (S::NOT_FOUND, 10069, "Unknown Guild Welcome Screen"),
        Refusal::TooManyGuilds => (S::BAD_REQUEST, 30001, "Maximum number of guilds reached (200)"),
        Refusal::TooManyRoles => (S::BAD_REQUEST, 30005, "Maximum number of guild roles reached (250)"),
        Refusal::TooManyWebhooks => (S::BAD_REQUEST, 30007, "Maximum number of webhooks reached (15)"),
        Refusal::TooManyEmojis => (S::BAD_REQUEST, 30008, "Maximum number of emojis reached (50)"),
        Refusal::TooManyChannels => (S::BAD_REQUEST, 30013, "Maximum number of guild channels reached (500)"),
        Refusal::TooManyInvites => (S::BAD_REQUEST, 30016, "Maximum number of invites reached (1000)"),
        Refusal::TooManyAnimatedEmojis => {
            (S::BAD_REQUEST, 30018, "Maximum number of animated emojis reached (50)")
        }
        Refusal::TooManyThreadMembers => {
            (S::BAD_REQUEST, 30033, "Maximum number of thread participants reached (1000)")
        }
        Refusal::TooManyOverwrites => {
            (S::BAD_REQUEST, 30060, "Maximum number of channel permission overwrites reached (1000)")
        }
        Refusal::BannedFromGuild => (S::FORBIDDEN, 40007, "The user is banned from this guild"),
        Refusal::NotInVoice => (S::BAD_REQUEST, 40032, "Target user is not connected to voice."),
        Refusal::AlreadyCrossposted => (S::BAD_REQUEST, 40033, "This message has already been crossposted"),
        Refusal::BulkDeleteCount => (
            S::BAD_REQUEST,
            50016,
            "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages to delete",
        ),
        Refusal::InviteCodeTaken => (S::BAD_REQUEST, 50020, "Invite code is either invalid or taken"),
        Refusal::WrongChannelType => (S::BAD_REQUEST, 50024, "Cannot execute action on this channel type"),
        Refusal::InvalidWebhookToken => (S::UNAUTHORIZED, 50027, "Invalid Webhook Token"),
        Refusal::InvalidRole => (S::FORBIDDEN, 50028, "Invalid role"),
        Refusal::TooOldToBulkDelete => {
            (S::BAD_REQUEST, 50034, "A message provided was too old to bulk delete")
        }
        Refusal::InvalidImage => (S::BAD_REQUEST, 50046, "Invalid file asset"),
        Refusal::InvalidGuild => (S::BAD_REQUEST, 50055, "Invalid Guild"),
        Refusal::ThreadArchived => (S::BAD_REQUEST, 50083, "Thread is archived"),
        Refusal::ImageTooLarge => {
            (S::BAD_REQUEST, 50138, "Failed to resize asset below the maximum size: 262144")
        }
        Refusal::CannotReplyWithoutHistory => {
            (S::BAD_REQUEST, 160002, "You cannot reply without permission to read message history")
        }
        Refusal::ThreadExists => {
            (S::BAD_REQUEST, 160004, "A thread has already been created for this message")
        }
        Refusal::ThreadLocked => (S::BAD_REQUEST, 160005, "Thread is locked"),
        Refusal::TooManyThreads => (S::BAD_REQUEST, 160006, "Maximum number of active threads reached"),
        Refusal::NobodyBanned => (S::BAD_REQUEST, 500000, "Failed to ban users"),
    }
}

fn plain(status: StatusCode, code: u32, message: &str) -> Response {
    reply::json_as(status, ErrorBody { message, code, errors: None })
}

fn form(errors: FormTree) -> Response {
    let body = ErrorBody { message: "Invalid Form Body", code: 50035, errors: Some(errors) };
    reply::json_as(StatusCode::BAD_REQUEST, body)
}

fn tree(errors: FormErrors) -> FormTree {
    let mut tree = FormTree::default();
    for (path, faults) in errors.0 {
        for fault in faults {
            tree.push(&path, fault.code, fault.message);
        }
    }
    tree
}

fn throttled(retry_after: Duration) -> Response {
    let body = RateLimitBody::route(seconds(retry_after));
    let mut response = reply::json_as(StatusCode::TOO_MANY_REQUESTS, body);
    response.extensions_mut().insert(Limited(retry_after));
    response
}

/// A channel's slow mode, which holds for people only.
fn slow_mode(retry_after: Duration) -> Response {
    let seconds = seconds(retry_after);
    let body = RateLimitBody {
        message: "This action cannot be performed due to slowmode rate limit.",
        code: 20016,
        ..RateLimitBody::route(seconds)
    };
    let mut response = reply::json_as(StatusCode::TOO_MANY_REQUESTS, body);
    response.extensions_mut().insert(Limited(retry_after));
    response
}

/// In milliseconds, rounded up. Clients that see zero try again at once.
fn seconds(retry_after: Duration) -> f64 {
    (retry_after.max(Duration::from_millis(1)).as_secs_f64() * 1000.0).ceil() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};

    async fn shown(error: ApiError) -> (u16, Value) {
        let response = error.into_response();
        let status = response.status().as_u16();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn refusals_have_discords_status_code_and_text() {
        for (refusal, status, code) in [
            (Refusal::UnknownApplication, 404, 10002),
            (Refusal::UnknownChannel, 404, 10003),
            (Refusal::UnknownGuild, 404, 10004),
            (Refusal::UnknownMessage, 404, 10008),
            (Refusal::UnknownUser, 404, 10013),
            (Refusal::UnknownEmoji, 400, 10014),
            (Refusal::UnknownGuildEmoji, 404, 10014),
            (Refusal::UnknownSession, 404, 10020),
            (Refusal::BotsNotAllowed, 403, 20001),
            (Refusal::OnlyBots, 403, 20002),
            (Refusal::TooManyFriends, 400, 30002),
            (Refusal::TooManyPins, 400, 30003),
            (Refusal::TooManyRecipients, 400, 30004),
            (Refusal::TooManyReactions, 400, 30010),
            (Refusal::TooManyApplications, 400, 30030),
            (Refusal::MissingAccess, 403, 50001),
            (Refusal::NotInDm, 403, 50003),
            (Refusal::NotYourMessage, 403, 50005),
            (Refusal::EmptyMessage, 400, 50006),
            (Refusal::CannotMessage, 403, 50007),
            (Refusal::MissingPermissions, 403, 50013),
            (Refusal::PasswordMismatch, 400, 50018),
            (Refusal::SystemMessage, 403, 50021),
            (Refusal::InvalidRecipients, 400, 50033),
            (Refusal::KeyConflict, 409, 50035),
            (Refusal::KeyForeign, 400, 50035),
            (Refusal::RegistrationClosed, 403, 0),
            (Refusal::RequestsRefused, 400, 80000),
            (Refusal::Blocking, 400, 80001),
            (Refusal::SelfRequest, 400, 80003),
            (Refusal::NoSuchUsername, 400, 80004),
            (Refusal::AlreadyFriends, 400, 80007),
            (Refusal::ReactionBlocked, 403, 90001),
            (Refusal::UnknownIntegration, 404, 10005),
            (Refusal::UnknownInvite, 404, 10006),
            (Refusal::UnknownMember, 404, 10007),
            (Refusal::UnknownOverwrite, 404, 10009),
            (Refusal::UnknownRole, 404, 10011),
            (Refusal::UnknownWebhook, 404, 10015),
            (Refusal::UnknownBan, 404, 10026),
            (Refusal::UnknownVoiceState, 404, 10065),
            (Refusal::UnknownWelcomeScreen, 404, 10069),
            (Refusal::TooManyGuilds, 400, 30001),
            (Refusal::TooManyRoles, 400, 30005),
            (Refusal::TooManyWebhooks, 400, 30007),
            (Refusal::TooManyEmojis, 400, 30008),
            (Refusal::TooManyChannels, 400, 30013),
            (Refusal::TooManyInvites, 400, 30016),
            (Refusal::TooManyAnimatedEmojis, 400, 30018),
            (Refusal::TooManyThreadMembers, 400, 30033),
            (Refusal::TooManyOverwrites, 400, 30060),
            (Refusal::BannedFromGuild, 403, 40007),
            (Refusal::NotInVoice, 400, 40032),
            (Refusal::AlreadyCrossposted, 400, 40033),
            (Refusal::BulkDeleteCount, 400, 50016),
            (Refusal::InviteCodeTaken, 400, 50020),
            (Refusal::WrongChannelType, 400, 50024),
            (Refusal::InvalidRole, 403, 50028),
            (Refusal::TooOldToBulkDelete, 400, 50034),
            (Refusal::InvalidImage, 400, 50046),
            (Refusal::InvalidGuild, 400, 50055),
            (Refusal::ThreadArchived, 400, 50083),
            (Refusal::ImageTooLarge, 400, 50138),
            (Refusal::CannotReplyWithoutHistory, 400, 160002),
            (Refusal::ThreadExists, 400, 160004),
            (Refusal::ThreadLocked, 400, 160005),
            (Refusal::TooManyThreads, 400, 160006),
            (Refusal::NobodyBanned, 400, 500000),
        ] {
            let (seen, body) = shown(refusal.into()).await;
            assert_eq!((seen, body["code"].as_u64()), (status, Some(code)), "{refusal:?}");
            assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()));
            // 401 would tell clients that their token is dead.
            assert_ne!(seen, 401, "{refusal:?}");
        }
    }

    #[tokio::test]
    async fn forms_nest_their_faults() {
        let faults =
            FormErrors::one("embeds.0.title", "BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length.");
        let expected = json!({
            "message": "Invalid Form Body", "code": 50035,
            "errors": {"embeds": {"0": {"title": {"_errors": [
                {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}
            ]}}}},
        });
        assert_eq!(shown(domain::Error::Form(faults).into()).await, (400, expected));
    }

    #[tokio::test]
    async fn overload_names_when_to_come_back() {
        let error = domain::Error::Throttled { retry_after: Duration::from_micros(1_500_400) };
        assert_eq!(
            shown(error.into()).await,
            (
                429,
                json!({"message": "You are being rate limited.", "retry_after": 1.501, "global": false, "code": 0})
            )
        );
        let response = ApiError::from(domain::Error::Unavailable).into_response();
        assert_eq!(
            (response.status().as_u16(), &response.headers()[header::RETRY_AFTER]),
            (503, &HeaderValue::from_static("1"))
        );
        assert_eq!(shown(domain::Error::Full.into()).await.0, 507);
    }

    #[tokio::test]
    async fn defects_tell_nothing() {
        let (status, body) = shown(domain::Error::Internal("row 7 of /secret".into()).into()).await;
        assert_eq!((status, body), (500, json!({"message": "500: Internal Server Error", "code": 0})));
    }
}
