//! What the tests need besides Rust: Node with npm, a Chromium with fonts, and the engines of many nodes. Named with the
//! way to get it when it is missing; installed where that is possible without asking (Debian, as root).

use crate::run;
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the web client's build tool asks for.
const NODE: (u64, u64) = (20, 19);
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// Fonts too: without them every letter is the same box, and emoji are missing.
const PACKAGES: &[&str] = &["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"];

/// Engines and what runs them: a program, and the Debian package that brings it.
const ENGINES: &[(&str, &str)] = &[
    ("mariadbd", "mariadb-server"),
    ("redis-server", "redis-server"),
    ("haproxy", "haproxy"),
    ("faketime", "faketime"),
    ("java", "openjdk-17-jre-headless"),
    ("mvn", "maven"),
];

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
    engines(root)?;
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
        apt_get(root, PACKAGES)?;
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

/// The engines that the tests start. A missing one is an error: what it would have tested is promised.
fn engines(root: &Path) -> Result<()> {
    let missing = || ENGINES.iter().filter(|(program, _)| !is_installed(program)).collect::<Vec<_>>();
    let packages: Vec<&str> = missing().iter().map(|(_, package)| *package).collect();
    if !packages.is_empty() && is_debian() && is_root(root) {
        println!("not installed yet: {}", packages.join(", "));
        apt_get(root, &packages)?;
    }
    let still: Vec<String> =
        missing().iter().map(|(program, package)| format!("{program} (Debian: {package})")).collect();
    if !still.is_empty() {
        bail!(
            "the engines of many nodes are tested on the real ones, and these are missing: {}",
            still.join(", ")
        );
    }
    Ok(())
}

/// Whether a program is there. Debian keeps servers outside of an ordinary user's search path.
fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .any(|folder| folder.join(program).is_file())
}

fn apt_get(root: &Path, packages: &[&str]) -> Result<()> {
    for arguments in [vec!["update"], [&["install", "--yes", "--no-install-recommends"], packages].concat()] {
        let mut command = run::command("apt-get", &arguments, root);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        if !run::shown(command)?.ok {
            bail!("apt-get {} failed", arguments.join(" "));
        }
    }
    Ok(())
}

/// A Python with what discord.py's bot asks for, in a folder of its own below `target`; or why there is none. Guildhall is
/// built and tested without Python otherwise, so that this alone fails no run.
pub(crate) fn python(root: &Path, target: &Path) -> Result<Result<PathBuf, String>> {
    let folder = target.join("discordpy");
    let python = folder.join("bin/python");
    let wanted = std::fs::read_to_string(root.join("compat/discordpy/requirements.txt"))?;
    let marker = folder.join("requirements.txt");
    if std::fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(Ok(python));
    }
    let place = folder.to_string_lossy().into_owned();
    let make = ["-m", "venv", "--clear", &place];
    if run::answer("python3", &make, root).is_none() && is_debian() && is_root(root) {
        apt_get(root, &["python3", "python3-venv"])?;
    }
    if run::answer("python3", &make, root).is_none() {
        return Ok(Err(
            "python3 with its venv module is missing (Debian: apt-get install python3-venv)".to_owned()
        ));
    }
    let install = ["-m", "pip", "install", "--quiet", "-r", "compat/discordpy/requirements.txt"];
    let outcome = run::shown(run::command(&python.to_string_lossy(), &install, root))?;
    if !outcome.ok {
        bail!("pip could not install what compat/discordpy/requirements.txt asks for");
    }
    std::fs::write(marker, wanted)?;
    Ok(Ok(python))
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
