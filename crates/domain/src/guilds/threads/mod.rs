//! Threads. Changing and deleting one is [`crate::channels::change`] and [`crate::channels::delete`].

mod create;
mod enter;
mod list;
mod members;

use crate::{Result, World};
use model::event::Event;
use model::guild::{GuildChannel, GuildChannelKind};
use model::message::{HAS_THREAD, ThreadView};
use model::{ChannelId, MessageId, UserId, limits};

pub use create::{NewThread, create, from_message};
pub(crate) use enter::{awake, enter, open, wake};
pub use list::{Archived, ThreadList, ThreadOrder, ThreadSearch, active, archived, search};
pub(crate) use members::find;
pub use members::{add, join, leave, member, members, remove};

/// How many messages a thread has, counted up to a bound and without the one that shows what it began with; none for other
/// channels.
pub(crate) async fn said(world: &World, channel: &GuildChannel) -> Result<u32> {
    if !channel.kind.is_thread() {
        return Ok(0);
    }
    // Nobody has a thread's id: none is left out as somebody's own.
    let Some(nobody) = UserId::new(channel.id.get()) else { return Ok(0) };
    let all = world.ports.messages.unread(channel.id, nobody, None, limits::THREAD_MESSAGES).await?;
    let shows_first = match (channel.parent, MessageId::new(channel.id.get())) {
        (Some(parent), Some(first)) if all > 0 && channel.kind != GuildChannelKind::PrivateThread => {
            world.ports.messages.message(parent, first, nobody).await?.is_some()
        }
        _ => false,
    };
    Ok(all - u32::from(shows_first))
}

/// The thread that began with a message, as the message shows it.
pub(crate) async fn begun(world: &World, message: MessageId, flags: u32) -> Result<Option<Box<ThreadView>>> {
    if flags & HAS_THREAD == 0 {
        return Ok(None);
    }
    let Some(id) = ChannelId::new(message.get()) else { return Ok(None) };
    // The flag stays when the thread is deleted.
    let Some(channel) = world.ports.directory.thread(id).await? else { return Ok(None) };
    let counts = world.ports.directory.thread_counts(&[id]).await?;
    let members = counts.first().map_or(0, |(_, members)| *members);
    let messages = said(world, &channel).await?;
    Ok(Some(Box::new(ThreadView { channel, members, messages })))
}

/// What is told of a thread that was changed.
pub(crate) async fn changed(world: &World, thread: GuildChannel) -> Result<Event> {
    let counts = world.ports.directory.thread_counts(&[thread.id]).await?;
    let members = counts.first().map_or(0, |(_, members)| *members);
    Ok(Event::ThreadUpdate { thread: Box::new(thread), members })
}
