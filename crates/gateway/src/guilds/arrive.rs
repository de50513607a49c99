//! A session comes into guilds, and is shown them.

use super::book::Page;
use super::deliver::LARGE;
use super::local::Asked;
use super::view::View;
use super::voice;
use crate::Gateway;
use crate::payload::{Payload, Scope};
use crate::session::Session;
use domain::Error;
use domain::guilds::local::{
    Appearance, Connected, OpenThreads, Shown, appearance, heads, member_count, memberships, state, threads,
    versions,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use model::event::MemberView;
use model::guild::{GuildChannelKind, GuildState, Member, Versions};
use model::voice::VoiceState;
use model::{ChannelId, GuildId, MessageId, Permissions, Timestamp, UserId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use wire::gateway::dispatch::guild_create::{self, Seen};
use wire::gateway::intents::{GUILD_PRESENCES, GUILDS};
use wire::guild_channel;

/// Guilds that are looked at together.
const TOGETHER: usize = 16;

/// How long a session that came into a guild is waited for, while all other events wait.
const PATIENCE: Duration = Duration::from_secs(5);

/// The newest message and pin of channels.
type Heads = HashMap<ChannelId, (Option<MessageId>, Option<Timestamp>)>;

/// A guild as one session is shown it.
pub(crate) struct Sight {
    state: Arc<GuildState>,
    member: Member,
    view: Arc<View>,
    appearance: Appearance,
    threads: OpenThreads,
    heads: Heads,
    voice: Vec<(VoiceState, MemberView)>,
    large: bool,
}

/// Its lists, as the renderer borrows them.
pub(crate) struct Lists<'a> {
    channels: Vec<guild_channel::Shown<'a>>,
    threads: Vec<guild_channel::Shown<'a>>,
}

impl Sight {
    /// What of its channels is shown.
    pub(crate) fn lists(&self) -> Lists<'_> {
        let mut lists = Lists { channels: Vec::new(), threads: Vec::new() };
        for (index, channel) in self.state.channels.iter().enumerate() {
            if !self.view.has(index) {
                continue;
            }
            let (last_message, last_pin) = self.heads.get(&channel.id).copied().unwrap_or_default();
            let member = self.threads.joined.get(&channel.id);
            let members = self.threads.members.get(&channel.id).copied().unwrap_or_default();
            let messages = self.threads.messages.get(&channel.id).copied().unwrap_or_default();
            let shown = guild_channel::Shown { channel, last_message, last_pin, members, messages, member };
            if !channel.kind.is_thread() {
                lists.channels.push(shown);
            } else if self.sees_thread(channel) {
                lists.threads.push(shown);
            }
        }
        lists
    }

    fn sees_thread(&self, thread: &model::guild::GuildChannel) -> bool {
        thread.kind != GuildChannelKind::PrivateThread
            || self.threads.joined.contains_key(&thread.id)
            || super::view::rights(&self.state, thread, &self.member).contains(Permissions::MANAGE_THREADS)
    }

    /// For the renderer.
    pub(crate) fn seen<'a>(&'a self, lists: &'a Lists<'a>) -> Seen<'a> {
        Seen {
            state: &self.state,
            joined: self.member.joined,
            large: self.large,
            member_count: self.appearance.member_count,
            members: &self.appearance.members,
            channels: &lists.channels,
            threads: &lists.threads,
            presences: &self.appearance.presences,
            voice_states: &self.voice,
        }
    }
}

impl Gateway {
    /// The guilds of a session's shard that its user is in.
    ///
    /// # Errors
    /// Store errors only.
    pub(crate) async fn guilds_of(&self, session: &Session) -> Result<Vec<(GuildId, Member)>, Error> {
        let all = memberships(self.world(), session.owner.user).await?;
        Ok(all.into_iter().filter(|(guild, _)| session.has_guild(*guild)).collect())
    }

    /// A session comes into guilds, and their events come to this node. Nothing is known of them yet.
    pub(crate) async fn enter(&self, session: &Arc<Session>, guilds: &[GuildId]) {
        let pages: Vec<Arc<Page>> =
            guilds.iter().map(|guild| self.hub().book.enter(*guild, session)).collect();
        if session.is_over() {
            // It went while it came.
            self.hub().book.leave(session);
        }
        futures_util::stream::iter(&pages).for_each_concurrent(TOGETHER, |page| self.attach(page)).await;
    }

    /// Routes a guild's events here.
    async fn attach(&self, page: &Page) {
        use std::sync::atomic::Ordering::{Acquire, Release};
        if page.attached.load(Acquire) {
            return;
        }
        match self.world().ports.bus.attach_guild(page.guild).await {
            Ok(()) => page.attached.store(true, Release),
            // The next keep-alive tries again.
            Err(error) => tracing::debug!(%error, "a guild was not entered in the routing table"),
        }
    }

    /// Learns of the guilds that a session came into. What is read now is not older than any event that the session did not
    /// hear. Those of which its user is no member any more are left out.
    ///
    /// # Errors
    /// Store errors only.
    pub(crate) async fn learn(&self, session: &Session, entered: &[GuildId]) -> Result<Vec<GuildId>, Error> {
        if entered.is_empty() {
            return Ok(Vec::new());
        }
        let known: HashMap<GuildId, Versions> = versions(self.world(), entered).await?.into_iter().collect();
        let members: HashMap<GuildId, Member> = self.guilds_of(session).await?.into_iter().collect();
        let read: Vec<Option<GuildId>> = futures_util::stream::iter(entered.to_vec())
            .map(|guild| {
                self.learn_one(session, guild, known.get(&guild).copied(), members.get(&guild).cloned())
            })
            .buffered(TOGETHER)
            .try_collect()
            .await?;
        Ok(read.into_iter().flatten().collect())
    }

    async fn learn_one(
        &self,
        session: &Session,
        guild: GuildId,
        versions: Option<Versions>,
        member: Option<Member>,
    ) -> Result<Option<GuildId>, Error> {
        let Some(page) = self.hub().book.page(guild) else { return Ok(None) };
        let user = session.owner.user;
        let (Some(versions), Some(member)) = (versions, member) else {
            page.local.lock().leave(user, session.id);
            return Ok(None);
        };
        let held = page.local.lock().state().cloned().filter(|held| held.version >= versions.state);
        let state = match held {
            Some(held) => held,
            None => match state(self.world(), guild).await? {
                Some(state) => state,
                None => return Ok(None),
            },
        };
        if page.local.lock().count.is_none() {
            let count = member_count(self.world(), guild).await?;
            page.local.lock().count.get_or_insert(count);
        }
        {
            let mut local = page.local.lock();
            // Of one who was here before it is known as it was told.
            if local.member(user).is_none() {
                let users = vec![user];
                let whole = local.users() == users;
                let versions = Versions { state: state.version, ..versions };
                let read = Connected { state, versions, members: vec![member] };
                self.take_in(&page, &mut local, read, &Asked { users, whole });
            }
        }
        self.know(&page, versions).await?;
        Ok(page.local.lock().member(user).is_some().then_some(guild))
    }

    /// What a session is shown of a guild; `None` if its user is no member, or it did not ask for guilds.
    ///
    /// # Errors
    /// Store errors only.
    pub(crate) async fn sight(
        &self,
        session: &Session,
        guild: GuildId,
        threshold: u64,
    ) -> Result<Option<Sight>, Error> {
        let owner = &session.owner;
        if owner.bot && owner.intents & GUILDS == 0 {
            return Ok(None);
        }
        let Some(page) = self.hub().book.page(guild) else { return Ok(None) };
        let Some((state, member, view, count)) = page.local.lock().seen_by(owner.user) else {
            return Ok(None);
        };
        let world = self.world();
        let large = count > threshold;
        let shown = match owner.bot {
            true if owner.intents & GUILD_PRESENCES == 0 => Shown::Own,
            // Of a large guild people look at lists.
            false if large => Shown::Own,
            _ => Shown::UpTo(threshold),
        };
        let states = voice::seen(world, &page, &state, &view).await?;
        let in_voice: Vec<UserId> = states.iter().map(|state| state.user).collect();
        let appearance = appearance(world, guild, owner.user, shown, &in_voice).await?;
        let voice = voice::with_members(states, &appearance.members);
        let channels =
            state.channels.iter().enumerate().filter(|(index, c)| view.has(*index) && c.kind.has_messages());
        let (mut with_messages, mut open_threads) = (Vec::new(), Vec::new());
        for (_, channel) in channels {
            with_messages.push(channel.id);
            if channel.kind.is_thread() {
                open_threads.push(channel);
            }
        }
        let heads = heads(world, &with_messages).await?;
        let threads = threads(world, guild, owner.user, &open_threads).await?;
        drop(open_threads);
        let large = appearance.member_count > threshold;
        Ok(Some(Sight { state, member, view, appearance, threads, heads, voice, large }))
    }

    /// What a session that begins is shown of these guilds.
    ///
    /// # Errors
    /// Store errors only.
    pub(crate) async fn sights(
        &self,
        session: &Session,
        guilds: &[GuildId],
        threshold: u64,
    ) -> Result<Vec<Sight>, Error> {
        let sights: Vec<Option<Sight>> = futures_util::stream::iter(guilds.to_vec())
            .map(|guild| self.sight(session, guild, threshold))
            .buffered(TOGETHER)
            .try_collect()
            .await?;
        Ok(sights.into_iter().flatten().collect())
    }

    /// The sessions of a user are in a guild from now on, by the change of its members that led to this version: each that was
    /// not shown it is. Nothing of the guild comes between.
    pub(crate) async fn joined(&self, guild: GuildId, sessions: &[Arc<Session>], version: u64) {
        for session in sessions.iter().filter(|session| session.has_guild(guild)) {
            let page = self.hub().book.page(guild);
            if page.is_some_and(|page| page.local.lock().holds(session.owner.user, session.id)) {
                continue;
            }
            let came = async {
                self.enter(session, &[guild]).await;
                if let Some(page) = self.hub().book.page(guild) {
                    page.local.lock().came(session.owner.user, version, self.world().ports.clock.now());
                }
                if self.learn(session, &[guild]).await?.is_empty() {
                    // It left meanwhile.
                    return Ok::<_, Error>(());
                }
                let Some(sight) = self.sight(session, guild, LARGE).await? else { return Ok(()) };
                let lists = sight.lists();
                let rendered = guild_create::joined(&sight.seen(&lists));
                session.push_derived(Payload::new(&self.hub().meter, rendered, Scope::Open), self.now());
                Ok(())
            };
            if !matches!(tokio::time::timeout(PATIENCE, came).await, Ok(Ok(()))) {
                tracing::warn!("a guild cannot be shown to who came into it: its session begins anew");
                crate::deliver::begin_anew(self, vec![session.clone()]);
            }
        }
    }

    /// Whether what went to those who pass a filter may be sent to this session again, as far as it is known here.
    pub(crate) fn may_see(&self, session: &Session, scope: &Scope) -> bool {
        let Scope::Guild(guild, filter) = scope else { return true };
        let page = self.hub().book.page(*guild);
        page.is_some_and(|page| page.local.lock().may_hear(session.owner.user, filter))
    }

    /// The guilds' routes are kept alive, and those in which nobody was for a while are let go.
    pub(crate) async fn keep_guilds(&self) {
        for page in self.hub().book.pages() {
            if let Err(error) = self.world().ports.bus.attach_guild(page.guild).await {
                tracing::debug!(%error, "a guild's route was not kept alive");
                return;
            }
            page.attached.store(true, std::sync::atomic::Ordering::Release);
        }
    }

    /// Lets guilds go in which nobody was for so many seconds.
    pub(crate) fn sweep_guilds(&self, after: u32) {
        for guild in self.hub().book.sweep(self.now(), after) {
            self.world().ports.bus.detach_guild(guild);
            if self.hub().book.page(guild).is_some_and(|page| {
                // Somebody came just now, and may have found it attached.
                page.attached.swap(false, std::sync::atomic::Ordering::AcqRel)
            }) {
                let gateway = self.clone();
                tokio::spawn(async move { gateway.keep_guilds().await });
            }
        }
    }

    /// Makes sure that nothing that is known of these guilds is older than now.
    ///
    /// # Errors
    /// Store errors only.
    pub(crate) async fn catch_up(&self, guilds: &[GuildId]) -> Result<(), Error> {
        for (guild, versions) in versions(self.world(), guilds).await? {
            if let Some(page) = self.hub().book.page(guild) {
                self.know(&page, versions).await?;
            }
        }
        Ok(())
    }
}
