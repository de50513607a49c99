//! Rows of messages, to and from the model.

use crate::fault::corrupt;
use model::embed::Embed;
use model::message::{Message, MessageKind, MessageReference};
use model::webhook::WebhookAuthor;
use model::{ChannelId, MessageId, RoleId, Timestamp, UserId};
use ports::{StoreError, Stored};
use serde::{Deserialize, Serialize};

/// How much time one partition of a channel holds: what a busy channel writes in it stays far below the hundred
/// megabytes that Cassandra likes, and a quiet one does not fall into many pieces. Part of the format.
const BUCKET_MS: u64 = 10 * 24 * 3600 * 1000;

/// The bucket that an id falls into.
pub(crate) fn bucket(id: MessageId) -> i32 {
    // 42 bits of milliseconds make at most 5,091 buckets.
    i32::try_from((id.get() >> 22) / BUCKET_MS).unwrap_or(i32::MAX)
}

/// `dead` of an id that was given up before its message was there; that of a deleted message is 1.
const GIVEN_UP: i8 = 2;

/// What a statement reads of a message; in the order of the columns that statements name.
pub(crate) type Columns =
    (i64, Option<i64>, Option<String>, Option<i64>, Option<i8>, Option<bool>, Option<bool>);

/// Everything of a message that edits may change or readers need: one cell, so that it is whole or not there. What an
/// older version does not know of it passes over: its own acts never edit such messages.
#[derive(Serialize, Deserialize)]
struct Body<'a> {
    #[serde(rename = "k")]
    kind: u8,
    #[serde(rename = "c")]
    content: std::borrow::Cow<'a, str>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    edited: Option<Timestamp>,
    #[serde(rename = "t", default, skip_serializing_if = "std::ops::Not::not")]
    tts: bool,
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    mention_everyone: bool,
    #[serde(rename = "m", default, skip_serializing_if = "<[_]>::is_empty")]
    mentions: std::borrow::Cow<'a, [UserId]>,
    #[serde(rename = "f", default, skip_serializing_if = "is_zero")]
    flags: u32,
    #[serde(rename = "b", default, skip_serializing_if = "<[_]>::is_empty")]
    embeds: std::borrow::Cow<'a, [Embed]>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    reference: Option<MessageReference>,
    #[serde(rename = "p", default, skip_serializing_if = "<[_]>::is_empty")]
    mention_roles: std::borrow::Cow<'a, [RoleId]>,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    webhook: Option<std::borrow::Cow<'a, WebhookAuthor>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(flags: &u32) -> bool {
    *flags == 0
}

/// The cell that holds a message.
pub(crate) fn body(message: &Message) -> Stored<String> {
    let body = Body {
        kind: message.kind as u8,
        content: message.content.as_str().into(),
        edited: message.edited,
        tts: message.tts,
        mention_everyone: message.mention_everyone,
        mentions: message.mentions.as_slice().into(),
        flags: message.flags,
        embeds: message.embeds.as_slice().into(),
        reference: message.reference,
        mention_roles: message.mention_roles.as_slice().into(),
        webhook: message.webhook.as_ref().map(std::borrow::Cow::Borrowed),
    };
    serde_json::to_string(&body).map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// A message that is there.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The message; whether it is pinned is not known yet.
    pub(crate) message: Message,
    /// What a conditional write compares.
    pub(crate) version: i64,
    /// Somebody reacted at some time.
    pub(crate) reacted: bool,
    /// It was pinned at some time.
    pub(crate) was_pinned: bool,
}

/// What is found under an id.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// A message.
    Alive(Box<Record>),
    /// One that was deleted, with the version that the deletion wrote.
    Deleted(Option<i64>),
    /// An id that was given up.
    GivenUp,
    /// Nothing, or less than a message.
    Absent,
}

impl Found {
    /// The message, if there is one.
    pub(crate) fn alive(self) -> Option<Record> {
        match self {
            Self::Alive(record) => Some(*record),
            Self::Deleted(_) | Self::GivenUp | Self::Absent => None,
        }
    }
}

/// What a row says.
pub(crate) fn found(channel: ChannelId, columns: Columns) -> Stored<Found> {
    let (id, author, body, version, dead, reacted, pinned) = columns;
    match dead {
        None => {}
        Some(GIVEN_UP) => return Ok(Found::GivenUp),
        Some(_) => return Ok(Found::Deleted(version)),
    }
    // A flag can come to an id before or without its message; a message comes whole.
    let (Some(author), Some(body), Some(version)) = (author, body, version) else { return Ok(Found::Absent) };
    let damaged = |what: &str| corrupt(format!("message {id}: {what}"));
    let body: Body<'_> = serde_json::from_str(&body).map_err(|_| damaged("its body cannot be read"))?;
    Ok(Found::Alive(Box::new(Record {
        message: Message {
            id: MessageId::from_i64(id).ok_or_else(|| damaged("no id"))?,
            channel,
            author: UserId::from_i64(author).ok_or_else(|| damaged("no author"))?,
            kind: MessageKind::from_u8(body.kind).ok_or_else(|| damaged("unknown kind"))?,
            content: body.content.into_owned(),
            edited: body.edited,
            tts: body.tts,
            mention_everyone: body.mention_everyone,
            mentions: body.mentions.into_owned(),
            mention_roles: body.mention_roles.into_owned(),
            webhook: body.webhook.map(std::borrow::Cow::into_owned),
            flags: body.flags,
            embeds: body.embeds.into_owned(),
            reference: body.reference,
            pinned: false,
        },
        version,
        reacted: reacted.unwrap_or(false),
        was_pinned: pinned.unwrap_or(false),
    })))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;

    #[test]
    fn half_a_row_is_no_message_and_a_dead_one_stays_dead() {
        let channel = ChannelId::new(1).unwrap();
        let body = r#"{"k":0,"c":"x"}"#;
        let row = |author, body: Option<&str>, version, dead| {
            found(channel, (5, author, body.map(str::to_owned), version, dead, Some(true), None)).unwrap()
        };
        let whole = row(Some(1), Some(body), Some(0), None);
        assert!(matches!(whole, Found::Alive(record) if record.message.content == "x"));
        for half in [
            row(None, Some(body), Some(0), None),
            row(Some(1), None, Some(0), None),
            row(Some(1), Some(body), None, None),
            row(None, None, None, None),
        ] {
            assert!(matches!(half, Found::Absent));
        }
        assert!(matches!(row(Some(1), Some(body), Some(0), Some(1)), Found::Deleted(Some(0))));
        assert!(matches!(row(Some(1), Some(body), Some(0), Some(GIVEN_UP)), Found::GivenUp));
    }

    #[test]
    fn buckets_follow_the_ids() {
        let id = |value| MessageId::new(value).unwrap();
        assert_eq!(bucket(id(5)), 0);
        assert!(bucket(id(i64::MAX as u64)) < 3_000);
        let one = model::snowflake::at_ms(1_800_000_000_000);
        let later = model::snowflake::at_ms(1_800_000_000_000 + 10 * 24 * 3_600_000);
        assert_eq!(bucket(id(one)) + 1, bucket(id(later)));
    }
}
