//! Questions, each on one snapshot.

use crate::fault::Fault;
use crate::rows::{self, columns};
use crate::writes::read_mark;
use model::message::Message;
use model::reaction::{ReactionEmoji, ReactionTally};
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, Timestamp, UserId};
use ports::messages::{Appended, Called, Head, Page, SendKey, StoredMessage};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

/// The most messages that one page holds, whatever a caller asks for.
const PAGE: usize = model::limits::HISTORY_PAGE;

/// The most lines that a check reports.
const FINDINGS: usize = 100;

/// What a key that was used before says to another send; `None` if it was not used.
pub(crate) fn recall(conn: &Connection, author: UserId, key: &SendKey) -> Result<Option<Appended>, Fault> {
    let row: Option<(i64, i64, Vec<u8>)> = conn
        .prepare_cached("SELECT message, channel, digest FROM keys WHERE author = ?1 AND key = ?2")?
        .query_row(params![author.as_i64(), key.key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((message, channel, digest)) = row else { return Ok(None) };
    if digest != key.digest {
        return Ok(Some(Appended::Conflict));
    }
    let (Some(message), Some(channel)) = (MessageId::from_i64(message), ChannelId::from_i64(channel)) else {
        return Err(Fault::corrupt(format!("a key of user {author} names no message")));
    };
    Ok(Some(rows::find(conn, channel, message)?.map_or(Appended::Gone, Appended::Existing)))
}

pub(crate) fn message(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
    viewer: UserId,
) -> Result<Option<StoredMessage>, Fault> {
    let Some(message) = rows::find(conn, channel, id)? else { return Ok(None) };
    let reactions = reactions(conn, channel, (id, id), viewer)?.remove(&id).unwrap_or_default();
    Ok(Some(StoredMessage { message, reactions }))
}

pub(crate) fn page(
    conn: &Connection,
    channel: ChannelId,
    page: Page,
    limit: usize,
    viewer: UserId,
) -> Result<Vec<StoredMessage>, Fault> {
    let limit = limit.clamp(1, PAGE);
    let messages = match page {
        Page::Latest => below(conn, channel, i64::MAX, limit)?,
        Page::Before(id) => below(conn, channel, id.as_i64(), limit)?,
        Page::After(id) => from(conn, channel, id.as_i64().saturating_add(1), limit)?,
        Page::Around(id) => {
            let older = below(conn, channel, id.as_i64(), limit / 2)?;
            let mut messages = from(conn, channel, id.as_i64(), limit - limit / 2)?;
            messages.extend(older);
            messages
        }
    };
    let (Some(newest), Some(oldest)) = (messages.first(), messages.last()) else { return Ok(Vec::new()) };
    let mut reactions = reactions(conn, channel, (oldest.id, newest.id), viewer)?;
    Ok(messages
        .into_iter()
        .map(|message| {
            let reactions = reactions.remove(&message.id).unwrap_or_default();
            StoredMessage { message, reactions }
        })
        .collect())
}

/// The newest below `id`, newest first.
fn below(conn: &Connection, channel: ChannelId, id: i64, limit: usize) -> Result<Vec<Message>, Fault> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM messages INDEXED BY messages_by_channel WHERE channel = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
    ))?;
    rows::collect(&mut statement, params![channel.as_i64(), id, limit as i64])
}

/// The oldest from `id` on, newest first.
fn from(conn: &Connection, channel: ChannelId, id: i64, limit: usize) -> Result<Vec<Message>, Fault> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM messages INDEXED BY messages_by_channel WHERE channel = ?1 AND id >= ?2 ORDER BY id LIMIT ?3"
    ))?;
    let mut messages = rows::collect(&mut statement, params![channel.as_i64(), id, limit as i64])?;
    messages.reverse();
    Ok(messages)
}

/// The reactions of a stretch of a channel, each message's in the order in which its emoji came.
fn reactions(
    conn: &Connection,
    channel: ChannelId,
    (oldest, newest): (MessageId, MessageId),
    viewer: UserId,
) -> Result<HashMap<MessageId, Vec<ReactionTally>>, Fault> {
    let mut statement = conn.prepare_cached(
        "SELECT message, emoji, users, EXISTS (
             SELECT 1 FROM reactions r
             WHERE r.channel = t.channel AND r.message = t.message AND r.emoji = t.emoji AND r.user = ?4
         )
         FROM reaction_tallies t WHERE channel = ?1 AND message BETWEEN ?2 AND ?3 ORDER BY message, place",
    )?;
    let mut rows =
        statement.query(params![channel.as_i64(), oldest.as_i64(), newest.as_i64(), viewer.as_i64()])?;
    let mut found: HashMap<MessageId, Vec<ReactionTally>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let damaged = || Fault::corrupt(format!("a reaction in channel {channel} cannot be read"));
        let message = MessageId::from_i64(row.get(0)?).ok_or_else(damaged)?;
        let emoji = row.get_ref(1)?.as_str().ok().and_then(ReactionEmoji::from_key).ok_or_else(damaged)?;
        found.entry(message).or_default().push(ReactionTally { emoji, count: row.get(2)?, me: row.get(3)? });
    }
    Ok(found)
}

pub(crate) fn reactors(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
    emoji: &str,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<UserId>, Fault> {
    let mut statement = conn.prepare_cached(
        "SELECT user FROM reactions WHERE channel = ?1 AND message = ?2 AND emoji = ?3 AND user > ?4
         ORDER BY user LIMIT ?5",
    )?;
    let after = after.map_or(0, UserId::as_i64);
    let mut rows =
        statement.query(params![channel.as_i64(), id.as_i64(), emoji, after, limit.min(PAGE) as i64])?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        let user = UserId::from_i64(row.get(0)?);
        users.push(user.ok_or_else(|| Fault::corrupt(format!("a reaction to {id} has no user")))?);
    }
    Ok(users)
}

pub(crate) fn pins(
    conn: &Connection,
    channel: ChannelId,
    before: Option<Timestamp>,
    limit: usize,
    viewer: UserId,
) -> Result<Vec<(Timestamp, StoredMessage)>, Fault> {
    let mut statement = conn.prepare_cached(
        "SELECT at, message FROM pins WHERE channel = ?1 AND at < ?2 ORDER BY at DESC LIMIT ?3",
    )?;
    let before = before.map_or(i64::MAX, Timestamp::micros);
    let limit = limit.min(model::limits::PINS);
    let mut rows = statement.query(params![channel.as_i64(), before, limit as i64])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let at = Timestamp::from_micros(row.get(0)?);
        let id = MessageId::from_i64(row.get(1)?);
        let pinned = match id {
            Some(id) => message(conn, channel, id, viewer)?,
            None => None,
        };
        found.push((
            at,
            pinned.ok_or_else(|| Fault::corrupt(format!("a pin of {channel} names no message")))?,
        ));
    }
    Ok(found)
}

pub(crate) fn heads(conn: &Connection, channels: &[ChannelId]) -> Result<Vec<Head>, Fault> {
    let mut newest = conn
        .prepare_cached("SELECT MAX(id) FROM messages INDEXED BY messages_by_channel WHERE channel = ?1")?;
    let mut last_pin = conn.prepare_cached("SELECT MAX(at) FROM pins WHERE channel = ?1")?;
    let mut heads = Vec::with_capacity(channels.len());
    for &channel in channels {
        let last_message: Option<i64> = newest.query_row([channel.as_i64()], |row| row.get(0))?;
        // Only what is there can be pinned: an empty channel needs no second look.
        let Some(last_message) = last_message else { continue };
        let last_pin: Option<i64> = last_pin.query_row([channel.as_i64()], |row| row.get(0))?;
        heads.push(Head {
            channel,
            last_message: MessageId::from_i64(last_message),
            last_pin: last_pin.map(Timestamp::from_micros),
        });
    }
    Ok(heads)
}

pub(crate) fn read_marks(conn: &Connection, user: UserId) -> Result<Vec<ReadMark>, Fault> {
    let mut statement =
        conn.prepare_cached("SELECT channel, message, version FROM read_marks WHERE user = ?1")?;
    let mut rows = statement.query([user.as_i64()])?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next()? {
        marks.push(read_mark(row.get(0)?, row.get(1)?, row.get(2)?)?);
    }
    Ok(marks)
}

pub(crate) fn unread(
    conn: &Connection,
    channel: ChannelId,
    user: UserId,
    after: Option<MessageId>,
    cap: u32,
) -> Result<u32, Fault> {
    let count = conn
        .prepare_cached(
            "SELECT COUNT(*) FROM (
                 SELECT 1 FROM messages INDEXED BY messages_by_channel
                 WHERE channel = ?1 AND id > ?2 AND author <> ?3 LIMIT ?4
             )",
        )?
        .query_row(
            params![channel.as_i64(), after.map_or(0, MessageId::as_i64), user.as_i64(), cap],
            |row| row.get(0),
        )?;
    Ok(count)
}

pub(crate) fn calls(
    conn: &Connection,
    channel: ChannelId,
    called: &Called,
    after: Option<MessageId>,
    look: u32,
) -> Result<u32, Fault> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        " FROM messages INDEXED BY messages_by_channel WHERE channel = ?1 AND id > ?2 ORDER BY id DESC LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![channel.as_i64(), after.map_or(0, MessageId::as_i64), look])?;
    let mut calls = 0;
    while let Some(row) = rows.next()? {
        calls += u32::from(called.by(&rows::message(row)?));
    }
    Ok(calls)
}

pub(crate) fn said_by(
    conn: &Connection,
    channel: ChannelId,
    author: UserId,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<MessageId>, Fault> {
    let oldest = i64::try_from(model::snowflake::at_ms(since.millis())).unwrap_or(i64::MAX);
    // The index has the author: others' rows are not touched.
    let mut statement = conn.prepare_cached(
        "SELECT id FROM messages INDEXED BY messages_by_channel
         WHERE channel = ?1 AND id >= ?2 AND author = ?3 ORDER BY id DESC LIMIT ?4",
    )?;
    let mut rows = statement.query(params![channel.as_i64(), oldest, author.as_i64(), limit as i64])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.extend(MessageId::from_i64(row.get(0)?));
    }
    Ok(ids)
}

pub(crate) fn high_water(conn: &Connection) -> Result<Option<MessageId>, Fault> {
    let highest: i64 = conn
        .prepare_cached(
            "SELECT MAX(high_water, COALESCE((SELECT MAX(id) FROM messages), 0)) FROM marks WHERE one = 1",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(MessageId::from_i64(highest))
}

/// Reads everything once: minutes for a large store.
pub(crate) fn check(conn: &Connection) -> Result<Vec<String>, Fault> {
    let mut findings = Vec::new();
    let mut statement = conn.prepare(&format!("PRAGMA integrity_check({FINDINGS})"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            findings.push(line);
        }
    }
    for (what, sql) in [
        (
            "pins without their message",
            "SELECT COUNT(*) FROM pins p WHERE NOT EXISTS
             (SELECT 1 FROM messages m WHERE m.id = p.message AND m.channel = p.channel AND m.pinned = p.at)",
        ),
        (
            "messages that say they are pinned and are not",
            "SELECT COUNT(*) FROM messages m WHERE pinned IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM pins p WHERE p.channel = m.channel AND p.at = m.pinned AND p.message = m.id)",
        ),
        (
            "counts of reactions that are wrong",
            "SELECT COUNT(*) FROM reaction_tallies t WHERE users <> (SELECT COUNT(*) FROM reactions r
             WHERE r.channel = t.channel AND r.message = t.message AND r.emoji = t.emoji)",
        ),
        (
            "reactions to no message",
            "SELECT COUNT(*) FROM reaction_tallies t WHERE NOT EXISTS
             (SELECT 1 FROM messages m WHERE m.id = t.message AND m.channel = t.channel)",
        ),
        (
            "mentions in no message",
            "SELECT COUNT(*) FROM mentions n WHERE NOT EXISTS
             (SELECT 1 FROM messages m WHERE m.id = n.message AND m.channel = n.channel)",
        ),
    ] {
        let count: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        if count > 0 {
            findings.push(format!("{count} {what}"));
        }
    }
    let mut statement = conn.prepare(concat!("SELECT ", columns!(), " FROM messages"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Err(fault) = rows::message(row) {
            findings.push(fault.error.to_string());
        }
        if findings.len() >= FINDINGS {
            break;
        }
    }
    Ok(findings)
}
