//! The routing table: on which nodes a user is connected, and on which ones members of a guild are.
//!
//! A small sorted set for each user and each guild: the streams of those nodes, by when they run out. It disappears by
//! itself.

use crate::cluster::{Answer, Fault, Request, list};
use crate::shared::Shared;
use dashmap::mapref::entry::Entry;
use dashmap::{DashMap, DashSet};
use model::event::Envelope;
use model::{DeviceId, GuildId, UserId};
use redis::Value;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::Notify;
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
    beats: u32,
    /// When Redis last took the route; `None`: it has none that leads here.
    written: Option<Instant>,
    /// Since when it has one without a break.
    since: Instant,
    /// Something about the route was answered that Redis did not take.
    unwritten: bool,
}

impl Local {
    /// Redis took the route at this moment; whether it had none although somebody counted on it.
    fn take(&mut self, now: Instant, life: Duration) -> bool {
        let stands = self.written.is_some_and(|written| now.duration_since(written) < life);
        if !stands {
            self.since = now;
        }
        self.written = Some(now);
        std::mem::take(&mut self.unwritten) && !stands
    }
}

/// Who is connected here.
#[derive(Default)]
pub(crate) struct Routes {
    scopes: DashMap<Scope, Local>,
    /// Whose route is being taken out: whoever comes back waits for that.
    leaving: DashSet<Scope>,
    left: Notify,
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

    /// Redis may have lost every route.
    pub(crate) fn doubt_all(&self) {
        for mut entry in self.scopes.iter_mut() {
            (entry.written, entry.unwritten) = (None, true);
        }
    }

    /// Redis may have lost the routes in these slots that came within this time: in a failover.
    pub(crate) fn doubt_younger(&self, time: Duration, mut in_slot: impl FnMut(Scope) -> bool) {
        for mut entry in self.scopes.iter_mut() {
            if entry.since.elapsed() < time && in_slot(*entry.key()) {
                (entry.written, entry.unwritten) = (None, true);
            }
        }
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
                let devices = device.into_iter().collect();
                let since = Instant::now();
                entry.insert(Local { devices, beats: 0, written: None, since, unwritten: false });
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

    /// Waits until the route is not being taken out.
    async fn until_left(&self, scope: Scope) {
        while self.leaving.contains(&scope) {
            let left = self.left.notified();
            if self.leaving.contains(&scope) {
                left.await;
            }
        }
    }

    fn refused(&self, scope: Scope) {
        if let Some(mut local) = self.scopes.get_mut(&scope) {
            local.unwritten = true;
        }
    }

    /// Redis took the route; whether it had none although somebody counted on it.
    fn taken(&self, scope: Scope, life: Duration) -> bool {
        self.scopes.get_mut(&scope).is_some_and(|mut local| local.take(Instant::now(), life))
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
        self.routes.until_left(scope).await;
        loop {
            let stream = self.route_stream.load(SeqCst);
            if self.hub.alone() {
                self.routes.refused(scope);
                return;
            }
            let requests = written(self, scope, stream, None, beats.is_multiple_of(SWEEP));
            let call = async { whole(self.cluster.run(&requests).await) };
            let outcome = self.breaker.call(call, |fault| matches!(fault, Fault::Away(_))).await;
            match outcome {
                Ok(_) if self.routes.taken(scope, self.options.route_life) => {
                    self.hub.lock().missed(&[scope])
                }
                Ok(_) => {}
                Err(_) => self.routes.refused(scope),
            }
            if self.route_stream.load(SeqCst) == stream {
                return;
            }
        }
    }

    /// Takes a route out, unless somebody came back meanwhile.
    pub(crate) async fn take_route_out(&self, scope: Scope) {
        if !self.routes.leaving.insert(scope) {
            return;
        }
        // In this order, and whoever comes notes it before it looks who leaves: one of the two sees the other.
        let sure = if self.routes.is_here(scope) {
            true
        } else {
            let stream = self.route_stream.load(std::sync::atomic::Ordering::SeqCst);
            let leave = Request::new("ZREM", &self.keys.routes(scope)).arg(stream.to_le_bytes().as_slice());
            self.cluster.one(leave).await.is_ok()
        };
        self.routes.leaving.remove(&scope);
        self.routes.left.notify_waiters();
        if !sure && self.routes.is_here(scope) {
            // It may still go.
            self.write_routes(&[scope], None).await;
            self.hub.lock().missed(&[scope]);
        }
    }

    /// Writes routes to the present stream, in place of those to another one. Which of those that were written stood nowhere
    /// before, although somebody counted on them: what was said for them meanwhile did not come here.
    pub(crate) async fn write_routes(&self, scopes: &[Scope], gone: Option<u64>) -> Vec<Scope> {
        let stream = self.route_stream.load(std::sync::atomic::Ordering::SeqCst);
        let mut absent = Vec::new();
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
                if whole(answers.by_ref().take(count).collect()).is_err() {
                    self.routes.refused(*scope);
                } else if self.routes.taken(*scope, self.options.route_life) {
                    absent.push(*scope);
                }
            }
        }
        absent
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

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(180);

    fn scope(n: u64) -> Scope {
        Scope::User(UserId::new(n).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn only_who_stood_nowhere_missed_something() {
        let routes = Routes::default();
        let pass = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        let all = |_: Scope| true;
        for n in [1, 2] {
            routes.note(scope(n), DeviceId::new(n));
            assert!(!routes.taken(scope(n), LIFE), "a session that begins counted on nothing yet");
        }
        pass(60).await;
        // A keep-alive that fails: the route stands for two minutes more.
        routes.refused(scope(1));
        assert_eq!(routes.unwritten(), [scope(1)]);
        assert!(!routes.taken(scope(1), LIFE));
        assert!(routes.unwritten().is_empty());
        // One after which it ran out.
        pass(100).await;
        assert!(!routes.taken(scope(1), LIFE));
        routes.refused(scope(2));
        pass(60).await;
        assert!(routes.taken(scope(2), LIFE));
        assert!(!routes.taken(scope(2), LIFE), "it is told once");

        // A failover: who came just now may be lost, who only was kept alive just now is not.
        pass(60).await;
        routes.note(scope(3), None);
        assert!(!routes.taken(scope(3), LIFE));
        assert!(!routes.taken(scope(2), LIFE));
        routes.doubt_younger(Duration::from_secs(15), |one| one != scope(1));
        let missed: Vec<u64> = (1..=3).filter(|n| routes.taken(scope(*n), LIFE)).collect();
        assert_eq!(missed, [3]);
        routes.doubt_younger(Duration::from_secs(15), |one| one == scope(1));
        assert!(!routes.taken(scope(1), LIFE));

        // Everything was lost.
        pass(60).await;
        routes.doubt_all();
        assert_eq!(routes.unwritten().len(), 3);
        assert!((1..=3).all(|n| routes.taken(scope(n), LIFE)));
        routes.doubt_younger(Duration::from_secs(15), all);
        assert!((1..=3).all(|n| routes.taken(scope(n), LIFE)), "and written just now");

        // Who could not be written at first has been counted on all the same.
        routes.note(scope(4), None);
        routes.refused(scope(4));
        assert!(routes.taken(scope(4), LIFE));
    }
}
