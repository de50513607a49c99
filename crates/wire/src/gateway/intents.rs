//! Intents (protocol A.13): which events a bot asked for.

use model::application::{
    GATEWAY_GUILD_MEMBERS, GATEWAY_GUILD_MEMBERS_LIMITED, GATEWAY_MESSAGE_CONTENT,
    GATEWAY_MESSAGE_CONTENT_LIMITED, GATEWAY_PRESENCE_LIMITED,
};

/// Guilds, their roles, channels and threads.
pub const GUILDS: u64 = 1;
/// Members of guilds; privileged.
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// Bans and the audit log.
pub const GUILD_MODERATION: u64 = 1 << 2;
/// Emoji.
pub const GUILD_EXPRESSIONS: u64 = 1 << 3;
/// Bots of guilds.
pub const GUILD_INTEGRATIONS: u64 = 1 << 4;
/// Webhooks.
pub const GUILD_WEBHOOKS: u64 = 1 << 5;
/// Invites.
pub const GUILD_INVITES: u64 = 1 << 6;
/// Voice.
pub const GUILD_VOICE_STATES: u64 = 1 << 7;
/// Presences; privileged.
pub const GUILD_PRESENCES: u64 = 1 << 8;
/// Messages in guilds.
pub const GUILD_MESSAGES: u64 = 1 << 9;
/// Reactions in guilds.
pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
/// Typing in guilds.
pub const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
/// Messages and pins in private channels.
pub const DIRECT_MESSAGES: u64 = 1 << 12;
/// Reactions in private channels.
pub const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
/// Typing in private channels.
pub const DIRECT_MESSAGE_TYPING: u64 = 1 << 14;
/// The text of messages in guilds; privileged. It gates no event, but what is in it.
pub const MESSAGE_CONTENT: u64 = 1 << 15;

/// The bits that a bot may set: 0 to 16, 20, 21, 24, 25.
pub const BOTS: u64 = 0x1_ffff | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;

// Discord's "verified" twin of the flag in `model::application`; it switches the same intent on.
const GATEWAY_PRESENCE: u32 = 1 << 12;

/// The privileged intents that an application with these flags may use.
pub const fn switched_on(application_flags: u32) -> u64 {
    on(application_flags, GUILD_PRESENCES, GATEWAY_PRESENCE | GATEWAY_PRESENCE_LIMITED)
        | on(application_flags, GUILD_MEMBERS, GATEWAY_GUILD_MEMBERS | GATEWAY_GUILD_MEMBERS_LIMITED)
        | on(application_flags, MESSAGE_CONTENT, GATEWAY_MESSAGE_CONTENT | GATEWAY_MESSAGE_CONTENT_LIMITED)
}

const fn on(set: u32, intent: u64, flags: u32) -> u64 {
    if set & flags != 0 { intent } else { 0 }
}

/// The privileged intents.
pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileged_intents_follow_the_applications_flags() {
        assert_eq!(switched_on(0), 0);
        assert_eq!(switched_on(GATEWAY_MESSAGE_CONTENT_LIMITED), MESSAGE_CONTENT);
        assert_eq!(switched_on(u32::MAX), PRIVILEGED);
        assert_eq!(BOTS & (1 << 17 | 1 << 18 | 1 << 19 | 1 << 22 | 1 << 23 | 1 << 26), 0);
    }
}
