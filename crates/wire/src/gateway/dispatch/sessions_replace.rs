//! SESSIONS_REPLACE: the receiver's sessions changed.

use crate::session::Sessions;
use model::presence::SessionPresence;

/// The event's name.
pub const NAME: &str = "SESSIONS_REPLACE";

/// The payload.
pub const fn d(sessions: &[SessionPresence]) -> Sessions<'_> {
    Sessions(sessions)
}
