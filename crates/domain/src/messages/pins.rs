//! Pins.

use super::post::{self, member_of, tell_update};
use super::view;
use crate::access::{Holder, Reader};
use crate::accounts::lookup::Users;
use crate::audience::{Announcement, Stage};
use crate::guilds::{Reason, audit, threads};
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::audit::AuditAction;
use model::event::Event;
use model::message::{Message, MessageKind, MessageReference, MessageView};
use model::{ChannelId, MessageId, Permissions, Timestamp, limits};
use ports::messages::{Durable, Pinned, StoredMessage};

/// Pins a message and says so in the channel: who could send in a private one, with PIN_MESSAGES in a guild's.
///
/// # Errors
/// 10003; 10008; 50021 for a system message; 50007; 50013; 30003 at the limit; 50083 in an archived thread.
pub async fn pin(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    reason: Reason,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let holder = may_pin(&reader)?;
    let messages = &world.ports.messages;
    let stored = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    if !stored.message.kind.is_said() {
        return Err(Refusal::SystemMessage.into());
    }
    let (stage, before) = (reader.stage(), stored.message.clone());
    let durable = changed(world, &reader, &stage, stored).await?;
    let _announced = stage.hearers.announce(world).await;
    match messages.pin(channel, message, world.ports.clock.now(), limits::PINS, durable).await? {
        Pinned::Already => return Ok(()),
        Pinned::Absent => return Err(Refusal::UnknownMessage.into()),
        Pinned::TooMany => return Err(Refusal::TooManyPins.into()),
        Pinned::Pinned => {}
    }
    tell_pins(world, &stage).await?;
    let reference = Some(MessageReference { channel, message });
    let (kind, text) = (MessageKind::PinAdd, String::new());
    match holder {
        None => post::system(world, actor, channel, kind, text, Vec::new(), reference).await,
        Some(holder) => {
            note(world, &holder, AuditAction::MessagePin, &before, reason).await?;
            let member = holder.member().member().clone();
            post::system_in_guild(world, &stage, member, kind, text, reference).await
        }
    }
}

/// Unpins a message, with the same right.
///
/// # Errors
/// 10003; 10008; 50007; 50013; 50083.
pub async fn unpin(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    reason: Reason,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let holder = may_pin(&reader)?;
    let messages = &world.ports.messages;
    let stored = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let (stage, before) = (reader.stage(), stored.message.clone());
    let durable = changed(world, &reader, &stage, stored).await?;
    let _announced = stage.hearers.announce(world).await;
    if messages.unpin(channel, message, durable).await? {
        tell_pins(world, &stage).await?;
        if let Some(holder) = holder {
            note(world, &holder, AuditAction::MessageUnpin, &before, reason).await?;
        }
    }
    Ok(())
}

/// The right to pin; in a guild as a proof for the audit log.
fn may_pin(reader: &Reader) -> Result<Option<Holder>> {
    match reader.guild() {
        None => reader.clone().writer().map(|_| None),
        Some(place) => {
            threads::awake(place)?;
            reader.holding(Permissions::PIN_MESSAGES | Permissions::READ_MESSAGE_HISTORY).map(Some)
        }
    }
}

async fn note(
    world: &World,
    holder: &Holder,
    action: AuditAction,
    message: &Message,
    reason: Reason,
) -> Result<()> {
    let entry = audit::entry(world, holder, action, Some(message.author.get()), reason)?
        .option("channel_id", message.channel)
        .option("message_id", message.id);
    audit::add(world, holder, entry).await
}

/// Pinned messages, pinned last first, and whether there are more; none for who may not read history.
///
/// # Errors
/// 10003; a form error for a limit outside 1 to 50.
pub async fn list(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    before: Option<Timestamp>,
    limit: usize,
) -> Result<(Vec<(Timestamp, MessageView)>, bool)> {
    if !(1..=50).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 50.").into()
        );
    }
    let reader = access::reader(world, actor, channel).await?;
    if !reader.may_read_history() {
        return Ok((Vec::new(), false));
    }
    let mut rows = world.ports.messages.pins(channel, before, limit + 1, actor.user()).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let (times, stored): (Vec<Timestamp>, Vec<_>) = rows.into_iter().unzip();
    let views = view::views(world, stored, actor.user()).await?;
    let views = view::shown(world, &reader, views).await?;
    Ok((times.into_iter().zip(views).collect(), more))
}

/// What tells that the message changed, once its pin is durable.
async fn changed(world: &World, reader: &Reader, stage: &Stage, stored: StoredMessage) -> Result<Durable> {
    let member = member_of(world, stage, &stored.message).await?;
    let view = view::view(world, stored, reader.actor().user()).await?;
    let people = view.message.mentions.iter().copied().chain([view.message.author]);
    let users = Users::load(world, people).await?;
    // The whole act is announced by its caller.
    Ok(tell_update(world, stage, Announcement::none(), member, users, view.referenced, view.thread))
}

/// Tells when something was pinned last.
pub(super) async fn tell_pins(world: &World, stage: &Stage) -> Result<()> {
    let channel = stage.channel;
    let last_pin =
        world.ports.messages.heads(&[channel]).await?.into_iter().next().and_then(|head| head.last_pin);
    let guild = stage.hearers.guild();
    stage.hearers.tell(world, Event::PinsUpdate { channel, last_pin, guild });
    Ok(())
}
