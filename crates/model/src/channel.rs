//! Private channels: direct messages and groups.

use crate::relationship::Pair;
use crate::user::User;
use crate::{ChannelId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The kind of a private channel. The numbers are Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum PrivateKind {
    /// Between two users; there is one for each pair.
    Dm = 1,
    /// Between up to ten users, with an owner.
    Group = 3,
}

/// A private channel as the directory keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateChannel {
    /// Its id.
    pub id: ChannelId,
    /// Direct message or group.
    pub kind: PrivateKind,
    /// Everybody in it, the viewer included, in the order in which they came.
    pub participants: Vec<UserId>,
    /// A group's owner.
    pub owner: Option<UserId>,
    /// A group's name.
    pub name: Option<String>,
    /// Hash of a group's icon.
    pub icon: Option<String>,
}

/// A private channel as one of its participants sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateChannelView {
    /// The channel.
    pub channel: PrivateChannel,
    /// The participants without the viewer.
    pub recipients: Vec<User>,
    /// The newest message, if any.
    pub last_message: Option<MessageId>,
    /// When something was pinned last.
    pub last_pin: Option<Timestamp>,
}

/// A participant, with what sending needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// The user.
    pub id: UserId,
    /// Whether the channel stands in its list; a new message opens it again.
    pub open: bool,
    /// Whether it is a bot.
    pub bot: bool,
    /// The bot's owner.
    pub bot_owner: Option<UserId>,
}

/// The rights of a private channel as the authority knows them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateScope {
    /// The channel.
    pub channel: ChannelId,
    /// Its kind.
    pub kind: PrivateKind,
    /// A group's owner.
    pub owner: Option<UserId>,
    /// Everybody in it.
    pub participants: Vec<Participant>,
    /// For direct messages: how the first participant stands to the second, and the second to the first.
    pub pair: Pair,
    /// The version of the scope: raised in the same transaction as any change of `pair` or of the participants.
    pub version: u64,
}

impl PrivateScope {
    /// The participant with this id.
    pub fn participant(&self, user: UserId) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == user)
    }

    /// Everybody's ids.
    pub fn ids(&self) -> Vec<UserId> {
        self.participants.iter().map(|p| p.id).collect()
    }
}

/// A channel of either kind, as somebody who may see it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelView {
    /// A direct message or a group.
    Private(PrivateChannelView),
    /// A guild's channel or a thread.
    Guild(crate::guild::GuildChannelView),
}
