//! Sends: once for ever, whatever is lost on the way.
//!
//! A keyed send claims its key with the message's id by a conditional write, and inserts the message. Whoever finds a key
//! whose message is not there finishes that send with the same id. Only an id that has grown old is given up for a new
//! one, because it would land behind what readers have seen: by a conditional write on the message's row that holds only
//! while nothing is there, before the key is moved, and never before the key was watched for [`PATIENCE`]. A sender whose
//! insert was acknowledged well within that time after it began to claim knows that whoever gives up finds the message.
//! A slower one looks at its row, after whatever conditional write is under way there: either it finds it given up and
//! follows the key, or it has made sure that nobody can give it up any more. No two clocks are compared for that; that
//! an id is old is only the reason to begin.

use crate::engine::{Engine, Tries};
use crate::fault::corrupt;
use crate::lanes::Place;
use crate::link::Cas;
use crate::rows::{self, Found, bucket};
use model::message::Message;
use model::{ChannelId, MessageId, UserId};
use ports::messages::{Appended, Durable, NewMessage, Scope, SendKey};
use ports::{StoreError, Stored};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// An id whose message is still not there after so long is not used any more.
const OLD_MS: i64 = 10_000;

/// How long a retry waits for the sender on another node, before it finishes the send itself or gives its id up.
const PATIENCE: Duration = Duration::from_millis(3_000);

/// An insert that is acknowledged so soon after the claim began is there before anybody's patience ends.
const SURE: Duration = Duration::from_millis(2_500);

/// How long a retry waits between two looks for the first sender's message.
const LOOK: Duration = Duration::from_millis(25);

/// Channels whose newest bucket this node remembers.
const SEEN: usize = 65_536;

/// A key as it is stored.
struct Claim {
    digest: Vec<u8>,
    channel: ChannelId,
    message: MessageId,
}

/// What became of an id whose message was inserted.
#[allow(
    clippy::large_enum_variant,
    reason = "taken apart where it is made; a box would cost every send an allocation"
)]
enum Settled {
    /// It stays, as this message.
    Stored(Message),
    /// It was deleted since.
    Deleted,
    /// It was given up: the key knows another one.
    GivenUp,
}

impl Engine {
    pub(crate) async fn append(
        self: &Arc<Self>,
        new: NewMessage,
        key: Option<SendKey>,
        durable: Durable,
    ) -> Stored<Appended> {
        let until = Self::change_until();
        match key {
            None => self.append_unkeyed(new, durable, until).await,
            Some(key) => self.append_keyed(new, key, durable, until).await,
        }
    }

    async fn append_unkeyed(&self, new: NewMessage, durable: Durable, until: Instant) -> Stored<Appended> {
        let scopes = new.scopes.clone();
        let (place, message) = self.place(new, until).await?;
        let body = rows::body(&message)?;
        let mark = self.read_by_author(&message, until);
        let mentioned = self.mention(&message, &scopes, until);
        let (stored, marked, ()) = tokio::join!(self.insert(&message, &body, until), mark, mentioned);
        stored?;
        place.durable(durable, &message).await;
        if let Err(error) = marked {
            // The message is there: to answer anything else would make the sender send it again.
            tracing::warn!(%error, "the read mark of an author did not move");
        }
        Ok(Appended::Created(message))
    }

    async fn append_keyed(
        &self,
        new: NewMessage,
        key: SendKey,
        durable: Durable,
        until: Instant,
    ) -> Stored<Appended> {
        let author = new.author;
        // Retries that meet on this node take turns: the first stores, the others find.
        let turn = self.keys.hold((author, key.key.clone())).await;
        // Who had to wait looks before it writes: a conditional write for each of many retries would outlast their time.
        if turn.waited()
            && let Some(claim) = self.claim(author, &key.key, false, until).await?
        {
            return self.settle(new, key, claim, durable, until).await;
        }
        let (place, message) = self.place(new.clone(), until).await?;
        let mut tries = Tries::until(until);
        let begun = Instant::now();
        let claim = loop {
            let values = (
                author.as_i64(),
                key.key.as_str(),
                key.digest.as_slice(),
                message.channel.as_i64(),
                message.id.as_i64(),
            );
            match self.link.cas(&self.statements.claim_key, values, until).await? {
                Cas::Applied => break None,
                outcome => match self.claim(author, &key.key, outcome == Cas::Unknown, until).await? {
                    // A try whose answer was lost.
                    Some(claim) if claim.message == message.id => break None,
                    Some(claim) => break Some(claim),
                    // Not applied and not there: lost on the way.
                    None => {}
                },
            }
            self.link.again(self.statements.claim_key.name);
            tries.next("a key").await?;
        };
        match claim {
            None => self.finish(new, key, (place, message, begun), durable, until).await,
            Some(claim) => {
                drop(place);
                self.settle(new, key, claim, durable, until).await
            }
        }
    }

    /// Stores the message of a key that this call owns since some moment after the one named.
    async fn finish(
        &self,
        new: NewMessage,
        key: SendKey,
        (place, message, begun): (Place, Message, Instant),
        durable: Durable,
        until: Instant,
    ) -> Stored<Appended> {
        match self.insert_and_look(&message, &new.scopes, Some(begun), until).await? {
            Settled::Stored(stored) => {
                place.durable(durable, &stored).await;
                Ok(Appended::Created(stored))
            }
            Settled::Deleted => Ok(Appended::Gone),
            Settled::GivenUp => {
                drop(place);
                let claim = self.claim(new.author, &key.key, true, until).await?;
                let claim = claim.ok_or_else(|| corrupt("a key vanished"))?;
                Box::pin(self.settle(new, key, claim, durable, until)).await
            }
        }
    }

    /// Answers a send whose key is taken, and finishes the first send if it was left half done.
    async fn settle(
        &self,
        new: NewMessage,
        key: SendKey,
        mut claim: Claim,
        durable: Durable,
        until: Instant,
    ) -> Stored<Appended> {
        let mut watched = (claim.message, Instant::now());
        let mut tries = Tries::until(until);
        loop {
            if claim.digest != key.digest {
                return Ok(Appended::Conflict);
            }
            if watched.0 != claim.message {
                watched = (claim.message, Instant::now());
            }
            let mut given_up = false;
            match self.find(claim.channel, claim.message, false, until).await? {
                Found::Alive(record) => {
                    let mark = self.read_by_author(&record.message, until);
                    let mentioned = self.mention_again(&record.message, &new.scopes, until);
                    tokio::join!(mark, mentioned).0?;
                    let message = self.with_pin(*record, until).await?;
                    return Ok(Appended::Existing(message));
                }
                Found::Deleted(_) => return Ok(Appended::Gone),
                Found::GivenUp => given_up = true,
                Found::Absent => {}
            }
            if !given_up && watched.1.elapsed() < PATIENCE {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            let age = self.clock.now().millis().saturating_sub(claim.message.created_ms());
            if !given_up && age <= OLD_MS {
                // Behind what was sent meanwhile in order of telling, before it in order of ids: as if it were slow.
                let (place, ()) = self.lanes.take(claim.channel, || Ok(()))?;
                let message = message(new.clone(), claim.message);
                match self.insert_and_look(&message, &new.scopes, None, until).await? {
                    Settled::Stored(stored) => {
                        place.durable(durable, &stored).await;
                        return Ok(Appended::Created(stored));
                    }
                    Settled::Deleted => return Ok(Appended::Gone),
                    Settled::GivenUp => {}
                }
            } else if given_up || self.give_up(&claim, until).await? {
                let (place, message) = self.place(new.clone(), until).await?;
                let (author, text) = (new.author.as_i64(), key.key.as_str());
                let values = (message.id.as_i64(), author, text, claim.message.as_i64());
                let begun = Instant::now();
                let moved = self.link.cas(&self.statements.move_key, values, until).await?;
                claim = self.reclaim(new.author, &key, until).await?;
                if moved == Cas::Applied || claim.message == message.id {
                    return Box::pin(self.finish(new, key, (place, message, begun), durable, until)).await;
                }
            }
            tries.next("a send").await?;
            claim = self.reclaim(new.author, &key, until).await?;
        }
    }

    /// Gives an id up, unless its message is there.
    async fn give_up(&self, claim: &Claim, until: Instant) -> Stored<bool> {
        let mut tries = Tries::until(until);
        loop {
            let values = (claim.channel.as_i64(), bucket(claim.message), claim.message.as_i64());
            match self.link.cas(&self.statements.give_up_id, values, until).await? {
                Cas::Applied => return Ok(true),
                Cas::Lost => return Ok(false),
                // Repeated, it holds again while nothing is there.
                Cas::Unknown => tries.next("an old id").await?,
            }
        }
    }

    async fn reclaim(&self, author: UserId, key: &SendKey, until: Instant) -> Stored<Claim> {
        self.claim(author, &key.key, true, until).await?.ok_or_else(|| corrupt("a key vanished"))
    }

    async fn claim(&self, author: UserId, key: &str, settled: bool, until: Instant) -> Stored<Option<Claim>> {
        let statement = if settled { &self.statements.key_settled } else { &self.statements.key };
        let row: Option<(Vec<u8>, i64, i64)> =
            self.link.row(statement, (author.as_i64(), key), until).await?;
        let Some((digest, channel, message)) = row else { return Ok(None) };
        match (ChannelId::from_i64(channel), MessageId::from_i64(message)) {
            (Some(channel), Some(message)) => Ok(Some(Claim { digest, channel, message })),
            _ => Err(corrupt(format!("a key of user {author} names no message"))),
        }
    }

    /// Inserts the message of a key, moves its author's mark, puts it into its scopes, and looks whether it is still there,
    /// unless it is sure to be because the claim began but a moment ago.
    async fn insert_and_look(
        &self,
        message: &Message,
        scopes: &[Scope],
        begun: Option<Instant>,
        until: Instant,
    ) -> Stored<Settled> {
        let body = rows::body(message)?;
        let mark = self.read_by_author(message, until);
        let stored = async {
            self.insert(message, &body, until).await?;
            if begun.is_some_and(|begun| begun.elapsed() < SURE) {
                return Ok(None);
            }
            let _turn = self.revising.hold(message.channel).await;
            self.find(message.channel, message.id, true, until).await.map(Some)
        };
        let mentioned = async {
            self.mention(message, scopes, until).await;
            Ok(())
        };
        // A mark that did not move makes the send fail: a retry moves it.
        let (found, (), ()) = tokio::try_join!(stored, mark, mentioned)?;
        match found {
            None => Ok(Settled::Stored(message.clone())),
            // As it is stored: two who finish one send may have come with differently derived mentions.
            Some(Found::Alive(record)) => Ok(Settled::Stored(record.message)),
            Some(Found::Deleted(_)) => Ok(Settled::Deleted),
            Some(Found::GivenUp) => Ok(Settled::GivenUp),
            Some(Found::Absent) => {
                Err(StoreError::Unavailable("what was stored is not there: is a clock far off?".into()))
            }
        }
    }

    /// Moves the author's mark to what it said. A webhook has none.
    async fn read_by_author(&self, message: &Message, until: Instant) -> Stored<()> {
        match message.webhook {
            Some(_) => Ok(()),
            None => self.raise_mark(message.author, message.channel, message.id, until).await.map(drop),
        }
    }

    async fn insert(&self, message: &Message, body: &str, until: Instant) -> Stored<()> {
        let (channel, id) = (message.channel.as_i64(), message.id.as_i64());
        let values = (channel, bucket(message.id), id, message.author.as_i64(), body);
        self.link.insist(&self.statements.insert_message, values, until).await.map(|_| ())
    }

    /// What an append with this key would answer without storing anything. A send that was left half done is not known
    /// yet: an append finishes it.
    pub(crate) async fn recall(&self, author: UserId, key: &SendKey) -> Stored<Option<Appended>> {
        let until = Self::read_until();
        let Some(claim) = self.claim(author, &key.key, false, until).await? else { return Ok(None) };
        if claim.digest != key.digest {
            return Ok(Some(Appended::Conflict));
        }
        Ok(match self.find(claim.channel, claim.message, false, until).await? {
            Found::Alive(record) => Some(Appended::Existing(self.with_pin(*record, until).await?)),
            Found::Deleted(_) => Some(Appended::Gone),
            Found::GivenUp | Found::Absent => None,
        })
    }

    /// Mints the id of a message and takes its place in the channel's order.
    async fn place(&self, new: NewMessage, until: Instant) -> Stored<(Place, Message)> {
        self.meet(new.channel, until).await?;
        let (place, id) = self.lanes.take(new.channel, || {
            let id = self.ids.next().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            MessageId::new(id)
                .ok_or_else(|| StoreError::Unavailable(format!("the mint gave {id}, which is no id")))
        })?;
        let bucket = bucket(id);
        let known = self.seen.lock().get(&new.channel) == Some(&bucket);
        if !known {
            // Before the first message of it: readers look only into buckets that are listed.
            self.link.insist(&self.statements.add_bucket, (new.channel.as_i64(), bucket), until).await?;
            self.remember(new.channel, bucket);
        }
        Ok((place, message(new, id)))
    }

    /// Makes the mint go above everything that is or was in a channel, when this node meets it for the first time: its
    /// clock may be behind the one of the node that wrote there before, or have stepped back with a restart. Deleted
    /// messages keep their rows, so that they count.
    async fn meet(&self, channel: ChannelId, until: Instant) -> Stored<()> {
        if self.seen.lock().contains_key(&channel) {
            return Ok(());
        }
        let _turn = self.meeting.hold(channel).await;
        if self.seen.lock().contains_key(&channel) {
            return Ok(());
        }
        let mut newest = -1;
        for bucket in self.buckets(channel, until).await? {
            newest = newest.max(bucket);
            let row: Option<(i64,)> =
                self.link.row(&self.statements.newest_id, (channel.as_i64(), bucket), until).await?;
            // A bucket may be listed and empty, if its first message never came.
            if let Some(id) = row.and_then(|row| u64::try_from(row.0).ok()) {
                self.ids.observe(id);
                break;
            }
        }
        self.remember(channel, newest);
        Ok(())
    }

    fn remember(&self, channel: ChannelId, bucket: i32) {
        let mut seen = self.seen.lock();
        if seen.len() >= SEEN && !seen.contains_key(&channel) {
            // Rarely: what is forgotten costs a read when it comes again.
            seen.clear();
        }
        let newest = seen.entry(channel).or_insert(bucket);
        *newest = bucket.max(*newest);
    }
}

fn message(new: NewMessage, id: MessageId) -> Message {
    Message {
        id,
        channel: new.channel,
        author: new.author,
        kind: new.kind,
        content: new.content,
        edited: None,
        tts: new.tts,
        mention_everyone: new.mention_everyone,
        mentions: new.mentions,
        mention_roles: new.mention_roles,
        webhook: new.webhook,
        flags: new.flags,
        embeds: new.embeds,
        reference: new.reference,
        pinned: false,
    }
}
