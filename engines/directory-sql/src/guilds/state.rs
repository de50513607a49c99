//! A guild's settings, and its state as a whole.

use super::{Held, Raises, Standing, channels, emojis, hold, members, roles, room, versions_at};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{
    channel, fitting, flag, guild, int, list_len, opt_channel, opt_text, padded, small, text, user, with_list,
};
use crate::store::{Bind, DirectorySql, Keys, Reads, Tx, binds, failed};
use model::guild::{Guild, GuildState, Member, Versions};
use model::{ChannelId, GuildId, UserId};
use ports::Stored;
use ports::directory::guilds::{Added, Audit, GuildEdit, NewGuild, Raised};
use smallvec::smallvec;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use std::sync::Arc;

/// The columns that [`guild_at`] reads, in its order.
macro_rules! guild_columns {
    () => {
        "g.id, g.owner, g.name, g.icon, g.description, g.vanity, g.verification_level,
        g.default_notifications, g.content_filter, g.nsfw_level, g.system_channel, g.system_channel_flags,
        g.rules_channel, g.updates_channel, g.safety_channel, g.afk_channel, g.afk_timeout,
        g.preferred_locale, g.progress_bar"
    };
}
pub(super) use guild_columns;

/// How many columns [`guild_at`] reads.
const GUILD_COLUMNS: usize = 19;

/// The settings in the first columns of a row.
pub(super) fn guild_at(row: &AnyRow) -> Result<Guild, Fault> {
    Ok(Guild {
        id: guild(row, 0)?,
        owner: user(row, 1)?,
        name: text(row, 2)?,
        icon: opt_text(row, 3)?,
        description: opt_text(row, 4)?,
        vanity: opt_text(row, 5)?,
        verification_level: fitting(row, 6)?,
        default_notifications: fitting(row, 7)?,
        explicit_content_filter: fitting(row, 8)?,
        nsfw_level: fitting(row, 9)?,
        system_channel: opt_channel(row, 10)?,
        system_channel_flags: small(row, 11)?,
        rules_channel: opt_channel(row, 12)?,
        public_updates_channel: opt_channel(row, 13)?,
        safety_alerts_channel: opt_channel(row, 14)?,
        afk_channel: opt_channel(row, 15)?,
        afk_timeout: small(row, 16)?,
        preferred_locale: text(row, 17)?,
        premium_progress_bar: flag(row, 18)?,
    })
}

/// The settings in the order of both statements that write them.
fn values(guild: &Guild) -> [Bind; GUILD_COLUMNS] {
    [
        guild.owner.into(),
        (&guild.name).into(),
        (&guild.icon).into(),
        (&guild.description).into(),
        (&guild.vanity).into(),
        guild.verification_level.into(),
        guild.default_notifications.into(),
        guild.explicit_content_filter.into(),
        guild.nsfw_level.into(),
        guild.system_channel.into(),
        guild.system_channel_flags.into(),
        guild.rules_channel.into(),
        guild.public_updates_channel.into(),
        guild.safety_alerts_channel.into(),
        guild.afk_channel.into(),
        guild.afk_timeout.into(),
        (&guild.preferred_locale).into(),
        guild.premium_progress_bar.into(),
        guild.id.into(),
    ]
}

const GUILD: &str =
    concat!("SELECT ", guild_columns!(), ", g.state_version, g.members_version FROM guilds g WHERE g.id = ?");

/// All of a guild but its members. Its parts are of one moment in a transaction that reads, and in one that holds the
/// guild's row.
async fn load(tx: &mut Tx, id: GuildId) -> Result<Option<(GuildState, Versions)>, Fault> {
    let Some(row) = tx.one(GUILD, binds![id]).await? else { return Ok(None) };
    let versions = versions_at(&row, GUILD_COLUMNS)?;
    let state = GuildState {
        guild: guild_at(&row)?,
        roles: roles::all(tx, id).await?,
        channels: channels::all(tx, id).await?,
        emojis: emojis::all(tx, id).await?,
        version: versions.state,
    };
    Ok(Some((state, versions)))
}

impl DirectorySql {
    /// A guild's versions, as the authority knows them.
    pub(super) async fn versions_of(&self, id: GuildId) -> Stored<Option<Versions>> {
        let caches = self.inner.caches.as_ref();
        if let Some(versions) = caches.and_then(|caches| caches.guilds.get(&caches.fence, &id)) {
            return Ok(Some(versions));
        }
        if let Some(served) = self.served() {
            served.cluster.figures.asked.add();
            let store = self.clone();
            let fetch = move |ids: Vec<GuildId>| {
                let store = store.clone();
                async move { store.read_versions(&ids).await }
            };
            return served.guilds.get(id, fetch).await;
        }
        let moment = caches.map(|caches| caches.fence.moment());
        let versions = self.read_versions(&[id]).await?.remove(&id);
        if let (Some(caches), Some(moment), Some(versions)) = (caches, moment, versions) {
            caches.guilds.put(id, versions, moment, [Key::Guild(id), Key::Members(id)]);
        }
        Ok(versions)
    }

    async fn read_versions(&self, ids: &[GuildId]) -> Stored<HashMap<GuildId, Versions>> {
        if let Some(served) = self.served() {
            served.cluster.figures.round_trips.add();
        }
        let ids: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
        let sql =
            with_list("SELECT id, state_version, members_version FROM guilds WHERE id IN", ids.len(), "");
        let binds: Vec<Bind> = padded(&ids).map(Bind::Int).collect();
        let rows = self.rows(Reads::Decide, sql, &binds).await?;
        let read = |row: &AnyRow| Ok((guild(row, 0)?, versions_at(row, 1)?));
        rows.iter().map(read).collect::<Result<_, Fault>>().map_err(failed)
    }

    /// A guild's versions with one user's membership, as the authority knows them.
    pub(super) async fn standing(&self, id: GuildId, user: UserId) -> Stored<Option<Standing>> {
        if self.inner.caches.is_some() {
            // Each is as new as the call, and of versions that are newer than the membership nobody suffers.
            let member = self.member_kept(id, user).await?;
            return Ok(self.versions_of(id).await?.map(|versions| (versions, member)));
        }
        if let Some(served) = self.served() {
            served.cluster.figures.asked.add();
            let store = self.clone();
            let fetch = move |keys: Vec<(GuildId, UserId)>| {
                let store = store.clone();
                async move { store.read_standings(&keys).await }
            };
            return served.members.get((id, user), fetch).await;
        }
        Ok(self.read_standings(&[(id, user)]).await?.remove(&(id, user)))
    }

    /// By one SELECT, so that a membership and the versions are of one moment.
    async fn read_standings(
        &self,
        keys: &[(GuildId, UserId)],
    ) -> Stored<HashMap<(GuildId, UserId), Standing>> {
        if let Some(served) = self.served() {
            served.cluster.figures.round_trips.add();
        }
        // Pairs as a table of their own: each is then found by the primary keys of the others.
        let pair = "SELECT CAST(? AS SIGNED) AS guild_id, CAST(? AS SIGNED) AS user_id";
        let pairs = vec![pair; list_len(keys.len())].join(" UNION ");
        let sql = format!(
            "SELECT g.id, g.state_version, g.members_version, k.user_id, {} FROM ({pairs}) k
                JOIN guilds g ON g.id = k.guild_id
                LEFT JOIN guild_members m ON m.guild_id = k.guild_id AND m.user_id = k.user_id
                LEFT JOIN member_roles r ON r.guild_id = m.guild_id AND r.user_id = m.user_id
                ORDER BY g.id, k.user_id, r.role_id",
            members::member_columns!()
        );
        let binds: Vec<Bind> =
            crate::row::filled(keys).flat_map(|(guild, user)| [guild.into(), user.into()]).collect();
        let rows = self.rows(Reads::Decide, AssertSqlSafe(sql), &binds).await?;
        let read = || -> Result<_, Fault> {
            let mut standings = HashMap::new();
            let key = |row: &AnyRow| (int(row, 0).ok(), int(row, 3).ok());
            for rows in rows.chunk_by(|a, b| key(a) == key(b)) {
                let Some(first) = rows.first() else { continue };
                let member = members::collect(rows, 4)?.pop();
                standings.insert((guild(first, 0)?, user_at(first)?), (versions_at(first, 1)?, member));
            }
            Ok(standings)
        };
        read().map_err(failed)
    }

    /// The state, at this version or a later one. Those who need it at the same time read it together.
    pub(super) async fn state_at(&self, id: GuildId, version: u64) -> Stored<Option<Arc<GuildState>>> {
        let kept = &self.inner.guilds;
        if let Some(state) = kept.states.get(&kept.still, &id)
            && state.version >= version
        {
            return Ok(Some(state));
        }
        let store = self.clone();
        let fetch = move |ids: Vec<GuildId>| {
            let store = store.clone();
            async move {
                let mut found = HashMap::new();
                for id in ids {
                    if let Some((state, _)) = store.read(id, |tx, id| Box::pin(load(tx, *id))).await? {
                        let state = Arc::new(state);
                        store.keep(&state);
                        found.insert(id, state);
                    }
                }
                Ok(found)
            }
        };
        kept.reading.get(id, fetch).await
    }

    fn keep(&self, state: &Arc<GuildState>) {
        let kept = &self.inner.guilds;
        let id = state.guild.id;
        if kept.states.get(&kept.still, &id).is_none_or(|there| there.version < state.version) {
            kept.states.put(id, state.clone(), kept.still.moment(), []);
        }
    }
}

fn user_at(row: &AnyRow) -> Result<UserId, Fault> {
    user(row, 3)
}

pub(super) async fn versions(store: &DirectorySql, ids: &[GuildId]) -> Stored<Vec<(GuildId, Versions)>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(crate::row::LIST) {
        found.extend(store.read_versions(ids).await?);
    }
    Ok(found)
}

pub(super) async fn guild_of(store: &DirectorySql, id: ChannelId) -> Stored<Option<GuildId>> {
    let kept = &store.inner.guilds;
    if let Some(of) = kept.of.get(&kept.still, &id) {
        return Ok(of);
    }
    // What is private stays so: that, too, is worth keeping. What is neither may be made yet.
    let sql = "SELECT guild_id FROM guild_channels WHERE id = ?
        UNION ALL SELECT 0 FROM private_channels WHERE id = ?";
    let Some(row) = store.row(Reads::Decide, sql, binds![id, id]).await? else { return Ok(None) };
    let of = GuildId::from_i64(int(&row, 0).map_err(failed)?);
    kept.of.put(id, of, kept.still.moment(), []);
    Ok(of)
}

pub(super) async fn create(
    store: &DirectorySql,
    new: &NewGuild,
    cap: usize,
) -> Stored<Added<Arc<GuildState>>> {
    let keys = everything(new.guild.id);
    let made =
        store.write(keys, (new.clone(), cap), |tx, (new, cap)| Box::pin(insert(tx, new, *cap))).await?;
    Ok(match made {
        Some((state, versions)) => {
            let state = Arc::new(state);
            store.keep(&state);
            Added::Added(Raised { value: state, versions })
        }
        None => Added::TooMany,
    })
}

/// `None`: the owner is in as many guilds as it may.
async fn insert(tx: &mut Tx, new: &NewGuild, cap: usize) -> Result<Option<(GuildState, Versions)>, Fault> {
    let guild = &new.guild;
    // Before the guild: whoever comes in holds them in this order.
    members::hold_user(tx, guild.owner).await?;
    if let Some(there) = load(tx, guild.id).await? {
        // A repeated call whose first answer was lost.
        return Ok(Some(there));
    }
    if !room(members::guilds_of(tx, guild.owner).await?, cap) {
        return Ok(None);
    }
    let mut binds = values(guild).to_vec();
    binds.push(new.at.into());
    tx.run(
        "INSERT INTO guilds (owner, name, icon, description, vanity, verification_level,
            default_notifications, content_filter, nsfw_level, system_channel, system_channel_flags,
            rules_channel, updates_channel, safety_channel, afk_channel, afk_timeout, preferred_locale,
            progress_bar, id, created, state_version, members_version, member_count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 1, 0)",
        &binds,
    )
    .await?;
    for role in &new.roles {
        roles::insert(tx, guild.id, role).await?;
    }
    for channel in &new.channels {
        channels::insert(tx, channel).await?;
    }
    members::insert(tx, guild.id, &Member::new(guild.owner, new.at).come_with(1)).await?;
    load(tx, guild.id).await
}

pub(super) async fn change(
    store: &DirectorySql,
    id: GuildId,
    edit: GuildEdit,
    audit: Audit,
) -> Stored<Added<Guild>> {
    store
        .write(smallvec![Key::Guild(id)], (id, edit, audit), |tx, (id, edit, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *id).await? else { return Ok(Added::Absent) };
                let Some(row) = tx.one(GUILD, binds![*id]).await? else { return Ok(Added::Absent) };
                let before = guild_at(&row)?;
                let mut after = before.clone();
                edit(&mut after);
                after.id = *id;
                if after.owner != before.owner && members::load(tx, *id, after.owner).await?.is_none() {
                    return Ok(Added::Absent);
                }
                if let Some(code) = &after.vanity
                    && after.vanity != before.vanity
                    && code_taken(tx, code).await?
                {
                    return Ok(Added::TooMany);
                }
                tx.run(
                    "UPDATE guilds SET owner = ?, name = ?, icon = ?, description = ?, vanity = ?,
                        verification_level = ?, default_notifications = ?, content_filter = ?, nsfw_level = ?,
                        system_channel = ?, system_channel_flags = ?, rules_channel = ?, updates_channel = ?,
                        safety_channel = ?, afk_channel = ?, afk_timeout = ?, preferred_locale = ?,
                        progress_bar = ? WHERE id = ?",
                    &values(&after),
                )
                .await?;
                Ok(Added::Added(held.done(tx, Raises::State, audit, after).await?))
            })
        })
        .await
}

/// Whether a code leads into some guild already.
pub(super) async fn code_taken(tx: &mut Tx, code: &str) -> Result<bool, Fault> {
    let sql = "SELECT guild_id FROM guild_invites WHERE code = ?
        UNION ALL SELECT id FROM guilds WHERE vanity = ?";
    Ok(tx.one(sql, binds![code, code]).await?.is_some())
}

/// All that is kept of a guild.
fn everything(id: GuildId) -> Keys {
    smallvec![Key::Guild(id), Key::Members(id), Key::EveryMember(id)]
}

/// Most rows that one transaction sweeps away.
const SWEEP: i64 = 2_000;

/// What a deleted guild leaves, with the column by which it goes in portions. Everything that asks for these rows asks
/// for the guild's as well, so that nobody sees them any more.
const LEFT: &[(&str, &str)] = &[
    ("guild_members", "user_id"),
    ("member_roles", "user_id"),
    ("thread_members", "user_id"),
    ("guild_bans", "user_id"),
    ("guild_overwrites", "channel_id"),
    ("guild_channels", "id"),
    ("audit_log", "id"),
];

pub(super) async fn delete(store: &DirectorySql, id: GuildId) -> Stored<Option<Vec<ChannelId>>> {
    let gone = store.write(everything(id), id, |tx, id| Box::pin(vanish(tx, *id))).await?;
    // It is gone whatever becomes of the rest, which the next deletion sweeps away if this one cannot.
    if let Err(error) = sweep(store).await {
        tracing::warn!(%error, "rows of a deleted guild are left for later");
    }
    Ok(gone)
}

async fn vanish(tx: &mut Tx, id: GuildId) -> Result<Option<Vec<ChannelId>>, Fault> {
    if hold(tx, id).await?.is_none() {
        return Ok(None);
    }
    let rows = tx.all("SELECT id FROM guild_channels WHERE guild_id = ? ORDER BY id", binds![id]).await?;
    let channels = rows.iter().map(|row| channel(row, 0)).collect::<Result<_, _>>()?;
    for sql in [
        "DELETE FROM guilds WHERE id = ?",
        "DELETE FROM guild_roles WHERE guild_id = ?",
        "DELETE FROM guild_invites WHERE guild_id = ?",
        "DELETE FROM guild_emojis WHERE guild_id = ?",
        "DELETE FROM webhooks WHERE guild_id = ?",
        "INSERT INTO guilds_gone (id) VALUES (?)",
    ] {
        tx.run(sql, binds![id]).await?;
    }
    Ok(Some(channels))
}

async fn sweep(store: &DirectorySql) -> Stored<()> {
    loop {
        let swept = store.write(Keys::new(), (), |tx, ()| Box::pin(sweep_some(tx))).await?;
        if !swept {
            return Ok(());
        }
    }
}

/// Whether there was anything.
async fn sweep_some(tx: &mut Tx) -> Result<bool, Fault> {
    let Some(row) = tx.one("SELECT id FROM guilds_gone ORDER BY id LIMIT 1", &[]).await? else {
        return Ok(false);
    };
    let id = guild(&row, 0)?;
    for (table, column) in LEFT {
        let last = AssertSqlSafe(format!(
            "SELECT MAX(x.k) FROM (SELECT {column} AS k FROM {table} WHERE guild_id = ?
                ORDER BY {column} LIMIT {SWEEP}) x"
        ));
        let Some(row) = tx.one(last, binds![id]).await? else { continue };
        if let Some(last) = crate::row::opt_int(&row, 0)? {
            let sql = AssertSqlSafe(format!("DELETE FROM {table} WHERE guild_id = ? AND {column} <= ?"));
            tx.run(sql, binds![id, last]).await?;
            return Ok(true);
        }
    }
    tx.run("DELETE FROM guilds_gone WHERE id = ?", binds![id]).await?;
    Ok(true)
}

/// One more or one fewer member.
pub(super) async fn count(tx: &mut Tx, id: GuildId, by: i64) -> Result<(), Fault> {
    tx.run("UPDATE guilds SET member_count = member_count + ? WHERE id = ?", binds![by, id]).await?;
    Ok(())
}

/// Takes a channel that is gone out of the settings.
pub(super) async fn forget_channel(tx: &mut Tx, held: Held, channel: ChannelId) -> Result<(), Fault> {
    for sql in [
        "UPDATE guilds SET system_channel = NULL WHERE id = ? AND system_channel = ?",
        "UPDATE guilds SET rules_channel = NULL WHERE id = ? AND rules_channel = ?",
        "UPDATE guilds SET updates_channel = NULL WHERE id = ? AND updates_channel = ?",
        "UPDATE guilds SET safety_channel = NULL WHERE id = ? AND safety_channel = ?",
        "UPDATE guilds SET afk_channel = NULL WHERE id = ? AND afk_channel = ?",
    ] {
        tx.run(sql, binds![held.guild, channel]).await?;
    }
    Ok(())
}
