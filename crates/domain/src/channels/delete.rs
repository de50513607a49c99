//! Deleting a channel of any kind.

use super::leave::leave;
use crate::guilds::{self, Reason};
use crate::{Actor, Result, World, access};
use model::ChannelId;
use model::channel::ChannelView;

/// Takes a direct message out of the actor's list until the next message in it, leaves a group (`silent`: without a message
/// that says so), or deletes a guild's channel (MANAGE_CHANNELS) or thread (MANAGE_THREADS). The channel as it was.
///
/// # Errors
/// 10003; 50013.
pub async fn delete(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    silent: bool,
    reason: Reason,
) -> Result<ChannelView> {
    let reader = access::reader(world, actor, channel).await?;
    if reader.guild().is_none() {
        return leave(world, actor, channel, silent).await.map(ChannelView::Private);
    }
    guilds::channels::delete::delete(world, reader, reason).await.map(ChannelView::Guild)
}
