//! Edits and deletions: conditional on the version that was read, so that neither revives nor half-overwrites.

use crate::engine::{Engine, Tries};
use crate::link::Cas;
use crate::rows::{self, Found, Record, bucket};
use model::message::Message;
use model::{ChannelId, MessageId};
use ports::Stored;
use ports::messages::{Durable, MessageEdit};
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

impl Engine {
    pub(crate) async fn edit(
        &self,
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
        let Some((record, after, changed)) = self.revise(channel, id, plan, until).await? else {
            return Ok(None);
        };
        let message = self.with_pin(Record { message: after, ..record }, until).await?;
        if changed {
            self.tell(durable, &message, turn).await?;
        }
        Ok(Some(message))
    }

    pub(crate) async fn delete(
        &self,
        channel: ChannelId,
        id: MessageId,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        let until = Self::change_until();
        let turn = self.revising.hold(channel).await;
        let plan = |record: &Record| Ok((record.message.clone(), Change::Deletion));
        let Some((record, ..)) = self.revise(channel, id, plan, until).await? else { return Ok(None) };
        let was_pinned = record.was_pinned;
        // Before the pin goes: the answer is the message as it was.
        let message = self.with_pin(record, until).await?;
        if was_pinned {
            self.remove_pin(channel, id, until).await?;
        }
        // Whether or not the row says that somebody reacted: a reaction may be on its way. Nobody sees them any more;
        // they only shall not lie about.
        self.forget_reactions(channel, id, until).await?;
        self.tell(durable, &message, turn).await?;
        Ok(Some(message))
    }

    /// Changes a message as `plan` says, again and again if others change it meanwhile: the record that was changed, the
    /// message after it, and whether anything changed.
    async fn revise(
        &self,
        channel: ChannelId,
        id: MessageId,
        plan: impl Fn(&Record) -> Stored<(Message, Change)>,
        until: Instant,
    ) -> Stored<Option<(Record, Message, bool)>> {
        let place = (channel.as_i64(), bucket(id), id.as_i64());
        let mut tries = Tries::until(until);
        let mut settled = false;
        // What an earlier try of this call would have made of it, under which version.
        let mut pending: Option<(i64, Record, Message)> = None;
        loop {
            let found = self.find(channel, id, settled, until).await?;
            let record = match found {
                Found::Alive(record) => *record,
                Found::Deleted(version) => {
                    // Whose deletion it was, the version tells.
                    return Ok(pending
                        .filter(|(stamp, ..)| Some(*stamp) == version)
                        .map(|(_, record, after)| (record, after, true)));
                }
                Found::GivenUp | Found::Absent => return Ok(None),
            };
            if let Some((stamp, before, after)) = pending.take()
                && record.version == stamp
            {
                return Ok(Some((before, after, true)));
            }
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
                    pending = Some((stamp, record, after));
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
    if let Some((content, mentions, everyone)) = &edit.content {
        after.content.clone_from(content);
        after.mentions.clone_from(mentions);
        after.mention_everyone = *everyone;
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
