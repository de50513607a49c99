//! Messages with all that rendering them needs.

use crate::accounts::lookup::Users;
use crate::{Result, World};
use model::message::{Message, MessageView};
use model::user::User;
use model::webhook::WebhookAuthor;
use model::{MessageId, UserId};
use ports::messages::StoredMessage;
use std::collections::HashMap;

/// Views of these messages: their users are read at once, what they answer is taken from the page where it is in it.
pub(crate) async fn views(
    world: &World,
    stored: Vec<StoredMessage>,
    viewer: UserId,
) -> Result<Vec<MessageView>> {
    let mut answered: HashMap<MessageId, Option<StoredMessage>> = HashMap::new();
    for row in &stored {
        if let Some(reference) = row.message.reference
            && !answered.contains_key(&reference.message)
        {
            let found = match stored.iter().find(|other| other.message.id == reference.message) {
                Some(found) => Some(found.clone()),
                None => world.ports.messages.message(reference.channel, reference.message, viewer).await?,
            };
            answered.insert(reference.message, found);
        }
    }
    let people = stored.iter().chain(answered.values().flatten()).flat_map(|row| people(&row.message));
    let users = Users::load(world, people).await?;
    Ok(stored
        .into_iter()
        .map(|row| {
            let referenced = row.message.reference.map(|reference| {
                let found = answered.get(&reference.message).cloned().flatten();
                found.map(|found| Box::new(plain(&users, found)))
            });
            MessageView { referenced, ..plain(&users, row) }
        })
        .collect())
}

/// One view.
pub(crate) async fn view(world: &World, stored: StoredMessage, viewer: UserId) -> Result<MessageView> {
    let missing = || crate::Error::Internal("a message has no view".into());
    views(world, vec![stored], viewer).await?.pop().ok_or_else(missing)
}

/// A view without what it answers: quotes do not nest.
fn plain(users: &Users, row: StoredMessage) -> MessageView {
    MessageView {
        author: author_of(users, row.message.author, row.message.webhook.as_ref()),
        mentions: users.all(row.message.mentions.iter().copied()),
        reactions: row.reactions,
        referenced: None,
        nonce: None,
        message: row.message,
    }
}

fn people(message: &Message) -> impl Iterator<Item = UserId> + '_ {
    let author = message.webhook.is_none().then_some(message.author);
    author.into_iter().chain(message.mentions.iter().copied())
}

/// Who said something: an account, or a webhook under the name that it wrote under.
pub(crate) fn author_of(users: &Users, id: UserId, webhook: Option<&WebhookAuthor>) -> User {
    match webhook {
        Some(webhook) => User {
            username: webhook.name.clone(),
            global_name: None,
            avatar: webhook.avatar.clone(),
            bot: true,
            ..User::deleted(id)
        },
        None => users.get(id),
    }
}
