//! Channels of guilds and threads: protocol C.3 with every key that some library needs.

use crate::list::list;
use crate::member::{self, MemberObject};
use crate::permissions::Perms;
use crate::present;
use crate::sf::Sf;
use crate::timestamp::Ts;
use model::event::{MemberView, ThreadMember};
use model::guild::{GuildChannel, GuildChannelView, Overwrite, OverwriteTarget, Thread};
use model::{ChannelId, GuildId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize, Serializer};

/// A channel of a guild, or a thread.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct GuildChannelObject<'a> {
    id: Sf<ChannelId>,
    #[serde(rename = "type")]
    kind: u8,
    guild_id: Sf<GuildId>,
    name: &'a str,
    position: u16,
    permission_overwrites: Overwrites<'a>,
    parent_id: Option<Sf<ChannelId>>,
    nsfw: bool,
    flags: u32,
    #[serde(flatten)]
    text: Option<TextPart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message_id: Option<Option<Sf<MessageId>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_pin_timestamp: Option<Ts>,
    #[serde(flatten)]
    voice: Option<VoicePart>,
    #[serde(flatten)]
    thread: Option<ThreadPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<ThreadMemberObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newly_created: Option<bool>,
}

/// What channels with messages have.
#[derive(Debug, Clone, Copy, Serialize)]
struct TextPart<'a> {
    topic: Option<&'a str>,
    rate_limit_per_user: u32,
    default_auto_archive_duration: u32,
}

/// What voice channels have.
#[derive(Debug, Clone, Copy, Serialize)]
struct VoicePart {
    bitrate: u32,
    user_limit: u32,
    rtc_region: (),
    video_quality_mode: u8,
}

/// What threads have.
#[derive(Debug, Clone, Copy, Serialize)]
struct ThreadPart {
    owner_id: Sf<UserId>,
    message_count: u32,
    total_message_sent: u32,
    member_count: u32,
    thread_metadata: ThreadMetadata,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct ThreadMetadata {
    archived: bool,
    auto_archive_duration: u32,
    archive_timestamp: Ts,
    locked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitable: Option<bool>,
    create_timestamp: Ts,
}

#[derive(Debug, Clone, Copy)]
struct Overwrites<'a>(&'a [Overwrite]);

impl Serialize for Overwrites<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, OverwriteObject::from).serialize(serializer)
    }
}

/// An overwrite; `type` is a number, as twilight needs.
#[derive(Debug, Clone, Copy, Serialize)]
struct OverwriteObject {
    id: Sf<u64>,
    #[serde(rename = "type")]
    kind: u8,
    allow: Perms,
    deny: Perms,
}

impl From<&Overwrite> for OverwriteObject {
    fn from(overwrite: &Overwrite) -> Self {
        let (id, kind) = match overwrite.target {
            OverwriteTarget::Role(role) => (role.get(), 0),
            OverwriteTarget::Member(user) => (user.get(), 1),
        };
        Self { id: Sf(id), kind, allow: Perms(overwrite.allow), deny: Perms(overwrite.deny) }
    }
}

/// Threads count their members up to here, as Discord does and twilight expects.
const MEMBERS_SHOWN: u32 = 50;

/// Shows a channel or thread. What was said in it last is not known here and left out; clients keep what they know.
pub fn render(channel: &GuildChannel) -> GuildChannelObject<'_> {
    let kind = channel.kind;
    GuildChannelObject {
        id: Sf(channel.id),
        kind: kind as u8,
        guild_id: Sf(channel.guild),
        name: &channel.name,
        position: channel.position,
        permission_overwrites: Overwrites(&channel.overwrites),
        parent_id: channel.parent.map(Sf),
        nsfw: channel.nsfw,
        flags: channel.flags,
        text: kind.has_messages().then_some(TextPart {
            topic: channel.topic.as_deref(),
            rate_limit_per_user: channel.slowmode,
            default_auto_archive_duration: channel.default_auto_archive,
        }),
        last_message_id: None,
        last_pin_timestamp: None,
        voice: kind.is_voice().then_some(VoicePart {
            bitrate: channel.bitrate,
            user_limit: channel.user_limit,
            rtc_region: (),
            video_quality_mode: 1,
        }),
        thread: channel.thread.as_ref().map(|thread| ThreadPart {
            owner_id: Sf(thread.owner),
            message_count: 0,
            total_message_sent: 0,
            member_count: 0,
            thread_metadata: metadata(channel, thread),
        }),
        member: None,
        newly_created: None,
    }
}

fn metadata(channel: &GuildChannel, thread: &Thread) -> ThreadMetadata {
    let private = channel.kind == model::guild::GuildChannelKind::PrivateThread;
    ThreadMetadata {
        archived: thread.archived,
        auto_archive_duration: thread.auto_archive,
        archive_timestamp: Ts(thread.archive_changed),
        locked: thread.locked,
        invitable: private.then_some(thread.invitable),
        create_timestamp: Ts(thread.created),
    }
}

impl<'a> GuildChannelObject<'a> {
    /// With what was said last, if anything, and when something was pinned last.
    #[must_use]
    pub fn last(self, message: Option<MessageId>, pin: Option<Timestamp>) -> Self {
        if self.text.is_none() {
            return self;
        }
        Self { last_message_id: Some(message.map(Sf)), last_pin_timestamp: pin.map(Ts), ..self }
    }

    /// With how many are in the thread and how many messages it has; nothing for other channels.
    #[must_use]
    pub fn counts(self, members: u32, messages: u32) -> Self {
        let thread = self.thread.map(|thread| ThreadPart {
            member_count: members.min(MEMBERS_SHOWN),
            message_count: messages,
            total_message_sent: messages,
            ..thread
        });
        Self { thread, ..self }
    }

    /// With the viewer's own membership in the thread.
    #[must_use]
    pub fn joined(self, member: Option<&ThreadMember>) -> Self {
        Self { member: member.map(|member| own_thread_member(self.id.0, member)), ..self }
    }

    /// As a thread that was made just now.
    #[must_use]
    pub fn newly(self, newly: bool) -> Self {
        Self { newly_created: newly.then_some(true), ..self }
    }
}

/// A channel or thread with what is known of it besides, as a viewer is shown it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The channel.
    pub channel: &'a GuildChannel,
    /// The newest message; `None` if there is none.
    pub last_message: Option<MessageId>,
    /// When something was pinned last.
    pub last_pin: Option<Timestamp>,
    /// How many are in the thread.
    pub members: u32,
    /// How many messages it has.
    pub messages: u32,
    /// The viewer's membership in the thread.
    pub member: Option<&'a ThreadMember>,
}

impl<'a> Shown<'a> {
    /// A channel of which nothing else is known.
    pub const fn plain(channel: &'a GuildChannel) -> Self {
        Self { channel, last_message: None, last_pin: None, members: 0, messages: 0, member: None }
    }
}

/// Shows a channel with what is known of it besides.
pub fn shown<'a>(shown: &Shown<'a>) -> GuildChannelObject<'a> {
    render(shown.channel)
        .last(shown.last_message, shown.last_pin)
        .counts(shown.members, shown.messages)
        .joined(shown.member)
}

/// Shows a channel as a view of it says.
pub fn view(view: &GuildChannelView) -> GuildChannelObject<'_> {
    shown(&Shown {
        channel: &view.channel,
        last_message: view.last_message,
        last_pin: view.last_pin,
        members: view.members,
        messages: view.messages,
        member: view.joined.as_ref(),
    })
}

/// A list of views.
#[derive(Debug, Clone, Copy)]
pub struct Views<'a>(pub &'a [GuildChannelView]);

impl Serialize for Views<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, view).serialize(serializer)
    }
}

/// A list of channels.
#[derive(Debug, Clone, Copy)]
pub struct Channels<'a>(pub &'a [Shown<'a>]);

impl Serialize for Channels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, shown).serialize(serializer)
    }
}

/// A member of a thread.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ThreadMemberObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    id: Sf<ChannelId>,
    user_id: Sf<UserId>,
    join_timestamp: Ts,
    flags: u32,
    muted: bool,
    mute_config: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberObject<'a>>,
}

/// Shows a member of a thread by its ids.
pub const fn own_thread_member<'a>(thread: ChannelId, member: &ThreadMember) -> ThreadMemberObject<'a> {
    ThreadMemberObject {
        guild_id: None,
        id: Sf(thread),
        user_id: Sf(member.user),
        join_timestamp: Ts(member.joined),
        flags: 1,
        muted: false,
        mute_config: (),
        member: None,
    }
}

/// Shows a member of a thread with its membership in the guild, if that is asked for.
pub fn thread_member<'a>(
    thread: ChannelId,
    member: &ThreadMember,
    view: Option<&'a MemberView>,
) -> ThreadMemberObject<'a> {
    ThreadMemberObject { member: view.map(member::render), ..own_thread_member(thread, member) }
}

impl ThreadMemberObject<'_> {
    /// With the guild, as THREAD_MEMBER_UPDATE has it.
    #[must_use]
    pub fn in_guild(self, guild: GuildId) -> Self {
        Self { guild_id: Some(Sf(guild)), ..self }
    }
}

/// Threads, with the viewer's memberships in them.
#[derive(Debug, Serialize)]
pub struct ThreadList<'a> {
    threads: Views<'a>,
    members: Vec<ThreadMemberObject<'a>>,
    has_more: bool,
}

/// Shows threads, and whether there are more.
pub fn threads(threads: &[GuildChannelView], has_more: bool) -> ThreadList<'_> {
    let members = threads
        .iter()
        .filter_map(|view| view.joined.as_ref().map(|member| own_thread_member(view.channel.id, member)))
        .collect();
    ThreadList { threads: Views(threads), members, has_more }
}

/// What `GET /channels/{channel}/threads/search` answers.
#[derive(Debug, Serialize)]
pub struct FoundThreads<'a> {
    #[serde(flatten)]
    list: ThreadList<'a>,
    total_results: usize,
}

/// Shows a page of what was found, whether there is more, and how many there are in all.
pub fn found_threads(found: &[GuildChannelView], has_more: bool, total_results: usize) -> FoundThreads<'_> {
    FoundThreads { list: threads(found, has_more), total_results }
}

/// Body of `POST /guilds/{guild}/channels` and `PATCH /channels/{channel}`. In a change an absent key leaves a setting as
/// it is, and `null` resets it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChannelRequest {
    /// Name; `null` takes a group's away.
    #[serde(deserialize_with = "present::nullable")]
    pub name: Option<Option<String>>,
    /// Of groups: the new owner.
    pub owner: Option<Sf<UserId>>,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: Option<u8>,
    /// What it is about.
    #[serde(deserialize_with = "present::nullable")]
    pub topic: Option<Option<String>>,
    /// Its place.
    pub position: Option<u16>,
    /// Its category.
    #[serde(deserialize_with = "present::nullable")]
    pub parent_id: Option<Option<Sf<ChannelId>>>,
    /// Not for everybody's eyes.
    #[serde(deserialize_with = "present::or_default")]
    pub nsfw: Option<bool>,
    /// Slow mode, seconds.
    #[serde(deserialize_with = "present::or_default")]
    pub rate_limit_per_user: Option<u32>,
    /// Bits a second.
    pub bitrate: Option<u32>,
    /// People at once.
    #[serde(deserialize_with = "present::or_default")]
    pub user_limit: Option<u32>,
    /// Minutes until new threads are archived.
    pub default_auto_archive_duration: Option<u32>,
    /// All of its overwrites.
    pub permission_overwrites: Option<Vec<OverwriteRequest>>,
    /// Of threads: whether it is out of sight.
    pub archived: Option<bool>,
    /// Of threads: whether only who may manage threads takes it out of the archive.
    pub locked: Option<bool>,
    /// Of threads: minutes of silence until it is archived.
    pub auto_archive_duration: Option<u32>,
    /// Of private threads: whether members may add others.
    pub invitable: Option<bool>,
}

/// An overwrite in a request.
#[derive(Debug, Deserialize)]
pub struct OverwriteRequest {
    /// Of which role or member.
    pub id: Sf<u64>,
    /// What it is; a role if absent.
    #[serde(rename = "type", default)]
    pub kind: Option<OverwriteKind>,
    /// Granted.
    #[serde(default)]
    pub allow: Option<Perms>,
    /// Taken.
    #[serde(default)]
    pub deny: Option<Perms>,
}

/// Body of `PUT /channels/{channel}/permissions/{id}`.
#[derive(Debug, Deserialize)]
pub struct OverwritePut {
    /// What the path's id is.
    #[serde(rename = "type")]
    pub kind: OverwriteKind,
    /// Granted.
    #[serde(default)]
    pub allow: Option<Perms>,
    /// Taken.
    #[serde(default)]
    pub deny: Option<Perms>,
}

/// Whom an overwrite is for: 0 and 1, or the words of older libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverwriteKind {
    /// Those with a role.
    Role,
    /// A member.
    Member,
}

impl<'de> Deserialize<'de> for OverwriteKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Number(u64),
            Text(String),
        }
        let unknown = || {
            serde::de::Error::custom(crate::error::coded("BASE_TYPE_CHOICES", "Value must be one of {0, 1}."))
        };
        match Raw::deserialize(deserializer).map_err(|_| unknown())? {
            Raw::Number(0) => Ok(Self::Role),
            Raw::Number(1) => Ok(Self::Member),
            Raw::Text(text) if text == "role" || text == "0" => Ok(Self::Role),
            Raw::Text(text) if text == "member" || text == "1" => Ok(Self::Member),
            Raw::Number(_) | Raw::Text(_) => Err(unknown()),
        }
    }
}

/// One row of `PATCH /guilds/{guild}/channels`.
#[derive(Debug, Deserialize)]
pub struct ChannelPosition {
    /// Which channel.
    pub id: Sf<ChannelId>,
    /// Its new place.
    #[serde(default, deserialize_with = "present::nullable")]
    pub position: Option<Option<u16>>,
    /// Its new category; `null` takes it out of its own.
    #[serde(default, deserialize_with = "present::nullable")]
    pub parent_id: Option<Option<Sf<ChannelId>>>,
    /// Whether it takes the overwrites of its new category.
    #[serde(default)]
    pub lock_permissions: Option<bool>,
}

/// Body of `POST /channels/{channel}/threads` and `POST /channels/{channel}/messages/{message}/threads`.
#[derive(Debug, Deserialize)]
pub struct ThreadCreate {
    /// Its name.
    pub name: String,
    /// Its kind, where it does not begin with a message; a private thread if absent.
    #[serde(rename = "type", default)]
    pub kind: Option<u8>,
    /// Minutes of silence until it is archived.
    #[serde(default)]
    pub auto_archive_duration: Option<u32>,
    /// Slow mode, seconds.
    #[serde(default)]
    pub rate_limit_per_user: Option<u32>,
    /// Of private threads: whether members may add others.
    #[serde(default)]
    pub invitable: Option<bool>,
}
