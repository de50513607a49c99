//! The pages under `docs/reference` that the program itself writes.

use crate::run;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};

/// The pages as the given binary would write them: path from the root, and text.
fn pages(root: &Path, binary: &Path) -> Result<Vec<(PathBuf, String)>> {
    let sample = run::answer(&binary.to_string_lossy(), &["config"], root)
        .context("`guildhall config` did not answer")?;
    let configuration = format!(
        "# Configuration\n\nWritten by `cargo xtask gen` from `guildhall config`; do not edit. Every value can be given in a TOML file,\n\
         as an environment variable, or (the common ones) as a flag: `guildhall --help`.\n\n```toml\n{}\n```\n",
        sample.trim_end()
    );
    Ok(vec![(PathBuf::from("docs/reference/configuration.md"), configuration)])
}

/// Pages that are not what the binary would write.
pub(crate) fn stale(root: &Path, binary: &Path) -> Result<Vec<PathBuf>> {
    let pages = pages(root, binary)?;
    let differs = |(path, text): &(PathBuf, String)| {
        !std::fs::read_to_string(root.join(path)).is_ok_and(|written| written == *text)
    };
    Ok(pages.into_iter().filter(differs).map(|(path, _)| path).collect())
}

/// Builds the binary and writes the pages.
pub(crate) fn write(root: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--package", "guildhall"]).current_dir(root);
    if !run::shown(build)?.ok {
        bail!("the server does not build");
    }
    let target = crate::tidy::metadata(root)?;
    let target =
        target.get("target_directory").and_then(serde_json::Value::as_str).context("no target directory")?;
    let binary = Path::new(target).join("debug").join(format!("guildhall{}", std::env::consts::EXE_SUFFIX));
    for (path, text) in pages(root, &binary)? {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
