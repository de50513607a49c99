//! Strange requests on every route: whatever comes, the answer is one in Discord's form and never a fault of the
//! server's.

use crate::support::Server;
use http_api::{RouteInfo, table};
use serde_json::{Map, Value, json};

const REQUESTS: usize = 3000;

/// Repeatable chance (xorshift): a failure names its request, and the next run makes it again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

const KEYS: [&str; 44] = [
    "content",
    "nonce",
    "enforce_nonce",
    "tts",
    "embeds",
    "embed",
    "allowed_mentions",
    "message_reference",
    "flags",
    "title",
    "description",
    "url",
    "timestamp",
    "color",
    "footer",
    "image",
    "author",
    "fields",
    "name",
    "value",
    "inline",
    "text",
    "parse",
    "users",
    "message_id",
    "channel_id",
    "type",
    "username",
    "global_name",
    "recipients",
    "recipient_id",
    "owner",
    "nickname",
    "custom_status",
    "read_states",
    "afk_timeout",
    "count",
    "theme",
    "locale",
    "email",
    "accent_color",
    "bio",
    "tags",
    "password",
];

fn strange(chance: &mut Chance, ids: &[String], depth: usize) -> Value {
    let texts =
        ["", "x", "👍", "\u{202e}", "\0", "0", "9223372036854775808", "2026-01-01T00:00:00Z", "everyone"];
    match chance.below(if depth > 3 { 6 } else { 9 }) {
        0 => Value::Null,
        1 => json!(chance.below(2) == 0),
        2 => {
            chance.of(&[json!(0), json!(-1), json!(2), json!(u64::MAX), json!(i64::MIN), json!(0.5)]).clone()
        }
        3 => json!(chance.of(&texts)),
        4 => json!(chance.of(ids)),
        5 => json!("long ".repeat(800)),
        6 => (0..chance.below(4)).map(|_| strange(chance, ids, depth + 1)).collect(),
        _ => object(chance, ids, depth),
    }
}

fn object(chance: &mut Chance, ids: &[String], depth: usize) -> Value {
    let fields = (0..chance.below(6))
        .map(|_| ((*chance.of(&KEYS)).to_owned(), strange(chance, ids, depth + 1)))
        .collect::<Map<_, _>>();
    Value::Object(fields)
}

fn path(row: &RouteInfo, chance: &mut Chance, ids: &[String]) -> String {
    let junk = ["0", "x", "1", "%ff", "%00", "@me", "99999999999999999999", "%F0%9F%91%8D", "a:b:1", "..%2f"];
    let mut path: String = row
        .path
        .split('/')
        .skip(1)
        .map(|part| match (part.starts_with('{'), chance.below(4)) {
            (true, 0) => format!("/{}", chance.of(&junk)),
            (true, _) if part == "{emoji_name}" => "/%F0%9F%91%8D".into(),
            (true, _) => format!("/{}", chance.of(ids)),
            (false, _) => format!("/{part}"),
        })
        .collect();
    if chance.below(3) == 0 {
        let name = chance.of(&["limit", "before", "after", "around", "relationship_type", "silent"]);
        let value = chance.of(&["", "1", "-1", "x", "99999", "%ff", "2026-01-01T00:00:00+00:00"]);
        path.push_str(&format!("?{name}={value}&{name}"));
    }
    path
}

#[tokio::test]
async fn no_request_is_answered_with_a_fault_of_the_server() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let bot = server.bot(&alice, "echo").await;
    let message = server
        .post(&alice, &format!("/channels/{channel}/messages"), json!({ "content": "x" }))
        .await
        .ok()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ids = [channel, message, alice.id.clone(), bob.id.clone(), bot.id.clone()];
    // These would end the callers themselves.
    let rows: Vec<_> = table()
        .into_iter()
        .filter(|row| !["logout", "/delete", "/bot/reset"].iter().any(|end| row.path.ends_with(end)))
        .collect();
    let tokens = [alice.token.clone(), alice.token.clone(), bob.token.clone(), bot.auth(), "Bot x".into()];
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);

    for _ in 0..REQUESTS {
        let row = chance.of(&rows);
        let path = path(row, &mut chance, &ids);
        let body = match chance.below(10) {
            0 => (*chance.of(&["", "{", "[]", "null", "{\"content\":\"\\ud800\"}"])).to_owned(),
            _ => object(&mut chance, &ids, 0).to_string(),
        };
        let response = server
            .http
            .request(row.method.clone(), server.url(&path))
            .header("authorization", chance.of(&tokens))
            .body(body.clone())
            .send()
            .await
            .unwrap();
        let shown = format!("{} {path} {body:.500}", row.method);
        let status = response.status().as_u16();
        assert!(status < 500, "{status}: {shown}");
        assert_eq!(response.headers()["via"], "1.1 guildhall", "{shown}");
        let text = response.text().await.unwrap();
        if status == 204 {
            assert_eq!(text, "", "{shown}");
        } else {
            let answer: Value = serde_json::from_str(&text).unwrap();
            assert!(
                status < 400 || answer["code"].is_u64() && answer["message"].is_string(),
                "{shown}: {text}"
            );
        }
    }
    // The server is as well as before.
    server.get(&bob, "/users/@me").await.ok();
}
