//! Message ids that a client fetches before it sends.

use crate::{Actor, FormErrors, Result, World};
use model::limits;

/// Keys for sends, bound to the actor. Nothing is stored until one is used, and one never expires.
///
/// # Errors
/// A form error for a count outside 1 to 50.
pub async fn issue(world: &World, actor: &Actor, count: usize) -> Result<Vec<String>> {
    if !(1..=limits::MESSAGE_IDS).contains(&count) {
        return Err(
            FormErrors::one("count", "NUMBER_TYPE_MAX", "int value should be between 1 and 50.").into()
        );
    }
    (0..count).map(|_| Ok(world.message_keys.issue(actor.user(), world.mint()?))).collect()
}
