//! What clients are told: one file per event. [`render`] is the table of contents.

pub mod channel_create;
pub mod channel_delete;
pub mod channel_pins_ack;
pub mod channel_pins_update;
pub mod channel_recipient_add;
pub mod channel_recipient_remove;
pub mod channel_update;
pub mod guild_members_chunk;
pub mod message_ack;
pub mod message_create;
pub mod message_delete;
pub mod message_reaction_add;
pub mod message_reaction_remove;
pub mod message_update;
pub mod presence_update;
pub mod ready;
pub mod relationship_add;
pub mod relationship_remove;
pub mod relationship_update;
pub mod sessions_replace;
pub mod typing_start;
pub mod user_settings_update;
pub mod user_update;

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

/// Renders an event once for all who hear of it; `None` for events that are no client's business.
///
/// People and bots are shown the same: of what both hear, nothing differs in private channels. What differs is
/// whether they hear of it ([`Event::people_only`], [`intent`]).
pub fn render(event: &Event) -> Option<Rendered> {
    Some(match event {
        Event::MessageCreate { view, channel_type } => {
            json(message_create::NAME, &message_create::d(view, *channel_type))
        }
        // It hands out bytes: what it shows is made for it.
        Event::MessageUpdate { view, channel_type } => message_update::render(view, *channel_type),
        Event::MessageDelete { id, channel } => json(message_delete::NAME, &message_delete::d(*id, *channel)),
        Event::ReactionAdd { user, channel, message, author, emoji } => json(
            message_reaction_add::NAME,
            &message_reaction_add::d(*user, *channel, *message, *author, emoji),
        ),
        Event::ReactionRemove { user, channel, message, emoji } => {
            json(message_reaction_remove::NAME, &message_reaction_remove::d(*user, *channel, *message, emoji))
        }
        Event::PinsUpdate { channel, last_pin } => {
            json(channel_pins_update::NAME, &channel_pins_update::d(*channel, *last_pin))
        }
        Event::TypingStart { channel, user, at } => {
            json(typing_start::NAME, &typing_start::d(*channel, *user, *at))
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
        Event::PresenceUpdate { presence, user } => {
            json(presence_update::NAME, &presence_update::d(presence, user))
        }
        Event::UserUpdate(account) => json(user_update::NAME, &user_update::d(account)),
        Event::SettingsUpdate(settings) => {
            json(user_settings_update::NAME, &user_settings_update::d(settings))
        }
        Event::MessageAck { channel, message, version, mentions } => {
            json(message_ack::NAME, &message_ack::d(*channel, *message, *version, *mentions))
        }
        Event::PinsAck { channel, at, version } => {
            json(channel_pins_ack::NAME, &channel_pins_ack::d(*channel, *at, *version))
        }
        Event::SessionsReplace(sessions) => json(sessions_replace::NAME, &sessions_replace::d(sessions)),
        Event::Revoked { .. } | Event::SessionMoved { .. } | Event::Missed => return None,
    })
}

/// The intent that a bot needs to hear of an event in a private channel; `None` where it needs none.
pub const fn intent(event: &Event) -> Option<u64> {
    use super::intents::{DIRECT_MESSAGE_REACTIONS, DIRECT_MESSAGE_TYPING, DIRECT_MESSAGES};
    match event {
        Event::MessageCreate { .. }
        | Event::MessageUpdate { .. }
        | Event::MessageDelete { .. }
        | Event::PinsUpdate { .. } => Some(DIRECT_MESSAGES),
        Event::ReactionAdd { .. } | Event::ReactionRemove { .. } => Some(DIRECT_MESSAGE_REACTIONS),
        Event::TypingStart { .. } => Some(DIRECT_MESSAGE_TYPING),
        _ => None,
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
