//! `/webhooks/{webhook_id}...`: with a right to manage them, or with the token in the path.

use crate::extract::{Authorized, Body, IMAGE_LEN, Path, Query, Reason, WebhookToken};
use crate::reply::{self, Answer};
use crate::routes::channels::messages::{to_edit, to_send};
use axum::extract::State;
use domain::World;
use domain::guilds::webhooks::{self, Execute, WebhookChange};
use model::{MessageId, WebhookId};
use wire::Sf;
use wire::message::{MessageCreate, MessageEdit};
use wire::webhook::WebhookPatch;

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(webhook): Path<WebhookId>,
) -> Answer {
    let view = webhooks::get(&world, &actor, webhook).await?;
    Ok(reply::json(wire::webhook::view(&view)))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(webhook): Path<WebhookId>,
    Reason(reason): Reason,
    Body(body): Body<WebhookPatch, IMAGE_LEN>,
) -> Answer {
    let view = webhooks::change(&world, &actor, webhook, change(body), reason).await?;
    Ok(reply::json(wire::webhook::view(&view)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(webhook): Path<WebhookId>,
    Reason(reason): Reason,
) -> Answer {
    webhooks::delete(&world, &actor, webhook, reason).await?;
    Ok(reply::no_content())
}

type WithToken = Path<(WebhookId, WebhookToken)>;
type Said = Path<(WebhookId, WebhookToken, MessageId)>;

pub(crate) async fn get_by_token(
    State(world): State<World>,
    Path((webhook, WebhookToken(token))): WithToken,
) -> Answer {
    let view = webhooks::get_by_token(&world, webhook, &token).await?;
    Ok(reply::json(wire::webhook::with_token(&view.webhook)))
}

pub(crate) async fn patch_by_token(
    State(world): State<World>,
    Path((webhook, WebhookToken(token))): WithToken,
    Reason(reason): Reason,
    Body(body): Body<WebhookPatch>,
) -> Answer {
    let view = webhooks::change_by_token(&world, webhook, &token, change(body), reason).await?;
    Ok(reply::json(wire::webhook::with_token(&view.webhook)))
}

pub(crate) async fn delete_by_token(
    State(world): State<World>,
    Path((webhook, WebhookToken(token))): WithToken,
    Reason(reason): Reason,
) -> Answer {
    webhooks::delete_by_token(&world, webhook, &token, reason).await?;
    Ok(reply::no_content())
}

/// With `wait` the message is the answer.
pub(crate) async fn execute(
    State(world): State<World>,
    Path((webhook, WebhookToken(token))): WithToken,
    query: Query,
    Body(mut body): Body<MessageCreate>,
) -> Answer {
    let (username, avatar_url) = (body.username.take(), body.avatar_url.take());
    // What it answers cannot be said by a webhook.
    body.message_reference = None;
    let thread = query.id("thread_id")?;
    let execute = Execute { send: to_send(body)?, username, avatar_url, thread };
    let view = webhooks::execute(&world, webhook, &token, execute).await?;
    Ok(if query.flag("wait") { reply::json(wire::message::render(&view)) } else { reply::no_content() })
}

pub(crate) async fn message(
    State(world): State<World>,
    Path((webhook, WebhookToken(token), message)): Said,
    query: Query,
) -> Answer {
    let thread = query.id("thread_id")?;
    let view = webhooks::message(&world, webhook, &token, message, thread).await?;
    Ok(reply::json(wire::message::render(&view)))
}

pub(crate) async fn edit_message(
    State(world): State<World>,
    Path((webhook, WebhookToken(token), message)): Said,
    query: Query,
    Body(body): Body<MessageEdit>,
) -> Answer {
    let thread = query.id("thread_id")?;
    let edit = to_edit(body)?;
    let view = webhooks::edit_message(&world, webhook, &token, message, thread, edit).await?;
    Ok(reply::json(wire::message::render(&view)))
}

pub(crate) async fn delete_message(
    State(world): State<World>,
    Path((webhook, WebhookToken(token), message)): Said,
    query: Query,
) -> Answer {
    webhooks::delete_message(&world, webhook, &token, message, query.id("thread_id")?).await?;
    Ok(reply::no_content())
}

fn change(body: WebhookPatch) -> WebhookChange {
    WebhookChange {
        name: body.name,
        avatar: body.avatar,
        channel: body.channel_id.map(|Sf(channel)| channel),
    }
}
