//! Walks the route table: every route has its refusals here, or the test fails.

use crate::support::{Answer, Bot, Person, Server};
use http_api::{Access, RouteInfo, table};
use serde_json::{Value, json};

/// What a subject gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Any success.
    Ok,
    /// This status and code.
    No(u16, u32),
}
use Outcome::{No, Ok};

const ABSENT_CHANNEL: Outcome = No(404, 10003);
const ABSENT_APPLICATION: Outcome = No(404, 10002);
const ABSENT_USER: Outcome = No(404, 10013);
const SILENCED: Outcome = No(403, 50007);
const ABSENT_GUILD: Outcome = No(404, 10004);
const ABSENT_INVITE: Outcome = No(404, 10006);
const ABSENT_WEBHOOK: Outcome = No(404, 10015);

/// One reviewed row a route: a body that a friend would be served with; what a stranger gets for what belongs to two
/// others; what the one gets whom the other has blocked.
fn expectations(method: &str, path: &str) -> Option<(Value, Outcome, Outcome)> {
    let row = |body: Value, stranger: Outcome, blocked: Outcome| Some((body, stranger, blocked));
    let none = || json!({});
    match (method, path) {
        ("GET", "/guildhall/instance" | "/gateway" | "/voice/regions" | "/sticker-packs") => {
            row(none(), Ok, Ok)
        }
        ("GET", "/gateway/bot") => row(none(), Ok, Ok),
        ("POST", "/auth/register" | "/auth/login") => row(none(), No(400, 50035), No(400, 50035)),
        ("POST", "/unique-username/username-attempt-unauthed") => {
            row(json!({ "username": "somebody" }), Ok, Ok)
        }
        ("POST", "/auth/logout") => row(none(), Ok, Ok),
        ("GET", "/auth/sessions") => row(none(), Ok, Ok),
        ("POST", "/auth/sessions/logout") => row(json!({ "session_id_hashes": ["x"] }), Ok, Ok),
        ("GET", "/oauth2/applications/@me" | "/applications/@me") => row(none(), Ok, Ok),
        ("PATCH", "/applications/@me") => row(none(), Ok, Ok),
        ("GET" | "POST", "/applications") => row(json!({ "name": "Another" }), Ok, Ok),
        (_, "/applications/{application_id}/commands" | "/applications/{application_id}/entitlements") => {
            row(json!([]), ABSENT_APPLICATION, ABSENT_APPLICATION)
        }
        (_, path) if path.starts_with("/applications/{application_id}") => {
            row(json!({ "description": "x" }), ABSENT_APPLICATION, ABSENT_APPLICATION)
        }
        ("GET" | "PATCH", "/users/@me" | "/users/@me/settings") => row(none(), Ok, Ok),
        ("PATCH", "/users/@me/profile") => row(none(), Ok, Ok),
        ("GET", "/users/@me/guilds" | "/users/@me/channels" | "/users/@me/relationships") => {
            row(none(), Ok, Ok)
        }
        ("POST", "/users/@me/channels") => row(json!({ "recipients": ["{user_id}"] }), SILENCED, Ok),
        ("GET", "/users/@me/dms/{user_id}") => row(none(), ABSENT_CHANNEL, Ok),
        // What is in nobody's inbox is taken off it without a word.
        ("GET", "/users/@me/mentions") | ("DELETE", "/users/@me/mentions/{message_id}") => {
            row(none(), Ok, Ok)
        }
        ("POST", "/users/@me/message-ids") => row(none(), Ok, Ok),
        ("POST", "/users/@me/relationships") => row(json!({ "username": "alice" }), Ok, Ok),
        ("DELETE", "/users/@me/relationships") => row(none(), Ok, Ok),
        ("PUT" | "DELETE", "/users/@me/relationships/{user_id}") => row(none(), Ok, Ok),
        ("PATCH", "/users/@me/relationships/{user_id}") => {
            row(json!({ "nickname": "x" }), ABSENT_USER, ABSENT_USER)
        }
        ("GET", "/users/{user_id}" | "/users/{user_id}/profile") => row(none(), ABSENT_USER, Ok),
        ("GET", "/users/{user_id}/relationships") => row(none(), Ok, Ok),
        ("PATCH", "/channels/{channel_id}") => row(json!({ "name": "x" }), ABSENT_CHANNEL, No(403, 50003)),
        ("GET" | "DELETE", "/channels/{channel_id}") => row(none(), ABSENT_CHANNEL, Ok),
        ("POST", "/channels/{channel_id}/typing") => row(none(), ABSENT_CHANNEL, SILENCED),
        ("PUT", "/channels/{channel_id}/recipients/{user_id}") => row(none(), ABSENT_CHANNEL, No(400, 50033)),
        ("DELETE", "/channels/{channel_id}/recipients/{user_id}") => {
            row(none(), ABSENT_CHANNEL, No(403, 50003))
        }
        ("POST", "/channels/{channel_id}/messages") => {
            row(json!({ "content": "x" }), ABSENT_CHANNEL, SILENCED)
        }
        ("POST", "/channels/{channel_id}/messages/bulk-delete") => {
            row(json!({ "messages": ["{message_id}", "1"] }), ABSENT_CHANNEL, No(403, 50003))
        }
        ("PATCH", "/channels/{channel_id}/messages/{message_id}") => {
            row(json!({ "content": "y" }), ABSENT_CHANNEL, No(403, 50005))
        }
        ("DELETE", "/channels/{channel_id}/messages/{message_id}") => {
            row(none(), ABSENT_CHANNEL, No(403, 50003))
        }
        ("GET", "/channels/{channel_id}/messages" | "/channels/{channel_id}/messages/{message_id}") => {
            row(none(), ABSENT_CHANNEL, Ok)
        }
        ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me") => {
            row(none(), ABSENT_CHANNEL, No(403, 90001))
        }
        ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me") => {
            row(none(), ABSENT_CHANNEL, Ok)
        }
        ("GET", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}") => {
            row(none(), ABSENT_CHANNEL, Ok)
        }
        ("DELETE", path) if path.starts_with("/channels/{channel_id}/messages/{message_id}/reactions") => {
            row(none(), ABSENT_CHANNEL, No(403, 50003))
        }
        ("GET", "/channels/{channel_id}/messages/pins" | "/channels/{channel_id}/pins") => {
            row(none(), ABSENT_CHANNEL, Ok)
        }
        (
            "PUT" | "DELETE",
            "/channels/{channel_id}/messages/pins/{message_id}" | "/channels/{channel_id}/pins/{message_id}",
        ) => row(none(), ABSENT_CHANNEL, SILENCED),
        ("POST", "/channels/{channel_id}/messages/{message_id}/ack" | "/channels/{channel_id}/pins/ack") => {
            row(none(), ABSENT_CHANNEL, Ok)
        }
        ("DELETE", "/channels/{channel_id}/messages/ack") => row(none(), ABSENT_CHANNEL, Ok),
        ("POST", "/read-states/ack-bulk") => row(
            json!({ "read_states": [{ "channel_id": "{channel_id}", "message_id": "{message_id}" }] }),
            ABSENT_CHANNEL,
            Ok,
        ),
        // What belongs to a guild. Everybody here is a stranger to the guild; its members are in the matrix.
        ("POST", "/guilds") => row(json!({ "name": "Another" }), Ok, Ok),
        ("GET" | "DELETE" | "POST", "/invites/{code}") => row(none(), ABSENT_INVITE, ABSENT_INVITE),
        (_, "/webhooks/{webhook_id}") => row(json!({ "name": "x" }), ABSENT_WEBHOOK, ABSENT_WEBHOOK),
        (_, path) if path.starts_with("/webhooks/{webhook_id}/{webhook_token}") => {
            row(json!({ "content": "x" }), ABSENT_WEBHOOK, ABSENT_WEBHOOK)
        }
        ("GET" | "POST", "/oauth2/authorize") => {
            row(json!({ "guild_id": "{guild_id}" }), No(400, 50035), No(400, 50035))
        }
        ("DELETE", "/users/@me/guilds/{guild_id}") => row(none(), ABSENT_GUILD, ABSENT_GUILD),
        ("PATCH", "/users/@me/guilds/@me/settings" | "/users/@me/guilds/settings") => row(none(), Ok, Ok),
        ("PATCH", "/users/@me/guilds/{guild_id}/settings") => row(none(), ABSENT_GUILD, ABSENT_GUILD),
        ("GET", "/users/@me/guilds/{guild_id}/member") => row(none(), ABSENT_GUILD, ABSENT_GUILD),
        (_, path) if path.starts_with("/guilds/{guild_id}") => {
            row(guild_body(method, path), ABSENT_GUILD, ABSENT_GUILD)
        }
        // What only channels of guilds have: direct messages say so to who is in them.
        (_, path) if in_guilds_only(path) => row(guild_body(method, path), ABSENT_CHANNEL, No(403, 50003)),
        _ => None,
    }
}

/// Below `/channels/{channel_id}`, what private channels do not have.
fn in_guilds_only(path: &str) -> bool {
    let rest = path.strip_prefix("/channels/{channel_id}/").unwrap_or_default();
    let parts = ["permissions/", "invites", "webhooks", "threads", "thread-members", "users/@me/threads"];
    parts.iter().any(|part| rest.starts_with(part))
        || rest.ends_with("/threads")
        || rest.ends_with("/crosspost")
}

/// A body that the route reads, so that it is not refused for its form.
fn guild_body(method: &str, path: &str) -> Value {
    match (method, path) {
        ("PATCH", "/guilds/{guild_id}/channels" | "/guilds/{guild_id}/roles") => json!([]),
        (_, "/channels/{channel_id}/permissions/{overwrite_id}") => json!({ "type": 0 }),
        (_, "/guilds/{guild_id}/bulk-ban") => json!({ "user_ids": ["{user_id}"] }),
        (_, "/guilds/{guild_id}/emojis") => {
            json!({ "name": "blob", "image": "data:image/png;base64,iVBORw0KGgo=" })
        }
        (_, "/guilds/{guild_id}/members/@me/nick") => json!({ "nick": "x" }),
        _ => json!({ "name": "another name" }),
    }
}

/// Two friends with a conversation and an application each, one of whom has blocked the other; and a stranger.
struct Scene {
    server: Server,
    alice: Person,
    bob: Person,
    stranger: Person,
    bot: Bot,
    channel: String,
    message: String,
}

impl Scene {
    async fn new(blocked: bool) -> Self {
        let server = Server::start().await;
        let (alice, bob, channel) = server.pair().await;
        let stranger = server.register("stranger").await;
        let bot = server.bot(&alice, "Helper").await;
        let message = server.say(&alice, &channel, "said").await["id"].as_str().unwrap().to_owned();
        if blocked {
            server
                .put(&alice, &format!("/users/@me/relationships/{}", bob.id), json!({ "type": 2 }))
                .await
                .ok();
        }
        Self { server, alice, bob, stranger, bot, channel, message }
    }

    fn fill(&self, template: &str) -> String {
        template
            .replace("{channel_id}", &self.channel)
            .replace("{message_id}", &self.message)
            .replace("{user_id}", &self.alice.id)
            .replace("{application_id}", &self.bot.id)
            .replace("{guild_id}", "123456789012345678")
            .replace("{emoji_name}", "%F0%9F%91%8D")
            .replace("{role_id}", "123456789012345678")
            .replace("{emoji_id}", "123456789012345678")
            .replace("{integration_id}", "123456789012345678")
            .replace("{overwrite_id}", "123456789012345678")
            .replace("{webhook_id}", "123456789012345678")
            .replace("{webhook_token}", "token")
            .replace("{code}", "AbCdEfGh")
    }

    async fn call(&self, route: &RouteInfo, body: &Value, auth: Option<&str>) -> Answer {
        let filled: Value = serde_json::from_str(&self.fill(&body.to_string())).unwrap();
        let body = (route.method != "GET").then_some(filled);
        let mut path = self.fill(route.path);
        if (route.method.as_str(), route.path) == ("DELETE", "/users/@me/relationships") {
            path.push_str("?relationship_type=3");
        }
        self.server.call(route.method.as_str(), &path, auth, body).await
    }
}

fn outcome(answer: &Answer) -> Outcome {
    if (200..300).contains(&answer.status) {
        Ok
    } else {
        No(answer.status, answer.body["code"].as_u64().unwrap_or(u64::MAX) as u32)
    }
}

/// The routes with their rows; fails for a route that has none.
fn reviewed() -> Vec<(RouteInfo, Value, Outcome, Outcome)> {
    table()
        .into_iter()
        .map(|route| {
            let (body, stranger, blocked) =
                expectations(route.method.as_str(), route.path).unwrap_or_else(|| {
                    panic!("{} {} has no reviewed refusals: add a row", route.method, route.path)
                });
            (route, body, stranger, blocked)
        })
        .collect()
}

#[tokio::test]
async fn without_a_token_every_route_but_the_public_ones_answers_401() {
    let scene = Scene::new(false).await;
    for (route, body, ..) in reviewed() {
        if route.access == Access::Anyone {
            continue;
        }
        for auth in [
            None,
            Some(""),
            Some("Bot "),
            Some("nonsense"),
            Some("Bearer a.b.c"),
            Some("Bot MTIz.abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ] {
            let answer = scene.call(&route, &body, auth).await;
            assert_eq!(
                (answer.status, &answer.body),
                (401, &json!({ "message": "401: Unauthorized", "code": 0 })),
                "{} {} {auth:?}",
                route.method,
                route.path
            );
        }
    }
}

#[tokio::test]
async fn the_wrong_kind_of_token_is_told_so() {
    let scene = Scene::new(false).await;
    for (route, body, ..) in reviewed() {
        let (auth, expected) = match route.access {
            Access::User => (scene.bot.auth(), No(403, 20001)),
            Access::Bot => (scene.alice.token.clone(), No(403, 20002)),
            Access::Anyone | Access::Account => continue,
        };
        let answer = scene.call(&route, &body, Some(&auth)).await;
        assert_eq!(outcome(&answer), expected, "{} {}: {answer:?}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_stranger_gets_the_same_answer_for_what_is_hidden_and_what_is_absent() {
    // What is refused changes nothing, so one scene serves all routes.
    let mut scene = Scene::new(false).await;
    let mut hidden = Vec::new();
    let rows = || {
        reviewed()
            .into_iter()
            .filter(|(route, _, stranger, _)| route.access != Access::Bot && matches!(stranger, No(404, _)))
    };
    for (route, body, stranger, _) in rows() {
        let answer = scene.call(&route, &body, Some(&scene.stranger.token)).await;
        assert_eq!(outcome(&answer), stranger, "{} {}: {answer:?}", route.method, route.path);
        hidden.push(answer);
    }
    for id in [&mut scene.channel, &mut scene.message, &mut scene.alice.id, &mut scene.bot.id] {
        *id = "123456789012345678".into();
    }
    for ((route, body, ..), hidden) in rows().zip(hidden) {
        let absent = scene.call(&route, &body, Some(&scene.stranger.token)).await;
        assert_eq!(hidden, absent, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_stranger_is_refused_or_served_as_reviewed() {
    // What is refused or only read changes nothing, so one scene serves all of that.
    let shared = Scene::new(false).await;
    let foreign = shared.server.bot(&shared.stranger, "Foreign").await;
    for (route, body, stranger, _) in reviewed() {
        if matches!(stranger, No(404, _)) && route.access != Access::Bot {
            continue;
        }
        let own = if stranger == Ok && route.method != "GET" { Some(Scene::new(false).await) } else { None };
        let scene = own.as_ref().unwrap_or(&shared);
        let auth = match (&own, route.access) {
            (None, Access::Bot) => foreign.auth(),
            (Some(own), Access::Bot) => own.server.bot(&own.stranger, "Foreign").await.auth(),
            _ => scene.stranger.token.clone(),
        };
        let answer = scene.call(&route, &body, Some(&auth)).await;
        assert_eq!(outcome(&answer), stranger, "{} {}: {answer:?}", route.method, route.path);
    }
}

#[tokio::test]
async fn whoever_is_blocked_is_refused_or_served_as_reviewed() {
    // What is refused or only read changes nothing, so one scene serves all of that.
    let shared = Scene::new(true).await;
    for (route, body, _, blocked) in reviewed() {
        if route.access == Access::Bot {
            continue;
        }
        let own = if blocked == Ok && route.method != "GET" { Some(Scene::new(true).await) } else { None };
        let scene = own.as_ref().unwrap_or(&shared);
        let answer = scene.call(&route, &body, Some(&scene.bob.token)).await;
        assert_eq!(outcome(&answer), blocked, "{} {}: {answer:?}", route.method, route.path);
    }
}
