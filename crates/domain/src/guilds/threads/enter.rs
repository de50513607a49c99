//! What a message in a thread does to it.

use super::members::come_in;
use crate::access::{self, GuildPlace};
use crate::audience::{Hearers, Stage, announce_guild};
use crate::{Refusal, Result, World};
use model::guild::{GuildChannel, Versions};

/// That a thread is not archived.
///
/// # Errors
/// 50083.
pub(crate) fn awake(place: &GuildPlace) -> Result<()> {
    open(place.channel())
}

/// As [`awake`].
pub(crate) fn open(channel: &GuildChannel) -> Result<()> {
    let archived = channel.thread.as_ref().is_some_and(|thread| thread.archived);
    if archived { Err(Refusal::ThreadArchived.into()) } else { Ok(()) }
}

/// Somebody is about to say something: an archived thread comes out of the archive, and whoever says it comes in.
pub(crate) async fn enter(world: &World, place: &GuildPlace, stage: &mut Stage) -> Result<()> {
    let thread = place.channel();
    if thread.thread.is_none() {
        return Ok(());
    }
    wake(world, thread, place.member().versions(), stage).await?;
    come_in(world, place, place.member().actor().user()).await.map(drop)
}

/// Takes a thread out of the archive, if it is in it; who hears of what happens in it then is on `stage`.
pub(crate) async fn wake(
    world: &World,
    thread: &GuildChannel,
    versions: Versions,
    stage: &mut Stage,
) -> Result<()> {
    if !thread.thread.as_ref().is_some_and(|thread| thread.archived) {
        return Ok(());
    }
    let now = world.ports.clock.now();
    let _announced = announce_guild(world, thread.guild).await;
    let edit = Box::new(move |channel: &mut GuildChannel| {
        if let Some(thread) = &mut channel.thread {
            thread.archived = false;
            thread.archive_changed = now;
        }
    });
    let changed = world.ports.directory.change_channel(thread.id, edit, Vec::new()).await?;
    let changed = changed.ok_or(Refusal::UnknownChannel)?;
    let versions = changed.versions.max_of(versions);
    let participants = access::participants(world, &changed.value).await?;
    stage.hearers =
        Hearers::of_guild(access::audience(&changed.value, versions, participants), &changed.value);
    stage.hearers.tell(world, super::changed(world, changed.value).await?);
    Ok(())
}
