//! The lists of members beside channels, for people who look at them (protocol A.10).
//!
//! A guild's roster is read when somebody begins to look, kept up to date by events, and forgotten when nobody looks any
//! more. Of a guild with more than [`WITH_OFFLINE`] members it holds those who are online, and lists have no group
//! `offline`, as Discord's have none for large guilds: fifty thousand members cost what those who are online cost. Changes
//! are gathered for [`EVERY`], then each list is made once for all who look at it; few changes are told as rows that came and
//! went, many as the rows anew.
//!
//! What a session is told of lists is nothing that another node could tell it again: while it looks at one, it is not
//! kept for other nodes, and begins anew if its own is lost.

use super::book::Page;
use super::local::Local;
use crate::Gateway;
use crate::payload::{Payload, Scope};
use crate::session::{Session, SessionId};
use domain::Error;
use domain::guilds::local::{members_named, members_page, presences};
use model::event::{Event, GuildFilter, MemberView};
use model::guild::{GuildChannel, GuildState, Member, OverwriteTarget};
use model::limits::MEMBERS_PAGE;
use model::presence::{Presence, Status};
use model::{ChannelId, GuildId, Permissions, RoleId, UserId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use wire::gateway::dispatch::guild_member_list_update::{Group, GroupCount, Item, ListUpdate, Op, render};
use wire::gateway::incoming::guild_subscriptions::GuildSubscription;

/// How often changes are told.
pub(crate) const EVERY: Duration = Duration::from_millis(500);

/// Lists of guilds with more members have no group `offline`.
pub(crate) const WITH_OFFLINE: u64 = 1_000;

/// The most members that a roster holds.
const ROSTER: usize = 20_000;

/// The most channels of a guild that a session looks at, and users that it asks for.
const CHANNELS: usize = 5;
const USERS: usize = 1_000;

/// More changed rows than this are told as all of them.
const ROWS: usize = 40;

/// First and last row.
type Range = (usize, usize);

/// What a session asked for.
struct Looking {
    session: Arc<Session>,
    typing: bool,
    users: HashSet<UserId>,
    ranges: HashMap<ChannelId, Vec<Range>>,
    /// It was not told the rows yet.
    fresh: bool,
}

/// A member of the roster.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    view: MemberView,
    presence: Presence,
}

/// A row of a list.
#[derive(Clone)]
enum Row {
    Group(GroupCount),
    Member(Arc<Entry>),
}

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Key {
    Role(RoleId),
    Online,
    Offline,
    User(UserId),
}

impl Row {
    fn key(&self) -> Key {
        match self {
            Self::Group(GroupCount { id: Group::Role(role), .. }) => Key::Role(*role),
            Self::Group(GroupCount { id: Group::Online, .. }) => Key::Online,
            Self::Group(GroupCount { id: Group::Offline, .. }) => Key::Offline,
            Self::Member(entry) => Key::User(entry.view.member.user),
        }
    }

    fn item(&self) -> Item<'_> {
        match self {
            Self::Group(group) => Item::Group(*group),
            Self::Member(entry) => Item::Member(&entry.view, &entry.presence),
        }
    }

    /// Whether it shows the same. How many are in a group is told with every change anyway.
    fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Member(a), Self::Member(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => self.key() == other.key(),
        }
    }
}

/// The lists of one guild.
#[derive(Default)]
pub(crate) struct Lists {
    looking: HashMap<SessionId, Looking>,
    /// `None` while nobody looks.
    roster: Option<HashMap<UserId, Arc<Entry>>>,
    /// The reading of the roster that is under way. Until it ends nothing is told: half a list would look like a whole one.
    reading: Option<u64>,
    readings: u64,
    /// Who went while it was read.
    gone: HashSet<UserId>,
    /// Who is to be read again.
    pending: HashSet<UserId>,
    /// Something changed since it was told.
    changed: bool,
    /// What was told last, by list.
    told: HashMap<String, Vec<Row>>,
}

impl Lists {
    /// A session goes, or stops looking.
    pub(crate) fn leave(&mut self, session: SessionId) {
        if let Some(looking) = self.looking.remove(&session) {
            looking.session.look(false);
        }
        self.forget_unseen();
    }

    fn forget_unseen(&mut self) {
        if self.looking.values().all(|looking| looking.ranges.is_empty()) {
            self.forget();
            self.pending.clear();
            self.told.clear();
        }
    }

    fn forget(&mut self) {
        self.roster = None;
        self.reading = None;
        self.gone.clear();
    }

    /// Begins to read the roster. From here on events are heard: what is read is not older than those that are not.
    fn begin(&mut self) -> u64 {
        self.readings = self.readings.wrapping_add(1);
        self.reading = Some(self.readings);
        self.roster = Some(HashMap::new());
        self.readings
    }

    /// The roster was read, unless nobody waits for this reading any more. What was heard meanwhile is newer.
    fn complete(&mut self, reading: u64, read: Vec<Entry>) {
        let Some(roster) = self.roster.as_mut().filter(|_| self.reading == Some(reading)) else { return };
        for entry in read {
            let user = entry.view.member.user;
            if !self.gone.contains(&user) {
                roster.entry(user).or_insert_with(|| Arc::new(entry));
            }
        }
        self.reading = None;
        self.gone.clear();
        self.changed = true;
    }

    /// Takes what a session asks for; what it does not name stays.
    fn ask(&mut self, session: &Arc<Session>, asked: &GuildSubscription) {
        let looking = self.looking.entry(session.id).or_insert_with(|| Looking {
            session: session.clone(),
            typing: false,
            users: HashSet::new(),
            ranges: HashMap::new(),
            fresh: false,
        });
        if let Some(typing) = asked.typing {
            looking.typing = typing;
        }
        if let Some(users) = &asked.members {
            looking.users = users.iter().filter_map(|user| UserId::new(*user)).take(USERS).collect();
        }
        if let Some(channels) = &asked.channels {
            let ranges = channels.iter().take(CHANNELS);
            looking.ranges = ranges
                .filter_map(|(channel, ranges)| Some((ChannelId::new(*channel)?, ranges.clone())))
                .filter(|(_, ranges)| !ranges.is_empty())
                .collect();
            looking.fresh = true;
        }
        self.forget_unseen();
    }

    /// Whether a session asked for this event of a large guild.
    pub(crate) fn asked_for(&self, session: SessionId, event: &Event) -> bool {
        let Some(looking) = self.looking.get(&session) else { return false };
        match event {
            Event::TypingStart { channel, .. } => looking.typing || looking.ranges.contains_key(channel),
            Event::PresenceUpdate { presence, .. } => looking.users.contains(&presence.user),
            _ => true,
        }
    }

    /// An event of the guild.
    pub(crate) fn hear(&mut self, event: &Event) {
        let Some(roster) = &mut self.roster else { return };
        match event {
            Event::PresenceUpdate { presence, .. } => {
                let user = presence.user;
                match roster.get_mut(&user) {
                    Some(entry) => {
                        let view = entry.view.clone();
                        *entry = Arc::new(Entry { view, presence: (**presence).clone() });
                    }
                    None => {
                        self.pending.insert(user);
                    }
                }
            }
            Event::MemberUpdate { member, .. } => match roster.get_mut(&member.member.user) {
                Some(entry) => {
                    let presence = entry.presence.clone();
                    *entry = Arc::new(Entry { view: (**member).clone(), presence });
                }
                None => return,
            },
            Event::MemberAdd { member, .. } => {
                self.gone.remove(&member.member.user);
                self.pending.insert(member.member.user);
            }
            Event::MemberRemove { user, .. } => {
                roster.remove(&user.id);
                self.pending.remove(&user.id);
                if self.reading.is_some() {
                    self.gone.insert(user.id);
                }
            }
            Event::RoleCreate { .. }
            | Event::RoleUpdate { .. }
            | Event::RoleDelete { .. }
            | Event::GuildChannelUpdate(_)
            | Event::GuildChannelDelete(_) => {}
            _ => return,
        }
        self.changed = true;
    }

    /// Makes the lists that somebody looks at, and tells what changed.
    fn tell(
        &mut self,
        local: &mut Local,
        guild: GuildId,
        send: impl Fn(&Session, ChannelId, &ListUpdate<'_>),
    ) {
        let Some(roster) = self.roster.as_ref().filter(|_| self.reading.is_none()) else { return };
        let Some(state) = local.state().cloned() else { return };
        let count = local.count.unwrap_or_default();
        let offline = count <= WITH_OFFLINE;
        let online = roster.values().filter(|entry| is_online(&entry.presence)).count();
        let mut made: HashMap<String, (Vec<Row>, Vec<GroupCount>)> = HashMap::new();
        for looking in self.looking.values_mut() {
            let fresh = std::mem::take(&mut looking.fresh);
            if !fresh && !self.changed {
                continue;
            }
            for (channel, ranges) in &looking.ranges {
                let Some(holder) = state.channel(*channel).map(|channel| state.holder(channel)) else {
                    continue;
                };
                if !local.sees(looking.session.owner.user, *channel) {
                    continue;
                }
                let id = list_id(&state, holder);
                let (rows, groups) = made.entry(id.clone()).or_insert_with(|| {
                    let seeing =
                        roster.values().filter(|entry| local.would_see(&entry.view.member, holder.id));
                    rows(&state, seeing, offline)
                });
                let before = self.told.get(&id).filter(|_| !fresh);
                let changes = before.and_then(|before| changes(before, rows));
                let ops = changes.unwrap_or_else(|| whole(rows, ranges));
                if ops.is_empty() && !fresh {
                    continue;
                }
                let update = ListUpdate {
                    guild,
                    id: &id,
                    online_count: online,
                    member_count: usize::try_from(count).unwrap_or(usize::MAX),
                    groups,
                    ops: &ops,
                };
                send(&looking.session, *channel, &update);
            }
        }
        if std::mem::take(&mut self.changed) {
            self.told.clear();
        }
        self.told.extend(made.into_iter().map(|(id, (rows, _))| (id, rows)));
    }
}

fn is_online(presence: &Presence) -> bool {
    !matches!(presence.status, Status::Offline | Status::Invisible)
}

/// The rows of a list, and its groups: hoisted roles from the highest, then who is online, then who is not.
fn rows<'a>(
    state: &GuildState,
    entries: impl Iterator<Item = &'a Arc<Entry>>,
    offline: bool,
) -> (Vec<Row>, Vec<GroupCount>) {
    let hoisted = |member: &Member| {
        let roles = member.roles.iter().filter_map(|role| state.role(*role)).filter(|role| role.hoist);
        roles
            .max_by_key(|role| (role.position, std::cmp::Reverse(role.id)))
            .map(|role| (role.position, role.id))
    };
    let mut members: Vec<_> = entries
        .filter_map(|entry| {
            let (rank, group) = match (is_online(&entry.presence), hoisted(&entry.view.member)) {
                (true, Some((position, role))) => ((0, u16::MAX - position), Group::Role(role)),
                (true, None) => ((1, 0), Group::Online),
                (false, _) if offline => ((2, 0), Group::Offline),
                (false, _) => return None,
            };
            let (member, user) = (&entry.view.member, &entry.view.user);
            let name = member.nick.as_deref().or(user.global_name.as_deref()).unwrap_or(&user.username);
            Some((rank, name.to_lowercase(), member.user, group, entry))
        })
        .collect();
    members.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    let (mut rows, mut groups): (Vec<Row>, Vec<GroupCount>) = Default::default();
    for some in members.chunk_by(|a, b| a.3 == b.3) {
        let Some((_, _, _, id, _)) = some.first() else { continue };
        let group = GroupCount { id: *id, count: some.len() };
        groups.push(group);
        rows.push(Row::Group(group));
        rows.extend(some.iter().map(|(.., entry)| Row::Member((*entry).clone())));
    }
    (rows, groups)
}

/// What changed between two lists, row by row; `None` if that is more than to tell the rows anew.
fn changes<'a>(before: &'a [Row], now: &'a [Row]) -> Option<Vec<Op<'a>>> {
    let same_keys = before.len() == now.len() && before.iter().zip(now).all(|(a, b)| a.key() == b.key());
    if same_keys {
        let changed = before.iter().zip(now).enumerate().filter(|(_, (a, b))| !a.is_as(b));
        let ops: Vec<Op<'_>> =
            changed.map(|(index, (_, row))| Op::Update { index, item: row.item() }).collect();
        return (ops.len() <= ROWS).then_some(ops);
    }
    let (was, is): (HashMap<Key, &Row>, HashMap<Key, &Row>) = (
        before.iter().map(|row| (row.key(), row)).collect(),
        now.iter().map(|row| (row.key(), row)).collect(),
    );
    // Rows that stay as they are; all others go, and come.
    let stays = |key: &Key| was.get(key).zip(is.get(key)).is_some_and(|(a, b)| a.is_as(b));
    let kept_before = before.iter().map(Row::key).filter(stays);
    let kept_now = now.iter().map(Row::key).filter(stays);
    if !kept_before.eq(kept_now) {
        return None;
    }
    let gone = before.iter().enumerate().rev().filter(|(_, row)| !stays(&row.key()));
    let mut ops: Vec<Op<'_>> = gone.map(|(index, _)| Op::Delete { index }).collect();
    let came = now.iter().enumerate().filter(|(_, row)| !stays(&row.key()));
    ops.extend(came.map(|(index, row)| Op::Insert { index, item: row.item() }));
    (ops.len() <= ROWS).then_some(ops)
}

/// The rows of these ranges.
fn whole<'a>(rows: &'a [Row], ranges: &[Range]) -> Vec<Op<'a>> {
    let items = |range: &Range| {
        let rows = rows.iter().skip(range.0).take((range.1 - range.0.min(range.1)).saturating_add(1));
        rows.map(Row::item).collect()
    };
    ranges.iter().map(|range| Op::Sync { range: *range, items: items(range) }).collect()
}

/// What a list is called: lists of channels that the same people may view have one name.
fn list_id(state: &GuildState, holder: &GuildChannel) -> String {
    let named = |target: OverwriteTarget| match target {
        OverwriteTarget::Role(role) => role.get(),
        OverwriteTarget::Member(user) => user.get(),
    };
    let mut parts: Vec<String> = Vec::new();
    for overwrite in &holder.overwrites {
        if overwrite.allow.contains(Permissions::VIEW_CHANNEL) {
            parts.push(format!("allow:{}", named(overwrite.target)));
        } else if overwrite.deny.contains(Permissions::VIEW_CHANNEL) {
            parts.push(format!("deny:{}", named(overwrite.target)));
        }
    }
    let everyone = state.role(state.guild.id.everyone()).map_or(Permissions::NONE, |role| role.permissions);
    if parts.is_empty() && everyone.contains(Permissions::VIEW_CHANNEL) {
        return "everyone".to_owned();
    }
    parts.sort_unstable();
    murmur3(parts.join(",").as_bytes()).to_string()
}

/// MurmurHash3, 32 bits, seed 0: what clients know these lists by.
fn murmur3(bytes: &[u8]) -> u32 {
    let mix = |k: u32| k.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let mut hash = 0u32;
    let mut blocks = bytes.chunks_exact(4);
    for block in &mut blocks {
        let block = block.iter().rev().fold(0u32, |block, byte| (block << 8) | u32::from(*byte));
        hash = (hash ^ mix(block)).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let rest = blocks.remainder().iter().rev().fold(0u32, |rest, byte| (rest << 8) | u32::from(*byte));
    hash ^= mix(rest);
    hash ^= u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

impl Gateway {
    /// A person says what it wants to hear of a guild.
    pub(crate) async fn look_at(&self, session: &Arc<Session>, asked: &GuildSubscription) {
        let Some(guild) = GuildId::new(asked.guild) else { return };
        let Some(page) = self.hub().book.page(guild) else { return };
        // The names in a list are for those who may view its channel now, whatever events are still on their way.
        if let Err(error) = self.catch_up(&[guild]).await {
            tracing::debug!(%error, "a guild's rights could not be read: its lists are not shown");
            return;
        }
        if page.local.lock().member(session.owner.user).is_none() {
            return;
        }
        page.lists.lock().ask(session, asked);
        session.look(true);
        // Before it is told anything: other nodes could not count it.
        self.unpark(session).await;
        if let Err(error) = self.tend_lists(&page).await {
            tracing::debug!(%error, "a list of members could not be read");
        }
    }

    /// Tells what changed of a guild's lists.
    ///
    /// # Errors
    /// The store does not answer; it is tried again with the next change.
    pub(crate) async fn tend_lists(&self, page: &Page) -> Result<(), Error> {
        let (unread, pending) = {
            let mut lists = page.lists.lock();
            let looks = lists.looking.values().any(|looking| !looking.ranges.is_empty());
            let unread = (lists.roster.is_none() && looks).then(|| lists.begin());
            (unread, std::mem::take(&mut lists.pending))
        };
        if let Some(reading) = unread {
            let read = self.roster(page).await;
            let mut lists = page.lists.lock();
            match read {
                Ok(entries) => lists.complete(reading, entries),
                Err(error) => {
                    if lists.reading == Some(reading) {
                        lists.forget();
                    }
                    return Err(error);
                }
            }
        } else if !pending.is_empty() {
            let users: Vec<UserId> = pending.into_iter().collect();
            let views = members_named(self.world(), page.guild, &users).await?;
            let entries = self.entries(page, views).await?;
            if let Some(roster) = &mut page.lists.lock().roster {
                roster.extend(entries.into_iter().map(|entry| (entry.view.member.user, Arc::new(entry))));
            }
        }
        let mut local = page.local.lock();
        let mut lists = page.lists.lock();
        lists.tell(&mut local, page.guild, |session, channel, update| {
            let scope = Scope::Guild(page.guild, GuildFilter::Channel(channel));
            session.push_derived(Payload::new(&self.hub().meter, render(update), scope), self.now());
        });
        Ok(())
    }

    /// All members that a list may show.
    async fn roster(&self, page: &Page) -> Result<Vec<Entry>, Error> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let views = members_page(self.world(), page.guild, after, MEMBERS_PAGE).await?;
            let full = views.len() >= MEMBERS_PAGE;
            after = views.last().map(|view| view.member.user);
            all.extend(self.entries(page, views).await?);
            if !full || all.len() >= ROSTER {
                return Ok(all);
            }
        }
    }

    async fn entries(&self, page: &Page, views: Vec<MemberView>) -> Result<Vec<Entry>, Error> {
        let users: Vec<UserId> = views.iter().map(|view| view.member.user).collect();
        let online: HashMap<UserId, Presence> =
            presences(self.world(), &users).await?.into_iter().map(|p| (p.user, p)).collect();
        let offline = page.local.lock().count.unwrap_or_default() <= WITH_OFFLINE;
        let entry = |view: MemberView| {
            let presence = online.get(&view.member.user).cloned();
            let presence = presence.or_else(|| offline.then(|| Presence::offline(view.member.user)))?;
            Some(Entry { view, presence })
        };
        Ok(views.into_iter().filter_map(entry).collect())
    }
}

/// Tells what changed of lists, for ever.
pub(crate) async fn run(gateway: Gateway) {
    loop {
        tokio::time::sleep(EVERY).await;
        for page in gateway.hub().book.pages() {
            let due = {
                let lists = page.lists.lock();
                lists.roster.is_some()
                    && lists.reading.is_none()
                    && (lists.changed || !lists.pending.is_empty())
            };
            if due && let Err(error) = gateway.tend_lists(&page).await {
                tracing::debug!(%error, "lists of members could not be read");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;
    use model::guild::{Guild, Role};
    use model::user::User;

    fn entry(id: u64, name: &str, roles: &[u64], status: Status) -> Arc<Entry> {
        let user = UserId::new(id).unwrap();
        let mut member = Member::new(user, Timestamp::from_millis(0));
        member.roles = roles.iter().filter_map(|role| RoleId::new(*role)).collect();
        let user = User { username: name.into(), ..User::deleted(user) };
        let user = User { global_name: None, ..user };
        let presence = Presence { status, ..Presence::offline(member.user) };
        Arc::new(Entry { view: MemberView { member, user }, presence })
    }

    fn state() -> GuildState {
        let role = |id: u64, position: u16, hoist: bool| Role {
            id: RoleId::new(id).unwrap(),
            name: "r".into(),
            permissions: Permissions::DEFAULT,
            position,
            color: 0,
            hoist,
            mentionable: false,
            bot: None,
            icon: None,
            unicode_emoji: None,
        };
        GuildState {
            guild: Guild::new(GuildId::new(1).unwrap(), UserId::new(9).unwrap(), "g".into()),
            roles: vec![role(1, 0, false), role(2, 1, true), role(3, 2, true), role(4, 3, false)],
            channels: vec![],
            emojis: vec![],
            version: 1,
        }
    }

    fn shown(rows: &[Row]) -> String {
        let name = |row: &Row| match row {
            Row::Group(GroupCount { id: Group::Role(role), .. }) => format!("[{role}]"),
            Row::Group(GroupCount { id: Group::Online, .. }) => "[on]".into(),
            Row::Group(GroupCount { id: Group::Offline, .. }) => "[off]".into(),
            Row::Member(entry) => entry.view.user.username.clone(),
        };
        rows.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn groups_stand_by_rank_and_members_by_name() {
        let all = [
            entry(1, "zoe", &[3, 4], Status::Online),
            entry(2, "Bob", &[2, 3], Status::Idle),
            entry(3, "ann", &[2], Status::Dnd),
            entry(4, "max", &[4], Status::Online),
            entry(5, "eve", &[3], Status::Offline),
            entry(6, "Ada", &[], Status::Offline),
        ];
        let (rows_all, groups) = rows(&state(), all.iter(), true);
        assert_eq!(shown(&rows_all), "[3] Bob zoe [2] ann [on] max [off] Ada eve");
        assert_eq!(groups.iter().map(|group| group.count).collect::<Vec<_>>(), [2, 1, 1, 2]);
        assert_eq!(shown(&rows(&state(), all.iter(), false).0), "[3] Bob zoe [2] ann [on] max");
    }

    /// What a client makes of changes.
    fn applied(before: &[Row], ops: &[Op<'_>]) -> Vec<String> {
        let name = |item: &Item<'_>| match item {
            Item::Group(group) => format!("{:?}", group.id),
            Item::Member(view, presence) => format!("{} {:?}", view.user.username, presence.status),
        };
        let mut list: Vec<String> = before.iter().map(|row| name(&row.item())).collect();
        for op in ops {
            match op {
                Op::Insert { index, item } => list.insert(*index, name(item)),
                Op::Update { index, item } => list[*index] = name(item),
                Op::Delete { index } => {
                    list.remove(*index);
                }
                Op::Sync { .. } | Op::Invalidate { .. } => panic!("{op:?}"),
            }
        }
        list
    }

    proptest::proptest! {
        /// A client that applies the changes to what it had has what is.
        #[test]
        fn changes_lead_from_one_list_to_the_next(
            before in proptest::collection::btree_map(1u64..12, (0usize..3, 0usize..3), 0..8),
            now in proptest::collection::btree_map(1u64..12, (0usize..3, 0usize..3), 0..8),
        ) {
            let make = |list: &std::collections::BTreeMap<u64, (usize, usize)>| -> Vec<Arc<Entry>> {
                let status = [Status::Online, Status::Idle, Status::Offline];
                let roles: [&[u64]; 3] = [&[], &[2], &[3, 2]];
                list.iter().map(|(id, (s, r))| entry(*id, &format!("n{id}"), roles[*r], status[*s])).collect()
            };
            let (before, now) = (make(&before), make(&now));
            let (before, _) = rows(&state(), before.iter(), true);
            let (now, _) = rows(&state(), now.iter(), true);
            if let Some(ops) = changes(&before, &now) {
                proptest::prop_assert_eq!(applied(&before, &ops), applied(&now, &[]));
            }
        }
    }

    #[test]
    fn nothing_is_told_of_a_roster_that_is_still_being_read() {
        let guild = GuildId::new(1).unwrap();
        let read = |all: &[Arc<Entry>]| -> Vec<Entry> {
            let entry = |e: &Arc<Entry>| Entry { view: e.view.clone(), presence: e.presence.clone() };
            all.iter().map(entry).collect()
        };
        let all = [entry(1, "zoe", &[], Status::Online), entry(2, "bob", &[], Status::Online)];
        let mut lists = Lists::default();
        let reading = lists.begin();
        lists.hear(&Event::MemberRemove { guild, user: Box::new(all[1].view.user.clone()) });
        lists.changed = true;
        let mut local = Local::new(guild);
        lists.tell(&mut local, guild, |_, _, _| panic!("half a list is told"));
        assert!(lists.changed, "what was not told is told later");
        lists.complete(reading + 1, read(&all));
        assert!(lists.reading.is_some(), "another reading ends nothing");
        lists.complete(reading, read(&all));
        let known: Vec<_> = lists.roster.unwrap().keys().map(|user| user.get()).collect();
        assert_eq!(known, [1], "who went meanwhile is not brought back");
        assert!(lists.reading.is_none());
    }

    #[test]
    fn lists_are_named_as_clients_name_them() {
        assert_eq!(murmur3(b""), 0);
        assert_eq!(murmur3(b"hello"), 0x248b_fa47);
        assert_eq!(murmur3(b"hello, world"), 0x149b_bb7f);
    }
}
