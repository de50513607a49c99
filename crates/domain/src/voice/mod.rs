//! Who is in which voice channel. There is no sound: it is known and told who is where, and no more.

mod end;
mod moderate;
mod show;
mod stage;
mod tell;
mod update;

pub(crate) use end::{channel_gone, guild_gone, left_guild};
pub use end::{end_session, keep_alive, sweep};
pub(crate) use moderate::{moderated, must_be_in_voice, order};
pub use show::{get, of_guild};
pub use stage::{OwnStage, change, change_own};
pub use update::{Asked, Place, update};
