//! Builds the web client and lists its files for `src/web.rs`, so that the binary needs nothing beside it.
//!
//! `GUILDHALL_WEB_DIST` names a folder that was built before, and then nothing is built here.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a build script talks to cargo through the environment and panics to fail the build"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-env-changed=GUILDHALL_WEB_DIST");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"))
        .join("../../web");
    let dist = match env::var("GUILDHALL_WEB_DIST") {
        Ok(path) => {
            println!("cargo:rerun-if-changed={path}");
            PathBuf::from(path)
        }
        Err(_) => build(&web, &out.join("dist")),
    };
    let mut files = Vec::new();
    collect(&dist, &dist, &mut files);
    files.sort();
    assert!(
        files.iter().any(|(name, _)| name == "index.html"),
        "the web client has no index.html in {}",
        dist.display()
    );
    let mut table = String::from("&[\n");
    for (index, (name, path)) in files.iter().enumerate() {
        let bytes = fs::read(path).expect("a built file is readable");
        let zipped = out.join(format!("web-{index}.gz"));
        let compressed = if compresses(name) { gzip(&bytes) } else { Vec::new() };
        fs::write(&zipped, compressed).expect("OUT_DIR is writable");
        writeln!(
            table,
            "File {{ path: {name:?}, plain: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            path.canonicalize().expect("a built file has a path"),
            zipped
        )
        .expect("a string takes text");
    }
    table.push(']');
    fs::write(out.join("web_files.rs"), table).expect("OUT_DIR is writable");
}

/// Runs npm, if what it makes is older than what it is made of (cargo decides the latter).
fn build(web: &Path, dist: &Path) -> PathBuf {
    for source in [
        "src",
        "public",
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "tsconfig.json",
        "lingui.config.ts",
    ] {
        let path = web.join(source);
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    let stamp = |path: PathBuf| fs::metadata(path).and_then(|m| m.modified()).ok();
    let (locked, installed) =
        (stamp(web.join("package-lock.json")), stamp(web.join("node_modules/.package-lock.json")));
    if installed.is_none() || installed < locked {
        npm(web, &["ci", "--no-audit", "--no-fund"]);
    }
    let dist_text = dist.to_str().expect("OUT_DIR is text");
    npm(web, &["run", "build", "--", "--outDir", dist_text, "--emptyOutDir"]);
    dist.to_owned()
}

fn npm(web: &Path, args: &[&str]) {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    match Command::new(program).args(args).current_dir(web).output() {
        Ok(done) if done.status.success() => {}
        Ok(done) => panic!(
            "npm {} failed in {}:\n{}{}",
            args.join(" "),
            web.display(),
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        ),
        Err(error) => panic!(
            "npm does not start ({error}). The web client is built with Node.js 20 or newer: install it (Debian: apt-get install nodejs npm), or name a built folder in GUILDHALL_WEB_DIST."
        ),
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path
                .strip_prefix(root)
                .expect("it is below")
                .to_str()
                .expect("its name is text")
                .replace('\\', "/");
            files.push((name, path));
        }
    }
}

fn compresses(name: &str) -> bool {
    [".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("a vector takes bytes");
    encoder.finish().expect("a vector takes bytes")
}
