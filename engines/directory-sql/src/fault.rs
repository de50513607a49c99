//! What may go wrong inside a transaction, and what callers hear of it: never SQL, never data.

use ports::StoreError;
use sqlx::mysql::MySqlDatabaseError;

/// Why a transaction stopped.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The driver or the database said so.
    Sql(sqlx::Error),
    /// Another writer was faster: the same transaction, begun again, sees what that one stored.
    Again,
    /// A row holds what no version of Guildhall writes.
    Corrupt(&'static str),
    /// No server can be used as the primary, and why.
    NoPrimary(&'static str),
    /// Another server is the primary now; nothing was changed.
    Moved,
    /// Whether the transaction took effect is unknown.
    Unknown,
    /// A replica does not have in time what a read must see.
    Late,
}

impl Fault {
    /// Whether it speaks of a server that is away, or of one that is not the primary any more.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::NoPrimary(_) | Self::Moved | Self::Unknown => true,
            Self::Again | Self::Corrupt(_) | Self::Late => false,
            Self::Sql(error) => match error {
                sqlx::Error::Database(_) => number(error).is_some_and(lost),
                sqlx::Error::Io(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::WorkerCrashed => true,
                _ => false,
            },
        }
    }
}

/// MySQL's number of an error.
fn number(error: &sqlx::Error) -> Option<u16> {
    Some(error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?.number())
}

/// Errors after which a transaction did not take effect and another server, or another connection, may do better: the
/// server has no connection left (1040), shuts down (1053), was told to break off (1317, 1927), lost the network (1152,
/// 1158 to 1161, 1184) or is read-only (1290, 1792, 1836).
fn lost(number: u16) -> bool {
    matches!(number, 1040 | 1053 | 1317 | 1927 | 1152 | 1158..=1161 | 1184 | 1290 | 1792 | 1836 | 2006 | 2013)
}

/// Whether a server that answered COMMIT with this error certainly did not carry it out: it is read-only, or chose the
/// transaction as a deadlock's victim. Everything else may have come after the commit.
pub(crate) fn refused_commit(error: &sqlx::Error) -> bool {
    matches!(number(error), Some(1290 | 1836 | 1213 | 1205))
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

/// What to do about a fault.
pub(crate) enum Verdict {
    /// The transaction changed nothing and may succeed if it is begun again.
    Retry,
    /// There is nothing more to do here.
    Fail(StoreError),
}

/// What to do about this fault. The details go to the log: they name columns and constraints, so they are not for
/// clients.
pub(crate) fn judge(fault: Fault) -> Verdict {
    let lost = fault.is_lost();
    let error = match fault {
        Fault::Again | Fault::Moved | Fault::Late => return Verdict::Retry,
        Fault::NoPrimary(why) => return unavailable(why),
        Fault::Unknown => return unavailable("whether it was stored is not known"),
        Fault::Corrupt(what) => {
            tracing::error!(what, "the directory holds a row that it should not");
            return Verdict::Fail(StoreError::Corrupt(what.into()));
        }
        Fault::Sql(error) => error,
    };
    if lost {
        tracing::debug!(%error, "a server of the directory was lost");
        // What SQLite's pool has too few of does not come back by trying again.
        if !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) {
            return Verdict::Retry;
        }
    }
    let verdict = match &error {
        sqlx::Error::Database(inner) => match inner.try_downcast_ref::<MySqlDatabaseError>() {
            Some(mysql) => of_mysql(mysql.number()),
            None => inner
                .code()
                .and_then(|code| code.parse().ok())
                .map_or_else(|| unavailable("the database refused a statement"), of_sqlite),
        },
        sqlx::Error::PoolTimedOut => unavailable("every connection is busy"),
        sqlx::Error::PoolClosed => unavailable("the directory is closed"),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            Verdict::Fail(StoreError::Corrupt("a row does not have the expected shape".into()))
        }
        _ => unavailable("the database does not answer"),
    };
    if let Verdict::Fail(answer) = &verdict {
        tracing::warn!(%error, %answer, "a directory call failed");
    }
    verdict
}

/// The retryable faults of MySQL are a deadlock, of which this transaction was chosen as the victim, and a lock that
/// took too long.
fn of_mysql(number: u16) -> Verdict {
    match number {
        1213 | 1205 => Verdict::Retry,
        1114 | 1021 => Verdict::Fail(StoreError::Full("the database has no room left".into())),
        1034 | 1035 | 1194 | 1195 => Verdict::Fail(StoreError::Corrupt("a table is damaged".into())),
        1452 | 1451 => Verdict::Fail(StoreError::Corrupt("a row refers to one that is not there".into())),
        _ => unavailable("the database refused a statement"),
    }
}

/// SQLite's extended codes carry the primary one in their low byte: 5 busy, 6 locked, 11 corrupt, 13 full, 26 not a
/// database; 787 is a broken foreign key.
fn of_sqlite(code: i32) -> Verdict {
    match (code, code & 0xff) {
        (787, _) => Verdict::Fail(StoreError::Corrupt("a row refers to one that is not there".into())),
        (_, 5 | 6) => Verdict::Retry,
        (_, 11 | 26) => Verdict::Fail(StoreError::Corrupt("the database file is damaged".into())),
        (_, 13) => Verdict::Fail(StoreError::Full("the disk has no room left".into())),
        _ => unavailable("the database refused a statement"),
    }
}

fn unavailable(what: &str) -> Verdict {
    Verdict::Fail(StoreError::Unavailable(what.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Retry => "retry",
            Verdict::Fail(StoreError::Unavailable(_)) => "unavailable",
            Verdict::Fail(StoreError::Corrupt(_)) => "corrupt",
            Verdict::Fail(StoreError::Full(_)) => "full",
        }
    }

    #[test]
    fn codes_of_both_databases_mean_the_same() {
        // SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED_SHAREDCACHE, SQLITE_CORRUPT_INDEX, SQLITE_FULL, SQLITE_IOERR_FSYNC.
        let sqlite = [517, 262, 779, 13, 1034].map(|code| name(of_sqlite(code)));
        let mysql = [1213, 1205, 1034, 1114, 1064].map(|number| name(of_mysql(number)));
        assert_eq!(sqlite, ["retry", "retry", "corrupt", "full", "unavailable"]);
        assert_eq!(mysql, sqlite);
    }
}
