//! Rights that are taken, against sends and against what is delivered: what is said after a kick, a ban or a change of an
//! overwrite was answered is accepted from nobody and heard by nobody who lost the right by it.
//!
//! `GUILDHALL_RACES=100000 cargo test -p guildhall --test gateway guild_races -- --ignored` races that many pairs of each kind.

use super::guilds::{Place, text};
use super::support::{Person, Server, Socket};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;

/// Pairs of each kind in the usual tests.
const RACES: usize = 250;

#[derive(Clone, Copy, Debug)]
enum Taking {
    Kick,
    Ban,
    Overwrite,
    Role,
}

struct Field {
    server: Server,
    owner: Person,
    loser: Person,
    place: Place,
    role: String,
    /// A way in that does not end.
    code: String,
}

impl Field {
    async fn new() -> Self {
        let server = Server::start().await;
        let (owner, loser) = (server.register("owner").await, server.register("loser").await);
        let place = Place::make(&server, &owner, &[&loser]).await;
        let roles = format!("/guilds/{}/roles", place.id);
        let role = server.post(&owner, &roles, json!({ "name": "in", "permissions": "3072" })).await.ok();
        let invites = format!("/channels/{}/invites", place.channel);
        let invite = server.post(&owner, &invites, json!({ "max_age": 0, "max_uses": 0 })).await.ok();
        Self { role: text(&role["id"]), code: text(&invite["code"]), server, owner, loser, place }
    }

    /// Takes the right to see and to say; when that was answered.
    async fn take(&self, how: Taking) -> Instant {
        let (guild, loser, owner) = (&self.place.id, &self.loser.id, &self.owner);
        match how {
            Taking::Kick => self.server.delete(owner, &format!("/guilds/{guild}/members/{loser}")).await.ok(),
            Taking::Ban => {
                self.server.put(owner, &format!("/guilds/{guild}/bans/{loser}"), json!({})).await.ok()
            }
            Taking::Overwrite => {
                let path = format!("/channels/{}/permissions/{loser}", self.place.channel);
                self.server.put(owner, &path, json!({ "type": 1, "allow": "0", "deny": "3072" })).await.ok()
            }
            Taking::Role => {
                let path = format!("/guilds/{guild}/members/{loser}/roles/{}", self.role);
                self.server.delete(owner, &path).await.ok()
            }
        };
        Instant::now()
    }

    async fn come_back(&self) {
        self.server.post(&self.loser, &format!("/invites/{}", self.code), json!({})).await.ok();
    }

    /// Gives it back.
    async fn give(&self, how: Taking) {
        let (guild, loser, owner) = (&self.place.id, &self.loser.id, &self.owner);
        match how {
            Taking::Kick => self.come_back().await,
            Taking::Ban => {
                self.server.delete(owner, &format!("/guilds/{guild}/bans/{loser}")).await.ok();
                self.come_back().await;
            }
            Taking::Overwrite => {
                let path = format!("/channels/{}/permissions/{loser}", self.place.channel);
                self.server.delete(owner, &path).await.ok();
            }
            Taking::Role => {
                let path = format!("/guilds/{guild}/members/{loser}/roles/{}", self.role);
                self.server.put(owner, &path, json!({})).await.ok();
            }
        }
    }
}

/// What the loser heard of all that was said up to now, by text.
async fn heard(socket: &mut Socket, field: &Field) -> Vec<String> {
    let frames = socket.settled(&field.server, &field.loser).await;
    let said = frames.iter().filter(|frame| frame["t"] == "MESSAGE_CREATE");
    said.map(|frame| text(&frame["d"]["content"])).collect()
}

async fn race(how: Taking, rounds: usize) {
    let field = Arc::new(Field::new().await);
    if let Taking::Role = how {
        // Only with the role one sees the channel.
        field.place.hide(&field.server, &field.owner, &field.place.channel, true).await;
        let path = format!("/channels/{}/permissions/{}", field.place.channel, field.role);
        let body = json!({ "type": 0, "allow": "3072", "deny": "0" });
        field.server.put(&field.owner, &path, body).await.ok();
        field.give(how).await;
    }
    let mut socket = field.server.online(&field.loser).await;
    socket.event("READY").await;
    let path = format!("/channels/{}/messages", field.place.channel);
    let (mut accepted, mut refused, mut missed) = (0, 0, 0);
    for round in 0..rounds {
        let barrier = Arc::new(Barrier::new(3));
        // Within ±5 ms of each other, another offset each round.
        let wait = |prime: usize| Duration::from_micros(((round * prime) % 5_000) as u64);
        let say = |who: &Person, name: &'static str, wait: Duration| {
            let (field, who, path, barrier) = (field.clone(), who.clone(), path.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                tokio::time::sleep(wait).await;
                let mut sends = Vec::new();
                for n in 0..3 {
                    let content = format!("{name} {round} {n}");
                    let invoked = Instant::now();
                    let answer = field.server.post(&who, &path, json!({ "content": content })).await;
                    sends.push((invoked, content, answer.status));
                }
                sends
            })
        };
        let from_loser = say(&field.loser, "loser", wait(7_919));
        let from_owner = say(&field.owner, "owner", wait(104_729));
        barrier.wait().await;
        tokio::time::sleep(wait(1_299_709)).await;
        let answered = field.take(how).await;
        for (invoked, content, status) in from_loser.await.unwrap() {
            if status == 200 {
                assert!(invoked < answered, "{how:?}: {content} was accepted after the answer");
                accepted += 1;
            } else {
                assert!(matches!(status, 403 | 404), "{status}");
                refused += 1;
            }
        }
        let from_owner = from_owner.await.unwrap();
        let late = format!("owner {round} late");
        field.server.say(&field.owner, &field.place.channel, &late).await;
        let heard = heard(&mut socket, &field).await;
        assert!(!heard.contains(&late), "{how:?}: {late} was heard");
        for (invoked, content, status) in from_owner {
            assert_eq!(status, 200);
            if invoked > answered {
                assert!(!heard.contains(&content), "{how:?}: {content} was heard after the answer");
                missed += 1;
            }
        }
        field.give(how).await;
    }
    assert!(accepted > 0 && refused > 0 && missed > 0, "one way only: {accepted}, {refused}, {missed}");
}

#[allow(
    clippy::disallowed_methods,
    reason = "no configuration of the server: how long a person lets the test run"
)]
fn rounds() -> usize {
    std::env::var("GUILDHALL_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kick_nothing_is_accepted_or_heard() {
    race(Taking::Kick, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_ban_nothing_is_accepted_or_heard() {
    race(Taking::Ban, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_overwrite_nothing_is_accepted_or_heard() {
    race(Taking::Overwrite, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_role_is_taken_nothing_is_accepted_or_heard() {
    race(Taking::Role, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "hours"]
async fn the_long_form() {
    for how in [Taking::Kick, Taking::Ban, Taking::Overwrite, Taking::Role] {
        race(how, rounds()).await;
    }
}
