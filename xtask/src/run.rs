//! Child processes whose output is shown as it comes, and kept to be read afterwards.

use anyhow::{Context as _, Result};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What a child left behind.
pub(crate) struct Outcome {
    /// Whether it exited with 0.
    pub(crate) ok: bool,
    /// Everything it said, on both streams.
    pub(crate) said: String,
}

/// A command in a folder.
pub(crate) fn command<S: AsRef<OsStr>>(program: &str, arguments: &[S], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// Runs it, showing its output.
pub(crate) fn shown(mut command: Command) -> Result<Outcome> {
    let program = command.get_program().to_string_lossy().into_owned();
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    println!("$ {program} {}", arguments.join(" "));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let out = child.stdout.take().context("no stdout")?;
    let err = child.stderr.take().context("no stderr")?;
    // Two readers: a child that fills one pipe while the other is being read would stand still for ever.
    let errors = std::thread::spawn(move || pass_on(err));
    let mut said = pass_on(out);
    said.push_str(&errors.join().unwrap_or_default());
    let ok = child.wait().with_context(|| format!("waiting for {program}"))?.success();
    Ok(Outcome { ok, said })
}

/// Copies a stream to our own output while it comes in.
fn pass_on(mut stream: impl Read) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; 8192];
    while let Ok(n) = stream.read(&mut piece) {
        if n == 0 {
            break;
        }
        let piece = piece.get(..n).unwrap_or_default();
        let mut out = std::io::stdout().lock();
        // Nobody reads us any more: the child's result still counts.
        let _ = out.write_all(piece).and_then(|()| out.flush());
        kept.extend_from_slice(piece);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// Runs it silently; its standard output if it succeeded.
pub(crate) fn answer<S: AsRef<OsStr>>(program: &str, arguments: &[S], folder: &Path) -> Option<String> {
    let output = command(program, arguments, folder).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
