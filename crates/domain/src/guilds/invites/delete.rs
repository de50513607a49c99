//! Taking an invite back.

use super::preview::views;
use crate::access::{self, Holder};
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, Error, Refusal, Result, World};
use model::Permissions;
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{Invite, InviteView};

/// Takes an invite back. A vanity code goes by changing the guild.
///
/// # Errors
/// 10006; 50013 for others than its guild's members who have MANAGE_CHANNELS on its channel, or MANAGE_GUILD: whoever knows a
/// code knows that there is the invite.
pub async fn delete(world: &World, actor: &Actor, code: &str, reason: Reason) -> Result<InviteView> {
    let directory = &world.ports.directory;
    let invite = directory.invite(code, world.ports.clock.now()).await?.ok_or(Refusal::UnknownInvite)?;
    let holder = may_delete(world, actor, &invite).await?;
    let (guild, channel) = (holder.guild(), invite.channel);
    let rows = audit::entry(world, &holder, AuditAction::InviteDelete, None, reason)?
        .text("code", Some(&invite.code), None)
        .text("channel_id", Some(channel), None)
        .rows();
    let _announced = announce_guild(world, guild).await;
    let gone = directory.delete_invite(code, rows.clone()).await?.ok_or(Refusal::UnknownInvite)?;
    let versions = holder.member().versions();
    let event = Event::InviteDelete { guild, channel, code: gone.code.clone() };
    let who = GuildFilter::ChannelHolding(channel, Permissions::MANAGE_CHANNELS);
    tell_guild(world, guild, versions, who, event);
    audit::tell(world, guild, versions, rows);
    views(world, holder.state(), vec![gone]).await?.pop().ok_or_else(|| Refusal::UnknownInvite.into())
}

async fn may_delete(world: &World, actor: &Actor, invite: &Invite) -> Result<Holder> {
    let member = match access::member(world, actor, invite.guild).await {
        Err(Error::Refused(Refusal::UnknownGuild)) => return Err(Refusal::MissingPermissions.into()),
        other => other?,
    };
    let channel = member.state().channel(invite.channel).cloned();
    let there =
        channel.is_some_and(|channel| member.permissions_in(&channel).contains(Permissions::MANAGE_CHANNELS));
    if there { member.holding(Permissions::NONE) } else { member.holding(Permissions::MANAGE_GUILD) }
}
