//! Devices and their tokens.

use crate::accounts::raced;
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{LIST, cut, device, filled, int, padded, text, time, user, with_list};
use crate::store::{Bind, DirectorySql, Reads, Tx, failed};
use async_trait::async_trait;
use model::device::{Device, Principal, TokenKind};
use model::{DeviceId, Timestamp, UserId};
use ports::Stored;
use ports::directory::devices::{Devices, NewDevice};
use smallvec::smallvec;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

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

fn principal_of(row: &AnyRow) -> Result<Principal, Fault> {
    Ok(Principal { device: device(row, 0)?, user: user(row, 1)?, kind: kind_of(int(row, 2)?)? })
}

impl DirectorySql {
    /// Whose tokens have these hashes, by one SELECT on the primary.
    async fn principals(&self, hashes: Vec<[u8; 32]>) -> Stored<HashMap<[u8; 32], Principal>> {
        if let Some(served) = self.served() {
            served.cluster.figures.round_trips.add();
        }
        let head = "SELECT id, user_id, kind, token_hash FROM devices WHERE token_hash IN";
        let binds: Vec<Bind> = filled(&hashes).map(|hash| Bind::Bytes(hash.to_vec())).collect();
        let rows = self.rows(Reads::Decide, with_list(head, hashes.len(), ""), &binds).await?;
        let read = |row: &AnyRow| {
            let hash = <[u8; 32]>::try_from(row.try_get::<Vec<u8>, _>(3)?)
                .map_err(|_| Fault::Corrupt("a token's hash is not one"))?;
            Ok((hash, principal_of(row)?))
        };
        rows.iter().map(read).collect::<Result<_, Fault>>().map_err(failed)
    }
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
        if let Some(served) = self.served() {
            served.cluster.figures.asked.add();
            let store = self.clone();
            let fetch = move |hashes| {
                let store = store.clone();
                async move { store.principals(hashes).await }
            };
            return served.principals.get(*token_hash, fetch).await;
        }
        let sql = "SELECT id, user_id, kind FROM devices WHERE token_hash = ?";
        let row = self.row(Reads::Decide, sql, &[Bind::Bytes(token_hash.to_vec())]).await?;
        let Some(row) = row else {
            // Not kept: whoever tries tokens must not push good ones out of the cache.
            return Ok(None);
        };
        let principal = principal_of(&row).map_err(failed)?;
        if let (Some(caches), Some(moment)) = (caches, moment) {
            caches.principals.put(*token_hash, principal, moment, [Key::Sessions(principal.user)]);
        }
        Ok(Some(principal))
    }

    async fn devices(&self, user: UserId) -> Stored<Vec<Device>> {
        let sql = "SELECT id, user_id, os, client, created, last_used FROM devices WHERE user_id = ?
            ORDER BY last_used DESC, id DESC";
        let rows = self.rows(Reads::Decide, sql, &[user.as_i64().into()]).await?;
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
