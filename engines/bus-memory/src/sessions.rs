//! There is no other node that could take a session up: those of this process are in its gateway.

use async_trait::async_trait;
use model::event::Envelope;
use model::{GuildId, UserId};
use ports::Stored;
use ports::bus::{Mark, Position};
use ports::sessions::{ParkedSession, Sessions};

/// Keeps nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct SessionsMemory;

#[async_trait]
impl Sessions for SessionsMemory {
    async fn park(&self, _: &ParkedSession) -> Stored<()> {
        Ok(())
    }

    async fn take(&self, _: u128) -> Stored<Option<ParkedSession>> {
        Ok(None)
    }

    async fn forget(&self, _: u128) -> Stored<()> {
        Ok(())
    }

    async fn heard(
        &self,
        _: UserId,
        _: &[GuildId],
        _: Position,
        _: std::time::Duration,
    ) -> Stored<Option<Vec<(Envelope, Mark)>>> {
        Ok(None)
    }
}
