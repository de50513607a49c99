//! The routing table: on which nodes a user is connected.
//!
//! A small sorted set for each user: the streams of those nodes, by when they run out. It disappears by itself.

use crate::cluster::{Answer, Fault, Request, list};
use crate::shared::Shared;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use model::{DeviceId, UserId};
use redis::Value;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Users whose routes are written in one go.
const TOGETHER: usize = 500;

/// One keep-alive in so many removes what ran out.
const SWEEP: u32 = 8;

struct Local {
    devices: Vec<DeviceId>,
    since: Instant,
    beats: u32,
    /// Redis does not have the route.
    unwritten: bool,
}

/// Who is connected here.
#[derive(Default)]
pub(crate) struct Routes {
    users: DashMap<UserId, Local>,
}

impl Routes {
    pub(crate) fn is_here(&self, user: UserId) -> bool {
        self.users.contains_key(&user)
    }

    pub(crate) fn everybody(&self) -> Vec<UserId> {
        self.users.iter().map(|entry| *entry.key()).collect()
    }

    /// Whose routes Redis does not have.
    pub(crate) fn unwritten(&self) -> Vec<UserId> {
        self.users.iter().filter(|entry| entry.unwritten).map(|entry| *entry.key()).collect()
    }

    /// Whether a route that came within this time is in one of these slots: one that a failover may have lost.
    pub(crate) fn came_within(&self, time: Duration, mut in_slot: impl FnMut(UserId) -> bool) -> bool {
        self.users.iter().any(|entry| entry.since.elapsed() < time && in_slot(*entry.key()))
    }

    /// Notes a device; how many times it was, so far.
    fn note(&self, user: UserId, device: DeviceId) -> u32 {
        match self.users.entry(user) {
            Entry::Occupied(mut entry) => {
                let local = entry.get_mut();
                if !local.devices.contains(&device) {
                    local.devices.push(device);
                }
                local.beats = local.beats.wrapping_add(1);
                local.beats
            }
            Entry::Vacant(entry) => {
                let since = Instant::now();
                entry.insert(Local { devices: vec![device], since, beats: 0, unwritten: false });
                0
            }
        }
    }

    /// Forgets a device; whether it was the user's last.
    pub(crate) fn forget(&self, user: UserId, device: DeviceId) -> bool {
        let mut last = false;
        self.users.remove_if_mut(&user, |_, local| {
            let before = local.devices.len();
            local.devices.retain(|known| *known != device);
            last = local.devices.is_empty() && before > 0;
            local.devices.is_empty()
        });
        last
    }

    fn set_unwritten(&self, user: UserId, unwritten: bool) {
        if let Some(mut local) = self.users.get_mut(&user) {
            local.unwritten = unwritten;
        }
    }
}

/// The commands that write a route.
fn written(shared: &Shared, user: UserId, stream: u64, gone: Option<u64>, sweep: bool) -> Vec<Request> {
    let key = shared.keys.routes(user);
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
    /// See [`ports::bus::Bus::attach`].
    pub(crate) async fn attach(&self, user: UserId, device: DeviceId) {
        use std::sync::atomic::Ordering::SeqCst;
        let beats = self.routes.note(user, device);
        loop {
            let stream = self.route_stream.load(SeqCst);
            if self.hub.alone() {
                self.routes.set_unwritten(user, true);
                return;
            }
            let requests = written(self, user, stream, None, beats.is_multiple_of(SWEEP));
            let call = async { whole(self.cluster.run(&requests).await) };
            let outcome = self.breaker.call(call, |fault| matches!(fault, Fault::Away(_))).await;
            self.routes.set_unwritten(user, outcome.is_err());
            if self.route_stream.load(SeqCst) == stream {
                return;
            }
        }
    }

    /// Takes a user's route out, unless they came back meanwhile.
    pub(crate) async fn take_route_out(&self, user: UserId) {
        let stream = self.route_stream.load(std::sync::atomic::Ordering::SeqCst);
        let key = self.keys.routes(user);
        let _ = self.cluster.one(Request::new("ZREM", &key).arg(stream.to_le_bytes().as_slice())).await;
        if self.routes.is_here(user) {
            self.write_routes(&[user], None).await;
        }
    }

    /// Writes routes to the present stream, in place of those to another one; whether all were written.
    pub(crate) async fn write_routes(&self, users: &[UserId], gone: Option<u64>) -> bool {
        let stream = self.route_stream.load(std::sync::atomic::Ordering::SeqCst);
        let mut all = true;
        for some in users.chunks(TOGETHER) {
            let mut requests = Vec::new();
            let mut counts = Vec::new();
            for user in some {
                let of_user = written(self, *user, stream, gone, true);
                counts.push(of_user.len());
                requests.extend(of_user);
            }
            let mut answers = self.cluster.run(&requests).await.into_iter();
            for (user, count) in some.iter().zip(counts) {
                let ok = whole(answers.by_ref().take(count).collect()).is_ok();
                self.routes.set_unwritten(*user, !ok);
                all &= ok;
            }
        }
        all
    }

    /// The streams of the nodes on which each of these users is connected; of a fault, whom it hides.
    pub(crate) async fn lookup(&self, users: &[UserId]) -> (HashMap<UserId, Vec<u64>>, Option<Fault>) {
        let now = self.now();
        let requests: Vec<Request> = users
            .iter()
            .map(|user| Request::new("ZRANGEBYSCORE", &self.keys.routes(*user)).arg(now).arg("+inf"))
            .collect();
        let mut fault = None;
        let mut routes = HashMap::with_capacity(users.len());
        for (user, answer) in users.iter().zip(self.cluster.run(&requests).await) {
            match answer {
                Ok(value) => {
                    routes.insert(*user, list(value).iter().filter_map(stream).collect());
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
