//! Reading messages: one, or a stretch of a channel.

use crate::engine::Engine;
use crate::link::Prepared;
use crate::rows::{self, Columns, Found, Record, bucket};
use model::{ChannelId, MessageId, Timestamp, UserId};
use ports::messages::{Called, Page, StoredMessage};
use ports::{StoreError, Stored};
use std::sync::Arc;
use tokio::time::Instant;

/// The most messages that one page holds, whatever a caller asks for.
const PAGE: usize = model::limits::HISTORY_PAGE;

/// Rows that one statement reads when it walks.
const STRIDE: usize = 500;

/// Statements that one walk over deleted messages may take: half a million of them, one after another.
const STRIDES: usize = 1_000;

/// Buckets of a channel that are looked at: 80 years.
const BUCKETS: i32 = 3_000;

/// A part of a channel that is read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stretch {
    /// The newest below this number.
    Below(i64),
    /// The oldest above this number.
    Above(i64),
}

impl Engine {
    /// What is found under an id of a channel. `settled` waits for conditional writes under way.
    pub(crate) async fn find(
        &self,
        channel: ChannelId,
        id: MessageId,
        settled: bool,
        until: Instant,
    ) -> Stored<Found> {
        let statement = if settled { &self.statements.message_settled } else { &self.statements.message };
        let values = (channel.as_i64(), bucket(id), id.as_i64());
        let row: Option<Columns> = self.link.row(statement, values, until).await?;
        row.map_or(Ok(Found::Absent), |row| rows::found(channel, row))
    }

    /// The buckets that a channel uses, newest first.
    pub(crate) async fn buckets(&self, channel: ChannelId, until: Instant) -> Stored<Vec<i32>> {
        let rows: Vec<(i32,)> =
            self.link.rows(&self.statements.buckets, (channel.as_i64(), BUCKETS), until).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    pub(crate) async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
    ) -> Stored<Option<StoredMessage>> {
        let until = Self::read_until();
        let Some(record) = self.find(channel, id, false, until).await?.alive() else { return Ok(None) };
        Ok(self.decorate(channel, &[record], viewer, until).await?.into_iter().next())
    }

    pub(crate) async fn page(
        self: &Arc<Self>,
        channel: ChannelId,
        page: Page,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<StoredMessage>> {
        let limit = limit.clamp(1, PAGE);
        let records = match page {
            Page::Latest => self.stretch(channel, Stretch::Below(i64::MAX), limit).await?,
            Page::Before(id) => self.stretch(channel, Stretch::Below(id.as_i64()), limit).await?,
            Page::After(id) => self.stretch(channel, Stretch::Above(id.as_i64()), limit).await?,
            Page::Around(id) => {
                let older = async {
                    match limit / 2 {
                        0 => Ok(Arc::default()),
                        half => self.stretch(channel, Stretch::Below(id.as_i64()), half).await,
                    }
                };
                let newer = self.stretch(channel, Stretch::Above(id.as_i64() - 1), limit - limit / 2);
                let (older, newer) = tokio::try_join!(older, newer)?;
                Arc::new(newer.iter().chain(older.iter()).cloned().collect())
            }
        };
        self.decorate(channel, &records, viewer, Self::read_until()).await
    }

    /// A stretch, newest first; read once for all who ask for it at the same time.
    async fn stretch(
        self: &Arc<Self>,
        channel: ChannelId,
        stretch: Stretch,
        limit: usize,
    ) -> Stored<Arc<Vec<Record>>> {
        let (counter, reader) = (self.clone(), self.clone());
        let records = self
            .stretches
            .read(
                (channel, stretch, limit),
                move |shared| counter.link.coalesced(shared),
                move || {
                    let engine = reader.clone();
                    async move { engine.walk(channel, stretch, limit).await.map(Arc::new) }
                },
            )
            .await?;
        if let Some(newest) = records.first() {
            // What this node sends next must be above what its users have seen.
            self.ids.observe(newest.message.id.get());
        }
        Ok(records)
    }

    /// Reads a stretch, newest first, over the buckets that there are and past what was deleted.
    pub(crate) async fn walk(
        &self,
        channel: ChannelId,
        stretch: Stretch,
        limit: usize,
    ) -> Stored<Vec<Record>> {
        let until = Self::read_until();
        let mut records: Vec<Record> = Vec::new();
        let statement = match stretch {
            Stretch::Below(_) => &self.statements.below,
            Stretch::Above(_) => &self.statements.above,
        };
        self.strides(channel, stretch, limit, statement, until, |row: Columns| {
            let id = row.0;
            if let Found::Alive(record) = rows::found(channel, row)? {
                records.push(*record);
            }
            Ok((id, records.len() >= limit))
        })
        .await?;
        if matches!(stretch, Stretch::Above(_)) {
            records.reverse();
        }
        Ok(records)
    }

    /// Hands rows of a stretch to `take`, nearest first, until it has enough; it answers with the row's id.
    async fn strides<T>(
        &self,
        channel: ChannelId,
        stretch: Stretch,
        first: usize,
        statement: &Prepared,
        until: Instant,
        mut take: impl FnMut(T) -> Stored<(i64, bool)>,
    ) -> Stored<()>
    where
        T: for<'a> scylla::deserialize::row::DeserializeRow<'a, 'a>,
    {
        let mut buckets = self.buckets(channel, until).await?;
        let (mut from, up) = match stretch {
            Stretch::Below(id) => (id, false),
            Stretch::Above(id) => (id, true),
        };
        let edge = MessageId::from_i64(from).map_or(0, bucket);
        buckets.retain(|bucket| if up { *bucket >= edge } else { *bucket <= edge });
        if up {
            buckets.reverse();
        }
        let mut stride = first;
        let mut strides = 0;
        for bucket in buckets {
            loop {
                strides += 1;
                if strides > STRIDES {
                    return Err(StoreError::Unavailable(format!(
                        "channel {channel} has too much that is deleted"
                    )));
                }
                let limit = i32::try_from(stride).unwrap_or(i32::MAX);
                let rows: Vec<T> =
                    self.link.rows(statement, (channel.as_i64(), bucket, from, limit), until).await?;
                let full = rows.len() >= stride;
                for row in rows {
                    let (id, enough) = take(row)?;
                    from = id;
                    if enough {
                        return Ok(());
                    }
                }
                // What was asked for was not enough: much is deleted here, or the bucket is at its end.
                stride = STRIDE.max(first);
                if !full {
                    break;
                }
            }
        }
        Ok(())
    }

    pub(crate) async fn unread(
        &self,
        channel: ChannelId,
        user: UserId,
        after: Option<MessageId>,
        cap: u32,
    ) -> Stored<u32> {
        let mut count = 0;
        if cap == 0 {
            return Ok(0);
        }
        let stretch = Stretch::Above(after.map_or(0, MessageId::as_i64));
        let first = usize::try_from(cap).unwrap_or(STRIDE).min(STRIDE);
        let take = |(id, author, dead): (i64, Option<i64>, Option<i8>)| {
            if dead.is_none() && author.is_some_and(|author| author != user.as_i64()) {
                count += 1;
            }
            Ok((id, count >= cap))
        };
        self.strides(channel, stretch, first, &self.statements.authors_above, Self::read_until(), take)
            .await?;
        Ok(count)
    }

    pub(crate) async fn calls(
        &self,
        channel: ChannelId,
        called: &Called,
        after: Option<MessageId>,
        look: u32,
    ) -> Stored<u32> {
        if look == 0 {
            return Ok(0);
        }
        let (mut looked, mut calls) = (0, 0);
        let after = after.map_or(0, MessageId::as_i64);
        let first = usize::try_from(look).unwrap_or(STRIDE).min(STRIDE);
        let take = |row: Columns| -> Stored<(i64, bool)> {
            let id = row.0;
            if id <= after {
                return Ok((id, true));
            }
            if let Found::Alive(record) = rows::found(channel, row)? {
                looked += 1;
                calls += u32::from(called.by(&record.message));
            }
            Ok((id, looked >= look))
        };
        let (newest, until) = (Stretch::Below(i64::MAX), Self::read_until());
        self.strides(channel, newest, first, &self.statements.below, until, take).await?;
        Ok(calls)
    }

    pub(crate) async fn said_by(
        &self,
        channel: ChannelId,
        author: UserId,
        since: Timestamp,
        limit: usize,
    ) -> Stored<Vec<MessageId>> {
        let mut said = Vec::new();
        if limit == 0 {
            return Ok(said);
        }
        let oldest = i64::try_from(model::snowflake::at_ms(since.millis())).unwrap_or(i64::MAX);
        let take = |(id, by, dead): (i64, Option<i64>, Option<i8>)| {
            if id < oldest {
                return Ok((id, true));
            }
            if dead.is_none() && by == Some(author.as_i64()) {
                said.extend(MessageId::from_i64(id));
            }
            Ok((id, said.len() >= limit))
        };
        let (newest, until) = (Stretch::Below(i64::MAX), Self::read_until());
        self.strides(channel, newest, STRIDE, &self.statements.authors_below, until, take).await?;
        Ok(said)
    }
}
