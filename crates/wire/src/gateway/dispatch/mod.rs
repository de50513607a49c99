//! What clients are told: one file per event. [`render`] is the table of contents.

pub mod channel_create;
pub mod channel_delete;
pub mod channel_pins_ack;
pub mod channel_pins_update;
pub mod channel_recipient_add;
pub mod channel_recipient_remove;
pub mod channel_update;
pub mod guild_audit_log_entry_create;
pub mod guild_ban_add;
pub mod guild_ban_remove;
pub mod guild_create;
pub mod guild_delete;
pub mod guild_emojis_update;
pub mod guild_integrations_update;
pub mod guild_member_add;
pub mod guild_member_list_update;
pub mod guild_member_remove;
pub mod guild_member_update;
pub mod guild_members_chunk;
pub mod guild_role_create;
pub mod guild_role_delete;
pub mod guild_role_update;
pub mod guild_update;
pub mod invite_create;
pub mod invite_delete;
pub mod message_ack;
pub mod message_create;
pub mod message_delete;
pub mod message_delete_bulk;
pub mod message_reaction_add;
pub mod message_reaction_remove;
pub mod message_reaction_remove_all;
pub mod message_reaction_remove_emoji;
pub mod message_update;
pub mod presence_update;
pub mod rate_limited;
pub mod ready;
pub mod recent_mention_delete;
pub mod relationship_add;
pub mod relationship_remove;
pub mod relationship_update;
pub mod sessions_replace;
pub mod thread_create;
pub mod thread_delete;
pub mod thread_list_sync;
pub mod thread_member_update;
pub mod thread_members_update;
pub mod thread_update;
pub mod typing_start;
pub mod user_guild_settings_update;
pub mod user_settings_update;
pub mod user_update;
pub mod voice_state_update;
pub mod webhooks_update;

use crate::guild_channel::Shown;
use model::UserId;
use model::event::Event;
use serde::Serialize;

/// An event as clients read it; the frame around it differs from session to session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The event's name.
    pub name: &'static str,
    /// The payload, compact JSON.
    pub d: Vec<u8>,
}

/// Renders an event once for all who hear of it; `None` for events that are no client's business, and for
/// [`Event::GuildJoined`], which is shown to each session as its user may see the guild ([`guild_create::joined`]).
///
/// People and bots are shown the same, but for the text of messages ([`render_without_content`]). What differs is whether
/// they hear of it ([`Event::people_only`], [`intent`]).
pub fn render(event: &Event) -> Option<Rendered> {
    Some(match event {
        Event::MessageCreate { view, channel_type, guild } => {
            json(message_create::NAME, &message_create::d(view, *channel_type, guild.as_ref()))
        }
        Event::MessageUpdate { view, channel_type, guild } => {
            json(message_update::NAME, &message_update::d(view, *channel_type, guild.as_ref()))
        }
        Event::MessageDelete { id, channel, guild } => {
            json(message_delete::NAME, &message_delete::d(*id, *channel, *guild))
        }
        Event::MessageDeleteBulk { ids, channel, guild } => {
            json(message_delete_bulk::NAME, &message_delete_bulk::d(ids, *channel, *guild))
        }
        Event::ReactionAdd { user, channel, message, author, emoji, guild } => {
            let guild = guild.as_ref().map(|(guild, member)| (*guild, member.as_ref()));
            let d = message_reaction_add::d(*user, *channel, *message, *author, emoji, guild);
            json(message_reaction_add::NAME, &d)
        }
        Event::ReactionRemove { user, channel, message, emoji, guild } => json(
            message_reaction_remove::NAME,
            &message_reaction_remove::d(*user, *channel, *message, emoji, *guild),
        ),
        Event::ReactionsCleared { channel, message, emoji: None, guild } => json(
            message_reaction_remove_all::NAME,
            &message_reaction_remove_all::d(*channel, *message, *guild),
        ),
        Event::ReactionsCleared { channel, message, emoji: Some(emoji), guild } => json(
            message_reaction_remove_emoji::NAME,
            &message_reaction_remove_emoji::d(*channel, *message, emoji, *guild),
        ),
        Event::PinsUpdate { channel, last_pin, guild } => {
            json(channel_pins_update::NAME, &channel_pins_update::d(*channel, *last_pin, *guild))
        }
        Event::TypingStart { channel, user, at, guild } => {
            let guild = guild.as_ref().map(|(guild, member)| (*guild, member.as_ref()));
            json(typing_start::NAME, &typing_start::d(*channel, *user, *at, guild))
        }
        Event::ChannelCreate(view) => json(channel_create::NAME, &channel_create::d(view)),
        Event::ChannelUpdate(view) => json(channel_update::NAME, &channel_update::d(view)),
        Event::ChannelDelete(view) => json(channel_delete::NAME, &channel_delete::d(view)),
        Event::RecipientAdd { channel, user } => {
            json(channel_recipient_add::NAME, &channel_recipient_add::d(*channel, user))
        }
        Event::RecipientRemove { channel, user } => {
            json(channel_recipient_remove::NAME, &channel_recipient_remove::d(*channel, user))
        }
        Event::RelationshipAdd { relationship, user, notify } => {
            json(relationship_add::NAME, &relationship_add::d(relationship, user, *notify))
        }
        Event::RelationshipUpdate(relationship) => {
            json(relationship_update::NAME, &relationship_update::d(relationship))
        }
        Event::RelationshipRemove { other, kind } => {
            json(relationship_remove::NAME, &relationship_remove::d(*other, *kind))
        }
        Event::PresenceUpdate { presence, user, guild } => {
            json(presence_update::NAME, &presence_update::d(presence, user, *guild))
        }
        Event::UserUpdate(account) => json(user_update::NAME, &user_update::d(account)),
        Event::SettingsUpdate(settings) => {
            json(user_settings_update::NAME, &user_settings_update::d(settings))
        }
        Event::GuildSettingsUpdate(settings) => {
            json(user_guild_settings_update::NAME, &user_guild_settings_update::d(settings))
        }
        Event::MessageAck { channel, message, version, mentions } => {
            json(message_ack::NAME, &message_ack::d(*channel, *message, *version, *mentions))
        }
        Event::PinsAck { channel, at, version } => {
            json(channel_pins_ack::NAME, &channel_pins_ack::d(*channel, *at, *version))
        }
        Event::MentionDismissed { message } => {
            json(recent_mention_delete::NAME, &recent_mention_delete::d(*message))
        }
        Event::SessionsReplace(sessions) => json(sessions_replace::NAME, &sessions_replace::d(sessions)),
        Event::GuildLeft { guild } | Event::GuildDelete { guild } => {
            json(guild_delete::NAME, &guild_delete::d(*guild))
        }
        Event::GuildUpdate { guild, roles, emojis } => {
            json(guild_update::NAME, &guild_update::d(guild, roles, emojis))
        }
        Event::RoleCreate { guild, role } => {
            json(guild_role_create::NAME, &guild_role_create::d(*guild, role))
        }
        Event::RoleUpdate { guild, role } => {
            json(guild_role_update::NAME, &guild_role_update::d(*guild, role))
        }
        Event::RoleDelete { guild, role } => {
            json(guild_role_delete::NAME, &guild_role_delete::d(*guild, *role))
        }
        Event::GuildChannelCreate(channel) => json(channel_create::NAME, &channel_create::guild(channel)),
        Event::GuildChannelUpdate(channel) => json(channel_update::NAME, &channel_update::guild(channel)),
        Event::GuildChannelDelete(channel) => json(channel_delete::NAME, &channel_delete::guild(channel)),
        Event::ThreadListSync { guild, channel, threads } => {
            let threads: Vec<_> = threads.iter().map(Shown::plain).collect();
            thread_list_sync::render(*guild, Some(&[*channel]), &threads)
        }
        Event::ThreadCreate { thread, newly } => json(thread_create::NAME, &thread_create::d(thread, *newly)),
        Event::ThreadUpdate { thread, members } => {
            json(thread_update::NAME, &thread_update::d(thread, *members))
        }
        Event::ThreadDelete(thread) => json(thread_delete::NAME, &thread_delete::d(thread)),
        Event::ThreadMembersUpdate { thread, guild, count, added, removed } => json(
            thread_members_update::NAME,
            &thread_members_update::d(*thread, *guild, *count, added, removed),
        ),
        Event::MemberAdd { guild, member } => {
            json(guild_member_add::NAME, &guild_member_add::d(*guild, member))
        }
        Event::MemberUpdate { guild, member } => {
            json(guild_member_update::NAME, &guild_member_update::d(*guild, member))
        }
        Event::MemberRemove { guild, user } => {
            json(guild_member_remove::NAME, &guild_member_remove::d(*guild, user))
        }
        Event::BanAdd { guild, user } => json(guild_ban_add::NAME, &guild_ban_add::d(*guild, user)),
        Event::BanRemove { guild, user } => json(guild_ban_remove::NAME, &guild_ban_remove::d(*guild, user)),
        Event::EmojisUpdate { guild, emojis } => {
            json(guild_emojis_update::NAME, &guild_emojis_update::d(*guild, emojis))
        }
        Event::AuditEntryCreate { guild, entry } => {
            json(guild_audit_log_entry_create::NAME, &guild_audit_log_entry_create::d(*guild, entry))
        }
        Event::IntegrationsUpdate { guild } => {
            json(guild_integrations_update::NAME, &guild_integrations_update::d(*guild))
        }
        Event::InviteCreate { invite, inviter } => {
            json(invite_create::NAME, &invite_create::d(invite, inviter.as_deref()))
        }
        Event::InviteDelete { guild, channel, code } => {
            json(invite_delete::NAME, &invite_delete::d(*guild, *channel, code))
        }
        Event::WebhooksUpdate { guild, channel } => {
            json(webhooks_update::NAME, &webhooks_update::d(*guild, *channel))
        }
        Event::VoiceStateUpdate { state, gone, member } => {
            json(voice_state_update::NAME, &voice_state_update::d(state, *gone, member.as_deref()))
        }
        Event::GuildJoined { .. }
        | Event::Revoked { .. }
        | Event::SessionMoved { .. }
        | Event::Missed { .. } => {
            return None;
        }
    })
}

/// The event as a bot without the intent for message texts is shown it: texts, embeds and attachments are blank, all keys
/// stay. `None` where there is no difference. Who is shown the text all the same, says [`shows_content_to`].
pub fn render_without_content(event: &Event) -> Option<Rendered> {
    match event {
        Event::MessageCreate { view, channel_type, guild: Some(guild) } => {
            let d = message_create::d(view, *channel_type, Some(guild)).blanked();
            Some(json(message_create::NAME, &d))
        }
        Event::MessageUpdate { view, channel_type, guild: Some(guild) } => {
            let d = message_update::d(view, *channel_type, Some(guild)).blanked();
            Some(json(message_update::NAME, &d))
        }
        _ => None,
    }
}

/// Whether a bot reads an event's text without the intent for it: in private channels, of its own messages, and of those
/// that mention it.
pub fn shows_content_to(event: &Event, bot: UserId) -> bool {
    match event {
        Event::MessageCreate { view, guild: Some(_), .. }
        | Event::MessageUpdate { view, guild: Some(_), .. } => view.message.shows_content_to(bot),
        _ => true,
    }
}

/// The intent that a bot needs to hear of an event (protocol A.13); `None` where it needs none. Of what is about the bot
/// itself it hears with less: see [`intent_of`].
pub const fn intent(event: &Event) -> Option<u64> {
    use super::intents as i;
    Some(match event {
        Event::MessageCreate { guild: Some(_), .. }
        | Event::MessageUpdate { guild: Some(_), .. }
        | Event::MessageDelete { guild: Some(_), .. }
        | Event::MessageDeleteBulk { .. } => i::GUILD_MESSAGES,
        Event::ReactionAdd { guild: Some(_), .. }
        | Event::ReactionRemove { guild: Some(_), .. }
        | Event::ReactionsCleared { .. } => i::GUILD_MESSAGE_REACTIONS,
        Event::TypingStart { guild: Some(_), .. } => i::GUILD_MESSAGE_TYPING,
        Event::MessageCreate { .. }
        | Event::MessageUpdate { .. }
        | Event::MessageDelete { .. }
        | Event::PinsUpdate { guild: None, .. } => i::DIRECT_MESSAGES,
        Event::ReactionAdd { .. } | Event::ReactionRemove { .. } => i::DIRECT_MESSAGE_REACTIONS,
        Event::TypingStart { .. } => i::DIRECT_MESSAGE_TYPING,
        Event::GuildJoined { .. }
        | Event::GuildLeft { .. }
        | Event::GuildDelete { .. }
        | Event::GuildUpdate { .. }
        | Event::RoleCreate { .. }
        | Event::RoleUpdate { .. }
        | Event::RoleDelete { .. }
        | Event::GuildChannelCreate(_)
        | Event::GuildChannelUpdate(_)
        | Event::GuildChannelDelete(_)
        | Event::ThreadListSync { .. }
        | Event::ThreadCreate { .. }
        | Event::ThreadUpdate { .. }
        | Event::ThreadDelete(_)
        | Event::PinsUpdate { guild: Some(_), .. } => i::GUILDS,
        Event::ThreadMembersUpdate { .. }
        | Event::MemberAdd { .. }
        | Event::MemberUpdate { .. }
        | Event::MemberRemove { .. } => i::GUILD_MEMBERS,
        Event::BanAdd { .. } | Event::BanRemove { .. } | Event::AuditEntryCreate { .. } => {
            i::GUILD_MODERATION
        }
        Event::EmojisUpdate { .. } => i::GUILD_EXPRESSIONS,
        Event::IntegrationsUpdate { .. } => i::GUILD_INTEGRATIONS,
        Event::WebhooksUpdate { .. } => i::GUILD_WEBHOOKS,
        Event::InviteCreate { .. } | Event::InviteDelete { .. } => i::GUILD_INVITES,
        Event::PresenceUpdate { guild: Some(_), .. } => i::GUILD_PRESENCES,
        Event::VoiceStateUpdate { .. } => i::GUILD_VOICE_STATES,
        _ => return None,
    })
}

/// [`intent`] for one bot: of changes of its own membership, and of where it is in voice, it always hears, of its coming into threads with GUILDS.
pub fn intent_of(event: &Event, bot: UserId) -> Option<u64> {
    match event {
        Event::MemberUpdate { member, .. } if member.member.user == bot => None,
        Event::VoiceStateUpdate { state, .. } if state.user == bot => None,
        Event::ThreadMembersUpdate { added, removed, .. }
            if added.iter().any(|(member, _)| member.user == bot) || removed.contains(&bot) =>
        {
            Some(super::intents::GUILDS)
        }
        _ => intent(event),
    }
}

fn json(name: &'static str, d: &impl Serialize) -> Rendered {
    // Payloads are plain structs with string keys: writing them to memory cannot fail. If one ever did, an empty
    // object would reach the client, and its test would say so.
    let mut bytes = Vec::with_capacity(512);
    if serde_json::to_writer(&mut bytes, d).is_err() {
        bytes = b"{}".to_vec();
    }
    Rendered { name, d: bytes }
}
