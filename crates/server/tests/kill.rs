//! kill -9 while people send: fifty times, at random moments, on one data folder. Every sender sends with keys and
//! repeats a send with the same key until it is answered, as the web client does. Afterwards each acknowledged message
//! is there once, under the id that was acknowledged, in the order in which it was sent; nothing else is there; and
//! the stores are whole.
//!
//! The delays come from a seed that is printed; `GUILDHALL_KILL_SEED` repeats a run's delays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const KILLS: u64 = 50;
/// The longest that a server lives after it is ready.
const LIFE_MS: u64 = 1_000;
/// Senders per person: sends that are under way at the same time.
const SENDERS: usize = 3;
const PASSWORD: &str = "four owls read quietly by lamplight";

/// Delays that look random and can be repeated (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// The binary on one port and one data folder, over many lives.
struct Server {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
    slowest_start: Duration,
}

impl Server {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        command.arg("--data").arg(self.folder.join("data")).current_dir(&self.folder);
        command
    }

    async fn start(&mut self, http: &reqwest::Client) {
        let begun = Instant::now();
        let log = File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let child = self
            .command()
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--registration", "open"])
            .env("GUILDHALL_THROTTLE", "off")
            .env("GUILDHALL_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the server did not come back: {ended:?}\n{}", self.log());
            assert!(begun.elapsed() < Duration::from_secs(20), "not ready in time\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.slowest_start = self.slowest_start.max(begun.elapsed());
    }

    /// What `Child::kill` sends is SIGKILL: nothing in the process runs any more.
    fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let status = child.wait().unwrap();
        assert!(status.success(), "stopped with {status}\n{}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Somebody with a token.
#[derive(Clone)]
struct Person {
    http: reqwest::Client,
    api: String,
    token: String,
    id: String,
}

impl Person {
    async fn register(http: &reqwest::Client, api: &str, username: &str) -> Self {
        let mut person =
            Self { http: http.clone(), api: api.to_owned(), token: String::new(), id: String::new() };
        let form = json!({ "username": username, "password": PASSWORD, "consent": true });
        let answer = person.call("POST", "/auth/register", Some(form)).await;
        person.token = answer["token"].as_str().unwrap().to_owned();
        person.id = person.call("GET", "/users/@me", None).await["id"].as_str().unwrap().to_owned();
        person
    }

    /// A call; `None` while the server is away, or too busy dying to answer.
    async fn attempt(&self, method: &str, route: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{route}", self.api));
        if !self.token.is_empty() {
            request = request.header("authorization", &self.token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).ok()? };
        Some((status, body))
    }

    async fn call(&self, method: &str, route: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.attempt(method, route, body.as_ref()).await.expect("an answer");
        assert!((200..300).contains(&status), "{method} {route}: {status} {answer}");
        answer
    }

    /// A call that is repeated until the server answers it.
    async fn insist(&self, method: &str, route: &str, body: &Value) -> (Value, u32) {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(method, route, Some(body)).await {
                Some((200..300, answer)) => return (answer, tries),
                Some((status, answer)) if status < 500 => {
                    panic!("{method} {route} {body}: {status} {answer}")
                }
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

/// What one sender was told.
struct Acknowledged {
    content: String,
    id: u64,
}

fn id(message: &Value) -> u64 {
    message["id"].as_str().unwrap().parse().unwrap()
}

/// What senders share.
#[derive(Default)]
struct Round {
    over: AtomicBool,
    retries: AtomicU64,
    repeats: AtomicU64,
}

/// Sends one message after the other, each with its own key, until the round is over.
async fn send(person: Person, channel: String, name: String, round: Arc<Round>) -> Vec<Acknowledged> {
    let route = format!("/channels/{channel}/messages");
    let mut acknowledged: Vec<Acknowledged> = Vec::new();
    let mut issued: Vec<String> = Vec::new();
    for n in 0_u64.. {
        if round.over.load(Ordering::Relaxed) {
            break;
        }
        let content = format!("{name} {n}");
        // Both kinds of keys: the server's own, which need no flag, and the sender's.
        let mut body = if n % 2 == 0 {
            if issued.is_empty() {
                let (answer, _) =
                    person.insist("POST", "/users/@me/message-ids", &json!({ "count": 20 })).await;
                issued = serde_json::from_value(answer["ids"].clone()).unwrap();
            }
            json!({ "nonce": issued.pop().unwrap() })
        } else {
            json!({ "nonce": format!("{name}-{n}"), "enforce_nonce": true })
        };
        body["content"] = json!(content);
        let (message, tries) = person.insist("POST", &route, &body).await;
        round.retries.fetch_add(u64::from(tries - 1), Ordering::Relaxed);
        assert_eq!(message["content"], json!(content));
        assert_eq!(message["nonce"], body["nonce"]);
        // Also who has its answer may ask again, across a restart too.
        if n % 7 == 0 {
            let (again, _) = person.insist("POST", &route, &body).await;
            assert_eq!(again["id"], message["id"], "the same key, another message");
            round.repeats.fetch_add(1, Ordering::Relaxed);
        }
        acknowledged.push(Acknowledged { content, id: id(&message) });
    }
    acknowledged
}

/// All of a channel's history, newest first, as clients page through it.
async fn history(person: &Person, channel: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let before = all.last().map_or_else(String::new, |message| format!("&before={}", id(message)));
        let page = person.call("GET", &format!("/channels/{channel}/messages?limit=100{before}"), None).await;
        let page = page.as_array().unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page.iter().cloned());
    }
}

/// Makes two people friends and opens their channel.
async fn befriend(a: &Person, b: &Person) -> String {
    for (from, to) in [(a, b), (b, a)] {
        from.call("PUT", &format!("/users/@me/relationships/{}", to.id), Some(json!({}))).await;
    }
    let channel = a.call("POST", "/users/@me/channels", Some(json!({ "recipients": [b.id] }))).await;
    channel["id"].as_str().unwrap().to_owned()
}

fn seed() -> u64 {
    let given = std::env::var_os("GUILDHALL_KILL_SEED").and_then(|seed| seed.to_str()?.parse().ok());
    given.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_message_is_lost_or_doubled_by_kill_9() {
    let seed = seed();
    eprintln!("seed {seed}");
    let mut dice = Dice(seed);
    let folder = tempfile::tempdir().unwrap();
    let port = testbed::process::free_port(&[std::net::Ipv4Addr::LOCALHOST.into()]).unwrap();
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let mut server =
        Server { folder: folder.path().to_owned(), port, child: None, slowest_start: Duration::ZERO };
    server.start(&http).await;

    let api = format!("http://127.0.0.1:{port}/api/v10");
    let mut people = Vec::new();
    for name in ["ada", "ben", "cleo", "dan"] {
        people.push(Person::register(&http, &api, name).await);
    }
    let channels = [befriend(&people[0], &people[1]).await, befriend(&people[2], &people[3]).await];

    let round = Arc::new(Round::default());
    let mut senders = Vec::new();
    for (n, person) in people.iter().enumerate() {
        for part in 0..SENDERS {
            let channel = channels[n / 2].clone();
            let name = format!("{n}{part}");
            let sending = send(person.clone(), channel, name, Arc::clone(&round));
            senders.push((n / 2, tokio::spawn(sending)));
        }
    }
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(dice.roll(LIFE_MS))).await;
        server.kill();
        server.start(&http).await;
    }
    round.over.store(true, Ordering::Relaxed);

    let mut told: [HashMap<String, u64>; 2] = Default::default();
    for (channel, sender) in senders {
        let acknowledged = sender.await.expect("a sender failed");
        assert!(acknowledged.is_sorted_by(|a, b| a.id < b.id), "a sender's messages are out of order");
        for message in acknowledged {
            assert_eq!(told[channel].insert(message.content, message.id), None);
        }
    }
    let mut sum = 0;
    for (n, channel) in channels.iter().enumerate() {
        let stored = history(&people[n * 2], channel).await;
        assert!(stored.is_sorted_by(|a, b| id(a) > id(b)), "history is out of order");
        assert_eq!(stored, history(&people[n * 2 + 1], channel).await, "both sides see the same");
        let mut found = HashMap::new();
        for message in &stored {
            let content = message["content"].as_str().unwrap().to_owned();
            let earlier = found.insert(content.clone(), id(message));
            assert_eq!(earlier, None, "{content} is there twice");
        }
        // Every sender went on until its last send was answered: what is stored is exactly what was acknowledged.
        assert_eq!(found, told[n]);
        sum += found.len();
    }
    server.stop();
    let doctor = server.command().arg("doctor").output().unwrap();
    assert!(
        doctor.status.success(),
        "doctor: {}{}",
        String::from_utf8_lossy(&doctor.stdout),
        String::from_utf8_lossy(&doctor.stderr)
    );
    let (retries, repeats) = (round.retries.load(Ordering::Relaxed), round.repeats.load(Ordering::Relaxed));
    eprintln!(
        "{KILLS} kills, {sum} acknowledged messages, {retries} retries, {repeats} repeats, slowest start {:?}",
        server.slowest_start
    );
    assert!(retries > 0, "no kill met a send: the test tests nothing");
    assert!(sum as u64 > KILLS * 10, "too few messages to mean anything");
}
