//! One guild as this node knows it: its state, the memberships of those who are connected here, and who may view what.
//!
//! Nothing here waits: what has to be read is read by [`super::refresh`], and handed in.

use super::view::{View, Views, rights, subject};
use crate::payload::Scope;
use crate::session::{Session, SessionId};
use domain::guilds::local::Connected;
use model::event::{Event, GuildAudience, GuildFilter};
use model::guild::{GuildChannel, GuildState, Member, Versions};
use model::permissions::base;
use model::{ChannelId, GuildId, Permissions, UserId};
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Sessions in the order in which they came.
pub(crate) type Listeners = Arc<Vec<Arc<Session>>>;

/// Channels that are gone and still remembered: what is told of their end, and of what went with them, is for those who
/// saw them.
const GONE: usize = 256;

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

/// A connected user.
struct Here {
    sessions: SmallVec<[Arc<Session>; 1]>,
    /// `None`: not read yet.
    known: Option<Known>,
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
        let here = self
            .here
            .entry(session.owner.user)
            .or_insert_with(|| Here { sessions: SmallVec::new(), known: None });
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
        let whole = self.views.is_none() || self.versions.members < versions.members;
        let wanted = self.here.iter().filter(|(_, here)| whole || here.known.is_none());
        Asked { users: wanted.map(|(user, _)| *user).collect(), whole }
    }

    /// Takes what was read of the guild. What follows from it for sessions that were here before.
    pub(crate) fn read(&mut self, read: Connected, asked: &Asked) -> Vec<Derived> {
        let mut changes = Changes::default();
        if read.versions.state >= self.versions.state || self.views.is_none() {
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
        user: UserId,
        member: Option<Member>,
        versions: Versions,
    ) -> Result<Vec<Derived>, Stale> {
        if versions.state > self.versions.state || self.views.is_none() {
            return Err(Stale);
        }
        if versions.members <= self.versions.members {
            return Ok(Vec::new());
        }
        if versions.members > self.versions.members + 1 {
            return Err(Stale);
        }
        self.versions.members = versions.members;
        let mut changes = Changes::default();
        // Who is not connected is of no interest; who is not read yet will be.
        if self.here.get(&user).is_some_and(|here| here.known.is_some()) {
            self.take_member(user, member, &mut changes);
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
            changes.seen(before, view, &here.sessions);
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
                changes.left.extend(here.sessions);
                self.listeners.clear();
                self.everybody = None;
            }
            return;
        };
        let view = views.of(&member);
        let Some(known) = &mut here.known else {
            here.known = Some(Known { member, view });
            self.unread -= 1;
            self.listeners.clear();
            self.everybody = None;
            return;
        };
        known.member = member;
        if !Arc::ptr_eq(&known.view, &view) {
            let before = std::mem::replace(&mut known.view, view.clone());
            if changes.before.is_none() {
                self.listeners.clear();
                changes.seen(before, view, &here.sessions);
            } else {
                // Both changed at once: what it saw is compared with what it sees now.
                changes.reseen(&before, view, &here.sessions);
            }
        }
    }

    /// What changes of sight mean. Channels that came or went are not told of here: their own events tell.
    fn derive(&self, changes: Changes) -> Vec<Derived> {
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
        for (old, new, sessions) in changes.seen {
            for (index, channel) in views.state.channels.iter().enumerate() {
                let Ok(was_at) = before.channels.binary_search_by_key(&channel.id, |c| c.id) else {
                    continue;
                };
                let (lost, gained) = match (old.has(was_at), new.has(index)) {
                    (true, false) => (true, false),
                    (false, true) => (false, true),
                    _ => continue,
                };
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
            || self.unread > 0
            || self.versions.state < versions.state
            || self.versions.members < versions.members
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
type Turned = (Arc<View>, Arc<View>, Vec<Arc<Session>>);

/// What changed of who sees what.
#[derive(Default)]
struct Changes {
    /// The state before, if it is another one now.
    before: Option<Arc<GuildState>>,
    /// Sights before and now, with who has them.
    seen: Vec<Turned>,
    /// Which of them have which place in it.
    places: HashMap<(usize, usize), usize>,
    left: Vec<Arc<Session>>,
    /// Choosing is not what it was.
    settled: bool,
}

impl Changes {
    fn seen(&mut self, before: Arc<View>, now: Arc<View>, sessions: &[Arc<Session>]) {
        let key = (Arc::as_ptr(&before) as usize, Arc::as_ptr(&now) as usize);
        let place = *self.places.entry(key).or_insert_with(|| {
            self.seen.push((before, now, Vec::new()));
            self.seen.len() - 1
        });
        if let Some((_, _, all)) = self.seen.get_mut(place) {
            all.extend(sessions.iter().cloned());
        }
    }

    /// Who was seen to see `between` sees `now` instead.
    fn reseen(&mut self, between: &Arc<View>, now: Arc<View>, sessions: &[Arc<Session>]) {
        let ids: HashSet<SessionId> = sessions.iter().map(|session| session.id).collect();
        let mut first = None;
        for (before, after, all) in &mut self.seen {
            if Arc::ptr_eq(after, between) && all.iter().any(|session| ids.contains(&session.id)) {
                all.retain(|session| !ids.contains(&session.id));
                first = Some(before.clone());
            }
        }
        if let Some(before) = first {
            self.seen(before, now, sessions);
        }
    }
}

/// The member that an event changes, and what it is then.
pub(crate) fn changed(event: &Event) -> Option<(UserId, Option<&Member>)> {
    match event {
        Event::MemberAdd { member, .. } | Event::MemberUpdate { member, .. } => {
            Some((member.member.user, Some(&member.member)))
        }
        Event::MemberRemove { user, .. } => Some((user.id, None)),
        _ => None,
    }
}
