//! The tables, step by step. A step that was released is never changed: a new one follows.
//!
//! Each step is one transaction on SQLite. MySQL commits at every DDL statement, so there a step that broke off is run
//! again, and what exists already is passed over.

use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::store::Tx;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::{AssertSqlSafe, Row};

const STEPS: &[&[&str]] = &[FOUNDATION];

/// Foreign keys only where a row has one parent that is never locked by a hot path.
const FOUNDATION: &[&str] = &[
    "CREATE TABLE users (
        id BIGINT NOT NULL PRIMARY KEY,
        username VARCHAR(64){exact} NOT NULL UNIQUE,
        global_name VARCHAR(128),
        email VARCHAR(255){exact} UNIQUE,
        password_hash VARCHAR(255),
        bot BIGINT NOT NULL,
        bot_owner BIGINT,
        bio TEXT NOT NULL,
        pronouns VARCHAR(160) NOT NULL,
        accent_color BIGINT,
        flags BIGINT NOT NULL,
        avatar VARCHAR(128),
        session_version BIGINT NOT NULL,
        settings TEXT,
        created BIGINT NOT NULL
    ){table}",
    "CREATE TABLE devices (
        id BIGINT NOT NULL PRIMARY KEY,
        user_id BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        token_hash {hash} NOT NULL UNIQUE,
        os VARCHAR(128) NOT NULL,
        client VARCHAR(128) NOT NULL,
        created BIGINT NOT NULL,
        last_used BIGINT NOT NULL,
        FOREIGN KEY (user_id) REFERENCES users (id)
    ){table}",
    "CREATE INDEX devices_of_user ON devices (user_id, last_used)",
    "CREATE TABLE relationships (
        user_id BIGINT NOT NULL,
        other_id BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        nickname VARCHAR(128),
        since BIGINT NOT NULL,
        PRIMARY KEY (user_id, other_id),
        FOREIGN KEY (user_id) REFERENCES users (id),
        FOREIGN KEY (other_id) REFERENCES users (id)
    ){table}",
    "CREATE TABLE pairs (
        low BIGINT NOT NULL,
        high BIGINT NOT NULL,
        version BIGINT NOT NULL,
        PRIMARY KEY (low, high)
    ){table}",
    "CREATE INDEX pairs_by_high ON pairs (high)",
    "CREATE TABLE private_channels (
        id BIGINT NOT NULL PRIMARY KEY,
        kind BIGINT NOT NULL,
        owner BIGINT,
        name VARCHAR(400),
        icon VARCHAR(128),
        dm_low BIGINT,
        dm_high BIGINT,
        version BIGINT NOT NULL,
        created BIGINT NOT NULL,
        UNIQUE (dm_low, dm_high)
    ){table}",
    "CREATE TABLE private_recipients (
        channel_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        place BIGINT NOT NULL,
        listed BIGINT NOT NULL,
        PRIMARY KEY (channel_id, user_id),
        FOREIGN KEY (channel_id) REFERENCES private_channels (id),
        FOREIGN KEY (user_id) REFERENCES users (id)
    ){table}",
    "CREATE INDEX recipients_by_user ON private_recipients (user_id, listed)",
    "CREATE TABLE applications (
        id BIGINT NOT NULL PRIMARY KEY,
        owner BIGINT NOT NULL,
        name VARCHAR(128) NOT NULL,
        description TEXT NOT NULL,
        bot_public BIGINT NOT NULL,
        flags BIGINT NOT NULL,
        verify_key VARCHAR(128) NOT NULL,
        tags TEXT NOT NULL,
        created BIGINT NOT NULL,
        FOREIGN KEY (id) REFERENCES users (id),
        FOREIGN KEY (owner) REFERENCES users (id)
    ){table}",
    "CREATE INDEX applications_of_owner ON applications (owner)",
    "CREATE TABLE registration_codes (
        hash {hash} NOT NULL PRIMARY KEY,
        uses BIGINT NOT NULL,
        expires BIGINT NOT NULL
    ){table}",
    "CREATE TABLE secrets (
        name VARCHAR(128){exact} NOT NULL PRIMARY KEY,
        value BLOB NOT NULL
    ){table}",
    "CREATE TABLE workers (
        id BIGINT NOT NULL PRIMARY KEY,
        holder VARCHAR(255){exact} NOT NULL,
        held_until BIGINT NOT NULL
    ){table}",
];

/// How many steps this program knows.
pub(crate) fn newest() -> i64 {
    STEPS.len() as i64
}

/// The step that the tables are at; creates the table that tells.
pub(crate) async fn current(tx: &mut Tx) -> Result<i64, Fault> {
    let dialect = tx.dialect();
    let ddl = "CREATE TABLE IF NOT EXISTS schema_version (
        id BIGINT NOT NULL PRIMARY KEY,
        version BIGINT NOT NULL
    ){table}";
    sqlx::query(AssertSqlSafe(dialect.ddl(ddl))).execute(tx.conn()).await?;
    let row =
        sqlx::query("SELECT version FROM schema_version WHERE id = 1").fetch_optional(tx.conn()).await?;
    Ok(match row {
        Some(row) => row.try_get(0)?,
        None => 0,
    })
}

/// Goes from step `from` to the next one.
pub(crate) async fn step(tx: &mut Tx, from: i64) -> Result<(), Fault> {
    let dialect = tx.dialect();
    if current(tx).await? != from {
        // Another node took this step meanwhile.
        return Ok(());
    }
    let step = usize::try_from(from).ok().and_then(|from| STEPS.get(from));
    let templates: &[&str] = step.copied().unwrap_or_default();
    for template in templates {
        match sqlx::query(AssertSqlSafe(dialect.ddl(template))).execute(tx.conn()).await {
            Err(error) if exists_already(dialect, &error) => {}
            other => {
                other?;
            }
        }
    }
    let updated = sqlx::query("UPDATE schema_version SET version = ? WHERE id = 1")
        .bind(from + 1)
        .execute(tx.conn())
        .await?;
    if updated.rows_affected() == 0 {
        sqlx::query("INSERT INTO schema_version (id, version) VALUES (1, ?)")
            .bind(from + 1)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// MySQL's "table exists" and "duplicate key name": left by a step that broke off.
fn exists_already(dialect: Dialect, error: &sqlx::Error) -> bool {
    dialect == Dialect::MySql
        && error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>())
            .is_some_and(|error| matches!(error.number(), 1050 | 1061))
}
