//! Wall clocks of nodes that can be set: each node is started with libfaketime before it, which reads how far ahead its
//! clock is from a file. The monotonic clocks are left alone, as a step by an operator or an NTP daemon leaves them.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};

/// Seconds after which a node has noticed that its file says something else.
pub(crate) const NOTICED: u64 = 1;

/// The files, by node.
#[derive(Debug, Default)]
pub(crate) struct Clocks(Vec<PathBuf>);

impl Clocks {
    /// A clock for the next node, with the environment that its node is started with.
    ///
    /// # Errors
    /// libfaketime is not installed, or the file cannot be written.
    pub(crate) fn add(&mut self, folder: &Path) -> Result<Vec<(String, String)>> {
        let library = library().context("libfaketime is missing (Debian: apt-get install faketime)")?;
        std::fs::create_dir_all(folder)?;
        let file = folder.join("clock");
        std::fs::write(&file, line(0))?;
        let environment = [
            ("LD_PRELOAD", library.to_string_lossy().into_owned()),
            ("FAKETIME_TIMESTAMP_FILE", file.to_string_lossy().into_owned()),
            ("FAKETIME_CACHE_DURATION", NOTICED.to_string()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        self.0.push(file);
        Ok(environment.map(|(key, value)| (key.to_owned(), value)).to_vec())
    }

    /// Sets the clock of a node, counted from 1.
    ///
    /// # Errors
    /// There is no such node, or its file cannot be written.
    pub(crate) fn set(&self, number: usize, ahead: i64) -> Result<()> {
        let file = number.checked_sub(1).and_then(|place| self.0.get(place));
        let file = file.with_context(|| format!("node {number} has no clock that can be set"))?;
        // In one step: the node may read it at any moment.
        let new = file.with_extension("new");
        std::fs::write(&new, line(ahead))?;
        std::fs::rename(new, file)?;
        Ok(())
    }

    /// Sets all clocks to the machine's time.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn set_right(&self) -> Result<()> {
        (1..=self.0.len()).try_for_each(|number| self.set(number, 0))
    }
}

fn line(ahead: i64) -> String {
    format!("{ahead:+}\n")
}

/// Where Debian's package puts the form for programs with threads.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_set_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clock");
        let clocks = Clocks(vec![file.clone()]);
        clocks.set(1, -3600).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "-3600\n");
        clocks.set_right().unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "+0\n");
        assert!(clocks.set(2, 1).is_err() && clocks.set(0, 1).is_err());
    }
}
