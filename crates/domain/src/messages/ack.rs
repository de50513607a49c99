//! How far somebody has read.

use crate::audience::{announce, tell};
use crate::{Actor, FormErrors, Result, World, access};
use model::event::Event;
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, limits};

/// Marks a channel read up to a message, which need not exist. `manual` may set it back (mark unread). All of the
/// user's sessions are told.
///
/// # Errors
/// 20001 for bots; 10003.
pub async fn ack(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    manual: bool,
    _mention_count: Option<u32>,
) -> Result<()> {
    actor.person()?;
    access::reader(world, actor, channel).await?;
    let messages = &world.ports.messages;
    let mark = ReadMark { channel, message, version: version(world)? };
    let _announced = announce(world, &[actor.user()]).await;
    let now = messages.mark_read(actor.user(), mark, manual).await?;
    // What the client counted is not asked for: the count follows from the mark.
    let mentions = if manual {
        Some(messages.unread(channel, actor.user(), Some(now.message), limits::UNREAD).await?)
    } else {
        None
    };
    let event = Event::MessageAck { channel, message: now.message, version: now.version, mentions };
    tell(world, &[actor.user()], event);
    Ok(())
}

/// Marks several channels read.
///
/// # Errors
/// 20001 for bots; a form error for more than 100; 10003 for one that the actor is not in, and nothing is marked.
pub async fn ack_bulk(world: &World, actor: &Actor, marks: &[(ChannelId, MessageId)]) -> Result<()> {
    actor.person()?;
    if marks.len() > 100 {
        return Err(FormErrors::one(
            "read_states",
            "BASE_TYPE_MAX_LENGTH",
            "Must be 100 or fewer in length.",
        )
        .into());
    }
    for (channel, _) in marks {
        access::reader(world, actor, *channel).await?;
    }
    for (channel, message) in marks {
        ack(world, actor, *channel, *message, false, None).await?;
    }
    Ok(())
}

/// The actor saw a channel's pins.
///
/// # Errors
/// 20001 for bots; 10003.
pub async fn ack_pins(world: &World, actor: &Actor, channel: ChannelId) -> Result<()> {
    actor.person()?;
    access::reader(world, actor, channel).await?;
    let event = Event::PinsAck { channel, at: world.ports.clock.now(), version: version(world)? };
    tell(world, &[actor.user()], event);
    Ok(())
}

/// Forgets that anything was read.
///
/// # Errors
/// 20001 for bots; 10003.
pub async fn forget(world: &World, actor: &Actor, channel: ChannelId) -> Result<()> {
    ack(world, actor, channel, MessageId::new(1).ok_or(crate::Error::Unavailable)?, true, None).await
}

/// A number that rises with every ack of every user and fits a JavaScript number: a Snowflake's time and increment.
fn version(world: &World) -> Result<u64> {
    let id = world.mint()?;
    Ok(((id >> 22) << 12) | (id & 0xfff))
}
