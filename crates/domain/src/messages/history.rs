//! Reading.

use super::view;
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::message::MessageView;
use model::{ChannelId, MessageId, limits};
use ports::messages::Page;

/// One message.
///
/// # Errors
/// 10003; 10008; 50013 in a guild without READ_MESSAGE_HISTORY.
pub async fn get(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
) -> Result<MessageView> {
    let reader = access::reader(world, actor, channel).await?;
    reader.history()?;
    let found =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let views = view::views(world, vec![found], actor.user()).await?;
    view::shown(world, &reader, views).await?.pop().ok_or_else(view::missing)
}

/// A page of history, newest first; all of it can be reached. Empty in a guild without READ_MESSAGE_HISTORY.
///
/// # Errors
/// 10003; a form error for a limit outside 1 to 100.
pub async fn list(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    page: Page,
    limit: usize,
) -> Result<Vec<MessageView>> {
    if !(1..=limits::HISTORY_PAGE).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    let reader = access::reader(world, actor, channel).await?;
    if !reader.may_read_history() {
        return Ok(Vec::new());
    }
    let rows = world.ports.messages.page(channel, page, limit, actor.user()).await?;
    let views = view::views(world, rows, actor.user()).await?;
    view::shown(world, &reader, views).await
}
