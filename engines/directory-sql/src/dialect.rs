//! The few places where SQLite and MySQL differ.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Whose SQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite in this process, whose only writer it is.
    Sqlite,
    /// MySQL or MariaDB, which other nodes write to as well.
    MySql,
}

impl Dialect {
    /// Begins a transaction that will write. SQLite takes its write lock at once, so that a transaction cannot fail
    /// half-way for want of it; MySQL locks rows as they are read, see [`Dialect::locking`].
    pub(crate) const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::MySql => "START TRANSACTION",
        }
    }

    /// Begins a transaction whose reads all see one moment.
    pub(crate) const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN DEFERRED",
            Self::MySql => "START TRANSACTION READ ONLY",
        }
    }

    /// A SELECT whose rows nobody else changes before the transaction ends.
    pub(crate) fn locking(self, select: &'static str) -> SqlStr {
        match self {
            Self::Sqlite => select.into_sql_str(),
            Self::MySql => AssertSqlSafe(format!("{select} FOR UPDATE")).into_sql_str(),
        }
    }

    /// DDL with its placeholders filled in: `{hash}` is 32 bytes that can be indexed, `{exact}` compares text byte by
    /// byte (blanks at its end included, which other collations of MariaDB pass over), `{table}` ends a table.
    pub(crate) fn ddl(self, template: &str) -> String {
        let [hash, exact, table] = match self {
            Self::Sqlite => ["BLOB", "", ""],
            Self::MySql => [
                "BINARY(32)",
                " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                " ENGINE=InnoDB CHARACTER SET utf8mb4",
            ],
        };
        template.replace("{hash}", hash).replace("{exact}", exact).replace("{table}", table)
    }

    /// What a new connection must be told. Writers on MySQL read what is committed at each statement, so that a row
    /// read after waiting for a lock is the one that the lock protects.
    pub(crate) const fn session(self, writes: bool) -> &'static [&'static str] {
        match (self, writes) {
            (Self::Sqlite, _) => &[
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                "PRAGMA busy_timeout = 5000",
                "PRAGMA trusted_schema = OFF",
                "PRAGMA temp_store = MEMORY",
            ],
            (Self::MySql, true) => &[
                "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES'",
                "SET SESSION innodb_lock_wait_timeout = 1",
            ],
            (Self::MySql, false) => &[
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES'",
            ],
        }
    }
}
