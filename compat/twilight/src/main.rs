//! A bot as its author would write it, with unmodified twilight: the base URL is all that differs from Discord. It is
//! driven against the built binary that `GUILDHALL_BIN` names. The scenarios build on each other (one bot, one
//! conversation) and run in the order in which they stand; every frame that arrives must parse.
#![allow(clippy::print_stdout, reason = "it reports like a test runner")]

mod bot;
mod guild;
mod mirror;
mod picture;
mod proxy;
mod scenarios;

use std::process::ExitCode;

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
