//! Editing a message: held to the same rules as sending one.

use super::content::Mentions;
use super::post::{member_of, tell_update};
use super::{AllowedMentions, content, view};
use crate::access::Reader;
use crate::accounts::lookup::Users;
use crate::audience::{Stage, announce_edit};
use crate::guilds::threads;
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::embed::Embed;
use model::message::{Message, MessageView, SETTABLE_FLAGS, SUPPRESS_EMBEDS};
use model::{ChannelId, MessageId, Permissions, UserId};
use ports::messages::{EditedText, MessageEdit, StoredMessage};

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

/// Changes an own message; of another's in a guild only whether its embeds are hidden, with MANAGE_MESSAGES.
///
/// # Errors
/// A form error; 10003; 10008; 50005 for another's; 50021 for a system message; 50006 if nothing would be left; 50007 or
/// 50013 if the actor could not send it now; 50083 in an archived thread.
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
    if let Some(place) = reader.guild() {
        threads::awake(place)?;
    }
    if before.message.author != actor.user() {
        let others = edit.content.is_some() || edit.embeds.is_some() || edit.flags.is_none();
        let may = reader.guild().is_some_and(|place| place.holds(Permissions::MANAGE_MESSAGES));
        if others || !may {
            return Err(Refusal::NotYourMessage.into());
        }
        let change = MessageEdit { flags: flags(before.message.flags, edit.flags), ..MessageEdit::default() };
        let view = store(world, &reader.stage(), actor.user(), before, change).await?;
        return view::shown(world, &reader, vec![view]).await?.pop().ok_or_else(view::missing);
    }
    if !before.message.kind.is_said() {
        return Err(Refusal::SystemMessage.into());
    }
    let writer = reader.writer()?;
    let change = check(world, writer.reader(), actor, &before, edit).await?;
    store(world, &writer.reader().stage(), actor.user(), before, change).await
}

/// Stores a change and tells of it.
pub(crate) async fn store(
    world: &World,
    stage: &Stage,
    viewer: UserId,
    before: StoredMessage,
    change: MessageEdit,
) -> Result<MessageView> {
    if change == MessageEdit::default() {
        return view::view(world, before, viewer).await;
    }
    let reactions = before.reactions.clone();
    let member = member_of(world, stage, &before.message).await?;
    let before = view::view(world, before, viewer).await?;
    let mentions = change.content.iter().flat_map(|text| &text.mentions).chain(&before.message.mentions);
    let users = Users::load(world, mentions.copied().chain([before.message.author])).await?;
    let (channel, id) = (stage.channel, before.message.id);
    let announced = announce_edit(world, channel, &[id]).await;
    // The change may be that a thread began with it.
    let thread = threads::begun(world, id, change.flags.unwrap_or(before.message.flags)).await?;
    let durable = tell_update(world, stage, announced, member, users, before.referenced, thread);
    let after =
        world.ports.messages.edit(channel, id, change, durable).await?.ok_or(Refusal::UnknownMessage)?;
    view::view(world, StoredMessage { message: after, reactions }, viewer).await
}

/// New flags, if they are other ones.
fn flags(old: u32, asked: Option<u32>) -> Option<u32> {
    let next = (old & !SUPPRESS_EMBEDS) | (asked? & SUPPRESS_EMBEDS & SETTABLE_FLAGS);
    Some(next).filter(|next| *next != old)
}

async fn check(
    world: &World,
    reader: &Reader,
    actor: &Actor,
    before: &StoredMessage,
    edit: Edit,
) -> Result<MessageEdit> {
    let mut errors = FormErrors::default();
    let text = edit.content.map(|text| content::clean(&text.unwrap_or_default()));
    let embeds = edit.embeds.filter(|_| actor.is_bot());
    check_form(&mut errors, text.as_deref(), embeds.as_deref());
    errors.finish()?;
    let may_embed = reader.guild().is_none_or(|place| place.holds(Permissions::EMBED_LINKS));
    let embeds = embeds.map(|embeds| if may_embed { embeds } else { Vec::new() });
    let mentions = match &text {
        Some(text) => content::mentions(world, reader, text, edit.allowed_mentions.as_ref()).await?,
        None => Mentions::default(),
    };
    changed(world, &before.message, text, mentions, embeds, edit.flags)
}

/// Notes what is wrong with a new text and new embeds.
pub(crate) fn check_form(errors: &mut FormErrors, text: Option<&str>, embeds: Option<&[Embed]>) {
    if let Some(text) = text {
        content::check_content(errors, text);
    }
    if let Some(embeds) = embeds {
        content::check_embeds(errors, embeds);
    }
}

/// What of it is another one than before.
///
/// # Errors
/// 50006 if nothing would be left.
pub(crate) fn changed(
    world: &World,
    old: &Message,
    text: Option<String>,
    mut mentions: Mentions,
    embeds: Option<Vec<Embed>>,
    flags_asked: Option<u32>,
) -> Result<MessageEdit> {
    let mut change = MessageEdit::default();
    if let Some(text) = text.filter(|text| *text != old.content) {
        // Whom a reply pinged stays pinged.
        let replied = old
            .mentions
            .iter()
            .filter(|id| old.reference.is_some() && !old.content.contains(&id.to_string()));
        let replied: Vec<UserId> = replied.copied().filter(|id| !mentions.users.contains(id)).collect();
        mentions.users.extend(replied);
        change.content = Some(EditedText {
            text,
            mentions: mentions.users,
            mention_roles: mentions.roles,
            mention_everyone: mentions.everyone,
        });
    }
    change.embeds = embeds.filter(|embeds| *embeds != old.embeds);
    change.flags = flags(old.flags, flags_asked);
    let text_left = change.content.as_ref().map_or(&old.content, |text| &text.text);
    let embeds_left = change.embeds.as_ref().unwrap_or(&old.embeds);
    if text_left.is_empty() && embeds_left.is_empty() {
        return Err(Refusal::EmptyMessage.into());
    }
    if change.content.is_some() || change.embeds.is_some() {
        change.edited = Some(world.ports.clock.now());
    }
    Ok(change)
}
