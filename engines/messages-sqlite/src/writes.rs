//! Changes, each inside the transaction of its group.

use crate::fault::Fault;
use crate::mentions;
use crate::reads::recall;
use crate::rows;
use crate::writer::{Change, Tx};
use model::message::Message;
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, Timestamp, UserId};
use ports::messages::{Appended, MessageEdit, NewMessage, Pinned, Reacted, SendKey};
use rusqlite::{Connection, OptionalExtension, params};

pub(crate) fn append(
    tx: &mut Tx<'_>,
    new: &NewMessage,
    key: Option<&SendKey>,
) -> Result<Change<Appended>, Fault> {
    if let Some(key) = key
        && let Some(answer) = recall(tx.conn, new.author, key)?
    {
        return Ok(Change { answer, changed: false });
    }
    let message = Message {
        id: tx.mint()?,
        channel: new.channel,
        author: new.author,
        kind: new.kind,
        content: new.content.clone(),
        edited: None,
        tts: new.tts,
        mention_everyone: new.mention_everyone,
        mentions: new.mentions.clone(),
        mention_roles: new.mention_roles.clone(),
        webhook: new.webhook.clone(),
        flags: new.flags,
        embeds: new.embeds.clone(),
        reference: new.reference,
        pinned: false,
    };
    rows::insert(tx.conn, &message)?;
    mentions::insert(tx.conn, &message, &new.scopes)?;
    if let Some(key) = key {
        tx.conn
            .prepare_cached(
                "INSERT INTO keys (author, key, message, channel, digest) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                new.author.as_i64(),
                key.key,
                message.id.as_i64(),
                new.channel.as_i64(),
                key.digest
            ])?;
    }
    if new.webhook.is_none() {
        // A webhook reads nothing.
        raise_mark(tx, new.author, new.channel, message.id)?;
    }
    Ok(Change { answer: Appended::Created(message), changed: true })
}

pub(crate) fn edit(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
    edit: &MessageEdit,
) -> Result<Change<Option<Message>>, Fault> {
    let Some(before) = rows::find(tx.conn, channel, id)? else {
        return Ok(Change { answer: None, changed: false });
    };
    let mut after = before.clone();
    if let Some(content) = &edit.content {
        after.content.clone_from(&content.text);
        after.mentions.clone_from(&content.mentions);
        after.mention_roles.clone_from(&content.mention_roles);
        after.mention_everyone = content.mention_everyone;
    }
    if let Some(embeds) = &edit.embeds {
        after.embeds.clone_from(embeds);
    }
    if let Some(flags) = edit.flags {
        after.flags = flags;
    }
    if edit.edited.is_some() {
        after.edited = edit.edited;
    }
    let changed = after != before;
    if changed {
        rows::update(tx.conn, &after)?;
    }
    Ok(Change { answer: Some(after), changed })
}

pub(crate) fn delete(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
) -> Result<Change<Option<Message>>, Fault> {
    let Some(message) = rows::find(tx.conn, channel, id)? else {
        return Ok(Change { answer: None, changed: false });
    };
    tx.conn.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id.as_i64()])?;
    let here = params![channel.as_i64(), id.as_i64()];
    tx.conn.prepare_cached("DELETE FROM reactions WHERE channel = ?1 AND message = ?2")?.execute(here)?;
    tx.conn
        .prepare_cached("DELETE FROM reaction_tallies WHERE channel = ?1 AND message = ?2")?
        .execute(here)?;
    mentions::forget_of(tx.conn, id)?;
    if message.pinned {
        remove_pin(tx.conn, channel, id)?;
    }
    Ok(Change { answer: Some(message), changed: true })
}

/// Those of several that there were.
pub(crate) fn delete_many(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    ids: &[MessageId],
) -> Result<Change<Vec<MessageId>>, Fault> {
    let mut gone = Vec::with_capacity(ids.len());
    for id in ids {
        if delete(tx, channel, *id)?.changed {
            gone.push(*id);
        }
    }
    let changed = !gone.is_empty();
    Ok(Change { answer: gone, changed })
}

pub(crate) fn clear_reactions(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
    emoji: Option<&str>,
) -> Result<Change<bool>, Fault> {
    let mut removed = 0;
    for (all, one) in [
        (
            "DELETE FROM reaction_tallies WHERE channel = ?1 AND message = ?2",
            "DELETE FROM reaction_tallies WHERE channel = ?1 AND message = ?2 AND emoji = ?3",
        ),
        (
            "DELETE FROM reactions WHERE channel = ?1 AND message = ?2",
            "DELETE FROM reactions WHERE channel = ?1 AND message = ?2 AND emoji = ?3",
        ),
    ] {
        removed += match emoji {
            Some(emoji) => {
                tx.conn.prepare_cached(one)?.execute(params![channel.as_i64(), id.as_i64(), emoji])?
            }
            None => tx.conn.prepare_cached(all)?.execute(params![channel.as_i64(), id.as_i64()])?,
        };
    }
    Ok(Change { answer: removed > 0, changed: removed > 0 })
}

pub(crate) fn react(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
    user: UserId,
    emoji: &str,
    cap: usize,
) -> Result<Change<Reacted>, Fault> {
    let unchanged = |answer| Ok(Change { answer, changed: false });
    if !rows::exists(tx.conn, channel, id)? {
        return unchanged(Reacted::Absent);
    }
    let added = tx
        .conn
        .prepare_cached(
            "INSERT OR IGNORE INTO reactions (channel, message, emoji, user) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![channel.as_i64(), id.as_i64(), emoji, user.as_i64()])?;
    if added == 0 {
        return unchanged(Reacted::Already);
    }
    let counted = tx
        .conn
        .prepare_cached(
            "UPDATE reaction_tallies SET users = users + 1 WHERE channel = ?1 AND message = ?2 AND emoji = ?3",
        )?
        .execute(params![channel.as_i64(), id.as_i64(), emoji])?;
    if counted > 0 {
        return Ok(Change { answer: Reacted::Added, changed: true });
    }
    let (distinct, last): (i64, i64) = tx
        .conn
        .prepare_cached(
            "SELECT COUNT(*), COALESCE(MAX(place), 0) FROM reaction_tallies WHERE channel = ?1 AND message = ?2",
        )?
        .query_row(params![channel.as_i64(), id.as_i64()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if usize::try_from(distinct).unwrap_or(usize::MAX) >= cap {
        // The rare way out takes its row back, so that the common one needs no look before it.
        remove_reaction(tx.conn, channel, id, user, emoji)?;
        return unchanged(Reacted::TooMany);
    }
    tx.conn
        .prepare_cached(
            "INSERT INTO reaction_tallies (channel, message, emoji, place, users) VALUES (?1, ?2, ?3, ?4, 1)",
        )?
        .execute(params![channel.as_i64(), id.as_i64(), emoji, last + 1])?;
    Ok(Change { answer: Reacted::Added, changed: true })
}

fn remove_reaction(
    conn: &Connection,
    channel: ChannelId,
    id: MessageId,
    user: UserId,
    emoji: &str,
) -> Result<bool, Fault> {
    let removed = conn
        .prepare_cached(
            "DELETE FROM reactions WHERE channel = ?1 AND message = ?2 AND emoji = ?3 AND user = ?4",
        )?
        .execute(params![channel.as_i64(), id.as_i64(), emoji, user.as_i64()])?;
    Ok(removed > 0)
}

pub(crate) fn unreact(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
    user: UserId,
    emoji: &str,
) -> Result<Change<bool>, Fault> {
    let was = remove_reaction(tx.conn, channel, id, user, emoji)?;
    if was {
        let tally = params![channel.as_i64(), id.as_i64(), emoji];
        tx.conn
            .prepare_cached(
                "UPDATE reaction_tallies SET users = users - 1 WHERE channel = ?1 AND message = ?2 AND emoji = ?3",
            )?
            .execute(tally)?;
        tx.conn
            .prepare_cached(
                "DELETE FROM reaction_tallies WHERE channel = ?1 AND message = ?2 AND emoji = ?3 AND users <= 0",
            )?
            .execute(tally)?;
    }
    Ok(Change { answer: was, changed: was })
}

pub(crate) fn pin(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
    at: Timestamp,
    cap: usize,
) -> Result<Change<(Pinned, Option<Message>)>, Fault> {
    let unchanged = |answer| Ok(Change { answer: (answer, None), changed: false });
    let Some(mut message) = rows::find(tx.conn, channel, id)? else { return unchanged(Pinned::Absent) };
    if message.pinned {
        return unchanged(Pinned::Already);
    }
    let (count, last): (i64, Option<i64>) = tx
        .conn
        .prepare_cached("SELECT COUNT(*), MAX(at) FROM pins WHERE channel = ?1")?
        .query_row([channel.as_i64()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= cap {
        return unchanged(Pinned::TooMany);
    }
    // Every pin of a channel has a moment of its own, later than the one before it also when the clock stepped
    // back: else a page of pins that ends between two equal moments would lose one.
    let at = last.map_or(at.micros(), |last| at.micros().max(last.saturating_add(1)));
    tx.conn
        .prepare_cached("INSERT INTO pins (channel, at, message) VALUES (?1, ?2, ?3)")?
        .execute(params![channel.as_i64(), at, id.as_i64()])?;
    tx.conn
        .prepare_cached("UPDATE messages SET pinned = ?2 WHERE id = ?1")?
        .execute(params![id.as_i64(), at])?;
    message.pinned = true;
    Ok(Change { answer: (Pinned::Pinned, Some(message)), changed: true })
}

/// Takes the row of a pin away; the message's own column is the caller's business.
fn remove_pin(conn: &Connection, channel: ChannelId, id: MessageId) -> Result<bool, Fault> {
    let removed = conn
        .prepare_cached("DELETE FROM pins WHERE channel = ?1 AND message = ?2")?
        .execute(params![channel.as_i64(), id.as_i64()])?;
    Ok(removed > 0)
}

pub(crate) fn unpin(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    id: MessageId,
) -> Result<Change<Option<Message>>, Fault> {
    if !remove_pin(tx.conn, channel, id)? {
        return Ok(Change { answer: None, changed: false });
    }
    tx.conn.prepare_cached("UPDATE messages SET pinned = NULL WHERE id = ?1")?.execute([id.as_i64()])?;
    let Some(message) = rows::find(tx.conn, channel, id)? else {
        return Err(Fault::corrupt(format!("a pin of {channel} names no message")));
    };
    Ok(Change { answer: Some(message), changed: true })
}

/// Moves a mark up; leaves one that is there or further.
fn raise_mark(tx: &mut Tx<'_>, user: UserId, channel: ChannelId, message: MessageId) -> Result<(), Fault> {
    let version = tx.read_version();
    tx.conn
        .prepare_cached(
            "INSERT INTO read_marks (user, channel, message, version) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET message = excluded.message, version = excluded.version
             WHERE excluded.message > message",
        )?
        .execute(params![user.as_i64(), channel.as_i64(), message.as_i64(), version as i64])?;
    Ok(())
}

pub(crate) fn mark_read(
    tx: &mut Tx<'_>,
    user: UserId,
    mark: ReadMark,
    back: bool,
) -> Result<Change<ReadMark>, Fault> {
    let stored: Option<(i64, i64)> = tx
        .conn
        .prepare_cached("SELECT message, version FROM read_marks WHERE user = ?1 AND channel = ?2")?
        .query_row(params![user.as_i64(), mark.channel.as_i64()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((message, version)) = stored {
        let stays = if back { mark.message.as_i64() == message } else { mark.message.as_i64() <= message };
        if stays {
            let answer = read_mark(mark.channel.as_i64(), message, version)?;
            return Ok(Change { answer, changed: false });
        }
    }
    let version = tx.read_version();
    tx.conn
        .prepare_cached(
            "INSERT INTO read_marks (user, channel, message, version) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET message = excluded.message, version = excluded.version",
        )?
        .execute(params![user.as_i64(), mark.channel.as_i64(), mark.message.as_i64(), version as i64])?;
    Ok(Change { answer: ReadMark { version, ..mark }, changed: true })
}

/// The mark that a row holds.
pub(crate) fn read_mark(channel: i64, message: i64, version: i64) -> Result<ReadMark, Fault> {
    match (ChannelId::from_i64(channel), MessageId::from_i64(message), u64::try_from(version)) {
        (Some(channel), Some(message), Ok(version)) => Ok(ReadMark { channel, message, version }),
        _ => Err(Fault::corrupt(format!("a read mark of channel {channel} cannot be read"))),
    }
}
