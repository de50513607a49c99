//! Webhooks: a way to write into one channel with a token in place of an account.

use crate::user::User;
use crate::{ApplicationId, ChannelId, GuildId, UserId, WebhookId};
use serde::{Deserialize, Serialize};

/// A webhook. Its token is kept by the directory as a digest beside it, and shown to who may manage webhooks: so the
/// directory keeps the token itself, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id; also that of its messages' author.
    pub id: WebhookId,
    /// Whose guild.
    pub guild: GuildId,
    /// Into which channel.
    pub channel: ChannelId,
    /// 1 to 80 characters.
    pub name: String,
    /// Hash of the avatar.
    pub avatar: Option<String>,
    /// Who made it.
    pub creator: Option<UserId>,
    /// The application that made it, if one did.
    pub application: Option<ApplicationId>,
    /// The secret in its URL; whoever knows it may write.
    pub token: String,
}

/// The author of a webhook's message, as it was when it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAuthor {
    /// Which webhook.
    pub id: WebhookId,
    /// The name that it wrote under.
    pub name: String,
    /// Hash of the avatar, or the URL that the message named.
    pub avatar: Option<String>,
}

/// A webhook as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookView {
    /// The webhook.
    pub webhook: Webhook,
    /// Who made it; not shown to who only knows its token.
    pub creator: Option<User>,
}
