//! MESSAGE_REACTION_ADD: somebody reacted.

use crate::Sf;
use crate::member::{self, MemberObject};
use crate::reaction::{self, EmojiObject};
use model::event::MemberView;
use model::reaction::ReactionEmoji;
use model::{ChannelId, GuildId, MessageId, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_REACTION_ADD";

/// The payload. Without `burst` twilight and serenity fail, without `type` serenity drops it.
#[derive(Debug, Serialize)]
pub struct MessageReactionAdd<'a> {
    user_id: Sf<UserId>,
    channel_id: Sf<ChannelId>,
    message_id: Sf<MessageId>,
    message_author_id: Sf<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberObject<'a>>,
    emoji: EmojiObject<'a>,
    burst: bool,
    #[serde(rename = "type")]
    kind: u8,
}

/// The payload.
pub fn d<'a>(
    user: UserId,
    channel: ChannelId,
    message: MessageId,
    author: UserId,
    emoji: &'a ReactionEmoji,
    guild: Option<(GuildId, &'a MemberView)>,
) -> MessageReactionAdd<'a> {
    MessageReactionAdd {
        user_id: Sf(user),
        channel_id: Sf(channel),
        message_id: Sf(message),
        message_author_id: Sf(author),
        guild_id: guild.map(|(guild, _)| Sf(guild)),
        member: guild.map(|(_, member)| member::render(member)),
        emoji: reaction::emoji(emoji),
        burst: false,
        kind: 0,
    }
}
