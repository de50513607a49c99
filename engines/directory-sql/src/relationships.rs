//! Friends and blocks. A pair has one row per side, read by its own user, and one version that survives both.

use crate::accounts::raced;
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{filled, int, list_len, opt_text, time, user, version};
use crate::store::{Bind, DirectorySql, Reads, Tx, failed};
use async_trait::async_trait;
use model::relationship::{
    Pair, Relationship, RelationshipAction, RelationshipKind, RelationshipRefusal, Transition, transition,
};
use model::{Timestamp, UserId};
use ports::Stored;
use ports::directory::relationships::{RelationshipLimits, Relationships};
use smallvec::smallvec;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashMap;

/// A row's kind.
pub(crate) fn kind_of(number: i64) -> Result<RelationshipKind, Fault> {
    u8::try_from(number)
        .ok()
        .and_then(RelationshipKind::from_u8)
        .ok_or(Fault::Corrupt("a relationship's kind is unknown"))
}

const fn number(kind: RelationshipKind) -> i64 {
    kind as i64
}

fn relationship_of(row: &AnyRow) -> Result<Relationship, Fault> {
    Ok(Relationship {
        other: user(row, 0)?,
        kind: kind_of(int(row, 1)?)?,
        nickname: opt_text(row, 2)?,
        since: time(row, 3)?,
    })
}

/// The pair's version, which nobody else raises before the transaction ends; `None` if it has none yet.
pub(crate) async fn pair_version(tx: &mut Tx, a: UserId, b: UserId) -> Result<Option<u64>, Fault> {
    let select = tx.locking("SELECT version FROM pairs WHERE low = ? AND high = ?");
    let row =
        sqlx::query(select).bind(a.min(b).as_i64()).bind(a.max(b).as_i64()).fetch_optional(tx.conn()).await?;
    row.map(|row| version(&row, 0)).transpose()
}

/// Raises the version that [`pair_version`] answered; the new one. Where there was none, the unique row makes one of
/// two sides that begin at the same time go again.
pub(crate) async fn raise(tx: &mut Tx, a: UserId, b: UserId, from: Option<u64>) -> Result<u64, Fault> {
    let next = from.map_or(1, |from| from + 1);
    let sql = match from {
        Some(_) => "UPDATE pairs SET version = ? WHERE low = ? AND high = ?",
        None => "INSERT INTO pairs (version, low, high) VALUES (?, ?, ?)",
    };
    sqlx::query(sql)
        .bind(i64::try_from(next).map_err(|_| Fault::Corrupt("a version is too high"))?)
        .bind(a.min(b).as_i64())
        .bind(a.max(b).as_i64())
        .execute(tx.conn())
        .await
        .map_err(raced)?;
    Ok(next)
}

async fn side(tx: &mut Tx, of: UserId, to: UserId) -> Result<Option<RelationshipKind>, Fault> {
    let select = tx.locking("SELECT kind FROM relationships WHERE user_id = ? AND other_id = ?");
    let row = sqlx::query(select).bind(of.as_i64()).bind(to.as_i64()).fetch_optional(tx.conn()).await?;
    row.map(|row| kind_of(int(&row, 0)?)).transpose()
}

/// Makes one side's row what it is to be; a nickname goes with the friendship that it was for.
async fn write_side(
    tx: &mut Tx,
    (of, to): (UserId, UserId),
    before: Option<RelationshipKind>,
    after: Option<RelationshipKind>,
    at: Timestamp,
) -> Result<(), Fault> {
    if before == after {
        return Ok(());
    }
    let query = match (before, after) {
        (_, None) => sqlx::query("DELETE FROM relationships WHERE user_id = ? AND other_id = ?"),
        (Some(_), Some(kind)) => sqlx::query(
            "UPDATE relationships SET kind = ?, since = ?, nickname = NULL WHERE user_id = ? AND other_id = ?",
        )
        .bind(number(kind))
        .bind(at.micros()),
        (None, Some(kind)) => sqlx::query(
            "INSERT INTO relationships (kind, since, nickname, user_id, other_id) VALUES (?, ?, NULL, ?, ?)",
        )
        .bind(number(kind))
        .bind(at.micros()),
    };
    query.bind(of.as_i64()).bind(to.as_i64()).execute(tx.conn()).await.map_err(raced)?;
    Ok(())
}

/// How many blocks, or how many friends and requests, a user has. Several writers on MySQL may each see room for one
/// more: the bound is then exceeded by as many as there are at once.
async fn count(tx: &mut Tx, of: UserId, blocks: bool) -> Result<usize, Fault> {
    let sql = if blocks {
        "SELECT COUNT(*) FROM relationships WHERE user_id = ? AND kind = 2"
    } else {
        "SELECT COUNT(*) FROM relationships WHERE user_id = ? AND kind <> 2"
    };
    let row = sqlx::query(sql).bind(of.as_i64()).fetch_one(tx.conn()).await?;
    usize::try_from(row.try_get::<i64, _>(0)?).map_err(|_| Fault::Corrupt("a count is negative"))
}

/// Whether this side gets a row that it has no room for. A row that only changes from a request to a friendship was
/// counted before.
async fn no_room(
    tx: &mut Tx,
    of: UserId,
    before: Option<RelationshipKind>,
    after: Option<RelationshipKind>,
    limits: RelationshipLimits,
) -> Result<bool, Fault> {
    const BLOCKED: Option<RelationshipKind> = Some(RelationshipKind::Blocked);
    if after == BLOCKED && before != BLOCKED {
        return Ok(count(tx, of, true).await? >= limits.blocks);
    }
    let counted = |kind: Option<RelationshipKind>| kind.is_some() && kind != BLOCKED;
    Ok(counted(after) && !counted(before) && count(tx, of, false).await? >= limits.friends)
}

struct Change {
    actor: UserId,
    other: UserId,
    action: RelationshipAction,
    at: Timestamp,
    limits: RelationshipLimits,
}

async fn change(tx: &mut Tx, change: &Change) -> Result<Result<Transition, RelationshipRefusal>, Fault> {
    let Change { actor, other, action, at, limits } = *change;
    let version = pair_version(tx, actor, other).await?;
    let before: Pair = (side(tx, actor, other).await?, side(tx, other, actor).await?);
    let after = match transition(before, action) {
        Ok(after) => after,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if before == after {
        return Ok(Ok(Transition { before, after, version: version.unwrap_or(0) }));
    }
    if no_room(tx, actor, before.0, after.0, limits).await?
        || no_room(tx, other, before.1, after.1, limits).await?
    {
        return Ok(Err(RelationshipRefusal::Limit));
    }
    let version = raise(tx, actor, other, version).await?;
    write_side(tx, (actor, other), before.0, after.0, at).await?;
    write_side(tx, (other, actor), before.1, after.1, at).await?;
    Ok(Ok(Transition { before, after, version }))
}

impl DirectorySql {
    /// How the first of each pair stands to the second, by one SELECT on the primary.
    async fn rows_of(&self, pairs: Vec<(UserId, UserId)>) -> Stored<HashMap<(UserId, UserId), Relationship>> {
        if let Some(served) = self.served() {
            served.cluster.figures.round_trips.add();
        }
        // Pairs side by side, not a list of pairs: MariaDB finds each by the primary key then.
        let marks = vec!["(user_id = ? AND other_id = ?)"; list_len(pairs.len())].join(" OR ");
        let sql = format!("SELECT other_id, kind, nickname, since, user_id FROM relationships WHERE {marks}");
        let ids = |(a, b): (UserId, UserId)| [Bind::Int(a.as_i64()), Bind::Int(b.as_i64())];
        let binds: Vec<Bind> = filled(&pairs).flat_map(ids).collect();
        let rows = self.rows(Reads::Decide, AssertSqlSafe(sql), &binds).await?;
        let read = |row: &AnyRow| {
            let relationship = relationship_of(row)?;
            Ok(((user(row, 4)?, relationship.other), relationship))
        };
        rows.iter().map(read).collect::<Result<_, Fault>>().map_err(failed)
    }
}

#[async_trait]
impl Relationships for DirectorySql {
    async fn relationships(&self, user: UserId) -> Stored<Vec<Relationship>> {
        let sql = "SELECT other_id, kind, nickname, since FROM relationships WHERE user_id = ?";
        let rows = self.rows(Reads::List, sql, &[user.as_i64().into()]).await?;
        rows.iter().map(relationship_of).collect::<Result<_, Fault>>().map_err(failed)
    }

    async fn relationship(&self, user: UserId, other: UserId) -> Stored<Option<Relationship>> {
        if let Some(served) = self.served() {
            served.cluster.figures.asked.add();
            let store = self.clone();
            let fetch = move |pairs| {
                let store = store.clone();
                async move { store.rows_of(pairs).await }
            };
            return served.relationships.get((user, other), fetch).await;
        }
        let sql =
            "SELECT other_id, kind, nickname, since FROM relationships WHERE user_id = ? AND other_id = ?";
        let row = self.row(Reads::Decide, sql, &[user.as_i64().into(), other.as_i64().into()]).await?;
        row.as_ref().map(relationship_of).transpose().map_err(failed)
    }

    async fn change_relationship(
        &self,
        actor: UserId,
        other: UserId,
        action: RelationshipAction,
        at: Timestamp,
        limits: RelationshipLimits,
    ) -> Stored<Result<Transition, RelationshipRefusal>> {
        if actor == other {
            // Nobody stands to oneself. Acts refuse it earlier, with a better answer.
            return Ok(Err(RelationshipRefusal::AlreadyFriends));
        }
        let args = Change { actor, other, action, at, limits };
        self.write(smallvec![Key::Pair(actor, other)], args, |tx, args| Box::pin(change(tx, args))).await
    }

    async fn set_nickname(
        &self,
        user: UserId,
        friend: UserId,
        nickname: Option<&str>,
    ) -> Stored<Option<Relationship>> {
        let args = (user, friend, nickname.map(str::to_owned));
        self.write(smallvec![], args, |tx, (user, friend, nickname)| {
            Box::pin(async move {
                let select = tx.locking(
                    "SELECT other_id, kind, nickname, since FROM relationships
                        WHERE user_id = ? AND other_id = ? AND kind = 1",
                );
                let row = sqlx::query(select)
                    .bind(user.as_i64())
                    .bind(friend.as_i64())
                    .fetch_optional(tx.conn())
                    .await?;
                let Some(row) = row else {
                    return Ok(None);
                };
                let relationship = relationship_of(&row)?;
                sqlx::query("UPDATE relationships SET nickname = ? WHERE user_id = ? AND other_id = ?")
                    .bind(nickname.clone())
                    .bind(user.as_i64())
                    .bind(friend.as_i64())
                    .execute(tx.conn())
                    .await?;
                Ok(Some(Relationship { nickname: nickname.clone(), ..relationship }))
            })
        })
        .await
    }

    async fn friends(&self, of: UserId) -> Stored<Vec<UserId>> {
        // Presence goes to them.
        let sql = "SELECT other_id FROM relationships WHERE user_id = ? AND kind = 1";
        let rows = self.rows(Reads::Decide, sql, &[of.as_i64().into()]).await?;
        rows.iter().map(|row| user(row, 0)).collect::<Result<_, Fault>>().map_err(failed)
    }
}
