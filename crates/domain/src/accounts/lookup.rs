//! Users by id, for rendering.

use crate::{Result, World};
use model::UserId;
use model::user::User;
use std::collections::{HashMap, HashSet};

/// Users by id. Who is gone is shown as a deleted user.
pub(crate) struct Users(HashMap<UserId, User>);

impl Users {
    /// Reads these users at once.
    pub(crate) async fn load(world: &World, ids: impl IntoIterator<Item = UserId>) -> Result<Self> {
        let ids: HashSet<UserId> = ids.into_iter().collect();
        let ids: Vec<UserId> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let users = world.ports.directory.users(&ids).await?;
        Ok(Self(users.into_iter().map(|user| (user.id, user)).collect()))
    }

    /// The user.
    pub(crate) fn get(&self, id: UserId) -> User {
        self.0.get(&id).cloned().unwrap_or_else(|| User::deleted(id))
    }

    /// These users, in this order.
    pub(crate) fn all(&self, ids: impl IntoIterator<Item = UserId>) -> Vec<User> {
        ids.into_iter().map(|id| self.get(id)).collect()
    }
}

/// One user.
pub(crate) async fn user(world: &World, id: UserId) -> Result<User> {
    Ok(Users::load(world, [id]).await?.get(id))
}
