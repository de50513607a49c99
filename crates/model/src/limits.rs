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
/// Messages of a thread are counted up to this many.
pub const THREAD_MESSAGES: u32 = 1000;
/// Days for which mentions stay in an inbox.
pub const MENTION_DAYS: i64 = 7;
/// Mentions in one page of an inbox.
pub const MENTIONS_PAGE: usize = 100;
/// Scopes of mentions that one read asks for: the own one, those of guilds, those of roles.
pub const MENTION_SCOPES: usize = 1000;
/// A bot's or a session's activities.
pub const ACTIVITIES: usize = 8;
/// Text of an activity's fields.
pub const ACTIVITY_TEXT: usize = 128;
/// Guilds that one user is in.
pub const GUILDS: usize = 200;
/// Characters in the name of a folder of guilds.
pub const FOLDER_NAME: usize = 32;
/// Channels whose settings differ from their guild's, for one person.
pub const CHANNEL_SETTINGS: usize = 500;
/// A guild's name.
pub const GUILD_NAME: usize = 100;
/// A guild's description.
pub const GUILD_DESCRIPTION: usize = 300;
/// Channels of a guild, categories included, threads not.
pub const GUILD_CHANNELS: usize = 500;
/// Channels in one category.
pub const CATEGORY_CHANNELS: usize = 50;
/// Roles of a guild, `@everyone` included.
pub const ROLES: usize = 250;
/// Overwrites of a channel.
pub const OVERWRITES: usize = 1000;
/// Invites of a guild.
pub const INVITES: usize = 1000;
/// Webhooks of a channel.
pub const CHANNEL_WEBHOOKS: usize = 15;
/// Webhooks of a guild.
pub const GUILD_WEBHOOKS: usize = 1000;
/// Emoji of a guild that do not move, and as many that do.
pub const EMOJIS: usize = 50;
/// Threads of a guild that are not archived.
pub const ACTIVE_THREADS: usize = 1000;
/// Members of a thread.
pub const THREAD_MEMBERS: usize = 1000;
/// A role's or a channel's name.
pub const CHANNEL_NAME: usize = 100;
/// A channel's topic.
pub const TOPIC: usize = 1024;
/// Slow mode, in seconds.
pub const SLOWMODE: u32 = 21_600;
/// The longest timeout, in days.
pub const TIMEOUT_DAYS: i64 = 28;
/// A webhook's name.
pub const WEBHOOK_NAME: usize = 80;
/// Why a moderator did something.
pub const AUDIT_REASON: usize = 512;
/// Members in one page or chunk.
pub const MEMBERS_PAGE: usize = 1000;
/// Members of a guild in voice at once.
pub const GUILD_IN_VOICE: usize = 1_000;
