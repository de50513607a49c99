//! Publishing a message of an announcement channel.

use super::{edit, view};
use crate::{Actor, Refusal, Result, World, access};
use model::guild::GuildChannelKind;
use model::message::{CROSSPOSTED, MessageView};
use model::{ChannelId, MessageId, Permissions};
use ports::messages::MessageEdit;

/// Marks a message as published.
///
/// # Errors
/// 10003; 10008; 50003 in a private channel; 50024 elsewhere; 50013 without SEND_MESSAGES, for another's message also
/// without MANAGE_MESSAGES; 40033.
pub async fn crosspost(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
) -> Result<MessageView> {
    let reader = access::reader(world, actor, channel).await?;
    if reader.in_guild()?.channel().kind != GuildChannelKind::Announcement {
        return Err(Refusal::WrongChannelType.into());
    }
    reader.holding(Permissions::SEND_MESSAGES)?;
    let found =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    if found.message.author != actor.user() {
        reader.holding(Permissions::MANAGE_MESSAGES)?;
    }
    if found.message.flags & CROSSPOSTED != 0 {
        return Err(Refusal::AlreadyCrossposted.into());
    }
    let flags = Some(found.message.flags | CROSSPOSTED);
    let change = MessageEdit { flags, ..MessageEdit::default() };
    let view = edit::store(world, &reader.stage(), actor.user(), found, change).await?;
    view::shown(world, &reader, vec![view]).await?.pop().ok_or_else(view::missing)
}
