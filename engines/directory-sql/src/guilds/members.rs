//! Members: who they are, how they come in and how they leave.

use super::{Held, Raises, at_most, hold, invites, roles, room, state};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{
    LIST, flag, guild, int, opt_int, opt_text, opt_time, padded, role, small, text, time, user, version,
    with_list,
};
use crate::store::{Bind, DirectorySql, Keys, Reads, Tx, binds, failed};
use model::guild::{Member, Role};
use model::{GuildId, RoleId, Timestamp, UserId};
use ports::Stored;
use ports::directory::Accounts;
use ports::directory::guilds::{Audit, Joined, MemberEdit, PruneQuery, Raised};
use smallvec::smallvec;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The columns that [`collect`] reads, in its order.
macro_rules! member_columns {
    () => {
        "m.user_id, m.nick, m.joined, m.timeout_until, m.deaf, m.mute, m.flags, m.came, m.changed, r.role_id"
    };
}
pub(super) use member_columns;

/// Where [`member_columns`] come from, beginning with members.
macro_rules! with_roles {
    () => {
        " LEFT JOIN member_roles r ON r.guild_id = m.guild_id AND r.user_id = m.user_id"
    };
}
pub(super) use with_roles;

/// Members of one guild from rows with one role each, of which the first columns are others; a member's rows follow each
/// other. Rows without a member are passed over.
pub(super) fn collect(rows: &[AnyRow], at: usize) -> Result<Vec<Member>, Fault> {
    let mut members: Vec<Member> = Vec::new();
    for row in rows {
        let Some(id) = opt_int(row, at)? else { continue };
        if members.last().is_none_or(|last| last.user.as_i64() != id) {
            members.push(Member {
                user: user(row, at)?,
                nick: opt_text(row, at + 1)?,
                roles: Vec::new(),
                joined: time(row, at + 2)?,
                timeout: opt_time(row, at + 3)?,
                deaf: flag(row, at + 4)?,
                mute: flag(row, at + 5)?,
                flags: small(row, at + 6)?,
                came: version(row, at + 7)?,
                changed: version(row, at + 8)?,
            });
        }
        if let (Some(last), Some(_)) = (members.last_mut(), opt_int(row, at + 9)?) {
            last.roles.push(role(row, at + 9)?);
        }
    }
    Ok(members)
}

const MEMBER: &str = concat!(
    "SELECT ",
    member_columns!(),
    " FROM guild_members m JOIN guilds g ON g.id = m.guild_id",
    with_roles!(),
    " WHERE m.guild_id = ? AND m.user_id = ? ORDER BY r.role_id"
);

/// A member, in a transaction that holds the guild.
pub(super) async fn load(tx: &mut Tx, guild: GuildId, user: UserId) -> Result<Option<Member>, Fault> {
    let rows = tx.all(MEMBER, binds![guild, user]).await?;
    Ok(collect(&rows, 0)?.pop())
}

/// Holds a user's row, so that the number of its guilds stays what it is; whether it is a bot. `None` if there is no such
/// user.
pub(super) async fn hold_user(tx: &mut Tx, user: UserId) -> Result<Option<bool>, Fault> {
    let select = tx.locking("SELECT bot FROM users WHERE id = ?");
    tx.one(select, binds![user]).await?.map(|row| flag(&row, 0)).transpose()
}

/// In how many guilds a user is.
pub(super) async fn guilds_of(tx: &mut Tx, user: UserId) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM guild_members m JOIN guilds g ON g.id = m.guild_id WHERE m.user_id = ?";
    tx.number(sql, binds![user]).await
}

/// Makes somebody a member, and counts it. The caller raises the version, to the one with which it says that it came.
pub(super) async fn insert(tx: &mut Tx, guild: GuildId, member: &Member) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO guild_members
            (guild_id, user_id, bot, nick, joined, timeout_until, deaf, mute, flags, came, changed)
            VALUES (?, ?, COALESCE((SELECT u.bot FROM users u WHERE u.id = ?), 0), ?, ?, ?, ?, ?, ?, ?, ?)",
        binds![
            guild,
            member.user,
            member.user,
            &member.nick,
            member.joined,
            member.timeout,
            member.deaf,
            member.mute,
            member.flags,
            i64::try_from(member.came).unwrap_or(i64::MAX),
            i64::try_from(member.changed).unwrap_or(i64::MAX)
        ],
    )
    .await?;
    for role in &member.roles {
        give(tx, guild, member.user, *role).await?;
    }
    state::count(tx, guild, 1).await
}

async fn give(tx: &mut Tx, guild: GuildId, user: UserId, role: RoleId) -> Result<(), Fault> {
    let sql = "INSERT INTO member_roles (guild_id, user_id, role_id) VALUES (?, ?, ?)";
    tx.run(sql, binds![guild, user, role]).await?;
    Ok(())
}

/// Ends a membership, with its place in threads, and a bot's own role; what is to be raised for it. `None` if there is
/// none, or if it is the owner's, who stays.
pub(super) async fn end(tx: &mut Tx, held: Held, user: UserId) -> Result<Option<(Member, Raises)>, Fault> {
    if user == held.owner {
        return Ok(None);
    }
    let Some(member) = load(tx, held.guild, user).await? else { return Ok(None) };
    for sql in [
        "DELETE FROM guild_members WHERE guild_id = ? AND user_id = ?",
        "DELETE FROM member_roles WHERE guild_id = ? AND user_id = ?",
        "DELETE FROM thread_members WHERE guild_id = ? AND user_id = ?",
    ] {
        tx.run(sql, binds![held.guild, user]).await?;
    }
    state::count(tx, held.guild, -1).await?;
    Ok(Some(match roles::of_bot(tx, held.guild, user).await? {
        Some(role) => {
            roles::remove(tx, held, &role).await?;
            (member, Raises::Both)
        }
        None => (member, Raises::Members),
    }))
}

/// What the end of a membership may change: a bot takes its role along.
pub(super) async fn ending(store: &DirectorySql, guild: GuildId, user: UserId) -> Stored<Keys> {
    let mut keys: Keys = smallvec![Key::Members(guild), Key::Member(guild, user)];
    if store.inner.caches.is_some() && store.users(&[user]).await?.iter().any(|user| user.bot) {
        keys.extend([Key::Guild(guild), Key::EveryMember(guild)]);
    }
    Ok(keys)
}

impl DirectorySql {
    /// A membership, from memory if this process alone writes.
    pub(super) async fn member_kept(&self, guild: GuildId, user: UserId) -> Stored<Option<Member>> {
        let caches = self.inner.caches.as_ref();
        if let Some(member) = caches.and_then(|caches| caches.members.get(&caches.fence, &(guild, user))) {
            return Ok(member);
        }
        let moment = caches.map(|caches| caches.fence.moment());
        let rows = self.rows(Reads::Decide, MEMBER, binds![guild, user]).await?;
        let member = collect(&rows, 0).map_err(failed)?.pop();
        if let (Some(caches), Some(moment)) = (caches, moment) {
            let depends = [Key::Member(guild, user), Key::EveryMember(guild)];
            caches.members.put((guild, user), member.clone(), moment, depends);
        }
        Ok(member)
    }
}

pub(super) async fn memberships(store: &DirectorySql, user: UserId) -> Stored<Vec<(GuildId, Member)>> {
    let sql = concat!(
        "SELECT m.guild_id, ",
        member_columns!(),
        " FROM guild_members m JOIN guilds g ON g.id = m.guild_id",
        with_roles!(),
        " WHERE m.user_id = ? ORDER BY m.guild_id, r.role_id"
    );
    let rows = store.rows(Reads::Decide, sql, binds![user]).await?;
    let read = || -> Result<_, Fault> {
        let mut memberships = Vec::new();
        for rows in rows.chunk_by(|a, b| int(a, 0).ok() == int(b, 0).ok()) {
            if let (Some(first), Some(member)) = (rows.first(), collect(rows, 1)?.pop()) {
                memberships.push((guild(first, 0)?, member));
            }
        }
        Ok(memberships)
    };
    read().map_err(failed)
}

pub(super) async fn page(
    store: &DirectorySql,
    guild: GuildId,
    after: Option<UserId>,
    limit: usize,
) -> Stored<Vec<Member>> {
    let sql = concat!(
        "SELECT ",
        member_columns!(),
        " FROM (SELECT x.guild_id, x.user_id, x.nick, x.joined, x.timeout_until, x.deaf, x.mute, x.flags, x.came,
                x.changed
            FROM guild_members x JOIN guilds g ON g.id = x.guild_id
            WHERE x.guild_id = ? AND x.user_id > ? ORDER BY x.user_id LIMIT ?) m",
        with_roles!(),
        " ORDER BY m.user_id, r.role_id"
    );
    let after = after.map_or(0, UserId::as_i64);
    let rows = store.rows(Reads::Show, sql, binds![guild, after, at_most(limit)]).await?;
    collect(&rows, 0).map_err(failed)
}

pub(super) async fn of(store: &DirectorySql, guild: GuildId, users: &[UserId]) -> Stored<Vec<Member>> {
    let mut ids: Vec<i64> = users.iter().map(|user| user.as_i64()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LIST) {
        let head = concat!(
            "SELECT ",
            member_columns!(),
            " FROM guild_members m JOIN guilds g ON g.id = m.guild_id",
            with_roles!(),
            " WHERE m.guild_id = ? AND m.user_id IN"
        );
        let sql = with_list(head, ids.len(), " ORDER BY m.user_id, r.role_id");
        let binds: Vec<Bind> = std::iter::once(guild.into()).chain(padded(ids).map(Bind::Int)).collect();
        found.extend(collect(&store.rows(Reads::Decide, sql, &binds).await?, 0).map_err(failed)?);
    }
    Ok(found)
}

/// How many members are looked at in one round of a search.
const SEARCHED: usize = 200;

/// A pattern for LIKE that everything with this prefix matches, and some more: databases differ in what letters beyond
/// ASCII are the same but for their case, so that here any letter is as good, and what matched is looked at again.
pub(super) fn pattern(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for letter in prefix.chars() {
        match letter {
            '%' | '_' | '!' => pattern.extend(['!', letter]),
            _ if letter.is_ascii() => pattern.push(letter.to_ascii_lowercase()),
            _ => pattern.push('_'),
        }
    }
    pattern.push('%');
    pattern
}

pub(super) async fn search(
    store: &DirectorySql,
    guild: GuildId,
    prefix: &str,
    limit: usize,
) -> Stored<Vec<Member>> {
    let sql = "SELECT m.user_id, u.username, u.global_name, m.nick
        FROM guild_members m JOIN guilds g ON g.id = m.guild_id JOIN users u ON u.id = m.user_id
        WHERE m.guild_id = ? AND m.user_id > ? AND (u.username LIKE ? ESCAPE '!'
            OR u.global_name LIKE ? ESCAPE '!' OR m.nick LIKE ? ESCAPE '!')
        ORDER BY m.user_id LIMIT ?";
    let (pattern, wanted) = (pattern(prefix), prefix.to_lowercase());
    let (mut found, mut after) = (Vec::new(), 0);
    while found.len() < limit {
        let binds = binds![guild, after, &pattern, &pattern, &pattern, at_most(SEARCHED)];
        let rows = store.rows(Reads::Show, sql, binds).await?;
        let begins = |name: Option<String>| name.is_some_and(|name| name.to_lowercase().starts_with(&wanted));
        let mut read = || -> Result<(), Fault> {
            for row in &rows {
                after = int(row, 0)?;
                let names = [Some(text(row, 1)?), opt_text(row, 2)?, opt_text(row, 3)?];
                if names.into_iter().any(begins) {
                    found.push(user(row, 0)?);
                }
            }
            Ok(())
        };
        read().map_err(failed)?;
        if rows.len() < SEARCHED {
            break;
        }
    }
    found.truncate(limit);
    of(store, guild, &found).await
}

pub(super) async fn join_by_invite(
    store: &DirectorySql,
    code: &str,
    user: UserId,
    at: Timestamp,
    cap: usize,
) -> Stored<Joined> {
    let Some(guild) = invites::leads_to(store, code).await? else { return Ok(Joined::NoInvite) };
    let keys = smallvec![Key::Members(guild), Key::Member(guild, user)];
    let args = Coming { guild, code: code.to_owned(), user, at, cap };
    store.write(keys, args, |tx, coming| Box::pin(come_in(tx, coming))).await
}

/// Somebody who wants to come in.
struct Coming {
    guild: GuildId,
    code: String,
    user: UserId,
    at: Timestamp,
    cap: usize,
}

async fn come_in(tx: &mut Tx, coming: &Coming) -> Result<Joined, Fault> {
    let Coming { guild, code, user, at, cap } = coming;
    if hold_user(tx, *user).await?.is_none() {
        return Ok(Joined::NoInvite);
    }
    let Some(held) = hold(tx, *guild).await? else { return Ok(Joined::NoInvite) };
    if let Some(member) = load(tx, *guild, *user).await? {
        return Ok(Joined::Already(member));
    }
    if !invites::is_good(tx, *guild, code, *at).await? {
        return Ok(Joined::NoInvite);
    }
    if super::bans::is_banned(tx, *guild, *user).await? {
        return Ok(Joined::Banned);
    }
    if !room(guilds_of(tx, *user).await?, *cap) {
        return Ok(Joined::TooMany);
    }
    invites::used(tx, code).await?;
    let member = Member::new(*user, *at).come_with(held.versions.members + 1);
    insert(tx, *guild, &member).await?;
    Ok(Joined::Joined(held.done(tx, Raises::Members, &[], member).await?))
}

pub(super) async fn join_bot(
    store: &DirectorySql,
    guild: GuildId,
    user: UserId,
    role: Option<&Role>,
    at: Timestamp,
    audit: Audit,
) -> Stored<Joined> {
    let keys = smallvec![Key::Guild(guild), Key::Members(guild), Key::Member(guild, user)];
    let args = (guild, user, role.cloned(), at, audit);
    store
        .write(keys, args, |tx, (guild, user, role, at, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(Joined::NoInvite) };
                if let Some(member) = load(tx, *guild, *user).await? {
                    return Ok(Joined::Already(member));
                }
                if super::bans::is_banned(tx, *guild, *user).await? {
                    return Ok(Joined::Banned);
                }
                let mut member = Member::new(*user, *at).come_with(held.versions.members + 1);
                let mut raises = Raises::Members;
                if let Some(role) = role {
                    roles::place(tx, *guild, role).await?;
                    member.roles.push(role.id);
                    raises = Raises::Both;
                }
                insert(tx, *guild, &member).await?;
                Ok(Joined::Joined(held.done(tx, raises, audit, member).await?))
            })
        })
        .await
}

pub(super) async fn change(
    store: &DirectorySql,
    guild: GuildId,
    user: UserId,
    edit: MemberEdit,
    audit: Audit,
) -> Stored<Option<Raised<Member>>> {
    let keys = smallvec![Key::Members(guild), Key::Member(guild, user)];
    store
        .write(keys, (guild, user, edit, audit), |tx, (guild, user, edit, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(before) = load(tx, *guild, *user).await? else { return Ok(None) };
                let mut after = before.clone();
                edit(&mut after);
                after.user = *user;
                after.changed = held.versions.members + 1;
                after.roles.sort_unstable();
                after.roles.dedup();
                if after.roles != before.roles {
                    let roles = roles::all(tx, *guild).await?;
                    after.roles.retain(|id| {
                        *id != guild.everyone() && roles.binary_search_by_key(id, |role| role.id).is_ok()
                    });
                }
                tx.run(
                    "UPDATE guild_members SET nick = ?, joined = ?, timeout_until = ?, deaf = ?, mute = ?,
                        flags = ?, changed = ? WHERE guild_id = ? AND user_id = ?",
                    binds![
                        &after.nick,
                        after.joined,
                        after.timeout,
                        after.deaf,
                        after.mute,
                        after.flags,
                        i64::try_from(after.changed).unwrap_or(i64::MAX),
                        *guild,
                        *user
                    ],
                )
                .await?;
                for role in before.roles.iter().filter(|role| !after.roles.contains(role)) {
                    let sql = "DELETE FROM member_roles WHERE guild_id = ? AND user_id = ? AND role_id = ?";
                    tx.run(sql, binds![*guild, *user, *role]).await?;
                }
                for role in after.roles.iter().filter(|role| !before.roles.contains(role)) {
                    give(tx, *guild, *user, *role).await?;
                }
                Ok(Some(held.done(tx, Raises::Members, audit, after).await?))
            })
        })
        .await
}

pub(super) async fn remove(
    store: &DirectorySql,
    guild: GuildId,
    user: UserId,
    audit: Audit,
) -> Stored<Option<Raised<Member>>> {
    store
        .write(ending(store, guild, user).await?, (guild, user, audit), |tx, (guild, user, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some((member, raises)) = end(tx, held, *user).await? else { return Ok(None) };
                Ok(Some(held.done(tx, raises, audit, member).await?))
            })
        })
        .await
}

pub(super) async fn prunable(
    store: &DirectorySql,
    guild: GuildId,
    query: &PruneQuery,
    limit: usize,
) -> Stored<Vec<UserId>> {
    let but = match query.include_roles.len() {
        0 => String::new(),
        some => format!(" AND r.role_id NOT IN ({})", vec!["?"; some].join(", ")),
    };
    // Bots are put in and taken out by people.
    let sql = format!(
        "SELECT m.user_id FROM guild_members m JOIN guilds g ON g.id = m.guild_id
            WHERE m.guild_id = ? AND m.joined < ? AND m.bot = 0 AND m.user_id <> g.owner
            AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.user_id = m.user_id AND d.last_used >= ?)
            AND NOT EXISTS (SELECT 1 FROM member_roles r
                WHERE r.guild_id = m.guild_id AND r.user_id = m.user_id{but})
            ORDER BY m.user_id LIMIT ?"
    );
    let mut binds: Vec<Bind> = vec![guild.into(), query.before.into(), query.before.into()];
    binds.extend(query.include_roles.iter().map(|role| Bind::from(*role)));
    binds.push(at_most(limit).into());
    let rows = store.rows(Reads::Decide, AssertSqlSafe(sql), &binds).await?;
    rows.iter().map(|row| user(row, 0)).collect::<Result<_, Fault>>().map_err(failed)
}
