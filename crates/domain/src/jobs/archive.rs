//! Archiving threads in which nothing was said for long.

use crate::access;
use crate::audience::{Hearers, announce_guild};
use crate::guilds::threads;
use crate::{Result, World};
use model::guild::GuildChannel;
use model::{ChannelId, MessageId, Timestamp};
use std::collections::HashMap;

/// Threads that one call looks at.
const AT_ONCE: usize = 500;

/// How far the job came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sweep {
    /// The last thread that was looked at; `None`: the next part begins at the beginning.
    pub after: Option<ChannelId>,
}

/// Looks at the next threads, up to 500, and archives those that were silent for as long as they say; how many. To be called
/// about once a minute, on any number of nodes.
///
/// # Errors
/// Store errors only.
pub async fn archive(world: &World, sweep: &mut Sweep) -> Result<usize> {
    let threads = world.ports.directory.active_threads(sweep.after, AT_ONCE).await?;
    sweep.after = if threads.len() < AT_ONCE { None } else { threads.last().map(|thread| thread.id) };
    if threads.is_empty() {
        return Ok(0);
    }
    let ids: Vec<ChannelId> = threads.iter().map(|thread| thread.id).collect();
    let heads: HashMap<ChannelId, MessageId> = world
        .ports
        .messages
        .heads(&ids)
        .await?
        .into_iter()
        .filter_map(|head| Some((head.channel, head.last_message?)))
        .collect();
    let now = world.ports.clock.now();
    let mut archived = 0_usize;
    for thread in threads {
        if is_silent(&thread, heads.get(&thread.id).copied(), now) {
            put_away(world, thread, now).await?;
            archived = archived.saturating_add(1);
        }
    }
    Ok(archived)
}

/// Whether nothing happened in a thread for as long as it says: no message, and nobody who took it out of the archive.
fn is_silent(thread: &GuildChannel, last: Option<MessageId>, now: Timestamp) -> bool {
    let Some(details) = thread.thread.as_ref().filter(|details| !details.archived) else { return false };
    let said = last.map_or(details.created, |last| Timestamp::from_millis(last.created_ms()));
    let since = said.max(details.created).max(details.archive_changed);
    since.plus_seconds(i64::from(details.auto_archive).saturating_mul(60)) <= now
}

async fn put_away(world: &World, thread: GuildChannel, now: Timestamp) -> Result<()> {
    let _announced = announce_guild(world, thread.guild).await;
    let edit = Box::new(move |channel: &mut GuildChannel| {
        if let Some(thread) = channel.thread.as_mut().filter(|thread| !thread.archived) {
            thread.archived = true;
            thread.archive_changed = now;
        }
    });
    let changed = world.ports.directory.change_channel(thread.id, edit, Vec::new()).await?;
    let Some(changed) = changed else { return Ok(()) };
    let participants = access::participants(world, &changed.value).await?;
    let audience = access::audience(&changed.value, changed.versions, participants);
    let hearers = Hearers::of_guild(audience, &changed.value);
    hearers.tell(world, threads::changed(world, changed.value).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::guild::{GuildChannelKind, Thread};
    use model::{GuildId, UserId};

    fn thread(created: i64) -> GuildChannel {
        let created = Timestamp::from_millis(created);
        GuildChannel {
            id: ChannelId::new(1).unwrap(),
            guild: GuildId::new(2).unwrap(),
            kind: GuildChannelKind::PublicThread,
            name: String::new(),
            position: 0,
            parent: ChannelId::new(3),
            topic: None,
            nsfw: false,
            slowmode: 0,
            bitrate: 0,
            user_limit: 0,
            default_auto_archive: 60,
            flags: 0,
            overwrites: Vec::new(),
            thread: Some(Thread {
                owner: UserId::new(4).unwrap(),
                archived: false,
                locked: false,
                auto_archive: 60,
                archive_changed: created,
                invitable: true,
                created,
            }),
        }
    }

    #[test]
    fn silence_counts_from_the_last_message_or_the_beginning() {
        const START: i64 = 1_800_000_000_000;
        const HOUR: i64 = 3_600_000;
        let at = |ms: i64| Timestamp::from_millis(START + ms);
        assert!(!is_silent(&thread(START), None, at(HOUR - 1)));
        assert!(is_silent(&thread(START), None, at(HOUR)));
        let last = MessageId::new(model::snowflake::at_ms(START + HOUR / 2));
        assert!(!is_silent(&thread(START), last, at(HOUR)));
        assert!(is_silent(&thread(START), last, at(HOUR + HOUR / 2)));
        let mut away = thread(START);
        away.thread.as_mut().unwrap().archived = true;
        assert!(!is_silent(&away, None, at(HOUR * 9)));
    }
}
