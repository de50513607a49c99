//! How far somebody has read.

use crate::access::GuildMember;
use crate::audience::{announce, tell};
use crate::{Actor, FormErrors, Result, World, access};
use model::event::Event;
use model::guild::GuildChannelKind;
use model::read_state::ReadMark;
use model::{ChannelId, GuildId, MessageId, Permissions, limits};
use ports::messages::Called;
use std::collections::HashMap;

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
    let reader = access::reader(world, actor, channel).await?;
    let messages = &world.ports.messages;
    let mark = ReadMark { channel, message, version: version(world)? };
    let _announced = announce(world, &[actor.user()]).await;
    let now = messages.mark_read(actor.user(), mark, manual).await?;
    // What the client counted is not asked for: the count follows from the mark.
    let mentions = match (manual, reader.guild()) {
        (false, _) => None,
        (true, None) => {
            Some(messages.unread(channel, actor.user(), Some(now.message), limits::UNREAD).await?)
        }
        (true, Some(place)) => {
            let called = Called { user: actor.user(), roles: place.member().member().roles.clone() };
            Some(messages.calls(channel, &called, Some(now.message), limits::UNREAD).await?)
        }
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

/// Marks everything in a guild read that the actor may view.
///
/// # Errors
/// 20001 for bots; 10004.
pub async fn ack_guild(world: &World, actor: &Actor, guild: GuildId) -> Result<()> {
    actor.person()?;
    let member = access::member(world, actor, guild).await?;
    let visible: Vec<ChannelId> = visible(&member);
    let messages = &world.ports.messages;
    let marks: HashMap<ChannelId, MessageId> = messages
        .read_marks(actor.user())
        .await?
        .into_iter()
        .map(|mark| (mark.channel, mark.message))
        .collect();
    for head in messages.heads(&visible).await? {
        let Some(message) = head.last_message else { continue };
        if marks.get(&head.channel).is_some_and(|read| *read >= message) {
            continue;
        }
        let mark = ReadMark { channel: head.channel, message, version: version(world)? };
        let _announced = announce(world, &[actor.user()]).await;
        let now = messages.mark_read(actor.user(), mark, false).await?;
        let event = Event::MessageAck {
            channel: head.channel,
            message: now.message,
            version: now.version,
            mentions: None,
        };
        tell(world, &[actor.user()], event);
    }
    Ok(())
}

/// Channels and public threads that have messages and that the member may view.
fn visible(member: &GuildMember) -> Vec<ChannelId> {
    let channels = member.state().channels.iter();
    let seen = channels.filter(|channel| {
        channel.kind.has_messages() && member.permissions_in(channel).contains(Permissions::VIEW_CHANNEL)
    });
    seen.filter(|channel| channel.kind != GuildChannelKind::PrivateThread).map(|channel| channel.id).collect()
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
