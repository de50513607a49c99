//! Permissions: a set of bits, and what a member may do in a guild and in a channel (protocol section D).

use crate::guild::{GuildChannel, GuildState, Member, OverwriteTarget};
use crate::{GuildId, RoleId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::ops::{BitAnd, BitOr, BitOrAssign, Not};

/// A set of Discord's permission bits. Bits that have no name yet are kept as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(u64);

macro_rules! bits {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)+) => {
        impl Permissions {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)+

            /// Every permission that has a name.
            pub const ALL: Self = Self(0 $(| 1 << $bit)+);

            /// Names and bits, as Discord writes them.
            pub const NAMES: &'static [(&'static str, Self)] = &[$((stringify!($name), Self(1 << $bit))),+];
        }
    };
}

bits! {
    /// Make invites.
    CREATE_INSTANT_INVITE = 0;
    /// Kick members below oneself.
    KICK_MEMBERS = 1;
    /// Ban members below oneself.
    BAN_MEMBERS = 2;
    /// Everything, overwrites notwithstanding.
    ADMINISTRATOR = 3;
    /// Make, change and delete channels.
    MANAGE_CHANNELS = 4;
    /// Change the guild.
    MANAGE_GUILD = 5;
    /// React with an emoji that is not there yet.
    ADD_REACTIONS = 6;
    /// Read the audit log.
    VIEW_AUDIT_LOG = 7;
    /// Be heard above others.
    PRIORITY_SPEAKER = 8;
    /// Go live.
    STREAM = 9;
    /// See a channel. Without it nothing else holds there.
    VIEW_CHANNEL = 10;
    /// Say something in a channel (not in threads).
    SEND_MESSAGES = 11;
    /// Have it read aloud.
    SEND_TTS_MESSAGES = 12;
    /// Delete others' messages and reactions.
    MANAGE_MESSAGES = 13;
    /// Embeds.
    EMBED_LINKS = 14;
    /// Attachments.
    ATTACH_FILES = 15;
    /// Read what was said before.
    READ_MESSAGE_HISTORY = 16;
    /// Ping everyone, and roles that are not mentionable.
    MENTION_EVERYONE = 17;
    /// Use emoji of other guilds.
    USE_EXTERNAL_EMOJIS = 18;
    /// Statistics.
    VIEW_GUILD_INSIGHTS = 19;
    /// Join a voice channel.
    CONNECT = 20;
    /// Talk there.
    SPEAK = 21;
    /// Mute others there.
    MUTE_MEMBERS = 22;
    /// Deafen others there.
    DEAFEN_MEMBERS = 23;
    /// Move others there.
    MOVE_MEMBERS = 24;
    /// Voice activity.
    USE_VAD = 25;
    /// Change one's own nickname.
    CHANGE_NICKNAME = 26;
    /// Change others' nicknames.
    MANAGE_NICKNAMES = 27;
    /// Make, change, delete and give roles below one's own; change overwrites.
    MANAGE_ROLES = 28;
    /// Webhooks.
    MANAGE_WEBHOOKS = 29;
    /// Change and delete others' emoji.
    MANAGE_GUILD_EXPRESSIONS = 30;
    /// Slash commands.
    USE_APPLICATION_COMMANDS = 31;
    /// Ask to speak on a stage.
    REQUEST_TO_SPEAK = 32;
    /// Scheduled events of others.
    MANAGE_EVENTS = 33;
    /// Threads of others.
    MANAGE_THREADS = 34;
    /// Make public threads.
    CREATE_PUBLIC_THREADS = 35;
    /// Make private threads.
    CREATE_PRIVATE_THREADS = 36;
    /// Stickers of other guilds.
    USE_EXTERNAL_STICKERS = 37;
    /// Say something in threads.
    SEND_MESSAGES_IN_THREADS = 38;
    /// Activities.
    USE_EMBEDDED_ACTIVITIES = 39;
    /// Time members below oneself out.
    MODERATE_MEMBERS = 40;
    /// Subscriptions.
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 41;
    /// Sounds.
    USE_SOUNDBOARD = 42;
    /// Make emoji.
    CREATE_GUILD_EXPRESSIONS = 43;
    /// Scheduled events.
    CREATE_EVENTS = 44;
    /// Sounds of other guilds.
    USE_EXTERNAL_SOUNDS = 45;
    /// Voice messages.
    SEND_VOICE_MESSAGES = 46;
    /// The status line of a voice channel.
    SET_VOICE_CHANNEL_STATUS = 48;
    /// Polls.
    SEND_POLLS = 49;
    /// Applications that are not of the guild.
    USE_EXTERNAL_APPS = 50;
    /// Pins.
    PIN_MESSAGES = 51;
    /// Slow mode does not hold for one.
    BYPASS_SLOWMODE = 52;
}

impl Permissions {
    /// None.
    pub const NONE: Self = Self(0);

    /// What `@everyone` may do in a new guild: talk, read, react, thread, invite, change one's own nickname. Pins are for
    /// whom a role gives them to, as in Discord's template.
    pub const DEFAULT: Self = Self(
        Self::CREATE_INSTANT_INVITE.0
            | Self::ADD_REACTIONS.0
            | Self::STREAM.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::MENTION_EVERYONE.0
            | Self::USE_EXTERNAL_EMOJIS.0
            | Self::CONNECT.0
            | Self::SPEAK.0
            | Self::USE_VAD.0
            | Self::CHANGE_NICKNAME.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::REQUEST_TO_SPEAK.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::CREATE_PRIVATE_THREADS.0
            | Self::USE_EXTERNAL_STICKERS.0
            | Self::SEND_MESSAGES_IN_THREADS.0
            | Self::USE_EMBEDDED_ACTIVITIES.0
            | Self::USE_SOUNDBOARD.0
            | Self::USE_EXTERNAL_SOUNDS.0
            | Self::SEND_VOICE_MESSAGES.0
            | Self::SEND_POLLS.0
            | Self::USE_EXTERNAL_APPS.0,
    );

    /// What is left to somebody who is timed out.
    pub const TIMED_OUT: Self = Self(Self::VIEW_CHANNEL.0 | Self::READ_MESSAGE_HISTORY.0);

    /// The set with these bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether all of `other` are in it.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is in it.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Without these.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Permissions {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Permissions {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// What rights need to know of a member.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Who.
    pub user: UserId,
    /// Its roles, without `@everyone`.
    pub roles: &'a [RoleId],
    /// Until when it is timed out.
    pub timeout: Option<Timestamp>,
}

impl<'a> From<&'a Member> for Subject<'a> {
    fn from(member: &'a Member) -> Self {
        Self { user: member.user, roles: &member.roles, timeout: member.timeout }
    }
}

/// What a member may do in the guild: its owner and who has ADMINISTRATOR everything. A timeout does not show here, only
/// in [`in_guild`].
pub fn base(state: &GuildState, subject: Subject<'_>) -> Permissions {
    if subject.user == state.guild.owner {
        return Permissions::ALL;
    }
    let mut permissions = state.role(everyone(state.guild.id)).map_or(Permissions::NONE, |r| r.permissions);
    for role in subject.roles {
        permissions |= state.role(*role).map_or(Permissions::NONE, |role| role.permissions);
    }
    if permissions.contains(Permissions::ADMINISTRATOR) { Permissions::ALL } else { permissions }
}

/// [`base`], less what a timeout takes.
pub fn in_guild(state: &GuildState, subject: Subject<'_>, now: Timestamp) -> Permissions {
    timed_out(base(state, subject), subject, now)
}

/// What a member may do in a channel of the guild.
pub fn in_channel(
    state: &GuildState,
    channel: &GuildChannel,
    subject: Subject<'_>,
    now: Timestamp,
) -> Permissions {
    let base = base(state, subject);
    if base.contains(Permissions::ADMINISTRATOR) {
        return base;
    }
    effective(timed_out(overwritten(state, channel, subject, base), subject, now), channel)
}

/// What a member may do in a thread, by its parent's overwrites: SEND_MESSAGES says whether it may talk there, which in
/// threads follows from SEND_MESSAGES_IN_THREADS alone.
pub fn in_thread(
    state: &GuildState,
    parent: &GuildChannel,
    subject: Subject<'_>,
    now: Timestamp,
) -> Permissions {
    let base = base(state, subject);
    if base.contains(Permissions::ADMINISTRATOR) {
        return base;
    }
    let mut permissions = overwritten(state, parent, subject, base).without(Permissions::SEND_MESSAGES);
    if permissions.contains(Permissions::SEND_MESSAGES_IN_THREADS) {
        permissions |= Permissions::SEND_MESSAGES;
    }
    effective(timed_out(permissions, subject, now), parent)
}

/// A digest of everything in a state by which it is decided who may view a channel. Where two states have the same, whoever has the
/// same roles in both sees the channel in both or in neither. Programs of different builds need not come to the same.
pub fn sight(state: &GuildState, channel: &GuildChannel) -> u64 {
    let digest = |part: (u8, u64, u64, u64)| BuildHasherDefault::<DefaultHasher>::default().hash_one(part);
    let seeing = |held: Permissions| (held & (Permissions::VIEW_CHANNEL | Permissions::ADMINISTRATOR)).0;
    let roles = state.roles.iter().map(|role| (0, role.id.get(), seeing(role.permissions), 0));
    let overwrites = state.holder(channel).overwrites.iter().map(|overwrite| {
        let (kind, target) = match overwrite.target {
            OverwriteTarget::Role(role) => (1, role.get()),
            OverwriteTarget::Member(user) => (2, user.get()),
        };
        (kind, target, seeing(overwrite.allow), seeing(overwrite.deny))
    });
    // In any order: databases give them as they like.
    let owner = digest((3, state.guild.owner.get(), 0, 0));
    let parts = roles.chain(overwrites).filter(|(.., allow, deny)| allow | deny != 0);
    parts.map(digest).fold(owner, u64::wrapping_add)
}

fn overwritten(
    state: &GuildState,
    channel: &GuildChannel,
    subject: Subject<'_>,
    base: Permissions,
) -> Permissions {
    let guild = everyone(state.guild.id);
    let (mut everyone, mut roles, mut own): (Bits, Bits, Bits) = Default::default();
    for overwrite in &channel.overwrites {
        let of = match overwrite.target {
            OverwriteTarget::Role(role) if role == guild => &mut everyone,
            OverwriteTarget::Role(role) if subject.roles.contains(&role) => &mut roles,
            OverwriteTarget::Member(user) if user == subject.user => &mut own,
            _ => continue,
        };
        of.0 |= overwrite.allow;
        of.1 |= overwrite.deny;
    }
    // All denies of roles first, then all their allows.
    [everyone, roles, own].iter().fold(base, |p, (allow, deny)| p.without(*deny) | *allow)
}

/// Allowed and denied.
type Bits = (Permissions, Permissions);

fn timed_out(permissions: Permissions, subject: Subject<'_>, now: Timestamp) -> Permissions {
    let out = subject.timeout.is_some_and(|until| until > now);
    if out && !permissions.contains(Permissions::ADMINISTRATOR) {
        permissions & Permissions::TIMED_OUT
    } else {
        permissions
    }
}

/// Implicit denials: what one cannot see one cannot do anything in, and so on.
fn effective(permissions: Permissions, channel: &GuildChannel) -> Permissions {
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    if channel.kind.is_voice() && !permissions.contains(Permissions::CONNECT) {
        return Permissions::VIEW_CHANNEL;
    }
    if permissions.contains(Permissions::SEND_MESSAGES) {
        return permissions;
    }
    permissions.without(
        Permissions::MENTION_EVERYONE
            | Permissions::SEND_TTS_MESSAGES
            | Permissions::ATTACH_FILES
            | Permissions::EMBED_LINKS
            | Permissions::SEND_POLLS
            | Permissions::SEND_VOICE_MESSAGES,
    )
}

/// The role that everybody has: its id is the guild's.
pub const fn everyone(guild: GuildId) -> RoleId {
    guild.everyone()
}

/// How high somebody stands: who is higher may act on who is lower. The owner stands above all roles; of two roles the
/// one with the higher position counts, of two with the same position the older one (protocol D.2, hierarchy).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// Of the guild.
    Owner,
    /// With this highest role.
    Role {
        /// Its position.
        position: u16,
        /// Which.
        id: RoleId,
    },
}

impl Rank {
    /// A member's: its highest role's, or that of `@everyone`.
    pub fn of(state: &GuildState, subject: Subject<'_>) -> Self {
        if subject.user == state.guild.owner {
            return Self::Owner;
        }
        let ranks = subject.roles.iter().filter_map(|role| state.role(*role)).map(Self::of_role);
        let everyone = Self::Role { position: 0, id: everyone(state.guild.id) };
        ranks.fold(everyone, |highest, rank| if rank.is_above(highest) { rank } else { highest })
    }

    /// A role's.
    pub const fn of_role(role: &crate::guild::Role) -> Self {
        Self::Role { position: role.position, id: role.id }
    }

    /// Strictly above.
    pub fn is_above(self, other: Self) -> bool {
        match (self, other) {
            (Self::Owner, Self::Owner) | (Self::Role { .. }, Self::Owner) => false,
            (Self::Owner, Self::Role { .. }) => true,
            (Self::Role { position: a, id: x }, Self::Role { position: b, id: y }) => {
                a > b || (a == b && x < y)
            }
        }
    }
}
