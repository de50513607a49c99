//! A bot as its author would write it, with unmodified twilight: the base URL is all that differs from Discord. It is
//! driven against the built binary that `GUILDHALL_BIN` names. The scenarios build on each other (one bot, one
//! conversation) and run in the order in which they stand; every frame that arrives must parse.
#![allow(clippy::print_stdout, reason = "it reports like a test runner")]

mod bot;
mod owner;
mod proxy;
mod scenarios;
mod server;

use anyhow::{Context as _, Result};
use std::future::Future;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[tokio::main]
async fn main() -> ExitCode {
    match scenarios::all().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Waits until `probe` answers something.
async fn until<T, F, P>(what: &str, within: Duration, mut probe: P) -> Result<T>
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
