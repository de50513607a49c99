//! Sending a message. See `docs/flows/send-message.md`.

use super::post::{Extras, Posted, TOLD_WITHIN, nothing_said, post};
use super::{AllowedMentions, content, missed, slow, view};
use crate::access::{self, Place, Reader};
use crate::audience::Stage;
use crate::guilds::threads;
use crate::secrets::KeyForm;
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::embed::Embed;
use model::event::Event;
use model::guild::Member;
use model::message::{MessageKind, MessageReference, MessageView, Nonce, SETTABLE_FLAGS};
use model::{ChannelId, MessageId, Permissions, UserId, limits};
use ports::messages::{Appended, NewMessage, SendKey};
use sha2::{Digest, Sha256};

/// What is to be sent.
#[derive(Debug, Clone, Default)]
pub struct Send {
    /// Text.
    pub content: Option<String>,
    /// The client's key, echoed.
    pub nonce: Option<Nonce>,
    /// The nonce makes the send idempotent. A nonce in the server's own form always does.
    pub enforce_nonce: bool,
    /// Read aloud.
    pub tts: bool,
    /// Embeds; people's are dropped, as Discord does.
    pub embeds: Vec<Embed>,
    /// Which mentions ping.
    pub allowed_mentions: Option<AllowedMentions>,
    /// What it answers.
    pub reference: Option<Reference>,
    /// Flags; all but the settable ones are ignored.
    pub flags: u32,
}

/// What a send answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The message.
    pub message: MessageId,
    /// Its channel; must be the one that is sent to.
    pub channel: Option<ChannelId>,
    /// Whether the send is refused if that message is gone; else it is sent without.
    pub fail_if_not_exists: bool,
}

/// Sends a message: durable when it answers. With a key, any number of retries give one message and its answer, also
/// when the send would be refused by now.
///
/// # Errors
/// A form error; 50006 for nothing to say; 10003; 50007; 409 for a key used with other content; 10008 for a key whose
/// message was deleted; in a guild 50013, 160002 for a reply of who may not read history, 20016 for slow mode, 50083 in a
/// locked thread.
pub async fn send(world: &World, actor: &Actor, channel: ChannelId, send: Send) -> Result<MessageView> {
    let mut send = send;
    send.content = send.content.as_deref().map(content::clean).filter(|text| !text.is_empty());
    if !actor.is_bot() {
        send.embeds.clear();
    }
    check(&send)?;
    let reader = access::reader(world, actor, channel).await?;
    let key = key(world, actor, channel, &send)?;
    let refused = match accept(world, &reader, &send).await {
        Ok((new, extras)) => {
            let mut stage = reader.stage();
            if let Some(place) = reader.guild() {
                threads::enter(world, place, &mut stage).await?;
            }
            match post(world, &stage, new, key, extras).await? {
                Posted::New(message) => return Ok(*message),
                Posted::Old(message) => {
                    return answer_again(world, actor, &reader, message.id, send.nonce).await;
                }
            }
        }
        Err(refused) => refused,
    };
    if let (Some(key), Error::Refused(_) | Error::Form(_) | Error::SlowMode { .. }) = (&key, &refused)
        && let Some(Appended::Existing(message)) = world.ports.messages.recall(actor.user(), key).await?
    {
        return answer_again(world, actor, &reader, message.id, send.nonce).await;
    }
    Err(refused)
}

/// The rights and the rules at this moment: what may be stored, or why not.
async fn accept(world: &World, reader: &Reader, send: &Send) -> Result<(NewMessage, Extras)> {
    let writer = reader.clone().writer()?;
    let reader = writer.reader();
    let author = reader.actor().user();
    let referenced = referenced(world, reader, send.reference).await?;
    let text = send.content.clone().unwrap_or_default();
    let mut mentions = content::mentions(world, reader, &text, send.allowed_mentions.as_ref()).await?;
    if let Some(answered) = &referenced {
        let pings = send.allowed_mentions.as_ref().is_none_or(|allowed| allowed.replied_user == Some(true));
        let whom = answered.message.author;
        if pings
            && whom != author
            && answered.message.webhook.is_none()
            && !mentions.users.contains(&whom)
            && is_here(world, reader, whom).await?
        {
            mentions.users.push(whom);
        }
    }
    let embeds = if may(reader, Permissions::EMBED_LINKS) { send.embeds.clone() } else { Vec::new() };
    if text.is_empty() && embeds.is_empty() {
        return Err(Refusal::MissingPermissions.into());
    }
    let reference = referenced
        .as_ref()
        .map(|answered| MessageReference { channel: reader.channel(), message: answered.message.id });
    let new = NewMessage {
        kind: if reference.is_some() { MessageKind::Reply } else { MessageKind::Default },
        content: text,
        tts: send.tts && may(reader, Permissions::SEND_TTS_MESSAGES),
        mention_everyone: mentions.everyone,
        mentions: mentions.users,
        mention_roles: mentions.roles,
        flags: send.flags & SETTABLE_FLAGS,
        embeds,
        reference,
        ..nothing_said(reader.channel(), author)
    };
    let extras = Extras {
        referenced: referenced.map(|answered| Some(Box::new(answered))),
        nonce: send.nonce.clone(),
        member: reader.guild().map(|place| place.member().member().clone()),
    };
    // Last: a send that is refused for something else does not count.
    if let Some(place) = reader.guild() {
        slow::wait_for_turn(world, place).await?;
    }
    Ok((new, extras))
}

/// What a permission of guilds allows; in private channels everything is.
fn may(reader: &Reader, permission: Permissions) -> bool {
    reader.guild().is_none_or(|place| place.holds(permission))
}

/// Whether somebody can be pinged here.
async fn is_here(world: &World, reader: &Reader, user: UserId) -> Result<bool> {
    match reader.place() {
        Place::Private(scope) => Ok(scope.participant(user).is_some()),
        Place::Guild(place) => {
            Ok(!world.ports.directory.members_of(place.guild(), &[user]).await?.is_empty())
        }
    }
}

async fn referenced(
    world: &World,
    reader: &Reader,
    reference: Option<Reference>,
) -> Result<Option<MessageView>> {
    let Some(reference) = reference else { return Ok(None) };
    if !reader.may_read_history() {
        return Err(Refusal::CannotReplyWithoutHistory.into());
    }
    let here = reference.channel.is_none_or(|channel| channel == reader.channel());
    let found = if here {
        world.ports.messages.message(reader.channel(), reference.message, reader.actor().user()).await?
    } else {
        None
    };
    match found {
        Some(found) if !found.message.kind.is_said() => Err(FormErrors::one(
            "message_reference",
            "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
            "Cannot reply to a system message",
        )
        .into()),
        Some(found) => Ok(Some(MessageView {
            referenced: None,
            ..view::view(world, found, reader.actor().user()).await?
        })),
        None if reference.fail_if_not_exists => {
            Err(FormErrors::one("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message").into())
        }
        None => Ok(None),
    }
}

pub(crate) fn check(send: &Send) -> Result<()> {
    let mut errors = FormErrors::default();
    if let Some(text) = &send.content {
        content::check_content(&mut errors, text);
    }
    content::check_embeds(&mut errors, &send.embeds);
    if let Some(nonce) = &send.nonce {
        errors.length("nonce", &nonce.text(), 0, limits::NONCE);
    }
    errors.finish()?;
    if send.content.is_none() && send.embeds.is_empty() {
        return Err(Refusal::EmptyMessage.into());
    }
    Ok(())
}

/// The key of an idempotent send.
fn key(world: &World, actor: &Actor, channel: ChannelId, send: &Send) -> Result<Option<SendKey>> {
    let Some(nonce) = send.nonce.as_ref().map(Nonce::text).filter(|nonce| !nonce.is_empty()) else {
        return Ok(None);
    };
    match world.message_keys.form(actor.user(), &nonce) {
        KeyForm::NotIssued => return Err(Refusal::KeyForeign.into()),
        KeyForm::Issued => {}
        KeyForm::Foreign if send.enforce_nonce => {}
        KeyForm::Foreign => return Ok(None),
    }
    Ok(Some(SendKey { key: nonce, digest: digest(channel, send) }))
}

/// A digest of everything that the send says. It is stored for ever, so its form never changes: each part with its
/// length before it.
fn digest(channel: ChannelId, send: &Send) -> [u8; 32] {
    let mut sum = Parts(Sha256::new());
    sum.number(channel.get());
    sum.text(send.content.as_deref());
    sum.number(u64::from(send.tts));
    sum.number(u64::from(send.flags & SETTABLE_FLAGS));
    sum.number(send.reference.map_or(0, |reference| reference.message.get()));
    sum.number(send.embeds.len() as u64);
    for embed in &send.embeds {
        sum.text(embed.title.as_deref());
        sum.text(embed.description.as_deref());
        sum.text(embed.url.as_deref());
        sum.number(embed.timestamp.map_or(0, |at| at.micros() as u64));
        sum.number(embed.color.map_or(u64::MAX, u64::from));
        sum.text(embed.footer.as_ref().map(|f| f.text.as_str()));
        sum.text(embed.footer.as_ref().and_then(|f| f.icon_url.as_deref()));
        sum.text(embed.image.as_ref().map(|m| m.url.as_str()));
        sum.text(embed.thumbnail.as_ref().map(|m| m.url.as_str()));
        sum.text(embed.author.as_ref().map(|a| a.name.as_str()));
        sum.text(embed.author.as_ref().and_then(|a| a.url.as_deref()));
        sum.text(embed.author.as_ref().and_then(|a| a.icon_url.as_deref()));
        sum.number(embed.fields.len() as u64);
        for field in &embed.fields {
            sum.text(Some(&field.name));
            sum.text(Some(&field.value));
            sum.number(u64::from(field.inline));
        }
    }
    sum.0.finalize().into()
}

struct Parts(Sha256);

impl Parts {
    fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(u64::MAX, |text| text.len() as u64));
        self.0.update(text.unwrap_or_default());
    }
}

/// The answer of an earlier send with the same key: the message as it is now.
async fn answer_again(
    world: &World,
    actor: &Actor,
    reader: &Reader,
    id: MessageId,
    nonce: Option<Nonce>,
) -> Result<MessageView> {
    let stored = world
        .ports
        .messages
        .message(reader.channel(), id, actor.user())
        .await?
        .ok_or(Refusal::UnknownMessage)?;
    let view = MessageView { nonce, ..view::view(world, stored, actor.user()).await? };
    let member = reader.guild().map(|place| place.member().member().clone());
    tell_again(world, &reader.stage(), &view, member);
    world.ports.bus.flushed(TOLD_WITHIN).await;
    Ok(view)
}

/// How long after a send its retries tell of it again. Gateways compare what they hear with what they heard so long before.
const TOLD_AGAIN_MS: i64 = 30_000;

/// Where other machines store messages, a send can be stored although nobody learned that it was: then nobody was told
/// of it either, and its retry is the one who knows. Gateways pass over a message that they have told of.
fn tell_again(world: &World, stage: &Stage, view: &MessageView, member: Option<Member>) {
    let (now, said) = (world.ports.clock.now().millis(), view.message.id.created_ms());
    let age = now.saturating_sub(said);
    if world.ports.bus.route_life().is_none() || age > TOLD_AGAIN_MS {
        return;
    }
    let mut view = view.clone();
    view.reactions.clear();
    let (channel_type, guild) = (stage.channel_type, stage.in_guild(member));
    let event = Event::MessageCreate { view: Box::new(view), channel_type, guild };
    world.ports.bus.publish(stage.hearers.envelope_again(event, missed::stored_by(said, now)));
}
