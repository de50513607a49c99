//! Messages.

use crate::embed::Embed;
use crate::guild::GuildChannel;
use crate::reaction::ReactionTally;
use crate::user::User;
use crate::webhook::WebhookAuthor;
use crate::{ChannelId, MessageId, RoleId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// The kind of a message. The numbers are Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum MessageKind {
    /// Said by its author.
    Default = 0,
    /// The author added the mentioned user to the group.
    RecipientAdd = 1,
    /// The author removed the mentioned user, or left.
    RecipientRemove = 2,
    /// The author named the group.
    ChannelNameChange = 4,
    /// The author changed the group's icon.
    ChannelIconChange = 5,
    /// The author pinned the referenced message.
    PinAdd = 6,
    /// The author came into the guild.
    UserJoin = 7,
    /// The author made the thread that the message refers to, without a message to begin with.
    ThreadCreated = 18,
    /// Said in reply to the referenced message.
    Reply = 19,
    /// The first message of a thread that was made from a message: shows that one.
    ThreadStarter = 21,
}

impl MessageKind {
    /// From Discord's number.
    pub const fn from_u8(value: u8) -> Option<Self> {
        Some(match value {
            0 => Self::Default,
            1 => Self::RecipientAdd,
            2 => Self::RecipientRemove,
            4 => Self::ChannelNameChange,
            5 => Self::ChannelIconChange,
            6 => Self::PinAdd,
            7 => Self::UserJoin,
            18 => Self::ThreadCreated,
            19 => Self::Reply,
            21 => Self::ThreadStarter,
            _ => return None,
        })
    }

    /// Whether a person or bot wrote its text (and so may edit it).
    pub const fn is_said(self) -> bool {
        matches!(self, Self::Default | Self::Reply)
    }
}

/// Flag: it was published to those who follow its channel.
pub const CROSSPOSTED: u32 = 1 << 0;
/// Flag: a thread was made from it, with its id.
pub const HAS_THREAD: u32 = 1 << 5;
/// Flag: embeds are hidden.
pub const SUPPRESS_EMBEDS: u32 = 1 << 2;
/// Flag: no push and no desktop notification.
pub const SUPPRESS_NOTIFICATIONS: u32 = 1 << 12;
/// The flags that a sender may set.
pub const SETTABLE_FLAGS: u32 = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS;

/// What a message answers or points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReference {
    /// The channel of the other message.
    pub channel: ChannelId,
    /// The other message.
    pub message: MessageId,
}

/// A message as the store keeps it. When it was sent is in its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id: above that of every message accepted earlier in the channel.
    pub id: MessageId,
    /// Where it was said.
    pub channel: ChannelId,
    /// By whom.
    pub author: UserId,
    /// Said, or made by an act.
    pub kind: MessageKind,
    /// Its text.
    pub content: String,
    /// When its text was changed last.
    pub edited: Option<Timestamp>,
    /// Read aloud.
    pub tts: bool,
    /// Whether it pings everyone.
    pub mention_everyone: bool,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Which roles it mentions.
    #[serde(default)]
    pub mention_roles: Vec<RoleId>,
    /// The webhook that said it; then `author` has the webhook's id.
    #[serde(default)]
    pub webhook: Option<WebhookAuthor>,
    /// Discord's message flags.
    pub flags: u32,
    /// Embeds.
    pub embeds: Vec<Embed>,
    /// What it answers.
    pub reference: Option<MessageReference>,
    /// Whether it is pinned.
    pub pinned: bool,
}

impl Message {
    /// Whether a bot without the intent for texts reads this one's all the same: its own, and one that mentions it. Private
    /// channels are the caller's to know.
    pub fn shows_content_to(&self, bot: UserId) -> bool {
        self.author == bot || self.mentions.contains(&bot)
    }
}

/// The client's own key of a send, echoed exactly as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nonce {
    /// As a JSON number.
    Number(i64),
    /// As a JSON string.
    Text(String),
}

impl Nonce {
    /// The key's text, the same for `1` and `"1"`.
    pub fn text(&self) -> String {
        match self {
            Self::Number(n) => n.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// A message with all that rendering it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// The message.
    pub message: Message,
    /// Its author.
    pub author: User,
    /// The users in `message.mentions`.
    pub mentions: Vec<User>,
    /// Reactions, with `me` for the viewer.
    pub reactions: Vec<ReactionTally>,
    /// The message that it answers: absent if it answers none, `Some(None)` if that one is gone.
    pub referenced: Option<Option<Box<MessageView>>>,
    /// Echoed to the sender and in the create event.
    pub nonce: Option<Nonce>,
    /// The thread that began with it.
    #[serde(default)]
    pub thread: Option<Box<ThreadView>>,
}

/// A thread as the message with which it began shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadView {
    /// The thread.
    pub channel: GuildChannel,
    /// How many are in it.
    pub members: u32,
    /// How many messages it has, counted up to [`crate::limits::THREAD_MESSAGES`].
    pub messages: u32,
}

impl MessageView {
    /// Takes away the texts and embeds that a bot without the intent for them may not read, also of what it answers.
    pub fn blank_for(&mut self, bot: UserId) {
        if !self.message.shows_content_to(bot) {
            self.message.content.clear();
            self.message.embeds.clear();
        }
        if let Some(Some(referenced)) = self.referenced.as_mut() {
            referenced.blank_for(bot);
        }
    }
}
