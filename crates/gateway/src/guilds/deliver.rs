//! From an event of a guild to the sessions that may hear of it.

use super::book::Page;
use super::local::{Asked, Listeners, Stale, changed};
use super::turns::Late;
use crate::Gateway;
use crate::alone::Told;
use crate::payload::{Payload, Scope};
use crate::session::Session;
use domain::audience::Mark;
use domain::guilds::local::connected;
use model::event::{Envelope, Event, GuildAudience};
use model::{GuildId, Timestamp, UserId};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use wire::gateway::dispatch;

/// How long events wait for what has to be read before a guild's sessions begin anew: all other events wait behind them.
const PATIENCE: Duration = Duration::from_secs(5);

/// More members than this make a guild large: people are told who types there, and how who is, only if they ask for it
/// (ops 14 and 37).
pub(crate) const LARGE: u64 = 250;

impl Gateway {
    /// Hands an event of a guild to the sessions that may hear of it: how many.
    pub(crate) async fn deliver_of_guild(
        &self,
        envelope: &Envelope,
        audience: &GuildAudience,
        mark: Option<Mark>,
    ) -> usize {
        if let Some(page) = self.hub().book.page(audience.guild) {
            loop {
                match self.hand_out(&page, envelope, audience, mark) {
                    Ok(handed) => {
                        if let Event::MemberAdd { member, .. } = &*envelope.event {
                            // Mostly it is not here, or was shown the guild; but if it was told that it had left after
                            // it came back, it comes in here.
                            let sessions = self.hub().of_devices(member.member.user, None);
                            self.joined(audience.guild, &sessions, audience.versions.members).await;
                        }
                        return handed;
                    }
                    Err(Stale) => {
                        let known = tokio::time::timeout(PATIENCE, self.know(&page, audience.versions)).await;
                        if !matches!(known, Ok(Ok(()))) {
                            tracing::warn!("a guild's rights cannot be read: its sessions begin anew");
                            let sessions = page.local.lock().end();
                            self.hub().book.left(&page, &sessions);
                            crate::deliver::begin_anew(self, sessions);
                            break;
                        }
                    }
                }
            }
        }
        self.hub().passed(mark);
        0
    }

    /// Chooses and queues in one step.
    fn hand_out(
        &self,
        page: &Page,
        envelope: &Envelope,
        audience: &GuildAudience,
        mark: Option<Mark>,
    ) -> Result<usize, Stale> {
        let event = &*envelope.event;
        self.hub().with_reached(mark, || {
            let mut local = page.local.lock();
            if let Event::GuildDelete { .. } = event {
                let sessions = local.end();
                self.hub().book.left(page, &sessions);
                return Ok(self.queue(&sessions, envelope, Scope::Open, mark, |_| true));
            }
            if let Some(changed) = changed(event) {
                if local.is_unread() {
                    return Err(Stale);
                }
                let before = local.versions().members;
                let derived = local.change(changed, audience.versions, self.world().ports.clock.now())?;
                if local.versions().members > before
                    && let Some(count) = &mut local.count
                {
                    match event {
                        Event::MemberAdd { .. } => *count += 1,
                        Event::MemberRemove { .. } => *count = count.saturating_sub(1),
                        _ => {}
                    }
                }
                self.tell_derived(page, derived);
            }
            let mut listeners = local.choose(audience, event)?;
            let (known, then) = (local.versions(), audience.versions);
            if then.state < known.state || then.members < known.members {
                local.was(event, then, self.world().ports.clock.now());
            }
            let said = match event {
                Event::MessageCreate { view, .. } => {
                    Some(Timestamp::from_millis(view.message.id.created_ms()))
                }
                _ => None,
            };
            let late = local.late(audience, said.filter(|_| envelope.stored_by.is_some()));
            if !late.is_empty() {
                metrics::counter!("gateway_late_events").increment(1);
                self.pass_over(&mut listeners, &late, mark);
            }
            let large = local.count.is_some_and(|count| count > LARGE);
            page.lists.lock().hear(event);
            let fresh = match event {
                Event::MessageCreate { view, .. } => {
                    let users = listeners.iter().map(|session| session.owner.user);
                    self.alone().delivered_to(view.message.id, mark.map(|mark| mark.origin.publisher), users)
                }
                _ => Told::Nobody,
            };
            // What is delivered alone has no place in a stream by which it would be known who began after it.
            if let Some(said) = said.filter(|_| envelope.stored_by.is_some() || self.alone().is_on()) {
                let stored = envelope.stored_by.map_or(said, Timestamp::from_millis);
                self.leave_to_history(&mut listeners, (said, stored), &fresh, mark);
            }
            let scope = Scope::of(envelope);
            if matches!(event, Event::VoiceStateUpdate { gone: false, .. }) {
                page.voiced.store(true, Ordering::Release);
            }
            let quiet = large && matches!(event, Event::TypingStart { .. } | Event::PresenceUpdate { .. });
            let handed = self.queue(&listeners, envelope, scope, mark, |session| {
                !fresh.has(session.owner.user)
                    && (!quiet || session.owner.bot || page.lists.lock().asked_for(session.id, event))
            });
            Ok(handed)
        })
    }

    /// Takes those out of the listeners who are not to hear of a late event. Other nodes would count it, so they cannot go on
    /// from before it; and who nobody is sure of begins anew.
    fn pass_over(&self, listeners: &mut Listeners, late: &Late, mark: Option<Mark>) {
        let unsure: Vec<Arc<Session>> =
            listeners.iter().filter(|session| late.unsure.contains(&session.owner.user)).cloned().collect();
        Arc::make_mut(listeners).retain(|session| {
            let user = session.owner.user;
            let hears = !late.unseeing.contains(&user) && !late.unsure.contains(&user);
            if !hears {
                session.pass_over(mark.map(|mark| mark.position));
                self.park_soon(session);
            }
            hears
        });
        let why = "nobody knows whether a late event is for them";
        crate::deliver::begin_anew_unless_alone(self, unsure, why);
    }

    /// Takes those out of the listeners who began after a message was said that is told again, or without a place: under which
    /// rights it was said nobody knows by now, and it is in the history that they read behind READY. Unless it was stored so
    /// slowly that they may have read before: who was not told of it begins anew then.
    fn leave_to_history(
        &self,
        listeners: &mut Listeners,
        (said, stored): (Timestamp, Timestamp),
        told: &Told,
        mark: Option<Mark>,
    ) {
        if !listeners.iter().any(|session| session.began_later_than(said)) {
            return;
        }
        let mut unsure = Vec::new();
        Arc::make_mut(listeners).retain(|session| {
            if !session.began_later_than(said) {
                return true;
            }
            session.pass_over(mark.map(|mark| mark.position));
            self.park_soon(session);
            let may_have_read = session.shown().is_some_and(|shown| stored > shown);
            if may_have_read && !told.has(session.owner.user) {
                unsure.push(session.clone());
            }
            false
        });
        let why = "a message that is told again may be missing from what they read";
        crate::deliver::begin_anew_unless_alone(self, unsure, why);
    }

    /// Queues an event for those of these sessions that want it. It is rendered once, and once more without what some bots
    /// may not read.
    fn queue(
        &self,
        sessions: &[Arc<Session>],
        envelope: &Envelope,
        scope: Scope,
        mark: Option<Mark>,
        wanted: impl Fn(&Session) -> bool,
    ) -> usize {
        let event = &*envelope.event;
        let message = match event {
            Event::MessageCreate { view, .. } => Some(view.message.id),
            _ => None,
        };
        let place = mark.map(|mark| mark.position).filter(|_| event.is_of_messages());
        let (mut whole, mut blank): (Option<Arc<Payload>>, Option<Arc<Payload>>) = (None, None);
        let (meter, now) = (&self.hub().meter, self.now());
        let mut handed = 0;
        for session in sessions {
            if !session.wants_of_guild(event)
                || session.knows(message)
                || session.began_after(place)
                || !wanted(session)
            {
                continue;
            }
            let reads = session.reads(event);
            let kept = if reads { &mut whole } else { &mut blank };
            if kept.is_none() {
                let rendered = if reads { None } else { dispatch::render_without_content(event) };
                let Some(rendered) = rendered.or_else(|| dispatch::render(event)) else { return handed };
                *kept = Some(Payload::new(meter, rendered, scope.clone()));
            }
            if let Some(payload) = kept {
                session.push(payload.clone(), mark, message, now);
                handed += 1;
            }
        }
        handed
    }

    /// What a session would have been handed of an event that it did not hear.
    pub(crate) fn rendered_for(&self, session: &Session, envelope: &Envelope) -> Option<Arc<Payload>> {
        let event = &*envelope.event;
        let blank = if session.reads(event) { None } else { dispatch::render_without_content(event) };
        let rendered = blank.or_else(|| dispatch::render(event))?;
        Some(Payload::new(&self.hub().meter, rendered, Scope::of(envelope)))
    }

    /// Somebody is said to be a member no longer: it is looked at, for it may have come back meanwhile.
    pub(crate) async fn left(&self, guild: GuildId, user: UserId) {
        let Some(page) = self.hub().book.page(guild).filter(|page| page.local.lock().has(user)) else {
            return;
        };
        let read = tokio::time::timeout(PATIENCE, connected(self.world(), guild, &[user])).await;
        match read {
            Ok(Ok(Some(read))) => {
                let mut local = page.local.lock();
                self.take_in(&page, &mut local, read, &Asked { users: vec![user], whole: false });
            }
            Ok(Ok(None)) => self.gone(&page),
            Ok(Err(_)) | Err(_) => {
                crate::deliver::begin_anew(self, self.hub().of_devices(user, None).into_vec());
            }
        }
    }
}
