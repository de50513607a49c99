//! Presences of one process.

use crate::steady::Steady;
use async_trait::async_trait;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use model::UserId;
use model::presence::{Presence, SessionPresence};
use ports::Stored;
use ports::clock::Clock;
use ports::presence::{PresenceChange, Presences};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Sessions of one user; the oldest makes room. Far above what the gateway lets anybody open.
const SESSIONS: usize = 1_024;

/// Presences in memory, each gone three heartbeats after it was set or kept alive last.
pub struct PresencesMemory {
    time: Steady,
    /// Microseconds that a presence lives.
    ttl: u64,
    users: DashMap<UserId, Vec<Session>>,
    /// When the dead were swept out last.
    swept: AtomicU64,
}

struct Session {
    presence: SessionPresence,
    /// When it dies.
    until: u64,
}

impl PresencesMemory {
    /// Nobody online. `heartbeat` is the interval in which clients are told to beat.
    pub fn new(clock: Arc<dyn Clock>, heartbeat: Duration) -> Self {
        let ttl = u64::try_from(heartbeat.as_micros()).unwrap_or(u64::MAX).saturating_mul(3);
        Self { time: Steady::new(clock), ttl, users: DashMap::new(), swept: AtomicU64::new(0) }
    }

    /// How many users have a presence in memory, the dead among them that were not swept out yet.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// Drops users whose sessions all died and who never came back. Once in a presence's life is enough to bound
    /// memory by those who were online within two.
    fn sweep(&self, now: u64) {
        let last = self.swept.load(Ordering::Relaxed);
        if now.saturating_sub(last) < self.ttl
            || self.swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        self.users.retain(|_, sessions| {
            sessions.retain(|session| session.until > now);
            !sessions.is_empty()
        });
    }
}

fn merged(user: UserId, sessions: &[Session]) -> Presence {
    let sessions: Vec<SessionPresence> = sessions.iter().map(|session| session.presence.clone()).collect();
    Presence::merge(user, &sessions)
}

#[async_trait]
impl Presences for PresencesMemory {
    async fn set(&self, user: UserId, session: SessionPresence) -> Stored<PresenceChange> {
        let now = self.time.micros();
        self.sweep(now);
        let until = now.saturating_add(self.ttl);
        let mut sessions = self.users.entry(user).or_default();
        sessions.retain(|known| known.until > now);
        let before = merged(user, &sessions);
        match sessions.iter_mut().find(|known| known.presence.session == session.session) {
            Some(known) => *known = Session { presence: session, until },
            None => {
                if sessions.len() >= SESSIONS {
                    sessions.remove(0);
                }
                sessions.push(Session { presence: session, until });
            }
        }
        Ok(PresenceChange { before, after: merged(user, &sessions) })
    }

    async fn clear(&self, user: UserId, session: &str) -> Stored<PresenceChange> {
        let now = self.time.micros();
        let Entry::Occupied(mut entry) = self.users.entry(user) else {
            return Ok(PresenceChange { before: Presence::offline(user), after: Presence::offline(user) });
        };
        let sessions = entry.get_mut();
        sessions.retain(|known| known.until > now);
        let before = merged(user, sessions);
        sessions.retain(|known| known.presence.session != session);
        let after = merged(user, sessions);
        if sessions.is_empty() {
            entry.remove();
        }
        Ok(PresenceChange { before, after })
    }

    async fn keep_alive(&self, user: UserId, session: &str) -> Stored<()> {
        let now = self.time.micros();
        if let Some(mut sessions) = self.users.get_mut(&user)
            && let Some(known) =
                sessions.iter_mut().find(|known| known.presence.session == session && known.until > now)
        {
            known.until = now.saturating_add(self.ttl);
        }
        Ok(())
    }

    async fn merged(&self, users: &[UserId]) -> Stored<Vec<Presence>> {
        Ok(users
            .iter()
            .map(|&user| Presence::merge(user, &self.living(user)))
            .filter(|presence| presence.status != model::presence::Status::Offline)
            .collect())
    }

    async fn sessions(&self, user: UserId) -> Stored<Vec<SessionPresence>> {
        Ok(self.living(user))
    }
}

impl PresencesMemory {
    fn living(&self, user: UserId) -> Vec<SessionPresence> {
        let Some(sessions) = self.users.get(&user) else { return Vec::new() };
        let now = self.time.micros();
        sessions.iter().filter(|known| known.until > now).map(|known| known.presence.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::presence::{ClientKind, Status};
    use testkit::clock::ManualClock;

    fn session(name: &str) -> SessionPresence {
        SessionPresence {
            session: name.into(),
            client: ClientKind::Web,
            os: String::new(),
            status: Status::Online,
            activities: vec![],
            afk: false,
        }
    }

    #[tokio::test]
    async fn those_who_never_come_back_leave_memory() {
        let clock = Arc::new(ManualClock::default());
        let presences = PresencesMemory::new(clock.clone(), Duration::from_secs(40));
        for user in 1..=1000 {
            presences.set(UserId::new(user).unwrap(), session("a")).await.unwrap();
        }
        clock.advance_seconds(121);
        presences.set(UserId::new(5000).unwrap(), session("a")).await.unwrap();
        assert_eq!(presences.users(), 1);
    }

    #[tokio::test]
    async fn a_clock_that_steps_back_does_not_keep_the_dead_online() {
        let clock = Arc::new(ManualClock::default());
        let presences = PresencesMemory::new(clock.clone(), Duration::from_secs(40));
        let user = UserId::new(1).unwrap();
        presences.set(user, session("a")).await.unwrap();
        clock.advance_seconds(-3600);
        assert_eq!(presences.merged(&[user]).await.unwrap().len(), 1);
        clock.advance_seconds(121);
        assert_eq!(presences.merged(&[user]).await.unwrap(), []);
    }
}
