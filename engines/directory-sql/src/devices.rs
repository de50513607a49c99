//! Devices and their tokens.

use crate::accounts::raced;
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{LIST, cut, device, int, padded, text, time, user, with_list};
use crate::store::{DirectorySql, Tx, failed};
use async_trait::async_trait;
use model::device::{Device, Principal, TokenKind};
use model::{DeviceId, Timestamp, UserId};
use ports::Stored;
use ports::directory::devices::{Devices, NewDevice};
use smallvec::smallvec;
use sqlx::Row;
use sqlx::any::AnyRow;

/// How exact `last_used` is.
const TOUCH_EVERY_MICROS: i64 = 600 * 1_000_000;

/// Longest text that is kept of what a client says of itself, in characters.
const SELF_DESCRIPTION: usize = 128;

const fn number(kind: TokenKind) -> i64 {
    match kind {
        TokenKind::User => 0,
        TokenKind::Bot => 1,
    }
}

fn kind_of(number: i64) -> Result<TokenKind, Fault> {
    match number {
        0 => Ok(TokenKind::User),
        1 => Ok(TokenKind::Bot),
        _ => Err(Fault::Corrupt("a token's kind is unknown")),
    }
}

/// Stores a device; a repeated call whose first answer was lost finds it there.
pub(crate) async fn insert(tx: &mut Tx, new: &NewDevice) -> Result<(), Fault> {
    let row = sqlx::query("SELECT token_hash FROM devices WHERE id = ? AND user_id = ?")
        .bind(new.id.as_i64())
        .bind(new.user.as_i64())
        .fetch_optional(tx.conn())
        .await?;
    if let Some(row) = row
        && row.try_get::<Vec<u8>, _>(0)? == new.token_hash
    {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO devices (id, user_id, kind, token_hash, os, client, created, last_used)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.id.as_i64())
    .bind(new.user.as_i64())
    .bind(number(new.kind))
    .bind(new.token_hash.to_vec())
    .bind(cut(&new.os, SELF_DESCRIPTION))
    .bind(cut(&new.client, SELF_DESCRIPTION))
    .bind(new.at.micros())
    .bind(new.at.micros())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes other sign-ins and revocations of this user wait for this transaction.
async fn lock_sessions(tx: &mut Tx, user: UserId) -> Result<(), Fault> {
    let select = tx.locking("SELECT session_version FROM users WHERE id = ?");
    sqlx::query(select).bind(user.as_i64()).fetch_optional(tx.conn()).await?;
    Ok(())
}

/// A user's devices, used last first.
async fn ids(tx: &mut Tx, user: UserId) -> Result<Vec<DeviceId>, Fault> {
    let rows = sqlx::query("SELECT id FROM devices WHERE user_id = ? ORDER BY last_used DESC, id DESC")
        .bind(user.as_i64())
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| device(row, 0)).collect()
}

/// Deletes these devices and raises the version of the user's sessions.
async fn delete(tx: &mut Tx, user: UserId, gone: &[DeviceId]) -> Result<(), Fault> {
    if gone.is_empty() {
        return Ok(());
    }
    let gone: Vec<i64> = gone.iter().map(|id| id.as_i64()).collect();
    for ids in gone.chunks(LIST) {
        let mut query =
            sqlx::query(with_list("DELETE FROM devices WHERE user_id = ? AND id IN", ids.len(), ""))
                .bind(user.as_i64());
        for id in padded(ids) {
            query = query.bind(id);
        }
        query.execute(tx.conn()).await?;
    }
    sqlx::query("UPDATE users SET session_version = session_version + 1 WHERE id = ?")
        .bind(user.as_i64())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Revokes every device but one; the revoked ones.
pub(crate) async fn revoke_all(
    tx: &mut Tx,
    user: UserId,
    keep: Option<DeviceId>,
) -> Result<Vec<DeviceId>, Fault> {
    lock_sessions(tx, user).await?;
    let mut gone = ids(tx, user).await?;
    gone.retain(|id| Some(*id) != keep);
    delete(tx, user, &gone).await?;
    Ok(gone)
}

fn device_of(row: &AnyRow) -> Result<Device, Fault> {
    Ok(Device {
        id: device(row, 0)?,
        user: user(row, 1)?,
        os: text(row, 2)?,
        client: text(row, 3)?,
        created: time(row, 4)?,
        last_used: time(row, 5)?,
    })
}

#[async_trait]
impl Devices for DirectorySql {
    async fn sign_in(&self, new: &NewDevice, cap: usize) -> Stored<Vec<DeviceId>> {
        let keys = smallvec![Key::Sessions(new.user)];
        self.write(keys, (new.clone(), cap), |tx, (new, cap)| {
            Box::pin(async move {
                lock_sessions(tx, new.user).await?;
                insert(tx, new).await.map_err(|fault| match fault {
                    Fault::Sql(error) => raced(error),
                    other => other,
                })?;
                // The new one stays whatever the clock said when the others were used.
                let mut others = ids(tx, new.user).await?;
                others.retain(|id| *id != new.id);
                let gone = others.split_off(others.len().min(cap.saturating_sub(1)));
                delete(tx, new.user, &gone).await?;
                Ok(gone)
            })
        })
        .await
    }

    async fn authenticate(&self, token_hash: &[u8; 32]) -> Stored<Option<Principal>> {
        let caches = self.inner.caches.as_ref();
        if let Some(principal) = caches.and_then(|caches| caches.principals.get(&caches.fence, token_hash)) {
            return Ok(Some(principal));
        }
        let moment = caches.map(|caches| caches.fence.moment());
        let row = sqlx::query("SELECT id, user_id, kind FROM devices WHERE token_hash = ?")
            .bind(token_hash.to_vec())
            .fetch_optional(self.reader())
            .await
            .map_err(failed)?;
        let Some(row) = row else {
            // Not kept: whoever tries tokens must not push good ones out of the cache.
            return Ok(None);
        };
        let read = || -> Result<Principal, Fault> {
            Ok(Principal { device: device(&row, 0)?, user: user(&row, 1)?, kind: kind_of(int(&row, 2)?)? })
        };
        let principal = read().map_err(failed)?;
        if let (Some(caches), Some(moment)) = (caches, moment) {
            caches.principals.put(*token_hash, principal, moment, [Key::Sessions(principal.user)]);
        }
        Ok(Some(principal))
    }

    async fn devices(&self, user: UserId) -> Stored<Vec<Device>> {
        let rows = sqlx::query(
            "SELECT id, user_id, os, client, created, last_used FROM devices WHERE user_id = ?
                ORDER BY last_used DESC, id DESC",
        )
        .bind(user.as_i64())
        .fetch_all(self.reader())
        .await
        .map_err(failed)?;
        rows.iter().map(device_of).collect::<Result<_, Fault>>().map_err(failed)
    }

    async fn revoke(&self, user: UserId, devices: &[DeviceId]) -> Stored<Vec<DeviceId>> {
        let args = (user, devices.to_vec());
        self.write(smallvec![Key::Sessions(user)], args, |tx, (user, devices)| {
            Box::pin(async move {
                lock_sessions(tx, *user).await?;
                let mut gone = ids(tx, *user).await?;
                gone.retain(|id| devices.contains(id));
                delete(tx, *user, &gone).await?;
                Ok(gone)
            })
        })
        .await
    }

    async fn touch(&self, device: DeviceId, at: Timestamp) -> Stored<()> {
        let (touched, fence) = (&self.inner.touched, &self.inner.touch_fence);
        let at = at.micros();
        if touched.get(fence, &device).is_some_and(|last| at < last.saturating_add(TOUCH_EVERY_MICROS)) {
            return Ok(());
        }
        touched.put(device, at, fence.moment(), []);
        self.write(smallvec![], (device, at), |tx, (device, at)| {
            Box::pin(async move {
                sqlx::query("UPDATE devices SET last_used = ? WHERE id = ? AND last_used <= ?")
                    .bind(*at)
                    .bind(device.as_i64())
                    .bind(at.saturating_sub(TOUCH_EVERY_MICROS))
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
