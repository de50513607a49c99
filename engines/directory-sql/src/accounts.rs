//! Accounts and their settings.

use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{self, LIST, USER_COLUMNS, opt_text, padded, public, text, user, user_columns, with_list};
use crate::store::{Bind, DirectorySql, Reads, Tx, failed};
use async_trait::async_trait;
use model::settings::{GuildSettings, Settings};
use model::user::{Account, AccountChange, AccountSummary, Credentials, User};
use model::{DeviceId, GuildId, Timestamp, UserId};
use ports::directory::accounts::{Accounts, Changed, GuildSettingsEdit, NewAccount, Registered};
use ports::{StoreError, Stored};
use smallvec::smallvec;
use sqlx::any::AnyRow;

const ACCOUNT: &str =
    concat!("SELECT ", user_columns!(), ", u.email, u.bio, u.pronouns FROM users u WHERE u.id = ?");

fn account_of(row: &AnyRow) -> Result<Account, Fault> {
    Ok(Account {
        user: public(row)?,
        email: opt_text(row, USER_COLUMNS)?,
        bio: text(row, USER_COLUMNS + 1)?,
        pronouns: text(row, USER_COLUMNS + 2)?,
    })
}

/// An account, which nobody else changes before the transaction ends.
async fn locked(tx: &mut Tx, id: UserId) -> Result<Option<Account>, Fault> {
    let select = tx.locking(ACCOUNT);
    let row = sqlx::query(select).bind(id.as_i64()).fetch_optional(tx.conn()).await?;
    row.as_ref().map(account_of).transpose()
}

/// What is stored of a person's settings for guilds.
fn guild_settings_of(json: &str) -> Result<GuildSettings, Fault> {
    serde_json::from_str(json).map_err(|_| Fault::Corrupt("a user's settings for a guild cannot be read"))
}

/// Whether another account has this username.
pub(crate) async fn name_taken(tx: &mut Tx, username: &str, but: Option<UserId>) -> Result<bool, Fault> {
    let row = sqlx::query("SELECT id FROM users WHERE username = ?")
        .bind(username)
        .fetch_optional(tx.conn())
        .await?;
    let holder = row.map(|row| user(&row, 0)).transpose()?;
    Ok(holder.is_some() && holder != but)
}

async fn email_taken(tx: &mut Tx, email: &str, but: Option<UserId>) -> Result<bool, Fault> {
    let row =
        sqlx::query("SELECT id FROM users WHERE email = ?").bind(email).fetch_optional(tx.conn()).await?;
    let holder = row.map(|row| user(&row, 0)).transpose()?;
    Ok(holder.is_some() && holder != but)
}

/// An insert or update that lost a race for a unique name: begun again, the transaction sees the winner.
pub(crate) fn raced(error: sqlx::Error) -> Fault {
    if error.as_database_error().is_some_and(|error| error.is_unique_violation()) {
        Fault::Again
    } else {
        Fault::Sql(error)
    }
}

async fn code_is_good(tx: &mut Tx, code: [u8; 32], at: Timestamp) -> Result<bool, Fault> {
    let select = tx.locking("SELECT uses, expires FROM registration_codes WHERE hash = ?");
    let row = sqlx::query(select).bind(code.to_vec()).fetch_optional(tx.conn()).await?;
    Ok(match row {
        Some(row) => row::int(&row, 0)? > 0 && row::time(&row, 1)? > at,
        None => false,
    })
}

async fn use_up(tx: &mut Tx, code: [u8; 32]) -> Result<(), Fault> {
    sqlx::query("UPDATE registration_codes SET uses = uses - 1 WHERE hash = ?")
        .bind(code.to_vec())
        .execute(tx.conn())
        .await?;
    sqlx::query("DELETE FROM registration_codes WHERE hash = ? AND uses <= 0")
        .bind(code.to_vec())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Makes an account, unless its name is taken.
pub(crate) async fn create(tx: &mut Tx, new: &NewAccount) -> Result<Registered, Fault> {
    if let Some(account) = locked(tx, new.id).await? {
        // A repeated call whose first answer was lost.
        return Ok(if account.user.username == new.username {
            Registered::Created(account)
        } else {
            Registered::UsernameTaken
        });
    }
    // The code first: without one, nobody learns which names there are.
    if let Some(code) = new.code
        && !code_is_good(tx, code, new.at).await?
    {
        return Ok(Registered::CodeInvalid);
    }
    if name_taken(tx, &new.username, None).await? {
        return Ok(Registered::UsernameTaken);
    }
    if let Some(email) = &new.email
        && email_taken(tx, email, None).await?
    {
        return Ok(Registered::EmailTaken);
    }
    if let Some(code) = new.code {
        use_up(tx, code).await?;
    }
    sqlx::query(
        "INSERT INTO users (id, username, global_name, email, password_hash, bot, bio, pronouns, flags,
            session_version, created) VALUES (?, ?, ?, ?, ?, 0, '', '', 0, 1, ?)",
    )
    .bind(new.id.as_i64())
    .bind(new.username.as_str())
    .bind(new.global_name.clone())
    .bind(new.email.clone())
    .bind(new.password_hash.as_str())
    .bind(new.at.micros())
    .execute(tx.conn())
    .await
    .map_err(raced)?;
    locked(tx, new.id).await?.map(Registered::Created).ok_or(Fault::Again)
}

async fn apply(tx: &mut Tx, id: UserId, change: &AccountChange) -> Result<Changed, Fault> {
    let Some(mut account) = locked(tx, id).await? else {
        return Ok(Changed::Absent);
    };
    if let Some(username) = &change.username {
        if name_taken(tx, username, Some(id)).await? {
            return Ok(Changed::UsernameTaken);
        }
        account.user.username.clone_from(username);
    }
    if let Some(email) = &change.email {
        if let Some(email) = email
            && email_taken(tx, email, Some(id)).await?
        {
            return Ok(Changed::EmailTaken);
        }
        account.email.clone_from(email);
    }
    if let Some(global_name) = &change.global_name {
        account.user.global_name.clone_from(global_name);
    }
    if let Some(bio) = &change.bio {
        account.bio.clone_from(bio);
    }
    if let Some(pronouns) = &change.pronouns {
        account.pronouns.clone_from(pronouns);
    }
    if let Some(color) = change.accent_color {
        account.user.accent_color = color;
    }
    sqlx::query(
        "UPDATE users SET username = ?, email = ?, global_name = ?, bio = ?, pronouns = ?, accent_color = ?
            WHERE id = ?",
    )
    .bind(account.user.username.as_str())
    .bind(account.email.clone())
    .bind(account.user.global_name.clone())
    .bind(account.bio.as_str())
    .bind(account.pronouns.as_str())
    .bind(account.user.accent_color.map(i64::from))
    .bind(id.as_i64())
    .execute(tx.conn())
    .await
    .map_err(raced)?;
    Ok(Changed::Account(account))
}

fn credentials_of_row(row: Option<AnyRow>) -> Result<Option<Credentials>, Fault> {
    row.map(|row| Ok(Credentials { user: user(&row, 0)?, password_hash: text(&row, 1)? })).transpose()
}

#[async_trait]
impl Accounts for DirectorySql {
    async fn create_account(&self, new: &NewAccount) -> Stored<Registered> {
        let keys = smallvec![Key::User(new.id)];
        self.write(keys, new.clone(), |tx, new| Box::pin(create(tx, new))).await
    }

    async fn account(&self, id: UserId) -> Stored<Option<Account>> {
        let row = self.row(Reads::Show, ACCOUNT, &[id.as_i64().into()]).await?;
        row.as_ref().map(account_of).transpose().map_err(failed)
    }

    async fn users(&self, ids: &[UserId]) -> Stored<Vec<User>> {
        let mut found = Vec::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            match self.inner.caches.as_ref().and_then(|caches| caches.users.get(&caches.fence, id)) {
                Some(user) => found.push(user),
                None => missing.push(id.as_i64()),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        for ids in missing.chunks(LIST) {
            let moment = self.inner.caches.as_ref().map(|caches| caches.fence.moment());
            let head = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id IN");
            let binds: Vec<Bind> = padded(ids).map(Bind::Int).collect();
            for row in self.rows(Reads::Show, with_list(head, ids.len(), ""), &binds).await? {
                let user = public(&row).map_err(failed)?;
                if let (Some(caches), Some(moment)) = (&self.inner.caches, moment) {
                    caches.users.put(user.id, user.clone(), moment, [Key::User(user.id)]);
                }
                found.push(user);
            }
        }
        Ok(found)
    }

    async fn user_by_name(&self, username: &str) -> Stored<Option<User>> {
        let sql = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.username = ?");
        let row = self.row(Reads::Decide, sql, &[username.into()]).await?;
        row.as_ref().map(public).transpose().map_err(failed)
    }

    async fn credentials(&self, login: &str) -> Stored<Option<Credentials>> {
        // Usernames hold no `@`, so that at most one of the two matches; each has its own index.
        let sql = if login.contains('@') {
            "SELECT id, password_hash FROM users WHERE email = ? AND bot = 0 AND password_hash IS NOT NULL"
        } else {
            "SELECT id, password_hash FROM users WHERE username = ? AND bot = 0 AND password_hash IS NOT NULL"
        };
        let row = self.row(Reads::Decide, sql, &[login.into()]).await?;
        credentials_of_row(row).map_err(failed)
    }

    async fn credentials_of(&self, id: UserId) -> Stored<Option<Credentials>> {
        let sql =
            "SELECT id, password_hash FROM users WHERE id = ? AND bot = 0 AND password_hash IS NOT NULL";
        let row = self.row(Reads::Decide, sql, &[id.as_i64().into()]).await?;
        credentials_of_row(row).map_err(failed)
    }

    async fn change_account(&self, id: UserId, change: &AccountChange) -> Stored<Changed> {
        let keys = smallvec![Key::User(id)];
        self.write(keys, (id, change.clone()), |tx, (id, change)| Box::pin(apply(tx, *id, change))).await
    }

    async fn set_password(
        &self,
        id: UserId,
        password_hash: &str,
        keep: Option<DeviceId>,
    ) -> Stored<Vec<DeviceId>> {
        let args = (id, password_hash.to_owned(), keep);
        self.write(smallvec![Key::Sessions(id)], args, |tx, (id, hash, keep)| {
            Box::pin(async move {
                let set = sqlx::query("UPDATE users SET password_hash = ? WHERE id = ? AND bot = 0")
                    .bind(hash.as_str())
                    .bind(id.as_i64())
                    .execute(tx.conn())
                    .await?;
                if set.rows_affected() == 0 {
                    return Ok(Vec::new());
                }
                crate::devices::revoke_all(tx, *id, *keep).await
            })
        })
        .await
    }

    async fn settings(&self, id: UserId) -> Stored<Settings> {
        let sql = "SELECT settings FROM users WHERE id = ?";
        let row = self.row(Reads::Show, sql, &[id.as_i64().into()]).await?;
        match row.map(|row| opt_text(&row, 0)).transpose().map_err(failed)?.flatten() {
            None => Ok(Settings::default()),
            Some(json) => serde_json::from_str(&json)
                .map_err(|_| failed(Fault::Corrupt("a user's settings cannot be read"))),
        }
    }

    async fn set_settings(&self, id: UserId, settings: &Settings) -> Stored<()> {
        let json = serde_json::to_string(settings)
            .map_err(|_| StoreError::Corrupt("the settings cannot be written".into()))?;
        self.write(smallvec![], (id, json), |tx, (id, json)| {
            Box::pin(async move {
                sqlx::query("UPDATE users SET settings = ? WHERE id = ?")
                    .bind(json.as_str())
                    .bind(id.as_i64())
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }

    async fn guild_settings(&self, id: UserId) -> Stored<Vec<GuildSettings>> {
        let sql = "SELECT settings FROM guild_settings WHERE user_id = ? ORDER BY guild_id";
        let rows = self.rows(Reads::Show, sql, &[id.as_i64().into()]).await?;
        rows.iter().map(|row| guild_settings_of(&text(row, 0)?)).collect::<Result<_, _>>().map_err(failed)
    }

    async fn change_guild_settings(
        &self,
        id: UserId,
        guild: Option<GuildId>,
        edit: GuildSettingsEdit,
    ) -> Stored<GuildSettings> {
        self.write(smallvec![], (id, guild, edit), |tx, (id, guild, edit)| {
            Box::pin(async move {
                // The account's row is the lock of its settings.
                locked(tx, *id).await?;
                let key = guild.map_or(0, GuildId::as_i64);
                let row =
                    sqlx::query("SELECT settings FROM guild_settings WHERE user_id = ? AND guild_id = ?")
                        .bind(id.as_i64())
                        .bind(key)
                        .fetch_optional(tx.conn())
                        .await?;
                let before = row.map(|row| guild_settings_of(&text(&row, 0)?)).transpose()?;
                let is_new = before.is_none();
                let mut after = before.unwrap_or_default();
                edit(&mut after);
                after.guild = *guild;
                let json = serde_json::to_string(&after)
                    .map_err(|_| Fault::Corrupt("a user's settings for a guild cannot be written"))?;
                let sql = if is_new {
                    "INSERT INTO guild_settings (settings, user_id, guild_id) VALUES (?, ?, ?)"
                } else {
                    "UPDATE guild_settings SET settings = ? WHERE user_id = ? AND guild_id = ?"
                };
                sqlx::query(sql).bind(json.as_str()).bind(id.as_i64()).bind(key).execute(tx.conn()).await?;
                if is_new {
                    sqlx::query(
                        "DELETE FROM guild_settings WHERE user_id = ? AND guild_id <> 0 AND guild_id <> ?
                            AND guild_id NOT IN (SELECT guild_id FROM guild_members WHERE user_id = ?)",
                    )
                    .bind(id.as_i64())
                    .bind(key)
                    .bind(id.as_i64())
                    .execute(tx.conn())
                    .await?;
                }
                Ok(after)
            })
        })
        .await
    }

    async fn accounts(&self, after: Option<UserId>, limit: usize) -> Stored<Vec<AccountSummary>> {
        let sql = concat!(
            "SELECT ",
            user_columns!(),
            ", (SELECT COUNT(*) FROM devices d WHERE d.user_id = u.id)",
            ", (SELECT MAX(d.last_used) FROM devices d WHERE d.user_id = u.id)",
            " FROM users u WHERE u.bot = 0 AND u.id > ? ORDER BY u.id LIMIT ?"
        );
        let limit = i64::try_from(limit.min(PAGE)).unwrap_or(i64::MAX);
        let after = after.map_or(0, UserId::as_i64);
        let rows = self.rows(Reads::Show, sql, &[after.into(), limit.into()]).await?;
        let summary = |row: &AnyRow| {
            Ok(AccountSummary {
                user: public(row)?,
                devices: row::small(row, USER_COLUMNS)?,
                last_used: row::opt_int(row, USER_COLUMNS + 1)?.map(Timestamp::from_micros),
            })
        };
        rows.iter().map(summary).collect::<Result<_, Fault>>().map_err(failed)
    }

    async fn create_code(&self, code: [u8; 32], uses: u32, expires: Timestamp) -> Stored<()> {
        self.write(smallvec![], (code, uses, expires), |tx, (code, uses, expires)| {
            Box::pin(async move {
                let select = tx.locking("SELECT uses FROM registration_codes WHERE hash = ?");
                let there = sqlx::query(select).bind(code.to_vec()).fetch_optional(tx.conn()).await?;
                if there.is_some() || *uses == 0 {
                    // Repeated, or good for nothing.
                    return Ok(());
                }
                sqlx::query("INSERT INTO registration_codes (hash, uses, expires) VALUES (?, ?, ?)")
                    .bind(code.to_vec())
                    .bind(i64::from(*uses))
                    .bind(expires.micros())
                    .execute(tx.conn())
                    .await
                    .map_err(raced)?;
                Ok(())
            })
        })
        .await
    }
}

/// Most accounts in one page.
const PAGE: usize = 1000;
