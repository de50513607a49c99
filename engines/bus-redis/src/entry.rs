//! What stands in a stream: one field, a short head of numbers, and the event as JSON.
//!
//! JSON, because nodes of two versions work together while an installation is updated, and it forgives keys that one of
//! them does not know. The audience is not part of it: each node is told only the users that it has. Of an event of a guild the
//! guild stands in the head, under a tag of its own, so that whoever reads a stream again for one session passes over the
//! other guilds' events unread; which of its members hear of it is part of the JSON.

use model::event::{Audience, Envelope, Event, GuildAudience};
use model::{ChannelId, GuildId, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The field's name.
pub(crate) const FIELD: &str = "e";

/// An entry of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// An event.
    Event {
        publisher: u64,
        /// Counts what this publisher handed to this stream, from 1.
        link: u64,
        /// Counts the publisher's events.
        number: u64,
        /// Was added before, and may have been lost.
        again: bool,
        /// Whose members it is for, in place of `to`.
        guild: Option<u64>,
        to: Vec<u64>,
        body: Vec<u8>,
    },
    /// So much was handed to this stream so far, and questions go to `home`.
    Digest { publisher: u64, link: u64, home: u64 },
    /// `stream` misses everything from `link` on: add it again.
    Ask { stream: u64, link: u64 },
    /// What was asked for is not there any more; goes on behind `link`.
    Forgotten { publisher: u64, link: u64 },
    /// The publisher lost events, and does not know whose.
    Lost { publisher: u64 },
    /// The stream's first entry.
    Begun,
    /// Nothing happened.
    Tick,
    /// The node that this stream was for began another one: it is not complete.
    Closed,
}

#[derive(Serialize)]
struct BodyRef<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    guild: Option<&'a GuildAudience>,
    event: &'a Event,
    channel: Option<ChannelId>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stored_by: Option<i64>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    guild: Option<GuildAudience>,
    event: Event,
    channel: Option<ChannelId>,
    version: u64,
    #[serde(default)]
    stored_by: Option<i64>,
}

/// The part of an envelope that is the same for every node.
pub(crate) fn write_body(envelope: &Envelope) -> Option<Vec<u8>> {
    let body = BodyRef {
        guild: envelope.guild.as_ref(),
        event: &envelope.event,
        channel: envelope.channel,
        version: envelope.version,
        stored_by: envelope.stored_by,
    };
    serde_json::to_vec(&body).ok()
}

/// The envelope again. `None`: it is of a version that this one cannot read.
pub(crate) fn read_body(to: &[u64], body: &[u8]) -> Option<Envelope> {
    let Body { guild, event, channel, version, stored_by } = serde_json::from_slice(body).ok()?;
    let to: Audience = to.iter().filter_map(|user| UserId::new(*user)).collect();
    Some(Envelope { to, guild, event: Arc::new(event), channel, version, stored_by })
}

/// An event's entry without an [`Entry`] in between.
pub(crate) fn write_event(
    (publisher, link, number): (u64, u64, u64),
    again: bool,
    guild: Option<GuildId>,
    to: &[UserId],
    body: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(37 + 8 * to.len() + body.len());
    bytes.push(match (guild, again) {
        (None, false) => b'E',
        (None, true) => b'A',
        (Some(_), false) => b'G',
        (Some(_), true) => b'H',
    });
    for part in [publisher, link, number] {
        bytes.extend(part.to_le_bytes());
    }
    if let Some(guild) = guild {
        bytes.extend(guild.get().to_le_bytes());
    }
    bytes.extend(u32::try_from(to.len()).unwrap_or(u32::MAX).to_le_bytes());
    for user in to {
        bytes.extend(user.get().to_le_bytes());
    }
    bytes.extend(body);
    bytes
}

impl Entry {
    /// As bytes; of an event, see [`write_event`].
    pub(crate) fn write(&self) -> Vec<u8> {
        let (tag, parts): (u8, &[u64]) = match self {
            Self::Event { publisher, link, number, again, guild, to, body } => {
                let guild = guild.and_then(GuildId::new);
                let to: Vec<UserId> = to.iter().filter_map(|user| UserId::new(*user)).collect();
                return write_event((*publisher, *link, *number), *again, guild, &to, body);
            }
            Self::Digest { publisher, link, home } => (b'D', &[*publisher, *link, *home]),
            Self::Ask { stream, link } => (b'Q', &[*stream, *link]),
            Self::Forgotten { publisher, link } => (b'F', &[*publisher, *link]),
            Self::Lost { publisher } => (b'L', &[*publisher]),
            Self::Begun => (b'B', &[]),
            Self::Tick => (b'T', &[]),
            Self::Closed => (b'C', &[]),
        };
        let mut bytes = vec![tag];
        parts.iter().for_each(|part| bytes.extend(part.to_le_bytes()));
        bytes
    }

    /// From bytes. `None`: they are of a version that this one cannot read.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (tag, mut rest) = bytes.split_first()?;
        let mut next = || -> Option<u64> {
            let (part, behind) = rest.split_first_chunk::<8>()?;
            rest = behind;
            Some(u64::from_le_bytes(*part))
        };
        Some(match tag {
            b'E' | b'A' | b'G' | b'H' => {
                let (publisher, link, number) = (next()?, next()?, next()?);
                let guild = if matches!(*tag, b'G' | b'H') { Some(next()?) } else { None };
                let (count, mut rest) = rest.split_first_chunk::<4>()?;
                let mut to = Vec::new();
                for _ in 0..u32::from_le_bytes(*count) {
                    let (user, behind) = rest.split_first_chunk::<8>()?;
                    to.push(u64::from_le_bytes(*user));
                    rest = behind;
                }
                let again = matches!(*tag, b'A' | b'H');
                Self::Event { publisher, link, number, again, guild, to, body: rest.to_vec() }
            }
            b'D' => Self::Digest { publisher: next()?, link: next()?, home: next()? },
            b'Q' => Self::Ask { stream: next()?, link: next()? },
            b'F' => Self::Forgotten { publisher: next()?, link: next()? },
            b'L' => Self::Lost { publisher: next()? },
            b'B' => Self::Begun,
            b'T' => Self::Tick,
            b'C' => Self::Closed,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_read_as_it_was_written() {
        let event = |again, guild, to: &[u64]| Entry::Event {
            publisher: 1,
            link: 2,
            number: 3,
            again,
            guild,
            to: to.to_vec(),
            body: vec![6],
        };
        let others = [
            event(true, None, &[4, 5]),
            event(false, None, &[4]),
            event(true, Some(7), &[]),
            event(false, Some(7), &[]),
            Entry::Digest { publisher: 1, link: 2, home: 3 },
            Entry::Ask { stream: 1, link: 2 },
            Entry::Forgotten { publisher: 1, link: 2 },
            Entry::Lost { publisher: 1 },
            Entry::Begun,
            Entry::Tick,
            Entry::Closed,
        ];
        for entry in others {
            let bytes = entry.write();
            assert_eq!(Entry::read(&bytes), Some(entry));
            // What was cut off is no entry, and no panic.
            let _ = Entry::read(&bytes[..bytes.len() / 2]);
        }
        assert_eq!(Entry::read(b""), None);
    }
}
