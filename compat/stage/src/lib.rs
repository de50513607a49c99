//! What stock bots in Rust are driven with: the built binary that `GUILDHALL_BIN` names, the person who owns the bot, and a
//! count of what passed.
#![allow(clippy::print_stdout, reason = "it reports like a test runner")]

mod owner;
mod server;
mod tally;

pub use owner::{Owner, list, text};
pub use server::Server;
pub use tally::Tally;

use anyhow::{Context as _, Result};
use std::future::Future;
use std::time::{Duration, Instant};

/// How long what must happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

/// Waits until `probe` answers something.
///
/// # Errors
/// It did not within this time.
pub async fn until<T, F, P>(what: &str, within: Duration, mut probe: P) -> Result<T>
where
    P: FnMut() -> F,
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = probe().await {
            return Ok(found);
        }
        (Instant::now() < deadline).then_some(()).with_context(|| format!("waited {within:?} for {what}"))?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
