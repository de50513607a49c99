//! The channels that one may view.

use crate::access;
use crate::guilds::threads;
use crate::{Actor, Result, World};
use model::guild::{GuildChannel, GuildChannelView};
use model::{ChannelId, GuildId, Permissions, UserId};
use ports::messages::Head;
use std::collections::HashMap;

/// Those that the actor may view, by id, threads left out.
///
/// # Errors
/// 10004.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<GuildChannelView>> {
    let member = access::member(world, actor, guild).await?;
    let channels = member.state().channels.iter().filter(|channel| !channel.kind.is_thread());
    let seen = channels.filter(|channel| member.permissions_in(channel).contains(Permissions::VIEW_CHANNEL));
    views(world, seen.cloned().collect(), actor.user()).await
}

/// Channels and threads as this user sees them: what is in them is read at once.
pub(crate) async fn views(
    world: &World,
    channels: Vec<GuildChannel>,
    viewer: UserId,
) -> Result<Vec<GuildChannelView>> {
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ChannelId> = channels.iter().map(|channel| channel.id).collect();
    let heads: HashMap<ChannelId, Head> =
        world.ports.messages.heads(&ids).await?.into_iter().map(|head| (head.channel, head)).collect();
    let mut views = Vec::with_capacity(channels.len());
    let of_threads: Vec<ChannelId> =
        channels.iter().filter(|channel| channel.kind.is_thread()).map(|channel| channel.id).collect();
    let counts: HashMap<ChannelId, u32> = if of_threads.is_empty() {
        HashMap::new()
    } else {
        world.ports.directory.thread_counts(&of_threads).await?.into_iter().collect()
    };
    for channel in channels {
        let head = heads.get(&channel.id);
        let joined =
            if channel.kind.is_thread() { threads::find(world, channel.id, viewer).await? } else { None };
        views.push(GuildChannelView {
            last_message: head.and_then(|head| head.last_message),
            last_pin: head.and_then(|head| head.last_pin),
            members: counts.get(&channel.id).copied().unwrap_or_default(),
            messages: threads::said(world, &channel).await?,
            joined,
            channel,
        });
    }
    Ok(views)
}

/// One channel as this user sees it.
pub(crate) async fn view(world: &World, channel: GuildChannel, viewer: UserId) -> Result<GuildChannelView> {
    let bare = GuildChannelView::bare(channel.clone());
    Ok(views(world, vec![channel], viewer).await?.pop().unwrap_or(bare))
}
