//! What the tests need besides Rust: Node with npm, and a Chromium with fonts. Named with the way to get it when it is
//! missing; Chromium is installed where that is possible without asking (Debian, as root).

use crate::run;
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the web client's build tool asks for.
const NODE: (u64, u64) = (20, 19);
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// Fonts too: without them every letter is the same box, and emoji are missing.
const PACKAGES: &[&str] = &["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"];

/// What was found.
pub(crate) struct Needs {
    /// The browser for the end-to-end tests.
    pub(crate) chromium: PathBuf,
}

/// Node and npm, recent enough.
pub(crate) fn node(root: &Path) -> Result<()> {
    let how = "install Node.js 20.19 or newer, which brings npm: from https://nodejs.org, or with the system's packages \
               (Debian 13: apt-get install nodejs npm)";
    let Some(version) = run::answer("node", &["--version"], root) else {
        bail!("node is missing: {how}");
    };
    if numbers(&version) < Some(NODE) {
        bail!("node {} is too old: {how}", version.trim());
    }
    if run::answer("npm", &["--version"], root).is_none() {
        bail!("npm is missing: {how}");
    }
    Ok(())
}

/// Major and minor of `v20.19.2`.
fn numbers(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// Everything, installing what may be installed.
pub(crate) fn ensure(root: &Path) -> Result<Needs> {
    node(root)?;
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        let chromium = PathBuf::from(chosen);
        if run::answer(&chromium.to_string_lossy(), &["--version"], root).is_none() {
            bail!("CHROMIUM names {}, which does not run", chromium.display());
        }
        return Ok(Needs { chromium });
    }
    if let Some(chromium) = browser() {
        return Ok(Needs { chromium });
    }
    if is_debian() && is_root(root) {
        println!("no Chromium found: installing it");
        for arguments in [
            vec!["update"],
            [vec!["install", "--yes", "--no-install-recommends"], PACKAGES.to_vec()].concat(),
        ] {
            let mut command = run::command("apt-get", &arguments, root);
            command.env("DEBIAN_FRONTEND", "noninteractive");
            if !run::shown(command)?.ok {
                bail!("apt-get {} failed", arguments.join(" "));
            }
        }
        if let Some(chromium) = browser() {
            return Ok(Needs { chromium });
        }
    }
    bail!(
        "no Chromium found. Install Chromium or Chrome (Debian, as root: apt-get install {}), or name one: \
         CHROMIUM=/path/to/chrome cargo xtask test",
        PACKAGES.join(" ")
    )
}

fn browser() -> Option<PathBuf> {
    let path: OsString = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path)
        .flat_map(|folder| BROWSERS.iter().map(move |name| folder.join(name)))
        .find(|candidate| candidate.is_file());
    let mac = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    found.or_else(|| mac.is_file().then(|| mac.to_path_buf()))
}

fn is_debian() -> bool {
    std::fs::read_to_string("/etc/os-release").is_ok_and(|text| {
        text.lines().any(|line| {
            let (key, value) = line.split_once('=').unwrap_or_default();
            matches!(key, "ID" | "ID_LIKE") && value.trim_matches('"').split(' ').any(|id| id == "debian")
        })
    })
}

fn is_root(root: &Path) -> bool {
    run::answer("id", &["-u"], root).is_some_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::{NODE, numbers};

    #[test]
    fn compares_versions_by_number() {
        assert!(numbers("v20.9.0\n") < Some(NODE));
        assert!(numbers("v20.19.0") >= Some(NODE));
        assert!(numbers("v22.1.0") >= Some(NODE));
        assert!(numbers("nonsense") < Some(NODE));
    }
}
