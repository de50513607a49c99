//! Pins, and the tops of channels.
//!
//! All pins of a channel are one partition, changed by conditional writes on its version: two that pin at once cannot
//! both take the last place. Whether a message is pinned is read from there, and nowhere written a second time.

use crate::engine::{Engine, Tries};
use crate::fault::corrupt;
use crate::history::Stretch;
use crate::link::Cas;
use crate::rows::{Found, Record, bucket};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::message::Message;
use model::{ChannelId, MessageId, Timestamp, UserId};
use ports::Stored;
use ports::messages::{Durable, Head, Pinned, StoredMessage};
use std::sync::Arc;
use tokio::time::Instant;

/// Reads of one call that are under way at once.
pub(crate) const AT_ONCE: usize = 16;

/// The pins of a channel, last pinned first.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    pins: Vec<(Timestamp, MessageId)>,
    version: Option<i64>,
}

impl Pins {
    pub(crate) fn has(&self, id: MessageId) -> bool {
        self.pins.iter().any(|pin| pin.1 == id)
    }
}

impl Engine {
    pub(crate) async fn pins_of(&self, channel: ChannelId, settled: bool, until: Instant) -> Stored<Pins> {
        let statement = if settled { &self.statements.pins_settled } else { &self.statements.pins };
        let rows: Vec<(Option<i64>, Option<i64>, Option<i64>)> =
            self.link.rows(statement, (channel.as_i64(),), until).await?;
        let mut pins = Pins::default();
        for (message, at, version) in rows {
            pins.version = version;
            // A partition whose pins all went has a row with nothing but the version.
            if let (Some(message), Some(at)) = (message, at) {
                let id = MessageId::from_i64(message)
                    .ok_or_else(|| corrupt(format!("a pin of {channel} names no message")))?;
                pins.pins.push((Timestamp::from_micros(at), id));
            }
        }
        pins.pins.sort_unstable_by(|a, b| b.cmp(a));
        Ok(pins)
    }

    /// The message, saying whether it is pinned.
    pub(crate) async fn with_pin(&self, record: Record, until: Instant) -> Stored<Message> {
        let mut message = record.message;
        if record.was_pinned {
            message.pinned = self.pins_of(message.channel, false, until).await?.has(message.id);
        }
        Ok(message)
    }

    pub(crate) async fn pin(
        &self,
        channel: ChannelId,
        id: MessageId,
        at: Timestamp,
        cap: usize,
        durable: Durable,
    ) -> Stored<Pinned> {
        let until = Self::change_until();
        let turn = self.pinning.hold(channel).await;
        let Some(record) = self.find(channel, id, false, until).await?.alive() else {
            return Ok(Pinned::Absent);
        };
        if !record.was_pinned {
            let place = (channel.as_i64(), bucket(id), id.as_i64());
            self.link.insist(&self.statements.flag_pinned, place, until).await?;
        }
        let mut tries = Tries::until(until);
        let (mut own, mut settled) = (None, false);
        loop {
            let pins = self.pins_of(channel, settled, until).await?;
            if own.is_some() && pins.version == own {
                break;
            }
            if pins.has(id) {
                return Ok(Pinned::Already);
            }
            if pins.pins.len() >= cap {
                return Ok(Pinned::TooMany);
            }
            // Every pin of a channel has a moment of its own, later than the one before it also when the clock stepped
            // back: else a page of pins that ends between two equal moments would lose one.
            let at = pins.pins.first().map_or(at.micros(), |last| at.micros().max(last.0.micros() + 1));
            let stamp = self.stamp();
            let here = channel.as_i64();
            match self
                .link
                .cas(&self.statements.pin, (stamp, here, pins.version, here, id.as_i64(), at), until)
                .await?
            {
                Cas::Applied => break,
                Cas::Lost => own = None,
                Cas::Unknown => own = Some(stamp),
            }
            settled = true;
            tries.next("the pins of a channel").await?;
        }
        // A deletion that came in between has looked for pins before this one was there.
        let Some(record) = self.find(channel, id, true, until).await?.alive() else {
            self.remove_pin(channel, id, until).await?;
            return Ok(Pinned::Absent);
        };
        self.tell(durable, &Message { pinned: true, ..record.message }, turn).await?;
        Ok(Pinned::Pinned)
    }

    /// Takes a pin away; whether it was there.
    pub(crate) async fn remove_pin(&self, channel: ChannelId, id: MessageId, until: Instant) -> Stored<bool> {
        let mut tries = Tries::until(until);
        let mut unknown = false;
        loop {
            match self.link.cas(&self.statements.unpin, (channel.as_i64(), id.as_i64()), until).await? {
                Cas::Applied => return Ok(true),
                // After a lost answer, this call's own try may be what took it away.
                Cas::Lost => return Ok(unknown),
                Cas::Unknown => unknown = true,
            }
            tries.next("the pins of a channel").await?;
        }
    }

    pub(crate) async fn unpin(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<bool> {
        let until = Self::change_until();
        let turn = self.pinning.hold(channel).await;
        if !self.pins_of(channel, false, until).await?.has(id) || !self.remove_pin(channel, id, until).await?
        {
            return Ok(false);
        }
        let Some(record) = self.find(channel, id, false, until).await?.alive() else { return Ok(false) };
        self.tell(durable, &record.message, turn).await?;
        Ok(true)
    }

    pub(crate) async fn pins(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<(Timestamp, StoredMessage)>> {
        let until = Self::read_until();
        let pins = self.pins_of(channel, false, until).await?;
        let wanted: Vec<_> =
            pins.pins.into_iter().filter(|pin| before.is_none_or(|before| pin.0 < before)).collect();
        let mut found = Vec::new();
        // The pin of a message that was just deleted is passed over, and does not count.
        for part in wanted.chunks(limit.clamp(1, model::limits::PINS)) {
            let records: Vec<Option<Record>> = stream::iter(part.to_vec())
                .map(|(_, id)| async move { self.find(channel, id, false, until).await.map(Found::alive) })
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            let there: Vec<(Timestamp, Record)> = part
                .iter()
                .zip(records)
                .filter_map(|(pin, record)| Some((pin.0, record?)))
                .take(limit.saturating_sub(found.len()))
                .collect();
            let records: Vec<Record> = there.iter().map(|pin| pin.1.clone()).collect();
            let stored = self.decorate(channel, &records, viewer, until).await?;
            // Pinned when the list was read, whatever happens meanwhile.
            found.extend(there.into_iter().zip(stored).map(|((at, _), mut stored)| {
                stored.message.pinned = true;
                (at, stored)
            }));
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    pub(crate) async fn heads(self: &Arc<Self>, channels: &[ChannelId]) -> Stored<Vec<Head>> {
        stream::iter(channels.to_vec())
            .map(|channel| async move {
                let until = Self::read_until();
                let newest = self.walk(channel, Stretch::Below(i64::MAX), 1);
                let (newest, pins) = tokio::try_join!(newest, self.pins_of(channel, false, until))?;
                let last_message = newest.first().map(|record| record.message.id);
                Ok(Head { channel, last_message, last_pin: pins.pins.first().map(|pin| pin.0) })
            })
            .buffer_unordered(AT_ONCE)
            .try_filter(|head| std::future::ready(head.last_message.is_some()))
            .try_collect()
            .await
    }
}
