//! What SQLite's errors mean to a caller.

use ports::StoreError;
use rusqlite::ErrorCode;

/// Why a statement failed.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// What the caller hears.
    pub(crate) error: StoreError,
    /// The disk failed under a read, a write or a sync. After a failed sync nobody knows what the kernel kept, and a
    /// second sync may report success for pages that were lost: whoever writes must stop for good.
    pub(crate) io: bool,
}

impl Fault {
    pub(crate) fn unavailable(why: impl Into<String>) -> Self {
        Self { error: StoreError::Unavailable(why.into()), io: false }
    }

    pub(crate) fn corrupt(why: impl Into<String>) -> Self {
        Self { error: StoreError::Corrupt(why.into()), io: false }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let text = error.to_string();
        let code = error.sqlite_error_code();
        let io = code == Some(ErrorCode::SystemIoFailure);
        let error = match (code, error) {
            (Some(ErrorCode::DiskFull), _) => StoreError::Full(text),
            (Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase), _)
            | (
                _,
                E::InvalidColumnType(..) | E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..),
            ) => StoreError::Corrupt(text),
            _ => StoreError::Unavailable(text),
        };
        Self { error, io }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::unavailable(error.to_string())
    }
}
