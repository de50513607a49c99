//! The guilds that somebody who is connected here is in.

use super::lists::Lists;
use super::local::Local;
use crate::session::{Session, SessionId};
use dashmap::DashMap;
use model::{ChannelId, GuildId};
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// One guild of the book.
pub(crate) struct Page {
    /// Which.
    pub(crate) guild: GuildId,
    /// What is known of it. Held while its events are handed out, so that nothing comes between choosing and queueing.
    pub(crate) local: Mutex<Local>,
    /// The lists of members that somebody looks at, and whose presences they asked for.
    pub(crate) lists: Mutex<Lists>,
    /// Its events are routed to this node.
    pub(crate) attached: AtomicBool,
    /// Somebody may be in voice there.
    pub(crate) voiced: AtomicBool,
    /// When it was last seen to be without anybody, in seconds of the gateway's life; 0 while somebody is here.
    empty_since: AtomicU32,
    /// One reading at a time: those who wait for one mostly find it done.
    pub(crate) reading: tokio::sync::Mutex<()>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Book {
    pages: DashMap<GuildId, Arc<Page>>,
    sessions: DashMap<SessionId, Vec<GuildId>>,
}

impl Book {
    /// A guild.
    pub(crate) fn page(&self, guild: GuildId) -> Option<Arc<Page>> {
        self.pages.get(&guild).map(|page| page.clone())
    }

    /// A session comes into a guild. It is heard once the memberships of all that are here are read.
    pub(crate) fn enter(&self, guild: GuildId, session: &Arc<Session>) -> Arc<Page> {
        // The entry is held: a page is not torn out between finding it and coming in.
        let page = self.pages.entry(guild).or_insert_with(|| {
            Arc::new(Page {
                guild,
                local: Mutex::new(Local::new(guild)),
                lists: Mutex::default(),
                attached: AtomicBool::new(false),
                voiced: AtomicBool::new(false),
                empty_since: AtomicU32::new(0),
                reading: tokio::sync::Mutex::default(),
            })
        });
        page.empty_since.store(0, Ordering::Release);
        page.local.lock().enter(session);
        let entered = page.clone();
        drop(page);
        let mut guilds = self.sessions.entry(session.id).or_default();
        if !guilds.contains(&guild) {
            guilds.push(guild);
        }
        entered
    }

    /// A session goes, from all of its guilds.
    pub(crate) fn leave(&self, session: &Session) {
        let Some((id, guilds)) = self.sessions.remove(&session.id) else { return };
        for guild in guilds {
            if let Some(page) = self.page(guild) {
                page.local.lock().leave(session.owner.user, id);
                page.lists.lock().leave(id);
            }
        }
    }

    /// Sessions are in a guild no longer.
    ///
    /// The page is handed in: who calls holds its lock, and must not look for it.
    pub(crate) fn left(&self, page: &Page, sessions: &[Arc<Session>]) {
        for session in sessions {
            if let Some(mut guilds) = self.sessions.get_mut(&session.id) {
                guilds.retain(|other| *other != page.guild);
            }
            page.lists.lock().leave(session.id);
        }
    }

    /// The guilds of a session.
    pub(crate) fn of(&self, session: SessionId) -> Vec<GuildId> {
        self.sessions.get(&session).map(|guilds| guilds.clone()).unwrap_or_default()
    }

    /// All pages.
    pub(crate) fn pages(&self) -> Vec<Arc<Page>> {
        self.pages.iter().map(|page| page.clone()).collect()
    }

    /// All guilds.
    pub(crate) fn guilds(&self) -> Vec<GuildId> {
        self.pages.iter().map(|page| *page.key()).collect()
    }

    /// Takes out the guilds in which nobody has been for so many seconds; those whose routes are to go.
    pub(crate) fn sweep(&self, now: u32, after: u32) -> Vec<GuildId> {
        let mut gone = Vec::new();
        for page in self.pages() {
            if !page.local.lock().is_empty() {
                continue;
            }
            let since = page.empty_since.load(Ordering::Acquire);
            if since == 0 {
                page.empty_since.store(now.max(1), Ordering::Release);
            } else if now.saturating_sub(since) >= after
                && self.pages.remove_if(&page.guild, |_, page| page.local.lock().is_empty()).is_some()
            {
                gone.push(page.guild);
            }
        }
        gone
    }

    /// The channels of all guilds here in which messages can be.
    pub(crate) fn channels(&self) -> HashSet<ChannelId> {
        let mut all = HashSet::new();
        for page in self.pages() {
            let local = page.local.lock();
            let channels = local.state().into_iter().flat_map(|state| &state.channels);
            all.extend(channels.filter(|channel| channel.kind.has_messages()).map(|channel| channel.id));
        }
        all
    }
}
