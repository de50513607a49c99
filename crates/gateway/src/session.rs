//! A session: what one client was told, and what it is still to be told, over as many sockets as it takes.

use crate::link::{Link, Order};
use crate::payload::{Payload, Scope};
use crate::ring::{BOUNDS, Ring, Unresumable};
use domain::Actor;
use domain::audience::{Mark, Origin, Position};
use model::event::{Envelope, Event};
use model::presence::SessionPresence;
use model::{DeviceId, GuildId, MessageId, Timestamp, UserId};
use parking_lot::Mutex;
use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;
use wire::gateway::{dispatch, intents};

/// A session's id: 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(pub(crate) u128);

impl SessionId {
    /// A new one; `None` if the system has no randomness.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(u128::from_be_bytes(bytes)))
    }

    /// From what a client says.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // `from_str_radix` alone would take a sign and any length.
        let canonical = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if canonical { u128::from_str_radix(text, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Why a session cannot be resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResumeRefused {
    /// The number is too high, for the first time: close with 4007.
    Future,
    /// It has to be a new session: op 9.
    Invalid,
}

/// Whose session it is and what it wants to hear.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    /// The account.
    pub(crate) user: UserId,
    /// The device whose token was shown.
    pub(crate) device: DeviceId,
    /// Whether it is a bot.
    pub(crate) bot: bool,
    /// What a bot asked for; all for people.
    pub(crate) intents: u64,
    /// Which shard of how many.
    pub(crate) shard: (u64, u64),
}

/// A session.
pub(crate) struct Session {
    /// Its id.
    pub(crate) id: SessionId,
    /// Whose it is.
    pub(crate) owner: Owner,
    /// Messages that another node told it of, as far as this one may be told of them, too.
    told: OnceLock<(HashSet<MessageId>, Instant)>,
    /// Where what it hears of messages begins: what stands before was there when READY was read.
    begins: OnceLock<Position>,
    /// When that was, here or on the node that had it first.
    began: OnceLock<Timestamp>,
    /// When READY was sent: its client reads nothing before.
    shown: OnceLock<Timestamp>,
    /// It looks at a list of members: other nodes cannot count what it is told.
    looks: AtomicBool,
    /// It wished to be in voice, and was not seen to be in no channel since.
    voice: AtomicBool,
    /// Somebody waits to park it.
    parks: AtomicBool,
    state: Mutex<State>,
}

/// An event that waits: where it can be read again, which message it tells of, and itself.
type Gathered = (Option<Mark>, Option<MessageId>, Arc<Payload>);

struct State {
    ring: Ring,
    /// Events that wait until it is known what came before them on the node that had the session. `None`: they go into
    /// the ring.
    gathered: Option<Vec<Gathered>>,
    /// Something was passed over while they were gathered, or chosen otherwise from then on.
    passed: bool,
    /// The current socket.
    link: Option<Arc<Link>>,
    /// Since when there is no socket, in seconds of the gateway's life.
    detached: u32,
    /// Dropped from the hub: nothing may take it up again.
    over: bool,
    /// It has a hole that its client cannot see: it is not resumed, here or elsewhere, and is over soon.
    spoiled: bool,
    /// It was resumed from further back than a reader may fall behind, and has not caught up: only what the ring keeps,
    /// and the time that its socket may be blocked, bound it.
    catching_up: bool,
    /// A resume from the future was answered 4007 already.
    future_answered: bool,
    presence: Option<Box<SessionPresence>>,
    /// Whether others are shown the presence.
    presence_shown: bool,
}

impl Session {
    /// A session that has begun.
    #[cfg(test)]
    pub(crate) fn new(id: SessionId, owner: Owner, link: Arc<Link>) -> Arc<Self> {
        Self::with(id, owner, Ring::new(), None, Some(link))
    }

    /// A session that begins: events are gathered until [`Self::begin`], for it is not known yet how many numbers what it
    /// is shown at first takes.
    pub(crate) fn beginning(id: SessionId, owner: Owner, link: Arc<Link>) -> Arc<Self> {
        Self::with(id, owner, Ring::new(), Some(Vec::new()), Some(link))
    }

    /// A session that another node had up to number `last`. Events are gathered until [`Self::taken_up`].
    pub(crate) fn taking_up(id: SessionId, owner: Owner, last: u64) -> Arc<Self> {
        Self::with(id, owner, Ring::after(last), Some(Vec::new()), None)
    }

    fn with(
        id: SessionId,
        owner: Owner,
        ring: Ring,
        gathered: Option<Vec<Gathered>>,
        link: Option<Arc<Link>>,
    ) -> Arc<Self> {
        let state = State {
            ring,
            gathered,
            passed: false,
            link,
            // Far in the future: what is being taken up is not swept as lost.
            detached: u32::MAX,
            over: false,
            spoiled: false,
            catching_up: false,
            future_answered: false,
            presence: None,
            presence_shown: false,
        };
        Arc::new(Self {
            id,
            owner,
            told: OnceLock::new(),
            begins: OnceLock::new(),
            began: OnceLock::new(),
            shown: OnceLock::new(),
            looks: AtomicBool::new(false),
            voice: AtomicBool::new(false),
            parks: AtomicBool::new(false),
            state: Mutex::new(state),
        })
    }

    /// Ends the gathering of one that begins: what it is shown at first has the numbers up to `last`, and what was
    /// gathered follows. False: more came meanwhile than a session holds, or something was lost.
    pub(crate) fn begin(&self, last: u64, reached: Option<Position>, now: u32) -> bool {
        let mut state = self.state.lock();
        let Some(gathered) = state.gathered.take() else { return false };
        state.ring = Ring::after(last);
        if let Some(reached) = reached.filter(|_| gathered.is_empty()) {
            state.ring.stands_at(reached);
        }
        for (mark, _, payload) in gathered {
            state.ring.moves_to(mark.map(|mark| mark.position));
            self.queue(&mut state, payload, now);
        }
        if let Some(reached) = reached {
            state.ring.moves_to(Some(reached));
        }
        // Also if it was passed over for nothing: until the client says what it has, which takes a heartbeat, other nodes could not
        // go on from anywhere. What it may not have is kept with the place.
        if std::mem::take(&mut state.passed) || reached.is_some() {
            state.ring.settle();
        }
        !state.over && !state.spoiled
    }

    /// What READY shows is read at this moment or later, and when what its node hears ended at this place, if that is known.
    pub(crate) fn begins_at(&self, now: Timestamp, place: Option<Position>) {
        let _ = self.began.set(now);
        if let Some(place) = place {
            let _ = self.begins.set(place);
        }
    }

    /// It began on another node, at these moments, if they are known.
    pub(crate) fn began_elsewhere(&self, (began, shown): (Option<Timestamp>, Option<Timestamp>)) {
        for (cell, moment) in [(&self.began, began), (&self.shown, shown)] {
            if let Some(moment) = moment {
                let _ = cell.set(moment);
            }
        }
    }

    /// When it began, if that is known.
    pub(crate) fn began(&self) -> Option<Timestamp> {
        self.began.get().copied()
    }

    /// Whether a message that is told again is left to the history that its client reads behind READY. In a guild also if it was
    /// not there yet when the session began: under which rights it was said nobody knows by now.
    pub(crate) fn leaves_to_history(&self, envelope: &Envelope) -> bool {
        let (Some(stored), Event::MessageCreate { view, .. }) = (envelope.stored_by, &*envelope.event) else {
            return false;
        };
        let since = if envelope.guild.is_some() { view.message.id.created_ms() } else { stored };
        self.began_later_than(Timestamp::from_millis(since))
    }

    /// It is to be parked, now or when its place is known; false if somebody waits for that already.
    pub(crate) fn waits_to_be_parked(&self) -> bool {
        !self.parks.swap(true, Ordering::AcqRel)
    }

    /// Nobody waits any more: what it is parked with is read now.
    pub(crate) fn is_being_parked(&self) {
        self.parks.store(false, Ordering::Release);
    }

    /// Whether it began after this moment.
    pub(crate) fn began_later_than(&self, said: Timestamp) -> bool {
        self.began.get().is_some_and(|began| said < *began)
    }

    /// READY is sent at this moment.
    pub(crate) fn shown_at(&self, now: Timestamp) {
        let _ = self.shown.set(now);
    }

    /// When READY was sent, if it was and that is known.
    pub(crate) fn shown(&self) -> Option<Timestamp> {
        self.shown.get().copied()
    }

    /// Whether something that was told before this moment (in milliseconds since 1970) may be missing from what its client has.
    pub(crate) fn may_miss(&self, before: Option<i64>) -> bool {
        let shown = self.shown().map(Timestamp::millis);
        shown.zip(before).is_none_or(|(shown, before)| shown <= before)
    }

    /// Whether it is over or about to be: nothing that is sent to it would count.
    pub(crate) fn is_lost(&self) -> bool {
        let state = self.state.lock();
        state.over || state.spoiled
    }

    /// Whether other nodes may not take it up, or could not.
    pub(crate) fn is_not_for_others(&self) -> bool {
        let state = self.state.lock();
        state.over || state.spoiled || self.looks.load(Ordering::Acquire)
    }

    /// Whether what stands here was there before it began.
    pub(crate) fn began_after(&self, place: Option<Position>) -> bool {
        let (Some(begins), Some(place)) = (self.begins.get(), place) else { return false };
        begins == &place || place.is_before(*begins)
    }

    fn begins_behind(&self, place: Position) -> bool {
        self.begins.get().is_some_and(|begins| place.is_before(*begins))
    }

    /// Whether it hears the events of this guild.
    pub(crate) fn has_guild(&self, guild: GuildId) -> bool {
        let (shard, of) = self.owner.shard;
        (guild.get() >> 22).checked_rem(of) == Some(shard)
    }

    /// Whether an event of a guild, which its user may hear of, is for this session.
    pub(crate) fn wants_of_guild(&self, event: &Event) -> bool {
        let own = match event {
            // Whoever came is shown the guild instead.
            Event::MemberAdd { member, .. } if member.member.user == self.owner.user => return false,
            Event::MemberUpdate { member, .. } => member.member.user == self.owner.user,
            Event::VoiceStateUpdate { state, .. } => state.user == self.owner.user,
            // Never about oneself.
            Event::PresenceUpdate { presence, .. } if presence.user == self.owner.user => return false,
            _ => false,
        };
        !self.owner.bot
            || own
            || dispatch::intent(event).is_none_or(|intent| self.owner.intents & intent != 0)
    }

    /// Whether it is shown what a message says: bots must have asked for it, or be meant, or have said it.
    pub(crate) fn reads(&self, event: &Event) -> bool {
        if !self.owner.bot || self.owner.intents & intents::MESSAGE_CONTENT != 0 {
            return true;
        }
        dispatch::shows_content_to(event, self.owner.user)
    }

    /// Whether an event is for this session.
    pub(crate) fn wants(&self, event: &Event) -> bool {
        if !self.owner.bot {
            return true;
        }
        // What belongs to no guild goes to a bot's first shard only.
        !event.people_only()
            && self.owner.shard.0 == 0
            && dispatch::intent(event).is_none_or(|intent| self.owner.intents & intent != 0)
    }

    /// It may be in a voice channel from now on.
    pub(crate) fn may_be_in_voice(&self) {
        self.voice.store(true, Ordering::Release);
    }

    /// Whether it may be in a voice channel.
    pub(crate) fn is_maybe_in_voice(&self) -> bool {
        self.voice.load(Ordering::Acquire)
    }

    /// It is in none any more, or that is no matter of this node. Whether it may have been.
    pub(crate) fn leaves_voice(&self) -> bool {
        self.voice.swap(false, Ordering::AcqRel)
    }

    /// Its old node told it of these messages.
    pub(crate) fn was_told(&self, messages: HashSet<MessageId>) {
        let _ = self.told.set((messages, Instant::now()));
    }

    /// Which those were, unless that was so long ago that nobody is told of them again.
    pub(crate) fn told_lately(&self, within: Duration) -> Vec<MessageId> {
        let lately = self.told.get().filter(|(_, since)| since.elapsed() < within);
        lately.map(|(told, _)| told.iter().copied().collect()).unwrap_or_default()
    }

    /// Whether its old node told it of this new message.
    pub(crate) fn knows(&self, message: Option<MessageId>) -> bool {
        message.is_some_and(|id| self.told.get().is_some_and(|(told, _)| told.contains(&id)))
    }

    /// Whether it is this account's and this device's.
    pub(crate) fn belongs_to(&self, actor: &Actor) -> bool {
        self.owner.user == actor.user() && self.owner.device == actor.device()
    }

    /// Queues an event; of a new message, with its id. A reader that has fallen too far behind loses its socket, not the
    /// session.
    pub(crate) fn push(
        &self,
        payload: Arc<Payload>,
        mark: Option<Mark>,
        message: Option<MessageId>,
        now: u32,
    ) {
        let mut state = self.state.lock();
        if let Some(gathered) = &mut state.gathered {
            gathered.push((mark, message, payload));
            if gathered.len() > BOUNDS.events {
                // Too much at once: it has to be a new session.
                state.over = true;
                state.gathered = Some(Vec::new());
            }
            return;
        }
        let place = mark.map(|mark| mark.position);
        if let (Some(begins), Some(place)) = (self.begins.get(), place)
            && begins.is_before(place)
        {
            state.ring.has_passed(*begins);
        }
        state.ring.comes_to(place);
        self.queue(&mut state, payload, now);
    }

    /// Queues what is no event of the bus. Call [`crate::Gateway::park`] before it is sent: only then do other nodes
    /// know of the number.
    pub(crate) fn push_own(&self, payload: Arc<Payload>, now: u32) {
        let mut state = self.state.lock();
        self.queue(&mut state, payload, now);
        state.ring.settle_before_the_next();
    }

    /// Queues what follows for it from a change of a guild's rights. A session that is being taken up cannot have the same
    /// numbers any more: it has to be a new one.
    pub(crate) fn push_derived(&self, payload: Arc<Payload>, now: u32) {
        let mut state = self.state.lock();
        let begins = state.link.is_some();
        if let Some(gathered) = &mut state.gathered {
            gathered.push((None, None, payload));
            state.over |= !begins;
            return;
        }
        self.queue(&mut state, payload, now);
        state.ring.settle_before_the_next();
    }

    /// It is not told of an event at this place, which others who saw the same by now would be. Call
    /// [`crate::Gateway::park_soon`] behind it: until then they would.
    pub(crate) fn pass_over(&self, place: Option<Position>) {
        let mut state = self.state.lock();
        if state.gathered.is_none() {
            state.ring.moves_to(place);
            state.ring.settle();
        } else {
            state.passed = true;
        }
    }

    /// What is chosen for it from here on is chosen otherwise than before: other nodes cannot go on from further back.
    pub(crate) fn settle(&self) {
        let mut state = self.state.lock();
        if state.gathered.is_none() {
            state.ring.settle_before_the_next();
        } else {
            state.passed = true;
        }
    }

    fn queue(&self, state: &mut State, payload: Arc<Payload>, now: u32) {
        if state.spoiled {
            // It ends as soon as other nodes have forgotten it; what it was told before is forgotten already, so that it
            // would be told again.
            return;
        }
        let in_time = state.ring.push(payload, now, &BOUNDS);
        let Some(link) = &state.link else { return };
        if in_time || state.catching_up {
            link.wake();
            return;
        }
        metrics::counter!("gateway_slow_readers_cut").increment(1);
        link.give(Order::Cut);
        state.link = None;
        state.detached = now;
    }

    /// The node delivered everything up to here before it knew of this session, and nothing since.
    pub(crate) fn stands_at(&self, place: Position) {
        let mut state = self.state.lock();
        if state.gathered.is_none() {
            state.ring.stands_at(place);
        }
    }

    /// Ends the gathering: first the events that were kept with the session, then what its old node heard, then what was
    /// gathered and is not `known` to have been heard there. False: it cannot be taken up.
    pub(crate) fn taken_up(
        &self,
        (tail, heard): (Vec<Option<Arc<Payload>>>, Vec<Arc<Payload>>),
        known: &HashSet<Origin>,
        reached: Option<Position>,
        now: u32,
    ) -> bool {
        let mut state = self.state.lock();
        let Some(gathered) = state.gathered.take() else { return false };
        for payload in tail.into_iter().chain(heard.into_iter().map(Some)) {
            match payload {
                Some(payload) => {
                    state.ring.push(payload, now, &BOUNDS);
                }
                None => state.ring.push_nothing(now),
            }
        }
        let told = self.told.get().map(|(told, _)| told);
        for (mark, message, payload) in gathered {
            // Known by its origin; or told again by another node, which did not know that it had been told.
            let known = mark.is_some_and(|mark| known.contains(&mark.origin))
                || message.is_some_and(|id| told.is_some_and(|told| told.contains(&id)));
            if !known {
                state.ring.push(payload, now, &BOUNDS);
            }
        }
        if let Some(reached) = reached {
            state.ring.moves_to(Some(reached));
        }
        if std::mem::take(&mut state.passed) {
            state.ring.settle();
        }
        state.detached = now;
        !state.over && !state.spoiled
    }

    /// A number that its client has, and its place in what this node hears; `None` if other nodes could not go on from
    /// there.
    pub(crate) fn place(&self, reached: Option<Position>) -> Option<(u64, Position)> {
        let state = self.state.lock();
        let looks = self.looks.load(Ordering::Acquire);
        if looks || state.over || state.spoiled || state.gathered.is_some() {
            return None;
        }
        // Before it nobody else would leave out what it is not told.
        state.ring.place(reached).filter(|(_, place)| !self.begins_behind(*place))
    }

    /// What its client may not have of the events up to this one, as far as that is kept for other nodes.
    pub(crate) fn tail(&self, last: u64) -> Vec<Option<Arc<Payload>>> {
        self.state.lock().ring.tail(last)
    }

    /// What its socket is to send next; nothing if the socket is not this session's any more.
    pub(crate) fn take(&self, link: &Arc<Link>, batch: &mut Vec<(u64, Arc<Payload>)>, limit: usize) {
        let mut state = self.state.lock();
        if !state.is_on(link) {
            return;
        }
        if !state.ring.take(batch, limit) {
            // Memory ran short and took what this reader had not read yet.
            link.give(Order::Cut);
        }
        // Only who had the chance to read everything can fall behind again.
        state.catching_up &= state.ring.unsent() > 0;
    }

    /// The client saw everything up to this number.
    pub(crate) fn confirm(&self, seen: u64) {
        self.state.lock().ring.confirm(seen, &BOUNDS);
    }

    /// Takes the session over for a new socket and sets it back to what the client saw; the old socket is cut.
    /// Nothing is sent before [`Self::resumed`]. Gives the last number so far, and what must be seen
    /// to be sent what is to be sent again, so that rights are looked at.
    ///
    /// # Errors
    /// It cannot be resumed.
    pub(crate) fn claim(&self, link: &Arc<Link>, seen: u64) -> Result<(u64, Vec<Scope>), ResumeRefused> {
        let mut state = self.state.lock();
        if state.over || state.spoiled || state.gathered.is_some() {
            return Err(ResumeRefused::Invalid);
        }
        match state.ring.rewind(seen) {
            Ok(()) => {}
            Err(Unresumable::Future) if !state.future_answered => {
                state.future_answered = true;
                return Err(ResumeRefused::Future);
            }
            Err(Unresumable::Future | Unresumable::Evicted) => return Err(ResumeRefused::Invalid),
        }
        state.future_answered = false;
        state.catching_up = true;
        if let Some(old) = state.link.replace(link.clone()) {
            old.give(Order::Cut);
        }
        Ok((state.ring.last(), state.ring.unsent_scopes()))
    }

    /// Ends a replay: of what was queued up to number `last` what may not be seen any more is left out, and RESUMED stands
    /// behind it. Does nothing if another socket took over meanwhile.
    ///
    /// What is hidden is found out before: whoever delivers holds the lock of a guild and waits for that of a session, so
    /// nobody may look into a guild with a session's lock.
    pub(crate) fn resumed(
        &self,
        link: &Arc<Link>,
        (hidden, last): (&[Scope], u64),
        resumed: Arc<Payload>,
        now: u32,
    ) {
        let mut state = self.state.lock();
        if !state.is_on(link) {
            return;
        }
        state.ring.conceal(hidden, last);
        state.ring.push(resumed, now, &BOUNDS);
        state.ring.settle_before_the_next();
    }

    /// The socket is gone. The session waits for a resume, unless another socket took it over.
    /// False if one did.
    pub(crate) fn detach(&self, link: &Arc<Link>, now: u32) -> bool {
        let mut state = self.state.lock();
        let own = state.is_on(link);
        if own {
            state.link = None;
            state.detached = now;
        }
        own
    }

    /// It looks at lists of members, or does so no longer.
    pub(crate) fn look(&self, looks: bool) {
        self.looks.store(looks, Ordering::Release);
        if !looks {
            self.settle();
        }
    }

    /// Events that its socket has not taken.
    pub(crate) fn unsent(&self) -> u64 {
        self.state.lock().ring.unsent()
    }

    /// Whether nothing takes it up again.
    pub(crate) fn is_over(&self) -> bool {
        self.state.lock().over
    }

    /// Nothing takes it up again; its socket is given the order. True if it was not over before.
    pub(crate) fn end(&self, order: Order) -> bool {
        let mut state = self.state.lock();
        if let Some(link) = state.link.take() {
            link.give(order);
        }
        !std::mem::replace(&mut state.over, true)
    }

    /// Something was lost on its way to it: nothing takes it up again, and other nodes are told nothing of it any more.
    pub(crate) fn spoil(&self) {
        self.state.lock().spoiled = true;
    }

    /// Since when it has no socket; `None` if it has one.
    pub(crate) fn detached_since(&self) -> Option<u32> {
        let state = self.state.lock();
        state.link.is_none().then_some(state.detached)
    }

    /// Drops old events. What was never sent goes too if `unsent` says so, and if nobody reads it now.
    pub(crate) fn forget(&self, before: u32, unsent: bool) {
        let mut state = self.state.lock();
        let unsent = unsent || state.link.is_none();
        state.ring.forget(before, unsent);
    }

    /// The presence to show while it lasts.
    pub(crate) fn set_presence(&self, presence: SessionPresence) {
        let mut state = self.state.lock();
        state.presence = Some(Box::new(presence));
        state.presence_shown = true;
    }

    /// What it shows now, or would show.
    pub(crate) fn presence(&self) -> Option<SessionPresence> {
        self.state.lock().presence.as_deref().cloned()
    }

    /// Marks the presence as shown or not; gives what it was marked as.
    pub(crate) fn show_presence(&self, shown: bool) -> bool {
        std::mem::replace(&mut self.state.lock().presence_shown, shown)
    }
}

impl State {
    fn is_on(&self, link: &Arc<Link>) -> bool {
        self.link.as_ref().is_some_and(|current| Arc::ptr_eq(current, link))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Meter;
    use model::ChannelId;
    use wire::gateway::dispatch::Rendered;

    fn payload(size: usize) -> Arc<Payload> {
        let meter: Arc<Meter> = Arc::default();
        Payload::new(&meter, Rendered { name: "X", d: vec![b'x'; size] }, Scope::Open)
    }

    pub(crate) fn owner(bot: bool, intents: u64) -> Owner {
        Owner {
            user: UserId::new(1).unwrap(),
            device: DeviceId::new(2).unwrap(),
            bot,
            intents,
            shard: (0, 1),
        }
    }

    fn session() -> (Arc<Session>, Arc<Link>) {
        let link = Arc::new(Link::default());
        (Session::new(SessionId::random().unwrap(), owner(false, u64::MAX), link.clone()), link)
    }

    #[test]
    fn who_was_sent_ready_after_it_missed_nothing() {
        let (session, _) = session();
        let at = Timestamp::from_millis;
        assert!(session.may_miss(Some(1)), "it reads only behind READY, but who was taken up was sent none");
        session.begins_at(at(1_000), None);
        assert!(session.began_later_than(at(999)) && !session.began_later_than(at(1_000)));
        session.shown_at(at(3_000));
        let missed = [Some(2_999), Some(3_000), None].map(|before| session.may_miss(before));
        assert_eq!(missed, [false, true, true]);
    }

    /// Whoever gets its sight of a channel back is told so, and does not hear what was said in between: not from another node either.
    #[test]
    fn what_was_chosen_otherwise_before_is_behind_the_place_also_if_more_was_heard_since() {
        let place = |n| Position { stream: 1, entry: (n, 0) };
        let mark = |n| Mark { position: place(n), origin: Origin { publisher: 1, number: n } };
        for derived in [false, true] {
            let (session, link) = session();
            session.push(payload(1), Some(mark(5)), None, 0);
            // The node delivers what is not for it, up to 9.
            session.settle();
            if derived {
                session.push_derived(payload(1), 0);
            }
            let last = 2 + u64::from(derived);
            assert_eq!(session.place(Some(place(9))), Some((last, place(9))));
            session.push(payload(1), Some(mark(12)), None, 0);
            let just_before = Position { stream: 1, entry: (11, u64::MAX) };
            assert_eq!(session.place(Some(place(12))), Some((last, just_before)));
            assert_eq!(numbers(&session, &link).last(), Some(&(last + 1)));
            session.confirm(last + 1);
            assert_eq!(session.place(Some(place(13))), Some((last + 1, place(13))));
        }
    }

    /// Another node would count what was passed over, so it may not go on from further back.
    #[test]
    fn what_was_passed_over_while_a_session_began_is_behind_its_place() {
        let place = |n| Position { stream: 1, entry: (n, 0) };
        let mark = |n| Mark { position: place(n), origin: Origin { publisher: 1, number: n } };
        for passed in [false, true] {
            let link = Arc::new(Link::default());
            let session = Session::beginning(SessionId::random().unwrap(), owner(false, u64::MAX), link);
            session.push(payload(1), Some(mark(5)), None, 0);
            if passed {
                session.pass_over(Some(place(6)));
            }
            session.push(payload(1), Some(mark(7)), None, 0);
            assert!(session.begin(1, Some(place(8)), 0));
            assert_eq!(session.place(Some(place(8))), Some((3, place(8))));
            assert_eq!(session.tail(3).len(), 2, "its client may not have what came behind READY");
        }
    }

    /// Its node delivers what stood before its beginning a little later. Who talks to it at once is no reason to wait for its first
    /// heartbeat.
    #[test]
    fn a_session_can_go_on_elsewhere_as_soon_as_its_node_has_come_to_where_it_begins() {
        let place = |n| Position { stream: 1, entry: (n, 0) };
        let mark = |n| Mark { position: place(n), origin: Origin { publisher: 1, number: n } };
        let link = Arc::new(Link::default());
        let session = Session::beginning(SessionId::random().unwrap(), owner(false, u64::MAX), link);
        session.begins_at(Timestamp::from_millis(1), Some(place(10)));
        assert!(session.begin(1, Some(place(5)), 0));
        assert_eq!(session.place(Some(place(5))), None);
        // Not of messages, and so told although it stood there before.
        session.push(payload(1), Some(mark(7)), None, 0);
        assert_eq!(session.place(Some(place(7))), None);
        session.push(payload(1), Some(mark(12)), None, 0);
        assert_eq!(session.place(Some(place(12))), Some((2, place(10))));
        assert_eq!(session.tail(2).len(), 1);
        session.push(payload(1), Some(mark(13)), None, 0);
        assert_eq!(session.place(Some(place(13))), Some((2, place(10))));
    }

    fn numbers(session: &Session, link: &Arc<Link>) -> Vec<u64> {
        let mut batch = vec![];
        session.take(link, &mut batch, usize::MAX);
        batch.into_iter().map(|(n, _)| n).collect()
    }

    #[test]
    fn ids_are_read_back_and_nothing_else_is() {
        let id = SessionId::random().unwrap();
        assert_eq!(SessionId::parse(&id.to_string()), Some(id));
        for bad in
            ["", "+0000000000000000000000000000000", &id.to_string()[1..], &format!("{id}0"), &"G".repeat(32)]
        {
            assert_eq!(SessionId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_slow_reader_is_cut_and_can_resume() {
        let (session, link) = session();
        for _ in 0..BOUNDS.unsent_events {
            session.push(payload(1), None, None, 0);
        }
        assert_eq!(link.order(), None);
        session.push(payload(1), None, None, 7);
        assert_eq!(link.order(), Some(Order::Cut));
        assert_eq!(session.detached_since(), Some(7));
        assert!(numbers(&session, &link).is_empty());
        let next = Arc::new(Link::default());
        session.claim(&next, 1).unwrap();
        session.resumed(&next, (&[], 0), payload(1), 8);
        // It is far behind, and must not be cut for it before it could read.
        session.push(payload(1), None, None, 9);
        assert_eq!(next.order(), None);
        assert_eq!(numbers(&session, &next).len(), BOUNDS.unsent_events + 3);
        session.push(payload(1), None, None, 9);
        for _ in 0..BOUNDS.unsent_events {
            session.push(payload(1), None, None, 10);
        }
        assert_eq!(next.order(), Some(Order::Cut));
    }

    #[test]
    fn large_events_count_by_their_bytes() {
        let (session, link) = session();
        session.push(payload(BOUNDS.unsent_bytes - 10), None, None, 0);
        assert_eq!(link.order(), None);
        session.push(payload(100), None, None, 0);
        assert_eq!(link.order(), Some(Order::Cut));
    }

    #[test]
    fn the_newer_socket_takes_over() {
        let (session, old) = session();
        session.push(payload(1), None, None, 0);
        assert_eq!(numbers(&session, &old), [2]);
        let new = Arc::new(Link::default());
        session.claim(&new, 1).unwrap();
        assert_eq!(old.order(), Some(Order::Cut));
        // The old one neither reads on nor detaches what is not its own any more.
        assert!(numbers(&session, &old).is_empty());
        session.detach(&old, 5);
        assert_eq!(session.detached_since(), None);
        assert_eq!(numbers(&session, &new), [2]);
    }

    #[test]
    fn the_future_is_refused_with_4007_once_then_invalid() {
        let (session, link) = session();
        assert_eq!(session.claim(&link, 99), Err(ResumeRefused::Future));
        assert_eq!(session.claim(&link, 99), Err(ResumeRefused::Invalid));
        assert!(session.claim(&link, 1).is_ok());
        assert!(session.end(Order::Revoked));
        assert!(!session.end(Order::Cut));
        assert_eq!(link.order(), Some(Order::Revoked));
        assert_eq!(session.claim(&Arc::default(), 1), Err(ResumeRefused::Invalid));
    }

    #[test]
    fn bots_hear_what_they_asked_for_and_nothing_of_people() {
        use wire::gateway::intents::{DIRECT_MESSAGE_TYPING, DIRECT_MESSAGES};
        let typing = Event::TypingStart {
            channel: ChannelId::new(1).unwrap(),
            user: UserId::new(1).unwrap(),
            at: model::Timestamp::from_millis(0),
            guild: None,
        };
        let ack = Event::PinsAck {
            channel: ChannelId::new(1).unwrap(),
            at: model::Timestamp::from_millis(0),
            version: 1,
        };
        let hears = |bot, intents, shard, event: &Event| {
            let owner = Owner { shard, ..owner(bot, intents) };
            Session::new(SessionId::random().unwrap(), owner, Arc::default()).wants(event)
        };
        assert!(hears(false, 0, (0, 1), &ack));
        assert!(!hears(true, u64::MAX, (0, 1), &ack));
        assert!(hears(true, DIRECT_MESSAGE_TYPING, (0, 1), &typing));
        assert!(!hears(true, DIRECT_MESSAGES, (0, 1), &typing));
        assert!(!hears(true, DIRECT_MESSAGE_TYPING, (1, 2), &typing));
    }
}
