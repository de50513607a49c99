//! A device that listens: it identifies, resumes across reconnects as libraries do, catches up after a new session, and
//! writes down every frame about a message when it is read.

use super::Dice;
use super::rest::{self, Api, Reply};
use super::socket::{Frame, Socket};
use crate::history::{Answer, BY_ITSELF, Call, Change, Row, Seen};
use crate::people::Device;
use crate::record::Recorder;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How far below the newest message that it has a device begins to catch up: what was minted before and became durable
/// later is not behind its cursor. Longer than a node is paused between the two.
const OVERLAP: u64 = 60_000 << 22;

/// How far back something may be missing from a session that is over: the heir of a node that died looks for what that one
/// did not tell, and may die itself.
const DOUBTED: u64 = 60_000 << 22;

/// What a device is told to do.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    /// Hang up, stay away, come back; with `old`, as if nothing since the session's begin had been heard.
    Away {
        /// For so long.
        stay: Duration,
        /// Whether to ask for more than a session keeps.
        old: bool,
    },
    /// Leave for good.
    Leave,
}

/// How a device stands, for whoever waits for it.
#[derive(Debug, Default)]
pub struct Listener {
    connected: AtomicBool,
    /// Catch-ups that began and have not ended.
    behind: AtomicU64,
    reached: Mutex<HashMap<u64, Reached>>,
    sessions: AtomicU64,
    resumes: AtomicU64,
    /// When the server shut the door for good, on the recorder's clock; 0 while it has not.
    shut: AtomicU64,
}

/// How far a device has a channel without a hole.
#[derive(Debug, Clone, Copy, Default)]
struct Reached {
    /// Up to this message.
    upto: u64,
    /// In which of its sessions it caught up: what it hears in that one follows on.
    level: u64,
    /// Up to what it had read of the history when that one had begun. What it heard since has a hole if the server says
    /// that the session is over.
    read: u64,
}

impl Listener {
    /// Whether it hears everything and has caught up.
    pub fn is_level(&self) -> bool {
        self.connected.load(Ordering::Acquire) && self.behind.load(Ordering::Acquire) == 0
    }

    /// New sessions and resumes so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.sessions.load(Ordering::Relaxed), self.resumes.load(Ordering::Relaxed))
    }

    /// When it was told that its token counts no more.
    pub fn shut(&self) -> Option<u64> {
        Some(self.shut.load(Ordering::Acquire)).filter(|when| *when > 0)
    }

    /// It heard a message in this session. While it has not caught up there may be a hole before it.
    fn heard(&self, channel: u64, id: u64, session: u64) {
        let mut reached = self.reached.lock();
        let known = reached.entry(channel).or_default();
        if known.level == session {
            known.upto = known.upto.max(id);
        }
    }

    /// It read up to a message; with a session, all that there was when that one was going on.
    fn read(&self, channel: u64, upto: u64, session: Option<u64>) {
        let mut reached = self.reached.lock();
        let known = reached.entry(channel).or_default();
        known.upto = known.upto.max(upto);
        known.level = known.level.max(session.unwrap_or_default());
        known.read = known.read.max(upto);
    }

    /// A session is over because the server says so: it may have missed something of what it heard since it had caught up,
    /// of the last minute at most.
    fn doubts(&self) {
        for known in self.reached.lock().values_mut() {
            known.upto = known.upto.min(known.read.max(known.upto.saturating_sub(DOUBTED)));
        }
    }

    fn upto(&self, channel: u64) -> u64 {
        self.reached.lock().get(&channel).map_or(0, |reached| reached.upto)
    }
}

/// A device that listens.
#[derive(Debug)]
pub struct Control {
    /// How it stands.
    pub listener: Arc<Listener>,
    /// Tells it what to do.
    pub orders: mpsc::Sender<Order>,
}

/// What a listening device has.
struct Ear {
    api: Api,
    recorder: Recorder,
    dice: Arc<Dice>,
    device: Device,
    channels: Arc<Vec<u64>>,
    listener: Arc<Listener>,
    /// The session, and the last number heard in it.
    session: Option<(String, u64)>,
    /// It asks for more of its session than is kept: that it is over then says nothing of what it heard.
    asks_too_much: bool,
}

/// Why a connection ended.
enum End {
    Again,
    Away(Duration),
    Leave,
}

impl Control {
    /// Lets a device listen. `channels`: those of its owner.
    pub fn listen(
        api: &Api,
        recorder: &Recorder,
        dice: &Arc<Dice>,
        device: &Device,
        channels: Arc<Vec<u64>>,
    ) -> Self {
        let listener = Arc::new(Listener::default());
        let (orders, told) = mpsc::channel(4);
        let ear = Ear {
            api: api.clone(),
            recorder: recorder.clone(),
            dice: dice.clone(),
            device: device.clone(),
            channels,
            listener: listener.clone(),
            session: None,
            asks_too_much: false,
        };
        tokio::spawn(ear.run(told));
        Self { listener, orders }
    }
}

impl Ear {
    async fn run(mut self, mut told: mpsc::Receiver<Order>) {
        loop {
            let end = self.connection(&mut told).await;
            self.listener.connected.store(false, Ordering::Release);
            match end {
                End::Again => {
                    // Libraries wait a little, and not all equally long.
                    tokio::time::sleep(Duration::from_millis(100 + self.dice.below(400))).await;
                }
                End::Away(stay) => tokio::time::sleep(stay).await,
                End::Leave => return,
            }
        }
    }

    async fn connection(&mut self, told: &mut mpsc::Receiver<Order>) -> End {
        let Some(gateway) = self.dice.choose(self.api.gateways()).copied() else { return End::Leave };
        let Ok(mut socket) = Socket::open(gateway, self.device.proc).await else { return End::Again };
        let Ok(every) = socket.hello().await else { return End::Again };
        let first = match &self.session {
            Some((session, seq)) => {
                self.saw(Seen::Resuming { session: session.clone(), seq: *seq });
                json!({ "op": 6, "d": { "token": self.device.token, "session_id": session, "seq": seq } })
            }
            None => json!({ "op": 2, "d": {
                "token": self.device.token,
                "properties": { "os": "linux", "browser": "chaos", "device": "chaos" },
            } }),
        };
        if socket.say(&first).await.is_err() {
            return End::Again;
        }
        let mut beat = tokio::time::interval_at((Instant::now() + every / 2).into(), every);
        let mut answered = true;
        loop {
            tokio::select! {
                frame = socket.next() => match frame {
                    Frame::Payload(payload) => match payload.get("op").and_then(Value::as_u64) {
                        Some(0) => self.dispatch(&payload),
                        Some(1) => {
                            let _ = socket.say(&self.heartbeat()).await;
                        }
                        Some(7) => {
                            self.saw(Seen::Cut { code: 7 });
                            return End::Again;
                        }
                        Some(9) => return self.invalid(&payload).await,
                        Some(11) => answered = true,
                        _ => {}
                    },
                    Frame::End(code) => return self.closed(code),
                },
                _ = beat.tick() => {
                    // Nobody answers any more: the connection is dead, whatever the network says.
                    if !std::mem::take(&mut answered) || socket.say(&self.heartbeat()).await.is_err() {
                        self.saw(Seen::Cut { code: 0 });
                        return End::Again;
                    }
                }
                order = told.recv() => match order {
                    Some(Order::Away { stay, old }) => {
                        self.saw(Seen::Cut { code: BY_ITSELF });
                        if let Some((_, seq)) = self.session.as_mut().filter(|_| old) {
                            *seq = 1;
                            self.asks_too_much = true;
                        }
                        return End::Away(stay);
                    }
                    Some(Order::Leave) | None => return End::Leave,
                },
            }
        }
    }

    fn heartbeat(&self) -> Value {
        json!({ "op": 1, "d": self.session.as_ref().map(|(_, seq)| seq) })
    }

    fn saw(&self, event: Seen) {
        self.recorder.saw(self.device.proc, event);
    }

    async fn invalid(&mut self, payload: &Value) -> End {
        if payload.get("d") != Some(&Value::Bool(true))
            && let Some((session, _)) = self.session.take()
        {
            if !std::mem::take(&mut self.asks_too_much) {
                self.listener.doubts();
            }
            self.saw(Seen::Invalid { session });
        }
        // Discord asks for one to five seconds.
        tokio::time::sleep(Duration::from_millis(500 + self.dice.below(1_500))).await;
        End::Again
    }

    fn closed(&mut self, code: u16) -> End {
        self.saw(Seen::Cut { code });
        match code {
            4004 => {
                self.listener.shut.store(self.recorder.now().max(1), Ordering::Release);
                End::Leave
            }
            // The session cannot be gone on with.
            4003 | 4007 | 4009 => {
                self.session = None;
                End::Again
            }
            _ => End::Again,
        }
    }

    fn dispatch(&mut self, payload: &Value) {
        let (Some(seq), Some(d)) = (payload.get("s").and_then(Value::as_u64), payload.get("d")) else {
            return;
        };
        let name = payload.get("t").and_then(Value::as_str).unwrap_or_default();
        if name == "READY" {
            let session = d.get("session_id").and_then(Value::as_str).unwrap_or_default().to_owned();
            self.session = Some((session.clone(), seq));
            let number = self.listener.sessions.fetch_add(1, Ordering::Relaxed) + 1;
            self.saw(Seen::Ready { session });
            self.catch_up(number);
            self.listener.connected.store(true, Ordering::Release);
            return;
        }
        let Some((session, last)) = &mut self.session else { return };
        let session = session.clone();
        *last = seq;
        let change = match name {
            "RESUMED" => {
                self.listener.resumes.fetch_add(1, Ordering::Relaxed);
                self.asks_too_much = false;
                self.saw(Seen::Resumed { session });
                self.listener.connected.store(true, Ordering::Release);
                return;
            }
            "MESSAGE_CREATE" => Change::Create,
            "MESSAGE_UPDATE" => Change::Update,
            "MESSAGE_DELETE" => Change::Delete,
            _ => return,
        };
        let Ok(channel) = rest::id(d, "/channel_id") else { return };
        let row = match change {
            Change::Delete => {
                rest::id(d, "/id").ok().map(|id| Row { id, author: 0, body: String::new(), edited: 0 })
            }
            _ => rest::row(d),
        };
        let Some(row) = row else { return };
        self.listener.heard(channel, row.id, self.listener.sessions.load(Ordering::Relaxed));
        self.saw(Seen::Message { session, seq, change, channel, row });
    }

    /// Reads what a new session does not bring, beside the socket: the newest of every channel first, as clients do, then what
    /// is missing below.
    fn catch_up(&self, session: u64) {
        self.listener.behind.fetch_add(1, Ordering::AcqRel);
        let (api, recorder, dice) = (self.api.clone(), self.recorder.clone(), self.dice.clone());
        let (device, listener, channels) =
            (self.device.clone(), self.listener.clone(), self.channels.clone());
        tokio::spawn(async move {
            let page = async |channel, after| page(&api, &recorder, &dice, &device, channel, after).await;
            // A later session catches up with everything, too.
            let is_last = || listener.sessions.load(Ordering::Relaxed) == session;
            let mut holes = Vec::new();
            for channel in channels.iter().copied().take_while(|_| is_last()) {
                // Zero is no id.
                let after = listener.upto(channel).saturating_sub(OVERLAP).max(1);
                match page(channel, None).await {
                    Some(newest) if newest.is_last || newest.lowest <= after => {
                        listener.read(channel, newest.highest, Some(session));
                    }
                    Some(newest) => holes.push((channel, after, newest)),
                    None => {}
                }
            }
            for (channel, mut after, newest) in holes {
                while let Some(page) = page(channel, Some(after)).await {
                    if page.is_last || page.highest >= newest.lowest {
                        listener.read(channel, page.highest.max(newest.highest), Some(session));
                        break;
                    }
                    listener.read(channel, page.highest, None);
                    after = page.highest;
                    if !is_last() {
                        break;
                    }
                }
            }
            listener.behind.fetch_sub(1, Ordering::AcqRel);
        });
    }
}

/// A page of a channel.
struct Page {
    lowest: u64,
    highest: u64,
    /// There is no more in its direction.
    is_last: bool,
}

/// One page, the newest or upwards from an id, from whichever node answers. `None`: nobody does, or the device may not read it.
async fn page(
    api: &Api,
    recorder: &Recorder,
    dice: &Dice,
    device: &Device,
    channel: u64,
    after: Option<u64>,
) -> Option<Page> {
    const LIMIT: usize = 100;
    const TRIES: u32 = 200;
    for _ in 0..TRIES {
        let node = u8::try_from(dice.below(u64::from(api.nodes()))).unwrap_or_default() + 1;
        let args = Call::History { user: device.user, channel, after, limit: LIMIT };
        let begun = recorder.invoke(device.proc, node, args);
        let after = after.map_or_else(String::new, |after| format!("&after={after}"));
        let route = format!("/channels/{channel}/messages?limit={LIMIT}{after}");
        match api.call(node, "GET", &route, &device.token, None).await {
            Reply::Done(Value::Array(list)) => {
                let rows: Vec<Row> = list.iter().filter_map(rest::row).collect();
                let ids = || rows.iter().map(|row| row.id);
                let (lowest, highest) = (ids().min().unwrap_or_default(), ids().max().unwrap_or_default());
                let is_last = list.len() < LIMIT;
                recorder.ok(begun, Answer::Page { rows, end: is_last });
                return Some(Page { lowest, highest, is_last });
            }
            // Logged out in the meantime.
            Reply::Refused(401, code) => {
                recorder.fail(begun, 401, code);
                return None;
            }
            Reply::Refused(status, code) => recorder.fail(begun, status, code),
            Reply::Done(_) => recorder.fail(begun, 200, 0),
            Reply::Unsent | Reply::Unknown(_) => recorder.fail(begun, 0, 0),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    None
}
