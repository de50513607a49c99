//! The one table from what the domain refuses to how a connection closes.

use domain::Error;
use wire::gateway::close::Close;

/// How a connection closes when an act that it needed was refused.
pub(crate) fn for_error(error: &Error) -> Close {
    match error {
        Error::Unauthorized => Close::AuthenticationFailed,
        Error::Throttled { .. } | Error::SlowMode { .. } => Close::RateLimited,
        // Nothing that the client could mend: it tries again, and resumes where it has a session.
        Error::Refused(_) | Error::Form(_) | Error::Unavailable | Error::Internal(_) | Error::Full => {
            Close::UnknownError
        }
    }
}
