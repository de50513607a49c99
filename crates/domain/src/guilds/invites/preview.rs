//! Looking at an invite.

use crate::access;
use crate::accounts::lookup::Users;
use crate::guilds::vanity;
use crate::guilds::view::count;
use crate::{Refusal, Result, World};
use model::guild::{GuildState, Invite, InviteView};

/// An invite, for everybody who knows its code.
///
/// # Errors
/// 10006.
pub async fn preview(world: &World, code: &str, counts: bool) -> Result<InviteView> {
    let invite = find(world, code).await?;
    let state = world.ports.directory.guild_state(invite.guild).await?.ok_or(Refusal::UnknownInvite)?;
    let guild = invite.guild;
    let found = views(world, &state, vec![invite]).await?.pop();
    let mut found = found.ok_or(Refusal::UnknownInvite)?;
    if counts {
        let (members, online) = count(world, guild).await?;
        (found.members, found.online) = (Some(members), Some(online));
    }
    Ok(found)
}

/// The invite with this code, which may be a vanity code.
///
/// # Errors
/// 10006.
pub(super) async fn find(world: &World, code: &str) -> Result<Invite> {
    let directory = &world.ports.directory;
    if code.len() > 64 {
        return Err(Refusal::UnknownInvite.into());
    }
    let now = world.ports.clock.now();
    if let Some(found) = directory.invite(code, now).await? {
        return Ok(found);
    }
    let code = code.to_lowercase();
    let guild = directory.vanity(&code).await?.ok_or(Refusal::UnknownInvite)?;
    let state = directory.guild_state(guild).await?.ok_or(Refusal::UnknownInvite)?;
    vanity::as_invite(world, &state, code).ok_or_else(|| Refusal::UnknownInvite.into())
}

/// Invites of one guild as they are shown; those into channels that are gone are left out.
pub(super) async fn views(
    world: &World,
    state: &GuildState,
    invites: Vec<Invite>,
) -> Result<Vec<InviteView>> {
    let users = Users::load(world, invites.iter().filter_map(|invite| invite.inviter)).await?;
    let mut views = Vec::with_capacity(invites.len());
    for invite in invites {
        let Some(channel) = access::channel_of(world, state, invite.channel).await? else { continue };
        views.push(InviteView {
            inviter: invite.inviter.map(|id| users.get(id)),
            guild: state.guild.clone(),
            channel,
            members: None,
            online: None,
            invite,
        });
    }
    Ok(views)
}
