//! What the compiler cannot hold: who may import whom, the licence, and that nothing is left unfinished.

use anyhow::{Context as _, Result};
use serde_json::Value;
use std::path::Path;

/// Who of us may import whom of us. What is not listed here may import anything (`guildhall` wires, `bench` and the
/// tests look from outside), and so may tests.
const EDGES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("wire", &["model"]),
    ("ports", &["model"]),
    ("domain", &["model", "ports"]),
    ("http-api", &["domain", "wire", "model"]),
    ("gateway", &["domain", "wire", "model"]),
    ("hostile", &["gateway", "http-api", "domain", "wire", "model"]),
    ("testkit", &["model", "ports"]),
    ("breaker", &[]),
    ("testbed", &[]),
    ("compat-stage", &[]),
];

/// Packages that nobody but themselves may use: they stand at the end of the chain.
const ENDS: &[&str] = &["guildhall", "bench", "chaos", "xtask", "compat-twilight", "hostile"];

/// An engine fills a port and knows nothing above it.
const ENGINE: &[&str] = &["model", "ports", "breaker"];

/// Packages whose drivers or frameworks must not leak into the middle of the stack.
const FOREIGN: &[(&str, &[&str])] = &[
    ("model", &["tokio", "axum", "hyper", "sqlx", "rusqlite", "reqwest"]),
    ("wire", &["tokio", "axum", "hyper", "sqlx", "rusqlite", "reqwest"]),
    ("ports", &["axum", "hyper", "sqlx", "rusqlite", "reqwest"]),
    ("domain", &["axum", "hyper", "http", "sqlx", "rusqlite", "reqwest", "serde_json"]),
];

/// A package as far as this needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Package {
    name: String,
    engine: bool,
    license: Option<String>,
    /// Names of its ordinary dependencies: not of those of its tests.
    imports: Vec<String>,
}

/// What `cargo metadata` says about the workspace itself.
pub(crate) fn metadata(root: &Path) -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--no-deps", "--format-version", "1"];
    let output = std::process::Command::new(cargo).args(arguments).current_dir(root).output()?;
    if !output.status.success() {
        anyhow::bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Everything that is wrong, in words.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let packages = packages(&metadata(root)?, root)?;
    let mut complaints = edges(&packages);
    complaints.extend(licences(&packages));
    complaints.extend(licence_text(root));
    for file in sources(root)? {
        // A file that git knows and somebody has just removed is not there to be read.
        if let Ok(text) = std::fs::read_to_string(root.join(&file)) {
            complaints.extend(unfinished(&file, &text));
            complaints.extend(wiring(&file, &text));
            complaints.extend(layers(&file, &text));
        }
    }
    Ok(complaints)
}

fn packages(metadata: &Value, root: &Path) -> Result<Vec<Package>> {
    let list =
        metadata.get("packages").and_then(Value::as_array).context("cargo metadata lists no packages")?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut packages = Vec::new();
    for package in list {
        let manifest = text(package, "manifest_path").context("a package without a manifest")?;
        let dependencies = package.get("dependencies").and_then(Value::as_array);
        let imports = dependencies
            .into_iter()
            .flatten()
            .filter(|dependency| dependency.get("kind").is_none_or(Value::is_null))
            .filter_map(|dependency| text(dependency, "name"))
            .collect();
        packages.push(Package {
            name: text(package, "name").context("a package without a name")?,
            engine: Path::new(&manifest).starts_with(root.join("engines")),
            license: text(package, "license"),
            imports,
        });
    }
    Ok(packages)
}

fn edges(packages: &[Package]) -> Vec<String> {
    let ours: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut complaints = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let listed = EDGES.iter().find(|(from, _)| *from == name).map(|(_, allowed)| *allowed);
        let allowed = if package.engine { Some(ENGINE) } else { listed };
        if allowed.is_none() && !ENDS.contains(&name) {
            complaints.push(format!("{name} has no place in the table of import edges (xtask/src/tidy.rs)"));
        }
        for import in package.imports.iter().map(String::as_str).filter(|import| ours.contains(import)) {
            if ENDS.contains(&import) {
                complaints.push(format!("{name} imports {import}, which nothing may import"));
            } else if allowed.is_some_and(|allowed| !allowed.contains(&import)) {
                complaints.push(format!("{name} must not know {import}"));
            }
        }
        let foreign = FOREIGN.iter().find(|(from, _)| *from == name).map_or(&[][..], |(_, barred)| barred);
        for import in package.imports.iter().filter(|import| foreign.contains(&import.as_str())) {
            complaints.push(format!("{name} must not know {import}"));
        }
    }
    complaints
}

fn licences(packages: &[Package]) -> Vec<String> {
    let other = packages.iter().filter(|package| package.license.as_deref() != Some("Apache-2.0"));
    other.map(|package| format!("{} is not under Apache-2.0", package.name)).collect()
}

fn licence_text(root: &Path) -> Option<String> {
    let text = std::fs::read_to_string(root.join("LICENSE")).unwrap_or_default();
    let whole = text.contains("Apache License") && text.contains("END OF TERMS AND CONDITIONS");
    (!whole).then(|| "LICENSE is not the whole text of the Apache License 2.0".to_owned())
}

/// Source files that git knows, with paths from the root.
fn sources(root: &Path) -> Result<Vec<String>> {
    let list = crate::run::answer("git", &["ls-files"], root).context("git ls-files failed")?;
    let ends = [".rs", ".ts", ".tsx", ".js", ".css", ".toml"];
    Ok(list.lines().filter(|file| ends.iter().any(|end| file.ends_with(end))).map(str::to_owned).collect())
}

fn unfinished(file: &str, text: &str) -> Vec<String> {
    // Put together, so that this file does not complain about itself.
    let marks =
        [["TO", "DO"], ["FIX", "ME"], ["to", "do!("], ["unimple", "mented!("]].map(|parts| parts.concat());
    let mut complaints = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for mark in marks.iter().filter(|mark| line.contains(mark.as_str())) {
            complaints.push(format!("{file}:{}: {mark}", number + 1));
        }
    }
    complaints
}

/// In the binary, one file names engines; everything else sees ports.
fn wiring(file: &str, text: &str) -> Option<String> {
    let inside = file.starts_with("crates/server/src/") && file != "crates/server/src/wiring.rs";
    let engine =
        ["directory_sql::", "messages_sqlite::", "bus_memory::"].into_iter().find(|name| text.contains(name));
    inside.then_some(engine).flatten().map(|name| format!("{file} names the engine {name} outside wiring.rs"))
}

/// The layers of the web client: primitives know nothing of chat, state knows no network, components no socket.
fn layers(file: &str, text: &str) -> Vec<String> {
    let Some(inside) = file.strip_prefix("web/src/") else { return Vec::new() };
    if inside.contains(".test.") {
        return Vec::new();
    }
    let barred: &[&str] = match inside.split('/').next() {
        Some("ui") => &["/api/", "/gateway/", "/state/", "/features/", "/app/"],
        Some("state") => &["/gateway/", "/features/", "/ui/", "/app/", "/api/client", "/api/instance"],
        Some("features") if file.ends_with(".tsx") => &["/gateway/socket"],
        _ => &[],
    };
    let mut complaints = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((_, from)) =
            line.split_once(" from ").filter(|(import, _)| !import.trim_start().starts_with("//"))
        else {
            continue;
        };
        let path = from.trim().trim_end_matches(';').trim_matches(['"', '\'']);
        if !path.starts_with('.') {
            continue;
        }
        let path = format!("{path}/");
        for layer in barred.iter().filter(|layer| path.contains(*layer)) {
            complaints.push(format!("{file}:{}: must not know {}", number + 1, layer.trim_matches('/')));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::{Package, edges, layers, unfinished, wiring};

    fn package(name: &str, engine: bool, imports: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            engine,
            license: Some("Apache-2.0".to_owned()),
            imports: imports.iter().map(|import| (*import).to_owned()).collect(),
        }
    }

    #[test]
    fn allows_what_the_table_allows() {
        let packages = [
            package("model", false, &["serde"]),
            package("ports", false, &["model", "tokio"]),
            package("messages-sqlite", true, &["model", "ports", "rusqlite"]),
            package("guildhall", false, &["model", "ports", "messages-sqlite"]),
        ];
        assert_eq!(edges(&packages), Vec::<String>::new());
    }

    #[test]
    fn refuses_edges_that_point_upward_or_sideways() {
        let packages = [
            package("model", false, &["ports"]),
            package("ports", false, &[]),
            package("wire", false, &["axum"]),
            package("messages-sqlite", true, &["bus-memory"]),
            package("bus-memory", true, &["guildhall"]),
            package("guildhall", false, &[]),
            package("helpers", false, &[]),
        ];
        assert_eq!(
            edges(&packages),
            [
                "model must not know ports",
                "wire must not know axum",
                "messages-sqlite must not know bus-memory",
                "bus-memory imports guildhall, which nothing may import",
                "helpers has no place in the table of import edges (xtask/src/tidy.rs)",
            ]
        );
    }

    #[test]
    fn finds_unfinished_code() {
        let text = format!("fn a() {{}}\n// {}: later\n", ["TO", "DO"].concat());
        assert_eq!(unfinished("a.rs", &text), [format!("a.rs:2: {}", ["TO", "DO"].concat())]);
    }

    #[test]
    fn only_the_wiring_names_engines() {
        let text = "use bus_memory::MemoryBus;";
        assert_eq!(wiring("crates/server/src/wiring.rs", text), None);
        assert!(wiring("crates/server/src/cli/serve.rs", text).is_some());
        assert_eq!(wiring("crates/server/tests/kill.rs", text), None);
    }

    #[test]
    fn the_web_client_keeps_its_layers() {
        let socket = "import { Socket } from '../../gateway/socket';";
        assert_eq!(layers("web/src/features/chat/View.tsx", socket).len(), 1);
        assert_eq!(layers("web/src/features/chat/connect.ts", socket), Vec::<String>::new());
        assert_eq!(layers("web/src/ui/Button.tsx", "import { store } from '../state/store';").len(), 1);
        assert_eq!(
            layers("web/src/state/store.ts", "import type { User } from '../api/types';"),
            Vec::<String>::new()
        );
    }
}
