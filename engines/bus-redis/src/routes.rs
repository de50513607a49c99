//! The routing table: on which nodes a user is connected, and on which ones members of a guild are.
//!
//! A small sorted set for each user and each guild: the streams of those nodes, by when they run out. It disappears by
//! itself.

use crate::cluster::{Answer, Fault, Request, list};
use crate::shared::Shared;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use model::event::Envelope;
use model::{DeviceId, GuildId, UserId};
use redis::Value;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Routes that are written in one go.
const TOGETHER: usize = 500;

/// One keep-alive in so many removes what ran out.
const SWEEP: u32 = 8;

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// One user.
    User(UserId),
    /// The members of a guild, all in one: an event of the guild is handed to a node once.
    Guild(GuildId),
}

/// Whose routes an event takes.
pub(crate) fn scopes(envelope: &Envelope) -> impl Iterator<Item = Scope> + '_ {
    let guild = envelope.guild.as_ref().map(|audience| audience.guild);
    let users = envelope.to.iter().copied().filter(move |_| guild.is_none());
    guild.map(Scope::Guild).into_iter().chain(users.map(Scope::User))
}

struct Local {
    /// None for guilds.
    devices: Vec<DeviceId>,
    since: Instant,
    beats: u32,
    /// Redis does not have the route.
    unwritten: bool,
}

/// Who is connected here.
#[derive(Default)]
pub(crate) struct Routes {
    scopes: DashMap<Scope, Local>,
}

impl Routes {
    pub(crate) fn is_here(&self, scope: Scope) -> bool {
        self.scopes.contains_key(&scope)
    }

    pub(crate) fn everybody(&self) -> Vec<Scope> {
        self.scopes.iter().map(|entry| *entry.key()).collect()
    }

    /// Whose routes Redis does not have.
    pub(crate) fn unwritten(&self) -> Vec<Scope> {
        self.scopes.iter().filter(|entry| entry.unwritten).map(|entry| *entry.key()).collect()
    }

    /// Whether a route that came within this time is in one of these slots: one that a failover may have lost.
    pub(crate) fn came_within(&self, time: Duration, mut in_slot: impl FnMut(Scope) -> bool) -> bool {
        self.scopes.iter().any(|entry| entry.since.elapsed() < time && in_slot(*entry.key()))
    }

    /// Notes a device (guilds have none); how many times it was, so far.
    fn note(&self, scope: Scope, device: Option<DeviceId>) -> u32 {
        match self.scopes.entry(scope) {
            Entry::Occupied(mut entry) => {
                let local = entry.get_mut();
                local.devices.extend(device.filter(|device| !local.devices.contains(device)));
                local.beats = local.beats.wrapping_add(1);
                local.beats
            }
            Entry::Vacant(entry) => {
                let since = Instant::now();
                let devices = device.into_iter().collect();
                entry.insert(Local { devices, since, beats: 0, unwritten: false });
                0
            }
        }
    }

    /// Forgets a device; whether it was the user's last.
    pub(crate) fn forget(&self, user: UserId, device: DeviceId) -> bool {
        let mut last = false;
        self.scopes.remove_if_mut(&Scope::User(user), |_, local| {
            let before = local.devices.len();
            local.devices.retain(|known| *known != device);
            last = local.devices.is_empty() && before > 0;
            local.devices.is_empty()
        });
        last
    }

    /// Forgets a guild; whether it was there.
    pub(crate) fn forget_guild(&self, guild: GuildId) -> bool {
        self.scopes.remove(&Scope::Guild(guild)).is_some()
    }

    fn set_unwritten(&self, scope: Scope, unwritten: bool) {
        if let Some(mut local) = self.scopes.get_mut(&scope) {
            local.unwritten = unwritten;
        }
    }
}

/// The commands that write a route.
fn written(shared: &Shared, scope: Scope, stream: u64, gone: Option<u64>, sweep: bool) -> Vec<Request> {
    let key = shared.keys.routes(scope);
    let life = crate::Options::millis(shared.options.route_life);
    let now = shared.now();
    let until = now.saturating_add(life);
    let mut requests = vec![Request::new("ZADD", &key).arg(until).arg(stream.to_le_bytes().as_slice())];
    if let Some(gone) = gone {
        requests.push(Request::new("ZREM", &key).arg(gone.to_le_bytes().as_slice()));
    }
    if sweep {
        requests.push(Request::new("ZREMRANGEBYSCORE", &key).arg("-inf").arg(now));
    }
    requests.push(Request::new("PEXPIRE", &key).arg(life));
    requests
}

impl Shared {
    /// See [`ports::bus::Bus::attach`] and [`ports::bus::Bus::attach_guild`].
    pub(crate) async fn attach(&self, scope: Scope, device: Option<DeviceId>) {
        use std::sync::atomic::Ordering::SeqCst;
        let beats = self.routes.note(scope, device);
        loop {
            let stream = self.route_stream.load(SeqCst);
            if self.hub.alone() {
                self.routes.set_unwritten(scope, true);
                return;
            }
            let requests = written(self, scope, stream, None, beats.is_multiple_of(SWEEP));
            let call = async { whole(self.cluster.run(&requests).await) };
            let outcome = self.breaker.call(call, |fault| matches!(fault, Fault::Away(_))).await;
            self.routes.set_unwritten(scope, outcome.is_err());
            if self.route_stream.load(SeqCst) == stream {
                return;
            }
        }
    }

    /// Takes a route out, unless somebody came back meanwhile.
    pub(crate) async fn take_route_out(&self, scope: Scope) {
        let stream = self.route_stream.load(std::sync::atomic::Ordering::SeqCst);
        let key = self.keys.routes(scope);
        let _ = self.cluster.one(Request::new("ZREM", &key).arg(stream.to_le_bytes().as_slice())).await;
        if self.routes.is_here(scope) {
            self.write_routes(&[scope], None).await;
        }
    }

    /// Writes routes to the present stream, in place of those to another one; whether all were written.
    pub(crate) async fn write_routes(&self, scopes: &[Scope], gone: Option<u64>) -> bool {
        let stream = self.route_stream.load(std::sync::atomic::Ordering::SeqCst);
        let mut all = true;
        for some in scopes.chunks(TOGETHER) {
            let mut requests = Vec::new();
            let mut counts = Vec::new();
            for scope in some {
                let of_scope = written(self, *scope, stream, gone, true);
                counts.push(of_scope.len());
                requests.extend(of_scope);
            }
            let mut answers = self.cluster.run(&requests).await.into_iter();
            for (scope, count) in some.iter().zip(counts) {
                let ok = whole(answers.by_ref().take(count).collect()).is_ok();
                self.routes.set_unwritten(*scope, !ok);
                all &= ok;
            }
        }
        all
    }

    /// The streams of the nodes on which each of these is connected; of a fault, whom it hides.
    pub(crate) async fn lookup(&self, scopes: &[Scope]) -> (HashMap<Scope, Vec<u64>>, Option<Fault>) {
        let now = self.now();
        let requests: Vec<Request> = scopes
            .iter()
            .map(|scope| Request::new("ZRANGEBYSCORE", &self.keys.routes(*scope)).arg(now).arg("+inf"))
            .collect();
        let mut fault = None;
        let mut routes = HashMap::with_capacity(scopes.len());
        for (scope, answer) in scopes.iter().zip(self.cluster.run(&requests).await) {
            match answer {
                Ok(value) => {
                    routes.insert(*scope, list(value).iter().filter_map(stream).collect());
                }
                Err(error) => fault = Some(error),
            }
        }
        (routes, fault)
    }
}

/// A stream's id as it stands in a set.
pub(crate) fn stream(value: &Value) -> Option<u64> {
    let Value::BulkString(bytes) = value else { return None };
    Some(u64::from_le_bytes(bytes.as_slice().try_into().ok()?))
}

/// All answers, or the first fault.
pub(crate) fn whole(answers: Vec<Answer<Value>>) -> Answer<Vec<Value>> {
    answers.into_iter().collect()
}
