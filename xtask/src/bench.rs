//! Builds for release and lets the load generator run with room for ten thousand sockets.

use crate::{run, tidy};
use anyhow::{Context as _, Result, bail};
use std::path::Path;

/// Whether it ran to its end.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<bool> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--release", "--package", "guildhall", "--package", "bench"]).current_dir(root);
    if !run::shown(build)?.ok {
        bail!("the release build failed");
    }
    let metadata = tidy::metadata(root)?;
    let target = metadata
        .get("target_directory")
        .and_then(serde_json::Value::as_str)
        .context("no target directory")?;
    let built = Path::new(target).join("release");
    let mut bench = std::process::Command::new("sh");
    // The soft limit is often 1,024; the hard one may be taken without asking.
    bench
        .args(["-c", "ulimit -n \"$(ulimit -Hn)\"; exec \"$@\"", "sh"])
        .arg(built.join("bench"))
        .args(arguments)
        .env("GUILDHALL_BIN", built.join("guildhall"))
        .current_dir(root);
    Ok(bench.status().context("cannot start sh")?.success())
}
