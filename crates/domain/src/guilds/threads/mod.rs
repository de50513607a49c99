//! Threads. Changing and deleting one is [`crate::channels::change`] and [`crate::channels::delete`].

mod create;
mod enter;
mod list;
mod members;

use crate::{Result, World};
use model::event::Event;
use model::guild::GuildChannel;

pub use create::{NewThread, create, from_message};
pub(crate) use enter::{awake, enter, open, wake};
pub use list::{Archived, ThreadList, active, archived};
pub(crate) use members::find;
pub use members::{add, join, leave, member, members, remove};

/// What is told of a thread that was changed.
pub(crate) async fn changed(world: &World, thread: GuildChannel) -> Result<Event> {
    let counts = world.ports.directory.thread_counts(&[thread.id]).await?;
    let members = counts.first().map_or(0, |(_, members)| *members);
    Ok(Event::ThreadUpdate { thread: Box::new(thread), members })
}
