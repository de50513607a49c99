//! Webhooks: protocol C.12.

use crate::list::list;
use crate::present;
use crate::sf::Sf;
use crate::user::{self, PartialUser};
use model::user::User;
use model::webhook::{Webhook, WebhookView};
use model::{ApplicationId, ChannelId, GuildId, WebhookId};
use serde::{Deserialize, Serialize, Serializer};

/// A webhook.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct WebhookObject<'a> {
    id: Sf<WebhookId>,
    #[serde(rename = "type")]
    kind: u8,
    guild_id: Sf<GuildId>,
    channel_id: Sf<ChannelId>,
    name: &'a str,
    avatar: Option<&'a str>,
    application_id: Option<Sf<ApplicationId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<PartialUser<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// Shows a webhook without its token and without who made it, as the audit log does.
pub fn render(webhook: &Webhook) -> WebhookObject<'_> {
    WebhookObject {
        id: Sf(webhook.id),
        kind: 1,
        guild_id: Sf(webhook.guild),
        channel_id: Sf(webhook.channel),
        name: &webhook.name,
        avatar: webhook.avatar.as_deref(),
        application_id: webhook.application.map(Sf),
        user: None,
        token: None,
    }
}

/// Shows a webhook with its token: to who may manage webhooks, or has the token.
pub fn with_token(webhook: &Webhook) -> WebhookObject<'_> {
    WebhookObject { token: Some(&webhook.token), ..render(webhook) }
}

impl<'a> WebhookObject<'a> {
    /// With who made it. Not for callers who have nothing but the token.
    #[must_use]
    pub fn by(self, creator: Option<&'a User>) -> Self {
        Self { user: creator.map(user::render), ..self }
    }
}

/// Shows a webhook to who may manage webhooks.
pub fn view(view: &WebhookView) -> WebhookObject<'_> {
    with_token(&view.webhook).by(view.creator.as_ref())
}

/// A list of webhooks, for those who may manage them.
#[derive(Debug, Clone, Copy)]
pub struct Webhooks<'a>(pub &'a [WebhookView]);

impl Serialize for Webhooks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, view).serialize(serializer)
    }
}

/// Body of `POST /channels/{channel}/webhooks`.
#[derive(Debug, Deserialize)]
pub struct WebhookCreate {
    /// Its name.
    pub name: String,
    /// A picture as a data URI.
    #[serde(default)]
    pub avatar: Option<String>,
}

/// Body of `PATCH /webhooks/{webhook}` and of the same with a token, which moves nothing to another channel.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WebhookPatch {
    /// New name.
    pub name: Option<String>,
    /// A picture as a data URI; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub avatar: Option<Option<String>>,
    /// Another channel of its guild.
    pub channel_id: Option<Sf<ChannelId>>,
}
