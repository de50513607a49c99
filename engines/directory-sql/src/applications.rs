//! Applications and their bots.

use crate::accounts::{name_taken, raced};
use crate::devices::{insert, revoke_all};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{application, int, small, text, user};
use crate::store::{DirectorySql, Reads, Tx, failed};
use async_trait::async_trait;
use model::application::{Application, ApplicationChange};
use model::{ApplicationId, DeviceId, Timestamp, UserId};
use ports::Stored;
use ports::directory::applications::{ApplicationCreated, Applications};
use ports::directory::devices::NewDevice;
use smallvec::smallvec;
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns that [`application_of`] reads, in its order.
macro_rules! application_columns {
    () => {
        "a.id, a.owner, a.name, a.description, a.bot_public, a.flags, a.verify_key, a.tags"
    };
}

const APPLICATION: &str = concat!("SELECT ", application_columns!(), " FROM applications a WHERE a.id = ?");

fn application_of(row: &AnyRow) -> Result<Application, Fault> {
    Ok(Application {
        id: application(row, 0)?,
        owner: user(row, 1)?,
        name: text(row, 2)?,
        description: text(row, 3)?,
        bot_public: int(row, 4)? != 0,
        flags: small(row, 5)?,
        verify_key: text(row, 6)?,
        tags: serde_json::from_str(&text(row, 7)?)
            .map_err(|_| Fault::Corrupt("an application's tags cannot be read"))?,
    })
}

async fn locked(tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let select = tx.locking(APPLICATION);
    let row = sqlx::query(select).bind(id.as_i64()).fetch_optional(tx.conn()).await?;
    row.as_ref().map(application_of).transpose()
}

fn tags_json(tags: &[String]) -> Result<String, Fault> {
    serde_json::to_string(tags).map_err(|_| Fault::Corrupt("an application's tags cannot be written"))
}

struct Creation {
    new: Application,
    bot_username: String,
    cap: usize,
    at: Timestamp,
}

async fn create(tx: &mut Tx, creation: &Creation) -> Result<ApplicationCreated, Fault> {
    let Creation { new, bot_username, cap, at } = creation;
    // The owner's row makes its other creations wait, so that the count holds.
    let select = tx.locking("SELECT id FROM users WHERE id = ?");
    sqlx::query(select).bind(new.owner.as_i64()).fetch_optional(tx.conn()).await?;
    if let Some(there) = locked(tx, new.id).await? {
        // A repeated call whose first answer was lost.
        return Ok(ApplicationCreated::Created(there));
    }
    let count = sqlx::query("SELECT COUNT(*) FROM applications WHERE owner = ?")
        .bind(new.owner.as_i64())
        .fetch_one(tx.conn())
        .await?;
    if usize::try_from(count.try_get::<i64, _>(0)?).unwrap_or(usize::MAX) >= *cap {
        return Ok(ApplicationCreated::TooMany);
    }
    if name_taken(tx, bot_username, None).await? {
        return Ok(ApplicationCreated::UsernameTaken);
    }
    sqlx::query(
        "INSERT INTO users (id, username, bot, bot_owner, bio, pronouns, flags, session_version, created)
            VALUES (?, ?, 1, ?, '', '', 0, 1, ?)",
    )
    .bind(new.id.as_i64())
    .bind(bot_username.as_str())
    .bind(new.owner.as_i64())
    .bind(at.micros())
    .execute(tx.conn())
    .await
    .map_err(raced)?;
    sqlx::query(
        "INSERT INTO applications (id, owner, name, description, bot_public, flags, verify_key, tags, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.id.as_i64())
    .bind(new.owner.as_i64())
    .bind(new.name.as_str())
    .bind(new.description.as_str())
    .bind(i64::from(new.bot_public))
    .bind(i64::from(new.flags))
    .bind(new.verify_key.as_str())
    .bind(tags_json(&new.tags)?)
    .bind(at.micros())
    .execute(tx.conn())
    .await
    .map_err(raced)?;
    Ok(ApplicationCreated::Created(new.clone()))
}

async fn change(
    tx: &mut Tx,
    id: ApplicationId,
    change: &ApplicationChange,
) -> Result<Option<Application>, Fault> {
    let Some(mut application) = locked(tx, id).await? else {
        return Ok(None);
    };
    if let Some(name) = &change.name {
        application.name.clone_from(name);
    }
    if let Some(description) = &change.description {
        application.description.clone_from(description);
    }
    if let Some(bot_public) = change.bot_public {
        application.bot_public = bot_public;
    }
    if let Some(flags) = change.flags {
        application.flags = flags;
    }
    if let Some(tags) = &change.tags {
        application.tags.clone_from(tags);
    }
    sqlx::query(
        "UPDATE applications SET name = ?, description = ?, bot_public = ?, flags = ?, tags = ? WHERE id = ?",
    )
    .bind(application.name.as_str())
    .bind(application.description.as_str())
    .bind(i64::from(application.bot_public))
    .bind(i64::from(application.flags))
    .bind(tags_json(&application.tags)?)
    .bind(id.as_i64())
    .execute(tx.conn())
    .await?;
    Ok(Some(application))
}

async fn delete(tx: &mut Tx, id: ApplicationId) -> Result<Option<Vec<DeviceId>>, Fault> {
    if locked(tx, id).await?.is_none() {
        return Ok(None);
    }
    let bot = id.bot();
    let revoked = revoke_all(tx, bot, None).await?;
    sqlx::query("DELETE FROM applications WHERE id = ?").bind(id.as_i64()).execute(tx.conn()).await?;
    // Spaces are in no username that anybody may choose, so that this one is free.
    sqlx::query("UPDATE users SET username = ?, global_name = 'Deleted User', bot_owner = NULL WHERE id = ?")
        .bind(format!("deleted user {id}"))
        .bind(bot.as_i64())
        .execute(tx.conn())
        .await?;
    // The owner's right to talk with the bot ends: that is a change of every scope that the bot is in.
    sqlx::query("UPDATE pairs SET version = version + 1 WHERE low = ?")
        .bind(bot.as_i64())
        .execute(tx.conn())
        .await?;
    sqlx::query("UPDATE pairs SET version = version + 1 WHERE high = ?")
        .bind(bot.as_i64())
        .execute(tx.conn())
        .await?;
    Ok(Some(revoked))
}

#[async_trait]
impl Applications for DirectorySql {
    async fn create_application(
        &self,
        new: &Application,
        bot_username: &str,
        cap: usize,
        at: Timestamp,
    ) -> Stored<ApplicationCreated> {
        let keys = smallvec![Key::User(new.id.bot())];
        let args = Creation { new: new.clone(), bot_username: bot_username.to_owned(), cap, at };
        self.write(keys, args, |tx, args| Box::pin(create(tx, args))).await
    }

    async fn application(&self, id: ApplicationId) -> Stored<Option<Application>> {
        let row = self.row(Reads::Decide, APPLICATION, &[id.as_i64().into()]).await?;
        row.as_ref().map(application_of).transpose().map_err(failed)
    }

    async fn applications(&self, owner: UserId) -> Stored<Vec<Application>> {
        let sql = concat!(
            "SELECT ",
            application_columns!(),
            " FROM applications a WHERE a.owner = ? ORDER BY a.id"
        );
        let rows = self.rows(Reads::Show, sql, &[owner.as_i64().into()]).await?;
        rows.iter().map(application_of).collect::<Result<_, Fault>>().map_err(failed)
    }

    async fn change_application(
        &self,
        id: ApplicationId,
        changes: &ApplicationChange,
    ) -> Stored<Option<Application>> {
        self.write(smallvec![], (id, changes.clone()), |tx, (id, changes)| Box::pin(change(tx, *id, changes)))
            .await
    }

    async fn delete_application(&self, id: ApplicationId) -> Stored<Option<Vec<DeviceId>>> {
        let keys = smallvec![Key::User(id.bot()), Key::Sessions(id.bot())];
        self.write(keys, id, |tx, id| Box::pin(delete(tx, *id))).await
    }

    async fn reset_bot_token(&self, new: &NewDevice) -> Stored<Vec<DeviceId>> {
        self.write(smallvec![Key::Sessions(new.user)], new.clone(), |tx, new| {
            Box::pin(async move {
                let revoked = revoke_all(tx, new.user, Some(new.id)).await?;
                insert(tx, new).await?;
                Ok(revoked)
            })
        })
        .await
    }
}
