//! Gateway sessions across nodes.

/// What is kept of a session for other nodes.
pub use ports::sessions::{ParkedEvent, ParkedSession};
