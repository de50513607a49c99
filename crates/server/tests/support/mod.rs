//! A real server in the test's process, and clients of it that speak HTTP and WebSocket as anybody would.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    reason = "shared by several test binaries; a panic is how a test fails"
)]

pub mod documented;
mod libraries;
pub mod place;
pub mod races;

use futures_util::{SinkExt, StreamExt};
use guildhall::config::{Config, RegistrationMode, Switch};
use guildhall::serve::{Running, start};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longest wait for something that should come at once.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// A password that is good enough.
pub const PASSWORD: &str = "correct horse battery staple";

/// A server, wherever it runs, as its clients reach it.
#[derive(Clone)]
pub struct Api {
    pub address: SocketAddr,
    pub http: reqwest::Client,
}

/// A server that ends with the test.
pub struct Server {
    pub running: Running,
    pub api: Api,
}

impl std::ops::Deref for Server {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "refused: {self:?}");
        self.body
    }

    /// That it is this refusal.
    #[track_caller]
    pub fn refused(self, status: u16, code: u32) -> Value {
        assert_eq!((self.status, self.body["code"].as_u64()), (status, Some(u64::from(code))), "{self:?}");
        self.body
    }
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub token: String,
}

/// A bot with its owner's application.
#[derive(Debug, Clone)]
pub struct Bot {
    pub id: String,
    pub token: String,
}

impl Bot {
    /// For the `Authorization` header.
    pub fn auth(&self) -> String {
        format!("Bot {}", self.token)
    }
}

/// The configuration of tests: in memory, any port, nothing throttled.
pub fn config() -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        ephemeral: true,
        registration: Some(RegistrationMode::Open),
        throttle: Switch::Off,
        drain_seconds: 1,
        ..Config::default()
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: Config) -> Self {
        let running = start(config).await.expect("the server starts");
        let api = Api::at(running.address);
        Self { running, api }
    }
}

impl Api {
    pub fn at(address: SocketAddr) -> Self {
        Self { address, http: reqwest::Client::new() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/api/v10{path}", self.address)
    }

    /// One call; `auth` is the whole header.
    pub async fn call(&self, method: &str, path: &str, auth: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = self.http.request(method.parse().unwrap(), self.url(path));
        if let Some(auth) = auth {
            request = request.header("authorization", auth);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        assert!(status != 204 || text.is_empty(), "204 with a body: {text}");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
        };
        documented::check(method, path, status, &body);
        Answer { status, body }
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        self.call("GET", path, Some(&who.token), None).await
    }

    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(&who.token), Some(body)).await
    }

    pub async fn put(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(&who.token), Some(body)).await
    }

    pub async fn patch(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, Some(&who.token), Some(body)).await
    }

    pub async fn delete(&self, who: &Person, path: &str) -> Answer {
        self.call("DELETE", path, Some(&who.token), None).await
    }

    pub async fn register(&self, name: &str) -> Person {
        let form = json!({ "username": name, "password": PASSWORD, "consent": true });
        let token = self.call("POST", "/auth/register", None, Some(form)).await.ok()["token"]
            .as_str()
            .unwrap()
            .to_owned();
        let me = self.call("GET", "/users/@me", Some(&token), None).await.ok();
        Person { id: me["id"].as_str().unwrap().to_owned(), name: name.to_owned(), token }
    }

    pub async fn befriend(&self, a: &Person, b: &Person) {
        self.post(a, "/users/@me/relationships", json!({ "username": b.name })).await.ok();
        self.put(b, &format!("/users/@me/relationships/{}", a.id), json!({})).await.ok();
    }

    /// The id of the direct message between two.
    pub async fn dm(&self, a: &Person, b_id: &str) -> String {
        let channel = self.post(a, "/users/@me/channels", json!({ "recipients": [b_id] })).await.ok();
        channel["id"].as_str().unwrap().to_owned()
    }

    pub async fn say(&self, who: &Person, channel: &str, text: &str) -> Value {
        self.post(who, &format!("/channels/{channel}/messages"), json!({ "content": text })).await.ok()
    }

    pub async fn bot(&self, owner: &Person, name: &str) -> Bot {
        let application = self.post(owner, "/applications", json!({ "name": name })).await.ok();
        let id = application["id"].as_str().unwrap().to_owned();
        let token = self.post(owner, &format!("/applications/{id}/bot/reset"), json!({})).await.ok();
        Bot { id, token: token["token"].as_str().unwrap().to_owned() }
    }

    /// Two friends and the channel between them.
    pub async fn pair(&self) -> (Person, Person, String) {
        let (a, b) = (self.register("alice").await, self.register("bob").await);
        self.befriend(&a, &b).await;
        let channel = self.dm(&a, &b.id).await;
        (a, b, channel)
    }

    pub async fn socket(&self) -> Socket {
        Socket::connect(self.address, "/gateway/?v=10&encoding=json").await
    }

    /// A socket that is identified as this person; READY is its first event.
    pub async fn online(&self, who: &Person) -> Socket {
        let mut socket = self.socket().await;
        socket.identify(&who.token, json!({})).await;
        socket
    }
}

/// A gateway client that shows everything it gets.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Dispatches that were read while waiting for others.
    pub seen: VecDeque<Value>,
    /// The last sequence number.
    pub seq: Option<u64>,
}

impl Socket {
    pub async fn connect(address: std::net::SocketAddr, path: &str) -> Self {
        let url = format!("ws://{address}{path}");
        let (stream, _) = tokio_tungstenite::connect_async(url).await.expect("the gateway upgrades");
        Self { stream, seen: VecDeque::new(), seq: None }
    }

    pub async fn send(&mut self, frame: Value) {
        self.stream.send(Message::text(frame.to_string())).await.expect("the socket takes a frame");
    }

    pub async fn send_raw(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    /// Closes for good, as who logs off does.
    pub async fn leave(mut self) {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        self.send_raw(Message::Close(Some(frame))).await;
        self.closed().await;
    }

    /// The next frame; a close frame is `{"close": code}`, the end of the stream `{"close": null}`.
    pub async fn frame(&mut self) -> Value {
        loop {
            let next =
                tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a frame comes in time");
            match next {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).expect("frames are JSON");
                    libraries::check(&text, &frame);
                    if let Some(seq) = frame["s"].as_u64() {
                        self.seq = Some(seq);
                    }
                    return frame;
                }
                Some(Ok(Message::Close(close))) => {
                    return json!({ "close": close.map(|c| u16::from(c.code)) });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({ "close": null }),
            }
        }
    }

    /// Reads HELLO, identifies, and leaves READY to be read as an event.
    pub async fn identify(&mut self, token: &str, more: Value) {
        assert_eq!(self.frame().await["op"], 10);
        let mut d =
            json!({ "token": token, "properties": { "os": "linux", "browser": "test", "device": "" } });
        for (key, value) in more.as_object().unwrap() {
            d[key] = value.clone();
        }
        self.send(json!({ "op": 2, "d": d })).await;
    }

    pub async fn resume(&mut self, token: &str, session: &str, seq: u64) {
        assert_eq!(self.frame().await["op"], 10);
        self.send(json!({ "op": 6, "d": { "token": token, "session_id": session, "seq": seq } })).await;
    }

    /// The payload of the next event with this name; others stay in `seen`.
    #[track_caller]
    pub fn event<'a>(&'a mut self, name: &'a str) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            if let Some(at) = self.seen.iter().position(|frame| frame["t"] == name) {
                return self.seen.remove(at).unwrap()["d"].clone();
            }
            loop {
                let frame = self.frame().await;
                assert!(
                    frame.get("close").is_none(),
                    "{caller}: closed with {frame} while waiting for {name}; seen {:?}",
                    self.seen
                );
                if frame["t"] == name {
                    return frame["d"].clone();
                }
                if frame["op"] == 0 {
                    self.seen.push_back(frame);
                }
            }
        }
    }

    /// The next dispatch, one that was passed over first.
    pub async fn dispatch(&mut self) -> Value {
        if let Some(frame) = self.seen.pop_front() {
            return frame;
        }
        loop {
            let frame = self.frame().await;
            assert!(frame.get("close").is_none(), "closed with {frame}");
            if frame["op"] == 0 {
                return frame;
            }
        }
    }

    /// The code with which the server closes; dispatches before it are passed over.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            let frame = self.frame().await;
            if let Some(code) = frame.get("close") {
                return code.as_u64().map(|code| code as u16);
            }
        }
    }

    /// Every dispatch that a person's session was sent for what was done before this call: all events of a node pass in one order, so
    /// one more that only this person hears is the end of them.
    pub async fn settled(&mut self, server: &Api, person: &Person) -> Vec<Value> {
        let before = server.get(person, "/users/@me/settings").await.ok()["afk_timeout"].as_u64().unwrap();
        let other = if before == 61 { 62 } else { 61 };
        server.patch(person, "/users/@me/settings", json!({ "afk_timeout": other })).await.ok();
        while self.event("USER_SETTINGS_UPDATE").await["afk_timeout"] != other {}
        self.seen.drain(..).collect()
    }

    /// Every dispatch up to the answer to a heartbeat sent now: what the server had for this session.
    pub async fn drain(&mut self) -> Vec<Value> {
        let seq = self.seq;
        self.send(json!({ "op": 1, "d": seq })).await;
        let mut all: Vec<Value> = self.seen.drain(..).collect();
        loop {
            let frame = self.frame().await;
            assert!(frame.get("close").is_none(), "closed with {frame}");
            match frame["op"].as_u64() {
                Some(11) => return all,
                Some(0) => all.push(frame),
                _ => {}
            }
        }
    }
}
