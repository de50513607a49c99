//! Changing a group.

use super::view::{tell_changed, view};
use crate::audience::announce;
use crate::messages::post;
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::channel::PrivateChannelView;
use model::message::MessageKind;
use model::{ChannelId, UserId, limits, names};
use ports::directory::channels::GroupChange;

/// Names a group (any member), or hands it over (its owner).
///
/// # Errors
/// 10003; 50003 in a direct message; 50013 for others than the owner; a form error for the name.
pub(super) async fn change(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    name: Option<Option<String>>,
    owner: Option<UserId>,
) -> Result<PrivateChannelView> {
    actor.person()?;
    let reader = access::reader(world, actor, channel).await?;
    reader.group()?;
    let scope = reader.private()?;
    if owner.is_some_and(|owner| scope.owner != Some(owner)) {
        reader.clone().group_owner()?;
        if owner.is_some_and(|owner| scope.participant(owner).is_none()) {
            return Err(Refusal::InvalidRecipients.into());
        }
    }
    let name = name.map(|name| name.map(|text| names::line(&text)).filter(|text| !text.is_empty()));
    if let Some(Some(text)) = &name {
        let mut errors = FormErrors::default();
        errors.length("name", text, 1, limits::GROUP_NAME);
        errors.finish()?;
    }
    let before = world.ports.directory.private_channel(channel).await?.ok_or(Refusal::UnknownChannel)?;
    let renamed = name.clone().filter(|name| *name != before.name);
    let _announced = announce(world, &before.participants).await;
    let after = world
        .ports
        .directory
        .change_group(channel, &GroupChange { name, owner })
        .await?
        .ok_or(Refusal::UnknownChannel)?;
    if after != before {
        tell_changed(world, &after, reader.private()?.version).await?;
    }
    if let Some(name) = renamed {
        post::system(
            world,
            actor,
            channel,
            MessageKind::ChannelNameChange,
            name.unwrap_or_default(),
            Vec::new(),
            None,
        )
        .await?;
    }
    view(world, after, actor.user()).await
}
