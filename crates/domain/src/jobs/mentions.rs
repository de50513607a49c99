//! Forgetting mentions that are too old for an inbox.

use crate::messages::inbox;
use crate::{Result, World};

/// Rows that one call forgets: what writes them must not wait long for it.
const AT_ONCE: usize = 1_000;

/// Forgets up to 1,000 rows about mentions that nobody is shown any more; whether there may be others. To be called about once
/// a minute, on any number of nodes.
///
/// # Errors
/// Store errors only.
pub async fn forget_mentions(world: &World) -> Result<bool> {
    let Some(oldest) = inbox::oldest(world.ports.clock.now()) else { return Ok(false) };
    Ok(world.ports.messages.forget_mentions(oldest, AT_ONCE).await? >= AT_ONCE)
}
