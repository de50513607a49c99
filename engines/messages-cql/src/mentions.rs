//! Mentions by whom they call: rows beside the message, which run out.
//!
//! A row is a hint, and its message is the truth: a row whose message never came, or went, is passed over by who reads.
//! So rows are plain inserts that may come twice, late, or, if the ring fails just then, not at all.

use crate::engine::Engine;
use crate::fault::corrupt;
use crate::pins::AT_ONCE;
use crate::rows::Record;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::message::Message;
use model::{ChannelId, MessageId, UserId, limits};
use ports::Stored;
use ports::messages::{Mention, Scope, StoredMessage};
use std::time::Duration;
use tokio::time::Instant;

/// The most rows that one question is answered with, whatever a caller asks for.
const PART: usize = 500;

/// The longest that a send waits for its mentions.
const WITHIN: Duration = Duration::from_secs(2);

/// Messages that one statement asks for.
const IN_ONE: usize = 100;

/// How long rows stay, in seconds.
const LIFE: i32 = limits::MENTION_DAYS as i32 * 24 * 3600;

impl Engine {
    /// Puts a message into its scopes, some at once. A failure is logged: the message is there, and to answer anything else
    /// would make its sender send it again.
    pub(crate) async fn mention(&self, message: &Message, scopes: &[Scope], until: Instant) {
        if scopes.is_empty() {
            return;
        }
        let until = until.min(Instant::now() + WITHIN);
        let (id, channel) = (message.id.as_i64(), message.channel.as_i64());
        let written: Stored<()> = stream::iter(scopes.iter().map(|scope| scope.as_i64()).collect::<Vec<_>>())
            .map(|scope| async move {
                let values = (scope, id, channel, LIFE);
                self.link.insist(&self.statements.add_mention, values, until).await.map(drop)
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "a message is missing in inboxes of those whom it mentions");
        }
    }

    /// As [`Engine::mention`], for a retry that finds its message: whoever stored it may have died before it did this. Not
    /// for one so old that nobody asks for its rows.
    pub(crate) async fn mention_again(&self, message: &Message, scopes: &[Scope], until: Instant) {
        let age = self.clock.now().millis().saturating_sub(message.id.created_ms());
        if age < i64::from(LIFE) * 1000 {
            self.mention(message, scopes, until).await;
        }
    }

    /// The newest in any of these scopes: one partition each, some at once.
    pub(crate) async fn mentions(
        &self,
        scopes: &[Scope],
        above: Option<MessageId>,
        below: Option<MessageId>,
        limit: usize,
    ) -> Stored<Vec<Mention>> {
        let until = Self::read_until();
        let limit = limit.clamp(1, PART);
        let (above, below) = (above.map_or(0, MessageId::as_i64), below.map_or(i64::MAX, MessageId::as_i64));
        let most = i32::try_from(limit).unwrap_or(i32::MAX);
        let scopes: Vec<i64> =
            scopes.iter().take(limits::MENTION_SCOPES).map(|scope| scope.as_i64()).collect();
        let mut parts = stream::iter(scopes)
            .map(|scope| async move {
                let values = (scope, above, below, most);
                self.link.rows::<(i64, Option<i64>)>(&self.statements.mentions, values, until).await
            })
            .buffer_unordered(AT_ONCE);
        let mut found: Vec<Mention> = Vec::new();
        while let Some(rows) = parts.try_next().await? {
            if rows.is_empty() {
                continue;
            }
            for (message, channel) in rows {
                let ids = MessageId::from_i64(message).zip(channel.and_then(ChannelId::from_i64));
                let (message, channel) =
                    ids.ok_or_else(|| corrupt(format!("a mention in message {message} cannot be read")))?;
                found.push(Mention { channel, message });
            }
            found.sort_unstable_by_key(|mention| std::cmp::Reverse(mention.message));
            found.dedup();
            found.truncate(limit);
        }
        Ok(found)
    }

    /// Those of these messages that there are, in their order.
    pub(crate) async fn mentioned(&self, mentions: &[Mention], viewer: UserId) -> Stored<Vec<StoredMessage>> {
        let until = Self::read_until();
        let wanted: Vec<Mention> = mentions.iter().take(limits::MENTIONS_PAGE).copied().collect();
        let found: Vec<Option<StoredMessage>> = stream::iter(wanted)
            .map(|mention| async move {
                let found = self.find(mention.channel, mention.message, false, until).await?;
                let Some(record) = found.alive() else { return Ok(None) };
                let records: [Record; 1] = [record];
                let stored = self.decorate(mention.channel, &records, viewer, until).await?;
                Stored::Ok(stored.into_iter().next())
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }

    pub(crate) async fn dismiss(&self, user: UserId, message: MessageId) -> Stored<()> {
        let values = (user.as_i64(), message.as_i64(), LIFE);
        self.link.insist(&self.statements.dismiss, values, Self::change_until()).await.map(drop)
    }

    pub(crate) async fn dismissed(&self, user: UserId, messages: &[MessageId]) -> Stored<Vec<MessageId>> {
        let until = Self::read_until();
        let mut found = Vec::new();
        for part in messages.iter().take(PART).collect::<Vec<_>>().chunks(IN_ONE) {
            let ids: Vec<i64> = part.iter().map(|message| message.as_i64()).collect();
            let rows: Vec<(i64,)> =
                self.link.rows(&self.statements.dismissed, (user.as_i64(), ids), until).await?;
            found.extend(rows.into_iter().filter_map(|row| MessageId::from_i64(row.0)));
        }
        Ok(found)
    }
}
