//! `/channels/{channel_id}/messages...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Path, Query, Reason, attachments};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::messages::send::Reference;
use domain::messages::{AllowedMentions, Page, bulk, crosspost, delete, edit, history, send};
use model::embed::Embed;
use model::{ChannelId, MessageId, limits};
use wire::Sf;
use wire::embed::EmbedRequest;
use wire::message::{
    AllowedMentionsRequest, BulkDelete, MessageCreate, MessageEdit, Messages, ReferenceRequest,
};

/// Messages in a page when the caller does not say.
const PAGE: usize = 50;

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    query: Query,
) -> Answer {
    let limit = query.limit(PAGE, limits::HISTORY_PAGE)?;
    let page = if let Some(around) = query.id("around")? {
        Page::Around(around)
    } else if let Some(before) = query.id("before")? {
        Page::Before(before)
    } else if let Some(after) = query.id("after")? {
        Page::After(after)
    } else {
        Page::Latest
    };
    let views = history::list(&world, &actor, channel, page, limit).await?;
    Ok(reply::json(Messages(&views)))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
) -> Answer {
    let view = history::get(&world, &actor, channel, message).await?;
    Ok(reply::json(wire::message::render(&view)))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Body(body): Body<MessageCreate>,
) -> Answer {
    let view = send::send(&world, &actor, channel, to_send(body)?).await?;
    Ok(reply::json(wire::message::render(&view)))
}

pub(crate) async fn edit(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Body(body): Body<MessageEdit>,
) -> Answer {
    let view = edit::edit(&world, &actor, channel, message, to_edit(body)?).await?;
    Ok(reply::json(wire::message::render(&view)))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
    Reason(reason): Reason,
) -> Answer {
    delete::delete(&world, &actor, channel, message, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn bulk_delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(channel): Path<ChannelId>,
    Reason(reason): Reason,
    Body(body): Body<BulkDelete>,
) -> Answer {
    let ids: Vec<MessageId> = body.messages.into_iter().map(|Sf(id)| id).collect();
    bulk::delete_many(&world, &actor, channel, &ids, reason).await?;
    Ok(reply::no_content())
}

pub(crate) async fn crosspost(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((channel, message)): Path<(ChannelId, MessageId)>,
) -> Answer {
    let view = crosspost::crosspost(&world, &actor, channel, message).await?;
    Ok(reply::json(wire::message::render(&view)))
}

pub(in crate::routes) fn to_edit(body: MessageEdit) -> Result<edit::Edit, ApiError> {
    if body.attachments.is_some_and(|files| !files.is_empty()) {
        return Err(attachments());
    }
    Ok(edit::Edit {
        content: body.content,
        embeds: body.embeds.map(embeds),
        flags: body.flags,
        allowed_mentions: body.allowed_mentions.map(allowed),
    })
}

pub(in crate::routes) fn to_send(body: MessageCreate) -> Result<send::Send, ApiError> {
    if body.attachments.is_some_and(|files| !files.is_empty()) {
        return Err(attachments());
    }
    let mut all = body.embeds.map(embeds).unwrap_or_default();
    all.extend(body.embed.map(Embed::from));
    Ok(send::Send {
        content: body.content,
        nonce: body.nonce.map(|nonce| nonce.0),
        enforce_nonce: body.enforce_nonce.unwrap_or(false),
        tts: body.tts.unwrap_or(false),
        embeds: all,
        allowed_mentions: body.allowed_mentions.map(allowed),
        reference: body.message_reference.map(reference).transpose()?,
        flags: body.flags.unwrap_or(0),
    })
}

fn embeds(embeds: Vec<EmbedRequest>) -> Vec<Embed> {
    embeds.into_iter().map(Embed::from).collect()
}

fn allowed(allowed: AllowedMentionsRequest) -> AllowedMentions {
    AllowedMentions {
        parse_users: allowed.parses("users"),
        parse_everyone: allowed.parses("everyone"),
        parse_roles: allowed.parses("roles"),
        roles: allowed.roles.map(|roles| roles.into_iter().map(|Sf(role)| role).collect()),
        users: allowed.users.map(|users| users.into_iter().map(|wire::Sf(user)| user).collect()),
        replied_user: allowed.replied_user,
    }
}

fn reference(reference: ReferenceRequest) -> Result<Reference, ApiError> {
    // Taking a forward for an answer would say something else than the sender meant.
    if reference.kind.unwrap_or(0) != 0 {
        let message = "This server does not forward messages yet.";
        return Err(ApiError::field("message_reference.type", "BASE_TYPE_CHOICES", message));
    }
    Ok(Reference {
        message: reference.message_id.0,
        channel: reference.channel_id.map(|wire::Sf(channel)| channel),
        fail_if_not_exists: reference.fail_if_not_exists.unwrap_or(true),
    })
}
