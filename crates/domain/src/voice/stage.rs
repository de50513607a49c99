//! Who speaks on a stage.

use super::show::seen;
use super::tell::tell_there;
use crate::access::{self, GuildMember};
use crate::guilds::local::members_named;
use crate::{Actor, Refusal, Result, World};
use model::guild::{GuildChannel, GuildChannelKind};
use model::voice::VoiceState;
use model::{ChannelId, GuildId, Permissions, Timestamp, UserId};

/// What somebody changes of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnStage {
    /// The stage that it is in.
    pub channel: Option<ChannelId>,
    /// Whether it listens only.
    pub suppress: Option<bool>,
    /// Since when it asks to speak; `Some(None)` if it does not.
    pub asks_since: Option<Option<Timestamp>>,
}

/// Changes the actor's own part. To listen, and to ask no more, needs no right; to speak needs MUTE_MEMBERS, to ask
/// REQUEST_TO_SPEAK.
///
/// # Errors
/// 10004; 10065; 10003 for another channel than the one it is in; 50024 for what is no stage; 50013.
pub async fn change_own(world: &World, actor: &Actor, guild: GuildId, change: OwnStage) -> Result<()> {
    let me = access::member(world, actor, guild).await?;
    let channel = stage(world, &me, actor.user(), change.channel).await?;
    let mut needed = Permissions::NONE;
    if change.suppress == Some(false) {
        needed |= Permissions::MUTE_MEMBERS;
    }
    if let Some(Some(_)) = change.asks_since {
        needed |= Permissions::REQUEST_TO_SPEAK;
    }
    if !me.permissions_in(&channel).contains(needed) {
        return Err(Refusal::MissingPermissions.into());
    }
    edit(world, &me, actor.user(), channel.id, change).await
}

/// Lets a member speak on a stage, or listen only.
///
/// # Errors
/// As for [`change_own`]; 50013 without MUTE_MEMBERS.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    change: OwnStage,
) -> Result<()> {
    let me = access::member(world, actor, guild).await?;
    let channel = stage(world, &me, user, change.channel).await?;
    if !me.permissions_in(&channel).contains(Permissions::MUTE_MEMBERS) {
        return Err(Refusal::MissingPermissions.into());
    }
    edit(world, &me, user, channel.id, OwnStage { asks_since: None, ..change }).await
}

/// The stage that somebody is in.
async fn stage(
    world: &World,
    me: &GuildMember,
    user: UserId,
    named: Option<ChannelId>,
) -> Result<GuildChannel> {
    let (state, channel) = seen(world, me, user).await?;
    if named.is_some_and(|named| named != state.channel) {
        return Err(Refusal::UnknownChannel.into());
    }
    if channel.kind != GuildChannelKind::Stage {
        return Err(Refusal::WrongChannelType.into());
    }
    Ok(channel)
}

async fn edit(
    world: &World,
    me: &GuildMember,
    user: UserId,
    channel: ChannelId,
    change: OwnStage,
) -> Result<()> {
    let guild = me.guild();
    let edit = move |state: &mut VoiceState| {
        if state.channel != channel {
            return;
        }
        if let Some(since) = change.asks_since {
            state.asks_since = since;
        }
        if let Some(suppress) = change.suppress {
            state.suppress = suppress;
            if !suppress {
                state.asks_since = None;
            }
        }
    };
    let changed = world.ports.voice.change(user, guild, Box::new(edit)).await?;
    let (before, after) = changed.ok_or(Refusal::UnknownVoiceState)?;
    if before != after {
        let members = members_named(world, guild, &[user]).await?;
        tell_there(world, me.versions(), None, &after, members.first());
    }
    Ok(())
}
