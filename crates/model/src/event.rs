//! Domain events: what happened, with all that rendering needs, and who may hear of it.

use crate::channel::PrivateChannelView;
use crate::message::MessageView;
use crate::presence::{Presence, SessionPresence};
use crate::reaction::ReactionEmoji;
use crate::relationship::{Relationship, RelationshipKind};
use crate::settings::Settings;
use crate::user::{Account, User};
use crate::{ChannelId, DeviceId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Who hears of an event. Sessions of these users, wherever they are connected.
pub type Audience = Arc<[UserId]>;

/// An event on its way to the gateways.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// Who hears of it.
    pub to: Audience,
    /// What happened.
    pub event: Arc<Event>,
    /// The private channel whose participants alone may hear of it; sessions filter by it when they resume.
    pub channel: Option<ChannelId>,
    /// The version of the scope of rights under which it was accepted; 0 where rights cannot change.
    pub version: u64,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Event {
    /// A message was accepted.
    MessageCreate {
        /// The message.
        view: Box<MessageView>,
        /// Discord's type of its channel.
        channel_type: u8,
    },
    /// A message was changed.
    MessageUpdate {
        /// The message as it is now.
        view: Box<MessageView>,
        /// Discord's type of its channel.
        channel_type: u8,
    },
    /// A message was deleted.
    MessageDelete {
        /// Which.
        id: MessageId,
        /// Where.
        channel: ChannelId,
    },
    /// Somebody reacted.
    ReactionAdd {
        /// Who.
        user: UserId,
        /// Where.
        channel: ChannelId,
        /// To what.
        message: MessageId,
        /// Whose message it is.
        author: UserId,
        /// With what.
        emoji: ReactionEmoji,
    },
    /// Somebody took a reaction back.
    ReactionRemove {
        /// Who.
        user: UserId,
        /// Where.
        channel: ChannelId,
        /// From what.
        message: MessageId,
        /// What.
        emoji: ReactionEmoji,
    },
    /// A channel's pins changed.
    PinsUpdate {
        /// Where.
        channel: ChannelId,
        /// When something was pinned last.
        last_pin: Option<Timestamp>,
    },
    /// Somebody types.
    TypingStart {
        /// Where.
        channel: ChannelId,
        /// Who.
        user: UserId,
        /// Since when.
        at: Timestamp,
    },
    /// A private channel appeared in the receiver's list. People only.
    ChannelCreate(Box<PrivateChannelView>),
    /// It changed. People only.
    ChannelUpdate(Box<PrivateChannelView>),
    /// It left the receiver's list. People only.
    ChannelDelete(Box<PrivateChannelView>),
    /// Somebody came into a group. People only.
    RecipientAdd {
        /// Where.
        channel: ChannelId,
        /// Who.
        user: Box<User>,
    },
    /// Somebody left a group. People only.
    RecipientRemove {
        /// Where.
        channel: ChannelId,
        /// Who.
        user: Box<User>,
    },
    /// The receiver's relation to somebody came to be or changed its kind. People only.
    RelationshipAdd {
        /// The receiver's row.
        relationship: Box<Relationship>,
        /// The other user.
        user: Box<User>,
        /// Worth a notification.
        notify: bool,
    },
    /// The receiver's nickname for somebody changed. People only.
    RelationshipUpdate(Box<Relationship>),
    /// The receiver's relation to somebody ended. People only.
    RelationshipRemove {
        /// The other user.
        other: UserId,
        /// What it was.
        kind: RelationshipKind,
    },
    /// A friend's presence changed. People only.
    PresenceUpdate {
        /// The merged presence.
        presence: Box<Presence>,
        /// The friend, for clients that do not know it yet.
        user: Box<User>,
    },
    /// The receiver's own account changed.
    UserUpdate(Box<Account>),
    /// The receiver's settings changed. People only.
    SettingsUpdate(Box<Settings>),
    /// The receiver read further, on some device. People only.
    MessageAck {
        /// Where.
        channel: ChannelId,
        /// Up to which message.
        message: MessageId,
        /// Rises with every ack of this user.
        version: u64,
        /// What is unread behind it, where the client set it back.
        mentions: Option<u32>,
    },
    /// The receiver read a channel's pins. People only.
    PinsAck {
        /// Where.
        channel: ChannelId,
        /// Up to when.
        at: Timestamp,
        /// Rises with every ack of this user.
        version: u64,
    },
    /// The receiver's sessions changed. People only.
    SessionsReplace(Vec<SessionPresence>),
    /// Control: these devices' tokens are void (`None`: all of the user's). Sessions close with 4004.
    Revoked {
        /// Which devices.
        devices: Option<Vec<DeviceId>>,
    },
    /// Control: the receivers missed something, and nobody can say what: their gateway sessions begin anew.
    Missed,
    /// Control: another node took this gateway session up; the node that had it lets it go.
    SessionMoved {
        /// The session.
        session: u128,
        /// The gateway that has it now: a random number.
        to: u64,
    },
}

impl Event {
    /// Whether bots never see it (protocol, pitfall 21).
    pub const fn people_only(&self) -> bool {
        !matches!(
            self,
            Self::MessageCreate { .. }
                | Self::MessageUpdate { .. }
                | Self::MessageDelete { .. }
                | Self::ReactionAdd { .. }
                | Self::ReactionRemove { .. }
                | Self::PinsUpdate { .. }
                | Self::TypingStart { .. }
                | Self::UserUpdate(_)
                | Self::Revoked { .. }
                | Self::SessionMoved { .. }
                | Self::Missed
        )
    }
}
