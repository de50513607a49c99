//! Accounts and their settings.

use crate::Stored;
use async_trait::async_trait;
use model::settings::{GuildSettings, Settings};
use model::user::{Account, AccountChange, AccountSummary, Credentials, User};
use model::{DeviceId, GuildId, Timestamp, UserId};

/// An account that is to be.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its id.
    pub id: UserId,
    /// Its username, already checked.
    pub username: String,
    /// Its display name.
    pub global_name: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// PHC string.
    pub password_hash: String,
    /// SHA-256 of a registration code that must be used up with it.
    pub code: Option<[u8; 32]>,
    /// Now.
    pub at: Timestamp,
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// The account exists.
    Created(Account),
    /// Somebody has this username.
    UsernameTaken,
    /// Somebody has this e-mail address.
    EmailTaken,
    /// The registration code is unknown, used up or too old.
    CodeInvalid,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// The account as it is now.
    Account(Account),
    /// Somebody has this username.
    UsernameTaken,
    /// Somebody has this e-mail address.
    EmailTaken,
    /// No such account.
    Absent,
}

/// Changes what is stored; may be called again when a transaction is begun anew.
pub type GuildSettingsEdit = Box<dyn Fn(&mut GuildSettings) + Send + Sync>;

/// Accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Creates an account; uses up the code in the same transaction.
    async fn create_account(&self, new: &NewAccount) -> Stored<Registered>;

    /// An account.
    async fn account(&self, id: UserId) -> Stored<Option<Account>>;

    /// The public parts of these accounts, in no order; unknown ids are left out.
    async fn users(&self, ids: &[UserId]) -> Stored<Vec<User>>;

    /// The account with exactly this username.
    async fn user_by_name(&self, username: &str) -> Stored<Option<User>>;

    /// The password hash of the person with this username or e-mail address; never a bot's.
    async fn credentials(&self, login: &str) -> Stored<Option<Credentials>>;

    /// The password hash of this person.
    async fn credentials_of(&self, id: UserId) -> Stored<Option<Credentials>>;

    /// Changes an account. A bot's name may be changed too.
    async fn change_account(&self, id: UserId, change: &AccountChange) -> Stored<Changed>;

    /// Sets a password and revokes every device but `keep`, in one transaction; the revoked ones.
    async fn set_password(
        &self,
        id: UserId,
        password_hash: &str,
        keep: Option<DeviceId>,
    ) -> Stored<Vec<DeviceId>>;

    /// Settings; defaults for an account that never changed them.
    async fn settings(&self, id: UserId) -> Stored<Settings>;

    /// Stores settings.
    async fn set_settings(&self, id: UserId, settings: &Settings) -> Stored<()>;

    /// What this person is told of, guild by guild (private channels first), where it was ever changed. Guilds that it has left may
    /// be among them.
    async fn guild_settings(&self, id: UserId) -> Stored<Vec<GuildSettings>>;

    /// Changes what this person is told of in a guild, `None`: in private channels; as it is then. The edit does not change which
    /// guild it is. Forgets those of guilds that it is not in any more, so that there are never more than guilds that one may join.
    async fn change_guild_settings(
        &self,
        id: UserId,
        guild: Option<GuildId>,
        edit: GuildSettingsEdit,
    ) -> Stored<GuildSettings>;

    /// People above `after` by id, up to `limit`.
    async fn accounts(&self, after: Option<UserId>, limit: usize) -> Stored<Vec<AccountSummary>>;

    /// Stores the hash of a registration code that can be used `uses` times until `expires`.
    async fn create_code(&self, code: [u8; 32], uses: u32, expires: Timestamp) -> Stored<()>;
}
