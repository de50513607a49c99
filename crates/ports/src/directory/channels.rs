//! Private channels.

use crate::Stored;
use async_trait::async_trait;
use model::channel::{PrivateChannel, PrivateScope};
use model::{ChannelId, Timestamp, UserId};

/// What became of opening a direct message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The channel: always the same for the pair.
    pub channel: PrivateChannel,
    /// Whether it was not in the opener's list before.
    pub appeared: bool,
}

/// What became of a change of a group's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// Changed; the channel as it is now. A group that its last member left is gone, with no participants here.
    Changed(PrivateChannel),
    /// It was so before.
    Unchanged,
    /// No such group.
    Absent,
    /// The group is full.
    Full,
}

/// Changes of a group; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// New name.
    pub name: Option<Option<String>>,
    /// New owner; must be a participant.
    pub owner: Option<UserId>,
}

/// Private channels. A user's list holds the channels that are open for that user.
#[async_trait]
pub trait PrivateChannels: Send + Sync {
    /// The direct message between two users, made with `id` if there is none, and opened for `opener` alone.
    async fn open_dm(&self, opener: UserId, other: UserId, id: ChannelId, at: Timestamp) -> Stored<Opened>;

    /// Whether the direct message between these two was ever made.
    async fn dm_exists(&self, a: UserId, b: UserId) -> Stored<bool>;

    /// A new group, open for everybody in it; the owner comes first.
    async fn create_group(
        &self,
        id: ChannelId,
        owner: UserId,
        others: &[UserId],
        name: Option<&str>,
        at: Timestamp,
    ) -> Stored<PrivateChannel>;

    /// A channel.
    async fn private_channel(&self, id: ChannelId) -> Stored<Option<PrivateChannel>>;

    /// The channels in a user's list, in no order.
    async fn private_channels(&self, user: UserId) -> Stored<Vec<PrivateChannel>>;

    /// Ids of every private channel that the user is a participant of, open or not.
    async fn private_memberships(&self, user: UserId) -> Stored<Vec<ChannelId>>;

    /// Takes a direct message out of the user's list; whether it was there.
    async fn close_dm(&self, id: ChannelId, user: UserId) -> Stored<bool>;

    /// Puts a channel back into these users' lists; those for whom it was closed.
    async fn reopen(&self, id: ChannelId, users: &[UserId]) -> Stored<Vec<UserId>>;

    /// Adds a user to a group of at most `cap`, raising the channel's version.
    async fn add_recipient(
        &self,
        id: ChannelId,
        user: UserId,
        cap: usize,
        at: Timestamp,
    ) -> Stored<Membership>;

    /// Removes a user from a group, raising the channel's version; if it was the owner, the one who is in it longest
    /// becomes it.
    async fn remove_recipient(&self, id: ChannelId, user: UserId) -> Stored<Membership>;

    /// Changes a group; as it is then. `None` if there is no such group or the new owner is not in it.
    async fn change_group(&self, id: ChannelId, change: &GroupChange) -> Stored<Option<PrivateChannel>>;

    /// Who is in the channel and how they stand to each other, as the authority knows it now: every change that was
    /// answered before this call is in it. Cheap enough for every send.
    async fn private_scope(&self, id: ChannelId) -> Stored<Option<PrivateScope>>;
}
