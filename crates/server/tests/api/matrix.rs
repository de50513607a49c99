//! The matrix of rights: every route of guilds, for everybody who may stand to a guild in some way, against one reviewed table
//! (`matrix/rights.csv`); and for each id in a path the same with one of another guild, one that is hidden, one that was deleted, one that
//! never was, and one of something else.

mod heard;
mod scene;

use crate::support::Answer;
use futures_util::StreamExt;
use futures_util::stream;
use http_api::{RouteInfo, table};
use parking_lot::Mutex;
pub(crate) use scene::PIXEL;
use scene::{INSTEAD, Kind, Scene, World};
use serde_json::{Value, json};

/// Requests, and servers, at once.
const AT_ONCE: usize = 4;

/// What a subject gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Any success.
    Ok,
    /// A refusal with this code.
    No(u32),
}

/// A row of the table.
struct Row {
    method: &'static str,
    path: &'static str,
    /// Subjects with what they get.
    cells: Vec<(&'static str, Cell)>,
}

/// The reviewed table.
fn rows() -> Vec<Row> {
    let mut lines = include_str!("matrix/rights.csv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let subjects = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), subjects.len(), "{cells:?}");
            let of = subjects.iter().zip(&cells).skip(2);
            Row {
                method: cells[0],
                path: cells[1],
                cells: of.map(|(who, cell)| (*who, read(cell))).collect(),
            }
        })
        .collect()
}

fn read(cell: &str) -> Cell {
    match cell {
        "ok" => Cell::Ok,
        "401" => Cell::No(0),
        code => Cell::No(code.parse().unwrap()),
    }
}

/// Whether a route is one of guilds; the others are in `refusals.rs`.
fn is_of_guilds(route: &RouteInfo) -> bool {
    ["/guilds", "/channels", "/invites", "/webhooks", "/users/@me/guilds", "/oauth2/authorize"]
        .iter()
        .any(|prefix| route.path.starts_with(prefix))
}

/// The status that goes with a code.
fn status(code: u32) -> u16 {
    match code {
        0 | 50027 => 401,
        10003..=10099 => 404,
        20001 | 40007 | 50001 | 50005 | 50013 => 403,
        50024 | 50055 | 500_000 => 400,
        // In no cell: whoever gets it is named with the whole answer.
        _ => 0,
    }
}

impl Row {
    fn reads(&self) -> bool {
        self.method == "GET"
    }

    /// Whether a call makes no difference to the next one of somebody else.
    fn repeats(&self) -> bool {
        let once =
            ["/bulk-delete", "/bulk-ban", "/delete", "/crosspost", "{message_id}/threads", "/bans/{user_id}"];
        let ones_own = self.path.ends_with("/@me") || self.path.ends_with("/ack");
        let deletes = self.method == "DELETE" && !ones_own;
        !deletes && self.path != "/oauth2/authorize" && !once.iter().any(|end| self.path.ends_with(end))
    }

    /// Whether a call of this subject differs from another's: who shows a webhook's token is nobody.
    fn looks_at(&self, who: &str) -> bool {
        !self.path.contains("{webhook_token}") || ["anon", "revoked", "banned", "owner"].contains(&who)
    }

    /// What a parameter of the path names: what exists, and what kinds of it there are instead.
    fn names(&self, parameter: &str) -> (&'static str, &'static str) {
        let in_thread = self.path.contains("/thread-members");
        match parameter {
            "guild_id" => ("guild", "guild"),
            "channel_id" if in_thread => ("thread", "thread"),
            "channel_id" if self.path.ends_with("/crosspost") => ("news", "channel"),
            "channel_id" => ("lobby", "channel"),
            "message_id" if self.path.ends_with("/crosspost") => ("news message", "message"),
            "message_id" if self.path.starts_with("/webhooks") => ("hook message", "message"),
            "message_id" => ("message", "message"),
            "user_id" if self.path.contains("/bans/") && self.method != "PUT" => ("ban", "ban"),
            "user_id" => ("member", "member"),
            "role_id" | "overwrite_id" => ("role", "role"),
            "emoji_id" => ("emoji", "emoji"),
            "integration_id" => ("integration", "integration"),
            "webhook_id" => ("webhook", "webhook"),
            "webhook_token" => ("token", "token"),
            "code" => ("invite", "invite"),
            other => panic!("{}: what is {other}?", self.path),
        }
    }

    fn parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        let braces = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        braces.filter(|name| *name != "emoji_name")
    }

    /// What whoever may gets if what this parameter names is not there; `None` where that makes no difference: marks may name any
    /// message, nobody's reaction is taken back, and whoever has an account can be banned.
    fn absent(&self, parameter: &str, kind: Kind) -> Option<u32> {
        let by_token = self.path.contains("{webhook_token}");
        Some(match parameter {
            "guild_id" => 10004,
            "channel_id" => 10003,
            "message_id" if self.path.ends_with("/ack") => return None,
            "message_id" => 10008,
            "user_id" if self.path.contains("/reactions/") => return None,
            "user_id" if self.path.contains("/bans/") => match (self.method, kind) {
                ("PUT", Kind::Other | Kind::Deleted) => return None,
                ("PUT", _) => 10013,
                _ => 10026,
            },
            // Nobody is in voice here; what those get who are is in `guilds/voice.rs`.
            "user_id" if self.path.contains("/voice-states/") => 10065,
            "user_id" => 10007,
            "role_id" => 10011,
            "overwrite_id" if self.method == "PUT" => 10011,
            "overwrite_id" => 10009,
            "emoji_id" => 10014,
            "integration_id" => 10005,
            // Another webhook has another token.
            "webhook_id" if by_token && matches!(kind, Kind::Other | Kind::Hidden) => 50027,
            "webhook_id" => 10015,
            "webhook_token" => return None,
            "code" => 10006,
            other => panic!("{}: what is {other}?", self.path),
        })
    }

    /// The path with something instead of one parameter; `None` if there is nothing of this kind.
    fn path(&self, scene: &Scene, instead: Option<(&str, Kind)>) -> Option<String> {
        let mut path = self.path.replace("{emoji_name}", "%F0%9F%91%8D");
        for parameter in self.parameters() {
            let (real, family) = self.names(parameter);
            let id = match instead {
                Some((name, kind)) if name == parameter => scene.id(family, kind)?,
                _ => scene.real(real),
            };
            path = path.replace(&format!("{{{parameter}}}"), id);
        }
        match self.path {
            "/oauth2/authorize" => {
                path.push_str(&format!("?client_id={}", scene.id("integration", Kind::Other)?));
            }
            "/guilds/{guild_id}/members/search" => path.push_str("?query=m"),
            _ => {}
        }
        Some(path)
    }

    /// A body that is served.
    fn body(&self, scene: &Scene) -> Option<Value> {
        let real = |name| scene.real(name);
        Some(match (self.method, self.path) {
            ("GET", _) => return None,
            (_, "/channels/{channel_id}/messages/bulk-delete") => {
                json!({ "messages": [real("message"), real("second message")] })
            }
            (_, "/channels/{channel_id}/permissions/{overwrite_id}") => json!({ "type": 0, "allow": "3072" }),
            (_, "/channels/{channel_id}/threads") => json!({ "name": "another", "type": 11 }),
            ("PATCH", "/guilds/{guild_id}/roles") => json!([{ "id": real("role"), "position": 1 }]),
            ("PATCH", "/guilds/{guild_id}/channels") => json!([{ "id": real("lobby"), "position": 3 }]),
            (_, "/guilds/{guild_id}/bulk-ban") => json!({ "user_ids": [real("member")] }),
            (_, "/guilds/{guild_id}/emojis") => json!({ "name": "another", "image": PIXEL }),
            (_, "/guilds/{guild_id}/vanity-url") => json!({ "code": "our-place" }),
            (_, "/oauth2/authorize") => json!({ "authorize": true, "guild_id": real("guild") }),
            _ => json!({ "name": "another", "content": "something else", "nick": "another" }),
        })
    }

    /// Whether an answer names what this subject may not see. Whoever has an invite's code or a webhook's token knows where it leads.
    fn leaks(&self, scene: &Scene, who: &str, answer: &Answer) -> bool {
        if self.path.contains("{code}") || self.path.contains("{webhook_token}") {
            return false;
        }
        let text = answer.body.to_string();
        scene.secrets().iter().any(|(secret, to)| !to.contains(&who) && text.contains(secret))
    }

    async fn call(
        &self,
        world: &World,
        scene: &Scene,
        who: &str,
        instead: Option<(&str, Kind)>,
    ) -> Option<Answer> {
        let mut path = self.path(scene, instead)?;
        let mut auth = scene.auth(who);
        if who == "hook" && self.path.contains("{webhook_token}") {
            path = path.replace(scene.real("token"), scene.real("foreign token"));
            auth = None;
        }
        Some(world.server.call(self.method, &path, auth, self.body(scene)).await)
    }
}

/// What an answer is in the table; a status that does not go with its code is none.
fn cell(answer: &Answer) -> Option<Cell> {
    if (200..300).contains(&answer.status) {
        return Some(Cell::Ok);
    }
    let code = u32::try_from(answer.body["code"].as_u64()?).ok()?;
    (status(code) == answer.status).then_some(Cell::No(code))
}

/// Everything of the guild as its owner sees it.
async fn state(world: &World, scene: &Scene) -> Vec<Value> {
    let guild = scene.real("guild");
    let mut paths: Vec<String> =
        ["", "/channels", "/roles", "/members?limit=1000", "/bans", "/emojis", "/invites"]
            .iter()
            .chain(&["/webhooks", "/integrations", "/audit-logs?limit=100", "/threads/active", "/vanity-url"])
            .map(|part| format!("/guilds/{guild}{part}"))
            .collect();
    for channel in ["lobby", "news", "staff", "thread"] {
        let channel = scene.real(channel);
        paths.push(format!("/channels/{channel}/messages?limit=100"));
        paths.push(format!("/channels/{channel}/pins"));
    }
    paths.push(format!("/channels/{}/thread-members", scene.real("thread")));
    let mut all = Vec::new();
    for path in paths {
        all.push(world.server.call("GET", &path, scene.auth("owner"), None).await.ok());
    }
    all
}

#[test]
fn every_route_of_guilds_is_in_the_table_and_nothing_else_is() {
    let mut routes: Vec<(String, &str)> = table()
        .into_iter()
        .filter(is_of_guilds)
        .map(|route| (route.method.to_string(), route.path))
        .collect();
    let mut reviewed: Vec<(String, &str)> =
        rows().iter().map(|row| (row.method.to_owned(), row.path)).collect();
    routes.sort();
    reviewed.sort();
    assert_eq!(reviewed, routes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_served_or_refused_as_reviewed_and_what_is_hidden_answers_as_what_is_not_there() {
    let scene = Scene::new().await;
    let rows = rows();
    let faults = Mutex::new(Vec::new());
    let world = scene.world().await;
    let before = state(&world, &scene).await;

    // What changes nothing, all in one world.
    let cells = rows.iter().flat_map(|row| row.cells.iter().map(move |(who, cell)| (row, *who, *cell)));
    let harmless = cells.clone().filter(|(row, _, cell)| row.reads() || *cell != Cell::Ok);
    stream::iter(harmless)
        .for_each_concurrent(AT_ONCE, async |(row, who, expected)| {
            let answer = row.call(&world, &scene, who, None).await.unwrap();
            if row.leaks(&scene, who, &answer) {
                faults.lock().push(format!("{} {} shows {who} too much: {answer:?}", row.method, row.path));
            }
            if cell(&answer) != Some(expected) {
                faults
                    .lock()
                    .push(format!("{} {} for {who}: {expected:?}, not {answer:?}", row.method, row.path));
            }
        })
        .await;
    stream::iter(cells.clone().filter(|(.., cell)| *cell != Cell::No(0)))
        .for_each_concurrent(AT_ONCE, async |(row, who, expected)| {
            for parameter in row.parameters() {
                let found = instead(row, &world, &scene, who, parameter, expected).await;
                faults.lock().extend(found);
            }
        })
        .await;
    let after = state(&world, &scene).await;
    for (before, after) in before.iter().zip(&after) {
        if before != after {
            faults.lock().push(format!("what was refused changed something:\n{before}\n{after}"));
        }
    }
    world.end().await;

    // What changes something: each in a world of its own, or all of a route in one where a call makes no difference to the next.
    let mut worlds: Vec<(&Row, Vec<&str>)> = Vec::new();
    for row in rows.iter().filter(|row| !row.reads()) {
        let served = row.cells.iter().filter(|(_, cell)| *cell == Cell::Ok).map(|(who, _)| *who);
        if row.repeats() {
            worlds.push((row, served.collect()));
        } else {
            worlds.extend(served.filter(|who| row.looks_at(who)).map(|who| (row, vec![who])));
        }
    }
    stream::iter(worlds)
        .for_each_concurrent(AT_ONCE, async |(row, served)| {
            let world = scene.world().await;
            for who in served {
                let answer = row.call(&world, &scene, who, None).await.unwrap();
                if cell(&answer) != Some(Cell::Ok) {
                    faults
                        .lock()
                        .push(format!("{} {} for {who}: not served: {answer:?}", row.method, row.path));
                }
            }
            world.end().await;
        })
        .await;
    let faults = faults.into_inner();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What is wrong with what a subject gets for something else than what a parameter should name. Whoever sees what is named learns that
/// it is not there; to everybody else all of it is the same.
async fn instead(
    row: &Row,
    world: &World,
    scene: &Scene,
    who: &'static str,
    parameter: &str,
    expected: Cell,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut same: Option<Answer> = None;
    for kind in INSTEAD {
        if kind == Kind::Hidden && ["lowmod", "mod", "owner"].contains(&who) && parameter != "message_id" {
            continue;
        }
        let Some(absent) = row.absent(parameter, kind) else { continue };
        let Some(answer) = row.call(world, scene, who, Some((parameter, kind))).await else { continue };
        let fits = match expected {
            Cell::Ok => cell(&answer) == Some(Cell::No(absent)),
            Cell::No(10003 | 10004 | 10015 | 20001) => cell(&answer) == Some(expected),
            Cell::No(_) => [Some(expected), Some(Cell::No(absent))].contains(&cell(&answer)),
        };
        let as_others = same.as_ref().is_none_or(|same| *same == answer);
        let by_token = row.path.contains("{webhook_token}");
        if !fits || !(as_others || by_token) {
            faults.push(format!(
                "{} {} for {who} with {kind:?} as {parameter}: {absent}, not {answer:?}; before: {same:?}",
                row.method, row.path
            ));
        }
        same.get_or_insert(answer);
    }
    faults
}
