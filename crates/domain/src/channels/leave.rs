//! Closing a direct message, leaving a group.

use super::view::view;
use crate::audience::{announce, tell, tell_in};
use crate::messages::post;
use crate::{Actor, Refusal, Result, World, access};
use model::channel::{PrivateChannelView, PrivateKind};
use model::event::Event;
use model::message::MessageKind;
use model::{ChannelId, UserId};
use ports::directory::channels::Membership;

/// Takes a direct message out of the actor's list until the next message in it, or leaves a group; `silent` leaves
/// without a message that says so.
///
/// # Errors
/// 10003.
pub(super) async fn leave(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    silent: bool,
) -> Result<PrivateChannelView> {
    let reader = access::reader(world, actor, channel).await?;
    let row = world.ports.directory.private_channel(channel).await?.ok_or(Refusal::UnknownChannel)?;
    let before = view(world, row, actor.user()).await?;
    match reader.private()?.kind {
        PrivateKind::Dm => {
            let _announced = announce(world, &[actor.user()]).await;
            if world.ports.directory.close_dm(channel, actor.user()).await? && !actor.is_bot() {
                tell(world, &[actor.user()], Event::ChannelDelete(Box::new(before.clone())));
            }
        }
        PrivateKind::Group => take_out(world, actor, channel, actor.user(), silent).await?,
    }
    Ok(before)
}

/// Takes a user out of a group and tells everybody: the one who left loses the channel, the others the member.
pub(super) async fn take_out(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    user: UserId,
    silent: bool,
) -> Result<()> {
    let row = world.ports.directory.private_channel(channel).await?.ok_or(Refusal::UnknownChannel)?;
    let row_participants = row.participants.clone();
    let lost = view(world, row, user).await?;
    let _announced = announce(world, &row_participants).await;
    let after = match world.ports.directory.remove_recipient(channel, user).await? {
        Membership::Changed(after) => after,
        Membership::Unchanged | Membership::Full => return Ok(()),
        Membership::Absent => return Err(Refusal::UnknownChannel.into()),
    };
    tell(world, &[user], Event::ChannelDelete(Box::new(lost)));
    if after.participants.is_empty() {
        return Ok(());
    }
    let version = world.ports.directory.private_scope(channel).await?.map_or(0, |scope| scope.version);
    let gone = Box::new(crate::accounts::lookup::user(world, user).await?);
    tell_in(world, channel, version, &after.participants, Event::RecipientRemove { channel, user: gone });
    super::view::tell_changed(world, &after, version).await?;
    if !silent {
        post::system(world, actor, channel, MessageKind::RecipientRemove, String::new(), vec![user], None)
            .await?;
    }
    Ok(())
}
