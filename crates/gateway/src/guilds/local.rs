//! One guild as this node knows it: its state, the memberships of those who are connected here, and who may view what.
//!
//! Nothing here waits: what has to be read is read by [`super::refresh`], and handed in.

use super::turns::{KEPT, Late, Spans, Turns};
use super::view::{View, Views, rights, subject};
use crate::payload::Scope;
use crate::session::{Session, SessionId};
use domain::guilds::local::Connected;
use model::event::{Event, GuildAudience, GuildFilter};
use model::guild::{GuildChannel, GuildState, Member, Versions};
use model::permissions::{base, sight};
use model::{ChannelId, GuildId, Permissions, Timestamp, UserId};
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Sessions in the order in which they came.
pub(crate) type Listeners = Arc<Vec<Arc<Session>>>;

/// Channels that are gone and still remembered: what is told of their end, and of what went with them, is for those who
/// saw them.
const GONE: usize = 256;

/// Leaps that are remembered.
const LEAPS: usize = 64;

/// Channels whose listeners are kept at the same time.
const LISTS: usize = 1_024;

/// Something that follows from a change for some sessions, besides the event that tells of it.
pub(crate) struct Derived {
    /// What they are told.
    pub(crate) event: Event,
    /// What they must still see when it is replayed.
    pub(crate) scope: Scope,
    /// Who.
    pub(crate) sessions: Vec<Arc<Session>>,
}

/// What has to be read before anybody can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stale;

/// Who is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// These users.
    pub(crate) users: Vec<UserId>,
    /// They are all that are here.
    pub(crate) whole: bool,
}

/// The state was read after one version, and at another one: nobody here knows what held in between.
struct Leap {
    after: u64,
    at: u64,
    found: Timestamp,
}

/// A connected user.
struct Here {
    sessions: SmallVec<[Arc<Session>; 1]>,
    /// `None`: not read yet.
    known: Option<Known>,
    /// Which turn would have been its first.
    came: u64,
}

struct Known {
    member: Member,
    view: Arc<View>,
}

/// One guild.
pub(crate) struct Local {
    id: GuildId,
    views: Option<Views>,
    versions: Versions,
    here: HashMap<UserId, Here>,
    /// How many of them are not read yet.
    unread: usize,
    /// Who may view a channel, as far as somebody asked. Valid for the present state and memberships.
    listeners: HashMap<ChannelId, Listeners>,
    everybody: Option<Listeners>,
    gone: VecDeque<GuildChannel>,
    turns: Turns,
    /// Versions of the state that were read over, the last ones last.
    leaps: VecDeque<Leap>,
    /// A newer state was read with memberships of the same moment for some only. All of them are to be read.
    torn: bool,
    /// How many members the guild has, connected or not, as far as it is known.
    pub(crate) count: Option<u64>,
}

impl Local {
    /// Nothing known yet.
    pub(crate) fn new(id: GuildId) -> Self {
        Self {
            id,
            views: None,
            versions: Versions::default(),
            here: HashMap::new(),
            unread: 0,
            listeners: HashMap::new(),
            everybody: None,
            gone: VecDeque::new(),
            turns: Turns::default(),
            leaps: VecDeque::new(),
            torn: false,
            count: None,
        }
    }

    /// The state, once it was read.
    pub(crate) fn state(&self) -> Option<&Arc<GuildState>> {
        self.views.as_ref().map(|views| &views.state)
    }

    /// Under which versions everything here holds.
    pub(crate) fn versions(&self) -> Versions {
        self.versions
    }

    /// Nobody is connected.
    pub(crate) fn is_empty(&self) -> bool {
        self.here.is_empty()
    }

    /// Who is connected.
    pub(crate) fn users(&self) -> Vec<UserId> {
        self.here.keys().copied().collect()
    }

    /// Whether this user is connected.
    pub(crate) fn has(&self, user: UserId) -> bool {
        self.here.contains_key(&user)
    }

    /// Whether this session is here, and its user known to be a member.
    pub(crate) fn holds(&self, user: UserId, session: SessionId) -> bool {
        self.here
            .get(&user)
            .is_some_and(|here| here.known.is_some() && here.sessions.iter().any(|other| other.id == session))
    }

    /// A connected user's membership; `None` if it is no member, or was not read yet.
    pub(crate) fn member(&self, user: UserId) -> Option<&Member> {
        Some(&self.here.get(&user)?.known.as_ref()?.member)
    }

    /// A guild as a member sees it: its state, the membership, the channels, and how many members there are.
    pub(crate) fn seen_by(&self, user: UserId) -> Option<(Arc<GuildState>, Member, Arc<View>, u64)> {
        let known = self.here.get(&user)?.known.as_ref()?;
        let state = self.state()?.clone();
        Some((state, known.member.clone(), known.view.clone(), self.count.unwrap_or_default()))
    }

    /// Whether somebody's membership was not read yet.
    pub(crate) fn is_unread(&self) -> bool {
        self.unread > 0 || self.views.is_none()
    }

    /// Everybody's sessions.
    pub(crate) fn sessions(&self) -> Vec<Arc<Session>> {
        self.here.values().flat_map(|here| here.sessions.iter().cloned()).collect()
    }

    /// A session of a user comes. True if the user's membership has to be read before it is heard.
    pub(crate) fn enter(&mut self, session: &Arc<Session>) -> bool {
        let came = self.turns.next();
        let here = self.here.entry(session.owner.user).or_insert_with(|| Here {
            sessions: SmallVec::new(),
            known: None,
            came,
        });
        if here.sessions.iter().any(|other| other.id == session.id) {
            return here.known.is_none();
        }
        if here.sessions.is_empty() {
            self.unread += 1;
        }
        here.sessions.push(session.clone());
        let Some(known) = &here.known else { return true };
        if let Some(everybody) = &mut self.everybody {
            Arc::make_mut(everybody).push(session.clone());
        }
        if let Some(views) = &self.views {
            for (channel, listeners) in &mut self.listeners {
                if views.index(*channel).is_some_and(|index| known.view.has(index)) {
                    Arc::make_mut(listeners).push(session.clone());
                }
            }
        }
        false
    }

    /// A session goes.
    pub(crate) fn leave(&mut self, user: UserId, session: SessionId) {
        let Some(here) = self.here.get_mut(&user) else { return };
        let before = here.sessions.len();
        here.sessions.retain(|other| other.id != session);
        if here.sessions.len() == before {
            return;
        }
        let known = here.known.is_some();
        if here.sessions.is_empty() {
            self.here.remove(&user);
            self.unread -= usize::from(!known);
        }
        if known {
            let lists = self.listeners.values_mut().chain(self.everybody.as_mut());
            lists.for_each(|listeners| Arc::make_mut(listeners).retain(|other| other.id != session));
        }
    }

    /// Whose memberships have to be read so that nothing is older than these versions: of those who came since, or of all.
    pub(crate) fn wanting(&self, versions: Versions) -> Asked {
        let whole = self.views.is_none() || self.torn || self.versions.members < versions.members;
        let wanted = self.here.iter().filter(|(_, here)| whole || here.known.is_none());
        Asked { users: wanted.map(|(user, _)| *user).collect(), whole }
    }

    /// Somebody came into the guild at this moment, by the change of its members that led to this version. What was said
    /// before is not for it.
    pub(crate) fn came(&mut self, user: UserId, version: u64, at: Timestamp) {
        self.turns.note(None, vec![user], true, Spans::of_member(version), at);
    }

    /// Takes what was read of the guild. What follows from it for sessions that were here before.
    pub(crate) fn read(&mut self, read: Connected, asked: &Asked, now: Timestamp) -> Vec<Derived> {
        let both = read.versions.state > self.versions.state && read.versions.members > self.versions.members;
        self.torn = both && !asked.whole;
        if self.torn {
            // By the new state and an old membership somebody may not see what it saw before and sees since.
            return Vec::new();
        }
        let spans = Spans::between(self.versions, self.versions.max_of(read.versions));
        let mut changes = Changes::new(spans, now);
        if read.versions.state >= self.versions.state || self.views.is_none() {
            if self.views.is_some() && read.versions.state > self.versions.state + 1 {
                self.leaps.push_back(Leap {
                    after: self.versions.state,
                    at: read.versions.state,
                    found: now,
                });
            }
            while self
                .leaps
                .front()
                .is_some_and(|leap| self.leaps.len() > LEAPS || leap.found.plus_seconds(KEPT) < now)
            {
                self.leaps.pop_front();
            }
            self.take_state(read.state, &mut changes);
            self.versions.state = read.versions.state;
        }
        if read.versions.members >= self.versions.members {
            let mut members: HashMap<UserId, Member> =
                read.members.into_iter().map(|member| (member.user, member)).collect();
            for user in &asked.users {
                self.take_member(*user, members.remove(user), &mut changes);
            }
            if asked.whole {
                self.versions.members = read.versions.members;
            }
        }
        self.derive(changes)
    }

    /// A change of one member, told by an event with the guild's versions after it. Stale if something before it is not
    /// known.
    pub(crate) fn change(
        &mut self,
        changed: Changed<'_>,
        versions: Versions,
        now: Timestamp,
    ) -> Result<Vec<Derived>, Stale> {
        let Changed { user, member, came } = changed;
        if versions.state > self.versions.state || self.views.is_none() {
            return Err(Stale);
        }
        if versions.members <= self.versions.members {
            if came {
                self.came(user, versions.members, now);
            }
            return Ok(Vec::new());
        }
        if versions.members > self.versions.members + 1 {
            return Err(Stale);
        }
        self.versions.members = versions.members;
        let mut changes = Changes::new(Spans::of_member(versions.members), now);
        // Of who is not connected it is of interest when it came, if it connects; who is not read yet will be.
        if self.here.get(&user).is_some_and(|here| here.known.is_some()) {
            self.take_member(user, member.cloned(), &mut changes);
        } else if came {
            self.came(user, versions.members, now);
        }
        Ok(self.derive(changes))
    }

    fn take_state(&mut self, state: Arc<GuildState>, changes: &mut Changes) {
        let old = self.views.replace(Views::new(state));
        let (Some(old), Some(views)) = (old, &mut self.views) else { return };
        if Arc::ptr_eq(&old.state, &views.state) || old.state.version == views.state.version {
            // The same: what was computed stays.
            self.views = Some(old);
            return;
        }
        for channel in &old.state.channels {
            if views.index(channel.id).is_none() {
                self.gone.retain(|gone| gone.id != channel.id);
                self.gone.push_back(channel.clone());
            }
        }
        while self.gone.len() > GONE {
            self.gone.pop_front();
        }
        self.listeners.clear();
        changes.settled = true;
        for here in self.here.values_mut() {
            let Some(known) = &mut here.known else { continue };
            let view = views.of(&known.member);
            let before = std::mem::replace(&mut known.view, view.clone());
            changes.seen(before, view, changes.spans.of_the_state(), &here.sessions);
        }
        changes.before = Some(old.state);
    }

    fn take_member(&mut self, user: UserId, member: Option<Member>, changes: &mut Changes) {
        let Some(views) = &mut self.views else { return };
        let Some(here) = self.here.get_mut(&user) else { return };
        let Some(member) = member else {
            let was_known = here.known.is_some();
            self.unread -= usize::from(!was_known);
            if let Some(here) = self.here.remove(&user).filter(|_| was_known) {
                self.turns.note(None, vec![user], false, changes.spans.of_the_members(), changes.now);
                changes.left.extend(here.sessions);
                self.listeners.clear();
                self.everybody = None;
            }
            return;
        };
        let view = views.of(&member);
        let Some(known) = &mut here.known else {
            // Of one who came long ago nothing comes from before it.
            if member.came > 0 && member.joined.plus_seconds(KEPT) >= changes.now {
                let since = Spans::of_member(member.came);
                self.turns.note(None, vec![user], true, since, member.joined);
                let first = Spans::first_read(member.came, member.changed, self.versions.state);
                self.turns.doubt(user, first, member.joined);
            }
            here.known = Some(Known { member, view });
            self.unread -= 1;
            self.listeners.clear();
            self.everybody = None;
            return;
        };
        if known.member.joined != member.joined {
            // It was away in between.
            for sees in [false, true] {
                self.turns.note(None, vec![user], sees, changes.spans.of_the_members(), changes.now);
            }
        } else if let Some(spans) = changes.spans.of_member_since(member.changed) {
            // It may have had other roles in between.
            self.turns.doubt(user, spans, changes.now);
        }
        known.member = member;
        if !Arc::ptr_eq(&known.view, &view) {
            let before = std::mem::replace(&mut known.view, view.clone());
            if changes.before.is_some() {
                // Both changed at once: what it saw is compared with what it sees now, and what it would have seen by the one and
                // not the other is not known.
                self.turns.doubt(user, changes.spans, changes.now);
                changes.reseen(&before, view, &here.sessions);
            } else if before != view {
                self.listeners.clear();
                changes.seen(before, view, changes.spans.of_the_members(), &here.sessions);
            }
        }
    }

    /// What changes of sight mean. Channels that came or went are not told of here: their own events tell.
    fn derive(&mut self, changes: Changes) -> Vec<Derived> {
        let mut derived = Vec::new();
        if changes.settled {
            for session in self.here.values().flat_map(|here| &here.sessions) {
                session.settle();
            }
        }
        if !changes.left.is_empty() {
            let event = Event::GuildDelete { guild: self.id };
            derived.push(Derived { event, scope: Scope::Open, sessions: changes.left });
        }
        let Some(views) = &self.views else { return derived };
        let before = changes.before.as_ref().unwrap_or(&views.state);
        type Sides = (Vec<Arc<Session>>, Vec<Arc<Session>>);
        let mut channels: HashMap<usize, Sides> = HashMap::new();
        for Turned { before: old, now: new, spans, sessions } in changes.seen {
            for (index, channel) in views.state.channels.iter().enumerate() {
                let Ok(was_at) = before.channels.binary_search_by_key(&channel.id, |c| c.id) else {
                    continue;
                };
                let (lost, gained) = match (old.has(was_at), new.has(index)) {
                    (true, false) => (true, false),
                    (false, true) => (false, true),
                    _ => continue,
                };
                let users = sessions.iter().map(|session| session.owner.user).collect();
                self.turns.note(Some(channel.id), users, gained, spans, changes.now);
                let sides = channels.entry(index).or_default();
                // Of a private thread its members alone know: it is asked for again by who comes in.
                if channel.kind == model::guild::GuildChannelKind::PrivateThread {
                    continue;
                }
                if gained {
                    sides.0.extend(sessions.iter().cloned());
                } else if lost {
                    sides.1.extend(sessions.iter().cloned());
                }
            }
        }
        let mut order: Vec<_> = channels.into_iter().collect();
        // Threads behind channels, channels in the order of their ids.
        order.sort_by_key(|(index, _)| {
            (views.state.channels.get(*index).is_some_and(|channel| channel.kind.is_thread()), *index)
        });
        for (index, (gained, lost)) in order {
            let Some(channel) = views.state.channels.get(index) else { continue };
            let holder = views.state.holder(channel).id;
            let copy = || Box::new(channel.clone());
            let scope = Scope::Guild(self.id, GuildFilter::Channel(holder));
            let went = if channel.kind.is_thread() {
                self.list_thread(&mut derived, channel, holder, gained);
                Event::ThreadDelete(copy())
            } else {
                if !gained.is_empty() {
                    derived.push(Derived {
                        event: Event::GuildChannelCreate(copy()),
                        scope,
                        sessions: gained,
                    });
                }
                Event::GuildChannelDelete(copy())
            };
            if !lost.is_empty() {
                derived.push(Derived { event: went, scope: Scope::Open, sessions: lost });
            }
        }
        derived
    }

    /// Puts a thread that these sessions see now on the list that they are sent for its channel.
    fn list_thread(
        &self,
        derived: &mut Vec<Derived>,
        thread: &GuildChannel,
        holder: ChannelId,
        sessions: Vec<Arc<Session>>,
    ) {
        if sessions.is_empty() {
            return;
        }
        let same = |list: &Derived| {
            list.sessions.len() == sessions.len()
                && list.sessions.iter().zip(&sessions).all(|(a, b)| a.id == b.id)
        };
        for list in derived.iter_mut().filter(|list| same(list)) {
            if let Event::ThreadListSync { channel, threads, .. } = &mut list.event
                && *channel == holder
            {
                threads.push(thread.clone());
                return;
            }
        }
        let event = Event::ThreadListSync { guild: self.id, channel: holder, threads: vec![thread.clone()] };
        let scope = Scope::Guild(self.id, GuildFilter::Channel(holder));
        derived.push(Derived { event, scope, sessions });
    }

    /// Whether nobody can be chosen under these versions yet.
    pub(crate) fn is_stale(&self, versions: Versions) -> bool {
        self.views.is_none()
            || self.torn
            || self.unread > 0
            || self.versions.state < versions.state
            || self.versions.members < versions.members
    }

    /// An event tells of a change that was read over, together with later ones: what was hidden after it, and is seen by now, is
    /// noted, and so is what was seen already. Call it before [`Self::late`].
    pub(crate) fn was(&mut self, event: &Event, versions: Versions, now: Timestamp) {
        let (Some(views), known) = (&self.views, self.versions) else { return };
        let (mut then, mut member) = (None, None);
        match event {
            Event::GuildChannelUpdate(channel) if versions.state < known.state => {
                let Some(now) = views.state.channel(channel.id) else { return };
                if now.overwrites != channel.overwrites {
                    let mut state = (*views.state).clone();
                    let changed = state.channels.iter_mut().filter(|c| c.id == channel.id);
                    changed.for_each(|c| c.clone_from(channel));
                    then = Some(Views::new(Arc::new(state)));
                }
            }
            Event::RoleUpdate { role, .. } if versions.state < known.state => {
                let Some(now) = views.state.roles.iter().find(|now| now.id == role.id) else { return };
                if now.permissions != role.permissions {
                    let mut state = (*views.state).clone();
                    state.roles.iter_mut().filter(|r| r.id == role.id).for_each(|r| r.clone_from(role));
                    then = Some(Views::new(Arc::new(state)));
                }
            }
            Event::MemberUpdate { member: was, .. } if versions.members < known.members => {
                member = Some(&was.member);
            }
            _ => return,
        }
        let of_state = member.is_none();
        // If the same holds by now, nothing was hidden by it alone.
        let differs = then.is_some() || member.is_some();
        let Some(then) = then.as_mut().or(self.views.as_mut()) else { return };
        // Most users saw the same: what differs is looked for once.
        let mut differing: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
        let mut hidden: HashMap<usize, Vec<UserId>> = HashMap::new();
        let mut others: Vec<UserId> = Vec::new();
        for (user, here) in self.here.iter().filter(|_| differs) {
            let Some(known) = here.known.as_ref().filter(|_| member.is_none_or(|was| was.user == *user))
            else {
                continue;
            };
            if of_state && known.member.changed > versions.members {
                // What its membership was then is not known.
                others.push(*user);
                continue;
            }
            let (view, sees) = (then.of(member.unwrap_or(&known.member)), &known.view);
            let key = (Arc::as_ptr(&view) as usize, Arc::as_ptr(sees) as usize);
            let differing = differing.entry(key).or_insert_with(|| {
                let all = 0..then.state.channels.len();
                all.filter(|index| sees.has(*index) && !view.has(*index)).collect()
            });
            for index in differing {
                hidden.entry(*index).or_default().push(*user);
            }
        }
        let (hid, shows) = match of_state {
            true => (Spans::of_state(versions.state), Versions { state: versions.state, ..known }),
            false => (Spans::of_member(versions.members), Versions { members: versions.members, ..known }),
        };
        // Of other channels, and of other members, it says nothing.
        let mut seen = self.turns.unsure(versions, of_state);
        seen.retain(|(channel, _)| match event {
            Event::GuildChannelUpdate(of) => of.id == *channel,
            Event::MemberUpdate { .. } => true,
            _ => false,
        });
        for (channel, users) in &mut seen {
            let index = then.index(*channel);
            users.retain(|user| {
                let known = self.here.get(user).and_then(|here| here.known.as_ref());
                let known = known.filter(|_| member.is_none_or(|was| was.user == *user));
                let view = known.map(|known| then.of(member.unwrap_or(&known.member)));
                view.zip(index).is_some_and(|(view, index)| view.has(index))
            });
        }
        let ids: Vec<ChannelId> = then.state.channels.iter().map(|channel| channel.id).collect();
        for user in others {
            self.turns.doubt(user, Spans::at_state(versions.state), now);
        }
        for (index, users) in hidden {
            let channel = ids.get(index).copied();
            self.turns.note(channel, users.clone(), false, hid, now);
            self.turns.note(channel, users, true, Spans::between(shows, known), now);
        }
        for (channel, users) in seen {
            self.turns.note(Some(channel), users, true, Spans::from(versions), now);
        }
    }

    /// Who of those that may hear of an event by now is not to, because it did not see what it is about when it happened;
    /// `said`, if it is a message that is told again.
    pub(crate) fn late(&self, audience: &GuildAudience, said: Option<Timestamp>) -> Late {
        let came = |user| self.here.get(&user).map_or(0, |here| here.came);
        let mut late = self.turns.late(audience.filter.channel(), audience.versions, said, came);
        if self.was_seen_by_others(audience) {
            let unseeing = &late.unseeing;
            late.unsure.extend(self.here.keys().filter(|user| !unseeing.contains(user)));
        }
        late
    }

    /// Whether an event happened under a state that was read over, and in which other members may have seen its channel than now.
    fn was_seen_by_others(&self, audience: &GuildAudience) -> bool {
        let version = audience.versions.state;
        let read_over = |leap: &Leap| leap.after < version && version < leap.at;
        let (Some(then), Some(channel), Some(state)) =
            (audience.sight, audience.filter.channel(), self.state())
        else {
            return false;
        };
        self.leaps.iter().any(read_over)
            && state.channel(channel).is_none_or(|channel| sight(state, channel) != then)
    }

    /// The sessions that may hear of an event, whatever they asked for.
    pub(crate) fn choose(&mut self, audience: &GuildAudience, event: &Event) -> Result<Listeners, Stale> {
        if self.is_stale(audience.versions) {
            return Err(Stale);
        }
        match &audience.filter {
            GuildFilter::Everyone => {
                if let Some(everybody) = &self.everybody {
                    return Ok(everybody.clone());
                }
                let everybody = Arc::new(self.sessions());
                self.everybody = Some(everybody.clone());
                Ok(everybody)
            }
            GuildFilter::Channel(channel) => Ok(self.viewers(*channel, event)),
            GuildFilter::Voice { seen, unseen, user, own } => {
                Ok(self.voice_listeners(*seen, *unseen, *user, *own, event))
            }
            filter => {
                let chosen = self.here.values().filter(|here| {
                    here.known.as_ref().is_some_and(|known| self.passes(&known.member, filter))
                });
                Ok(Arc::new(chosen.flat_map(|here| here.sessions.iter().cloned()).collect()))
            }
        }
    }

    /// Those who see the one channel and not the other; and `user`, if it is told whatever it sees.
    fn voice_listeners(
        &mut self,
        seen: ChannelId,
        unseen: Option<ChannelId>,
        user: UserId,
        own: bool,
        event: &Event,
    ) -> Listeners {
        let mut listeners = (*self.viewers(seen, event)).clone();
        listeners.retain(|session| session.owner.user != user);
        if let Some(unseen) = unseen {
            let elsewhere = self.viewers(unseen, event);
            let told: HashSet<SessionId> = elsewhere.iter().map(|session| session.id).collect();
            listeners.retain(|session| !told.contains(&session.id));
        }
        if own && let Some(here) = self.here.get(&user) {
            listeners.extend(here.sessions.iter().cloned());
        }
        Arc::new(listeners)
    }

    fn viewers(&mut self, channel: ChannelId, event: &Event) -> Listeners {
        if let Some(listeners) = self.listeners.get(&channel) {
            return listeners.clone();
        }
        let Some(views) = &self.views else { return Listeners::default() };
        if let Some(index) = views.index(channel) {
            let known = self.here.values().filter_map(|here| Some((here, here.known.as_ref()?)));
            let seeing = known.filter(|(_, known)| known.view.has(index));
            let listeners: Listeners =
                Arc::new(seeing.flat_map(|(here, _)| here.sessions.iter().cloned()).collect());
            if self.listeners.len() >= LISTS {
                self.listeners.clear();
            }
            self.listeners.insert(channel, listeners.clone());
            return listeners;
        }
        // It is gone: what is told of its end is for those who saw it. Its beginning may be told so late that the end is
        // known already: who hears of the one must hear of the other.
        let told = match event {
            Event::GuildChannelCreate(told)
            | Event::GuildChannelDelete(told)
            | Event::ThreadCreate { thread: told, .. }
            | Event::ThreadDelete(told)
                if told.id == channel =>
            {
                Some(&**told)
            }
            _ => None,
        };
        let Some(channel) = told.or_else(|| self.gone.iter().find(|gone| gone.id == channel)) else {
            return Listeners::default();
        };
        let sees =
            |known: &Known| rights(&views.state, channel, &known.member).contains(Permissions::VIEW_CHANNEL);
        let seeing = self.here.values().filter(|here| here.known.as_ref().is_some_and(sees));
        Arc::new(seeing.flat_map(|here| here.sessions.iter().cloned()).collect())
    }

    /// Whether a member passes a filter.
    fn passes(&self, member: &Member, filter: &GuildFilter) -> bool {
        let Some(views) = &self.views else { return false };
        let state = &*views.state;
        let held = |channel: &ChannelId| {
            let channel =
                state.channel(*channel).or_else(|| self.gone.iter().find(|gone| gone.id == *channel));
            channel.map_or(Permissions::NONE, |channel| rights(state, channel, member))
        };
        match filter {
            GuildFilter::Everyone => true,
            GuildFilter::Channel(channel) => held(channel).contains(Permissions::VIEW_CHANNEL),
            GuildFilter::PrivateThread { parent, members } => {
                let held = held(parent);
                held.contains(Permissions::VIEW_CHANNEL)
                    && (members.contains(&member.user) || held.contains(Permissions::MANAGE_THREADS))
            }
            GuildFilter::Voice { user, own, .. } if member.user == *user => *own,
            GuildFilter::Voice { seen, unseen, .. } => {
                let sees = |channel| held(channel).contains(Permissions::VIEW_CHANNEL);
                sees(seen) && !unseen.as_ref().is_some_and(sees)
            }
            GuildFilter::ChannelHolding(channel, any) => held(channel).intersects(*any),
            GuildFilter::Holding(any) => base(state, subject(member)).intersects(*any),
        }
    }

    /// Whether a user may hear now of what went to those who pass this filter.
    pub(crate) fn may_hear(&self, user: UserId, filter: &GuildFilter) -> bool {
        self.member(user).is_some_and(|member| self.passes(member, filter))
    }

    /// Whether a user may view a channel.
    pub(crate) fn sees(&self, user: UserId, channel: ChannelId) -> bool {
        let known = self.here.get(&user).and_then(|here| here.known.as_ref());
        let index = self.views.as_ref().and_then(|views| views.index(channel));
        known.zip(index).is_some_and(|(known, index)| known.view.has(index))
    }

    /// Whether this member, connected or not, may view a channel.
    pub(crate) fn would_see(&mut self, member: &Member, channel: ChannelId) -> bool {
        let Some(views) = &mut self.views else { return false };
        let Some(index) = views.index(channel) else { return false };
        views.of(member).has(index)
    }

    /// The guild is gone: nobody is here any more.
    pub(crate) fn end(&mut self) -> Vec<Arc<Session>> {
        let sessions = self.sessions();
        *self = Self::new(self.id);
        sessions
    }
}

/// A sight before and now, with the sessions whose it is.
struct Turned {
    before: Arc<View>,
    now: Arc<View>,
    /// Between which versions of what it follows from.
    spans: Spans,
    sessions: Vec<Arc<Session>>,
}

/// What changed of who sees what.
struct Changes {
    /// Between which versions.
    spans: Spans,
    /// When that was found out.
    now: Timestamp,
    /// The state before, if it is another one now.
    before: Option<Arc<GuildState>>,
    /// Sights before and now, with who has them.
    seen: Vec<Turned>,
    /// Which of them have which place in it.
    places: HashMap<(usize, usize, Spans), usize>,
    left: Vec<Arc<Session>>,
    /// Choosing is not what it was.
    settled: bool,
}

impl Changes {
    fn new(spans: Spans, now: Timestamp) -> Self {
        Self {
            spans,
            now,
            before: None,
            seen: Vec::new(),
            places: HashMap::new(),
            left: Vec::new(),
            settled: false,
        }
    }

    fn seen(&mut self, before: Arc<View>, now: Arc<View>, spans: Spans, sessions: &[Arc<Session>]) {
        let key = (Arc::as_ptr(&before) as usize, Arc::as_ptr(&now) as usize, spans);
        let place = *self.places.entry(key).or_insert_with(|| {
            self.seen.push(Turned { before, now, spans, sessions: Vec::new() });
            self.seen.len() - 1
        });
        if let Some(turned) = self.seen.get_mut(place) {
            turned.sessions.extend(sessions.iter().cloned());
        }
    }

    /// Who was seen to see `between` sees `now` instead.
    fn reseen(&mut self, between: &Arc<View>, now: Arc<View>, sessions: &[Arc<Session>]) {
        let ids: HashSet<SessionId> = sessions.iter().map(|session| session.id).collect();
        let mut first = None;
        for Turned { before, now, sessions: all, .. } in &mut self.seen {
            if Arc::ptr_eq(now, between) && all.iter().any(|session| ids.contains(&session.id)) {
                all.retain(|session| !ids.contains(&session.id));
                first = Some(before.clone());
            }
        }
        if let Some(before) = first {
            self.seen(before, now, self.spans, sessions);
        }
    }
}

/// What an event says of a member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed<'a> {
    /// Whose membership it is.
    pub(crate) user: UserId,
    /// What it is; `None` if it is none any more.
    pub(crate) member: Option<&'a Member>,
    /// It begins.
    came: bool,
}

/// The member that an event changes, and what it is then.
pub(crate) fn changed(event: &Event) -> Option<Changed<'_>> {
    let (user, member) = match event {
        Event::MemberAdd { member, .. } | Event::MemberUpdate { member, .. } => {
            (member.member.user, Some(&member.member))
        }
        Event::MemberRemove { user, .. } => (user.id, None),
        _ => return None,
    };
    Some(Changed { user, member, came: matches!(event, Event::MemberAdd { .. }) })
}
