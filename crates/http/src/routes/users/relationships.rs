//! `/users/@me/relationships...`

use crate::error::ApiError;
use crate::extract::{Authorized, Body, Path, Query};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::{World, relationships};
use model::UserId;
use model::relationship::RelationshipKind;
use wire::relationship::{FriendRequest, RelationshipPatch, RelationshipPut};

const FRIEND: u8 = RelationshipKind::Friend as u8;
const BLOCKED: u8 = RelationshipKind::Blocked as u8;
const INCOMING: u32 = RelationshipKind::Incoming as u32;

pub(crate) async fn list(State(world): State<World>, Authorized(actor): Authorized) -> Answer {
    let all = relationships::list(&world, &actor).await?;
    let shown: Vec<_> =
        all.iter().map(|(relationship, user)| wire::relationship::render(relationship, user)).collect();
    Ok(reply::json(shown))
}

pub(crate) async fn request(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Body(body): Body<FriendRequest>,
) -> Answer {
    relationships::request_by_name(&world, &actor, &body.username).await?;
    Ok(reply::no_content())
}

pub(crate) async fn put(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
    Body(body): Body<RelationshipPut>,
) -> Answer {
    match body.kind {
        None | Some(FRIEND) => relationships::befriend(&world, &actor, user).await?,
        Some(BLOCKED) => relationships::block(&world, &actor, user).await?,
        Some(_) => return Err(choices("type")),
    }
    Ok(reply::no_content())
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
    Body(body): Body<RelationshipPatch>,
) -> Answer {
    if let Some(nickname) = body.nickname {
        relationships::set_nickname(&world, &actor, user, nickname).await?;
    }
    Ok(reply::no_content())
}

pub(crate) async fn remove(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(user): Path<UserId>,
) -> Answer {
    relationships::remove(&world, &actor, user).await?;
    Ok(reply::no_content())
}

/// Only open requests can be cleared as a whole; nobody unfriends everybody by leaving out an id.
pub(crate) async fn clear_incoming(
    State(world): State<World>,
    Authorized(actor): Authorized,
    query: Query,
) -> Answer {
    if query.number("relationship_type") != Some(INCOMING) {
        return Err(choices("relationship_type"));
    }
    relationships::clear_incoming(&world, &actor).await?;
    Ok(reply::no_content())
}

fn choices(field: &str) -> ApiError {
    ApiError::field(field, "BASE_TYPE_CHOICES", "This value is not allowed here.")
}
