//! Coming in.

use super::preview::{find, views};
use crate::audience::{Hearers, Stage, announce, announce_guild, tell, tell_guild};
use crate::guilds::local;
use crate::messages::post;
use crate::{Actor, Refusal, Result, World, access};
use model::event::{Event, GuildFilter};
use model::guild::{GuildState, InviteView, Member, Versions};
use model::message::MessageKind;
use model::{UserId, limits};
use ports::directory::guilds::{Joined, Raised};

/// Bit of a system channel's flags: no messages about who came.
const NO_JOIN_MESSAGES: u32 = 1;

/// What became of it.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The invite.
    pub view: InviteView,
    /// Whether the actor was no member before.
    pub new_member: bool,
}

/// Comes into a guild by an invite or its vanity code. Its system channel says so.
///
/// # Errors
/// 20001 for bots; 10006; 40007; 30001.
pub async fn accept(world: &World, actor: &Actor, code: &str) -> Result<Accepted> {
    actor.person()?;
    come_in(world, actor.user(), code).await
}

/// A person comes in.
///
/// # Errors
/// 10006; 40007; 30001.
pub(crate) async fn come_in(world: &World, user: UserId, code: &str) -> Result<Accepted> {
    let invite = find(world, code).await?;
    let guild = invite.guild;
    let at = world.ports.clock.now();
    let announced = (announce(world, &[user]).await, announce_guild(world, guild).await);
    let joined = world.ports.directory.join_by_invite(&invite.code, user, at, limits::GUILDS).await?;
    let joined = match joined {
        Joined::Joined(joined) => Some(joined),
        Joined::Already(_) => None,
        Joined::NoInvite => return Err(Refusal::UnknownInvite.into()),
        Joined::Banned => return Err(Refusal::BannedFromGuild.into()),
        Joined::TooMany => return Err(Refusal::TooManyGuilds.into()),
    };
    let state = world.ports.directory.guild_state(guild).await?.ok_or(Refusal::UnknownInvite)?;
    let new_member = joined.is_some();
    if let Some(joined) = joined {
        tell_came(world, &state, joined.clone()).await?;
        drop(announced);
        welcome(world, &state, joined).await?;
    }
    let view = views(world, &state, vec![invite]).await?.pop().ok_or(Refusal::UnknownInvite)?;
    Ok(Accepted { view, new_member })
}

/// Tells a new member of the guild, and the others of the member.
pub(crate) async fn tell_came(world: &World, state: &GuildState, came: Raised<Member>) -> Result<()> {
    let guild = state.guild.id;
    tell(world, &[came.value.user], Event::GuildJoined { guild, version: came.versions.members });
    let versions = Versions { state: came.versions.state.max(state.version), ..came.versions };
    let view = local::member_views(world, vec![came.value]).await?.pop().ok_or(Refusal::UnknownMember)?;
    let event = Event::MemberAdd { guild, member: Box::new(view) };
    tell_guild(world, guild, versions, GuildFilter::Everyone, event);
    Ok(())
}

/// Says in the system channel who came.
pub(crate) async fn welcome(world: &World, state: &GuildState, came: Raised<Member>) -> Result<()> {
    if state.guild.system_channel_flags & NO_JOIN_MESSAGES != 0 {
        return Ok(());
    }
    let channel = state.guild.system_channel.and_then(|channel| state.channel(channel));
    let Some(channel) = channel else { return Ok(()) };
    let participants = access::participants(world, channel).await?;
    let audience = access::audience(channel, came.versions, participants);
    let stage = Stage::of_guild(channel, Hearers::of_guild(audience, channel));
    post::system_in_guild(world, &stage, came.value, MessageKind::UserJoin, String::new(), None).await
}
