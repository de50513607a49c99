//! What clients may ask, one file per opcode.

pub(crate) mod guild_subscriptions;
pub(crate) mod heartbeat;
pub(crate) mod identify;
pub(crate) mod presence_update;
pub(crate) mod request_guild_members;
pub(crate) mod resume;
pub(crate) mod voice_state_update;

use crate::Gateway;
use crate::close::for_error;
use domain::Actor;
use model::device::TokenKind;
use wire::gateway::close::Close;

/// Whose token it is. Libraries that write `Bot ` before it save the look for a person's token.
pub(crate) async fn authenticate(gateway: &Gateway, token: &str, says_bot: bool) -> Result<Actor, Close> {
    let found = if says_bot {
        domain::actor::authenticate(gateway.world(), token, TokenKind::Bot).await
    } else {
        domain::actor::authenticate_any(gateway.world(), token).await
    };
    found.map_err(|error| for_error(&error))
}
