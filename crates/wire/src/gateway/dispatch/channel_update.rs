//! CHANNEL_UPDATE: a private channel changed.

use crate::channel::{self, PrivateChannelObject};
use model::channel::PrivateChannelView;

/// The event's name.
pub const NAME: &str = "CHANNEL_UPDATE";

/// The payload. Never sent to bots: serenity cannot read it.
pub fn d(view: &PrivateChannelView) -> PrivateChannelObject<'_> {
    channel::render(view)
}
