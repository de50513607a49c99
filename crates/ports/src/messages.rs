//! Messages, reactions, pins and read marks.
//!
//! Shaped for engines without joins, counters and transactions over several partitions: everything of a channel is
//! found by the channel (and the time in the id), a key of a send by its author, a read mark by its user, a mention by
//! whom it calls.

use crate::{StoreError, Stored};
use async_trait::async_trait;
use model::embed::Embed;
use model::message::{Message, MessageKind, MessageReference};
use model::reaction::{ReactionEmoji, ReactionTally};
use model::read_state::ReadMark;
use model::webhook::WebhookAuthor;
use model::{ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};

/// A message that has no id yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Where.
    pub channel: ChannelId,
    /// By whom.
    pub author: UserId,
    /// Said, or made by an act.
    pub kind: MessageKind,
    /// Text.
    pub content: String,
    /// Read aloud.
    pub tts: bool,
    /// Pings everyone.
    pub mention_everyone: bool,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Which roles it mentions.
    pub mention_roles: Vec<RoleId>,
    /// The webhook that says it.
    pub webhook: Option<WebhookAuthor>,
    /// Flags.
    pub flags: u32,
    /// Embeds.
    pub embeds: Vec<Embed>,
    /// What it answers.
    pub reference: Option<MessageReference>,
    /// Whose inboxes it goes to, each once: no more than a message may mention.
    pub scopes: Vec<Scope>,
}

/// Whose inbox a mention is in. Ids are unique across kinds, so that the number of one names no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// One user's.
    User(UserId),
    /// That of everybody who has the role.
    Role(RoleId),
    /// That of everybody in the guild.
    Guild(GuildId),
}

impl Scope {
    /// What it is stored under.
    pub const fn as_i64(self) -> i64 {
        match self {
            Self::User(id) => id.as_i64(),
            Self::Role(id) => id.as_i64(),
            Self::Guild(id) => id.as_i64(),
        }
    }
}

/// Where a message is that mentions somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mention {
    /// The channel.
    pub channel: ChannelId,
    /// The message.
    pub message: MessageId,
}

/// The key of an idempotent send: unique per author, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendKey {
    /// The client's key.
    pub key: String,
    /// Digest of everything that the send says, its channel included: the same key with another one is a conflict.
    pub digest: [u8; 32],
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is stored, durably, as this message.
    Created(Message),
    /// The key was used before with the same content: the message as it is now. Nothing was stored.
    Existing(Message),
    /// The key was used before with the same content and its message was deleted since. Nothing was stored.
    Gone,
    /// The key was used before with other content. Nothing was stored.
    Conflict,
}

/// Runs once when a change is durable, before the call answers, and in the order in which changes of one channel
/// became durable. Must not block. Not run when nothing changed.
pub type Durable = Box<dyn FnOnce(&Message) + Send>;

/// As [`Durable`], for several messages at once.
pub type DurableMany = Box<dyn FnOnce(&[MessageId]) + Send>;

/// A message with what others did to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// Its reactions in the order in which each emoji came first, with `me` for the viewer.
    pub reactions: Vec<ReactionTally>,
}

/// Which part of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest.
    Latest,
    /// The newest below this id.
    Before(MessageId),
    /// The oldest above this id.
    After(MessageId),
    /// About half below and half from this id on.
    Around(MessageId),
}

/// New text of a message, with what is mentioned in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditedText {
    /// The text.
    pub text: String,
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Which roles it mentions.
    pub mention_roles: Vec<RoleId>,
    /// Whether it pings everyone.
    pub mention_everyone: bool,
}

/// Who a user is in a channel, to count what calls for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The user.
    pub user: UserId,
    /// Its roles there.
    pub roles: Vec<RoleId>,
}

impl Called {
    /// Whether a message calls for it.
    pub fn by(&self, message: &Message) -> bool {
        message.author != self.user
            && (message.mention_everyone
                || message.mentions.contains(&self.user)
                || message.mention_roles.iter().any(|role| self.roles.contains(role)))
    }
}

/// What an edit changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageEdit {
    /// New text, with the mentions in it.
    pub content: Option<EditedText>,
    /// New embeds.
    pub embeds: Option<Vec<Embed>>,
    /// New flags.
    pub flags: Option<u32>,
    /// The moment to show as edited; `None` leaves it (flags alone do not count as an edit).
    pub edited: Option<Timestamp>,
}

/// What became of a reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reacted {
    /// Added.
    Added,
    /// It was there.
    Already,
    /// No such message.
    Absent,
    /// The message has as many distinct emoji as it may.
    TooMany,
}

/// What became of a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinned {
    /// Pinned.
    Pinned,
    /// It was.
    Already,
    /// No such message.
    Absent,
    /// The channel has as many pins as it may.
    TooMany,
}

/// The top of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The channel.
    pub channel: ChannelId,
    /// Its newest message.
    pub last_message: Option<MessageId>,
    /// When something in it was pinned last.
    pub last_pin: Option<Timestamp>,
}

/// Stores messages.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Accepts a message: mints its id (above that of every message accepted in the channel before), stores it with
    /// its key, and moves the author's own read mark to it (in the same step, or in one that a retry repeats).
    /// [`Messages::mentions`] finds it in its scopes from then on; where that is another step, a message is not lost with
    /// it, and a retry of its key repeats it. Answers when it is durable. `durable` runs for [`Appended::Created`] only. A webhook has no read mark.
    async fn append(
        &self,
        new: NewMessage,
        key: Option<SendKey>,
        durable: Durable,
    ) -> Result<Appended, StoreError>;

    /// What an [`Messages::append`] with this key would answer without storing anything: `None` if the author never
    /// used the key. So a retry gets its answer also when the send would be refused by now.
    async fn recall(&self, author: UserId, key: &SendKey) -> Stored<Option<Appended>>;

    /// One message; `me` in its reactions is for `viewer`.
    async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
    ) -> Stored<Option<StoredMessage>>;

    /// Up to `limit` (1 to 100) messages, newest first.
    async fn page(
        &self,
        channel: ChannelId,
        page: Page,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<StoredMessage>>;

    /// Changes a message; the message as it is then. `None` if there is none: an edit never revives a deleted one.
    async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        edit: MessageEdit,
        durable: Durable,
    ) -> Stored<Option<Message>>;

    /// Deletes a message with its reactions and its pin; the message as it was. `None` if there was none. Its key
    /// stays used.
    async fn delete(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<Option<Message>>;

    /// Deletes several messages of a channel; those that there were. Each is deleted as by [`Messages::delete`]; after a
    /// failure some may be and others not, and a repeated call deletes the rest. `durable` runs once, with those that were
    /// deleted, before the call answers, or after a failure as soon as it is known which; not if there are none.
    async fn delete_many(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        durable: DurableMany,
    ) -> Stored<Vec<MessageId>>;

    /// Adds a reaction; at most `cap` distinct emoji on a message.
    async fn react(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
        cap: usize,
    ) -> Stored<Reacted>;

    /// Takes a reaction back; whether it was there.
    async fn unreact(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
    ) -> Stored<bool>;

    /// Takes all reactions of a message away, or all with one emoji; whether there were any.
    async fn clear_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<&ReactionEmoji>,
    ) -> Stored<bool>;

    /// Who reacted with it, ascending, above `after`, up to `limit`.
    async fn reactors(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: &ReactionEmoji,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<UserId>>;

    /// Pins a message; at most `cap` in a channel. `durable` sees the message as it is then.
    async fn pin(
        &self,
        channel: ChannelId,
        id: MessageId,
        at: Timestamp,
        cap: usize,
        durable: Durable,
    ) -> Stored<Pinned>;

    /// Unpins a message; whether it was pinned. `durable` sees the message as it is then.
    async fn unpin(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<bool>;

    /// Pinned messages, pinned last first, those pinned before `before`, up to `limit`.
    async fn pins(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<(Timestamp, StoredMessage)>>;

    /// The tops of these channels, in no order; a channel without messages may be left out.
    async fn heads(&self, channels: &[ChannelId]) -> Stored<Vec<Head>>;

    /// Moves a read mark. Without `back` it only rises; with it, it may also fall. The mark as it is then.
    async fn mark_read(&self, user: UserId, mark: ReadMark, back: bool) -> Stored<ReadMark>;

    /// All read marks of a user.
    async fn read_marks(&self, user: UserId) -> Stored<Vec<ReadMark>>;

    /// How many messages above `after` others than `user` wrote in the channel, counted up to `cap`.
    async fn unread(
        &self,
        channel: ChannelId,
        user: UserId,
        after: Option<MessageId>,
        cap: u32,
    ) -> Stored<u32>;

    /// How many of the newest `look` messages above `after` call for somebody: they mention the user, one of its roles, or
    /// everyone, and are others'.
    async fn calls(
        &self,
        channel: ChannelId,
        called: &Called,
        after: Option<MessageId>,
        look: u32,
    ) -> Stored<u32>;

    /// The newest messages of this author in a channel since a moment, newest first, up to `limit`: what a ban deletes.
    async fn said_by(
        &self,
        channel: ChannelId,
        author: UserId,
        since: Timestamp,
        limit: usize,
    ) -> Stored<Vec<MessageId>>;

    /// The newest messages that were sent to any of these scopes (up to [`model::limits::MENTION_SCOPES`]), above `above`
    /// and below `below`, each once, newest first, up to `limit` (1 to 500). Nobody asks for what is older than
    /// [`model::limits::MENTION_DAYS`]: it may be forgotten. A row is a hint: its message may have been deleted, or say
    /// something else by now. Edits make none.
    async fn mentions(
        &self,
        scopes: &[Scope],
        above: Option<MessageId>,
        below: Option<MessageId>,
        limit: usize,
    ) -> Stored<Vec<Mention>>;

    /// Those of these messages that there are, in their order; at most 100 are asked for.
    async fn mentioned(&self, mentions: &[Mention], viewer: UserId) -> Stored<Vec<StoredMessage>>;

    /// Notes that a user took a message off its inbox. Twice is as once.
    async fn dismiss(&self, user: UserId, message: MessageId) -> Stored<()>;

    /// Which of these messages (at most 500) a user took off its inbox, in no order. Known for as long as mentions are.
    async fn dismissed(&self, user: UserId, messages: &[MessageId]) -> Stored<Vec<MessageId>>;

    /// Forgets what is known of mentions below this message, up to `limit` of them; how many were forgotten. Nothing to do
    /// for a store whose rows run out by themselves.
    async fn forget_mentions(&self, below: MessageId, limit: usize) -> Stored<usize>;

    /// The highest id stored, so that a restarted mint goes on above it.
    async fn high_water(&self) -> Stored<Option<MessageId>>;

    /// What is wrong with the store; empty if nothing is.
    async fn check(&self) -> Stored<Vec<String>>;
}
