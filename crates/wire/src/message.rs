//! Messages: protocol C.4 with every key that some library needs.

use crate::embed::{self, EmbedRequest};
use crate::guild_channel::{self, GuildChannelObject};
use crate::member::{self, MemberObject};
use crate::present;
use crate::reaction;
use crate::sf::{Sf, Sfs};
use crate::timestamp::Ts;
use crate::user::{self, PartialUser, Users};
use model::embed::Embed;
use model::event::InGuild;
use model::message::{MessageKind, MessageReference, MessageView, Nonce};
use model::reaction::ReactionTally;
use model::{ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId, WebhookId};
use serde::de::{self, Deserializer, IgnoredAny, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// A full message.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MessageObject<'a> {
    id: Sf<MessageId>,
    channel_id: Sf<ChannelId>,
    author: PartialUser<'a>,
    content: &'a str,
    timestamp: Ts,
    edited_timestamp: Option<Ts>,
    tts: bool,
    mention_everyone: bool,
    mentions: Users<'a>,
    mention_roles: Sfs<'a, RoleId>,
    attachments: [(); 0],
    embeds: Embeds<'a>,
    components: [(); 0],
    pinned: bool,
    #[serde(rename = "type")]
    kind: u8,
    flags: u32,
    #[serde(skip_serializing_if = "Reactions::is_empty")]
    reactions: Reactions<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_id: Option<Sf<WebhookId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_reference: Option<ReferenceObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referenced_message: Option<Option<Referenced<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<NonceValue<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_type: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<GuildChannelObject<'a>>,
}

/// Shows a message as REST answers it.
pub fn render(view: &MessageView) -> MessageObject<'_> {
    let message = &view.message;
    MessageObject {
        id: Sf(message.id),
        channel_id: Sf(message.channel),
        author: message.webhook.as_ref().map_or_else(|| user::render(&view.author), user::webhook),
        content: &message.content,
        timestamp: Ts(Timestamp::from_millis(message.id.created_ms())),
        edited_timestamp: message.edited.map(Ts),
        tts: message.tts,
        mention_everyone: message.mention_everyone,
        mentions: Users(&view.mentions),
        mention_roles: Sfs(&message.mention_roles),
        attachments: [],
        embeds: Embeds(&message.embeds),
        components: [],
        pinned: message.pinned,
        kind: message.kind as u8,
        flags: message.flags,
        reactions: Reactions(&view.reactions),
        webhook_id: message.webhook.as_ref().map(|author| Sf(author.id)),
        message_reference: message.reference.map(|reference| ReferenceObject::of(reference, message.kind)),
        referenced_message: view
            .referenced
            .as_ref()
            .map(|other| other.as_deref().map(|view| Referenced { view, blanked: false })),
        nonce: view.nonce.as_ref().map(NonceValue),
        channel_type: None,
        guild_id: None,
        member: None,
        thread: view
            .thread
            .as_ref()
            .map(|thread| guild_channel::render(&thread.channel).counts(thread.members, thread.messages)),
    }
}

impl<'a> MessageObject<'a> {
    /// With the guild and who said it there, as the gateway shows it; REST leaves both out.
    #[must_use]
    pub fn in_guild(self, guild: Option<&'a InGuild>) -> Self {
        let Some(guild) = guild else { return self };
        Self {
            guild_id: Some(Sf(guild.guild)),
            member: guild.member.as_deref().map(member::partial),
            message_reference: self.message_reference.map(|reference| reference.in_guild(guild.guild)),
            ..self
        }
    }

    /// With the type of its channel, as the gateway shows it: libraries build their direct-message channels from it.
    #[must_use]
    pub fn channel_type(self, channel_type: u8) -> Self {
        Self { channel_type: Some(channel_type), ..self }
    }

    /// Without the sender's key: it is for the answer of the send and for `MESSAGE_CREATE` only.
    #[must_use]
    pub fn without_nonce(self) -> Self {
        Self { nonce: None, ..self }
    }

    /// Without reactions.
    #[must_use]
    pub fn without_reactions(self) -> Self {
        Self { reactions: Reactions(&[]), ..self }
    }

    /// With text and embeds blanked but every key kept, for bots that may not read them.
    #[must_use]
    pub fn blanked(self) -> Self {
        Self {
            content: "",
            embeds: Embeds(&[]),
            referenced_message: self
                .referenced_message
                .map(|other| other.map(|other| Referenced { blanked: true, ..other })),
            ..self
        }
    }
}

/// The message that another answers. It shows its own reference, but not the message behind that, so that answers to
/// answers stay small.
#[derive(Debug, Clone, Copy)]
struct Referenced<'a> {
    view: &'a MessageView,
    blanked: bool,
}

impl Serialize for Referenced<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = MessageObject { referenced_message: None, nonce: None, ..render(self.view) };
        if self.blanked { message.blanked() } else { message }.serialize(serializer)
    }
}

/// A list of messages.
#[derive(Debug, Clone, Copy)]
pub struct Messages<'a>(pub &'a [MessageView]);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(render))
    }
}

/// A page of `GET /channels/{channel}/messages/pins`.
#[derive(Debug, Serialize)]
pub struct PinsPage<'a> {
    items: PinItems<'a>,
    has_more: bool,
}

#[derive(Debug, Clone, Copy)]
struct PinItems<'a>(&'a [(Timestamp, MessageView)]);

impl Serialize for PinItems<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Item<'a> {
            pinned_at: Ts,
            message: MessageObject<'a>,
        }
        serializer
            .collect_seq(self.0.iter().map(|(at, view)| Item { pinned_at: Ts(*at), message: render(view) }))
    }
}

/// Shows pins with when each was pinned.
pub const fn pins(pins: &[(Timestamp, MessageView)], has_more: bool) -> PinsPage<'_> {
    PinsPage { items: PinItems(pins), has_more }
}

/// The old form of the pins: messages only.
#[derive(Debug, Clone, Copy)]
pub struct OldPins<'a>(pub &'a [(Timestamp, MessageView)]);

impl Serialize for OldPins<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(_, view)| render(view)))
    }
}

#[derive(Debug, Clone, Copy)]
struct Embeds<'a>(&'a [Embed]);

impl Serialize for Embeds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(embed::render))
    }
}

#[derive(Debug, Clone, Copy)]
struct Reactions<'a>(&'a [ReactionTally]);

impl Reactions<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Reactions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(reaction::render))
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
struct ReferenceObject {
    #[serde(rename = "type")]
    kind: u8,
    channel_id: Sf<ChannelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<Sf<MessageId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
}

impl ReferenceObject {
    /// What says that a thread was made points at the thread, and at no message in it.
    fn of(reference: MessageReference, kind: MessageKind) -> Self {
        let message_id = (kind != MessageKind::ThreadCreated).then_some(Sf(reference.message));
        Self { kind: 0, channel_id: Sf(reference.channel), message_id, guild_id: None }
    }

    const fn in_guild(self, guild: GuildId) -> Self {
        Self { guild_id: Some(Sf(guild)), ..self }
    }
}

#[derive(Debug, Clone, Copy)]
struct NonceValue<'a>(&'a Nonce);

impl Serialize for NonceValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Nonce::Number(number) => serializer.serialize_i64(*number),
            Nonce::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// A `nonce` in a request: an integer or a string, kept as what it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonceRequest(pub Nonce);

impl<'de> Deserialize<'de> for NonceRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NonceVisitor;

        impl Visitor<'_> for NonceVisitor {
            type Value = NonceRequest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer or a string")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<NonceRequest, E> {
                Ok(NonceRequest(Nonce::Number(value)))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<NonceRequest, E> {
                i64::try_from(value).map(|value| NonceRequest(Nonce::Number(value))).map_err(|_| {
                    E::custom(crate::error::coded(
                        "NUMBER_TYPE_MAX",
                        "int value should be less than or equal to 9223372036854775807.",
                    ))
                })
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<NonceRequest, E> {
                Ok(NonceRequest(Nonce::Text(text.to_owned())))
            }
        }

        deserializer.deserialize_any(NonceVisitor)
    }
}

/// Body of `POST /channels/{channel}/messages`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MessageCreate {
    /// Text.
    pub content: Option<String>,
    /// The client's key.
    pub nonce: Option<NonceRequest>,
    /// Whether the key makes the send idempotent.
    pub enforce_nonce: Option<bool>,
    /// Read aloud.
    pub tts: Option<bool>,
    /// Embeds.
    pub embeds: Option<Vec<EmbedRequest>>,
    /// The one embed of older libraries.
    pub embed: Option<EmbedRequest>,
    /// Whom the text may ping.
    pub allowed_mentions: Option<AllowedMentionsRequest>,
    /// What it answers.
    pub message_reference: Option<ReferenceRequest>,
    /// Flags.
    pub flags: Option<u32>,
    /// Attachments; not accepted yet, so that only their number matters.
    pub attachments: Option<Vec<IgnoredAny>>,
    /// Of webhooks: the name in place of their own.
    pub username: Option<String>,
    /// Of webhooks: the picture in place of their own.
    pub avatar_url: Option<String>,
}

/// Body of `PATCH /channels/{channel}/messages/{message}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MessageEdit {
    /// New text; `null` empties it.
    #[serde(deserialize_with = "present::nullable")]
    pub content: Option<Option<String>>,
    /// New embeds; `null` removes all.
    #[serde(deserialize_with = "present::or_default")]
    pub embeds: Option<Vec<EmbedRequest>>,
    /// New flags.
    pub flags: Option<u32>,
    /// Whom the text may ping.
    pub allowed_mentions: Option<AllowedMentionsRequest>,
    /// The attachments to keep, or new ones; not accepted yet, so that only their number matters.
    pub attachments: Option<Vec<IgnoredAny>>,
}

/// `allowed_mentions` of a request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AllowedMentionsRequest {
    /// `users`, `roles`, `everyone`; others are ignored.
    pub parse: Option<Vec<String>>,
    /// The users that may be pinged.
    pub users: Option<Vec<Sf<UserId>>>,
    /// The roles that may be pinged.
    pub roles: Option<Vec<Sf<RoleId>>>,
    /// Whether the author of the answered message is.
    pub replied_user: Option<bool>,
}

impl AllowedMentionsRequest {
    /// Whether `parse` names this kind.
    pub fn parses(&self, kind: &str) -> bool {
        self.parse.iter().flatten().any(|parsed| parsed == kind)
    }
}

/// `message_reference` of a request.
#[derive(Debug, Deserialize)]
pub struct ReferenceRequest {
    /// The message.
    pub message_id: Sf<MessageId>,
    /// Its channel; the one of the request if absent.
    pub channel_id: Option<Sf<ChannelId>>,
    /// Whether the send fails when the message is gone; it does by default.
    pub fail_if_not_exists: Option<bool>,
    /// 0: an answer; 1: a forward.
    #[serde(rename = "type")]
    pub kind: Option<u8>,
}

/// Body of `POST /channels/{channel}/messages/bulk-delete`.
#[derive(Debug, Deserialize)]
pub struct BulkDelete {
    /// Which: 2 to 100.
    pub messages: Vec<Sf<MessageId>>,
}

/// Body of `POST /users/@me/message-ids`; may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MessageIdsRequest {
    /// How many; 1 if absent.
    pub count: Option<u32>,
}

/// Answer to [`MessageIdsRequest`].
#[derive(Debug, Serialize)]
pub struct MessageIds<'a> {
    /// Keys for sends, each for one.
    pub ids: &'a [String],
}
