//! The engines under a cluster.

use anyhow::Result;
use std::ffi::OsString;

/// All of them.
#[derive(Debug)]
pub struct Engines {}

impl Engines {
    /// Starts all of them, at the same time where it helps.
    ///
    /// # Errors
    /// One is not installed, or does not start.
    pub fn start() -> Result<Self> {
        anyhow::bail!("the engines are not wired yet")
    }

    /// What a node is given to use them.
    pub fn arguments(&self) -> Vec<OsString> {
        Vec::new()
    }

    /// Makes them whole.
    ///
    /// # Errors
    /// One does not come back.
    pub fn heal(&mut self) -> Result<()> {
        Ok(())
    }
}
