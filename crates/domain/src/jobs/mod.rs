//! What is done from time to time without anybody asking: each call does a bounded part.

mod archive;
mod mentions;

pub use archive::{Sweep, archive};
pub use mentions::forget_mentions;
