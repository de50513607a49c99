//! Voice states: one hash for each guild with a field for each user, which is what counts; and one for each user with a field
//! for each guild, by which they are found again. In it an ended state leaves a mark for as long as it would have lived: a
//! node that kept it must not take it for forgotten.

use crate::BusRedis;
use crate::cluster::{Request, list, number, text};
use async_trait::async_trait;
use dashmap::DashMap;
use model::voice::VoiceState;
use model::{GuildId, UserId, limits};
use ports::voice::{Entered, Swept, VoiceEdit, VoiceStates, Which};
use ports::{StoreError, Stored};
use redis::Value;

/// How often a change is tried again because somebody else's came between.
const TRIES: u32 = 32;

/// Enters a guild. A value is `end:channel:session:JSON`.
/// ARGV: user, now, end, channel, session, JSON, most in the channel or -1, most in the guild, for how long the key is kept.
/// Answers 0 if it is full, else what was there before, in a list.
const PUT: &str = r"
local now = tonumber(ARGV[2])
local old = redis.call('HGET', KEYS[1], ARGV[1])
local inside = false
if old then
  local till, channel = string.match(old, '^(%d+):(%d+):')
  inside = till ~= nil and tonumber(till) > now and channel == ARGV[4]
end
if not inside then
  local here, everywhere = 0, 0
  local all = redis.call('HGETALL', KEYS[1])
  for n = 1, #all, 2 do
    local till, channel = string.match(all[n + 1], '^(%d+):(%d+):')
    if all[n] ~= ARGV[1] and till ~= nil and tonumber(till) > now then
      everywhere = everywhere + 1
      if channel == ARGV[4] then here = here + 1 end
    end
  end
  local most = tonumber(ARGV[7])
  if everywhere >= tonumber(ARGV[8]) or (most >= 0 and here >= most) then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ':' .. ARGV[4] .. ':' .. ARGV[5] .. ':' .. ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[9])
return { old }
";

/// Notes that a user entered a guild. A value is `end:session`, without a session if it ended.
/// ARGV: guild, now, end, session, 1 if it leaves all others, for how long the key is kept.
/// Answers the guilds that it left, each with the session that was there.
const ENTERED: &str = r"
local left = {}
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  if all[n] ~= ARGV[1] then
    local till, session = string.match(all[n + 1], '^(%d+):(.*)$')
    local alive = till ~= nil and tonumber(till) > tonumber(ARGV[2])
    if ARGV[5] == '1' and session ~= nil and session ~= '' then
      left[#left + 1] = all[n]
      left[#left + 1] = session
      redis.call('HSET', KEYS[1], all[n], ARGV[3] .. ':')
    elseif not alive then
      redis.call('HDEL', KEYS[1], all[n])
    end
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ':' .. ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return left
";

/// Ends a state. ARGV: user, its channel or nothing, its session or nothing. Answers what was there.
const TAKE: &str = r"
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old then return false end
local till, channel, session = string.match(old, '^(%d+):(%d+):([^:]*):')
if till ~= nil then
  if ARGV[2] ~= '' and channel ~= ARGV[2] then return false end
  if ARGV[3] ~= '' and session ~= ARGV[3] then return false end
end
redis.call('HDEL', KEYS[1], ARGV[1])
return old
";

/// Notes that a user's state ended. ARGV: guild, session, end of the mark.
const ENDED: &str = r"
local value = redis.call('HGET', KEYS[1], ARGV[1])
if value and string.match(value, '^%d+:(.*)$') == ARGV[2] then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ':')
end
return 0
";

/// Changes a state if it is what it was. ARGV: user, now, JSON before, channel, JSON.
/// Answers 1, or 0 if there is none, or -1 if it is another.
const CHANGE: &str = r"
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old then return 0 end
local till, channel, session, body = string.match(old, '^(%d+):(%d+):([^:]*):(.*)$')
if till == nil or tonumber(till) <= tonumber(ARGV[2]) then return 0 end
if body ~= ARGV[3] then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], till .. ':' .. ARGV[4] .. ':' .. session .. ':' .. ARGV[5])
return 1
";

/// Prolongs a session's state. ARGV: user, now, end, session, for how long the key is kept.
/// Answers it, or 0 if another session is there, or nothing.
const KEEP: &str = r"
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old then return false end
local till, channel, session, body = string.match(old, '^(%d+):(%d+):([^:]*):(.*)$')
if till == nil or tonumber(till) <= tonumber(ARGV[2]) then return 0 end
if session ~= ARGV[4] then return 0 end
local new = ARGV[3] .. ':' .. channel .. ':' .. session .. ':' .. body
redis.call('HSET', KEYS[1], ARGV[1], new)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return new
";

/// Prolongs what is noted of a session. ARGV: now, end, session, for how long the key is kept.
/// Answers all guilds that are noted, each with the session that is there.
const NOTED: &str = r"
local noted = {}
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  local till, session = string.match(all[n + 1], '^(%d+):(.*)$')
  if till ~= nil and tonumber(till) > tonumber(ARGV[1]) then
    noted[#noted + 1] = all[n]
    noted[#noted + 1] = session
    if session == ARGV[3] then
      redis.call('HSET', KEYS[1], all[n], ARGV[2] .. ':' .. session)
      redis.call('PEXPIRE', KEYS[1], ARGV[4])
    end
  end
end
return noted
";

/// Takes out what ran out. ARGV: now. Answers how many are left, and then what ran out.
const SWEEP: &str = r"
local answer = { 0 }
local all = redis.call('HGETALL', KEYS[1])
for n = 1, #all, 2 do
  local till = string.match(all[n + 1], '^(%d+):')
  if till == nil or tonumber(till) <= tonumber(ARGV[1]) then
    redis.call('HDEL', KEYS[1], all[n])
    answer[#answer + 1] = all[n + 1]
  else
    answer[1] = answer[1] + 1
  end
end
return answer
";

/// This node's states: what is known when Redis is away, and what is written again when it has forgotten.
#[derive(Default)]
pub(crate) struct Local {
    users: DashMap<UserId, Vec<(VoiceState, i64)>>,
}

impl Local {
    fn set(&self, state: &VoiceState, until: i64) -> Option<VoiceState> {
        let mut states = self.users.entry(state.user).or_default();
        match states.iter_mut().find(|(known, _)| known.guild == state.guild) {
            Some(known) => Some(std::mem::replace(known, (state.clone(), until)).0),
            None => {
                states.push((state.clone(), until));
                None
            }
        }
    }

    fn take(&self, user: UserId, applies: impl Fn(&VoiceState) -> bool) -> Vec<VoiceState> {
        let mut taken = Vec::new();
        self.users.remove_if_mut(&user, |_, states| {
            states.retain(|(state, _)| {
                let goes = applies(state);
                if goes {
                    taken.push(state.clone());
                }
                !goes
            });
            states.is_empty()
        });
        taken
    }

    fn of_user(&self, user: UserId, now: i64) -> Vec<VoiceState> {
        let Some(states) = self.users.get(&user) else { return Vec::new() };
        states.iter().filter(|(_, until)| *until > now).map(|(state, _)| state.clone()).collect()
    }

    fn of_guild(&self, guild: GuildId, now: i64) -> Vec<VoiceState> {
        let mut all = Vec::new();
        for states in &self.users {
            let here = states.iter().filter(|(state, until)| state.guild == guild && *until > now);
            all.extend(here.map(|(state, _)| state.clone()));
        }
        all
    }

    /// Changes a living state.
    fn change(
        &self,
        user: UserId,
        guild: GuildId,
        now: i64,
        edit: &VoiceEdit,
    ) -> Option<(VoiceState, VoiceState)> {
        let mut states = self.users.get_mut(&user)?;
        let (state, _) = states.iter_mut().find(|(state, until)| state.guild == guild && *until > now)?;
        let before = state.clone();
        edit(state);
        Some((before, state.clone()))
    }

    /// Drops those whose gateway forgot them.
    pub(crate) fn sweep(&self, now: i64) {
        self.users.retain(|_, states| {
            states.retain(|(_, until)| *until > now);
            !states.is_empty()
        });
    }
}

/// A session as it stands in values, where a colon has a meaning. Gateways name sessions by hexadecimal digits.
fn tag(session: &str) -> String {
    session.replace(':', "_")
}

/// When it ends, and the state, out of a value of a guild.
fn read(value: &Value) -> Option<(i64, VoiceState)> {
    let value = text(value)?;
    let mut parts = value.splitn(4, ':');
    let until = parts.next()?.parse().ok()?;
    Some((until, serde_json::from_str(parts.nth(2)?).ok()?))
}

fn read_all(values: Value, now: i64) -> Vec<VoiceState> {
    let all = list(values).into_iter().filter_map(|value| read(&value));
    all.filter(|(until, _)| *until > now).map(|(_, state)| state).collect()
}

/// Guilds with the sessions that are there, out of what is noted of a user.
fn read_noted(values: Value) -> Vec<(GuildId, String)> {
    let values = list(values);
    let pairs = values.chunks_exact(2);
    pairs
        .filter_map(|pair| {
            let [guild, session] = pair else { return None };
            let guild = GuildId::new(text(guild)?.parse().ok()?)?;
            Some((guild, text(session)?))
        })
        .collect()
}

fn json(state: &VoiceState) -> Stored<String> {
    serde_json::to_string(state).map_err(|error| StoreError::Corrupt(error.to_string()))
}

impl BusRedis {
    /// Writes a state into its guild and notes it; `None`: Redis is away, or what it says is not known.
    async fn write_voice(&self, state: &VoiceState, most: Option<u32>) -> Stored<Option<Entered>> {
        let (now, life, until) = self.presence_times();
        // Longer than the state itself: its end is written in it.
        let kept = life.saturating_add(60_000);
        let keys = &self.shared.keys;
        let request = Request::script(PUT, &keys.voice_of_guild(state.guild))
            .arg(state.user.get())
            .arg(now)
            .arg(until)
            .arg(state.channel.get())
            .arg(tag(&state.session))
            .arg(json(state)?)
            .arg(most.map_or(-1, i64::from))
            .arg(limits::GUILD_IN_VOICE)
            // What ran out stays to be swept, so that its end is told.
            .arg(kept.saturating_mul(4));
        let before = match self.try_ask(request).await {
            None => return Ok(None),
            Some(Value::Int(_)) => return Ok(Some(Entered::Full)),
            Some(before) => list(before).first().and_then(read).map(|(_, state)| state),
        };
        // Only now: who leaves the others for this one must be in it already, so that of two who come at once one stays.
        let request = Request::script(ENTERED, &keys.voice_of_user(state.user))
            .arg(state.guild.get())
            .arg(now)
            .arg(until)
            .arg(tag(&state.session))
            .arg(u8::from(!state.bot))
            .arg(kept);
        let mut left = Vec::new();
        for (guild, session) in self.try_ask(request).await.map(read_noted).unwrap_or_default() {
            left.extend(self.take_voice(state.user, guild, "", &session).await.flatten());
        }
        Ok(Some(Entered::Entered { before, left }))
    }

    /// Takes a state out of its guild; `None`: Redis is away.
    async fn take_voice(
        &self,
        user: UserId,
        guild: GuildId,
        channel: &str,
        session: &str,
    ) -> Option<Option<VoiceState>> {
        let request = Request::script(TAKE, &self.shared.keys.voice_of_guild(guild))
            .arg(user.get())
            .arg(channel)
            .arg(session);
        Some(read(&self.try_ask(request).await?).map(|(_, state)| state))
    }

    /// What a user's hash says, the ended left out; `None`: Redis is away.
    async fn noted_voice(&self, user: UserId) -> Option<Vec<(GuildId, String)>> {
        let (now, ..) = self.presence_times();
        let request = Request::script(NOTED, &self.shared.keys.voice_of_user(user))
            .arg(now)
            .arg(now)
            // Nobody's session: nothing is prolonged.
            .arg(":")
            .arg(0);
        let mut noted = read_noted(self.try_ask(request).await?);
        noted.retain(|(_, session)| !session.is_empty());
        Some(noted)
    }

    /// Prolongs a session's state in a guild; whether it is there.
    async fn keep_voice(&self, user: UserId, guild: GuildId, session: &str) -> Stored<bool> {
        let (now, life, until) = self.presence_times();
        let request = Request::script(KEEP, &self.shared.keys.voice_of_guild(guild))
            .arg(user.get())
            .arg(now)
            .arg(until)
            .arg(tag(session))
            .arg(life.saturating_add(60_000).saturating_mul(4));
        match self.try_ask(request).await {
            // Another session is there, or it ran out.
            Some(Value::Int(_)) => Ok(false),
            Some(Value::Nil) => self.restore_voice(user, guild, session).await,
            Some(value) => match read(&value) {
                Some((_, state)) => {
                    // As another node may have changed it.
                    self.voice.set(&state, until);
                    Ok(true)
                }
                None => Ok(false),
            },
            None => Ok(self.prolong_voice(user, guild, session)),
        }
    }

    /// Prolongs what this node knows itself.
    fn prolong_voice(&self, user: UserId, guild: GuildId, session: &str) -> bool {
        let (now, _, until) = self.presence_times();
        let known = self.voice.of_user(user, now);
        let known = known.iter().find(|state| state.guild == guild && state.session == session);
        known.map(|state| self.voice.set(state, until)).is_some()
    }

    /// Redis was away when it was set, or has forgotten it.
    async fn restore_voice(&self, user: UserId, guild: GuildId, session: &str) -> Stored<bool> {
        let (now, ..) = self.presence_times();
        let known = self.voice.of_user(user, now);
        let Some(state) = known.iter().find(|state| state.guild == guild && state.session == session) else {
            return Ok(false);
        };
        self.prolong_voice(user, guild, session);
        self.write_voice(state, None).await?;
        Ok(true)
    }
}

#[async_trait]
impl VoiceStates for BusRedis {
    async fn enter(&self, state: VoiceState, most: Option<u32>) -> Stored<Entered> {
        let (_, _, until) = self.presence_times();
        let written = self.write_voice(&state, most).await?;
        if written == Some(Entered::Full) {
            return Ok(Entered::Full);
        }
        let mut left = Vec::new();
        if !state.bot {
            left = self.voice.take(state.user, |other| other.guild != state.guild);
        }
        let before = self.voice.set(&state, until);
        Ok(written.unwrap_or(Entered::Entered { before, left }))
    }

    async fn change(
        &self,
        user: UserId,
        guild: GuildId,
        edit: VoiceEdit,
    ) -> Stored<Option<(VoiceState, VoiceState)>> {
        let key = self.shared.keys.voice_of_guild(guild);
        for _ in 0..TRIES {
            let (now, ..) = self.presence_times();
            let Some(found) = self.try_ask(Request::new("HGET", &key).arg(user.get())).await else {
                return Ok(self.voice.change(user, guild, now, &edit));
            };
            let Some((until, before)) = read(&found).filter(|(until, _)| *until > now) else {
                return Ok(None);
            };
            let mut after = before.clone();
            edit(&mut after);
            let request = Request::script(CHANGE, &key)
                .arg(user.get())
                .arg(now)
                .arg(json(&before)?)
                .arg(after.channel.get())
                .arg(json(&after)?);
            match self.try_ask(request).await.as_ref().and_then(number) {
                Some(1) => {
                    if self.voice.of_user(user, now).iter().any(|known| known.guild == guild) {
                        self.voice.set(&after, until);
                    }
                    return Ok(Some((before, after)));
                }
                Some(0) => return Ok(None),
                Some(_) => {}
                None => return Err(StoreError::Unavailable("a voice state's change is in doubt".to_owned())),
            }
        }
        Err(StoreError::Unavailable("a voice state changes without a pause".to_owned()))
    }

    async fn end(&self, user: UserId, which: Which<'_>) -> Stored<Vec<VoiceState>> {
        let (_, life, until) = self.presence_times();
        let applies = |state: &VoiceState| {
            which.guild.is_none_or(|guild| guild == state.guild)
                && which.channel.is_none_or(|channel| channel == state.channel)
                && which.session.is_none_or(|session| session == state.session)
        };
        let known = self.voice.take(user, applies);
        let guilds = match which.guild {
            Some(guild) => Some(vec![guild]),
            None => {
                self.noted_voice(user).await.map(|noted| noted.into_iter().map(|(guild, _)| guild).collect())
            }
        };
        let Some(guilds) = guilds else { return Ok(known) };
        let channel = which.channel.map(|channel| channel.get().to_string()).unwrap_or_default();
        let session = which.session.map(tag).unwrap_or_default();
        let mut ended = Vec::new();
        for guild in guilds {
            let Some(taken) = self.take_voice(user, guild, &channel, &session).await else {
                // Redis is away.
                ended.extend(known.iter().filter(|state| state.guild == guild).cloned());
                continue;
            };
            let Some(state) = taken else { continue };
            let request = Request::script(ENDED, &self.shared.keys.voice_of_user(user))
                .arg(guild.get())
                .arg(tag(&state.session))
                .arg(until.saturating_add(life));
            self.try_ask(request).await;
            ended.push(state);
        }
        Ok(ended)
    }

    async fn keep_alive(&self, user: UserId, session: &str) -> Stored<bool> {
        let (now, life, until) = self.presence_times();
        let own: Vec<GuildId> = self
            .voice
            .of_user(user, now)
            .into_iter()
            .filter(|state| state.session == session)
            .map(|state| state.guild)
            .collect();
        let request = Request::script(NOTED, &self.shared.keys.voice_of_user(user))
            .arg(now)
            .arg(until)
            .arg(tag(session))
            .arg(life.saturating_add(60_000));
        let Some(noted) = self.try_ask(request).await.map(read_noted) else {
            let kept = own.iter().filter(|guild| self.prolong_voice(user, **guild, session)).count();
            return Ok(kept > 0);
        };
        let mut any = false;
        for (guild, there) in &noted {
            if *there == tag(session) && self.keep_voice(user, *guild, session).await? {
                any = true;
            } else {
                // Somebody ended it, or the user is there with another session.
                self.voice.take(user, |state| state.guild == *guild && state.session == session);
            }
        }
        for guild in own {
            if !noted.iter().any(|(known, _)| *known == guild) {
                any |= self.restore_voice(user, guild, session).await?;
            }
        }
        Ok(any)
    }

    async fn of_user(&self, user: UserId) -> Stored<Vec<VoiceState>> {
        let (now, ..) = self.presence_times();
        let Some(noted) = self.noted_voice(user).await else { return Ok(self.voice.of_user(user, now)) };
        let mut states = Vec::new();
        for (guild, session) in noted {
            let request = Request::new("HGET", &self.shared.keys.voice_of_guild(guild)).arg(user.get());
            match self.try_ask(request).await {
                Some(value) => {
                    let found = read(&value).filter(|(until, _)| *until > now).map(|(_, state)| state);
                    states.extend(found.filter(|state| tag(&state.session) == session));
                }
                None => {
                    let known = self.voice.of_user(user, now).into_iter();
                    states.extend(known.filter(|state| state.guild == guild));
                }
            }
        }
        states.sort_by_key(|state| state.guild);
        Ok(states)
    }

    async fn of_guild(&self, guild: GuildId) -> Stored<Vec<VoiceState>> {
        let (now, ..) = self.presence_times();
        let request = Request::new("HVALS", &self.shared.keys.voice_of_guild(guild));
        let mut states = match self.try_ask(request).await {
            Some(values) => read_all(values, now),
            None => self.voice.of_guild(guild, now),
        };
        states.sort_by_key(|state| state.user);
        Ok(states)
    }

    async fn sweep(&self, guild: GuildId) -> Stored<Swept> {
        let (now, ..) = self.presence_times();
        let request = Request::script(SWEEP, &self.shared.keys.voice_of_guild(guild)).arg(now);
        let Some(answer) = self.try_ask(request).await else {
            return Ok(Swept { ended: Vec::new(), others: true });
        };
        let answer = list(answer);
        let others = answer.first().and_then(number).is_some_and(|others| others > 0);
        let ended = answer.iter().skip(1).filter_map(read).map(|(_, state)| state).collect();
        Ok(Swept { ended, others })
    }
}
