//! What people do meanwhile: at least fifty listening sessions and fifty messages a second, mixed with retries on other
//! nodes, edits, deletions, reads, partings and logouts.

mod churn;
mod sender;

use crate::client::{Api, Control, Dice, Order, Reply};
use crate::history::{Answer, Call, Row};
use crate::people::{People, Person, Size};
use crate::record::Recorder;
use anyhow::{Result, bail};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Operations under way at once. A hundred are far more than fifty a second need while everything is well; when an engine
/// is away, people wait for their answers too, before they say more.
const AT_ONCE: usize = 100;
/// How long a send with a key is repeated until somebody answers.
const PERSIST: Duration = Duration::from_secs(90);

/// How much of what.
#[derive(Debug, Clone, Copy)]
pub struct Mix {
    /// Who.
    pub size: Size,
    /// Messages a second of those who stay friends.
    pub rate: f64,
    /// Whether couples part, devices are logged out, and listeners stay away.
    pub churn: bool,
    /// Whether nothing is done but sending each message once.
    pub only_sends: bool,
    /// How many of a hundred sends have a key.
    pub keyed: u64,
}

impl Default for Mix {
    fn default() -> Self {
        Self { size: Size::default(), rate: 55.0, churn: true, only_sends: false, keyed: 75 }
    }
}

/// What runs share.
pub(crate) struct Shared {
    pub(crate) api: Api,
    pub(crate) recorder: Recorder,
    pub(crate) dice: Arc<Dice>,
    pub(crate) people: People,
    pub(crate) over: AtomicBool,
    pub(crate) turns: Arc<Semaphore>,
    /// Counts what must be unique.
    pub(crate) number: AtomicU64,
    /// Nanoseconds from the answer of a logout to the end of the socket.
    pub(crate) shut: Mutex<Vec<u64>>,
}

impl Shared {
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    pub(crate) fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn node(&self) -> u8 {
        u8::try_from(self.dice.below(u64::from(self.api.nodes()))).unwrap_or_default() + 1
    }
}

/// A load that runs.
pub struct Load {
    shared: Arc<Shared>,
    listeners: Vec<(Person, Control)>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Gathers people, lets their devices listen, and begins.
    ///
    /// # Errors
    /// They cannot be gathered, or not all of their devices come to hear anything.
    pub async fn begin(api: Api, recorder: Recorder, dice: Arc<Dice>, mix: Mix) -> Result<Self> {
        let mut load = Self::prepare(api, recorder, dice, mix.size).await?;
        load.go(mix);
        Ok(load)
    }

    /// Gathers people and lets their devices listen; nobody sends yet.
    ///
    /// # Errors
    /// As [`Load::begin`].
    pub async fn prepare(api: Api, recorder: Recorder, dice: Arc<Dice>, size: Size) -> Result<Self> {
        let people = People::gather(&api, &recorder, &dice, size).await?;
        let mut listeners = Vec::new();
        for person in people.everybody() {
            let channels = Arc::new(people.channels_of(person.id));
            for device in &person.devices {
                let control = Control::listen(&api, &recorder, &dice, device, channels.clone());
                listeners.push((person.clone(), control));
            }
        }
        let shared = Arc::new(Shared {
            api,
            recorder,
            dice,
            people,
            over: AtomicBool::new(false),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            number: AtomicU64::new(0),
            shut: Mutex::default(),
        });
        let load = Self { shared, listeners, tasks: Vec::new() };
        load.level(Duration::from_secs(60)).await?;
        Ok(load)
    }

    /// Begins.
    pub fn go(&mut self, mix: Mix) {
        let every = Duration::from_secs_f64(self.shared.people.friends.len() as f64 / mix.rate.max(0.1));
        for place in 0..self.shared.people.friends.len() {
            self.tasks.push(tokio::spawn(sender::send_on(self.shared.clone(), place, every, mix)));
        }
        if !mix.churn {
            return;
        }
        for place in 0..self.shared.people.couples.len() {
            self.tasks.push(tokio::spawn(churn::part_and_meet(self.shared.clone(), place)));
        }
        for place in 0..self.shared.people.clubs.len() {
            self.tasks.push(tokio::spawn(churn::come_and_go(self.shared.clone(), place)));
        }
        self.tasks.push(tokio::spawn(churn::log_in_and_out(self.shared.clone())));
        let orders: Vec<_> = self.listeners.iter().map(|(_, control)| control.orders.clone()).collect();
        let shared = self.shared.clone();
        self.tasks.push(tokio::spawn(async move {
            while !shared.is_over() {
                tokio::time::sleep(Duration::from_millis(2_000 + shared.dice.below(2_000))).await;
                let stay = Duration::from_millis(500 + shared.dice.below(6_000));
                let order = Order::Away { stay, old: shared.dice.percent(30) };
                if let Some(orders) = shared.dice.choose(&orders) {
                    let _ = orders.try_send(order);
                }
            }
        }));
    }

    /// The history.
    pub fn recorder(&self) -> &Recorder {
        &self.shared.recorder
    }

    /// Listening sessions now: all of them, and those that have caught up.
    pub fn sessions(&self) -> (usize, usize) {
        let level = self.listeners.iter().filter(|(_, control)| control.listener.is_level()).count();
        (self.listeners.len(), level)
    }

    /// New sessions and resumes of all devices so far.
    pub fn returns(&self) -> (u64, u64) {
        let counts = self.listeners.iter().map(|(_, control)| control.listener.counts());
        counts.fold((0, 0), |(sessions, resumes), (more, again)| (sessions + more, resumes + again))
    }

    /// How long sockets lived on after a logout was answered, in nanoseconds.
    pub fn shut(&self) -> Vec<u64> {
        self.shared.shut.lock().clone()
    }

    /// Waits until every device hears and has caught up.
    ///
    /// # Errors
    /// Not within this time; with how many do.
    pub async fn level(&self, within: Duration) -> Result<()> {
        let until = Instant::now() + within;
        loop {
            let (all, level) = self.sessions();
            if level == all {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("{level} of {all} devices have caught up within {within:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends the sending, waits for answers, for devices to catch up and for silence; then everybody reads everything
    /// from every node.
    ///
    /// # Errors
    /// Something does not come to an end.
    pub async fn end(self) -> Result<Recorder> {
        let shared = self.shared.clone();
        shared.over.store(true, Ordering::Release);
        let all = async {
            let permits = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
            let _ = shared.turns.acquire_many(permits).await;
        };
        if tokio::time::timeout(PERSIST + Duration::from_secs(30), all).await.is_err() {
            bail!("some operations do not end");
        }
        self.level(Duration::from_secs(60)).await?;
        self.quiet(Duration::from_secs(3), Duration::from_secs(30)).await;
        self.level(Duration::from_secs(60)).await?;
        self.read_everything().await?;
        for (_, control) in &self.listeners {
            let _ = control.orders.send(Order::Leave).await;
        }
        for task in self.tasks {
            task.abort();
        }
        Ok(shared.recorder.clone())
    }

    /// Waits until nothing was heard for a while.
    async fn quiet(&self, silence: Duration, within: Duration) {
        let until = Instant::now() + within;
        let (mut heard, mut since) = (self.shared.recorder.len(), Instant::now());
        while since.elapsed() < silence && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let now = self.shared.recorder.len();
            if now != heard {
                (heard, since) = (now, Instant::now());
            }
        }
    }

    async fn read_everything(&self) -> Result<()> {
        let people: HashMap<u64, &Person> =
            self.shared.people.everybody().map(|person| (person.id, person)).collect();
        let mut reads = Vec::new();
        for (channel, members) in &self.shared.people.channels {
            for member in members {
                let Some(person) = people.get(member) else { continue };
                let Some(device) = person.devices.first() else { continue };
                for node in 1..=self.shared.api.nodes() {
                    reads.push((*channel, device.clone(), node));
                }
            }
        }
        let turns = Arc::new(Semaphore::new(8));
        let mut tasks = Vec::new();
        for (channel, device, node) in reads {
            let (shared, turns) = (self.shared.clone(), turns.clone());
            tasks.push(tokio::spawn(async move {
                let _turn = turns.acquire_owned().await;
                let args = Call::Whole { user: device.user, channel };
                let begun = shared.recorder.invoke(device.proc, node, args);
                match whole(&shared.api, node, &device.token, channel).await {
                    Ok(rows) => {
                        shared.recorder.ok(begun, Answer::Page { rows, end: true });
                        Ok(())
                    }
                    Err(error) => {
                        shared.recorder.fail(begun, 0, 0);
                        Err(error)
                    }
                }
            }));
        }
        for task in tasks {
            task.await??;
        }
        Ok(())
    }
}

/// All of a channel from one node, newest first, as clients page through it.
async fn whole(api: &Api, node: u8, token: &str, channel: u64) -> Result<Vec<Row>> {
    const LIMIT: usize = 100;
    let mut rows: Vec<Row> = Vec::new();
    let mut tries = 0;
    loop {
        let before = rows.last().map_or_else(String::new, |row| format!("&before={}", row.id));
        let route = format!("/channels/{channel}/messages?limit={LIMIT}{before}");
        match api.call(node, "GET", &route, token, None).await {
            Reply::Done(serde_json::Value::Array(list)) => {
                rows.extend(list.iter().filter_map(crate::client::row));
                if list.len() < LIMIT {
                    return Ok(rows);
                }
            }
            other if tries == 50 => bail!("node {node} does not show channel {channel}: {other:?}"),
            _ => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}
