//! Builds the server and the program that lets faults happen to it, and runs that.

use crate::{run, tidy};
use anyhow::{Context as _, Result, bail};
use std::path::Path;

/// Whether it ran to its end, and no promise was broken.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<bool> {
    // The positive controls are a test: their servers run in its own process.
    if arguments == ["--planted"] {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut test = std::process::Command::new(cargo);
        test.args(["test", "--package", "chaos", "--test", "planted", "--", "--nocapture"]).current_dir(root);
        return Ok(run::shown(test)?.ok);
    }
    start(root, "run", arguments)
}

/// A cluster to try things on, until its input ends.
pub(crate) fn cluster(root: &Path) -> Result<bool> {
    start(root, "cluster", &[])
}

fn start(root: &Path, command: &str, arguments: &[&str]) -> Result<bool> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--package", "guildhall", "--package", "chaos"]).current_dir(root);
    if !run::shown(build)?.ok {
        bail!("the build failed");
    }
    // What it costs, and how long people wait, is asked of what people run.
    let optimised = arguments.iter().any(|argument| matches!(*argument, "--costs" | "--long"));
    if optimised {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = std::process::Command::new(cargo);
        build.args(["build", "--release", "--locked", "--package", "guildhall"]).current_dir(root);
        if !run::shown(build)?.ok {
            bail!("the build failed");
        }
    }
    let metadata = tidy::metadata(root)?;
    let target = metadata
        .get("target_directory")
        .and_then(serde_json::Value::as_str)
        .context("no target directory")?;
    let built = Path::new(target).join("debug");
    let server = Path::new(target).join(if optimised { "release" } else { "debug" }).join("guildhall");
    let status = std::process::Command::new(built.join("chaos"))
        .arg(command)
        .args(arguments)
        .env("GUILDHALL_BIN", server)
        .current_dir(root)
        .status()
        .context("cannot start chaos")?;
    Ok(status.success())
}
