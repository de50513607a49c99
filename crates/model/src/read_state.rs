//! How far a user has read.

use crate::{ChannelId, MessageId};
use serde::{Deserialize, Serialize};

/// The stored mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMark {
    /// The channel.
    pub channel: ChannelId,
    /// Everything up to this one is read. It need not exist.
    pub message: MessageId,
    /// Rises with every change of this user's marks, over all channels.
    pub version: u64,
}

/// A mark with what is unread behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadState {
    /// The channel.
    pub channel: ChannelId,
    /// Everything up to this one is read; `None` if nothing is.
    pub message: Option<MessageId>,
    /// Messages that call for the user: in private channels every unread one of others, counted up to
    /// [`crate::limits::UNREAD`].
    pub mentions: u32,
}
