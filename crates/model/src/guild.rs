//! Guilds ("servers"): their settings, roles, channels and members.

use crate::emoji::Emoji;
use crate::permissions::Permissions;
use crate::user::User;
use crate::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A guild's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guild {
    /// Its id; also that of its `@everyone` role.
    pub id: GuildId,
    /// Who may do everything, and cannot be acted on.
    pub owner: UserId,
    /// 2 to 100 characters.
    pub name: String,
    /// Hash of the icon.
    pub icon: Option<String>,
    /// Up to 300 characters.
    pub description: Option<String>,
    /// The code of its permanent invite; unique among guilds.
    pub vanity: Option<String>,
    /// 0 to 4; kept and shown, not enforced: there is no phone to verify.
    pub verification_level: u8,
    /// 0 all messages, 1 only mentions.
    pub default_notifications: u8,
    /// 0 to 2; kept and shown.
    pub explicit_content_filter: u8,
    /// 0 to 3; kept and shown.
    pub nsfw_level: u8,
    /// Where people who come in are welcomed.
    pub system_channel: Option<ChannelId>,
    /// Bit 0: no messages about who came.
    pub system_channel_flags: u32,
    /// Where the rules are.
    pub rules_channel: Option<ChannelId>,
    /// Where moderators hear of news.
    pub public_updates_channel: Option<ChannelId>,
    /// Where moderators hear of dangers.
    pub safety_alerts_channel: Option<ChannelId>,
    /// Where the silent are moved.
    pub afk_channel: Option<ChannelId>,
    /// Seconds: 60, 300, 900, 1800 or 3600.
    pub afk_timeout: u32,
    /// Such as `en-US`.
    pub preferred_locale: String,
    /// Whether a bar shows boosts; kept and shown.
    pub premium_progress_bar: bool,
}

impl Guild {
    /// One as it is made.
    pub fn new(id: GuildId, owner: UserId, name: String) -> Self {
        Self {
            id,
            owner,
            name,
            icon: None,
            description: None,
            vanity: None,
            verification_level: 0,
            default_notifications: 0,
            explicit_content_filter: 0,
            nsfw_level: 0,
            system_channel: None,
            system_channel_flags: 0,
            rules_channel: None,
            public_updates_channel: None,
            safety_alerts_channel: None,
            afk_channel: None,
            afk_timeout: 300,
            preferred_locale: "en-US".into(),
            premium_progress_bar: false,
        }
    }
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// 1 to 100 characters; `@everyone` for the role of everybody.
    pub name: String,
    /// What it grants.
    pub permissions: Permissions,
    /// Its place: 0 is `@everyone`, higher stands above lower.
    pub position: u16,
    /// 24 bits; 0 for none.
    pub color: u32,
    /// Whether its members are listed apart.
    pub hoist: bool,
    /// Whether everybody may ping it.
    pub mentionable: bool,
    /// The bot that it belongs to and goes with: nobody gives it, nobody takes it.
    pub bot: Option<ApplicationId>,
    /// Hash of the icon.
    pub icon: Option<String>,
    /// An emoji as its icon.
    pub unicode_emoji: Option<String>,
}

/// The kind of a guild's channel. The numbers are Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum GuildChannelKind {
    /// Text.
    Text = 0,
    /// Voice, with text.
    Voice = 2,
    /// A category of channels.
    Category = 4,
    /// Text that others can follow.
    Announcement = 5,
    /// A thread in an announcement channel.
    AnnouncementThread = 10,
    /// A thread that everybody sees who sees its parent.
    PublicThread = 11,
    /// A thread that its members and who may manage threads see.
    PrivateThread = 12,
    /// A stage.
    Stage = 13,
}

impl GuildChannelKind {
    /// From Discord's number.
    pub const fn from_u8(value: u8) -> Option<Self> {
        Some(match value {
            0 => Self::Text,
            2 => Self::Voice,
            4 => Self::Category,
            5 => Self::Announcement,
            10 => Self::AnnouncementThread,
            11 => Self::PublicThread,
            12 => Self::PrivateThread,
            13 => Self::Stage,
            _ => return None,
        })
    }

    /// Whether one connects to it.
    pub const fn is_voice(self) -> bool {
        matches!(self, Self::Voice | Self::Stage)
    }

    /// Whether it is a thread.
    pub const fn is_thread(self) -> bool {
        matches!(self, Self::AnnouncementThread | Self::PublicThread | Self::PrivateThread)
    }

    /// Whether messages can be in it.
    pub const fn has_messages(self) -> bool {
        !matches!(self, Self::Category)
    }

    /// Whether threads can be made in it.
    pub const fn has_threads(self) -> bool {
        matches!(self, Self::Text | Self::Announcement)
    }
}

/// Whom an overwrite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OverwriteTarget {
    /// Those with a role.
    Role(RoleId),
    /// One user, member or not.
    Member(UserId),
}

/// What is different in a channel for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overwrite {
    /// For whom.
    pub target: OverwriteTarget,
    /// Granted here.
    pub allow: Permissions,
    /// Taken here.
    pub deny: Permissions,
}

/// A channel of a guild, or a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuildChannel {
    /// Its id.
    pub id: ChannelId,
    /// Whose.
    pub guild: GuildId,
    /// Its kind.
    pub kind: GuildChannelKind,
    /// 1 to 100 characters.
    pub name: String,
    /// Its place among its kind; ties are broken by id.
    pub position: u16,
    /// Its category, or a thread's channel.
    pub parent: Option<ChannelId>,
    /// Up to 1024 characters.
    pub topic: Option<String>,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Slow mode: seconds between two messages of one member, 0 to 21600.
    pub slowmode: u32,
    /// Bits a second, in voice channels.
    pub bitrate: u32,
    /// People at once, in voice channels; 0 for any number.
    pub user_limit: u32,
    /// Minutes until new threads are archived: 60, 1440, 4320 or 10080.
    pub default_auto_archive: u32,
    /// Discord's channel flags.
    pub flags: u32,
    /// Overwrites, at most one for each target. A thread has none: its parent's hold.
    pub overwrites: Vec<Overwrite>,
    /// What only threads have.
    pub thread: Option<Thread>,
}

/// What only threads have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Who made it.
    pub owner: UserId,
    /// Whether it is out of sight; a message takes it out of the archive.
    pub archived: bool,
    /// Whether only who may manage threads takes it out of the archive.
    pub locked: bool,
    /// Minutes of silence until it is archived.
    pub auto_archive: u32,
    /// When `archived` changed last.
    pub archive_changed: Timestamp,
    /// Whether members of a private thread may add others.
    pub invitable: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// A member of a guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// 1 to 32 characters.
    pub nick: Option<String>,
    /// Without `@everyone`, in no order.
    pub roles: Vec<RoleId>,
    /// Since when.
    pub joined: Timestamp,
    /// Until when it may only look.
    pub timeout: Option<Timestamp>,
    /// Deafened in voice channels by moderators.
    pub deaf: bool,
    /// Muted in voice channels by moderators.
    pub mute: bool,
    /// Discord's member flags.
    pub flags: u32,
    /// The version of the guild's members with which this membership began; 0 if it is from before that was kept. What was
    /// said under an older one is not for it.
    #[serde(default)]
    pub came: u64,
    /// The version of the guild's members with which it became what it is; 0 if nobody changed it since that is kept.
    #[serde(default)]
    pub changed: u64,
}

impl Member {
    /// One as it comes in.
    pub const fn new(user: UserId, joined: Timestamp) -> Self {
        Self {
            user,
            nick: None,
            roles: Vec::new(),
            joined,
            timeout: None,
            deaf: false,
            mute: false,
            flags: 0,
            came: 0,
            changed: 0,
        }
    }

    /// The same, as it comes in with a version of the guild's members.
    #[must_use]
    pub fn come_with(self, version: u64) -> Self {
        Self { came: version, changed: version, ..self }
    }
}

/// How new rights are told from old ones. Both only rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct Versions {
    /// Raised in the same transaction as any change of the guild, its roles, channels, overwrites or emoji.
    pub state: u64,
    /// Raised in the same transaction as any change of who is a member, with which roles, name or timeout.
    pub members: u64,
}

impl Versions {
    /// The higher of each.
    #[must_use]
    pub fn max_of(self, other: Self) -> Self {
        Self { state: self.state.max(other.state), members: self.members.max(other.members) }
    }
}

/// All of a guild but its members: what rights and its settings pages need. Read as one, at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildState {
    /// Its settings.
    pub guild: Guild,
    /// All roles, by id; `@everyone` is among them.
    pub roles: Vec<Role>,
    /// All channels but archived threads, by id.
    pub channels: Vec<GuildChannel>,
    /// Its emoji, by id.
    pub emojis: Vec<Emoji>,
    /// [`Versions::state`] at which it was read.
    pub version: u64,
}

impl GuildState {
    /// A role.
    pub fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.binary_search_by_key(&id, |role| role.id).ok().and_then(|at| self.roles.get(at))
    }

    /// A channel or thread that is not archived.
    pub fn channel(&self, id: ChannelId) -> Option<&GuildChannel> {
        self.channels.binary_search_by_key(&id, |c| c.id).ok().and_then(|at| self.channels.get(at))
    }

    /// The channel whose overwrites hold: a thread's parent, else itself.
    pub fn holder<'a>(&'a self, channel: &'a GuildChannel) -> &'a GuildChannel {
        let parent = channel.parent.filter(|_| channel.kind.is_thread());
        parent.and_then(|parent| self.channel(parent)).unwrap_or(channel)
    }
}

/// What the authority knows of a guild and one user at one moment: every change that was answered before is in it.
#[derive(Debug, Clone)]
pub struct GuildAuthority {
    /// The guild.
    pub state: Arc<GuildState>,
    /// The user's membership; `None` if it is no member.
    pub member: Option<Member>,
    /// The versions that belong to both.
    pub versions: Versions,
}

/// Why somebody is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Who.
    pub user: UserId,
    /// As the moderator wrote it.
    pub reason: Option<String>,
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// What the link ends with; unique in the instance.
    pub code: String,
    /// Into which guild.
    pub guild: GuildId,
    /// Into which channel.
    pub channel: ChannelId,
    /// Who made it.
    pub inviter: Option<UserId>,
    /// When.
    pub created: Timestamp,
    /// Seconds that it lasts; 0 for ever.
    pub max_age: u32,
    /// How often it may be used; 0 without bound.
    pub max_uses: u32,
    /// How often it was.
    pub uses: u32,
    /// Whether who comes by it leaves with the last session, unless a role was given. Kept and shown.
    pub temporary: bool,
}

impl Invite {
    /// When it ends; `None` if it does not.
    pub fn expires(&self) -> Option<Timestamp> {
        (self.max_age > 0).then(|| self.created.plus_seconds(i64::from(self.max_age)))
    }
}

/// A guild as one of its members is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildView {
    /// The guild.
    pub state: Arc<GuildState>,
    /// How many members it has, if that was asked for.
    pub members: Option<u64>,
    /// About how many of them are online, if that was asked for.
    pub online: Option<u64>,
}

/// A guild in the list of those that a user is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildSummary {
    /// The guild.
    pub guild: Guild,
    /// Whether the user owns it.
    pub owner: bool,
    /// What the user may do there.
    pub permissions: Permissions,
    /// How many members it has, if that was asked for.
    pub members: Option<u64>,
    /// About how many of them are online, if that was asked for.
    pub online: Option<u64>,
}

/// A guild's channel or thread, as somebody who may view it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuildChannelView {
    /// The channel.
    pub channel: GuildChannel,
    /// The newest message, if any.
    pub last_message: Option<MessageId>,
    /// When something was pinned last.
    pub last_pin: Option<Timestamp>,
    /// How many are in it: threads only.
    pub members: u32,
    /// How many messages it has, counted up to [`crate::limits::THREAD_MESSAGES`]: threads only.
    pub messages: u32,
    /// The viewer's own membership: threads only.
    pub joined: Option<crate::event::ThreadMember>,
}

impl GuildChannelView {
    /// One of which nothing more is known than what it is.
    pub const fn bare(channel: GuildChannel) -> Self {
        Self { channel, last_message: None, last_pin: None, members: 0, messages: 0, joined: None }
    }
}

/// An invite with what who holds it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteView {
    /// The invite. A vanity code is shown as one without end.
    pub invite: Invite,
    /// Into which guild.
    pub guild: Guild,
    /// Into which channel.
    pub channel: GuildChannel,
    /// Who made it.
    pub inviter: Option<User>,
    /// How many members the guild has, if that was asked for.
    pub members: Option<u64>,
    /// About how many of them are online, if that was asked for.
    pub online: Option<u64>,
}

/// A bot of a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its application.
    pub application: crate::application::Application,
    /// Its account.
    pub bot: User,
    /// Its membership.
    pub member: Member,
}
