//! The pages under `docs/reference` that the program itself writes.

use crate::run;
use anyhow::{Context as _, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
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
    let mut pages = vec![
        (PathBuf::from("docs/reference/configuration.md"), configuration),
        (PathBuf::from("docs/reference/routes.md"), routes(&router)?),
    ];
    // Discord's description lies beside the repository; without it the page stays as it is.
    if let Ok(discord) = std::fs::read_to_string(root.join("../shared/discord-openapi.json")) {
        pages.push((PathBuf::from("docs/reference/compatibility.md"), compatibility(&router, &discord)?));
    }
    Ok(pages)
}

/// Which of Discord's documented routes there are here, which are not, and which serve other callers. Parameters count as equal whatever their names.
fn compatibility(router: &str, discord: &str) -> Result<String> {
    let ours: BTreeMap<(String, String), &str> = rows(router)
        .into_iter()
        .map(|(method, path, who)| ((method.to_owned(), nameless(path)), who))
        .collect();
    let discord: serde_json::Value = serde_json::from_str(discord).context("Discord's description")?;
    let paths = discord.get("paths").and_then(serde_json::Value::as_object).context("it has no paths")?;
    let (mut missing, mut different) = (BTreeSet::new(), BTreeSet::new());
    let mut all = 0;
    for (path, operations) in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let Some(operation) = operations.get(method.to_lowercase()) else { continue };
            all += 1;
            match ours.get(&(method.to_owned(), nameless(path))) {
                None => {
                    missing.insert((path.as_str(), method));
                }
                Some(who) => {
                    if let Some(there) = other_callers(operation, who) {
                        different.insert((path.as_str(), method, there, *who));
                    }
                }
            }
        }
    }
    let mut page = format!(
        "# Compatibility\n\nWritten by `cargo xtask gen`; do not edit. Of the {all} operations in Discord's published description\n\
         (`discord/discord-api-spec`, July 2026) {} are answered here; what they answer is held to that description by the tests.\n\
         These are not there yet, and are answered 404:\n\n| method | path |\n|---|---|\n",
        all - missing.len()
    );
    for (path, method) in missing {
        page.push_str(&format!("| {method} | `{path}` |\n"));
    }
    if !different.is_empty() {
        page.push_str("\nThese serve other callers than there:\n\n| method | path | there | here |\n|---|---|---|---|\n");
        for (path, method, there, here) in different {
            page.push_str(&format!("| {method} | `{path}` | {there} | {here} |\n"));
        }
    }
    Ok(page)
}

/// Whom Discord's description lets call an operation, where that is not whom we let. Tokens of OAuth2 are nobody's here.
fn other_callers(operation: &serde_json::Value, here: &str) -> Option<&'static str> {
    let schemes = operation.get("security").and_then(serde_json::Value::as_array)?;
    let is_there = |name: &str| schemes.iter().any(|scheme| scheme.get(name).is_some());
    let everybody = schemes.is_empty()
        || schemes.iter().any(|scheme| scheme.as_object().is_some_and(|one| one.is_empty()));
    match (everybody, is_there("BotToken"), is_there("OAuth2")) {
        (true, ..) => (here != "everybody").then_some("everybody"),
        (false, true, _) => (!matches!(here, "bots" | "people and bots")).then_some("bots"),
        (false, false, true) => Some("holders of OAuth2 tokens"),
        (false, false, false) => None,
    }
}

/// A path whose parameters have no names.
fn nameless(path: &str) -> String {
    let part = |part: &'_ str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The table of routes, as a table for people. The rows are read from the source: there each stands on a line of its
/// own, `METHOD Access "/path" handler;`.
fn routes(router: &str) -> Result<String> {
    let mut page = "# Routes\n\nWritten by `cargo xtask gen` from the table in `crates/http/src/router.rs`; do not edit. Below `/api/v10`,\n\
        `/api/v9` and `/api`; every server describes its own at `/api/openapi.json`. What they take and answer is [Discord's documentation](https://docs.discord.com/developers); the\n\
        routes under `/guildhall` and `/users/@me/message-ids` are ours.\n\n\
        | method | path | who may call |\n|---|---|---|\n"
        .to_owned();
    let rows = rows(router);
    for (method, path, who) in &rows {
        page.push_str(&format!("| {method} | `{path}` | {who} |\n"));
    }
    if rows.is_empty() {
        bail!("no routes were found in crates/http/src/router.rs: has its table changed its form?");
    }
    Ok(page)
}

/// The rows of the table: method, path, who may call.
fn rows(router: &str) -> Vec<(&str, &str, &'static str)> {
    let row = |line| {
        let words: Vec<&str> = str::split_whitespace(line).collect();
        let [method, access, path, handler] = words.as_slice() else { return None };
        let who = match *access {
            "Anyone" => "everybody",
            "User" => "people",
            "Bot" => "bots",
            "Account" => "people and bots",
            _ => return None,
        };
        let path = path.strip_prefix('"')?.strip_suffix('"')?;
        handler.ends_with(';').then_some((*method, path, who))
    };
    router.lines().filter_map(row).collect()
}

/// Pages that are not what the binary would write.
pub(crate) fn stale(root: &Path, binary: &Path) -> Result<Vec<PathBuf>> {
    let pages = pages(root, binary)?;
    let differs = |(path, text): &(PathBuf, String)| {
        !std::fs::read_to_string(root.join(path)).is_ok_and(|written| written == *text)
    };
    Ok(pages.into_iter().filter(differs).map(|(path, _)| path).collect())
}

/// Builds the binary, as the tests do so that nothing is compiled twice, and writes the pages.
pub(crate) fn write(root: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = std::process::Command::new(cargo);
    build.args(["build", "--workspace", "--all-targets"]).current_dir(root);
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
    use super::{compatibility, routes};

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

    #[test]
    fn what_is_missing_is_listed_whatever_parameters_are_called() {
        let discord = r#"{"paths":{"/users/{user}":{"get":{}},"/lobbies":{"post":{},"parameters":[]}}}"#;
        let page = compatibility("    GET Account \"/users/{user_id}\" users::get;\n", discord).unwrap();
        assert!(page.contains("Of the 2 operations") && page.contains(" 1 are answered"), "{page}");
        assert!(page.ends_with("| POST | `/lobbies` |\n"), "{page}");
    }

    #[test]
    fn what_serves_others_is_listed() {
        let discord = r#"{"paths":{"/a":{"get":{"security":[{"BotToken":[]}]}},"/b":{"get":{"security":[{"BotToken":[]}]}},
            "/c":{"get":{"security":[{}]}}}}"#;
        let router =
            "    GET User \"/a\" a::get;\n    GET Account \"/b\" b::get;\n    GET Bot \"/c\" c::get;\n";
        let page = compatibility(router, discord).unwrap();
        assert!(
            page.ends_with("| GET | `/a` | bots | people |\n| GET | `/c` | everybody | bots |\n"),
            "{page}"
        );
    }
}
