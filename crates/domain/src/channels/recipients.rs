//! Who is in a group.

use super::leave::take_out;
use super::open::{friends_of, open};
use super::view::{tell_appeared, tell_changed};
use crate::audience::{announce, tell_in};
use crate::messages::post;
use crate::{Actor, Refusal, Result, World, access};
use model::channel::{PrivateChannelView, PrivateKind};
use model::event::Event;
use model::message::MessageKind;
use model::{ChannelId, UserId, limits};
use ports::directory::channels::Membership;

/// Adds a friend to a group; on a direct message it makes a new group of the three, which is the answer.
///
/// # Errors
/// 10003; 50024 in a guild; 50007 unless the actor and the user are friends; 50033 for one of the two of a direct message; 30004 when
/// the group is full.
pub async fn add_recipient(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    user: UserId,
) -> Result<Option<PrivateChannelView>> {
    actor.person()?;
    let reader = access::reader(world, actor, channel).await?;
    if reader.private()?.kind == PrivateKind::Dm {
        if reader.private()?.participant(user).is_some() {
            return Err(Refusal::InvalidRecipients.into());
        }
        let mut recipients = reader.others();
        recipients.push(user);
        return open(world, actor, &recipients).await.map(Some);
    }
    friends_of(world, actor.user(), &[user]).await?;
    let mut told = reader.private()?.ids();
    told.push(user);
    let _announced = announce(world, &told).await;
    let added = world
        .ports
        .directory
        .add_recipient(channel, user, limits::GROUP_RECIPIENTS, world.ports.clock.now())
        .await?;
    let after = match added {
        Membership::Changed(after) => after,
        Membership::Unchanged => return Ok(None),
        Membership::Absent => return Err(Refusal::UnknownChannel.into()),
        Membership::Full => return Err(Refusal::TooManyRecipients.into()),
    };
    let version = world.ports.directory.private_scope(channel).await?.map_or(0, |scope| scope.version);
    tell_appeared(world, &after, version, &[user]).await?;
    let others: Vec<UserId> = after.participants.iter().copied().filter(|id| *id != user).collect();
    let newcomer = Box::new(crate::accounts::lookup::user(world, user).await?);
    tell_in(world, channel, version, &others, Event::RecipientAdd { channel, user: newcomer });
    tell_changed(world, &after, version).await?;
    post::system(world, actor, channel, MessageKind::RecipientAdd, String::new(), vec![user], None).await?;
    Ok(None)
}

/// Takes a member out of a group, for its owner; oneself, for everybody.
///
/// # Errors
/// 10003; 50003 in a direct message; 50013 for others than the owner; 10013 if the user is not in it.
pub async fn remove_recipient(world: &World, actor: &Actor, channel: ChannelId, user: UserId) -> Result<()> {
    actor.person()?;
    let reader = access::reader(world, actor, channel).await?;
    reader.group()?;
    if user == actor.user() {
        return take_out(world, actor, channel, user, false).await;
    }
    let owner = reader.group_owner()?;
    if owner.reader().private()?.participant(user).is_none() {
        return Err(Refusal::UnknownUser.into());
    }
    take_out(world, actor, channel, user, false).await
}
