//! Edits and deletions: conditional on the version that was read, so that neither revives nor half-overwrites.

use crate::engine::{Engine, Tries};
use crate::link::Cas;
use crate::pins::AT_ONCE;
use crate::rows::{self, Found, Record, bucket};
use model::message::Message;
use model::{ChannelId, MessageId};
use parking_lot::Mutex;
use ports::messages::{Durable, DurableMany, MessageEdit};
use ports::{StoreError, Stored};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// What is to become of a message.
enum Change {
    /// It stays as it is.
    None,
    /// This is its new body.
    Body(String),
    /// It goes.
    Deletion,
}

/// Tries whose outcomes are unknown, all on the same state of a message: what they wrote if one was carried out, and the
/// message before and after.
struct Pending {
    stamps: Vec<i64>,
    before: Record,
    after: Message,
}

impl Pending {
    /// Whether a row was written by one of them.
    fn is_in(&self, found: &Found) -> bool {
        match found {
            Found::Alive(record) => self.stamps.contains(&record.version),
            Found::Deleted(version) => version.is_some_and(|version| self.stamps.contains(&version)),
            Found::GivenUp | Found::Absent => false,
        }
    }

    /// Whether one can still be carried out: nothing else was written instead.
    fn is_open(&self, found: &Found) -> bool {
        matches!(found, Found::Alive(record) if record.version == self.before.version)
    }
}

/// When it is looked what became of a change after nobody could wait for it any more, each after the one before.
const LOOKS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];

/// Deletions that are told together, when the last of them lets go of it.
struct Together {
    gone: Mutex<Vec<MessageId>>,
    durable: Mutex<Option<DurableMany>>,
}

impl Drop for Together {
    fn drop(&mut self) {
        let gone = std::mem::take(self.gone.get_mut());
        if let Some(durable) = self.durable.get_mut().take()
            && !gone.is_empty()
            // A fault in it is its owner's.
            && std::panic::catch_unwind(AssertUnwindSafe(|| durable(&gone))).is_err()
        {
            tracing::error!("what should follow durable deletions panicked");
        }
    }
}

impl Engine {
    pub(crate) async fn edit(
        self: &Arc<Self>,
        channel: ChannelId,
        id: MessageId,
        edit: MessageEdit,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        let until = Self::change_until();
        let turn = self.revising.hold(channel).await;
        let plan = |record: &Record| {
            let after = edited(&record.message, &edit);
            let change =
                if after == record.message { Change::None } else { Change::Body(rows::body(&after)?) };
            Ok((after, change))
        };
        let mut pending = None;
        let (record, after, changed) = match self.revise(channel, id, plan, until, &mut pending).await {
            Ok(Some(revised)) => revised,
            Ok(None) => return Ok(None),
            Err(error) => return Err(self.find_out(pending, durable, error)),
        };
        let record = Record { message: after, ..record };
        if !changed {
            return Ok(Some(self.with_pin(record, until).await?));
        }
        let message = self.with_pin_if_known(record, until).await;
        self.tell(durable, &message, turn).await?;
        Ok(Some(message))
    }

    pub(crate) async fn delete(
        self: &Arc<Self>,
        channel: ChannelId,
        id: MessageId,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        let until = Self::change_until();
        let turn = self.revising.hold(channel).await;
        let plan = |record: &Record| Ok((record.message.clone(), Change::Deletion));
        let mut pending = None;
        let record = match self.revise(channel, id, plan, until, &mut pending).await {
            Ok(Some((record, ..))) => record,
            Ok(None) => return Ok(None),
            Err(error) => return Err(self.find_out(pending, durable, error)),
        };
        let was_pinned = record.was_pinned;
        // Before the pin goes: the answer is the message as it was.
        let message = self.with_pin_if_known(record, until).await;
        self.tell(durable, &message, turn).await?;
        // The message is gone, and that is told. What lies about of it nobody sees.
        let swept = async {
            if was_pinned {
                self.remove_pin(channel, id, until).await?;
            }
            // Whether or not the row says that somebody reacted: a reaction may be on its way.
            self.forget_reactions(channel, id, until).await
        };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "pins or reactions of a deleted message were left behind");
        }
        Ok(Some(message))
    }

    /// Deletes one after the other, some at once, and stops after a failure. What was deleted is told together, when of
    /// each it is known what became of it: of one whose outcome is unknown, after it was looked for.
    pub(crate) async fn delete_many(
        self: &Arc<Self>,
        channel: ChannelId,
        ids: Vec<MessageId>,
        durable: DurableMany,
    ) -> Stored<Vec<MessageId>> {
        let told = Arc::new(Together { gone: Mutex::default(), durable: Mutex::new(Some(durable)) });
        let mut gone = Vec::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            let deletions = ids.iter().map(|id| {
                let told = told.clone();
                self.delete(channel, *id, Box::new(move |message| told.gone.lock().push(message.id)))
            });
            let mut failed = None;
            for outcome in futures_util::future::join_all(deletions).await {
                match outcome {
                    Ok(message) => gone.extend(message.map(|message| message.id)),
                    Err(error) => failed = Some(error),
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
        }
        Ok(gone)
    }

    /// A change that is durable must be told, also when what else its answer tells cannot be read.
    async fn with_pin_if_known(&self, record: Record, until: Instant) -> Message {
        let mut message = record.message.clone();
        // Most that were pinned once still are.
        message.pinned = record.was_pinned;
        self.with_pin(record, until).await.unwrap_or(message)
    }

    /// Looks later what became of a change that may have been carried out, and tells it if it was: its caller hears
    /// `error`, and may never ask again.
    fn find_out(
        self: &Arc<Self>,
        pending: Option<Pending>,
        durable: Durable,
        error: StoreError,
    ) -> StoreError {
        let Some(pending) = pending else { return error };
        let engine = self.clone();
        tokio::spawn(async move {
            let (channel, id) = (pending.after.channel, pending.after.id);
            for wait in LOOKS {
                tokio::time::sleep(wait).await;
                match engine.find(channel, id, true, Self::read_until()).await {
                    Ok(found) if pending.is_in(&found) => {
                        let after = Record { message: pending.after, ..pending.before };
                        let message = engine.with_pin_if_known(after, Self::read_until()).await;
                        if let Err(error) = engine.tell(durable, &message, ()).await {
                            tracing::warn!(%error, "a change of a message could not be told");
                        }
                        return;
                    }
                    Ok(found) if !pending.is_open(&found) => return,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::debug!(%error, "a change of unknown outcome could not be looked for")
                    }
                }
            }
        });
        error
    }

    /// Changes a message as `plan` says, again and again if others change it meanwhile: the record that was changed, the
    /// message after it, and whether anything changed. On an error, `pending` is what may have been carried out, or may
    /// still be.
    async fn revise(
        &self,
        channel: ChannelId,
        id: MessageId,
        plan: impl Fn(&Record) -> Stored<(Message, Change)>,
        until: Instant,
        pending: &mut Option<Pending>,
    ) -> Stored<Option<(Record, Message, bool)>> {
        let place = (channel.as_i64(), bucket(id), id.as_i64());
        let mut tries = Tries::until(until);
        let mut settled = false;
        loop {
            let found = self.find(channel, id, settled, until).await?;
            // Whose edit or deletion it was, the version tells.
            if pending.as_ref().is_some_and(|earlier| earlier.is_in(&found))
                && let Some(earlier) = pending.take()
            {
                return Ok(Some((earlier.before, earlier.after, true)));
            }
            let Found::Alive(record) = found else { return Ok(None) };
            let record = *record;
            let (after, change) = plan(&record)?;
            let stamp = self.stamp();
            let (channel, bucket, id) = place;
            let outcome = match change {
                Change::None => return Ok(Some((record, after, false))),
                Change::Body(body) => {
                    let values = (body, stamp, channel, bucket, id, record.version);
                    self.link.cas(&self.statements.edit_message, values, until).await?
                }
                Change::Deletion => {
                    let values = (stamp, channel, bucket, id, record.version);
                    self.link.cas(&self.statements.delete_message, values, until).await?
                }
            };
            match outcome {
                Cas::Applied => return Ok(Some((record, after, true))),
                Cas::Lost => {}
                Cas::Unknown => {
                    match pending {
                        // The condition of all of them still holds.
                        Some(earlier) if earlier.before.version == record.version => {
                            earlier.stamps.push(stamp);
                            earlier.after = after;
                        }
                        _ => *pending = Some(Pending { stamps: vec![stamp], before: record, after }),
                    }
                    self.link.again(self.statements.edit_message.name);
                }
            }
            settled = true;
            tries.next("a message that others change").await?;
        }
    }

    /// Runs what follows a change of a message, after what follows the sends that are under way in its channel. The turn
    /// ends with the place in the lane: a send that stands before it may be waiting for the turn.
    pub(crate) async fn tell<T>(&self, durable: Durable, message: &Message, turn: T) -> Stored<()> {
        let (place, ()) = self.lanes.take(message.channel, || Ok(()))?;
        drop(turn);
        place.durable(durable, message).await;
        Ok(())
    }
}

fn edited(before: &Message, edit: &MessageEdit) -> Message {
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
        // Not before the edit that it overwrites, whose node may have another clock: gateways tell by it which is newer.
        after.edited = edit.edited.max(before.edited);
    }
    after
}
