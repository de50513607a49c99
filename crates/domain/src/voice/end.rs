//! What ends being in voice, besides the wish to leave.

use super::tell::{tell_ended, tell_left};
use crate::guilds::local::members_named;
use crate::{Result, World};
use model::guild::Versions;
use model::voice::VoiceState;
use model::{ChannelId, GuildId, UserId};
use ports::voice::Which;

/// A session ended, or its client was away for too long.
///
/// # Errors
/// Store errors only.
pub async fn end_session(world: &World, user: UserId, session: &str) -> Result<()> {
    let which = Which { session: Some(session), ..Which::default() };
    let ended = world.ports.voice.end(user, which).await?;
    tell_ended(world, &ended).await
}

/// A session is still there. Whether it is in voice anywhere.
///
/// # Errors
/// Store errors only.
pub async fn keep_alive(world: &World, user: UserId, session: &str) -> Result<bool> {
    Ok(world.ports.voice.keep_alive(user, session).await?)
}

/// Tells of those in a guild whose sessions were not heard of for too long: their node died. Whether others are in voice there.
///
/// # Errors
/// Store errors only.
pub async fn sweep(world: &World, guild: GuildId) -> Result<bool> {
    let swept = world.ports.voice.sweep(guild).await?;
    tell_ended(world, &swept.ended).await?;
    Ok(swept.others)
}

/// Somebody is no member any more. It is not told with a membership, for there is none.
pub(crate) async fn left_guild(world: &World, guild: GuildId, user: UserId, versions: Versions) {
    let which = Which { guild: Some(guild), ..Which::default() };
    match world.ports.voice.end(user, which).await {
        Ok(ended) => ended.iter().for_each(|state| tell_left(world, versions, state, None)),
        // It runs out when its session is told that the guild is gone, or soon.
        Err(error) => tracing::debug!(%error, "a voice state was not ended"),
    }
}

/// A channel is gone: nobody is in it.
pub(crate) async fn channel_gone(
    world: &World,
    guild: GuildId,
    channel: ChannelId,
    versions: Versions,
) -> Result<()> {
    let all = world.ports.voice.of_guild(guild).await?;
    let ended = end_all(world, all.into_iter().filter(|state| state.channel == channel)).await?;
    let users: Vec<UserId> = ended.iter().map(|state| state.user).collect();
    if users.is_empty() {
        return Ok(());
    }
    let members = members_named(world, guild, &users).await?;
    for state in &ended {
        let member = members.iter().find(|view| view.member.user == state.user);
        tell_left(world, versions, state, member);
    }
    Ok(())
}

/// A guild is gone. Its members are told so, and need no more.
pub(crate) async fn guild_gone(world: &World, guild: GuildId) {
    let ended = async { end_all(world, world.ports.voice.of_guild(guild).await?.into_iter()).await };
    if let Err(error) = ended.await {
        // They run out: nobody keeps them alive.
        tracing::debug!(?error, "a deleted guild's voice states were not ended");
    }
}

async fn end_all(world: &World, states: impl Iterator<Item = VoiceState>) -> Result<Vec<VoiceState>> {
    let mut ended = Vec::new();
    for VoiceState { user, guild, channel, .. } in states {
        let which = Which { guild: Some(guild), channel: Some(channel), session: None };
        ended.extend(world.ports.voice.end(user, which).await?);
    }
    Ok(ended)
}
