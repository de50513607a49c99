//! Applications and their bots.

use super::devices::NewDevice;
use crate::Stored;
use async_trait::async_trait;
use model::application::{Application, ApplicationChange};
use model::{ApplicationId, DeviceId, Timestamp, UserId};

/// What became of a new application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationCreated {
    /// It exists, and so does its bot user.
    Created(Application),
    /// The owner has as many as one may have.
    TooMany,
    /// The bot's username is taken.
    UsernameTaken,
}

/// Applications.
#[async_trait]
pub trait Applications: Send + Sync {
    /// Creates an application with its bot user (`bot_username`, already checked), at most `cap` per owner.
    async fn create_application(
        &self,
        new: &Application,
        bot_username: &str,
        cap: usize,
        at: Timestamp,
    ) -> Stored<ApplicationCreated>;

    /// An application.
    async fn application(&self, id: ApplicationId) -> Stored<Option<Application>>;

    /// A person's applications, oldest first.
    async fn applications(&self, owner: UserId) -> Stored<Vec<Application>>;

    /// Changes an application; as it is then. `None` if there is none.
    async fn change_application(
        &self,
        id: ApplicationId,
        change: &ApplicationChange,
    ) -> Stored<Option<Application>>;

    /// Deletes an application and its bot's devices; the bot's user row stays so that history is readable, without
    /// an owner and under a name that frees the old one. The revoked devices; `None` if there was none.
    async fn delete_application(&self, id: ApplicationId) -> Stored<Option<Vec<DeviceId>>>;

    /// Gives the bot a new token and revokes the old ones in the same transaction; the revoked devices.
    async fn reset_bot_token(&self, new: &NewDevice) -> Stored<Vec<DeviceId>>;
}
