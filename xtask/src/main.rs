//! Project chores. `cargo xtask test` is what CI runs and all that it runs.
#![allow(clippy::print_stdout, reason = "a chore speaks to the one who ran it")]

mod bench;
mod chaos;
mod count;
mod needs;
mod reference;
mod run;
mod suite;
mod tidy;

use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--only STEP]   set up what the tests need and run them all (or one step; `--only list` names them)
cargo xtask tidy                 the import edges, the licence, no unfinished code, generated pages fresh
cargo xtask gen                  write the generated pages under docs/reference
cargo xtask bench [ARGS]         build for release and measure (`cargo xtask bench --help`)
cargo xtask cluster              three nodes over real engines to try things on, with a command for each fault
cargo xtask chaos [ARGS]         faults under load (`--short`, `--long`, `--only F11`, `--rounds N`, `--embedded`; `--help`),
                                 or the checker's own test (`--planted`)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<bool> {
    let root = root()?;
    match arguments {
        ["test"] => suite::run(&root, None),
        ["test", "--only", step] => suite::run(&root, Some(step)),
        ["tidy"] => {
            let complaints = tidy::check(&root)?;
            for complaint in &complaints {
                println!("{complaint}");
            }
            Ok(complaints.is_empty())
        }
        ["gen"] => reference::write(&root).map(|()| true),
        ["bench", rest @ ..] => bench::run(&root, rest),
        ["cluster"] => chaos::cluster(&root),
        ["chaos", rest @ ..] => chaos::run(&root, rest),
        _ => bail!("usage:\n{USAGE}"),
    }
}

/// The root of the workspace: this package's parent.
fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .context("the xtask package has no parent folder")
}
