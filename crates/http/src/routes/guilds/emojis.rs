//! `/guilds/{guild_id}/emojis...`

use crate::extract::{Authorized, Body, IMAGE_LEN, Path, Reason};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::emojis::{self, EmojiChange, NewEmoji};
use http::StatusCode;
use model::{EmojiId, GuildId};
use wire::Sf;
use wire::emoji::{CreatedEmojis, EmojiCreate, EmojiPatch};

pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let all = emojis::list(&world, &actor, guild).await?;
    Ok(reply::json(CreatedEmojis(&all)))
}

pub(crate) async fn create(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Reason(reason): Reason,
    Body(body): Body<EmojiCreate, IMAGE_LEN>,
) -> Answer {
    let roles = body.roles.unwrap_or_default().into_iter().map(|Sf(role)| role).collect();
    let new = NewEmoji { name: body.name, image: body.image, roles };
    let (emoji, creator) = emojis::create(&world, &actor, guild, new, reason).await?;
    Ok(reply::json_as(StatusCode::CREATED, wire::emoji::render(&emoji).by(creator.as_ref())))
}

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, emoji)): Path<(GuildId, EmojiId)>,
) -> Answer {
    let (emoji, creator) = emojis::get(&world, &actor, guild, emoji).await?;
    Ok(reply::json(wire::emoji::render(&emoji).by(creator.as_ref())))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, emoji)): Path<(GuildId, EmojiId)>,
    Reason(reason): Reason,
    Body(body): Body<EmojiPatch>,
) -> Answer {
    let roles = body.roles.map(|roles| Some(roles.into_iter().map(|Sf(role)| role).collect()));
    let change = EmojiChange { name: body.name, roles };
    let (emoji, creator) = emojis::change(&world, &actor, guild, emoji, change, reason).await?;
    Ok(reply::json(wire::emoji::render(&emoji).by(creator.as_ref())))
}

pub(crate) async fn delete(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, emoji)): Path<(GuildId, EmojiId)>,
    Reason(reason): Reason,
) -> Answer {
    emojis::delete(&world, &actor, guild, emoji, reason).await?;
    Ok(reply::no_content())
}
