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
    let router = std::fs::read_to_string(root.join("crates/http/src/router.rs"))?;
    Ok(vec![
        (PathBuf::from("docs/reference/configuration.md"), configuration),
        (PathBuf::from("docs/reference/routes.md"), routes(&router)?),
    ])
}

/// The table of routes, as a table for people. The rows are read from the source: there each stands on a line of its
/// own, `METHOD Access "/path" handler;`.
fn routes(router: &str) -> Result<String> {
    let mut page = "# Routes\n\nWritten by `cargo xtask gen` from the table in `crates/http/src/router.rs`; do not edit. Below `/api/v10`,\n\
        `/api/v9` and `/api`. What they take and answer is [Discord's documentation](https://docs.discord.com/developers); the\n\
        routes under `/guildhall` and `/users/@me/message-ids` are ours.\n\n\
        | method | path | who may call |\n|---|---|---|\n"
        .to_owned();
    let mut rows = 0;
    for line in router.lines().map(str::trim) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [method, access, path, handler] = words.as_slice() else { continue };
        let who = match *access {
            "Anyone" => "everybody",
            "User" => "people",
            "Bot" => "bots",
            "Account" => "people and bots",
            _ => continue,
        };
        let path = path.strip_prefix('"').and_then(|path| path.strip_suffix('"'));
        if let (Some(path), true) = (path, handler.ends_with(';')) {
            page.push_str(&format!("| {method} | `{path}` | {who} |\n"));
            rows += 1;
        }
    }
    if rows == 0 {
        bail!("no routes were found in crates/http/src/router.rs: has its table changed its form?");
    }
    Ok(page)
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

#[cfg(test)]
mod tests {
    use super::routes;

    #[test]
    fn reads_rows_and_nothing_else() {
        let page = routes(
            "fn routes() -> Vec<Route> {\n    routes! {\n        GET    Anyone  \"/gateway\"   gateway::url;\n\n\
             PUT    User    \"/channels/{channel_id}\" channels::put;\n    }\n}\n",
        )
        .unwrap();
        let rows: Vec<&str> =
            page.lines().filter(|line| line.contains('`') && line.starts_with("| ")).collect();
        assert_eq!(rows, ["| GET | `/gateway` | everybody |", "| PUT | `/channels/{channel_id}` | people |"]);
        assert!(routes("fn nothing() {}").is_err());
    }
}
