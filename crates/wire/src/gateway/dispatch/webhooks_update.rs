//! WEBHOOKS_UPDATE: a channel's webhooks changed. Clients ask for them anew: tokens are in no event.

use crate::Sf;
use model::{ChannelId, GuildId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "WEBHOOKS_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct WebhooksUpdate {
    guild_id: Sf<GuildId>,
    channel_id: Sf<ChannelId>,
}

/// The payload.
pub fn d(guild: GuildId, channel: ChannelId) -> WebhooksUpdate {
    WebhooksUpdate { guild_id: Sf(guild), channel_id: Sf(channel) }
}
