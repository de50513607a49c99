//! Deleting a message.

use crate::access::Reader;
use crate::audience::{Stage, announce_edit, holding};
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World, access};
use model::audit::AuditAction;
use model::event::Event;
use model::message::{Message, MessageKind};
use model::{ChannelId, MessageId, Permissions, UserId};
use ports::messages::StoredMessage;

/// Deletes an own message, also when the actor could not send any more, or in a guild with MANAGE_MESSAGES another's: then
/// the audit log has a row of it.
///
/// # Errors
/// 10003; 10008; 50003 for another's message in a private channel, 50013 in a guild; 50021 for what the system said and
/// keeps.
pub async fn delete(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    reason: Reason,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let messages = &world.ports.messages;
    let before = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    if !may_go(&reader, before.message.kind) {
        return Err(Refusal::SystemMessage.into());
    }
    let others = before.message.author != actor.user();
    let holder = if others { Some(reader.holding(Permissions::MANAGE_MESSAGES)?) } else { None };
    let author = before.message.author;
    take(world, &reader.stage(), before).await?;
    if let Some(holder) = holder {
        let entry = audit::entry(world, &holder, AuditAction::MessageDelete, Some(author.get()), reason)?
            .option("channel_id", channel)
            .option("count", 1);
        audit::add(world, &holder, entry).await?;
    }
    Ok(())
}

/// Whether messages of this kind can be deleted: what the system said can in guilds, but for a thread's beginning.
fn may_go(reader: &Reader, kind: MessageKind) -> bool {
    match kind {
        MessageKind::Default | MessageKind::Reply => true,
        MessageKind::PinAdd | MessageKind::UserJoin | MessageKind::ThreadCreated => reader.guild().is_some(),
        _ => false,
    }
}

/// Deletes a message and tells of it.
pub(crate) async fn take(world: &World, stage: &Stage, before: StoredMessage) -> Result<()> {
    let (channel, id) = (stage.channel, before.message.id);
    // The channel's pins change with it, of which an heir would tell nothing.
    let announced = match before.message.pinned {
        true => stage.hearers.announce(world).await,
        false => announce_edit(world, channel, &[id]).await,
    };
    let (told, hearers) = (world.clone(), stage.hearers.clone());
    let durable = Box::new(move |_: &Message| {
        let guild = hearers.guild();
        hearers.tell(&told, Event::MessageDelete { id, channel, guild });
    });
    let durable = holding(announced, durable);
    let gone = world.ports.messages.delete(channel, id, durable).await?.ok_or(Refusal::UnknownMessage)?;
    if gone.pinned {
        super::pins::tell_pins(world, stage).await?;
    }
    Ok(())
}

/// Deletes these messages of one channel, up to 100 at a time, and tells of them at once. Those that were there.
pub(crate) async fn take_many(world: &World, stage: &Stage, ids: &[MessageId]) -> Result<Vec<MessageId>> {
    let Some(guild) = stage.hearers.guild() else { return Ok(Vec::new()) };
    let channel = stage.channel;
    let mut gone = Vec::new();
    for ids in ids.chunks(100) {
        let announced = announce_edit(world, channel, ids).await;
        let (told, hearers) = (world.clone(), stage.hearers.clone());
        let durable = Box::new(move |ids: &[MessageId]| {
            if !ids.is_empty() {
                hearers.tell(&told, Event::MessageDeleteBulk { ids: ids.to_vec(), channel, guild });
            }
            drop(announced);
        });
        gone.extend(world.ports.messages.delete_many(channel, ids, durable).await?);
    }
    Ok(gone)
}

/// The messages that a user said in a channel since a moment, at most so many, and deletes them.
pub(crate) async fn take_of(
    world: &World,
    stage: &Stage,
    author: UserId,
    since: model::Timestamp,
    limit: usize,
) -> Result<usize> {
    let ids = world.ports.messages.said_by(stage.channel, author, since, limit).await?;
    Ok(take_many(world, stage, &ids).await?.len())
}
