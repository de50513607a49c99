//! Mentions by whom they call.

use crate::fault::Fault;
use crate::reads;
use crate::writer::{Change, Tx};
use model::message::Message;
use model::{ChannelId, MessageId, UserId, limits};
use ports::messages::{Mention, Scope, StoredMessage};
use rusqlite::{Connection, params};

/// The most rows that one question is answered with, whatever a caller asks for.
const PART: usize = 500;

/// Puts a new message into its scopes.
pub(crate) fn insert(conn: &Connection, message: &Message, scopes: &[Scope]) -> Result<(), Fault> {
    if scopes.is_empty() {
        return Ok(());
    }
    let mut statement =
        conn.prepare_cached("INSERT OR IGNORE INTO mentions (scope, message, channel) VALUES (?1, ?2, ?3)")?;
    for scope in scopes {
        statement.execute(params![scope.as_i64(), message.id.as_i64(), message.channel.as_i64()])?;
    }
    Ok(())
}

/// Takes a message out of all scopes.
pub(crate) fn forget_of(conn: &Connection, message: MessageId) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM mentions WHERE message = ?1")?.execute([message.as_i64()])?;
    Ok(())
}

/// The newest in any of these scopes: each is walked from its top, and no further than down to what the others before it
/// filled the page with.
pub(crate) fn newest(
    conn: &Connection,
    scopes: &[Scope],
    above: Option<MessageId>,
    below: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Mention>, Fault> {
    let limit = limit.clamp(1, PART);
    let mut statement = conn.prepare_cached(
        "SELECT message, channel FROM mentions WHERE scope = ?1 AND message > ?2 AND message < ?3
         ORDER BY message DESC LIMIT ?4",
    )?;
    let mut above = above.map_or(0, MessageId::as_i64);
    let below = below.map_or(i64::MAX, MessageId::as_i64);
    let mut found: Vec<Mention> = Vec::new();
    for scope in scopes.iter().take(limits::MENTION_SCOPES) {
        let before = found.len();
        let mut rows = statement.query(params![scope.as_i64(), above, below, limit as i64])?;
        while let Some(row) = rows.next()? {
            found.push(mention(row.get(0)?, row.get(1)?)?);
        }
        if found.len() == before {
            continue;
        }
        found.sort_unstable_by_key(|mention| std::cmp::Reverse(mention.message));
        found.dedup();
        found.truncate(limit);
        if let Some(last) = found.last().filter(|_| found.len() >= limit) {
            above = last.message.as_i64();
        }
    }
    Ok(found)
}

fn mention(message: i64, channel: i64) -> Result<Mention, Fault> {
    match (MessageId::from_i64(message), ChannelId::from_i64(channel)) {
        (Some(message), Some(channel)) => Ok(Mention { channel, message }),
        _ => Err(Fault::corrupt(format!("a mention in message {message} cannot be read"))),
    }
}

/// Those of these messages that there are.
pub(crate) fn messages(
    conn: &Connection,
    mentions: &[Mention],
    viewer: UserId,
) -> Result<Vec<StoredMessage>, Fault> {
    let mut found = Vec::with_capacity(mentions.len().min(limits::MENTIONS_PAGE));
    for mention in mentions.iter().take(limits::MENTIONS_PAGE) {
        found.extend(reads::message(conn, mention.channel, mention.message, viewer)?);
    }
    Ok(found)
}

pub(crate) fn dismiss(tx: &mut Tx<'_>, user: UserId, message: MessageId) -> Result<Change<()>, Fault> {
    let new = tx
        .conn
        .prepare_cached("INSERT OR IGNORE INTO dismissed (message, user) VALUES (?1, ?2)")?
        .execute(params![message.as_i64(), user.as_i64()])?;
    Ok(Change { answer: (), changed: new > 0 })
}

pub(crate) fn dismissed(
    conn: &Connection,
    user: UserId,
    messages: &[MessageId],
) -> Result<Vec<MessageId>, Fault> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM dismissed WHERE message = ?1 AND user = ?2")?;
    let mut found = Vec::new();
    for message in messages.iter().take(PART) {
        if statement.exists(params![message.as_i64(), user.as_i64()])? {
            found.push(*message);
        }
    }
    Ok(found)
}

/// Forgets what is old, of both tables together no more than `limit` rows.
pub(crate) fn forget(tx: &mut Tx<'_>, below: MessageId, limit: usize) -> Result<Change<usize>, Fault> {
    let mut gone = 0;
    for sql in [
        "DELETE FROM mentions WHERE (scope, message) IN
         (SELECT scope, message FROM mentions INDEXED BY mentions_by_message WHERE message < ?1 LIMIT ?2)",
        "DELETE FROM dismissed WHERE (message, user) IN
         (SELECT message, user FROM dismissed WHERE message < ?1 LIMIT ?2)",
    ] {
        let left = i64::try_from(limit.saturating_sub(gone)).unwrap_or(i64::MAX);
        gone += tx.conn.prepare_cached(sql)?.execute(params![below.as_i64(), left])?;
    }
    Ok(Change { answer: gone, changed: gone > 0 })
}
