//! Voice states of one process.

use crate::steady::Steady;
use async_trait::async_trait;
use model::voice::VoiceState;
use model::{GuildId, UserId, limits};
use parking_lot::Mutex;
use ports::Stored;
use ports::clock::Clock;
use ports::voice::{Entered, Swept, VoiceEdit, VoiceStates, Which};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Voice states in memory, each gone three heartbeats after it began or was kept alive last. One lock: people come and go
/// seldom.
pub struct VoiceMemory {
    time: Steady,
    /// Microseconds that a state lives.
    ttl: u64,
    all: Mutex<All>,
}

/// Both ways to find a state. Bounded by who is connected: states that ran out are swept out by guild.
#[derive(Default)]
struct All {
    guilds: HashMap<GuildId, BTreeMap<UserId, Held>>,
    users: HashMap<UserId, BTreeSet<GuildId>>,
}

struct Held {
    state: VoiceState,
    /// When it dies.
    until: u64,
}

impl All {
    fn put(&mut self, state: VoiceState, until: u64) -> Option<VoiceState> {
        self.users.entry(state.user).or_default().insert(state.guild);
        let guild = self.guilds.entry(state.guild).or_default();
        guild.insert(state.user, Held { state, until }).map(|held| held.state)
    }

    fn take(&mut self, user: UserId, guild: GuildId) -> Option<VoiceState> {
        let held = self.guilds.get_mut(&guild)?.remove(&user)?;
        if self.guilds.get(&guild).is_some_and(BTreeMap::is_empty) {
            self.guilds.remove(&guild);
        }
        if let Some(guilds) = self.users.get_mut(&user) {
            guilds.remove(&guild);
            if guilds.is_empty() {
                self.users.remove(&user);
            }
        }
        Some(held.state)
    }

    fn held(&self, user: UserId, guild: GuildId) -> Option<&Held> {
        self.guilds.get(&guild)?.get(&user)
    }

    fn guilds_of(&self, user: UserId) -> Vec<GuildId> {
        self.users.get(&user).into_iter().flatten().copied().collect()
    }
}

impl VoiceMemory {
    /// Nobody in voice. `heartbeat` is the interval in which clients are told to beat.
    pub fn new(clock: Arc<dyn Clock>, heartbeat: Duration) -> Self {
        let ttl = u64::try_from(heartbeat.as_micros()).unwrap_or(u64::MAX).saturating_mul(3);
        Self { time: Steady::new(clock), ttl, all: Mutex::default() }
    }
}

#[async_trait]
impl VoiceStates for VoiceMemory {
    async fn enter(&self, state: VoiceState, most: Option<u32>) -> Stored<Entered> {
        let now = self.time.micros();
        let mut all = self.all.lock();
        let all = &mut *all;
        let is_in = all
            .held(state.user, state.guild)
            .is_some_and(|held| held.until > now && held.state.channel == state.channel);
        if !is_in {
            let others = all.guilds.get(&state.guild).into_iter().flat_map(BTreeMap::values);
            let others = others.filter(|held| held.until > now && held.state.user != state.user);
            let (mut here, mut everywhere) = (0_u32, 0_usize);
            for held in others {
                everywhere += 1;
                here += u32::from(held.state.channel == state.channel);
            }
            if everywhere >= limits::GUILD_IN_VOICE || most.is_some_and(|most| here >= most) {
                return Ok(Entered::Full);
            }
        }
        let mut left = Vec::new();
        if !state.bot {
            for guild in all.guilds_of(state.user).into_iter().filter(|guild| *guild != state.guild) {
                left.extend(all.take(state.user, guild));
            }
        }
        let before = all.put(state, now.saturating_add(self.ttl));
        Ok(Entered::Entered { before, left })
    }

    async fn change(
        &self,
        user: UserId,
        guild: GuildId,
        edit: VoiceEdit,
    ) -> Stored<Option<(VoiceState, VoiceState)>> {
        let now = self.time.micros();
        let mut all = self.all.lock();
        let held = all.guilds.get_mut(&guild).and_then(|guild| guild.get_mut(&user));
        let Some(held) = held.filter(|held| held.until > now) else { return Ok(None) };
        let before = held.state.clone();
        edit(&mut held.state);
        Ok(Some((before, held.state.clone())))
    }

    async fn end(&self, user: UserId, which: Which<'_>) -> Stored<Vec<VoiceState>> {
        let mut all = self.all.lock();
        let mut ended = Vec::new();
        for guild in all.guilds_of(user) {
            let applies = all.held(user, guild).is_some_and(|Held { state, .. }| {
                which.guild.is_none_or(|guild| guild == state.guild)
                    && which.channel.is_none_or(|channel| channel == state.channel)
                    && which.session.is_none_or(|session| session == state.session)
            });
            if applies {
                ended.extend(all.take(user, guild));
            }
        }
        Ok(ended)
    }

    async fn keep_alive(&self, user: UserId, session: &str) -> Stored<bool> {
        let now = self.time.micros();
        let mut all = self.all.lock();
        let mut any = false;
        for guild in all.guilds_of(user) {
            let held = all.guilds.get_mut(&guild).and_then(|guild| guild.get_mut(&user));
            if let Some(held) = held.filter(|held| held.until > now && held.state.session == session) {
                held.until = now.saturating_add(self.ttl);
                any = true;
            }
        }
        Ok(any)
    }

    async fn of_user(&self, user: UserId) -> Stored<Vec<VoiceState>> {
        let now = self.time.micros();
        let all = self.all.lock();
        let held = all.guilds_of(user).into_iter().filter_map(|guild| all.held(user, guild));
        Ok(held.filter(|held| held.until > now).map(|held| held.state.clone()).collect())
    }

    async fn of_guild(&self, guild: GuildId) -> Stored<Vec<VoiceState>> {
        let now = self.time.micros();
        let all = self.all.lock();
        let held = all.guilds.get(&guild).into_iter().flat_map(BTreeMap::values);
        Ok(held.filter(|held| held.until > now).map(|held| held.state.clone()).collect())
    }

    async fn sweep(&self, guild: GuildId) -> Stored<Swept> {
        let now = self.time.micros();
        let mut all = self.all.lock();
        let dead: Vec<UserId> = all
            .guilds
            .get(&guild)
            .into_iter()
            .flatten()
            .filter(|(_, held)| held.until <= now)
            .map(|(user, _)| *user)
            .collect();
        let ended = dead.into_iter().filter_map(|user| all.take(user, guild)).collect();
        Ok(Swept { ended, others: all.guilds.contains_key(&guild) })
    }
}
