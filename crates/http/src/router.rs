//! The table of contents of the REST API.

use crate::acts::Acts;
use crate::app::{App, InstanceInfo};
use crate::error::ApiError;
use crate::extract::authorize;
use crate::finish;
use crate::images;
use crate::invalid;
use crate::openapi;
use crate::ratelimit;
use crate::routes::{
    applications, auth, channels, gateway, guildhall, guilds, invites, oauth2, read_states, sticker_packs,
    users, voice, webhooks,
};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, get, on};
use domain::World;
use http::Method;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Who may call a route. What they may do with what it names is for the act behind it to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Whoever can reach the server.
    Anyone,
    /// A person; bots get 403/20001.
    User,
    /// A bot; people get 403/20002.
    Bot,
    /// A person or a bot.
    Account,
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The path below `/api/v10`, with Discord's names for its parameters.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

/// A row with its handler. There is no way to make one without saying who may call it.
struct Route {
    info: RouteInfo,
    handler: MethodRouter<App>,
}

macro_rules! routes {
    ($($method:ident $access:ident $path:literal $handler:expr;)+) => {
        vec![$(Route {
            info: RouteInfo { method: Method::$method, path: $path, access: Access::$access },
            handler: on(MethodFilter::$method, $handler),
        }),+]
    };
}

/// Every route there is.
#[rustfmt::skip]
fn routes() -> Vec<Route> {
    routes! {
        GET    Anyone  "/guildhall/instance"                                 guildhall::instance;

        GET    Anyone  "/gateway"                                            gateway::url;
        GET    Bot     "/gateway/bot"                                        gateway::bot;
        GET    Account "/voice/regions"                                      voice::regions;
        GET    Anyone  "/sticker-packs"                                      sticker_packs::list;

        POST   Anyone  "/auth/register"                                      auth::register;
        POST   Anyone  "/auth/login"                                         auth::login;
        POST   User    "/auth/logout"                                        auth::logout;
        GET    User    "/auth/sessions"                                      auth::sessions::list;
        POST   User    "/auth/sessions/logout"                               auth::sessions::logout;
        POST   Anyone  "/unique-username/username-attempt-unauthed"          auth::username_attempt;

        GET    Bot     "/oauth2/applications/@me"                            applications::me::get;
        GET    Bot     "/applications/@me"                                   applications::me::get;
        PATCH  Bot     "/applications/@me"                                   applications::me::patch;
        GET    User    "/applications"                                       applications::list;
        POST   User    "/applications"                                       applications::create;
        GET    User    "/applications/{application_id}"                      applications::get;
        PATCH  User    "/applications/{application_id}"                      applications::patch;
        POST   User    "/applications/{application_id}/delete"               applications::delete;
        POST   User    "/applications/{application_id}/bot"                  applications::bot::create;
        PATCH  User    "/applications/{application_id}/bot"                  applications::bot::patch;
        POST   User    "/applications/{application_id}/bot/reset"            applications::bot::reset;
        GET    Bot     "/applications/{application_id}/commands"             applications::commands::list;
        PUT    Bot     "/applications/{application_id}/commands"             applications::commands::replace;
        GET    Bot     "/applications/{application_id}/entitlements"         applications::entitlements::list;

        GET    Account "/users/@me"                                          users::me::get;
        PATCH  Account "/users/@me"                                          users::me::patch;
        PATCH  User    "/users/@me/profile"                                  users::me::patch_profile;
        GET    User    "/users/@me/settings"                                 users::settings::get;
        PATCH  User    "/users/@me/settings"                                 users::settings::patch;
        GET    Account "/users/@me/guilds"                                   users::guilds::list;
        DELETE Account "/users/@me/guilds/{guild_id}"                        users::guilds::leave;
        PATCH  User    "/users/@me/guilds/settings"                          users::guilds::patch_all_settings;
        PATCH  User    "/users/@me/guilds/{guild_id}/settings"               users::guilds::patch_settings;
        PATCH  User    "/users/@me/guilds/@me/settings"                      users::guilds::patch_private_settings;
        GET    Account "/users/@me/guilds/{guild_id}/member"                 guilds::members::get_own;
        GET    Account "/users/@me/channels"                                 users::channels::list;
        POST   Account "/users/@me/channels"                                 users::channels::open;
        GET    Account "/users/@me/dms/{user_id}"                            users::channels::dm;
        POST   Account "/users/@me/message-ids"                              users::message_ids::issue;
        GET    User    "/users/@me/mentions"                                 users::mentions::list;
        DELETE User    "/users/@me/mentions/{message_id}"                    users::mentions::dismiss;
        GET    User    "/users/@me/relationships"                            users::relationships::list;
        POST   User    "/users/@me/relationships"                            users::relationships::request;
        DELETE User    "/users/@me/relationships"                            users::relationships::clear_incoming;
        PUT    User    "/users/@me/relationships/{user_id}"                  users::relationships::put;
        PATCH  User    "/users/@me/relationships/{user_id}"                  users::relationships::patch;
        DELETE User    "/users/@me/relationships/{user_id}"                  users::relationships::remove;
        GET    Account "/users/{user_id}"                                    users::get;
        GET    User    "/users/{user_id}/profile"                            users::profile;
        GET    User    "/users/{user_id}/relationships"                      users::mutual_friends;

        GET    Account "/channels/{channel_id}"                              channels::get;
        PATCH  Account "/channels/{channel_id}"                              channels::patch;
        DELETE Account "/channels/{channel_id}"                              channels::delete;
        POST   Account "/channels/{channel_id}/typing"                       channels::typing;
        PUT    User    "/channels/{channel_id}/recipients/{user_id}"         channels::recipients::add;
        DELETE User    "/channels/{channel_id}/recipients/{user_id}"         channels::recipients::remove;

        GET    Account "/channels/{channel_id}/messages"                     channels::messages::list;
        POST   Account "/channels/{channel_id}/messages"                     channels::messages::create;
        POST   Account "/channels/{channel_id}/messages/bulk-delete"         channels::messages::bulk_delete;
        GET    Account "/channels/{channel_id}/messages/{message_id}"        channels::messages::get;
        PATCH  Account "/channels/{channel_id}/messages/{message_id}"        channels::messages::edit;
        DELETE Account "/channels/{channel_id}/messages/{message_id}"        channels::messages::delete;

        DELETE Account "/channels/{channel_id}/messages/{message_id}/reactions"                        channels::reactions::clear;
        GET    Account "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"           channels::reactions::list;
        DELETE Account "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"           channels::reactions::clear_emoji;
        PUT    Account "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"       channels::reactions::add;
        DELETE Account "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"       channels::reactions::remove_own;
        DELETE Account "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}" channels::reactions::remove;

        GET    Account "/channels/{channel_id}/messages/pins"                channels::pins::list;
        PUT    Account "/channels/{channel_id}/messages/pins/{message_id}"   channels::pins::pin;
        DELETE Account "/channels/{channel_id}/messages/pins/{message_id}"   channels::pins::unpin;
        GET    Account "/channels/{channel_id}/pins"                         channels::pins::list_old;
        PUT    Account "/channels/{channel_id}/pins/{message_id}"            channels::pins::pin;
        DELETE Account "/channels/{channel_id}/pins/{message_id}"            channels::pins::unpin;

        PUT    Account "/channels/{channel_id}/permissions/{overwrite_id}"  channels::permissions::put;
        DELETE Account "/channels/{channel_id}/permissions/{overwrite_id}"  channels::permissions::delete;
        GET    Account "/channels/{channel_id}/invites"                     channels::invites::list;
        POST   Account "/channels/{channel_id}/invites"                     channels::invites::create;
        GET    Account "/channels/{channel_id}/webhooks"                    channels::webhooks::list;
        POST   Account "/channels/{channel_id}/webhooks"                    channels::webhooks::create;
        POST   Account "/channels/{channel_id}/threads"                     channels::threads::create;
        POST   Account "/channels/{channel_id}/messages/{message_id}/threads" channels::threads::from_message;
        POST   Account "/channels/{channel_id}/messages/{message_id}/crosspost" channels::messages::crosspost;
        GET    Account "/channels/{channel_id}/threads/archived/public"     channels::threads::archived_public;
        GET    Account "/channels/{channel_id}/threads/archived/private"    channels::threads::archived_private;
        GET    Account "/channels/{channel_id}/users/@me/threads/archived/private" channels::threads::archived_joined;
        GET    Account "/channels/{channel_id}/threads/search"              channels::threads::search;
        GET    Account "/channels/{channel_id}/thread-members"              channels::threads::members;
        PUT    Account "/channels/{channel_id}/thread-members/@me"          channels::threads::join;
        DELETE Account "/channels/{channel_id}/thread-members/@me"          channels::threads::leave;
        GET    Account "/channels/{channel_id}/thread-members/{user_id}"    channels::threads::member;
        PUT    Account "/channels/{channel_id}/thread-members/{user_id}"    channels::threads::add;
        DELETE Account "/channels/{channel_id}/thread-members/{user_id}"    channels::threads::remove;

        POST   User    "/channels/{channel_id}/messages/{message_id}/ack"    channels::acks::ack;
        DELETE User    "/channels/{channel_id}/messages/ack"                 channels::acks::forget;
        POST   User    "/channels/{channel_id}/pins/ack"                     channels::acks::pins;
        POST   User    "/read-states/ack-bulk"                               read_states::ack_bulk;

        POST   User    "/guilds"                                            guilds::create;
        GET    Account "/guilds/{guild_id}"                                 guilds::get;
        PATCH  Account "/guilds/{guild_id}"                                 guilds::patch;
        DELETE User    "/guilds/{guild_id}"                                 guilds::delete;
        POST   User    "/guilds/{guild_id}/delete"                          guilds::delete;
        POST   User    "/guilds/{guild_id}/ack"                             guilds::acks::ack;
        GET    Account "/guilds/{guild_id}/preview"                         guilds::preview;
        GET    Account "/guilds/{guild_id}/vanity-url"                      guilds::vanity;
        PATCH  Account "/guilds/{guild_id}/vanity-url"                      guilds::set_vanity;
        GET    Account "/guilds/{guild_id}/regions"                         guilds::absent::regions;
        GET    Account "/guilds/{guild_id}/widget"                          guilds::absent::widget;
        GET    Account "/guilds/{guild_id}/welcome-screen"                  guilds::absent::welcome_screen;
        GET    Account "/guilds/{guild_id}/onboarding"                      guilds::absent::onboarding;
        GET    Account "/guilds/{guild_id}/stickers"                        guilds::absent::list;
        GET    Account "/guilds/{guild_id}/scheduled-events"                guilds::absent::list;
        GET    Account "/guilds/{guild_id}/auto-moderation/rules"           guilds::absent::rules;
        GET    Account "/guilds/{guild_id}/soundboard-sounds"               guilds::absent::sounds;
        GET    Account "/guilds/{guild_id}/audit-logs"                      guilds::audit_logs::list;
        GET    Account "/guilds/{guild_id}/prune"                           guilds::prune::count;
        POST   Account "/guilds/{guild_id}/prune"                           guilds::prune::prune;
        GET    Account "/guilds/{guild_id}/integrations"                    guilds::integrations::list;
        DELETE Account "/guilds/{guild_id}/integrations/{integration_id}"   guilds::integrations::delete;
        GET    Account "/guilds/{guild_id}/invites"                         guilds::invites::list;
        GET    Account "/guilds/{guild_id}/webhooks"                        guilds::webhooks::list;
        GET    Account "/guilds/{guild_id}/threads/active"                  guilds::threads::active;

        GET    Account "/guilds/{guild_id}/channels"                        guilds::channels::list;
        POST   Account "/guilds/{guild_id}/channels"                        guilds::channels::create;
        PATCH  Account "/guilds/{guild_id}/channels"                        guilds::channels::reorder;

        GET    Account "/guilds/{guild_id}/roles"                           guilds::roles::list;
        POST   Account "/guilds/{guild_id}/roles"                           guilds::roles::create;
        PATCH  Account "/guilds/{guild_id}/roles"                           guilds::roles::reorder;
        GET    Account "/guilds/{guild_id}/roles/member-counts"             guilds::roles::counts;
        GET    Account "/guilds/{guild_id}/roles/{role_id}/member-ids"      guilds::roles::members;
        GET    Account "/guilds/{guild_id}/roles/{role_id}"                 guilds::roles::get;
        PATCH  Account "/guilds/{guild_id}/roles/{role_id}"                 guilds::roles::patch;
        DELETE Account "/guilds/{guild_id}/roles/{role_id}"                 guilds::roles::delete;

        GET    Account "/guilds/{guild_id}/members"                         guilds::members::list;
        GET    Account "/guilds/{guild_id}/members/search"                  guilds::members::search;
        GET    Account "/guilds/{guild_id}/voice-states/@me"                guilds::voice_states::get_own;
        PATCH  Account "/guilds/{guild_id}/voice-states/@me"                guilds::voice_states::patch_own;
        GET    Account "/guilds/{guild_id}/voice-states/{user_id}"          guilds::voice_states::get;
        PATCH  Account "/guilds/{guild_id}/voice-states/{user_id}"          guilds::voice_states::patch;
        PATCH  Account "/guilds/{guild_id}/members/@me"                     guilds::members::patch_own;
        PATCH  Account "/guilds/{guild_id}/members/@me/nick"                guilds::members::patch_nick;
        GET    Account "/guilds/{guild_id}/members/{user_id}"               guilds::members::get;
        PATCH  Account "/guilds/{guild_id}/members/{user_id}"               guilds::members::patch;
        DELETE Account "/guilds/{guild_id}/members/{user_id}"               guilds::members::kick;
        PUT    Account "/guilds/{guild_id}/members/{user_id}/roles/{role_id}" guilds::members::add_role;
        DELETE Account "/guilds/{guild_id}/members/{user_id}/roles/{role_id}" guilds::members::remove_role;

        GET    Account "/guilds/{guild_id}/bans"                            guilds::bans::list;
        GET    Account "/guilds/{guild_id}/bans/{user_id}"                  guilds::bans::get;
        PUT    Account "/guilds/{guild_id}/bans/{user_id}"                  guilds::bans::put;
        DELETE Account "/guilds/{guild_id}/bans/{user_id}"                  guilds::bans::delete;
        POST   Account "/guilds/{guild_id}/bulk-ban"                        guilds::bans::bulk;

        GET    Account "/guilds/{guild_id}/emojis"                          guilds::emojis::list;
        POST   Account "/guilds/{guild_id}/emojis"                          guilds::emojis::create;
        GET    Account "/guilds/{guild_id}/emojis/{emoji_id}"               guilds::emojis::get;
        PATCH  Account "/guilds/{guild_id}/emojis/{emoji_id}"               guilds::emojis::patch;
        DELETE Account "/guilds/{guild_id}/emojis/{emoji_id}"               guilds::emojis::delete;

        GET    Anyone  "/invites/{code}"                                    invites::get;
        POST   User    "/invites/{code}"                                    invites::accept;
        DELETE Account "/invites/{code}"                                    invites::delete;

        GET    Account "/webhooks/{webhook_id}"                             webhooks::get;
        PATCH  Account "/webhooks/{webhook_id}"                             webhooks::patch;
        DELETE Account "/webhooks/{webhook_id}"                             webhooks::delete;
        GET    Anyone  "/webhooks/{webhook_id}/{webhook_token}"             webhooks::get_by_token;
        PATCH  Anyone  "/webhooks/{webhook_id}/{webhook_token}"             webhooks::patch_by_token;
        DELETE Anyone  "/webhooks/{webhook_id}/{webhook_token}"             webhooks::delete_by_token;
        POST   Anyone  "/webhooks/{webhook_id}/{webhook_token}"             webhooks::execute;
        GET    Anyone  "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}" webhooks::message;
        PATCH  Anyone  "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}" webhooks::edit_message;
        DELETE Anyone  "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}" webhooks::delete_message;

        GET    User    "/oauth2/authorize"                                  oauth2::consent;
        POST   User    "/oauth2/authorize"                                  oauth2::authorize;
    }
}

/// The table, for tests that walk it.
pub fn table() -> Vec<RouteInfo> {
    routes().into_iter().map(|route| route.info).collect()
}

/// The REST API under `/api/v10`, `/api/v9` and `/api`, and the images beside it. Whoever stops it ends `acts`, too.
pub fn router(world: World, instance: InstanceInfo, acts: Acts) -> Router {
    let images = images::router(world.clone());
    let app = App { world, instance: Arc::new(instance), barred: Arc::default() };
    let mut api = Router::new();
    for Route { info, handler } in routes() {
        let mut handler = handler;
        if info.method != Method::GET {
            handler = handler.layer(middleware::from_fn_with_state(acts.clone(), to_the_end));
        }
        handler = handler.layer(middleware::from_fn_with_state(app.clone(), ratelimit::count));
        if info.access != Access::Anyone {
            handler = handler.layer(middleware::from_fn_with_state((app.clone(), info.access), authorize));
        }
        for path in spellings(info.path) {
            api = api.route(&path, handler.clone());
        }
    }
    all_versions(api)
        .layer(DefaultBodyLimit::max(crate::extract::BODY_LEN))
        .layer(CatchPanicLayer::custom(finish::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), invalid::bar))
        .layer(middleware::from_fn_with_state(app.clone(), finish::finish))
        .with_state(app)
        .merge(images)
}

/// A path as clients may write it: discord.js escapes the `@` of `@me` where it stands for an id.
fn spellings(path: &str) -> impl Iterator<Item = String> {
    let escaped = path.contains("@me").then(|| path.replace("@me", "%40me"));
    std::iter::once(path.to_owned()).chain(escaped)
}

/// The same routes under every version's path, and a refusal for whatever else is asked below `/api`: the paths beside
/// it belong to others, so that a fallback of the router's own would be in their way.
fn all_versions<S: Clone + Send + Sync + 'static>(api: Router<S>) -> Router<S> {
    Router::new()
        .nest("/api/v10", api.clone())
        .nest("/api/v9", api.clone())
        .nest("/api", api)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .route("/api/openapi.json", get(openapi::get))
        .route("/api", any(unknown))
        .route("/api/", any(unknown))
        .route("/api/{*rest}", any(unknown))
}

/// Runs what changes something in a task of its own: a caller that hangs up must not stop an act between the store and
/// the bus.
async fn to_the_end(State(acts): State<Acts>, request: Request, next: Next) -> Response {
    let Some(act) = acts.begin() else { return ApiError::Act(domain::Error::Unavailable).into_response() };
    let answer = async move {
        let response = next.run(request).await;
        drop(act);
        response
    };
    match tokio::spawn(answer).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => finish::panicked(panic),
            // The runtime is shutting down.
            Err(_) => ApiError::Act(domain::Error::Unavailable).into_response(),
        },
    }
}

async fn unknown(request: Request) -> ApiError {
    if names_other_version(request.uri().path()) { ApiError::ApiVersion } else { ApiError::UnknownRoute }
}

fn names_other_version(path: &str) -> bool {
    let version = path.strip_prefix("/api/v").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) && !matches!(version, "9" | "10")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn only_numbers_after_the_v_are_versions() {
        assert!(names_other_version("/api/v8/users/@me"));
        assert!(names_other_version("/api/v11"));
        for other in ["/api/v10/nowhere", "/api/v9", "/api/voice", "/api/", "/api/v", "/other/v8"] {
            assert!(!names_other_version(other), "{other}");
        }
    }

    #[test]
    fn no_row_stands_twice() {
        let table = table();
        let rows: HashSet<_> = table.iter().map(|row| (row.method.clone(), row.path)).collect();
        assert_eq!(rows.len(), table.len());
    }

    /// Which row of the table answers a path; what the router does with the table, without a world behind it.
    async fn answers(method: Method, path: &str) -> String {
        use tower::ServiceExt;
        let mut api = Router::new();
        for row in table() {
            let name = format!("{} {}", row.method, row.path);
            let filter = MethodFilter::try_from(row.method).unwrap();
            for path in spellings(row.path) {
                let name = name.clone();
                api = api.route(&path, on(filter, async move || name));
            }
        }
        let router = all_versions(api).with_state(());
        let request = Request::builder().method(method).uri(path).body(axum::body::Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn fixed_parts_win_over_ids_in_every_version() {
        for (method, path, row) in [
            (Method::GET, "/users/@me", "GET /users/@me"),
            (Method::GET, "/users/1", "GET /users/{user_id}"),
            (Method::GET, "/users/@me/relationships", "GET /users/@me/relationships"),
            (Method::GET, "/users/1/relationships", "GET /users/{user_id}/relationships"),
            (Method::GET, "/channels/1/messages/pins", "GET /channels/{channel_id}/messages/pins"),
            (Method::GET, "/channels/1/messages/2", "GET /channels/{channel_id}/messages/{message_id}"),
            (Method::DELETE, "/channels/1/messages/ack", "DELETE /channels/{channel_id}/messages/ack"),
            (
                Method::PUT,
                "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me",
                "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
            ),
            (Method::GET, "/applications/@me", "GET /applications/@me"),
            (Method::GET, "/guilds/1/members/2", "GET /guilds/{guild_id}/members/{user_id}"),
            (Method::PATCH, "/guilds/1/members/@me", "PATCH /guilds/{guild_id}/members/@me"),
            (Method::PATCH, "/guilds/1/members/%40me", "PATCH /guilds/{guild_id}/members/@me"),
            (Method::GET, "/guilds/1/roles/member-counts", "GET /guilds/{guild_id}/roles/member-counts"),
            (Method::PUT, "/channels/1/thread-members/@me", "PUT /channels/{channel_id}/thread-members/@me"),
        ] {
            for version in ["/api/v10", "/api/v9", "/api"] {
                assert_eq!(answers(method.clone(), &format!("{version}{path}")).await, row, "{version}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_in_no_row_is_refused_in_json() {
        let not_found = r#"{"message":"404: Not Found","code":0}"#;
        for path in
            ["/api", "/api/", "/api/v10", "/api/v10/", "/api/v10/nowhere", "/api/users/1/nowhere/else"]
        {
            assert_eq!(answers(Method::GET, path).await, not_found, "{path}");
        }
        let version = r#"{"message":"Invalid API version","code":50041}"#;
        assert_eq!(answers(Method::GET, "/api/v8/users/@me").await, version);
        let method = r#"{"message":"405: Method Not Allowed","code":0}"#;
        for method_used in [Method::DELETE, Method::OPTIONS, Method::from_bytes(b"BREW").unwrap()] {
            assert_eq!(answers(method_used, "/api/v10/users/@me").await, method);
        }
    }

    #[tokio::test]
    async fn acts_go_on_when_the_caller_hangs_up_and_panics_answer() {
        use tower::ServiceExt;
        let (began, begin) = tokio::sync::oneshot::channel();
        let (finished, finish) = tokio::sync::oneshot::channel();
        let ends = std::sync::Mutex::new(Some((began, finished)));
        let act = async move || {
            let (began, finished) = ends.lock().unwrap().take().unwrap();
            began.send(()).unwrap();
            tokio::task::yield_now().await;
            finished.send(()).unwrap();
        };
        let act = Arc::new(act);
        let router: Router = Router::new()
            .route(
                "/act",
                any(move || async move { act().await })
                    .layer(middleware::from_fn_with_state(Acts::default(), to_the_end)),
            )
            .route(
                "/bad",
                any(async || -> () { panic!("on purpose") })
                    .layer(middleware::from_fn_with_state(Acts::default(), to_the_end)),
            )
            .route("/worse", any(async || -> () { panic!("on purpose") }))
            .layer(CatchPanicLayer::custom(finish::panicked));
        let ask = |path: &str| {
            let request = Request::builder().uri(path).body(axum::body::Body::empty()).unwrap();
            router.clone().oneshot(request)
        };
        let call = tokio::spawn(ask("/act"));
        begin.await.unwrap();
        call.abort();
        finish.await.unwrap();
        for path in ["/bad", "/worse"] {
            assert_eq!(ask(path).await.unwrap().status(), 500, "{path}");
        }
    }
}
