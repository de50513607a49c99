//! What a guild is, in short.

use super::view::view;
use crate::{Actor, Result, World};
use model::GuildId;
use model::guild::GuildView;

/// A guild with counts, for its members.
///
/// # Errors
/// 10004.
pub async fn preview(world: &World, actor: &Actor, guild: GuildId) -> Result<GuildView> {
    view(world, actor, guild, true).await
}
