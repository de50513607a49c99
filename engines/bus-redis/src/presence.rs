//! Presences: one hash for each user, a field for each session with the moment at which it ends.

use crate::cluster::{Answer, Fault, Request, list, text};
use crate::{BusRedis, Options};
use async_trait::async_trait;
use dashmap::DashMap;
use model::UserId;
use model::presence::{Presence, SessionPresence, Status};
use ports::Stored;
use ports::presence::{PresenceChange, Presences};
use redis::Value;

/// Sessions of one user; the oldest makes room. Far above what the gateway lets anybody open.
const SESSIONS: usize = 1_024;

/// Reads the living sessions, oldest first, and removes the dead. A value is `end:order:JSON`.
const READ: &str = r"
local now, life = tonumber(ARGV[2]), ARGV[3]
local living, highest = {}, 0
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  local till, order, body = string.match(all[n + 1], '^(%d+):(%d+):(.*)$')
  if till == nil or tonumber(till) <= now then
    redis.call('HDEL', KEYS[1], all[n])
  else
    living[#living + 1] = { all[n], tonumber(order), body }
    highest = math.max(highest, tonumber(order))
  end
end
table.sort(living, function(a, b) return a[2] < b[2] end)
local answer = {}
for n = 1, #living do answer[n] = living[n][3] end
";

/// ARGV: session, now, life, end, JSON, most sessions, for how long the key is kept.
const SET: &str = r"
local order = highest + 1
for n = 1, #living do
  if living[n][1] == ARGV[1] then order = living[n][2] end
end
if order > highest and #living >= tonumber(ARGV[6]) then redis.call('HDEL', KEYS[1], living[1][1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4] .. ':' .. order .. ':' .. ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return answer
";

const CLEAR: &str = r"
redis.call('HDEL', KEYS[1], ARGV[1])
return answer
";

/// ARGV: session, now, end, for how long the key is kept. Answers whether it lives.
const KEEP: &str = r"
local value = redis.call('HGET', KEYS[1], ARGV[1])
if not value then return 0 end
local till, order, body = string.match(value, '^(%d+):(%d+):(.*)$')
if till == nil or tonumber(till) <= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ':' .. order .. ':' .. body)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
";

/// This node's sessions: what is known when Redis is away, and what is written again when it has forgotten.
#[derive(Default)]
pub(crate) struct Local {
    users: DashMap<UserId, Vec<(SessionPresence, i64)>>,
}

impl Local {
    fn set(&self, user: UserId, session: &SessionPresence, until: i64) {
        let mut sessions = self.users.entry(user).or_default();
        match sessions.iter_mut().find(|(known, _)| known.session == session.session) {
            Some(known) => *known = (session.clone(), until),
            None => {
                if sessions.len() >= SESSIONS {
                    sessions.remove(0);
                }
                sessions.push((session.clone(), until));
            }
        }
    }

    fn clear(&self, user: UserId, session: &str) {
        self.users.remove_if_mut(&user, |_, sessions| {
            sessions.retain(|(known, _)| known.session != session);
            sessions.is_empty()
        });
    }

    /// Prolongs a living session; that one.
    fn keep(&self, user: UserId, session: &str, now: i64, until: i64) -> Option<SessionPresence> {
        let mut sessions = self.users.get_mut(&user)?;
        let known = sessions.iter_mut().find(|(known, end)| known.session == session && *end > now)?;
        known.1 = until;
        Some(known.0.clone())
    }

    fn living(&self, user: UserId, now: i64) -> Vec<SessionPresence> {
        let Some(sessions) = self.users.get(&user) else { return Vec::new() };
        sessions.iter().filter(|(_, end)| *end > now).map(|(known, _)| known.clone()).collect()
    }

    /// Drops those whose gateway forgot them.
    pub(crate) fn sweep(&self, now: i64) {
        self.users.retain(|_, sessions| {
            sessions.retain(|(_, end)| *end > now);
            !sessions.is_empty()
        });
    }
}

/// Sessions out of what the script answers.
fn read(value: Value) -> Vec<SessionPresence> {
    let bodies = list(value).into_iter().filter_map(|body| text(&body));
    bodies.filter_map(|body| serde_json::from_str(&body).ok()).collect()
}

impl BusRedis {
    /// Now, how long a presence or a voice state lives, and when it ends if it is kept alive now.
    pub(crate) fn presence_times(&self) -> (i64, i64, i64) {
        let now = self.shared.micros() / 1000;
        let life = Options::millis(self.shared.options.heartbeat.saturating_mul(3));
        (now, life, now.saturating_add(life))
    }

    /// One command through the breaker, whose refusals are told from Redis's absence.
    pub(crate) async fn try_ask(&self, request: Request) -> Option<Value> {
        if self.shared.hub.alone() {
            return None;
        }
        self.ask(request).await.ok()
    }

    async fn write_presence(&self, user: UserId, session: &SessionPresence) -> Option<Value> {
        let (now, life, until) = self.presence_times();
        let body = serde_json::to_string(session).ok()?;
        let request = Request::script(&format!("{READ}{SET}"), &self.shared.keys.presences(user))
            .arg(&session.session)
            .arg(now)
            .arg(life)
            .arg(until)
            .arg(body)
            .arg(SESSIONS)
            // Longer than the presence itself: its end is written in it.
            .arg(life.saturating_add(60_000));
        self.try_ask(request).await
    }
}

#[async_trait]
impl Presences for BusRedis {
    async fn set(&self, user: UserId, session: SessionPresence) -> Stored<PresenceChange> {
        let (now, _, until) = self.presence_times();
        let mut before = self.presences.living(user, now);
        self.presences.set(user, &session, until);
        if let Some(answer) = self.write_presence(user, &session).await {
            before = read(answer);
        }
        let mut after = before.clone();
        match after.iter_mut().find(|known| known.session == session.session) {
            Some(known) => *known = session,
            None => {
                if after.len() >= SESSIONS {
                    after.remove(0);
                }
                after.push(session);
            }
        }
        Ok(PresenceChange { before: Presence::merge(user, &before), after: Presence::merge(user, &after) })
    }

    async fn clear(&self, user: UserId, session: &str) -> Stored<PresenceChange> {
        let (now, life, _) = self.presence_times();
        let mut before = self.presences.living(user, now);
        self.presences.clear(user, session);
        let request = Request::script(&format!("{READ}{CLEAR}"), &self.shared.keys.presences(user))
            .arg(session)
            .arg(now)
            .arg(life);
        if let Some(answer) = self.try_ask(request).await {
            before = read(answer);
        }
        let after: Vec<SessionPresence> =
            before.iter().filter(|known| known.session != session).cloned().collect();
        Ok(PresenceChange { before: Presence::merge(user, &before), after: Presence::merge(user, &after) })
    }

    async fn keep_alive(&self, user: UserId, session: &str) -> Stored<()> {
        let (now, life, until) = self.presence_times();
        let local = self.presences.keep(user, session, now, until);
        let request = Request::script(KEEP, &self.shared.keys.presences(user))
            .arg(session)
            .arg(now)
            .arg(until)
            .arg(life.saturating_add(60_000));
        let answer = self.try_ask(request).await;
        if let (Some(Value::Int(0)), Some(session)) = (answer, local) {
            // Redis was away when it was set, or has forgotten it.
            self.write_presence(user, &session).await;
        }
        Ok(())
    }

    async fn merged(&self, users: &[UserId]) -> Stored<Vec<Presence>> {
        let mut merged = Vec::new();
        for (user, sessions) in users.iter().zip(self.read_sessions(users).await) {
            let presence = Presence::merge(*user, &sessions);
            if presence.status != Status::Offline {
                merged.push(presence);
            }
        }
        Ok(merged)
    }

    async fn sessions(&self, user: UserId) -> Stored<Vec<SessionPresence>> {
        Ok(self.read_sessions(&[user]).await.pop().unwrap_or_default())
    }
}

impl BusRedis {
    /// All sessions of these users; where Redis does not answer, those of this node.
    async fn read_sessions(&self, users: &[UserId]) -> Vec<Vec<SessionPresence>> {
        let (now, ..) = self.presence_times();
        let requests: Vec<Request> =
            users.iter().map(|user| Request::new("HVALS", &self.shared.keys.presences(*user))).collect();
        let answers: Vec<Answer<Value>> = if self.shared.hub.alone() {
            Vec::new()
        } else {
            let call = async { Ok::<_, Fault>(self.shared.cluster.run(&requests).await) };
            self.shared.breaker.call(call, |_| true).await.unwrap_or_default()
        };
        let mut answers = answers.into_iter();
        let sessions = users.iter().map(|user| match answers.next() {
            Some(Ok(values)) => living(values, now),
            _ => self.presences.living(*user, now),
        });
        sessions.collect()
    }
}

/// Living sessions, oldest first, out of a hash's values.
fn living(values: Value, now: i64) -> Vec<SessionPresence> {
    let mut living: Vec<(i64, SessionPresence)> = list(values)
        .iter()
        .filter_map(|value| {
            let value = text(value)?;
            let mut parts = value.splitn(3, ':');
            let (until, order): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let session = serde_json::from_str(parts.next()?).ok()?;
            (until > now).then_some((order, session))
        })
        .collect();
    living.sort_by_key(|(order, _)| *order);
    living.into_iter().map(|(_, session)| session).collect()
}
