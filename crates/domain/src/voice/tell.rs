//! Who hears where somebody is in voice. The user's own sessions always do.

use crate::audience::tell_guild;
use crate::guilds::local::members_named;
use crate::{Result, World};
use model::event::{Event, GuildFilter, MemberView};
use model::guild::Versions;
use model::voice::VoiceState;
use model::{ChannelId, GuildId, UserId};

/// Tells where somebody is now. `before` is the channel it was in: who sees that one alone learns that it left.
pub(super) fn tell_there(
    world: &World,
    versions: Versions,
    before: Option<ChannelId>,
    state: &VoiceState,
    member: Option<&MemberView>,
) {
    let (user, guild) = (state.user, state.guild);
    let seen = state.channel;
    let filter = GuildFilter::Voice { seen, unseen: None, user, own: true };
    tell_guild(world, guild, versions, filter, event(state, false, member));
    if let Some(before) = before.filter(|before| *before != seen) {
        let filter = GuildFilter::Voice { seen: before, unseen: Some(seen), user, own: false };
        tell_guild(world, guild, versions, filter, event(state, true, member));
    }
}

/// Tells that somebody is not there any more.
pub(super) fn tell_left(world: &World, versions: Versions, state: &VoiceState, member: Option<&MemberView>) {
    let filter = GuildFilter::Voice { seen: state.channel, unseen: None, user: state.user, own: true };
    tell_guild(world, state.guild, versions, filter, event(state, true, member));
}

fn event(state: &VoiceState, gone: bool, member: Option<&MemberView>) -> Event {
    Event::VoiceStateUpdate {
        state: Box::new(state.clone()),
        gone,
        member: member.map(|member| Box::new(member.clone())),
    }
}

/// Tells that these ended, wherever they were.
pub(super) async fn tell_ended(world: &World, ended: &[VoiceState]) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let guilds: Vec<GuildId> = ended.iter().map(|state| state.guild).collect();
    for (guild, versions) in world.ports.directory.guild_versions(&guilds).await? {
        let here: Vec<&VoiceState> = ended.iter().filter(|state| state.guild == guild).collect();
        let users: Vec<UserId> = here.iter().map(|state| state.user).collect();
        let members = members_named(world, guild, &users).await?;
        for state in here {
            let member = members.iter().find(|view| view.member.user == state.user);
            tell_left(world, versions, state, member);
        }
    }
    Ok(())
}
