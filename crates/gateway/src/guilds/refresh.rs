//! Reads what is not known of a guild, or too old.

use super::book::Page;
use super::local::{Asked, Derived, Local};
use crate::Gateway;
use crate::payload::{Payload, Scope};
use domain::Error;
use domain::guilds::local::{Connected, connected, member_count};
use model::event::Event;
use model::guild::Versions;
use wire::gateway::dispatch;

/// How often it is read anew for one event, at most: each time somebody may come in meanwhile.
const TRIES: u32 = 16;

/// If more sessions than this hear of a guild, people's are parked anew by their next heartbeats when its state changes, and only
/// bots' at once.
const PARKED_AT_ONCE: usize = 2_000;

impl Gateway {
    /// Reads until everybody who is here is known, and nothing is older than these versions. Whoever gains or loses the
    /// sight of a channel by it is told.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn know(&self, page: &Page, versions: Versions) -> Result<(), Error> {
        for _ in 0..TRIES {
            if !page.local.lock().is_stale(versions) {
                return Ok(());
            }
            let _turn = page.reading.lock().await;
            if !page.local.lock().is_stale(versions) {
                return Ok(());
            }
            let asked = page.local.lock().wanting(versions);
            metrics::counter!("gateway_guild_reads").increment(1);
            let Some(read) = connected(self.world(), page.guild, &asked.users).await? else {
                self.gone(page);
                return Ok(());
            };
            let count = page.local.lock().count;
            let count = match count {
                // What is read whole may jump over memberships that came or went, whose own events count nothing then.
                Some(count) if !asked.whole => count,
                _ => member_count(self.world(), page.guild).await?,
            };
            let mut local = page.local.lock();
            local.count = Some(count);
            self.take_in(page, &mut local, read, &asked);
        }
        // It changes faster than it can be read; that is no store that answers.
        Err(Error::Unavailable)
    }

    /// Takes in what was read, and tells what follows from it. Under another state events are chosen otherwise, and who takes a session
    /// up by a record from before it cannot go on: whoever is here is parked anew.
    pub(crate) fn take_in(&self, page: &Page, local: &mut Local, read: Connected, asked: &Asked) {
        let before = local.versions().state;
        let derived = local.read(read, asked, self.world().ports.clock.now());
        self.tell_derived(page, derived);
        if before > 0 && local.versions().state > before {
            let sessions = local.sessions();
            let few = sessions.len() <= PARKED_AT_ONCE;
            let anew = sessions.iter().filter(|session| few || session.owner.bot);
            anew.for_each(|session| self.park_soon(session));
        }
    }

    /// The guild is not there any more.
    pub(crate) fn gone(&self, page: &Page) {
        let mut local = page.local.lock();
        let sessions = local.end();
        let derived =
            Derived { event: Event::GuildDelete { guild: page.guild }, scope: Scope::Open, sessions };
        self.tell_derived(page, vec![derived]);
    }

    /// Tells sessions what follows for them. The guild's lock is held: nothing of the guild is told in between.
    pub(crate) fn tell_derived(&self, page: &Page, derived: Vec<Derived>) {
        let mut in_voice = Vec::new();
        for derived in derived {
            match &derived.event {
                Event::GuildDelete { .. } => self.hub().book.left(page, &derived.sessions),
                Event::GuildChannelCreate(channel) if channel.kind.is_voice() => {
                    in_voice.push((channel.id, derived.sessions.clone()));
                }
                _ => {}
            }
            let mut payload = None;
            for session in &derived.sessions {
                if !session.wants_of_guild(&derived.event) {
                    // It chooses otherwise from here on all the same.
                    session.settle();
                    continue;
                }
                if payload.is_none() {
                    let Some(rendered) = dispatch::render(&derived.event) else { break };
                    payload = Some(Payload::new(&self.hub().meter, rendered, derived.scope.clone()));
                }
                if let Some(payload) = &payload {
                    session.push_derived(payload.clone(), self.now());
                }
            }
        }
        self.show_in_voice(page.guild, in_voice);
    }
}
