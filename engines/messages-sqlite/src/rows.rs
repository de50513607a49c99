//! Rows of messages, to and from the model.

use crate::fault::Fault;
use model::embed::Embed;
use model::message::{Message, MessageKind, MessageReference};
use model::webhook::WebhookAuthor;
use model::{ChannelId, MessageId, RoleId, Timestamp, UserId};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

const TTS: i64 = 1;
const MENTION_EVERYONE: i64 = 2;

/// The columns that [`message`] reads, in its order.
macro_rules! columns {
    () => {
        "id, channel, author, kind, bits, flags, edited, pinned, content, extra"
    };
}
pub(crate) use columns;

/// What most messages do not have, as JSON; `NULL` when there is none of it.
#[derive(Default, Serialize, Deserialize)]
struct Extra {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    embeds: Vec<Embed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<MessageReference>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mention_roles: Vec<RoleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook: Option<WebhookAuthor>,
}

fn extra(message: &Message) -> Result<Option<String>, Fault> {
    let nothing = message.mentions.is_empty()
        && message.embeds.is_empty()
        && message.reference.is_none()
        && message.mention_roles.is_empty()
        && message.webhook.is_none();
    if nothing {
        return Ok(None);
    }
    let extra = Extra {
        mentions: message.mentions.clone(),
        embeds: message.embeds.clone(),
        reference: message.reference,
        mention_roles: message.mention_roles.clone(),
        webhook: message.webhook.clone(),
    };
    serde_json::to_string(&extra).map(Some).map_err(|error| Fault::unavailable(error.to_string()))
}

fn bits(message: &Message) -> i64 {
    (if message.tts { TTS } else { 0 }) | (if message.mention_everyone { MENTION_EVERYONE } else { 0 })
}

/// The message in a row of [`columns`].
pub(crate) fn message(row: &Row<'_>) -> Result<Message, Fault> {
    let id: i64 = row.get(0)?;
    let damaged = |what: &str| Fault::corrupt(format!("message {id}: {what}"));
    let bits: i64 = row.get(4)?;
    let extra = match row.get_ref(9)?.as_str_or_null().map_err(|_| damaged("its details are no text"))? {
        None => Extra::default(),
        Some(json) => serde_json::from_str(json).map_err(|_| damaged("its details cannot be read"))?,
    };
    Ok(Message {
        id: MessageId::from_i64(id).ok_or_else(|| damaged("no id"))?,
        channel: ChannelId::from_i64(row.get(1)?).ok_or_else(|| damaged("no channel"))?,
        author: UserId::from_i64(row.get(2)?).ok_or_else(|| damaged("no author"))?,
        kind: MessageKind::from_u8(row.get(3)?).ok_or_else(|| damaged("unknown kind"))?,
        content: row.get(8)?,
        edited: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_micros),
        tts: bits & TTS != 0,
        mention_everyone: bits & MENTION_EVERYONE != 0,
        mentions: extra.mentions,
        mention_roles: extra.mention_roles,
        webhook: extra.webhook,
        flags: row.get(5)?,
        embeds: extra.embeds,
        reference: extra.reference,
        pinned: row.get::<_, Option<i64>>(7)?.is_some(),
    })
}

/// The message with this id, if it is in this channel.
pub(crate) fn find(conn: &Connection, channel: ChannelId, id: MessageId) -> Result<Option<Message>, Fault> {
    let mut statement =
        conn.prepare_cached(concat!("SELECT ", columns!(), " FROM messages WHERE id = ?1 AND channel = ?2"))?;
    let mut rows = statement.query(params![id.as_i64(), channel.as_i64()])?;
    rows.next()?.map(message).transpose()
}

/// Whether there is a message with this id in this channel.
pub(crate) fn exists(conn: &Connection, channel: ChannelId, id: MessageId) -> Result<bool, Fault> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND channel = ?2")?;
    let found = statement.query_row(params![id.as_i64(), channel.as_i64()], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

/// All messages that a query of [`columns`] finds.
pub(crate) fn collect(
    statement: &mut CachedStatement<'_>,
    params: impl rusqlite::Params,
) -> Result<Vec<Message>, Fault> {
    let mut rows = statement.query(params)?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push(message(row)?);
    }
    Ok(messages)
}

/// Stores a new message, not pinned and not edited.
pub(crate) fn insert(conn: &Connection, message: &Message) -> Result<(), Fault> {
    conn.prepare_cached(
        "INSERT INTO messages (id, channel, author, kind, bits, flags, content, extra)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        message.id.as_i64(),
        message.channel.as_i64(),
        message.author.as_i64(),
        message.kind as u8,
        bits(message),
        message.flags,
        message.content,
        extra(message)?,
    ])?;
    Ok(())
}

/// Stores what an edit may have changed.
pub(crate) fn update(conn: &Connection, message: &Message) -> Result<(), Fault> {
    conn.prepare_cached(
        "UPDATE messages SET bits = ?2, flags = ?3, edited = ?4, content = ?5, extra = ?6 WHERE id = ?1",
    )?
    .execute(params![
        message.id.as_i64(),
        bits(message),
        message.flags,
        message.edited.map(Timestamp::micros),
        message.content,
        extra(message)?,
    ])?;
    Ok(())
}
