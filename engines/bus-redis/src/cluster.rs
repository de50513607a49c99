//! The members of the cluster, and which of them serves which key.
//!
//! redis-rs has a cluster client, which is not used: while it looks for the new master of one shard it holds back the
//! commands for all others, and its own repetitions would turn hand-overs round. This is the small part of it that is
//! needed: a slot map, one shared connection to each master, and answers that point elsewhere (MOVED, ASK) followed once.

use crate::keys::{SLOTS, slot};
use crate::options::Options;
use dashmap::DashMap;
use futures_util::future::join_all;
use parking_lot::{Mutex, RwLock};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, ServerErrorKind, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// A new look at the map is not worth it more often than this.
const LOOK: Duration = Duration::from_millis(100);

/// Why a command has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The member that serves the key does not answer, or nobody serves it; the outcome is unknown.
    Away(String),
    /// Redis refuses the command.
    Refused(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away(why) | Self::Refused(why) => f.write_str(why),
        }
    }
}

pub(crate) type Answer<T> = Result<T, Fault>;

/// A command and the slot of its key.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) slot: u16,
    pub(crate) command: Cmd,
}

impl Request {
    pub(crate) fn new(name: &str, key: &str) -> Self {
        let mut command = Cmd::new();
        command.arg(name).arg(key);
        Self { slot: slot(key), command }
    }

    /// A script on one key.
    pub(crate) fn script(source: &str, key: &str) -> Self {
        let mut command = Cmd::new();
        command.arg("EVAL").arg(source).arg(1).arg(key);
        Self { slot: slot(key), command }
    }

    pub(crate) fn arg(mut self, value: impl redis::ToRedisArgs) -> Self {
        self.command.arg(value);
        self
    }
}

/// Who serves what.
#[derive(Debug, Default)]
struct Map {
    masters: Vec<Arc<str>>,
    /// By slot, the place in `masters`.
    of: Vec<u16>,
}

impl Map {
    fn master(&self, slot: u16) -> Option<&Arc<str>> {
        self.masters.get(usize::from(*self.of.get(usize::from(slot))?))
    }
}

#[derive(Clone)]
struct Link {
    connection: MultiplexedConnection,
    /// Differs for every connection that was ever made.
    generation: u64,
}

pub(crate) struct Cluster {
    options: Options,
    map: RwLock<Arc<Map>>,
    links: DashMap<Arc<str>, Arc<tokio::sync::Mutex<Option<Link>>>>,
    known: Mutex<Vec<Arc<str>>>,
    generations: AtomicU64,
    looked: tokio::sync::Mutex<Option<Instant>>,
}

impl Cluster {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            map: RwLock::default(),
            links: DashMap::new(),
            known: Mutex::new(options.members.iter().map(|member| Arc::from(member.as_str())).collect()),
            generations: AtomicU64::new(0),
            looked: tokio::sync::Mutex::new(None),
        }
    }

    /// The masters as far as it is known.
    pub(crate) fn masters(&self) -> Vec<Arc<str>> {
        self.map.read().masters.clone()
    }

    /// Who serves a slot.
    pub(crate) fn master(&self, slot: u16) -> Option<Arc<str>> {
        self.map.read().master(slot).cloned()
    }

    /// Opens a connection of its own, for commands that wait.
    pub(crate) async fn open(&self, member: &str, answer: Duration) -> Answer<MultiplexedConnection> {
        let login = match (&self.options.user, &self.options.password) {
            (user, Some(password)) => {
                let info = redis::RedisConnectionInfo::default().set_password(password);
                user.iter().fold(info, |info, user| info.set_username(user))
            }
            _ => redis::RedisConnectionInfo::default(),
        };
        let away = |error: redis::RedisError| Fault::Away(format!("{member}: {error}"));
        let (host, port) = member.rsplit_once(':').unwrap_or((member, "6379"));
        let address = redis::ConnectionAddr::Tcp(host.to_owned(), port.parse().unwrap_or(6379));
        let info = redis::IntoConnectionInfo::into_connection_info(address)
            .map_err(away)?
            .set_redis_settings(login.set_skip_set_lib_name());
        let client = redis::Client::open(info).map_err(away)?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.options.command))
            .set_response_timeout(Some(answer));
        client.get_multiplexed_async_connection_with_config(&config).await.map_err(away)
    }

    async fn link(&self, member: &Arc<str>) -> Answer<Link> {
        let place = self.links.entry(member.clone()).or_default().clone();
        let mut place = place.lock().await;
        if let Some(link) = place.as_ref() {
            return Ok(link.clone());
        }
        let connection = self.open(member, self.options.command).await?;
        let generation = self.generations.fetch_add(1, Ordering::Relaxed) + 1;
        let link = Link { connection, generation };
        *place = Some(link.clone());
        Ok(link)
    }

    /// Lets a connection go that failed.
    async fn drop_link(&self, member: &Arc<str>, generation: u64) {
        if let Some(place) = self.links.get(member).map(|place| place.clone()) {
            let mut place = place.lock().await;
            if place.as_ref().is_some_and(|link| link.generation == generation) {
                *place = None;
            }
        }
    }

    /// Which connection commands for this slot go through: a number that changes when the member does, or the
    /// connection to it.
    pub(crate) async fn path(&self, slot: u16) -> Answer<u64> {
        let member = self.master(slot).ok_or_else(nobody)?;
        Ok(self.link(&member).await?.generation)
    }

    /// Asks one member, in one go.
    pub(crate) async fn ask(&self, member: &Arc<str>, commands: &[Cmd]) -> Answer<Vec<Answer<Value>>> {
        Ok(self.values(member, commands).await?.into_iter().map(sort).collect())
    }

    /// What a member answers, as it says it.
    async fn values(&self, member: &Arc<str>, commands: &[Cmd]) -> Answer<Vec<Value>> {
        let mut pipeline = Pipeline::with_capacity(commands.len());
        for command in commands {
            pipeline.add_command(command.clone());
        }
        let mut link = self.link(member).await?;
        match link.connection.send_packed_commands(&pipeline, 0, commands.len()).await {
            Ok(values) => Ok(values),
            Err(error) => {
                self.drop_link(member, link.generation).await;
                Err(Fault::Away(format!("{member}: {error}")))
            }
        }
    }

    /// Runs commands on the members that serve their keys, those of one member in order and in one go. Answers come in
    /// the order of the requests.
    pub(crate) async fn run(&self, requests: &[Request]) -> Vec<Answer<Value>> {
        let mut answers: Vec<Answer<Value>> = requests.iter().map(|_| Err(nobody())).collect();
        let mut left: Vec<usize> = (0..requests.len()).collect();
        for attempt in 0..2 {
            self.run_once(requests, &left, &mut answers).await;
            left.retain(|n| matches!(answers.get(*n), Some(Err(Fault::Away(_)))));
            if left.is_empty() {
                break;
            }
            let moved = self.look().await;
            if attempt == 0 && !moved {
                break;
            }
        }
        answers
    }

    async fn run_once(&self, requests: &[Request], which: &[usize], answers: &mut [Answer<Value>]) {
        let map = self.map.read().clone();
        let mut by_member: HashMap<&Arc<str>, (Vec<usize>, Vec<Cmd>)> = HashMap::new();
        for n in which {
            if let Some(request) = requests.get(*n)
                && let Some(member) = map.master(request.slot)
            {
                let group = by_member.entry(member).or_default();
                group.0.push(*n);
                group.1.push(request.command.clone());
            }
        }
        let groups = by_member
            .into_iter()
            .map(async |(member, (places, commands))| (places, self.values(member, &commands).await));
        let mut pointed: HashMap<Elsewhere, Vec<usize>> = HashMap::new();
        for (places, outcome) in join_all(groups).await {
            match outcome {
                Ok(values) => {
                    for (place, value) in places.into_iter().zip(values) {
                        if let Some(elsewhere) = elsewhere(&value) {
                            pointed.entry(elsewhere).or_default().push(place);
                        }
                        if let Some(answer) = answers.get_mut(place) {
                            *answer = sort(value);
                        }
                    }
                }
                Err(fault) => {
                    for place in places {
                        if let Some(answer) = answers.get_mut(place) {
                            *answer = Err(fault.clone());
                        }
                    }
                }
            }
        }
        // Where to is known at once, and the map only when the members have told each other.
        let moved = pointed.keys().any(|elsewhere| !elsewhere.moving);
        self.run_elsewhere(requests, pointed, answers).await;
        if moved {
            self.look().await;
        }
    }

    /// Asks where answers pointed to, once. Commands on one key stay in order: what the old member answered came before
    /// the key was moved.
    async fn run_elsewhere(
        &self,
        requests: &[Request],
        elsewhere: HashMap<Elsewhere, Vec<usize>>,
        answers: &mut [Answer<Value>],
    ) {
        for (Elsewhere { member, moving }, places) in elsewhere {
            let commands = places.iter().filter_map(|place| requests.get(*place)).flat_map(|request| {
                let asking = moving.then(|| {
                    let mut asking = Cmd::new();
                    asking.arg("ASKING");
                    asking
                });
                asking.into_iter().chain([request.command.clone()])
            });
            let outcome = self.ask(&member, &commands.collect::<Vec<_>>()).await;
            let values = match outcome {
                Ok(values) if moving => values.into_iter().skip(1).step_by(2).collect(),
                Ok(values) => values,
                Err(fault) => vec![Err(fault); places.len()],
            };
            for (place, value) in places.into_iter().zip(values) {
                if let Some(answer) = answers.get_mut(place) {
                    *answer = value;
                }
            }
        }
    }

    /// Runs one command.
    pub(crate) async fn one(&self, request: Request) -> Answer<Value> {
        self.run(std::slice::from_ref(&request)).await.pop().unwrap_or_else(|| Err(nobody()))
    }

    /// Asks the members who serves what; whether that changed. The newest view of a member that sees the cluster work is
    /// believed, so that one which is cut off misleads nobody.
    pub(crate) async fn look(&self) -> bool {
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|at| at.elapsed() < LOOK) {
            return false;
        }
        let known = self.known.lock().clone();
        let views = join_all(known.iter().map(async |member| {
            let mut slots = Cmd::new();
            slots.arg("CLUSTER").arg("SLOTS");
            let mut info = Cmd::new();
            info.arg("CLUSTER").arg("INFO");
            let answers = self.ask(member, &[info, slots]).await.ok()?;
            let [Ok(info), Ok(slots)] = <[Answer<Value>; 2]>::try_from(answers).ok()? else { return None };
            let info = text(&info)?;
            let field = |name: &str| {
                info.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
            };
            let epoch: u64 = field("cluster_current_epoch:")?.parse().ok()?;
            let well = field("cluster_state:")? == "ok";
            Some(((well, epoch), slots))
        }))
        .await;
        *looked = Some(Instant::now());
        let best = views.into_iter().flatten().max_by_key(|(rank, _)| *rank);
        let Some((_, slots)) = best else { return false };
        let (map, members) = read_slots(&slots);
        if map.masters.is_empty() {
            return false;
        }
        let mut current = self.map.write();
        let changed = map.masters != current.masters || map.of != current.of;
        *current = Arc::new(map);
        drop(current);
        if changed {
            let mut known = self.known.lock();
            for member in members {
                if !known.contains(&member) {
                    known.push(member);
                }
            }
            tracing::info!("the Redis Cluster's map changed");
        }
        changed
    }
}

fn nobody() -> Fault {
    Fault::Away("no member serves this slot".to_owned())
}

/// Where an answer points to.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Elsewhere {
    member: Arc<str>,
    /// The slot is on its way there, and the key has left its old place; else the member serves all of the slot.
    moving: bool,
}

fn elsewhere(value: &Value) -> Option<Elsewhere> {
    let Value::ServerError(error) = value else { return None };
    let moving = match error.kind()? {
        ServerErrorKind::Ask => true,
        ServerErrorKind::Moved => false,
        _ => return None,
    };
    let (_slot, member) = error.details()?.split_once(' ')?;
    Some(Elsewhere { member: Arc::from(member), moving })
}

/// Tells answers that another member, or the same one a little later, would give otherwise, from refusals.
fn sort(value: Value) -> Answer<Value> {
    let Value::ServerError(error) = value else { return Ok(value) };
    let told = error.to_string();
    match error.kind() {
        Some(
            ServerErrorKind::Moved
            | ServerErrorKind::Ask
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ReadOnly
            | ServerErrorKind::BusyLoading,
        ) => Err(Fault::Away(told)),
        _ => Err(Fault::Refused(told)),
    }
}

/// A text that Redis answered.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
        Value::SimpleString(text) => Some(text.clone()),
        Value::VerbatimString { text, .. } => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number that Redis answered.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        other => text(other)?.parse().ok(),
    }
}

/// A list that Redis answered.
pub(crate) fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) | Value::Set(values) => values,
        _ => Vec::new(),
    }
}

fn read_slots(slots: &Value) -> (Map, Vec<Arc<str>>) {
    let mut map = Map { masters: Vec::new(), of: vec![u16::MAX; usize::from(SLOTS)] };
    let mut members = Vec::new();
    let member = |value: &Value| -> Option<Arc<str>> {
        let Value::Array(parts) = value else { return None };
        let (host, port) = (text(parts.first()?)?, number(parts.get(1)?)?);
        (!host.is_empty()).then(|| Arc::from(format!("{host}:{port}")))
    };
    for range in list(slots.clone()) {
        let parts = list(range);
        let (Some(from), Some(to)) = (parts.first().and_then(number), parts.get(1).and_then(number)) else {
            continue;
        };
        members.extend(parts.iter().skip(2).filter_map(member));
        let Some(master) = parts.get(2).and_then(member) else { continue };
        let place = map.masters.iter().position(|known| *known == master).unwrap_or_else(|| {
            map.masters.push(master.clone());
            map.masters.len() - 1
        });
        for slot in from..=to {
            if let Some(of) = usize::try_from(slot).ok().and_then(|slot| map.of.get_mut(slot)) {
                *of = u16::try_from(place).unwrap_or(u16::MAX);
            }
        }
    }
    (map, members)
}
