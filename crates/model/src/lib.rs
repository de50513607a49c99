//! The nouns of Guildhall: typed ids, entities, limits and domain events.
//!
//! This crate knows no I/O, no async runtime and none of Discord's JSON: `serde` is derived for the engines'
//! and the bus's own encodings only. What Discord's clients see is rendered by `wire`.

pub mod application;
pub mod audit;
pub mod channel;
pub mod device;
pub mod embed;
pub mod emoji;
pub mod event;
pub mod guild;
pub mod id;
pub mod limits;
pub mod message;
pub mod names;
pub mod permissions;
pub mod presence;
pub mod reaction;
pub mod read_state;
pub mod relationship;
pub mod settings;
pub mod snowflake;
pub mod time;
pub mod user;
pub mod voice;
pub mod webhook;

pub use id::{
    ApplicationId, AuditId, ChannelId, DeviceId, EmojiId, GuildId, MessageId, RoleId, UserId, WebhookId,
};
pub use permissions::Permissions;
pub use time::Timestamp;
