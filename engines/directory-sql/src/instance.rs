//! What all nodes of an instance share.

use crate::accounts::raced;
use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::options::LeaseClock;
use crate::row::{int, text};
use crate::store::{DirectorySql, Tx};
use async_trait::async_trait;
use model::Timestamp;
use model::snowflake::WORKERS;
use ports::directory::instance::Instance;
use ports::{StoreError, Stored};
use smallvec::smallvec;
use sqlx::Row;

/// How long after its end by the database's clock a lease is taken over: a promoted server's clock may be behind.
const TAKEOVER_AFTER: i64 = 5 * 1_000_000;

/// A span of time by the clock that leases run out by.
struct Term {
    /// Now, in microseconds.
    now: i64,
    /// The end of a lease that is taken now.
    until: i64,
    /// Leases that end after this are still held.
    held_after: i64,
}

async fn term(tx: &mut Tx, clock: LeaseClock, now: Timestamp, until: Timestamp) -> Result<Term, Fault> {
    let (now, until) = (now.micros(), until.micros());
    match clock {
        LeaseClock::Callers => Ok(Term { now, until, held_after: now }),
        LeaseClock::Database => {
            let sql = "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)";
            let database = int(&sqlx::query(sql).fetch_one(tx.conn()).await?, 0)?;
            let until = database.saturating_add(until.saturating_sub(now));
            Ok(Term { now: database, until, held_after: database.saturating_sub(TAKEOVER_AFTER) })
        }
    }
}

async fn lease(
    tx: &mut Tx,
    clock: LeaseClock,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<u16>, Fault> {
    // One node after the other: else those that start together would all try the same number. The row is always there.
    let select = tx.locking("SELECT version FROM schema_version WHERE id = 1");
    sqlx::query(select).fetch_optional(tx.conn()).await?;
    // Read after the wait for the others, who may have taken long.
    let term = term(tx, clock, now, until).await?;
    let select = tx.locking("SELECT id, held_until FROM workers ORDER BY id");
    let rows = sqlx::query(select).fetch_all(tx.conn()).await?;
    let mut rows = rows.iter().peekable();
    for worker in 0..WORKERS {
        let row = rows.next_if(|row| int(row, 0).is_ok_and(|id| id <= i64::from(worker)));
        let sql = match row {
            Some(row) if int(row, 1)? > term.held_after => continue,
            Some(_) => "UPDATE workers SET holder = ?, held_until = ? WHERE id = ?",
            None => "INSERT INTO workers (holder, held_until, id) VALUES (?, ?, ?)",
        };
        sqlx::query(sql)
            .bind(holder)
            .bind(term.until)
            .bind(i64::from(worker))
            .execute(tx.conn())
            .await
            .map_err(raced)?;
        return Ok(Some(worker));
    }
    Ok(None)
}

/// What must hold between rows and no constraint can say: how many break it, and in words.
const RULES: &[(&str, &str)] = &[
    (
        "SELECT COUNT(*) FROM relationships a
            LEFT JOIN relationships b ON b.user_id = a.other_id AND b.other_id = a.user_id
            WHERE (a.kind = 1 AND (b.kind IS NULL OR b.kind <> 1))
                OR (a.kind = 3 AND (b.kind IS NULL OR b.kind <> 4))
                OR (a.kind = 4 AND (b.kind IS NULL OR b.kind NOT IN (2, 3)))
                OR (a.kind = 2 AND b.kind IS NOT NULL AND b.kind NOT IN (2, 4))
                OR a.kind NOT IN (1, 2, 3, 4)
                OR a.user_id = a.other_id",
        "relationships do not fit the other side's",
    ),
    (
        "SELECT COUNT(*) FROM relationships a WHERE NOT EXISTS (
            SELECT 1 FROM pairs v WHERE (v.low = a.user_id AND v.high = a.other_id)
                OR (v.low = a.other_id AND v.high = a.user_id))",
        "relationships have no version",
    ),
    (
        "SELECT COUNT(*) FROM private_channels c WHERE c.kind = 1 AND (c.dm_low IS NULL OR c.dm_high IS NULL
            OR c.dm_low >= c.dm_high
            OR NOT EXISTS (SELECT 1 FROM pairs v WHERE v.low = c.dm_low AND v.high = c.dm_high)
            OR (SELECT COUNT(*) FROM private_recipients p WHERE p.channel_id = c.id) <> 2
            OR (SELECT COUNT(*) FROM private_recipients p
                WHERE p.channel_id = c.id AND p.user_id IN (c.dm_low, c.dm_high)) <> 2)",
        "direct messages are not between their two users",
    ),
    (
        "SELECT COUNT(*) FROM private_channels c WHERE c.kind = 3 AND (c.owner IS NULL OR NOT EXISTS (
            SELECT 1 FROM private_recipients p WHERE p.channel_id = c.id AND p.user_id = c.owner))",
        "groups have an owner who is not in them",
    ),
    (
        "SELECT COUNT(*) FROM applications a JOIN users u ON u.id = a.id
            WHERE u.bot = 0 OR u.bot_owner IS NULL OR u.bot_owner <> a.owner",
        "applications do not fit their bot",
    ),
    (
        "SELECT COUNT(*) FROM devices d JOIN users u ON u.id = d.user_id WHERE d.kind <> u.bot",
        "devices hold a token of the wrong kind",
    ),
    (
        "SELECT COUNT(*) FROM guilds g WHERE g.member_count <>
            (SELECT COUNT(*) FROM guild_members m WHERE m.guild_id = g.id)",
        "guilds count their members wrongly",
    ),
    (
        "SELECT COUNT(*) FROM guilds g WHERE NOT EXISTS (
            SELECT 1 FROM guild_members m WHERE m.guild_id = g.id AND m.user_id = g.owner)",
        "guilds have an owner who is not in them",
    ),
    (
        "SELECT COUNT(*) FROM guilds g WHERE NOT EXISTS (
            SELECT 1 FROM guild_roles r WHERE r.guild_id = g.id AND r.id = g.id)",
        "guilds have no role for everyone",
    ),
    (
        "SELECT COUNT(*) FROM member_roles x JOIN guilds g ON g.id = x.guild_id WHERE NOT EXISTS (
                SELECT 1 FROM guild_roles r WHERE r.guild_id = x.guild_id AND r.id = x.role_id)
            OR NOT EXISTS (
                SELECT 1 FROM guild_members m WHERE m.guild_id = x.guild_id AND m.user_id = x.user_id)",
        "roles are held that are not there, or by who is no member",
    ),
    (
        "SELECT COUNT(*) FROM guild_overwrites o JOIN guilds g ON g.id = o.guild_id WHERE NOT EXISTS (
            SELECT 1 FROM guild_channels c WHERE c.id = o.channel_id AND c.guild_id = o.guild_id)",
        "overwrites are of no channel",
    ),
    (
        "SELECT COUNT(*) FROM guild_channels c JOIN guilds g ON g.id = c.guild_id
            WHERE c.parent IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM guild_channels p WHERE p.id = c.parent AND p.guild_id = c.guild_id)",
        "channels have a parent that is not there",
    ),
];

async fn check(tx: &mut Tx) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    if tx.dialect() == Dialect::Sqlite {
        for row in sqlx::query("PRAGMA integrity_check(20)").fetch_all(tx.conn()).await? {
            let line = text(&row, 0)?;
            if line != "ok" {
                wrong.push(line);
            }
        }
        let rows = sqlx::query("SELECT \"table\", COUNT(*) FROM pragma_foreign_key_check GROUP BY 1")
            .fetch_all(tx.conn())
            .await?;
        for row in rows {
            let (table, count) = (text(&row, 0)?, int(&row, 1)?);
            wrong.push(format!("{count} rows of {table} refer to rows that are not there"));
        }
    }
    for (sql, what) in RULES {
        let broken = int(&sqlx::query(*sql).fetch_one(tx.conn()).await?, 0)?;
        if broken > 0 {
            wrong.push(format!("{broken} {what}"));
        }
    }
    Ok(wrong)
}

#[async_trait]
impl Instance for DirectorySql {
    async fn secret(&self, name: &str, candidate: &[u8]) -> Stored<Vec<u8>> {
        self.write(smallvec![], (name.to_owned(), candidate.to_vec()), |tx, (name, candidate)| {
            Box::pin(async move {
                let select = tx.locking("SELECT value FROM secrets WHERE name = ?");
                let row = sqlx::query(select).bind(name.as_str()).fetch_optional(tx.conn()).await?;
                if let Some(row) = row {
                    return Ok(row.try_get(0)?);
                }
                sqlx::query("INSERT INTO secrets (name, value) VALUES (?, ?)")
                    .bind(name.as_str())
                    .bind(candidate.clone())
                    .execute(tx.conn())
                    .await
                    .map_err(raced)?;
                Ok(candidate.clone())
            })
        })
        .await
    }

    async fn lease_worker(&self, holder: &str, now: Timestamp, until: Timestamp) -> Stored<Option<u16>> {
        let args = (self.lease_clock(), holder.to_owned(), now, until);
        self.write(smallvec![], args, |tx, (clock, holder, now, until)| {
            Box::pin(lease(tx, *clock, holder, *now, *until))
        })
        .await
    }

    async fn renew_worker(
        &self,
        worker: u16,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Stored<bool> {
        let args = (self.lease_clock(), worker, holder.to_owned(), now, until);
        self.write(smallvec![], args, |tx, (clock, worker, holder, now, until)| {
            Box::pin(async move {
                let term = term(tx, *clock, *now, *until).await?;
                // A lease that ran out is not prolonged even if nobody took it: its holder stopped minting.
                let updated = sqlx::query(
                    "UPDATE workers SET held_until = ? WHERE id = ? AND holder = ? AND held_until > ?",
                )
                .bind(term.until)
                .bind(i64::from(*worker))
                .bind(holder.as_str())
                .bind(term.now)
                .execute(tx.conn())
                .await?;
                Ok(updated.rows_affected() > 0)
            })
        })
        .await
    }

    async fn release_worker(&self, worker: u16, holder: &str) -> Stored<()> {
        self.write(smallvec![], (worker, holder.to_owned()), |tx, (worker, holder)| {
            Box::pin(async move {
                sqlx::query("DELETE FROM workers WHERE id = ? AND holder = ?")
                    .bind(i64::from(*worker))
                    .bind(holder.as_str())
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }

    async fn check_directory(&self) -> Stored<Vec<String>> {
        match self.read((), |tx, ()| Box::pin(check(tx))).await {
            // Too damaged to be checked is an answer too.
            Err(StoreError::Corrupt(what)) => Ok(vec![what]),
            other => other,
        }
    }
}
