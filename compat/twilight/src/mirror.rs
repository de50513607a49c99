//! What one channel says, another says, too: through a webhook, in the name of who said it, edited and deleted with it.

use anyhow::Result;
use std::collections::HashMap;
use twilight_http::Client;
use twilight_model::gateway::event::DispatchEvent;
use twilight_model::id::Id;
use twilight_model::id::marker::{ChannelMarker, MessageMarker, WebhookMarker};

/// From where to where, and which message is which.
pub(crate) struct Mirror {
    pub(crate) from: Id<ChannelMarker>,
    pub(crate) webhook: Id<WebhookMarker>,
    pub(crate) token: String,
    copies: HashMap<Id<MessageMarker>, Id<MessageMarker>>,
}

impl Mirror {
    pub(crate) fn new(from: Id<ChannelMarker>, webhook: Id<WebhookMarker>, token: String) -> Self {
        Self { from, webhook, token, copies: HashMap::new() }
    }

    /// Does to the copy what was done to the message.
    pub(crate) async fn hear(&mut self, http: &Client, event: &DispatchEvent) -> Result<()> {
        match event {
            DispatchEvent::MessageCreate(said)
                if said.channel_id == self.from && !said.content.is_empty() =>
            {
                let copy = http
                    .execute_webhook(self.webhook, &self.token)
                    .username(&said.author.name)
                    .content(&said.content)
                    .wait()
                    .await?
                    .model()
                    .await?;
                self.copies.insert(said.id, copy.id);
            }
            DispatchEvent::MessageUpdate(said) if said.channel_id == self.from => {
                if let Some(copy) = self.copies.get(&said.id) {
                    let edit = http.update_webhook_message(self.webhook, &self.token, *copy);
                    edit.content(Some(&said.content)).await?.model().await?;
                }
            }
            DispatchEvent::MessageDelete(gone) => self.forget(http, gone.id).await?,
            DispatchEvent::MessageDeleteBulk(gone) => {
                for id in &gone.ids {
                    self.forget(http, *id).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn forget(&mut self, http: &Client, message: Id<MessageMarker>) -> Result<()> {
        if let Some(copy) = self.copies.remove(&message) {
            http.delete_webhook_message(self.webhook, &self.token, copy).await?;
        }
        Ok(())
    }
}
