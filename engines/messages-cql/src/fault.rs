//! How statements fail, and a seam through which tests make them fail.

use ports::StoreError;
use scylla::errors::{DbError, ExecutionError, RequestAttemptError, WriteType};
use std::sync::Arc;
use std::time::Duration;

/// What becomes of a statement, as a test decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It runs.
    Run,
    /// It never takes effect, and the caller hears of a timeout.
    Lost,
    /// It takes effect, and the caller hears of a timeout.
    Unanswered,
    /// The caller hears of a timeout, and it takes effect after this long.
    Late(Duration),
}

/// Decides by a statement's name.
pub type Faults = Arc<dyn Fn(&'static str) -> Fate + Send + Sync>;

/// Why a statement has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It may have taken effect, or may yet, or not: worth repeating.
    Unknown(String),
    /// The ring refuses it, and will again.
    Refused(String),
}

impl Failure {
    pub(crate) fn of(error: &ExecutionError) -> Self {
        if is_refusal(error) { Self::Refused(error.to_string()) } else { Self::Unknown(error.to_string()) }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unknown(why) | Failure::Refused(why) => Self::Unavailable(why),
        }
    }
}

fn is_refusal(error: &ExecutionError) -> bool {
    match error {
        ExecutionError::BadQuery(_) => true,
        ExecutionError::LastAttemptError(RequestAttemptError::SerializationError(_)) => true,
        ExecutionError::LastAttemptError(RequestAttemptError::DbError(error, _)) => matches!(
            error,
            DbError::SyntaxError
                | DbError::Invalid
                | DbError::Unauthorized
                | DbError::AuthenticationError
                | DbError::ConfigError
                | DbError::AlreadyExists { .. }
        ),
        _ => false,
    }
}

/// Whether it speaks of a sick ring. A conditional write that lost against others too often does not: then the ring is
/// well and the row is hot.
pub(crate) fn is_sick(error: &ExecutionError) -> bool {
    let contended = matches!(
        error,
        ExecutionError::LastAttemptError(RequestAttemptError::DbError(
            DbError::WriteTimeout { write_type: WriteType::Cas, .. },
            _
        ))
    );
    !contended && !is_refusal(error)
}

/// A row that holds what it should not.
pub(crate) fn corrupt(what: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(what.to_string())
}
