//! A bot as its author would write it, with unmodified serenity: the base URL is all that differs from Discord. It is
//! driven against the built binary that `GUILDHALL_BIN` names. The scenarios build on each other (one bot, one server of
//! people) and run in the order in which they stand. Serenity says nothing to a bot of a frame that it cannot read, and
//! warns in its log: that must be empty in the end.
#![allow(clippy::print_stdout, reason = "it reports like a test runner")]

mod bot;
mod log;
mod scenarios;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let log = log::Log::begin();
    match scenarios::all(&log).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error:#}\n{}", log.text());
            ExitCode::FAILURE
        }
    }
}
