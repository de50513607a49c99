//! Messages with all that rendering them needs.

use crate::access::Reader;
use crate::accounts::lookup::Users;
use crate::guilds::threads;
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
    let mut views: Vec<MessageView> = stored
        .into_iter()
        .map(|row| {
            let referenced = row.message.reference.map(|reference| {
                let found = answered.get(&reference.message).cloned().flatten();
                found.map(|found| Box::new(plain(&users, found)))
            });
            MessageView { referenced, ..plain(&users, row) }
        })
        .collect();
    for view in &mut views {
        view.thread = threads::begun(world, view.message.id, view.message.flags).await?;
    }
    Ok(views)
}

/// One view.
pub(crate) async fn view(world: &World, stored: StoredMessage, viewer: UserId) -> Result<MessageView> {
    views(world, vec![stored], viewer).await?.pop().ok_or_else(missing)
}

/// What cannot be: each message has a view.
pub(crate) fn missing() -> crate::Error {
    crate::Error::Internal("a message has no view".into())
}

/// These views as the reader of this channel is shown them: a bot without the message-content intent reads in a guild only what
/// it said itself and what mentions it, as over the gateway.
pub(crate) async fn shown(
    world: &World,
    reader: &Reader,
    mut views: Vec<MessageView>,
) -> Result<Vec<MessageView>> {
    let actor = reader.actor();
    if !actor.is_bot() || reader.guild().is_none() || views.is_empty() {
        return Ok(views);
    }
    let application = world.ports.directory.application(actor.user().application()).await?;
    if !application.is_some_and(|application| application.reads_content()) {
        for view in &mut views {
            view.blank_for(actor.user());
        }
    }
    Ok(views)
}

/// A view without what it answers: quotes do not nest.
fn plain(users: &Users, row: StoredMessage) -> MessageView {
    MessageView {
        author: author_of(users, row.message.author, row.message.webhook.as_ref()),
        mentions: users.all(row.message.mentions.iter().copied()),
        reactions: row.reactions,
        referenced: None,
        nonce: None,
        thread: None,
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
