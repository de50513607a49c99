//! Editing a message: held to the same rules as sending one.

use super::post::tell_update;
use super::{AllowedMentions, content, view};
use crate::accounts::lookup::Users;
use crate::audience::{announce, holding};
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::embed::Embed;
use model::message::{MessageView, SETTABLE_FLAGS, SUPPRESS_EMBEDS};
use model::{ChannelId, MessageId};
use ports::messages::{MessageEdit, StoredMessage};

/// What changes; `None` leaves a field as it is, `Some(None)` clears the text.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Text.
    pub content: Option<Option<String>>,
    /// Embeds; people's are dropped.
    pub embeds: Option<Vec<Embed>>,
    /// Flags; only "suppress embeds" counts.
    pub flags: Option<u32>,
    /// Which mentions ping.
    pub allowed_mentions: Option<AllowedMentions>,
}

/// Changes an own message.
///
/// # Errors
/// A form error; 10003; 10008; 50005 for another's; 50021 for a system message; 50006 if nothing would be left; 50007
/// if the actor could not send it now.
pub async fn edit(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    edit: Edit,
) -> Result<MessageView> {
    let reader = access::reader(world, actor, channel).await?;
    let messages = &world.ports.messages;
    let before = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    if before.message.author != actor.user() {
        return Err(Refusal::NotYourMessage.into());
    }
    if !before.message.kind.is_said() {
        return Err(Refusal::SystemMessage.into());
    }
    let writer = reader.writer()?;
    let scope = writer.reader().scope();
    let change = check(world, scope, actor, &before, edit)?;
    if change == MessageEdit::default() {
        return view::view(world, before, actor.user()).await;
    }
    let reactions = before.reactions.clone();
    let before = view::view(world, before, actor.user()).await?;
    let mentions =
        change.content.iter().flat_map(|(_, mentions, _)| mentions).chain(&before.message.mentions).copied();
    let users = Users::load(world, mentions.chain([actor.user()])).await?;
    let announced = announce(world, &scope.ids()).await;
    let durable = holding(announced, tell_update(world, scope, users, before.referenced));
    let after = messages.edit(channel, message, change, durable).await?.ok_or(Refusal::UnknownMessage)?;
    view::view(world, StoredMessage { message: after, reactions }, actor.user()).await
}

fn check(
    world: &World,
    scope: &model::channel::PrivateScope,
    actor: &Actor,
    before: &StoredMessage,
    edit: Edit,
) -> Result<MessageEdit> {
    let mut errors = FormErrors::default();
    let mut change = MessageEdit::default();
    let old = &before.message;
    if let Some(text) = edit.content {
        let text = content::clean(&text.unwrap_or_default());
        content::check_content(&mut errors, &text);
        let (mut mentions, everyone) = content::mentions(scope, &text, edit.allowed_mentions.as_ref());
        // Whom a reply pinged stays pinged.
        let replied = old
            .mentions
            .iter()
            .filter(|id| old.reference.is_some() && !old.content.contains(&id.to_string()));
        mentions.extend(replied.copied().filter(|id| !mentions.contains(id)).collect::<Vec<_>>());
        if text != old.content {
            change.content = Some((text, mentions, everyone));
        }
    }
    if let Some(embeds) = edit.embeds.filter(|_| actor.is_bot()) {
        content::check_embeds(&mut errors, &embeds);
        change.embeds = Some(embeds).filter(|embeds| *embeds != old.embeds);
    }
    errors.finish()?;
    if let Some(flags) = edit.flags {
        let next = (old.flags & !SUPPRESS_EMBEDS) | (flags & SUPPRESS_EMBEDS & SETTABLE_FLAGS);
        change.flags = Some(next).filter(|next| *next != old.flags);
    }
    let text_left = change.content.as_ref().map_or(&old.content, |(text, ..)| text);
    let embeds_left = change.embeds.as_ref().unwrap_or(&old.embeds);
    if text_left.is_empty() && embeds_left.is_empty() {
        return Err(Refusal::EmptyMessage.into());
    }
    if change.content.is_some() || change.embeds.is_some() {
        change.edited = Some(world.ports.clock.now());
    }
    Ok(change)
}
