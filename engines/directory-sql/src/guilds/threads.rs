//! Threads and who is in them. That one comes into a thread raises no version: rights do not depend on it.

use super::channels::{THREADS, channel_at, guild_channel_columns};
use super::{Held, Raises, at_most, channels, hold, members as guild_members, room};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{LIST, channel, padded, small, time, user, with_list};
use crate::store::{Bind, DirectorySql, Keys, Reads, Tx, binds, failed};
use model::event::ThreadMember;
use model::guild::GuildChannel;
use model::{ChannelId, GuildId, UserId};
use ports::Stored;
use ports::directory::guilds::{Added, ArchivedList, ArchivedQuery, Audit, Guilds, ThreadQuery};
use smallvec::smallvec;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

pub(super) async fn create(
    store: &DirectorySql,
    thread: &GuildChannel,
    members: &[ThreadMember],
    cap: usize,
    audit: Audit,
) -> Stored<Added<GuildChannel>> {
    let args = (thread.clone(), members.to_vec(), cap, audit);
    store
        .write(smallvec![Key::Guild(thread.guild)], args, |tx, (thread, members, cap, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, thread.guild).await? else { return Ok(Added::Absent) };
                if let Some(there) = channels::find(tx, thread.guild, thread.id).await? {
                    // A repeated call whose first answer was lost. A message's thread has the message's id: another
                    // one for the same message is none.
                    let same = |thread: &GuildChannel| {
                        thread.thread.as_ref().map(|thread| (thread.owner, thread.created))
                    };
                    return Ok(if same(&there).is_some() && same(&there) == same(thread) {
                        Added::Added(held.unraised(there))
                    } else {
                        Added::Absent
                    });
                }
                let parent = match thread.parent {
                    Some(parent) => channels::find(tx, thread.guild, parent).await?,
                    None => None,
                };
                if thread.thread.is_none() || parent.is_none_or(|parent| !parent.kind.has_threads()) {
                    return Ok(Added::Absent);
                }
                let count = AssertSqlSafe(format!(
                    "SELECT COUNT(*) FROM guild_channels WHERE guild_id = ? AND archived = 0 AND kind IN {THREADS}"
                ));
                if !room(tx.number(count, binds![thread.guild]).await?, *cap) {
                    return Ok(Added::TooMany);
                }
                let thread = GuildChannel { overwrites: Vec::new(), ..thread.clone() };
                channels::insert(tx, &thread).await?;
                for member in members {
                    insert(tx, held, thread.id, member).await?;
                }
                Ok(Added::Added(held.done(tx, Raises::State, audit, thread).await?))
            })
        })
        .await
}

fn member_at(row: &AnyRow, at: usize) -> Result<ThreadMember, Fault> {
    Ok(ThreadMember { user: user(row, at)?, joined: time(row, at + 1)? })
}

/// Adds somebody who is a member of the guild and not yet of the thread.
async fn insert(tx: &mut Tx, held: Held, thread: ChannelId, member: &ThreadMember) -> Result<(), Fault> {
    let there = "SELECT user_id FROM thread_members WHERE thread_id = ? AND user_id = ?";
    if tx.one(there, binds![thread, member.user]).await?.is_some() {
        return Ok(());
    }
    let sql = "INSERT INTO thread_members (thread_id, user_id, guild_id, joined) VALUES (?, ?, ?, ?)";
    tx.run(sql, binds![thread, member.user, held.guild, member.joined]).await?;
    Ok(())
}

async fn count(tx: &mut Tx, thread: ChannelId) -> Result<u32, Fault> {
    let count = tx.number("SELECT COUNT(*) FROM thread_members WHERE thread_id = ?", binds![thread]).await?;
    u32::try_from(count).map_err(|_| Fault::Corrupt("a count is out of its range"))
}

pub(super) async fn find(store: &DirectorySql, id: ChannelId) -> Stored<Option<GuildChannel>> {
    let sql = concat!(
        "SELECT ",
        guild_channel_columns!(),
        " FROM guild_channels c JOIN guilds g ON g.id = c.guild_id WHERE c.id = ? AND c.kind IN (10, 11, 12)"
    );
    let row = store.row(Reads::Decide, sql, binds![id]).await?;
    row.as_ref().map(channel_at).transpose().map_err(failed)
}

pub(super) async fn active(
    store: &DirectorySql,
    after: Option<ChannelId>,
    limit: usize,
) -> Stored<Vec<GuildChannel>> {
    let sql = concat!(
        "SELECT ",
        guild_channel_columns!(),
        " FROM guild_channels c JOIN guilds g ON g.id = c.guild_id",
        " WHERE c.archived = 0 AND c.id > ? AND c.kind IN (10, 11, 12) ORDER BY c.id LIMIT ?"
    );
    let after = after.map_or(0, ChannelId::as_i64);
    let rows = store.rows(Reads::Show, sql, binds![after, at_most(limit)]).await?;
    rows.iter().map(channel_at).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn members(
    store: &DirectorySql,
    thread: ChannelId,
    after: Option<UserId>,
    limit: usize,
) -> Stored<Vec<ThreadMember>> {
    let sql = "SELECT t.user_id, t.joined FROM thread_members t JOIN guilds g ON g.id = t.guild_id
        WHERE t.thread_id = ? AND t.user_id > ? ORDER BY t.user_id LIMIT ?";
    let after = after.map_or(0, UserId::as_i64);
    // Who hears of what is said in a private thread is chosen by it.
    let rows = store.rows(Reads::Decide, sql, binds![thread, after, at_most(limit)]).await?;
    rows.iter().map(|row| member_at(row, 0)).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn joined(
    store: &DirectorySql,
    guild: GuildId,
    user: UserId,
) -> Stored<Vec<(ChannelId, ThreadMember)>> {
    let sql = "SELECT t.thread_id, t.user_id, t.joined FROM thread_members t
        JOIN guilds g ON g.id = t.guild_id JOIN guild_channels c ON c.id = t.thread_id
        WHERE t.guild_id = ? AND t.user_id = ? AND c.archived = 0 ORDER BY t.thread_id";
    let rows = store.rows(Reads::Decide, sql, binds![guild, user]).await?;
    let read = |row: &AnyRow| Ok((channel(row, 0)?, member_at(row, 1)?));
    rows.iter().map(read).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn counts(store: &DirectorySql, threads: &[ChannelId]) -> Stored<Vec<(ChannelId, u32)>> {
    let mut ids: Vec<i64> = threads.iter().map(|thread| thread.as_i64()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut counts = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LIST) {
        let head = "SELECT thread_id, COUNT(*) FROM thread_members WHERE thread_id IN";
        let binds: Vec<Bind> = padded(ids).map(Bind::Int).collect();
        let sql = with_list(head, ids.len(), " GROUP BY thread_id");
        for row in store.rows(Reads::Show, sql, &binds).await? {
            let count = || Ok::<_, Fault>((channel(&row, 0)?, small(&row, 1)?));
            counts.push(count().map_err(failed)?);
        }
    }
    Ok(counts)
}

/// A thread whose guild the transaction holds.
async fn held(tx: &mut Tx, guild: GuildId, thread: ChannelId) -> Result<Option<Held>, Fault> {
    let Some(held) = hold(tx, guild).await? else { return Ok(None) };
    let found = channels::find(tx, guild, thread).await?;
    Ok(found.filter(|thread| thread.kind.is_thread()).map(|_| held))
}

pub(super) async fn join(
    store: &DirectorySql,
    thread: ChannelId,
    member: &ThreadMember,
    cap: usize,
) -> Stored<Added<u32>> {
    let Some(guild) = store.guild_of(thread).await? else { return Ok(Added::Absent) };
    store
        .write(Keys::new(), (guild, thread, member.clone(), cap), |tx, (guild, thread, member, cap)| {
            Box::pin(async move {
                let Some(held) = held(tx, *guild, *thread).await? else { return Ok(Added::Absent) };
                let before = count(tx, *thread).await?;
                let there = "SELECT user_id FROM thread_members WHERE thread_id = ? AND user_id = ?";
                if tx.one(there, binds![*thread, member.user]).await?.is_some() {
                    return Ok(Added::Added(held.unraised(before)));
                }
                if usize::try_from(before).is_ok_and(|before| before >= *cap) {
                    return Ok(Added::TooMany);
                }
                insert(tx, held, *thread, member).await?;
                Ok(Added::Added(held.unraised(before + 1)))
            })
        })
        .await
}

pub(super) async fn leave(store: &DirectorySql, thread: ChannelId, user: UserId) -> Stored<Option<u32>> {
    let Some(guild) = store.guild_of(thread).await? else { return Ok(None) };
    store
        .write(Keys::new(), (guild, thread, user), |tx, (guild, thread, user)| {
            Box::pin(async move {
                if held(tx, *guild, *thread).await?.is_none() {
                    return Ok(None);
                }
                let sql = "DELETE FROM thread_members WHERE thread_id = ? AND user_id = ?";
                if tx.run(sql, binds![*thread, *user]).await? == 0 {
                    return Ok(None);
                }
                Ok(Some(count(tx, *thread).await?))
            })
        })
        .await
}

pub(super) async fn archived(
    store: &DirectorySql,
    parent: ChannelId,
    query: ArchivedQuery,
) -> Stored<Vec<GuildChannel>> {
    let mut sql = String::from(concat!(
        "SELECT ",
        guild_channel_columns!(),
        " FROM guild_channels c JOIN guilds g ON g.id = c.guild_id WHERE c.parent = ? AND c.archived = 1"
    ));
    let mut binds: Vec<Bind> = vec![parent.into()];
    let before = match query.list {
        ArchivedList::Public(before) => {
            sql.push_str(" AND c.kind IN (10, 11)");
            before
        }
        ArchivedList::Private(before) => {
            sql.push_str(" AND c.kind = 12");
            before
        }
        ArchivedList::Joined(user, below) => {
            sql.push_str(
                " AND c.kind = 12 AND EXISTS (SELECT 1 FROM thread_members t WHERE t.thread_id = c.id AND t.user_id = ?)",
            );
            binds.push(user.into());
            if let Some(below) = below {
                sql.push_str(" AND c.id < ?");
                binds.push(below.into());
            }
            None
        }
    };
    if let Some(before) = before {
        sql.push_str(" AND c.archive_changed < ?");
        binds.push(before.into());
    }
    sql.push_str(match query.list {
        ArchivedList::Public(_) | ArchivedList::Private(_) => {
            " ORDER BY c.archive_changed DESC, c.id DESC LIMIT ?"
        }
        ArchivedList::Joined(..) => " ORDER BY c.id DESC LIMIT ?",
    });
    binds.push(at_most(query.limit).into());
    let rows = store.rows(Reads::Show, AssertSqlSafe(sql), &binds).await?;
    rows.iter().map(channel_at).collect::<Result<_, Fault>>().map_err(failed)
}

/// How many threads are looked at in one round of a search.
const SEARCHED: usize = 200;

pub(super) async fn search(
    store: &DirectorySql,
    parent: ChannelId,
    query: &ThreadQuery,
) -> Stored<Vec<GuildChannel>> {
    let mut sql = String::from(concat!(
        "SELECT ",
        guild_channel_columns!(),
        " FROM guild_channels c JOIN guilds g ON g.id = c.guild_id",
        " WHERE c.parent = ? AND c.kind IN (10, 11, 12) AND c.id < ?"
    ));
    let mut filters: Vec<Bind> = Vec::new();
    if let Some(archived) = query.archived {
        sql.push_str(" AND c.archived = ?");
        filters.push(archived.into());
    }
    if let Some(viewer) = query.viewer {
        sql.push_str(
            " AND (c.kind <> 12 OR EXISTS (SELECT 1 FROM thread_members t WHERE t.thread_id = c.id AND t.user_id = ?))",
        );
        filters.push(viewer.into());
    }
    let wanted = query.name.as_ref().map(|name| name.to_lowercase());
    if let Some(name) = &query.name {
        sql.push_str(" AND c.name LIKE ? ESCAPE '!'");
        filters.push(format!("%{}", guild_members::pattern(name)).into());
    }
    sql.push_str(" ORDER BY c.id DESC LIMIT ?");
    let (mut found, mut below) = (Vec::new(), i64::MAX);
    while found.len() < query.limit {
        let mut binds: Vec<Bind> = vec![parent.into(), below.into()];
        binds.extend(filters.iter().cloned());
        binds.push(at_most(SEARCHED).into());
        let rows = store.rows(Reads::Show, AssertSqlSafe(sql.clone()), &binds).await?;
        for row in &rows {
            let thread = channel_at(row).map_err(failed)?;
            below = thread.id.as_i64();
            if wanted.as_ref().is_none_or(|wanted| thread.name.to_lowercase().contains(wanted)) {
                found.push(thread);
            }
        }
        if rows.len() < SEARCHED {
            break;
        }
    }
    found.truncate(query.limit);
    Ok(found)
}
