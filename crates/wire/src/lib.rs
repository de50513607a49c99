//! Discord's shapes: the only place where `model` becomes JSON, and where a client's JSON becomes typed requests.
//!
//! One file per resource. What goes out is a borrowing serializer made by a function of the resource
//! (`message::render`, `user::render` ...), so that the answer of a REST call and the gateway's dispatch cannot
//! disagree and rendering allocates little. What comes in is a plain struct that ignores unknown keys, takes ids as
//! numbers or strings and tells an absent key from an explicit `null`.

pub mod application;
pub mod audit_log;
pub mod auth;
pub mod ban;
pub mod channel;
pub mod embed;
pub mod emoji;
pub mod error;
pub mod gateway;
pub mod gateway_url;
pub mod guild;
pub mod guild_channel;
pub mod guild_settings;
pub mod instance;
pub mod integration;
pub mod invite;
pub mod list;
pub mod member;
pub mod message;
pub mod oauth2;
pub mod permissions;
pub mod presence;
pub mod present;
pub mod profile;
pub mod reaction;
pub mod read_state;
pub mod relationship;
pub mod role;
pub mod session;
pub mod settings;
pub mod sf;
pub mod sticker;
pub mod timestamp;
pub mod user;
pub mod voice;
pub mod webhook;

pub use sf::{Sf, Sfs};
pub use timestamp::Ts;
