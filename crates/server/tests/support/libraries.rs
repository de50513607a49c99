//! Gateway frames that tests see, read by models that are not ours.

use serde::de::DeserializeSeed;
use serde_json::Value;
use serenity::model::event::{Event as SerenityEvent, GatewayEvent as SerenityFrame};
use twilight_model::gateway::event::GatewayEventDeserializer;

/// Dispatches that bots get; what people alone get is in no library.
const SHARED: &[&str] = &[
    "RESUMED",
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "CHANNEL_PINS_UPDATE",
    "TYPING_START",
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_DELETE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_UPDATE",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBERS_CHUNK",
    "GUILD_BAN_ADD",
    "GUILD_BAN_REMOVE",
    "GUILD_EMOJIS_UPDATE",
    "GUILD_INTEGRATIONS_UPDATE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "INVITE_CREATE",
    "INVITE_DELETE",
    "WEBHOOKS_UPDATE",
    "THREAD_UPDATE",
    "THREAD_DELETE",
    "THREAD_MEMBERS_UPDATE",
];

/// Fails unless twilight and serenity understand the frame (if it is one that a bot could get).
pub fn check(text: &str, frame: &Value) {
    let shared = match frame["t"].as_str() {
        None => true,
        Some("READY") => frame["d"]["user"]["bot"] == true,
        Some(name) => SHARED.contains(&name),
    };
    if !shared {
        return;
    }
    let seed = GatewayEventDeserializer::from_json(text)
        .unwrap_or_else(|| panic!("twilight finds no opcode in {text}"));
    if let Err(error) = seed.deserialize(&mut serde_json::Deserializer::from_str(text)) {
        panic!("twilight: {error}\n{text}");
    }
    match serde_json::from_str::<SerenityFrame>(text) {
        Ok(SerenityFrame::Dispatch(_, SerenityEvent::Unknown(_))) => {
            panic!("serenity does not know the event in {text}")
        }
        Ok(_) => {}
        Err(error) => panic!("serenity: {error}\n{text}"),
    }
}
