//! Whoever is chosen may hear it, whatever comes in which order.

use super::local::{Asked, Listeners, Local, Stale, changed};
use super::turns::Late;
use crate::link::Link;
use crate::session::{Owner, Session, SessionId};
use domain::guilds::local::Connected;
use model::event::{Event, GuildAudience, GuildFilter, MemberView};
use model::guild::{
    Guild, GuildChannel, GuildChannelKind, GuildState, Member, Overwrite, OverwriteTarget, Role, Versions,
};
use model::permissions::{Subject, in_channel, sight};
use model::user::User;
use model::{ChannelId, DeviceId, GuildId, MessageId, Permissions, RoleId, Timestamp, UserId};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

const USERS: u64 = 5;
const CHANNELS: u64 = 3;
const ROLE: u64 = 77;

fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

fn channel(n: u64) -> ChannelId {
    ChannelId::new(100 + n).unwrap()
}

fn guild() -> GuildId {
    GuildId::new(1).unwrap()
}

fn role(id: u64, permissions: Permissions) -> Role {
    Role {
        id: RoleId::new(id).unwrap(),
        name: "r".into(),
        permissions,
        position: u16::from(id != 1),
        color: 0,
        hoist: false,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    }
}

fn text(id: ChannelId) -> GuildChannel {
    GuildChannel {
        id,
        guild: guild(),
        kind: GuildChannelKind::Text,
        name: "c".into(),
        position: 0,
        parent: None,
        topic: None,
        nsfw: false,
        slowmode: 0,
        bitrate: 0,
        user_limit: 0,
        default_auto_archive: 60,
        flags: 0,
        overwrites: vec![],
        thread: None,
    }
}

/// The store, with all that it ever held.
struct Authority {
    state: Arc<GuildState>,
    members: BTreeMap<UserId, Member>,
    versions: Versions,
    history: Vec<(Versions, Arc<GuildState>, BTreeMap<UserId, Member>)>,
}

impl Authority {
    fn new() -> Self {
        let state = GuildState {
            guild: Guild::new(guild(), user(99), "g".into()),
            roles: vec![role(1, Permissions::VIEW_CHANNEL), role(ROLE, Permissions::NONE)],
            channels: (0..CHANNELS).map(|n| text(channel(n))).collect(),
            emojis: vec![],
            version: 1,
        };
        let members =
            (1..=USERS).map(|n| (user(n), Member::new(user(n), Timestamp::from_millis(0)))).collect();
        let mut new = Self {
            state: Arc::new(state),
            members,
            versions: Versions { state: 1, members: 1 },
            history: vec![],
        };
        new.keep();
        new
    }

    fn keep(&mut self) {
        self.history.push((self.versions, self.state.clone(), self.members.clone()));
    }

    fn change_state(&mut self, change: impl FnOnce(&mut GuildState)) {
        let mut state = (*self.state).clone();
        change(&mut state);
        self.versions.state += 1;
        state.version = self.versions.state;
        self.state = Arc::new(state);
        self.keep();
    }

    fn read(&self, users: &[UserId]) -> Connected {
        let members = users.iter().filter_map(|user| self.members.get(user).cloned()).collect();
        Connected { state: self.state.clone(), versions: self.versions, members }
    }

    /// Whether somebody saw a channel of that state by the membership of that time.
    fn saw(&self, state: usize, member: usize, who: UserId, what: ChannelId) -> bool {
        let (state, members) = (&self.history[state].1, &self.history[member].2);
        let Some((member, channel)) = members.get(&who).zip(state.channel(what)) else { return false };
        let now = Timestamp::from_millis(0);
        in_channel(state, channel, Subject::from(member), now).contains(Permissions::VIEW_CHANNEL)
    }
}

#[derive(Debug, Clone)]
enum Act {
    /// A channel is hidden from everybody, or shown.
    Hide(u64, bool),
    /// A role, or a user, sees a channel, or does not.
    Overwrite(u64, Option<u64>, bool),
    Role(u64, bool),
    Leave(u64),
    Join(u64),
    DeleteChannel(u64),
    Say(u64),
    Connect(u64),
    Disconnect(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (users, channels) = (1..=USERS, 0..CHANNELS);
    let act = prop_oneof![
        3 => (channels.clone(), any::<bool>()).prop_map(|(c, hide)| Act::Hide(c, hide)),
        3 => (channels.clone(), proptest::option::of(users.clone()), any::<bool>())
            .prop_map(|(c, u, see)| Act::Overwrite(c, u, see)),
        3 => (users.clone(), any::<bool>()).prop_map(|(u, has)| Act::Role(u, has)),
        2 => users.clone().prop_map(Act::Leave),
        2 => users.clone().prop_map(Act::Join),
        1 => channels.clone().prop_map(Act::DeleteChannel),
        8 => channels.prop_map(Act::Say),
        2 => users.clone().prop_map(Act::Connect),
        1 => users.prop_map(Act::Disconnect),
    ];
    prop::collection::vec(act, 1..60)
}

/// An event on its way: what it is, and after how much of the history it was accepted.
struct Sent {
    audience: GuildAudience,
    event: Event,
    at: usize,
    /// In how many steps it arrives.
    delay: usize,
}

fn session(n: u64) -> Arc<Session> {
    let owner = Owner {
        user: user(n),
        device: DeviceId::new(n).unwrap(),
        bot: false,
        intents: u64::MAX,
        shard: (0, 1),
    };
    Session::new(SessionId::random().unwrap(), owner, Arc::new(Link::default()))
}

fn view(member: &Member) -> Box<MemberView> {
    Box::new(MemberView { member: member.clone(), user: User::deleted(member.user) })
}

struct Run {
    authority: Authority,
    local: Local,
    /// Who is connected, and after how much of the history that was read: what it is shown at first is of then.
    connected: BTreeMap<u64, (Option<usize>, Arc<Session>)>,
    on_the_way: Vec<Sent>,
}

/// Steps that events are late by, at most, and then those that they overtook.
const LATEST: usize = 8;

const NOW: Timestamp = Timestamp::from_millis(1);

impl Run {
    fn new() -> Self {
        Self {
            authority: Authority::new(),
            local: Local::new(guild()),
            connected: BTreeMap::new(),
            on_the_way: vec![],
        }
    }

    fn send(&mut self, filter: GuildFilter, event: Event, delay: usize) {
        let versions = self.authority.versions;
        let state = &self.authority.state;
        let sight = filter.channel().and_then(|id| state.channel(id)).map(|channel| sight(state, channel));
        let audience = GuildAudience { guild: guild(), versions, filter, sight };
        self.on_the_way.push(Sent { audience, event, at: self.authority.history.len() - 1, delay });
    }

    fn changed(&mut self, channel: ChannelId, delay: usize) {
        let Some(changed) = self.authority.state.channel(channel).cloned() else { return };
        let event = Event::GuildChannelUpdate(Box::new(changed));
        self.send(GuildFilter::Channel(channel), event, delay);
    }

    fn act(&mut self, act: &Act, delay: usize) {
        match *act {
            Act::Hide(n, hide) => {
                self.overwrite(channel(n), OverwriteTarget::Role(RoleId::new(1).unwrap()), !hide);
                self.changed(channel(n), delay);
            }
            Act::Overwrite(n, who, see) => {
                let role = OverwriteTarget::Role(RoleId::new(ROLE).unwrap());
                self.overwrite(channel(n), who.map_or(role, |who| OverwriteTarget::Member(user(who))), see);
                self.changed(channel(n), delay);
            }
            Act::DeleteChannel(n) => {
                let Some(gone) = self.authority.state.channel(channel(n)).cloned() else { return };
                self.authority.change_state(|state| state.channels.retain(|c| c.id != gone.id));
                self.send(GuildFilter::Channel(gone.id), Event::GuildChannelDelete(Box::new(gone)), delay);
            }
            Act::Role(n, has) => {
                let Some(member) = self.authority.members.get_mut(&user(n)) else { return };
                member.roles = if has { vec![RoleId::new(ROLE).unwrap()] } else { vec![] };
                member.changed = self.authority.versions.members + 1;
                let event = Event::MemberUpdate { guild: guild(), member: view(member) };
                self.changed_members(event, delay);
            }
            Act::Leave(n) => {
                if self.authority.members.remove(&user(n)).is_some() {
                    let user = Box::new(User::deleted(user(n)));
                    self.changed_members(Event::MemberRemove { guild: guild(), user }, delay);
                }
            }
            Act::Join(n) => {
                if self.authority.members.contains_key(&user(n)) {
                    return;
                }
                // Nobody joins twice at the same time.
                let at = Timestamp::from_millis(self.authority.history.len() as i64);
                let came = self.authority.versions.members + 1;
                let member = Member::new(user(n), at).come_with(came);
                self.authority.members.insert(user(n), member.clone());
                self.changed_members(Event::MemberAdd { guild: guild(), member: view(&member) }, delay);
            }
            Act::Say(n) => {
                if self.authority.state.channel(channel(n)).is_none() {
                    return;
                }
                let event = Event::MessageDelete {
                    id: MessageId::new(1).unwrap(),
                    channel: channel(n),
                    guild: Some(guild()),
                };
                self.send(GuildFilter::Channel(channel(n)), event, delay);
            }
            Act::Connect(n) => {
                if self.authority.members.contains_key(&user(n)) && !self.connected.contains_key(&n) {
                    let session = session(n);
                    self.local.enter(&session);
                    self.connected.insert(n, (None, session));
                }
            }
            Act::Disconnect(n) => {
                if let Some((_, session)) = self.connected.remove(&n) {
                    self.local.leave(user(n), session.id);
                }
            }
        }
    }

    fn changed_members(&mut self, event: Event, delay: usize) {
        self.authority.versions.members += 1;
        self.authority.keep();
        self.send(GuildFilter::Everyone, event, delay);
    }

    fn overwrite(&mut self, id: ChannelId, target: OverwriteTarget, see: bool) {
        self.authority.change_state(|state| {
            for channel in state.channels.iter_mut().filter(|c| c.id == id) {
                channel.overwrites.retain(|overwrite| overwrite.target != target);
                let (allow, deny) = match see {
                    true => (Permissions::VIEW_CHANNEL, Permissions::NONE),
                    false => (Permissions::NONE, Permissions::VIEW_CHANNEL),
                };
                channel.overwrites.push(Overwrite { target, allow, deny });
            }
        });
    }

    /// As the gateway delivers; it reads when it must.
    fn deliver(&mut self, sent: &Sent) -> (Listeners, Late) {
        if let Event::MemberAdd { member, .. } = &sent.event
            && let Some((came, session)) = self.connected.get_mut(&member.member.user.get())
            && !self.local.holds(member.member.user, session.id)
        {
            *came = None;
            self.local.enter(session);
            self.local.came(member.member.user, sent.audience.versions.members, NOW);
        }
        for _ in 0..8 {
            let chosen = self.choose(sent);
            if let Ok(mut chosen) = chosen {
                for (n, (came, _)) in &mut self.connected {
                    if came.is_none() && self.local.member(user(*n)).is_some() {
                        *came = Some(self.authority.history.len());
                    }
                }
                self.local.was(&sent.event, sent.audience.versions, NOW);
                let late = self.local.late(&sent.audience, None);
                Arc::make_mut(&mut chosen).retain(|session| {
                    let user = session.owner.user;
                    !late.unseeing.contains(&user) && !late.unsure.contains(&user)
                });
                return (chosen, late);
            }
            let Asked { users, whole } = self.local.wanting(sent.audience.versions);
            let read = self.authority.read(&users);
            self.local.read(read, &Asked { users, whole }, NOW);
        }
        panic!("it is never known");
    }

    fn choose(&mut self, sent: &Sent) -> Result<Listeners, Stale> {
        if let Some(changed) = changed(&sent.event) {
            if self.local.is_unread() {
                return Err(Stale);
            }
            self.local.change(changed, sent.audience.versions, NOW)?;
        }
        self.local.choose(&sent.audience, &sent.event)
    }

    fn check(&self, sent: &Sent, (listeners, late): &(Listeners, Late)) -> Result<(), TestCaseError> {
        let GuildFilter::Channel(what) = sent.audience.filter else { return Ok(()) };
        let chosen: HashSet<UserId> = listeners.iter().map(|session| session.owner.user).collect();
        prop_assert_eq!(chosen.len(), listeners.len());
        let deleted = matches!(sent.event, Event::GuildChannelDelete(_));
        for (n, (came, _)) in &self.connected {
            let since: Vec<bool> = (sent.at..self.authority.history.len())
                .map(|at| {
                    // Of a channel that is gone it counts who saw it last.
                    let gone = self.authority.history[at].1.channel(what).is_none();
                    let state = if gone && deleted { sent.at - 1 } else { at };
                    self.authority.saw(state, at, user(*n), what)
                })
                .collect();
            if chosen.contains(&user(*n)) && !deleted {
                // A channel that went meanwhile was seen until then.
                let gone = self.authority.state.channel(what).is_none();
                prop_assert!(gone || since.contains(&true), "{n} hears of {what} and never saw it");
                // Whoever was here when it happened saw it then.
                let here = came.is_some_and(|came| came <= sent.at + 1);
                prop_assert!(gone || !here || since[0], "{n} hears of {what} and did not see it then");
                // Of what was said before it went and came back it heard then, or hears now.
                let came = self.local.member(user(*n)).map_or(0, |member| member.came);
                let is_for_it = came <= sent.audience.versions.members || (here && since[0]);
                prop_assert!(is_for_it, "{n} hears of {what} from before it came");
                // Who came lately and was looked at after that saw it then, too, or it was said with its coming.
                let lately = came > 0 && came < sent.audience.versions.members;
                prop_assert!(
                    gone || !lately || since[0],
                    "{n} came, and hears of {what} that it did not see"
                );
            }
            // Whoever came back is shown the guild when it is told so, and hears from there on.
            let shown = self.local.has(user(*n));
            // Of a channel that appeared and went again in one reading it was told neither.
            let lately = sent.at.saturating_sub(LATEST)..sent.at;
            let appeared =
                deleted && lately.into_iter().any(|at| !self.authority.saw(at, at, user(*n), what));
            if shown && !appeared && since.iter().all(|saw| *saw) {
                let hears = chosen.contains(&user(*n)) || late.unsure.contains(&user(*n));
                prop_assert!(hears, "{n} does not hear of {what} and sees it");
            }
        }
        for user in chosen {
            prop_assert!(self.connected.contains_key(&user.get()));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// State changes, member changes, messages, people who come and go, and events that overtake each other: who hears of
    /// a channel saw it at the event's version, if it was here then; who may view it all the time hears it, or begins anew, which
    /// happens only if events overtake each other.
    #[test]
    fn nobody_hears_of_what_it_may_not_view_and_all_others_do(
        acts in acts(),
        delays in prop::collection::vec(0usize..4, 60),
        in_order in prop::bool::weighted(0.2),
    ) {
        let mut run = Run::new();
        for (act, delay) in acts.iter().zip(&delays) {
            run.act(act, if in_order { 0 } else { *delay });
            let (due, later): (Vec<Sent>, Vec<Sent>) =
                run.on_the_way.drain(..).partition(|sent| sent.delay == 0);
            run.on_the_way = later;
            run.on_the_way.iter_mut().for_each(|sent| sent.delay -= 1);
            let mut due = std::collections::VecDeque::from(due);
            while let Some(sent) = due.pop_front() {
                let listeners = run.deliver(&sent);
                run.check(&sent, &listeners)?;
                prop_assert!(!in_order || listeners.1.is_empty(), "{:?}", listeners.1);
            }
        }
    }
}

#[test]
fn what_becomes_visible_is_told_and_what_is_hidden_goes() {
    let mut run = Run::new();
    run.act(&Act::Connect(1), 0);
    run.act(&Act::Connect(2), 0);
    run.act(&Act::Say(0), 0);
    let sent = run.on_the_way.remove(0);
    assert_eq!(run.deliver(&sent).0.len(), 2);
    let everyone = OverwriteTarget::Role(RoleId::new(1).unwrap());
    let told = |run: &mut Run| {
        let asked = Asked { users: run.local.users(), whole: true };
        let read = run.authority.read(&asked.users);
        let derived = run.local.read(read, &asked, NOW);
        let name = |event: &Event| match event {
            Event::GuildChannelCreate(_) => "came",
            Event::GuildChannelDelete(_) => "went",
            Event::GuildDelete { .. } => "left",
            other => panic!("{other:?}"),
        };
        derived.iter().map(|d| (name(&d.event), d.sessions.len())).collect::<Vec<_>>()
    };
    run.overwrite(channel(0), everyone, false);
    assert_eq!(told(&mut run), [("went", 2)]);
    assert_eq!(told(&mut run), []);
    run.overwrite(channel(0), OverwriteTarget::Member(user(2)), true);
    assert_eq!(told(&mut run), [("came", 1)]);
    // What is deleted is told by its own event, to who saw it.
    run.act(&Act::DeleteChannel(0), 0);
    let sent = run.on_the_way.remove(0);
    assert_eq!(run.deliver(&sent).0.len(), 1);
    // Who is gone is told so once.
    run.act(&Act::Leave(2), 0);
    assert_eq!(told(&mut run), [("left", 1)]);
    let sent = run.on_the_way.remove(0);
    assert_eq!(run.deliver(&sent).0.len(), 1, "the event comes after it was read");
}
