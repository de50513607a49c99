//! Discord's shapes: the only place where `model` becomes JSON, and where a client's JSON becomes typed requests.
//!
//! One file per resource. What goes out is a borrowing serializer made by a function of the resource
//! (`message::render`, `user::render` ...), so that the answer of a REST call and the gateway's dispatch cannot
//! disagree and rendering allocates little. What comes in is a plain struct that ignores unknown keys, takes ids as
//! numbers or strings and tells an absent key from an explicit `null`.

pub mod application;
pub mod auth;
pub mod channel;
pub mod embed;
pub mod error;
pub mod gateway;
pub mod gateway_url;
pub mod instance;
pub mod message;
pub mod presence;
pub mod present;
pub mod profile;
pub mod reaction;
pub mod read_state;
pub mod relationship;
pub mod session;
pub mod settings;
pub mod sf;
pub mod sticker;
pub mod timestamp;
pub mod user;
pub mod voice;

pub use sf::Sf;
pub use timestamp::Ts;
