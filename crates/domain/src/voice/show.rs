//! Showing who is in voice.

use crate::access::{self, GuildMember};
use crate::guilds::local::members_named;
use crate::{Actor, Refusal, Result, World};
use model::event::MemberView;
use model::guild::GuildChannel;
use model::voice::VoiceState;
use model::{GuildId, Permissions, UserId};

/// Where a member is in voice, with its membership.
///
/// # Errors
/// 10004; 10065 if it is nowhere, or where the actor sees nothing.
pub async fn get(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
) -> Result<(VoiceState, MemberView)> {
    let me = access::member(world, actor, guild).await?;
    let (state, _) = seen(world, &me, user).await?;
    let members = members_named(world, guild, &[user]).await?;
    let member = members.into_iter().next().ok_or(Refusal::UnknownVoiceState)?;
    Ok((state, member))
}

/// A member's voice state with its channel, as far as the actor may see it: one's own always.
pub(super) async fn seen(
    world: &World,
    me: &GuildMember,
    user: UserId,
) -> Result<(VoiceState, GuildChannel)> {
    let states = world.ports.voice.of_user(user).await?;
    let state = states.into_iter().find(|state| state.guild == me.guild());
    let state = state.ok_or(Refusal::UnknownVoiceState)?;
    let channel = me.state().channel(state.channel).ok_or(Refusal::UnknownVoiceState)?;
    if user != me.actor().user() && !me.permissions_in(channel).contains(Permissions::VIEW_CHANNEL) {
        return Err(Refusal::UnknownVoiceState.into());
    }
    Ok((state, channel.clone()))
}

/// All who are in voice in a guild, for a gateway that shows each of its clients what that one may see.
///
/// # Errors
/// Store errors only.
pub async fn of_guild(world: &World, guild: GuildId) -> Result<Vec<VoiceState>> {
    Ok(world.ports.voice.of_guild(guild).await?)
}
