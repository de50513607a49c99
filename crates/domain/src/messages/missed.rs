//! Messages that other nodes accepted while this one could not hear them, found in the store.

use super::view;
use crate::{Result, World};
use model::event::{Envelope, Event};
use model::{ChannelId, DeviceId, MessageId, UserId};
use ports::messages::Page;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Messages of one channel that are looked at in one go.
const PAGE: usize = 100;

/// A message that was found.
pub struct Found {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub channel: ChannelId,
    /// As it would have come by the bus.
    pub envelope: Envelope,
}

/// Below every message of the last so long; `None` for times before there were any.
pub fn id_at(world: &World, ago: Duration) -> Option<MessageId> {
    let ago = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
    MessageId::new(model::snowflake::at_ms(world.ports.clock.now().millis().saturating_sub(ago)))
}

/// The channels in which a user hears messages.
///
/// # Errors
/// Store errors only.
pub async fn channels(world: &World, user: UserId) -> Result<Vec<ChannelId>> {
    Ok(world.ports.directory.private_memberships(user).await?)
}

/// The devices of a user whose tokens are valid.
///
/// # Errors
/// Store errors only.
pub async fn devices(world: &World, user: UserId) -> Result<Vec<DeviceId>> {
    Ok(world.ports.directory.devices(user).await?.into_iter().map(|device| device.id).collect())
}

/// What was said in these channels above these ids, each channel's in order. Of a channel with more than a page the
/// oldest come first, and the rest the next time.
///
/// # Errors
/// Store errors only.
pub async fn since(world: &World, asked: &[(ChannelId, Option<MessageId>)]) -> Result<Vec<Found>> {
    let above: HashMap<ChannelId, Option<MessageId>> = asked.iter().copied().collect();
    let channels: Vec<ChannelId> = above.keys().copied().collect();
    let mut found = Vec::new();
    for head in world.ports.messages.heads(&channels).await? {
        let Some(after) = above.get(&head.channel).copied() else { continue };
        if head.last_message <= after {
            continue;
        }
        // Who may hear of it is asked now, as at every send.
        let Some(scope) = world.ports.directory.private_scope(head.channel).await? else { continue };
        let Some(viewer) = scope.ids().first().copied() else { continue };
        let rows = world
            .ports
            .messages
            .page(head.channel, after.map_or(Page::Latest, Page::After), PAGE, viewer)
            .await?;
        let mut views = view::views(world, rows, viewer).await?;
        views.sort_unstable_by_key(|view| view.message.id);
        for mut view in views {
            let id = view.message.id;
            view.reactions.clear();
            found.push(Found {
                id,
                channel: head.channel,
                envelope: Envelope {
                    to: scope.ids().into(),
                    event: Arc::new(Event::MessageCreate {
                        view: Box::new(view),
                        channel_type: scope.kind as u8,
                    }),
                    channel: Some(head.channel),
                    version: scope.version,
                },
            });
        }
    }
    Ok(found)
}
