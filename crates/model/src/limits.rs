//! Discord's limits (protocol section E) and Guildhall's own. Lengths are Unicode code points unless said otherwise.

/// Message text.
pub const CONTENT: usize = 2000;
/// `nonce` as a string.
pub const NONCE: usize = 25;
/// Embeds in a message.
pub const EMBEDS: usize = 10;
/// Text of all embeds of a message together.
pub const EMBED_TOTAL: usize = 6000;
/// Embed title, author name, field name.
pub const EMBED_TITLE: usize = 256;
/// Embed description.
pub const EMBED_DESCRIPTION: usize = 4096;
/// Fields in an embed.
pub const EMBED_FIELDS: usize = 25;
/// Value of an embed's field.
pub const EMBED_FIELD_VALUE: usize = 1024;
/// Footer of an embed.
pub const EMBED_FOOTER: usize = 2048;
/// A URL anywhere in an embed.
pub const URL: usize = 2048;
/// Distinct emoji on one message.
pub const REACTIONS: usize = 20;
/// Pinned messages in a channel.
pub const PINS: usize = 250;
/// Messages in one page of history.
pub const HISTORY_PAGE: usize = 100;
/// Members of a group DM, its owner included.
pub const GROUP_RECIPIENTS: usize = 10;
/// A group DM's name.
pub const GROUP_NAME: usize = 100;
/// Friends of one user (open requests included).
pub const FRIENDS: usize = 1000;
/// Users that one user blocks.
pub const BLOCKS: usize = 5000;
/// A friend's nickname.
pub const NICKNAME: usize = 32;
/// Applications of one user.
pub const APPLICATIONS: usize = 50;
/// An application's name.
pub const APPLICATION_NAME: usize = 32;
/// An application's description.
pub const APPLICATION_DESCRIPTION: usize = 400;
/// Display name.
pub const DISPLAY_NAME: usize = 32;
/// Profile text.
pub const BIO: usize = 190;
/// Pronouns.
pub const PRONOUNS: usize = 40;
/// Custom status text.
pub const CUSTOM_STATUS: usize = 128;
/// Shortest password.
pub const PASSWORD_MIN: usize = 8;
/// Longest password.
pub const PASSWORD_MAX: usize = 256;
/// Stored devices of one user; the one idle longest makes room.
pub const DEVICES: usize = 50;
/// Gateway sessions of one user at once (bots: of one shard).
pub const SESSIONS: usize = 10;
/// Message ids that one call may fetch.
pub const MESSAGE_IDS: usize = 50;
/// Unread messages are counted up to this many.
pub const UNREAD: u32 = 1000;
/// A bot's or a session's activities.
pub const ACTIVITIES: usize = 8;
/// Text of an activity's fields.
pub const ACTIVITY_TEXT: usize = 128;
