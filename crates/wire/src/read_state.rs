//! How far a user has read.

use crate::sf::Sf;
use model::read_state::ReadState;
use model::{ChannelId, MessageId};
use serde::{Deserialize, Serialize};

/// A read state: protocol C.11.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ReadStateObject {
    id: Sf<ChannelId>,
    read_state_type: u8,
    last_message_id: Option<Sf<MessageId>>,
    mention_count: u32,
    last_pin_timestamp: (),
    flags: u32,
    last_viewed: (),
}

/// Shows a read state.
pub fn render(state: &ReadState) -> ReadStateObject {
    ReadStateObject {
        id: Sf(state.channel),
        read_state_type: 0,
        last_message_id: state.message.map(Sf),
        mention_count: state.mentions,
        last_pin_timestamp: (),
        flags: 0,
        last_viewed: (),
    }
}

/// Body of `POST /channels/{channel}/messages/{message}/ack`; may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AckRequest {
    /// Whether the mark may also go back.
    pub manual: Option<bool>,
    /// What the client counts as unread behind it.
    pub mention_count: Option<u32>,
}

/// Answer to [`AckRequest`]: `{"token":null}`.
#[derive(Debug, Default, Serialize)]
pub struct AckAnswer {
    token: (),
}

/// Body of `POST /read-states/ack-bulk`.
#[derive(Debug, Deserialize)]
pub struct AckBulkRequest {
    /// The marks.
    pub read_states: Vec<AckMark>,
}

/// One mark of [`AckBulkRequest`].
#[derive(Debug, Deserialize)]
pub struct AckMark {
    /// The channel.
    pub channel_id: Sf<ChannelId>,
    /// Everything up to this one is read.
    pub message_id: Sf<MessageId>,
    /// 0 or absent: a channel. Other types are ignored.
    pub read_state_type: Option<u8>,
}
