//! Channels as their participants see them.

use crate::accounts::lookup::Users;
use crate::audience::tell_in;
use crate::guilds::channels as guild_channels;
use crate::{Actor, Refusal, Result, World, access};
use model::channel::{ChannelView, PrivateChannel, PrivateChannelView};
use model::event::Event;
use model::{ChannelId, UserId};
use ports::messages::Head;
use std::collections::HashMap;

/// The channels in the actor's list. Bots have none.
///
/// # Errors
/// Store errors only.
pub async fn list(world: &World, actor: &Actor) -> Result<Vec<PrivateChannelView>> {
    if actor.is_bot() {
        return Ok(Vec::new());
    }
    let channels = world.ports.directory.private_channels(actor.user()).await?;
    views(world, channels, actor.user()).await
}

/// A channel that the actor may see.
///
/// # Errors
/// 10003, also for one that exists without the actor.
pub async fn get(world: &World, actor: &Actor, channel: ChannelId) -> Result<ChannelView> {
    let reader = access::reader(world, actor, channel).await?;
    if let Some(place) = reader.guild() {
        return guild_channels::view(world, place.channel().clone(), actor.user())
            .await
            .map(ChannelView::Guild);
    }
    let channel = world.ports.directory.private_channel(channel).await?.ok_or(Refusal::UnknownChannel)?;
    view(world, channel, actor.user()).await.map(ChannelView::Private)
}

/// Channels as this user sees them: all users and heads are read at once.
pub(crate) async fn views(
    world: &World,
    channels: Vec<PrivateChannel>,
    viewer: UserId,
) -> Result<Vec<PrivateChannelView>> {
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ChannelId> = channels.iter().map(|channel| channel.id).collect();
    let heads: HashMap<ChannelId, Head> =
        world.ports.messages.heads(&ids).await?.into_iter().map(|head| (head.channel, head)).collect();
    let users =
        Users::load(world, channels.iter().flat_map(|channel| channel.participants.iter().copied())).await?;
    Ok(channels
        .into_iter()
        .map(|channel| {
            let head = heads.get(&channel.id);
            PrivateChannelView {
                recipients: users.all(channel.participants.iter().copied().filter(|id| *id != viewer)),
                last_message: head.and_then(|head| head.last_message),
                last_pin: head.and_then(|head| head.last_pin),
                channel,
            }
        })
        .collect())
}

/// One channel as this user sees it.
pub(crate) async fn view(
    world: &World,
    channel: PrivateChannel,
    viewer: UserId,
) -> Result<PrivateChannelView> {
    views(world, vec![channel], viewer).await?.pop().ok_or_else(|| Refusal::UnknownChannel.into())
}

/// Tells each of these participants, as each sees it, that the channel is in its list now.
pub(crate) async fn tell_appeared(
    world: &World,
    channel: &PrivateChannel,
    version: u64,
    users: &[UserId],
) -> Result<()> {
    for user in users {
        let view = view(world, channel.clone(), *user).await?;
        tell_in(world, channel.id, version, &[*user], Event::ChannelCreate(Box::new(view)));
    }
    Ok(())
}

/// Tells every participant, as each sees it, that the channel changed.
pub(crate) async fn tell_changed(world: &World, channel: &PrivateChannel, version: u64) -> Result<()> {
    for user in &channel.participants {
        let view = view(world, channel.clone(), *user).await?;
        tell_in(world, channel.id, version, &[*user], Event::ChannelUpdate(Box::new(view)));
    }
    Ok(())
}
