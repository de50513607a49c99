//! What a guild could have and this server has not: welcome screens, widgets, onboarding, stickers, scheduled events, rules of
//! automatic moderation, sounds. Members are answered as of a guild without them; libraries ask at start.

use crate::extract::{Authorized, Path};
use crate::reply::{self, Answer};
use axum::extract::State;
use domain::World;
use domain::guilds::view;
use model::GuildId;
use wire::guild::WidgetSettings;

/// An empty list.
pub(crate) async fn list(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::view(&world, &actor, guild, false).await?;
    Ok(reply::json([(); 0]))
}

/// The rules of automatic moderation, for who manages the guild.
pub(crate) async fn rules(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::managed(&world, &actor, guild).await?;
    Ok(reply::json([(); 0]))
}

pub(crate) async fn sounds(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::view(&world, &actor, guild, false).await?;
    Ok(reply::json(wire::guild::Sounds::default()))
}

pub(crate) async fn regions(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::view(&world, &actor, guild, false).await?;
    Ok(reply::json(&wire::voice::REGIONS))
}

pub(crate) async fn widget(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::managed(&world, &actor, guild).await?;
    Ok(reply::json(WidgetSettings::default()))
}

/// Without a description and channels for who manages the guild; for the others there is none.
pub(crate) async fn welcome_screen(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::welcome_screen(&world, &actor, guild).await?;
    Ok(reply::json(wire::guild::WelcomeScreen::default()))
}

pub(crate) async fn onboarding(
    State(world): State<World>,
    Authorized(actor): Authorized,
    Path(guild): Path<GuildId>,
) -> Answer {
    view::view(&world, &actor, guild, false).await?;
    Ok(reply::json(wire::guild::onboarding(guild)))
}
