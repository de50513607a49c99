//! What moderators do to those in voice: they move, send away, mute and deafen.

use super::tell::{tell_ended, tell_there};
use crate::access::{GuildMember, Holder};
use crate::guilds::local::members_named;
use crate::guilds::{Reason, audit};
use crate::{Refusal, Result, World};
use model::audit::AuditAction;
use model::event::MemberView;
use model::guild::GuildChannelKind;
use model::voice::VoiceState;
use model::{ChannelId, GuildId, Permissions, UserId};
use ports::voice::Which;

/// Where a moderator wants somebody to be: found to be allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    user: UserId,
    /// The channel, and whether it is a stage; `None` to send away.
    to: Option<(ChannelId, bool)>,
}

/// That somebody is in voice in a guild, as Discord asks of whoever is muted, deafened or moved.
///
/// # Errors
/// 40032 if it is not.
pub(crate) async fn must_be_in_voice(world: &World, guild: GuildId, user: UserId) -> Result<()> {
    let states = world.ports.voice.of_user(user).await?;
    match states.iter().any(|state| state.guild == guild) {
        true => Ok(()),
        false => Err(Refusal::NotInVoice.into()),
    }
}

/// That somebody may be moved to a channel, or sent away. MOVE_MEMBERS is for the caller to look at.
///
/// # Errors
/// 40032: not in voice; 10003; 50024 for what is no voice channel; 50013 without CONNECT there.
pub(crate) async fn order(
    world: &World,
    me: &GuildMember,
    user: UserId,
    to: Option<ChannelId>,
) -> Result<Order> {
    must_be_in_voice(world, me.guild(), user).await?;
    let Some(to) = to else { return Ok(Order { user, to: None }) };
    let channel = me.state().channel(to).ok_or(Refusal::UnknownChannel)?;
    let permissions = me.permissions_in(channel);
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        // As if it were not there. In a voice channel who may not connect may do nothing else, either.
        return Err(Refusal::UnknownChannel.into());
    }
    if !channel.kind.is_voice() {
        return Err(Refusal::WrongChannelType.into());
    }
    if !permissions.contains(Permissions::CONNECT) {
        return Err(Refusal::MissingPermissions.into());
    }
    Ok(Order { user, to: Some((to, channel.kind == GuildChannelKind::Stage)) })
}

impl Order {
    /// Carries it out.
    ///
    /// # Errors
    /// 40032: it left meanwhile.
    pub(crate) async fn carry_out(self, world: &World, holder: &Holder, reason: Reason) -> Result<()> {
        let guild = holder.guild();
        let row = match self.to {
            Some((channel, stage)) => {
                let edit = move |state: &mut VoiceState| {
                    if state.channel != channel {
                        state.channel = channel;
                        state.suppress = stage;
                        state.asks_since = None;
                    }
                };
                let moved = world.ports.voice.change(self.user, guild, Box::new(edit)).await?;
                let (before, after) = moved.ok_or(Refusal::NotInVoice)?;
                if before == after {
                    return Ok(());
                }
                let versions = holder.member().versions();
                let members = members_named(world, guild, &[self.user]).await?;
                tell_there(world, versions, Some(before.channel), &after, members.first());
                audit::entry(world, holder, AuditAction::MemberMove, None, reason)?
                    .option("channel_id", channel)
                    .option("count", 1)
            }
            None => {
                let which = Which { guild: Some(guild), ..Which::default() };
                let ended = world.ports.voice.end(self.user, which).await?;
                if ended.is_empty() {
                    return Err(Refusal::NotInVoice.into());
                }
                tell_ended(world, &ended).await?;
                audit::entry(world, holder, AuditAction::MemberDisconnect, None, reason)?.option("count", 1)
            }
        };
        audit::add(world, holder, row).await
    }
}

/// A member was muted or deafened, or is not any more: if it is in voice, its state says so.
pub(crate) async fn moderated(world: &World, guild: GuildId, member: &MemberView) -> Result<()> {
    let states = world.ports.voice.of_user(member.member.user).await?;
    let Some(state) = states.iter().find(|state| state.guild == guild) else { return Ok(()) };
    for (_, versions) in world.ports.directory.guild_versions(&[guild]).await? {
        tell_there(world, versions, None, state, Some(member));
    }
    Ok(())
}
