//! Guilds of those who are connected here: who may hear of what (`docs/adr/0011-guilds.md`).
//!
//! [`book`] knows which guilds they are, [`local`] knows one of them, [`view`] who may view which channel of it. [`refresh`]
//! reads what is not known or too old, [`arrive`] brings a session in and shows it its guilds, [`deliver`] hands events out,
//! [`turns`] remembers since when somebody sees what it sees, [`lists`] are the lists of members that people look at, [`voice`] shows who is in voice channels.

pub(crate) mod arrive;
pub(crate) mod book;
pub(crate) mod deliver;
pub(crate) mod lists;
pub(crate) mod local;
pub(crate) mod refresh;
pub(crate) mod turns;
pub(crate) mod view;
pub(crate) mod voice;

#[cfg(test)]
mod tests;
