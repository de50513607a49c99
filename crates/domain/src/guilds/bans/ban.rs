//! Banning.

use crate::access::{self, Holder};
use crate::audience::{Hearers, Stage, announce_guild, tell_guild};
use crate::guilds::members::tell_gone;
use crate::guilds::{Reason, audit};
use crate::messages::delete::take_of;
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::user::User;
use model::{ChannelId, GuildId, MessageId, Permissions, UserId};
use ports::directory::guilds::Added;

/// The longest time back that a ban deletes messages: seven days.
const LONGEST: u32 = 604_800;
/// The most messages that a ban deletes in one channel.
const IN_A_CHANNEL: usize = 1_000;

/// Bans a user, member or not, and deletes what it said in the last so many seconds (up to seven days).
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS or if the user is not below the actor; 10013; a form error.
pub async fn ban(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    delete_seconds: u32,
    reason: Reason,
) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::BAN_MEMBERS).await?;
    check(delete_seconds)?;
    let account = may_ban(world, &holder, user).await?;
    keep_out(world, &holder, account, delete_seconds, reason).await
}

/// That so much may be deleted.
///
/// # Errors
/// A form error.
pub(super) fn check(delete_seconds: u32) -> Result<()> {
    if delete_seconds <= LONGEST {
        return Ok(());
    }
    let fault = format!("int value should be less than or equal to {LONGEST}.");
    Err(FormErrors::one("delete_message_seconds", "NUMBER_TYPE_MAX", fault).into())
}

/// The account that is to be banned.
///
/// # Errors
/// 10013; 50013.
pub(super) async fn may_ban(world: &World, holder: &Holder, user: UserId) -> Result<User> {
    let directory = &world.ports.directory;
    let account = directory.users(&[user]).await?.into_iter().next().ok_or(Refusal::UnknownUser)?;
    if user == holder.actor().user() {
        return Err(Refusal::MissingPermissions.into());
    }
    if let Some(found) = directory.members_of(holder.guild(), &[user]).await?.first() {
        holder.above_member(found)?;
    }
    Ok(account)
}

/// Bans, tells, deletes.
pub(super) async fn keep_out(
    world: &World,
    holder: &Holder,
    account: User,
    delete_seconds: u32,
    reason: Reason,
) -> Result<()> {
    let (guild, user) = (holder.guild(), account.id);
    let row = audit::entry(world, holder, AuditAction::MemberBanAdd, Some(user.get()), reason.clone())?;
    let rows = row.rows();
    let _announced = announce_guild(world, guild).await;
    let why = reason.as_deref();
    let banned = match world.ports.directory.ban(guild, user, why, rows.clone()).await? {
        Added::Added(banned) => banned,
        Added::TooMany | Added::Absent => return Err(Refusal::UnknownGuild.into()),
    };
    let versions = banned.versions;
    if banned.value.is_some() {
        tell_gone(world, holder.state(), user, versions).await?;
    }
    let who = GuildFilter::Holding(Permissions::BAN_MEMBERS | Permissions::VIEW_AUDIT_LOG);
    tell_guild(world, guild, versions, who, Event::BanAdd { guild, user: Box::new(account) });
    audit::tell(world, guild, versions, rows);
    if delete_seconds > 0 {
        forget(world, holder, user, delete_seconds).await?;
    }
    Ok(())
}

/// Deletes what a user said lately, in all channels and threads that are not archived.
async fn forget(world: &World, holder: &Holder, user: UserId, seconds: u32) -> Result<()> {
    let since = world.ports.clock.now().plus_seconds(i64::from(seconds).saturating_neg());
    let lowest = MessageId::new(model::snowflake::at_ms(since.millis()));
    let state = holder.state();
    let channels: Vec<ChannelId> =
        state.channels.iter().filter(|c| c.kind.has_messages()).map(|c| c.id).collect();
    for head in world.ports.messages.heads(&channels).await? {
        if head.last_message < lowest {
            continue;
        }
        let Some(channel) = state.channel(head.channel) else { continue };
        let participants = access::participants(world, channel).await?;
        let audience = access::audience(channel, holder.member().versions(), participants);
        let stage = Stage::of_guild(channel, Hearers::of_guild(audience, channel));
        take_of(world, &stage, user, since, IN_A_CHANNEL).await?;
    }
    Ok(())
}
