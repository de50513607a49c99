//! What is done from time to time without anybody asking: each call does a bounded part.

mod archive;

pub use archive::{Sweep, archive};
