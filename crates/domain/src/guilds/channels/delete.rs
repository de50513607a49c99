//! Deleting a channel or a thread.

use super::change::tell_changed;
use crate::access::{self, Holder, Reader};
use crate::audience::{Hearers, announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Refusal, Result, World, voice};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{Guild, GuildChannelView};
use model::{ChannelId, Permissions};
use ports::directory::guilds::Added;
use std::collections::HashMap;

/// Deletes a channel (MANAGE_CHANNELS) with its threads, or a thread (MANAGE_THREADS).
pub(crate) async fn delete(world: &World, reader: Reader, reason: Reason) -> Result<GuildChannelView> {
    let place = reader.in_guild()?;
    let channel = place.channel();
    let (needed, action) = if channel.kind.is_thread() {
        (Permissions::MANAGE_THREADS, AuditAction::ThreadDelete)
    } else {
        (Permissions::MANAGE_CHANNELS, AuditAction::ChannelDelete)
    };
    let holder = reader.holding(needed)?;
    let guild = holder.guild();
    let rows = audit::entry(world, &holder, action, Some(channel.id.get()), reason)?
        .text("name", Some(&channel.name), None)
        .number("type", Some(channel.kind as u8), None::<u8>)
        .rows();
    let view = super::view(world, channel.clone(), reader.actor().user()).await?;
    // Who is in a private thread cannot be asked for any more when it is gone.
    let mut inside = HashMap::new();
    let threads = holder.state().channels.iter().filter(|other| other.parent == Some(channel.id));
    for thread in threads.chain([channel]) {
        inside.insert(thread.id, access::participants(world, thread).await?);
    }
    let _announced = announce_guild(world, guild).await;
    let gone = world.ports.directory.delete_channel(channel.id, rows.clone()).await?;
    let gone = gone.ok_or(Refusal::UnknownChannel)?;
    let (deleted, changed) = gone.value;
    // Threads go before their channel: a client that lost the channel does not know them any more.
    for channel in deleted.into_iter().rev() {
        if channel.kind.is_thread() {
            let participants = match inside.remove(&channel.id) {
                Some(participants) => participants,
                // Archived, or made just now: then those alone hear of it who see to threads.
                None => access::participants(world, &channel).await?,
            };
            let audience = access::audience(&channel, gone.versions, participants);
            Hearers::of_guild(audience, &channel).tell(world, Event::ThreadDelete(Box::new(channel)));
        } else {
            if channel.kind.is_voice() {
                voice::channel_gone(world, guild, channel.id, gone.versions).await?;
            }
            let filter = GuildFilter::Channel(channel.id);
            let event = Event::GuildChannelDelete(Box::new(channel));
            tell_guild(world, guild, gone.versions, filter, event);
        }
    }
    for channel in changed {
        tell_changed(world, gone.versions, channel).await?;
    }
    audit::tell(world, guild, gone.versions, rows);
    unset(world, &holder, channel.id).await?;
    Ok(view)
}

/// Settings that named the channel name none any more.
async fn unset(world: &World, holder: &Holder, channel: ChannelId) -> Result<()> {
    let clear = move |guild: &mut Guild| {
        for setting in [
            &mut guild.system_channel,
            &mut guild.rules_channel,
            &mut guild.public_updates_channel,
            &mut guild.safety_alerts_channel,
            &mut guild.afk_channel,
        ] {
            setting.take_if(|named| *named == channel);
        }
    };
    let mut without = holder.state().guild.clone();
    clear(&mut without);
    if without == holder.state().guild {
        return Ok(());
    }
    let changed = world.ports.directory.change_guild(holder.guild(), Box::new(clear), Vec::new()).await?;
    if let Added::Added(changed) = changed {
        crate::guilds::change::tell_changed(world, changed).await?;
    }
    Ok(())
}
