//! Watches whether Redis is there and has not forgotten anything, and says so.

use crate::Options;
use crate::announce::Orphans;
use crate::cluster::{Answer, Fault, Request, number};
use crate::entry::{Entry, FIELD};
use crate::keys::{random, slot};
use crate::routes::Scope;
use crate::shared::Shared;
use redis::{Cmd, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(400);

/// Keys by whose absence the loss of a member's data shows. Spread by chance: that one of three masters has none of
/// them happens once in 100,000 times.
const SENTINELS: u32 = 32;

/// How long they last without this node.
const SENTINEL_LIFE: Duration = Duration::from_secs(60);

/// How long a node is listed without a word from it.
const LISTED: Duration = Duration::from_secs(8);

/// How long a stream is kept after its node's last word.
const STREAM_KEPT: Duration = Duration::from_secs(300);

/// How often this node's stream is trimmed, and gets an entry though nothing happened.
const TRIM: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_secs(30);

/// When some members answer and others do not, so long is waited before this node is together again with what there is.
const PARTLY: Duration = Duration::from_secs(4);

/// Routes that came so shortly before another member took over may have gone down with the one that failed.
const YOUNG: Duration = Duration::from_secs(15);
/// Or, if that took long, so shortly before it answered for the last time.
const LAGGING: Duration = Duration::from_secs(5);

/// What one look found.
struct Seen {
    /// Members that answered, and masters in all.
    well: usize,
    all: usize,
    /// A sentinel that was there is gone.
    forgotten: bool,
    own: Own,
}

#[derive(PartialEq, Eq)]
enum Own {
    There,
    Gone,
    Away,
}

pub(crate) struct Watch {
    shared: Arc<Shared>,
    sentinels: Vec<(String, bool)>,
    masters: HashMap<u16, Arc<str>>,
    /// When each member answered for the last time.
    answered: HashMap<Arc<str>, Instant>,
    nobody: Option<Instant>,
    own_away: Option<Instant>,
    partly: Option<Instant>,
    trimmed: Instant,
    ticked: Instant,
    others: HashMap<u64, u64>,
    orphans: Orphans,
}

impl Watch {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let sentinels = (0..SENTINELS).map(|n| (shared.keys.sentinel(shared.publisher, n), false)).collect();
        let now = Instant::now();
        Self {
            shared,
            sentinels,
            masters: HashMap::new(),
            answered: HashMap::new(),
            nobody: None,
            own_away: None,
            partly: None,
            trimmed: now,
            ticked: now,
            others: HashMap::new(),
            orphans: Orphans::default(),
        }
    }

    /// Works until it is told to end.
    pub(crate) async fn work(mut self, mut end: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = self.look() => {}
                _ = end.changed() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.shared.doubt.notified() => {}
                _ = end.changed() => return,
            }
        }
    }

    /// The first look, before anything else is done.
    pub(crate) async fn first(&mut self) -> Answer<()> {
        let seen = self.see().await;
        if seen.well == 0 {
            return Err(Fault::Away("no Redis member answers".to_owned()));
        }
        self.create(self.shared.hub.stream()).await
    }

    async fn look(&mut self) {
        let seen = self.see().await;
        let now = Instant::now();
        if seen.well < seen.all || seen.all == 0 {
            self.shared.cluster.look().await;
        }
        if self.shared.hub.alone() {
            return self.try_together(&seen, now).await;
        }
        let since = |place: &mut Option<Instant>, holds: bool| {
            if !holds {
                *place = None;
                return Duration::ZERO;
            }
            now.duration_since(*place.get_or_insert(now))
        };
        let nobody = since(&mut self.nobody, seen.well == 0);
        let own_away = since(&mut self.own_away, seen.own == Own::Away);
        if nobody >= self.shared.options.away || own_away >= self.shared.options.hold {
            self.shared.hub.go_alone();
            self.shared.queued.notify_one();
            self.partly = None;
            return;
        }
        if seen.own == Own::Gone {
            tracing::warn!("this node's stream is gone: another one is begun");
            self.shared.announcements.doubt();
            self.begin_another().await;
        } else if seen.forgotten {
            tracing::warn!("a Redis member lost its data: all routes are written again");
            self.shared.announcements.doubt();
            self.shared.routes.doubt_all();
            self.write_all_routes().await;
            self.shared.hub.lock().gap();
        } else {
            self.mend_routes().await;
        }
        self.keep().await;
    }

    /// Asks every master for the time, this node's sentinels and its stream.
    async fn see(&mut self) -> Seen {
        let shared = self.shared.clone();
        let masters = shared.cluster.masters();
        let own = shared.keys.stream(shared.hub.stream());
        let own_master = shared.cluster.master(slot(&own));
        let expire = |key: &str, life: Duration| {
            let mut command = Cmd::new();
            command.arg("PEXPIRE").arg(key).arg(Options::millis(life));
            command
        };
        let questions = masters.iter().map(|master| {
            let mut time = Cmd::new();
            time.arg("TIME");
            let mut commands = vec![time];
            if own_master.as_ref() == Some(master) {
                commands.push(expire(&own, STREAM_KEPT));
            }
            let here: Vec<usize> = (0..self.sentinels.len())
                .filter(|n| {
                    let key = self.sentinels.get(*n).map(|(key, _)| key.as_str()).unwrap_or_default();
                    shared.cluster.master(slot(key)).as_ref() == Some(master)
                })
                .collect();
            let keys = here.iter().filter_map(|n| self.sentinels.get(*n));
            commands.extend(keys.map(|(key, _)| expire(key, SENTINEL_LIFE)));
            (master.clone(), here, commands)
        });
        let asked = futures_util::future::join_all(questions.map(async |(master, here, commands)| {
            let answer = shared.cluster.ask(&master, &commands).await;
            (master, here, answer)
        }));
        let mut seen = Seen { well: 0, all: masters.len(), forgotten: false, own: Own::Away };
        let mut clocks = Vec::new();
        let mut unset = Vec::new();
        let passed = shared.born.elapsed();
        for (master, here, answer) in asked.await {
            let Ok(answers) = answer else { continue };
            let mut answers = answers.into_iter();
            let Some(Ok(time)) = answers.next() else { continue };
            clocks.extend(clock(time));
            if own_master.as_ref() == Some(&master) {
                seen.own = match answers.next() {
                    Some(Ok(Value::Int(0))) => Own::Gone,
                    Some(Ok(_)) => Own::There,
                    _ => Own::Away,
                };
            }
            let mut ok = true;
            for (n, answer) in here.into_iter().zip(answers) {
                match answer {
                    Ok(Value::Int(0)) => unset.push(n),
                    Ok(_) => {}
                    Err(_) => ok = false,
                }
            }
            seen.well += usize::from(ok);
            self.answered.insert(master, Instant::now());
        }
        clocks.sort_unstable();
        if let Some(clock) = clocks.get(clocks.len() / 2) {
            shared.redis_clock.store(clock.saturating_sub(Options::millis(passed)), SeqCst);
        }
        seen.forgotten = self.set(&unset).await;
        seen
    }

    /// Sets sentinels; whether one of them had been there.
    async fn set(&mut self, unset: &[usize]) -> bool {
        let mut forgotten = false;
        let mut requests = Vec::new();
        for n in unset {
            if let Some((key, was_set)) = self.sentinels.get_mut(*n) {
                forgotten |= std::mem::replace(was_set, true);
                let life = Options::millis(SENTINEL_LIFE);
                requests.push(Request::new("SET", key).arg(1).arg("PX").arg(life));
            }
        }
        if !requests.is_empty() {
            self.shared.cluster.run(&requests).await;
        }
        forgotten
    }

    /// Creates a stream.
    async fn create(&self, stream: u64) -> Answer<()> {
        let key = self.shared.keys.stream(stream);
        let begun = Entry::Begun.write();
        self.shared.cluster.one(Request::new("XADD", &key).arg("*").arg(FIELD).arg(begun)).await?;
        let life = Options::millis(STREAM_KEPT);
        self.shared.cluster.one(Request::new("PEXPIRE", &key).arg(life)).await?;
        tracing::info!("events of all nodes are heard from {key}");
        Ok(())
    }

    /// Begins another stream: creates it, leads all routes there, closes the old one, and hears it from then on.
    async fn begin_another(&self) -> bool {
        let old = self.shared.hub.stream();
        // A few tries: one of the masters may be down.
        for _ in 0..12 {
            let Ok(stream) = random() else { return false };
            if self.create(stream).await.is_err() {
                continue;
            }
            // Listed before it is heard: a node that has something to say to all of them, that events were lost, says it to
            // this one, too, or says it before this one's own gap.
            if self.shared.cluster.one(self.shared.listing(stream)).await.is_err() {
                tracing::debug!("this node could not be listed with its new stream");
            }
            self.shared.route_stream.store(stream, SeqCst);
            self.shared.routes.doubt_all();
            let everybody = self.shared.routes.everybody();
            // Who could not be written yet is told so when it is: until then nothing comes for it.
            self.shared.write_routes(&everybody, Some(old)).await;
            let closed = Entry::Closed.write();
            let close = Request::new("XADD", &self.shared.keys.stream(old))
                .arg("NOMKSTREAM")
                .arg("*")
                .arg(FIELD)
                .arg(closed);
            let _ = self.shared.cluster.one(close).await;
            self.shared.hub.begin(stream);
            return true;
        }
        false
    }

    async fn try_together(&mut self, seen: &Seen, now: Instant) {
        if seen.well == 0 {
            self.partly = None;
            return;
        }
        let partly = now.duration_since(*self.partly.get_or_insert(now));
        if seen.well < seen.all && partly < PARTLY {
            return;
        }
        if self.begin_another().await {
            self.nobody = None;
            self.own_away = None;
            self.others.clear();
            self.orphans.clear();
            self.shared.announcements.doubt();
            self.masters.clear();
        }
    }

    async fn write_all_routes(&self) -> Vec<Scope> {
        let everybody = self.shared.routes.everybody();
        self.shared.write_routes(&everybody, None).await
    }

    /// Writes what could not be written, and what a failover may have lost.
    async fn mend_routes(&mut self) {
        let cluster = &self.shared.cluster;
        let masters: HashMap<u16, Arc<str>> = self
            .sentinels
            .iter()
            .filter_map(|(key, _)| Some((slot(key), cluster.master(slot(key))?)))
            .collect();
        let before = std::mem::replace(&mut self.masters, masters);
        let gone: Vec<&Arc<str>> =
            before.values().filter(|master| !self.masters.values().any(|now| now == *master)).collect();
        if gone.is_empty() {
            let unwritten = self.shared.routes.unwritten();
            if !unwritten.is_empty() {
                let absent = self.shared.write_routes(&unwritten, None).await;
                self.shared.hub.lock().missed(&absent);
            }
            return;
        }
        tracing::info!("a Redis member was replaced: all routes are written again");
        let heirs: Vec<&Arc<str>> =
            self.masters.values().filter(|now| !before.values().any(|master| master == *now)).collect();
        let silent = gone.iter().filter_map(|master| self.answered.get(*master)).map(Instant::elapsed).max();
        let young = YOUNG.max(silent.map_or(Duration::ZERO, |silent| silent.saturating_add(LAGGING)));
        let keys = &self.shared.keys;
        self.shared.routes.doubt_younger(young, |scope| {
            cluster.master(slot(&keys.routes(scope))).is_some_and(|master| heirs.contains(&&master))
        });
        let absent = self.write_all_routes().await;
        self.shared.hub.lock().missed(&absent);
        let masters = cluster.masters();
        self.answered.retain(|member, _| masters.contains(member));
    }

    /// Keeps this node listed and its stream short, and looks for nodes that died.
    async fn keep(&mut self) {
        let shared = &self.shared;
        let (stream, now) = (shared.hub.stream(), shared.now());
        let nodes = shared.keys.nodes();
        // Those that were silent for a while stay listed for a little longer, so that everybody sees them missing.
        let old = now.saturating_sub(Options::millis(LISTED * 8));
        let mut requests = vec![
            self.shared.listing(stream),
            Request::new("ZREMRANGEBYSCORE", &nodes).arg("-inf").arg(old),
            Request::new("PEXPIRE", &nodes).arg(Options::millis(LISTED * 16)),
        ];
        let key = shared.keys.stream(stream);
        if self.trimmed.elapsed() > TRIM {
            self.trimmed = Instant::now();
            let oldest = now.saturating_sub(Options::millis(shared.options.stream_life)).max(0);
            requests.push(Request::new("XTRIM", &key).arg("MINID").arg("~").arg(oldest));
        }
        if self.ticked.elapsed() > TICK {
            self.ticked = Instant::now();
            let tick = Entry::Tick.write();
            requests.push(Request::new("XADD", &key).arg("NOMKSTREAM").arg("*").arg(FIELD).arg(tick));
        }
        let answers = shared.cluster.run(&requests).await;
        if !answers.iter().all(Result::is_ok) {
            return;
        }
        let listed = Request::new("ZRANGE", &nodes).arg(0).arg(-1).arg("WITHSCORES");
        let Ok(listed) = shared.cluster.one(listed).await else { return };
        let listed = crate::cluster::list(listed);
        for pair in listed.chunks_exact(2) {
            let [member, until] = pair else { continue };
            let (Some((publisher, stream)), Some(until)) = (node(member), number(until)) else { continue };
            if publisher == shared.publisher {
                continue;
            }
            if until > now {
                self.others.insert(publisher, stream);
            } else if self.others.get(&publisher) == Some(&stream) {
                self.others.remove(&publisher);
                tracing::warn!("another node went away without a word");
                self.orphans.add(publisher);
            }
        }
        self.orphans.tend(&self.shared).await;
    }
}

/// Milliseconds since 1970 of what TIME answers.
fn clock(value: Value) -> Option<i64> {
    let parts = crate::cluster::list(value);
    Some(number(parts.first()?)?.saturating_mul(1000).saturating_add(number(parts.get(1)?)? / 1000))
}

/// Publisher and stream of a listed node.
fn node(value: &Value) -> Option<(u64, u64)> {
    let Value::BulkString(bytes) = value else { return None };
    let (publisher, stream) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_le_bytes(*publisher), u64::from_le_bytes(stream.try_into().ok()?)))
}

impl Shared {
    /// What lists this node, with what it hears.
    pub(crate) fn listing(&self, stream: u64) -> Request {
        let member = [self.publisher.to_le_bytes(), stream.to_le_bytes()].concat();
        let until = self.now().saturating_add(Options::millis(LISTED));
        Request::new("ZADD", &self.keys.nodes()).arg(until).arg(member)
    }

    /// Publishers and streams of all nodes that are listed.
    pub(crate) async fn nodes(&self) -> Answer<Vec<(u64, u64)>> {
        let listed = Request::new("ZRANGEBYSCORE", &self.keys.nodes()).arg(self.now()).arg("+inf");
        Ok(crate::cluster::list(self.cluster.one(listed).await?).iter().filter_map(node).collect())
    }

    /// Takes everything of this node out that others would miss it by. Its stream stays for those who take its sessions
    /// up, and so do the routes to it: what is published until then must reach it. Both run out by themselves.
    pub(crate) async fn leave(&self) {
        let stream = self.hub.stream();
        let member = [self.publisher.to_le_bytes(), stream.to_le_bytes()].concat();
        let mut requests: Vec<Request> =
            (0..SENTINELS).map(|n| Request::new("DEL", &self.keys.sentinel(self.publisher, n))).collect();
        requests.push(Request::new("ZREM", &self.keys.nodes()).arg(member));
        requests.push(Request::new("DEL", &self.keys.announced(self.publisher)));
        for some in requests.chunks(1_000) {
            self.cluster.run(some).await;
        }
    }
}
