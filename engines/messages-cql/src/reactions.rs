//! Reactions.
//!
//! Those of a message are one partition: a row for each emoji and user, and a summary of how many there are of each.
//! Every change is one conditional write on the partition's version that changes the row and the summary together, so
//! that counts are exact and the cap holds, and a page reads one row for each message.

use crate::engine::{Engine, Tries};
use crate::fault::corrupt;
use crate::link::Cas;
use crate::pins::{AT_ONCE, Pins};
use crate::rows::{Record, bucket};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::reaction::{ReactionEmoji, ReactionTally};
use model::{ChannelId, MessageId, UserId};
use ports::Stored;
use ports::messages::{Reacted, StoredMessage};
use std::collections::HashSet;
use tokio::time::Instant;

/// The emoji of a message in the order of their first use, with how many users each has.
type Summary = Vec<(String, u32)>;

#[derive(Debug, Default)]
struct Reactions {
    version: Option<i64>,
    summary: Summary,
}

impl Engine {
    async fn reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        settled: bool,
        until: Instant,
    ) -> Stored<Reactions> {
        let statement = if settled { &self.statements.reactions_settled } else { &self.statements.reactions };
        let row: Option<(Option<i64>, Option<String>)> =
            self.link.row(statement, (channel.as_i64(), id.as_i64()), until).await?;
        let Some((version, summary)) = row else { return Ok(Reactions::default()) };
        let summary = match summary {
            Some(json) => serde_json::from_str(&json)
                .map_err(|_| corrupt(format!("the reactions to {id} cannot be read")))?,
            None => Summary::new(),
        };
        Ok(Reactions { version, summary })
    }

    /// Which of these emoji a user reacted with.
    async fn own(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Vec<&str>,
        user: UserId,
        until: Instant,
    ) -> Stored<HashSet<String>> {
        let values = (channel.as_i64(), id.as_i64(), emoji, user.as_i64());
        let rows: Vec<(String,)> = self.link.rows(&self.statements.reactions_of, values, until).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    async fn tallies(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
        until: Instant,
    ) -> Stored<Vec<ReactionTally>> {
        let summary = self.reactions(channel, id, false, until).await?.summary;
        if summary.is_empty() {
            return Ok(Vec::new());
        }
        let emoji = summary.iter().map(|(emoji, _)| emoji.as_str()).collect();
        let own = self.own(channel, id, emoji, viewer, until).await?;
        let tally = |(key, count): (String, u32)| {
            let emoji = ReactionEmoji::from_key(&key)
                .ok_or_else(|| corrupt(format!("a reaction to {id} cannot be read")))?;
            Ok(ReactionTally { emoji, count, me: own.contains(&key) })
        };
        summary.into_iter().map(tally).collect()
    }

    /// Adds to messages of a channel what others did to them. Asks only where a message says that there is something,
    /// and for many at once.
    pub(crate) async fn decorate(
        &self,
        channel: ChannelId,
        records: &[Record],
        viewer: UserId,
        until: Instant,
    ) -> Stored<Vec<StoredMessage>> {
        let pins = async {
            match records.iter().any(|record| record.was_pinned) {
                true => self.pins_of(channel, false, until).await,
                false => Ok(Pins::default()),
            }
        };
        let asked: Vec<(MessageId, bool)> =
            records.iter().map(|record| (record.message.id, record.reacted)).collect();
        let tallies = stream::iter(asked)
            .map(|(id, reacted)| async move {
                match reacted {
                    true => self.tallies(channel, id, viewer, until).await,
                    false => Ok(Vec::new()),
                }
            })
            .buffered(AT_ONCE)
            .try_collect::<Vec<_>>();
        let (pins, tallies) = tokio::try_join!(pins, tallies)?;
        Ok(records
            .iter()
            .zip(tallies)
            .map(|(record, reactions)| {
                let mut message = record.message.clone();
                message.pinned = record.was_pinned && pins.has(message.id);
                StoredMessage { message, reactions }
            })
            .collect())
    }

    pub(crate) async fn react(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: String,
        cap: usize,
    ) -> Stored<Reacted> {
        let until = Self::change_until();
        let _turn = self.reacting.hold((channel, id)).await;
        let Some(record) = self.find(channel, id, false, until).await?.alive() else {
            return Ok(Reacted::Absent);
        };
        if !record.reacted {
            let place = (channel.as_i64(), bucket(id), id.as_i64());
            self.link.insist(&self.statements.flag_reacted, place, until).await?;
        }
        let mut tries = Tries::until(until);
        let (mut own, mut settled) = (None, false);
        loop {
            let Reactions { version, mut summary } = self.reactions(channel, id, settled, until).await?;
            if own.is_some() && version == own {
                break;
            }
            // Between this look and the write nothing changes: the write is conditional on the version read before.
            if self.own(channel, id, vec![&emoji], user, until).await?.contains(&emoji) {
                return Ok(Reacted::Already);
            }
            let full = summary.len() >= cap;
            match summary.iter_mut().find(|(known, _)| *known == emoji) {
                Some((_, count)) => *count = count.saturating_add(1),
                None if full => return Ok(Reacted::TooMany),
                None => summary.push((emoji.clone(), 1)),
            }
            let (stamp, here, message) = (self.stamp(), channel.as_i64(), id.as_i64());
            let values = (
                stamp,
                json(&summary)?,
                here,
                message,
                version,
                here,
                message,
                emoji.as_str(),
                user.as_i64(),
            );
            match self.link.cas(&self.statements.react, values, until).await? {
                Cas::Applied => break,
                Cas::Lost => own = None,
                Cas::Unknown => own = Some(stamp),
            }
            settled = true;
            tries.next("the reactions to a message").await?;
        }
        // A deletion that came in between has taken away reactions before this one was there.
        if self.find(channel, id, true, until).await?.alive().is_none() {
            self.forget_reactions(channel, id, until).await?;
            return Ok(Reacted::Absent);
        }
        Ok(Reacted::Added)
    }

    pub(crate) async fn unreact(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: String,
    ) -> Stored<bool> {
        let until = Self::change_until();
        let _turn = self.reacting.hold((channel, id)).await;
        if self.find(channel, id, false, until).await?.alive().is_none() {
            return Ok(false);
        }
        let mut tries = Tries::until(until);
        let (mut own, mut settled) = (None, false);
        loop {
            let Reactions { version, mut summary } = self.reactions(channel, id, settled, until).await?;
            if own.is_some() && version == own {
                return Ok(true);
            }
            if !self.own(channel, id, vec![&emoji], user, until).await?.contains(&emoji) {
                return Ok(false);
            }
            for (known, count) in &mut summary {
                if *known == emoji {
                    *count = count.saturating_sub(1);
                }
            }
            summary.retain(|(_, count)| *count > 0);
            let (stamp, here, message) = (self.stamp(), channel.as_i64(), id.as_i64());
            let values = (
                stamp,
                json(&summary)?,
                here,
                message,
                version,
                here,
                message,
                emoji.as_str(),
                user.as_i64(),
            );
            match self.link.cas(&self.statements.unreact, values, until).await? {
                Cas::Applied => return Ok(true),
                Cas::Lost => own = None,
                Cas::Unknown => own = Some(stamp),
            }
            settled = true;
            tries.next("the reactions to a message").await?;
        }
    }

    pub(crate) async fn clear_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<String>,
    ) -> Stored<bool> {
        let until = Self::change_until();
        let _turn = self.reacting.hold((channel, id)).await;
        if self.find(channel, id, false, until).await?.alive().is_none() {
            return Ok(false);
        }
        let mut tries = Tries::until(until);
        let (mut own, mut settled) = (None, false);
        loop {
            let Reactions { version, mut summary } = self.reactions(channel, id, settled, until).await?;
            if own.is_some() && version == own {
                return Ok(true);
            }
            let before = summary.len();
            summary.retain(|(known, _)| emoji.as_ref().is_some_and(|emoji| emoji != known));
            if summary.len() == before {
                return Ok(false);
            }
            let (stamp, here, message) = (self.stamp(), channel.as_i64(), id.as_i64());
            let from = emoji.as_deref().unwrap_or("");
            let values = (stamp, json(&summary)?, here, message, version, here, message, from);
            let statement = match emoji {
                Some(_) => &self.statements.clear_emoji,
                None => &self.statements.clear_reactions,
            };
            match self.link.cas(statement, values, until).await? {
                Cas::Applied => return Ok(true),
                Cas::Lost => own = None,
                Cas::Unknown => own = Some(stamp),
            }
            settled = true;
            tries.next("the reactions to a message").await?;
        }
    }

    pub(crate) async fn reactors(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: &str,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<UserId>> {
        let until = Self::read_until();
        let limit = i32::try_from(limit.min(model::limits::HISTORY_PAGE)).unwrap_or(0);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let values = (channel.as_i64(), id.as_i64(), emoji, after.map_or(0, UserId::as_i64), limit);
        let message = self.find(channel, id, false, until);
        let rows = self.link.rows::<(i64,)>(&self.statements.reactors, values, until);
        let (message, rows) = tokio::try_join!(message, rows)?;
        if message.alive().is_none() {
            return Ok(Vec::new());
        }
        let user = |row: (i64,)| {
            UserId::from_i64(row.0).ok_or_else(|| corrupt(format!("a reaction to {id} has no user")))
        };
        rows.into_iter().map(user).collect()
    }

    pub(crate) async fn forget_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        until: Instant,
    ) -> Stored<()> {
        let values = (channel.as_i64(), id.as_i64());
        self.link.insist(&self.statements.forget_reactions, values, until).await.map(|_| ())
    }
}

fn json(summary: &Summary) -> Stored<String> {
    serde_json::to_string(summary).map_err(|error| ports::StoreError::Unavailable(error.to_string()))
}
