//! What a user sees of its guilds.

use crate::access;
use crate::{Result, World};
use model::guild::{GuildChannel, GuildChannelKind, GuildState, Member};
use model::{ChannelId, Permissions, Timestamp, UserId};
use std::collections::HashSet;

/// Channels of a guild that have messages, and threads that are not archived, as far as this member may view them; of private
/// threads those that it is in (`joined`) or may manage.
pub(crate) fn of_guild<'a>(
    state: &'a GuildState,
    member: &Member,
    joined: &HashSet<ChannelId>,
    now: Timestamp,
) -> impl Iterator<Item = &'a GuildChannel> {
    state.channels.iter().filter(move |channel| {
        let permissions = access::permissions_in(state, channel, member, now);
        channel.kind.has_messages()
            && permissions.contains(Permissions::VIEW_CHANNEL)
            && (channel.kind != GuildChannelKind::PrivateThread
                || permissions.contains(Permissions::MANAGE_THREADS)
                || joined.contains(&channel.id))
    })
}

/// All channels of its guilds in which a user hears messages.
pub(crate) async fn channels(world: &World, user: UserId) -> Result<Vec<ChannelId>> {
    let directory = &world.ports.directory;
    let now = world.ports.clock.now();
    let mut seen = Vec::new();
    for (guild, member) in directory.memberships(user).await? {
        let Some(state) = directory.guild_state(guild).await? else { continue };
        let joined = joined(world, &state, user).await?;
        seen.extend(of_guild(&state, &member, &joined, now).map(|channel| channel.id));
    }
    Ok(seen)
}

/// The threads that a user is in; not asked for where there are no private ones.
pub(crate) async fn joined(world: &World, state: &GuildState, user: UserId) -> Result<HashSet<ChannelId>> {
    if !state.channels.iter().any(|channel| channel.kind == GuildChannelKind::PrivateThread) {
        return Ok(HashSet::new());
    }
    let joined = world.ports.directory.joined_threads(state.guild.id, user).await?;
    Ok(joined.into_iter().map(|(thread, _)| thread).collect())
}
