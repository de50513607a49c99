//! A webhook's own messages.

use super::execute::{Room, room};
use super::token::known;
use crate::guilds::threads;
use crate::messages::content::{self, Mentions, asked, mentions_in};
use crate::messages::delete::take;
use crate::messages::edit::{self, Edit};
use crate::messages::view;
use crate::{FormErrors, Refusal, Result, World};
use model::message::MessageView;
use model::{ChannelId, MessageId, WebhookId};
use ports::messages::StoredMessage;

/// One.
///
/// # Errors
/// 10015; 50027; 10008.
pub async fn message(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
) -> Result<MessageView> {
    let (_, found) = find(world, webhook, token, message, thread).await?;
    view::view(world, found, webhook.author()).await
}

/// Changes one.
///
/// # Errors
/// 10015; 50027; 10008; 50006; a form error; 50083 in an archived thread.
pub async fn edit_message(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
    edit: Edit,
) -> Result<MessageView> {
    let (room, before) = find(world, webhook, token, message, thread).await?;
    threads::open(&room.channel)?;
    let text = edit.content.map(|text| content::clean(&text.unwrap_or_default()));
    let mut errors = FormErrors::default();
    edit::check_form(&mut errors, text.as_deref(), edit.embeds.as_deref());
    errors.finish()?;
    let mentions = match &text {
        Some(text) => {
            let wanted = asked(text, edit.allowed_mentions.as_ref());
            mentions_in(world, &room.state, room.permissions(webhook), wanted).await?
        }
        None => Mentions::default(),
    };
    let change = edit::changed(world, &before.message, text, mentions, edit.embeds, edit.flags)?;
    edit::store(world, &room.stage(world).await?, webhook.author(), before, change).await
}

/// Deletes one.
///
/// # Errors
/// 10015; 50027; 10008.
pub async fn delete_message(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
) -> Result<()> {
    let (room, before) = find(world, webhook, token, message, thread).await?;
    take(world, &room.stage(world).await?, before).await
}

async fn find(
    world: &World,
    webhook: WebhookId,
    token: &str,
    message: MessageId,
    thread: Option<ChannelId>,
) -> Result<(Room, StoredMessage)> {
    let known = known(world, webhook, token).await?;
    let room = room(world, &known, thread).await?;
    let found = world.ports.messages.message(room.channel.id, message, webhook.author()).await?;
    let own = |found: &StoredMessage| found.message.webhook.as_ref().is_some_and(|by| by.id == webhook);
    let found = found.filter(own).ok_or(Refusal::UnknownMessage)?;
    Ok((room, found))
}
