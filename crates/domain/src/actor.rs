//! Who acts.

use crate::{Error, Refusal, Result, World};
use model::device::{Principal, TokenKind};
use model::{DeviceId, UserId};

/// An authenticated account: proof that a valid token was shown for this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    principal: Principal,
}

impl Actor {
    /// The account.
    pub const fn user(&self) -> UserId {
        self.principal.user
    }

    /// The device whose token was shown.
    pub const fn device(&self) -> DeviceId {
        self.principal.device
    }

    /// Whether a bot acts.
    pub const fn is_bot(&self) -> bool {
        matches!(self.principal.kind, TokenKind::Bot)
    }

    /// Proof that a person acts.
    ///
    /// # Errors
    /// 20001 for bots.
    pub fn person(&self) -> Result<()> {
        if self.is_bot() { Err(Refusal::BotsNotAllowed.into()) } else { Ok(()) }
    }

    /// Proof that a bot acts.
    ///
    /// # Errors
    /// 20002 for people.
    pub fn bot(&self) -> Result<()> {
        if self.is_bot() { Ok(()) } else { Err(Refusal::OnlyBots.into()) }
    }
}

/// Whose token this is, by the authority. The kind that the caller claims must be the token's (`Bot ` prefix: a bot).
///
/// # Errors
/// `Unauthorized` for everything that is not a valid token of that kind.
pub async fn authenticate(world: &World, token: &str, kind: TokenKind) -> Result<Actor> {
    let Some(hash) = crate::secrets::token_hash(token, kind) else { return Err(Error::Unauthorized) };
    let principal = world.ports.directory.authenticate(&hash).await?.ok_or(Error::Unauthorized)?;
    if principal.kind != kind {
        return Err(Error::Unauthorized);
    }
    Ok(Actor { principal })
}

/// Whose token this is, whatever its kind: the gateway's IDENTIFY does not say.
///
/// # Errors
/// `Unauthorized` for everything that is not a valid token.
pub async fn authenticate_any(world: &World, token: &str) -> Result<Actor> {
    match authenticate(world, token, TokenKind::User).await {
        Err(Error::Unauthorized) => authenticate(world, token, TokenKind::Bot).await,
        other => other,
    }
}
