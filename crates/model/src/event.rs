//! Domain events: what happened, with all that rendering needs, and who may hear of it.

use crate::audit::AuditEntry;
use crate::channel::PrivateChannelView;
use crate::emoji::Emoji;
use crate::guild::{Guild, GuildChannel, Invite, Member, Role, Versions};
use crate::message::MessageView;
use crate::presence::{Presence, SessionPresence};
use crate::reaction::ReactionEmoji;
use crate::relationship::{Relationship, RelationshipKind};
use crate::settings::{GuildSettings, Settings};
use crate::user::{Account, User};
use crate::voice::VoiceState;
use crate::{ChannelId, DeviceId, GuildId, MessageId, Permissions, RoleId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Who hears of an event. Sessions of these users, wherever they are connected.
pub type Audience = Arc<[UserId]>;

/// Which members of a guild hear of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuildAudience {
    /// Whose members.
    pub guild: GuildId,
    /// The versions of the guild's rights under which it was accepted: a gateway that knows older ones looks again before
    /// it chooses receivers. A change of rights carries the versions that it made.
    pub versions: Versions,
    /// Which of them.
    pub filter: GuildFilter,
    /// Of the channel, under these versions: see [`permissions::sight`](crate::permissions::sight). A gateway that went from older
    /// versions to newer ones at once knows by it whether the channel was seen by the same members in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sight: Option<u64>,
}

/// What a member must be to hear of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GuildFilter {
    /// A member.
    Everyone,
    /// One who may view this channel. For a public thread its parent is named.
    Channel(ChannelId),
    /// One who may view this channel and is one of these, or may manage its threads: those who see a private thread.
    PrivateThread {
        /// The thread's parent.
        parent: ChannelId,
        /// The thread's members.
        members: Arc<[UserId]>,
    },
    /// This user if `own` says so, and of the others those who may view the one channel and not the other.
    Voice {
        /// Where somebody is in voice, or was.
        seen: ChannelId,
        /// Where it is now: who views that one is told of it otherwise.
        unseen: Option<ChannelId>,
        /// Who it is.
        user: UserId,
        /// Whether it hears of it itself, whatever it may view.
        own: bool,
    },
    /// One who has any of these in this channel.
    ChannelHolding(ChannelId, Permissions),
    /// One who has any of these in the guild.
    Holding(Permissions),
}

impl GuildFilter {
    /// The channel that one must see; `None` if it is about the guild.
    pub const fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Everyone | Self::Holding(_) => None,
            Self::Channel(channel) | Self::ChannelHolding(channel, _) => Some(*channel),
            Self::PrivateThread { parent, .. } => Some(*parent),
            Self::Voice { seen, .. } => Some(*seen),
        }
    }
}

/// The guild in which something was said or done, for rendering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InGuild {
    /// Which.
    pub guild: GuildId,
    /// The membership of whoever said or did it; webhooks have none.
    pub member: Option<Box<Member>>,
}

/// A member with its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The membership.
    pub member: Member,
    /// The account.
    pub user: User,
}

/// A member of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadMember {
    /// Who.
    pub user: UserId,
    /// Since when.
    pub joined: Timestamp,
}

/// An event on its way to the gateways.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// Who hears of it, if `guild` is not given.
    pub to: Audience,
    /// Which members of a guild hear of it.
    #[serde(default)]
    pub guild: Option<GuildAudience>,
    /// What happened.
    pub event: Arc<Event>,
    /// The private channel whose participants alone may hear of it; sessions filter by it when they resume.
    pub channel: Option<ChannelId>,
    /// The version of the scope of rights under which it was accepted; 0 where rights cannot change.
    pub version: u64,
    /// Of a message that is told again, or was found in the store: when it was stored at the latest, in milliseconds since 1970 by
    /// the clock of any node. Its versions are not those under which it was accepted, but later ones. `None`: it is told for the
    /// first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_by: Option<i64>,
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
        /// In which guild, with the author's membership.
        #[serde(default)]
        guild: Option<InGuild>,
    },
    /// A message was changed.
    MessageUpdate {
        /// The message as it is now.
        view: Box<MessageView>,
        /// Discord's type of its channel.
        channel_type: u8,
        /// In which guild, with the author's membership.
        #[serde(default)]
        guild: Option<InGuild>,
    },
    /// A message was deleted.
    MessageDelete {
        /// Which.
        id: MessageId,
        /// Where.
        channel: ChannelId,
        /// In which guild.
        #[serde(default)]
        guild: Option<GuildId>,
    },
    /// Several messages of a guild's channel were deleted at once.
    MessageDeleteBulk {
        /// Which.
        ids: Vec<MessageId>,
        /// Where.
        channel: ChannelId,
        /// In which guild.
        guild: GuildId,
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
        /// In which guild, with who reacted.
        #[serde(default)]
        guild: Option<(GuildId, Box<MemberView>)>,
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
        /// In which guild.
        #[serde(default)]
        guild: Option<GuildId>,
    },
    /// All reactions of a message were taken away, or all with one emoji.
    ReactionsCleared {
        /// Where.
        channel: ChannelId,
        /// From what.
        message: MessageId,
        /// Which ones; `None` for all.
        emoji: Option<ReactionEmoji>,
        /// In which guild.
        guild: GuildId,
    },
    /// A channel's pins changed.
    PinsUpdate {
        /// Where.
        channel: ChannelId,
        /// When something was pinned last.
        last_pin: Option<Timestamp>,
        /// In which guild.
        #[serde(default)]
        guild: Option<GuildId>,
    },
    /// Somebody types.
    TypingStart {
        /// Where.
        channel: ChannelId,
        /// Who.
        user: UserId,
        /// Since when.
        at: Timestamp,
        /// In which guild, with who types.
        #[serde(default)]
        guild: Option<(GuildId, Box<MemberView>)>,
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
        /// The guild that it is told in; friends hear of it without.
        #[serde(default)]
        guild: Option<GuildId>,
    },
    /// The receiver's own account changed.
    UserUpdate(Box<Account>),
    /// The receiver's settings changed. People only.
    SettingsUpdate(Box<Settings>),
    /// What the receiver is told of in a guild, or in private channels, changed. People only.
    GuildSettingsUpdate(Box<GuildSettings>),
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
    /// The receiver took a message off its inbox. People only.
    MentionDismissed {
        /// Which.
        message: MessageId,
    },
    /// The receiver's sessions changed. People only.
    SessionsReplace(Vec<SessionPresence>),
    /// The receivers came into a guild: each session is shown it whole, as its user may see it.
    GuildJoined {
        /// Which.
        guild: GuildId,
        /// The version of its members since which they are in it.
        #[serde(default)]
        version: u64,
    },
    /// The receivers are no members of a guild any more.
    GuildLeft {
        /// Which.
        guild: GuildId,
    },
    /// A guild is gone, for all its members.
    GuildDelete {
        /// Which.
        guild: GuildId,
    },
    /// A guild's settings changed.
    GuildUpdate {
        /// As they are now.
        guild: Box<Guild>,
        /// Its roles.
        roles: Vec<Role>,
        /// Its emoji.
        emojis: Vec<Emoji>,
    },
    /// A role was made.
    RoleCreate {
        /// Whose.
        guild: GuildId,
        /// The role.
        role: Box<Role>,
    },
    /// A role was changed.
    RoleUpdate {
        /// Whose.
        guild: GuildId,
        /// As it is now.
        role: Box<Role>,
    },
    /// A role is gone.
    RoleDelete {
        /// Whose.
        guild: GuildId,
        /// Which.
        role: RoleId,
    },
    /// A guild's channel was made.
    GuildChannelCreate(Box<GuildChannel>),
    /// A guild's channel was changed.
    GuildChannelUpdate(Box<GuildChannel>),
    /// A guild's channel is gone.
    GuildChannelDelete(Box<GuildChannel>),
    /// A channel became visible, and with it all of these threads.
    ThreadListSync {
        /// Where.
        guild: GuildId,
        /// Whose threads these are.
        channel: ChannelId,
        /// All that are not archived, private ones left out.
        threads: Vec<GuildChannel>,
    },
    /// A thread was made, or somebody came into it.
    ThreadCreate {
        /// The thread.
        thread: Box<GuildChannel>,
        /// Whether it was made just now.
        newly: bool,
    },
    /// A thread was changed.
    ThreadUpdate {
        /// The thread.
        thread: Box<GuildChannel>,
        /// How many are in it.
        members: u32,
    },
    /// A thread is gone.
    ThreadDelete(Box<GuildChannel>),
    /// People came into a thread or left it.
    ThreadMembersUpdate {
        /// The thread.
        thread: ChannelId,
        /// Its guild.
        guild: GuildId,
        /// How many are in it now.
        count: u32,
        /// Who came.
        added: Vec<(ThreadMember, MemberView)>,
        /// Who left.
        removed: Vec<UserId>,
    },
    /// Somebody came into a guild.
    MemberAdd {
        /// Which.
        guild: GuildId,
        /// Who.
        member: Box<MemberView>,
    },
    /// A member's name, roles or timeout changed.
    MemberUpdate {
        /// Where.
        guild: GuildId,
        /// As it is now.
        member: Box<MemberView>,
    },
    /// Somebody left a guild, or was removed.
    MemberRemove {
        /// Which.
        guild: GuildId,
        /// Who.
        user: Box<User>,
    },
    /// Somebody was banned.
    BanAdd {
        /// Where.
        guild: GuildId,
        /// Who.
        user: Box<User>,
    },
    /// A ban was lifted.
    BanRemove {
        /// Where.
        guild: GuildId,
        /// Whose.
        user: Box<User>,
    },
    /// A guild's emoji changed.
    EmojisUpdate {
        /// Whose.
        guild: GuildId,
        /// All of them.
        emojis: Vec<Emoji>,
    },
    /// A row was added to an audit log.
    AuditEntryCreate {
        /// Whose.
        guild: GuildId,
        /// The row.
        entry: Box<AuditEntry>,
    },
    /// A guild's bots changed.
    IntegrationsUpdate {
        /// Which.
        guild: GuildId,
    },
    /// An invite was made.
    InviteCreate {
        /// The invite.
        invite: Box<Invite>,
        /// Who made it.
        inviter: Option<Box<User>>,
    },
    /// An invite was taken back.
    InviteDelete {
        /// Where.
        guild: GuildId,
        /// Into which channel.
        channel: ChannelId,
        /// Its code.
        code: String,
    },
    /// A channel's webhooks changed.
    WebhooksUpdate {
        /// Where.
        guild: GuildId,
        /// Which channel's.
        channel: ChannelId,
    },
    /// Somebody came into a voice channel, moved, changed what it shows there, or left.
    VoiceStateUpdate {
        /// As it is now, or as it was.
        state: Box<VoiceState>,
        /// Told as being nowhere: it left, or is where the receiver does not see it.
        gone: bool,
        /// The membership; `None` if it ended.
        member: Option<Box<MemberView>>,
    },
    /// Control: these devices' tokens are void (`None`: all of the user's). Sessions close with 4004.
    Revoked {
        /// Which devices.
        devices: Option<Vec<DeviceId>>,
    },
    /// Control: the receivers missed something, and nobody can say what: their gateway sessions begin anew.
    Missed {
        /// When, in milliseconds since 1970: who was sent READY after that missed nothing. `None`: until now.
        #[serde(default)]
        before: Option<i64>,
    },
    /// Control: another node took this gateway session up; the node that had it lets it go.
    SessionMoved {
        /// The session.
        session: u128,
        /// The gateway that has it now: a random number.
        to: u64,
    },
}

impl Event {
    /// Whether it is about messages: what it tells stands in their store before it is told.
    pub const fn is_of_messages(&self) -> bool {
        matches!(
            self,
            Self::MessageCreate { .. }
                | Self::MessageUpdate { .. }
                | Self::MessageDelete { .. }
                | Self::MessageDeleteBulk { .. }
                | Self::ReactionAdd { .. }
                | Self::ReactionRemove { .. }
                | Self::ReactionsCleared { .. }
                | Self::PinsUpdate { .. }
        )
    }

    /// Whether bots never see it (protocol, pitfall 21).
    pub const fn people_only(&self) -> bool {
        matches!(
            self,
            Self::ChannelCreate(_)
                | Self::ChannelUpdate(_)
                | Self::ChannelDelete(_)
                | Self::RecipientAdd { .. }
                | Self::RecipientRemove { .. }
                | Self::RelationshipAdd { .. }
                | Self::RelationshipUpdate(_)
                | Self::RelationshipRemove { .. }
                // Without a guild it is a friend's.
                | Self::PresenceUpdate { guild: None, .. }
                | Self::SettingsUpdate(_)
                | Self::GuildSettingsUpdate(_)
                | Self::MessageAck { .. }
                | Self::PinsAck { .. }
                | Self::MentionDismissed { .. }
                | Self::SessionsReplace(_)
        )
    }
}
