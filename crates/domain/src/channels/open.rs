//! Opening a direct message or a group.

use super::view::{tell_appeared, view};
use crate::audience::announce;
use crate::{Actor, Error, Refusal, Result, World};
use model::channel::PrivateChannelView;
use model::relationship::RelationshipKind;
use model::{ChannelId, UserId, limits};

/// Opens the direct message with one user (always the same channel), or a new group with several.
///
/// # Errors
/// 50033 for oneself and for bots in groups; 50007 unless all are friends (or the one is a bot of the actor's, or the
/// actor's owner), except for a direct message that exists: its history stays readable; 30004 for too many.
pub async fn open(world: &World, actor: &Actor, recipients: &[UserId]) -> Result<PrivateChannelView> {
    let mut others: Vec<UserId> = Vec::new();
    for id in recipients {
        if *id != actor.user() && !others.contains(id) {
            others.push(*id);
        }
    }
    match others.as_slice() {
        [] => Err(Refusal::InvalidRecipients.into()),
        [other] => open_dm(world, actor, *other).await,
        _ if actor.is_bot() => Err(Refusal::InvalidRecipients.into()),
        _ if others.len() + 1 > limits::GROUP_RECIPIENTS => Err(Refusal::TooManyRecipients.into()),
        _ => create_group(world, actor, &others).await,
    }
}

async fn open_dm(world: &World, actor: &Actor, other: UserId) -> Result<PrivateChannelView> {
    let directory = &world.ports.directory;
    if !may_open(world, actor, other).await? {
        return Err(Refusal::CannotMessage.into());
    }
    let id = ChannelId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let _announced = announce(world, &[actor.user()]).await;
    let opened = directory.open_dm(actor.user(), other, id, world.ports.clock.now()).await?;
    if opened.appeared && !actor.is_bot() {
        tell_appeared(world, &opened.channel, 0, &[actor.user()]).await?;
    }
    view(world, opened.channel, actor.user()).await
}

async fn may_open(world: &World, actor: &Actor, other: UserId) -> Result<bool> {
    let directory = &world.ports.directory;
    let Some(found) = directory.users(&[other]).await?.into_iter().next() else { return Ok(false) };
    let mine = directory.relationship(actor.user(), other).await?.map(|row| row.kind);
    let theirs = directory.relationship(other, actor.user()).await?.map(|row| row.kind);
    let me = crate::accounts::lookup::user(world, actor.user()).await?;
    let side = |user: &model::user::User| model::channel::Participant {
        id: user.id,
        open: true,
        bot: user.bot,
        bot_owner: user.bot_owner,
    };
    if crate::access::may_talk(&side(&me), &side(&found), (mine, theirs)) {
        return Ok(true);
    }
    directory.dm_exists(actor.user(), other).await.map_err(Error::from)
}

async fn create_group(world: &World, actor: &Actor, others: &[UserId]) -> Result<PrivateChannelView> {
    friends_of(world, actor.user(), others).await?;
    let id = ChannelId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let told: Vec<UserId> = others.iter().copied().chain([actor.user()]).collect();
    let _announced = announce(world, &told).await;
    let channel =
        world.ports.directory.create_group(id, actor.user(), others, None, world.ports.clock.now()).await?;
    tell_appeared(world, &channel, 0, &channel.participants).await?;
    view(world, channel, actor.user()).await
}

/// That all of these are the user's friends.
pub(super) async fn friends_of(world: &World, user: UserId, others: &[UserId]) -> Result<()> {
    for other in others {
        let row = world.ports.directory.relationship(user, *other).await?;
        if row.is_none_or(|row| row.kind != RelationshipKind::Friend) {
            return Err(Refusal::CannotMessage.into());
        }
    }
    Ok(())
}
