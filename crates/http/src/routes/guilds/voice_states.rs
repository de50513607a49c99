//! `/guilds/{guild_id}/voice-states/...`

use crate::extract::{Authorized, Body, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::voice::{self, OwnStage};
use model::{GuildId, UserId};
use wire::voice::VoiceStatePatch;
use wire::{Sf, Ts};

pub(crate) async fn get(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
) -> Answer {
    let (state, member) = voice::get(&world, &actor, guild, user).await?;
    Ok(reply::json(wire::voice::render(&state, Some(&member))))
}

pub(crate) async fn get_own(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    let (state, member) = voice::get(&world, &actor, guild, actor.user()).await?;
    Ok(reply::json(wire::voice::render(&state, Some(&member))))
}

pub(crate) async fn patch(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path((guild, user)): Path<(GuildId, UserId)>,
    Body(body): Body<VoiceStatePatch>,
) -> Answer {
    voice::change(&world, &actor, guild, user, asked(&body)).await?;
    Ok(reply::no_content())
}

pub(crate) async fn patch_own(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
    Body(body): Body<VoiceStatePatch>,
) -> Answer {
    voice::change_own(&world, &actor, guild, asked(&body)).await?;
    Ok(reply::no_content())
}

fn asked(body: &VoiceStatePatch) -> OwnStage {
    OwnStage {
        channel: body.channel_id.map(|Sf(channel)| channel),
        suppress: body.suppress,
        asks_since: body.request_to_speak_timestamp.map(|since| since.map(|Ts(since)| since)),
    }
}
