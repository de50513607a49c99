//! Rights that are taken, against sends and against what is delivered: what is said after a kick, a ban or a change of an
//! overwrite was answered is accepted from nobody and heard by nobody who lost the right by it.

use super::place::{Place, text};
use super::{Api, Person, Socket};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;

#[derive(Clone, Copy, Debug)]
pub enum Taking {
    Kick,
    Ban,
    Overwrite,
    Role,
}

impl Taking {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kick, Self::Ban, Self::Overwrite, Self::Role];
}

/// Fields of a long form: so many guilds at the same time.
const FIELDS: usize = 8;

/// How many rounds of each kind a long form races on all of its fields together: what `GUILDHALL_RACES` says, or so many as
/// usual. In each round one send of either meets the loss of the right within ±5 ms, and two more follow it.
#[allow(
    clippy::disallowed_methods,
    reason = "no configuration of the server: how long a person lets the test run"
)]
pub fn rounds(usual: usize) -> usize {
    std::env::var("GUILDHALL_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// Races all kinds on fields of their own, so many rounds of each kind.
#[allow(clippy::print_stdout, reason = "what it raced is for the one who lets it run")]
pub async fn long_form(rounds: usize, field: impl AsyncFn(usize) -> Field) {
    let mut fields = Vec::new();
    for n in 0..FIELDS {
        fields.push(field(n).await);
    }
    for how in Taking::ALL {
        let begun = Instant::now();
        let races = fields.iter().map(|field| {
            let field = field.clone();
            tokio::spawn(async move { race(&field, how, rounds.div_ceil(FIELDS)).await })
        });
        let mut all = Raced::default();
        for raced in futures_util::future::join_all(races).await {
            all += raced.unwrap();
        }
        println!("{how:?}: {all:?} in {:.0} s", begun.elapsed().as_secs_f64());
    }
}

/// What became of the sends of a race.
#[derive(Debug, Default, Clone, Copy)]
pub struct Raced {
    /// Rounds.
    pub rounds: usize,
    /// Accepted from who lost the right: all before it was answered that it had.
    pub accepted: usize,
    /// Refused.
    pub refused: usize,
    /// Said by the other afterwards, and not heard.
    pub missed: usize,
}

impl std::ops::AddAssign for Raced {
    fn add_assign(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.missed += other.missed;
    }
}

/// Where each part of a race is done: all at one server, or each at another node of it.
#[derive(Clone)]
pub struct Field {
    /// Who says something says it here.
    speaks: Api,
    /// Rights are taken, and given, here.
    takes: Api,
    /// Who loses them listens here.
    hears: Api,
    owner: Person,
    loser: Person,
    place: Arc<Place>,
    role: String,
    /// A way in that does not end.
    code: String,
}

impl Field {
    /// Two people and their guild.
    pub async fn new([speaks, takes, hears]: [Api; 3], [owner, loser]: [Person; 2]) -> Self {
        let place = Place::make(&takes, &owner, &[&loser]).await;
        let roles = format!("/guilds/{}/roles", place.id);
        let role = takes.post(&owner, &roles, json!({ "name": "in", "permissions": "3072" })).await.ok();
        let invites = format!("/channels/{}/invites", place.channel);
        let invite = takes.post(&owner, &invites, json!({ "max_age": 0, "max_uses": 0 })).await.ok();
        let (role, code) = (text(&role["id"]), text(&invite["code"]));
        Self { speaks, takes, hears, owner, loser, place: Arc::new(place), role, code }
    }

    /// Takes the right to see and to say; when that was answered.
    async fn take(&self, how: Taking) -> Instant {
        let (guild, loser, owner) = (&self.place.id, &self.loser.id, &self.owner);
        match how {
            Taking::Kick => self.takes.delete(owner, &format!("/guilds/{guild}/members/{loser}")).await.ok(),
            Taking::Ban => {
                self.takes.put(owner, &format!("/guilds/{guild}/bans/{loser}"), json!({})).await.ok()
            }
            Taking::Overwrite => {
                let path = format!("/channels/{}/permissions/{loser}", self.place.channel);
                self.takes.put(owner, &path, json!({ "type": 1, "allow": "0", "deny": "3072" })).await.ok()
            }
            Taking::Role => {
                let path = format!("/guilds/{guild}/members/{loser}/roles/{}", self.role);
                self.takes.delete(owner, &path).await.ok()
            }
        };
        Instant::now()
    }

    async fn come_back(&self) {
        self.takes.post(&self.loser, &format!("/invites/{}", self.code), json!({})).await.ok();
    }

    /// Gives it back.
    async fn give(&self, how: Taking) {
        let (guild, loser, owner) = (&self.place.id, &self.loser.id, &self.owner);
        match how {
            Taking::Kick => self.come_back().await,
            Taking::Ban => {
                self.takes.delete(owner, &format!("/guilds/{guild}/bans/{loser}")).await.ok();
                self.come_back().await;
            }
            Taking::Overwrite => {
                let path = format!("/channels/{}/permissions/{loser}", self.place.channel);
                self.takes.delete(owner, &path).await.ok();
            }
            Taking::Role => {
                let path = format!("/guilds/{guild}/members/{loser}/roles/{}", self.role);
                self.takes.put(owner, &path, json!({})).await.ok();
            }
        }
    }
}

/// What the loser heard of all that was said up to now, by text.
async fn heard(socket: &mut Socket, field: &Field) -> Vec<String> {
    let frames = socket.settled(&field.speaks, &field.loser).await;
    let said = frames.iter().filter(|frame| frame["t"] == "MESSAGE_CREATE");
    said.map(|frame| text(&frame["d"]["content"])).collect()
}

/// Races sends of both against the loss of the right, so many rounds, within ±5 ms of each other.
pub async fn race(field: &Field, how: Taking, rounds: usize) -> Raced {
    if let Taking::Role = how {
        // Only with the role one sees the channel.
        field.place.hide(&field.takes, &field.owner, &field.place.channel, true).await;
        let path = format!("/channels/{}/permissions/{}", field.place.channel, field.role);
        let body = json!({ "type": 0, "allow": "3072", "deny": "0" });
        field.takes.put(&field.owner, &path, body).await.ok();
        field.give(how).await;
    }
    let mut socket = field.hears.online(&field.loser).await;
    socket.event("READY").await;
    let path = format!("/channels/{}/messages", field.place.channel);
    let mut raced = Raced { rounds, ..Raced::default() };
    for round in 0..rounds {
        if round % 64 == 0 {
            // A client that is silent for too long is cut off.
            socket.send(json!({ "op": 1, "d": socket.seq })).await;
        }
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
                    let answer = field.speaks.post(&who, &path, json!({ "content": content })).await;
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
                raced.accepted += 1;
            } else {
                assert!(matches!(status, 403 | 404), "{status}");
                raced.refused += 1;
            }
        }
        let from_owner = from_owner.await.unwrap();
        let late = format!("owner {round} late");
        field.speaks.say(&field.owner, &field.place.channel, &late).await;
        let heard = heard(&mut socket, field).await;
        assert!(!heard.contains(&late), "{how:?}: {late} was heard");
        for (invoked, content, status) in from_owner {
            assert_eq!(status, 200);
            if invoked > answered {
                assert!(!heard.contains(&content), "{how:?}: {content} was heard after the answer");
                raced.missed += 1;
            }
        }
        field.give(how).await;
    }
    if let Taking::Role = how {
        // As it was, for races of other kinds.
        field.place.hide(&field.takes, &field.owner, &field.place.channel, false).await;
    }
    assert!(raced.accepted > 0 && raced.refused > 0 && raced.missed > 0, "one way only: {raced:?}");
    raced
}
