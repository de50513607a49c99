//! CHANNEL_RECIPIENT_REMOVE: somebody left a group.

use crate::Sf;
use crate::user::{self, PartialUser};
use model::ChannelId;
use model::user::User;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "CHANNEL_RECIPIENT_REMOVE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct ChannelRecipientRemove<'a> {
    channel_id: Sf<ChannelId>,
    user: PartialUser<'a>,
}

/// The payload.
pub fn d(channel: ChannelId, user: &User) -> ChannelRecipientRemove<'_> {
    ChannelRecipientRemove { channel_id: Sf(channel), user: user::render(user) }
}
