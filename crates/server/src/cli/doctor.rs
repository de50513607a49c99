//! `guildhall doctor`

use super::say;
use crate::config::Config;
use crate::wiring::Node;
use anyhow::bail;
use std::process::ExitCode;

/// Checks the stores of a stopped server, and says what is wrong in plain lines.
pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    if !config.data.is_dir() {
        bail!("there is no data folder {}", config.data.display());
    }
    let node = Node::open(config).await?;
    let mut faults = node.world.ports.directory.check_directory().await?;
    faults.extend(node.world.ports.messages.check().await?);
    node.close().await;
    for fault in &faults {
        say(&format!("fault: {fault}\n"));
    }
    if faults.is_empty() {
        say("no faults found in the directory and the messages\n");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
