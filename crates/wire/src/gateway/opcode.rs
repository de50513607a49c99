//! Opcodes (protocol A.2). The server sends none but 0, 1, 7, 9, 10 and 11: libraries fail to parse others.

/// Server to client: an event.
pub const DISPATCH: u8 = 0;
/// Both ways: still there.
pub const HEARTBEAT: u8 = 1;
/// Client to server: start a session.
pub const IDENTIFY: u8 = 2;
/// Client to server: the client's own presence.
pub const PRESENCE_UPDATE: u8 = 3;
/// Client to server: where the client is in voice.
pub const VOICE_STATE_UPDATE: u8 = 4;
/// Client to server: take a session up again.
pub const RESUME: u8 = 6;
/// Server to client: reconnect and resume.
pub const RECONNECT: u8 = 7;
/// Client to server: who is in a guild.
pub const REQUEST_GUILD_MEMBERS: u8 = 8;
/// Server to client: there is no such session.
pub const INVALID_SESSION: u8 = 9;
/// Server to client: the first frame.
pub const HELLO: u8 = 10;
/// Server to client: the heartbeat arrived.
pub const HEARTBEAT_ACK: u8 = 11;
/// Client to server: what a person wants to hear of one guild.
pub const GUILD_SUBSCRIPTIONS: u8 = 14;
/// Client to server: what a person wants to hear of several guilds.
pub const GUILD_SUBSCRIPTIONS_BULK: u8 = 37;
/// Client to server: a heartbeat of user clients.
pub const QOS_HEARTBEAT: u8 = 40;

/// Whether clients send this opcode for something that this server does not have (sound, calls, soundboards ...). It is accepted and does nothing: closing with 4001 makes hikari stop for good.
pub const fn is_ignored(op: u64) -> bool {
    matches!(op, 5 | 13 | 28..=36 | 38 | 39 | 41..=43)
}
