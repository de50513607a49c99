//! Messages that nobody told this node of, found in the store: other nodes accepted them while they could not be heard,
//! or died before they had told.

use super::view;
use crate::audience::{Announced, tell as tell_users};
use crate::{Result, World};
use model::event::{Envelope, Event};
use model::{ChannelId, DeviceId, MessageId, UserId};
use ports::messages::Page;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Messages of one channel that are looked at in one go.
const PAGE: usize = 100;

/// The most pages of one channel.
const PAGES: usize = 100;

/// Nodes' clocks differ by less than this.
const SKEW_MS: i64 = 5_000;

/// A message that was found.
pub struct Found {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub channel: ChannelId,
    /// Whose.
    pub author: UserId,
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
            let (id, author) = (view.message.id, view.message.author);
            view.reactions.clear();
            found.push(Found {
                id,
                channel: head.channel,
                author,
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

/// Tells of this author's messages in a channel since a moment, also of those that were told before.
///
/// # Errors
/// Store errors only.
pub(super) async fn tell_of(world: &World, channel: ChannelId, author: UserId, at: i64) -> Result<()> {
    tell_since(world, HashMap::from([(channel, at)]), |found| found.author == author).await
}

async fn tell_since(
    world: &World,
    channels: HashMap<ChannelId, i64>,
    wanted: impl Fn(&Found) -> bool,
) -> Result<()> {
    let above = |at: i64| MessageId::new(model::snowflake::at_ms(at.saturating_sub(SKEW_MS)));
    let mut asked: Vec<_> = channels.into_iter().map(|(channel, at)| (channel, above(at))).collect();
    for _ in 0..PAGES {
        let mut highest: HashMap<ChannelId, MessageId> = HashMap::new();
        for found in since(world, &asked).await? {
            highest.insert(found.channel, found.id);
            if wanted(&found) {
                world.ports.bus.publish(found.envelope);
            }
        }
        asked = highest.into_iter().map(|(channel, id)| (channel, Some(id))).collect();
        if asked.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Tells what was announced: messages that are found since then, also those that were told before, which gateways pass
/// over; and of everything else that something was missed.
///
/// # Errors
/// Store errors only. Nothing of what was to be told is lost by telling it once more.
pub async fn tell(world: &World, announced: &[Announced]) -> Result<()> {
    let mut channels: HashMap<ChannelId, i64> = HashMap::new();
    let mut users: Vec<UserId> = Vec::new();
    for what in announced {
        match what {
            Announced::Message { channel, at } => {
                let since = channels.entry(*channel).or_insert(*at);
                *since = (*since).min(*at);
            }
            Announced::Change { users: some } => users.extend(some),
        }
    }
    tell_since(world, channels, |_| true).await?;
    users.sort_unstable();
    users.dedup();
    tell_users(world, &users, Event::Missed);
    Ok(())
}
