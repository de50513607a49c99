//! Writing through a webhook.

use super::manage::named;
use super::token::{Known, known, versions};
use crate::access;
use crate::audience::{Hearers, Stage};
use crate::guilds::threads;
use crate::messages::content::{self, asked, mentions_in};
use crate::messages::post::{Extras, Posted, nothing_said, post};
use crate::messages::send::{Send, check};
use crate::{Error, FormErrors, Refusal, Result, World};
use model::guild::{GuildChannel, GuildState, Versions};
use model::message::{MessageView, SETTABLE_FLAGS};
use model::permissions::{Subject, in_channel};
use model::webhook::WebhookAuthor;
use model::{ChannelId, Permissions, WebhookId, limits};
use ports::messages::NewMessage;
use std::sync::Arc;

/// What is to be written.
#[derive(Debug, Clone, Default)]
pub struct Execute {
    /// The message; what it answers is ignored.
    pub send: Send,
    /// A name in place of the webhook's.
    pub username: Option<String>,
    /// A URL in place of its avatar.
    pub avatar_url: Option<String>,
    /// A thread of its channel.
    pub thread: Option<ChannelId>,
}

/// Writes a message. It pings what `@everyone` may ping in the channel.
///
/// # Errors
/// 10015; 50027; 50006; a form error; 10003 for a thread of another channel; 50083 for a locked one.
pub async fn execute(
    world: &World,
    webhook: WebhookId,
    token: &str,
    execute: Execute,
) -> Result<MessageView> {
    let known = known(world, webhook, token).await?;
    let mut send = execute.send;
    send.content = send.content.as_deref().map(content::clean).filter(|text| !text.is_empty());
    check(&send)?;
    let name = execute.username.map(|name| named("username", &name)).transpose()?;
    if let Some(url) = &execute.avatar_url {
        let mut errors = FormErrors::default();
        errors.length("avatar_url", url, 0, limits::URL);
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            errors.push("avatar_url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').");
        }
        errors.finish()?;
    }
    let room = room(world, &known, execute.thread).await?;
    let mut stage = room.stage(world).await?;
    if room.channel.thread.as_ref().is_some_and(|thread| thread.locked && thread.archived) {
        return Err(Refusal::ThreadArchived.into());
    }
    threads::wake(world, &room.channel, room.versions, &mut stage).await?;
    let text = send.content.unwrap_or_default();
    let wanted = asked(&text, send.allowed_mentions.as_ref());
    let mentions = mentions_in(world, &room.state, room.permissions(webhook), wanted).await?;
    let author = WebhookAuthor {
        id: webhook,
        name: name.unwrap_or_else(|| known.webhook().name.clone()),
        avatar: execute.avatar_url.or_else(|| known.webhook().avatar.clone()),
    };
    let new = NewMessage {
        content: text,
        tts: send.tts,
        mention_everyone: mentions.everyone,
        mentions: mentions.users,
        mention_roles: mentions.roles,
        webhook: Some(author),
        flags: send.flags & SETTABLE_FLAGS,
        embeds: send.embeds,
        ..nothing_said(room.channel.id, webhook.author())
    };
    let extras = Extras { nonce: send.nonce, ..Extras::default() };
    match post(world, &stage, new, None, extras).await? {
        Posted::New(message) => Ok(*message),
        Posted::Old(_) => Err(Error::Internal("a message without a key was there before".into())),
    }
}

/// Where a webhook writes.
pub(super) struct Room {
    pub(super) state: Arc<GuildState>,
    pub(super) versions: Versions,
    pub(super) channel: GuildChannel,
}

/// The webhook's channel, or a thread of it.
///
/// # Errors
/// 10003.
pub(super) async fn room(world: &World, known: &Known, thread: Option<ChannelId>) -> Result<Room> {
    let webhook = known.webhook();
    let versions = versions(world, webhook).await?;
    let state = world.ports.directory.guild_state(webhook.guild).await?.ok_or(Refusal::UnknownWebhook)?;
    let id = thread.unwrap_or(webhook.channel);
    let channel = access::channel_of(world, &state, id).await?.ok_or(Refusal::UnknownChannel)?;
    if thread.is_some() && channel.parent.filter(|_| channel.kind.is_thread()) != Some(webhook.channel) {
        return Err(Refusal::UnknownChannel.into());
    }
    let versions = Versions { state: versions.state.max(state.version), ..versions };
    Ok(Room { state, versions, channel })
}

impl Room {
    /// Where its messages are told.
    pub(super) async fn stage(&self, world: &World) -> Result<Stage> {
        let participants = access::participants(world, &self.channel).await?;
        let audience = access::audience(&self.channel, self.versions, participants);
        Ok(Stage::of_guild(&self.channel, Hearers::of_guild(audience, &self.channel)))
    }

    /// What a webhook may do here: what everybody may.
    pub(super) fn permissions(&self, webhook: WebhookId) -> Permissions {
        let everybody = Subject { user: webhook.author(), roles: &[], timeout: None };
        let now = model::Timestamp::from_micros(0);
        in_channel(&self.state, self.state.holder(&self.channel), everybody, now)
    }
}
