//! Slow mode.

use crate::access::GuildPlace;
use crate::{Error, Result, World};
use model::Permissions;
use std::time::Duration;

/// Counts a message of the actor in a channel with slow mode. Bots and who may bypass it (or manage the channel or its messages,
/// as with Discord) do not wait.
///
/// # Errors
/// 20016 with how long is to be waited.
pub(super) async fn wait_for_turn(world: &World, place: &GuildPlace) -> Result<()> {
    let seconds = place.channel().slowmode;
    let exempt = Permissions::BYPASS_SLOWMODE | Permissions::MANAGE_CHANNELS | Permissions::MANAGE_MESSAGES;
    let actor = place.member().actor();
    if seconds == 0 || actor.is_bot() || place.permissions().intersects(exempt) {
        return Ok(());
    }
    let key = format!("slow:{}:{}", place.channel().id, actor.user());
    let window = Duration::from_secs(u64::from(seconds));
    let counted = world.ports.rates.hit(&key, 1, window).await;
    counted.map(drop).map_err(|retry_after| Error::SlowMode { retry_after })
}
