//! The tables, step by step. A step that was released is never changed: a new one follows.
//!
//! All missing steps are one transaction on SQLite. MySQL commits at every DDL statement, so there a step that broke off is run
//! again, and what exists already is passed over: each of its statements must bear that. Nodes that start at the same time
//! take turns (`cluster`), and the second finds the work done.
//!
//! **Expand, then contract.** While a version is rolled out, nodes of the one before run on the new tables, and one of
//! them may start again. So a step only adds, and nothing that the version before would have to fill in: new tables, new
//! columns that have a default or may be NULL, new indexes. What is not needed any more is taken away by a step of a
//! *later* version, when no node runs that uses it; such a step names in [`Step::needs`] how many steps a program must
//! know to run after it. A program that knows fewer steps than the tables have runs if it knows those, and does not start
//! otherwise.

mod guilds;

use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::row::int;
use crate::store::Tx;
use sqlx::AssertSqlSafe;
use sqlx::mysql::MySqlDatabaseError;

struct Step {
    statements: &'static [&'static str],
    /// How many steps a program must know to run on the tables after this one.
    needs: i64,
}

const STEPS: &[Step] = &[
    Step { statements: FOUNDATION, needs: 1 },
    Step { statements: guilds::TABLES, needs: 1 },
    Step { statements: guilds::CAME, needs: 1 },
    Step { statements: guilds::CHANGED, needs: 1 },
];

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
const NEWEST: i64 = STEPS.len() as i64;

/// The row that tells how many steps there are, and the one that tells how many a program must know. The second is
/// missing where it was never written: then it must know all.
const VERSION: i64 = 1;
const NEEDS: i64 = 2;

/// The step that the tables are at, if a program that knows [`NEWEST`] steps may use them.
///
/// # Errors
/// The tables were made for newer programs.
pub(crate) async fn current(tx: &mut Tx) -> Result<i64, Fault> {
    let dialect = tx.dialect();
    // Looked for first: on MySQL also a DDL statement that changes nothing waits for a replica's confirmation.
    let select = match dialect {
        Dialect::Sqlite => {
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
        }
        Dialect::MySql => {
            "SELECT COUNT(*) FROM information_schema.TABLES
                WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'schema_version'"
        }
    };
    if int(&sqlx::query(select).fetch_one(tx.conn()).await?, 0)? == 0 {
        let ddl = "CREATE TABLE IF NOT EXISTS schema_version (
            id BIGINT NOT NULL PRIMARY KEY,
            version BIGINT NOT NULL
        ){table}";
        sqlx::query(AssertSqlSafe(dialect.ddl(ddl))).execute(tx.conn()).await?;
        return Ok(0);
    }
    let mut at = 0;
    let mut needs = None;
    for row in sqlx::query("SELECT id, version FROM schema_version").fetch_all(tx.conn()).await? {
        match int(&row, 0)? {
            VERSION => at = int(&row, 1)?,
            NEEDS => needs = Some(int(&row, 1)?),
            _ => {}
        }
    }
    if at > NEWEST && needs.unwrap_or(at) > NEWEST {
        return Err(Fault::Corrupt("the directory was written by a newer version of Guildhall"));
    }
    Ok(at)
}

/// Takes every step that is missing, on a connection that alone changes the tables.
pub(crate) async fn run(tx: &mut Tx) -> Result<(), Fault> {
    loop {
        let at = current(tx).await?;
        if at >= NEWEST {
            return Ok(());
        }
        step(tx, at).await?;
    }
}

/// Goes from step `from` to the next one.
async fn step(tx: &mut Tx, from: i64) -> Result<(), Fault> {
    let dialect = tx.dialect();
    let Some(step) = usize::try_from(from).ok().and_then(|from| STEPS.get(from)) else {
        return Ok(());
    };
    for template in step.statements {
        match sqlx::query(AssertSqlSafe(dialect.ddl(template))).execute(tx.conn()).await {
            Err(error) if exists_already(dialect, &error) => {}
            other => {
                other?;
            }
        }
    }
    // The number of steps last: it says that the rest was done.
    for (id, version) in [(NEEDS, step.needs), (VERSION, from + 1)] {
        let updated = sqlx::query("UPDATE schema_version SET version = ? WHERE id = ?")
            .bind(version)
            .bind(id)
            .execute(tx.conn())
            .await?;
        if updated.rows_affected() == 0 {
            sqlx::query("INSERT INTO schema_version (id, version) VALUES (?, ?)")
                .bind(id)
                .bind(version)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(())
}

/// MySQL's "table exists", "duplicate column", "duplicate key name" and "can't drop, is it there?": left by a step that
/// broke off.
fn exists_already(dialect: Dialect, error: &sqlx::Error) -> bool {
    dialect == Dialect::MySql
        && error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>())
            .is_some_and(|error| matches!(error.number(), 1050 | 1060 | 1061 | 1091))
}
