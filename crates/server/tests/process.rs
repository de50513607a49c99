//! The binary as an operator meets it: its commands, its signals, its data folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod support;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use support::{PASSWORD, Socket};

/// The binary, in a folder of its own so that no configuration of this place is read.
fn guildhall(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
    command.current_dir(folder).env("GUILDHALL_LOG", "warn").env("GUILDHALL_THROTTLE", "off");
    command
}

fn run(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = guildhall(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running binary, ended by its pid when the test is done.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// Starts and waits for the line that says where it listens.
    fn start(folder: &Path, args: &[&str]) -> Self {
        let mut child = guildhall(folder)
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .rsplit("http://")
            .next()
            .unwrap()
            .parse()
            .unwrap_or_else(|_| panic!("the first line is {line:?}"));
        Self { child, address }
    }

    fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    async fn exit_code(&mut self) -> Option<i32> {
        for _ in 0..1000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not end");
    }

    async fn call(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> Value {
        let url = format!("http://{}/api/v10{path}", self.address);
        let mut request = reqwest::Client::new().request(method.parse().unwrap(), url).json(&body);
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap_or(Value::Null)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().to_owned();
    (temporary, path)
}

#[tokio::test]
async fn sigterm_sends_sessions_away_to_come_back_and_ends_with_zero() {
    let (_keep, folder) = folder();
    let mut running = Running::start(&folder, &[]);
    let form = json!({ "username": "alice", "password": PASSWORD, "consent": true });
    let token =
        running.call("POST", "/auth/register", None, form).await["token"].as_str().unwrap().to_owned();
    let mut socket = Socket::connect(running.address, "/gateway/?v=10&encoding=json").await;
    socket.identify(&token, json!({})).await;
    socket.event("READY").await;
    running.terminate();
    loop {
        let frame = socket.frame().await;
        if frame["op"] == 7 {
            break;
        }
        assert!(frame.get("close").is_none(), "closed with {frame} before op 7");
    }
    assert_eq!(socket.closed().await, Some(4000));
    assert_eq!(running.exit_code().await, Some(0));
    let again = Running::start(&folder, &[]);
    assert_eq!(again.call("GET", "/users/@me", Some(&token), json!({})).await["username"], "alice");
}

#[tokio::test]
async fn a_second_process_on_the_same_folder_is_refused_in_plain_words() {
    let (_keep, folder) = folder();
    let _running = Running::start(&folder, &["--data", "here"]);
    let second = run(&folder, &["--data", "here", "--listen", "127.0.0.1:0"], "");
    assert_eq!(second.status.code(), Some(1));
    let said = text(&second.stderr);
    assert!(said.contains("another guildhall process is using the data folder here"), "{said}");
    let doctor = run(&folder, &["doctor", "--data", "here"], "");
    assert_eq!(doctor.status.code(), Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_stored_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_keep, folder) = folder();
    let _running = Running::start(&folder, &["--data", "here"]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = folder.join("here");
    assert_eq!(mode(&data), 0o700);
    for entry in std::fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|ending| ["db", "db-wal", "db-shm"].contains(&ending.to_str().unwrap()))
        {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn accounts_are_managed_from_the_command_line_with_and_without_a_running_server() {
    let (_keep, folder) = folder();
    let created = run(&folder, &["user", "create", "alice"], &format!("{PASSWORD}\n"));
    assert!(created.status.success(), "{}", text(&created.stderr));
    let weak = run(&folder, &["user", "create", "bob"], "password1\n");
    assert!(
        !weak.status.success() && text(&weak.stderr).contains("password: Password is too weak"),
        "{}",
        text(&weak.stderr)
    );
    let running = Running::start(&folder, &["--registration", "invite"]);
    let login = |password: &str| json!({ "login": "alice", "password": password });
    let token = running.call("POST", "/auth/login", None, login(PASSWORD)).await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    // Now through the running server, which must forget what it knew.
    let new = "seventeen quiet lanterns";
    let reset = run(&folder, &["user", "reset-password", "alice"], new);
    assert!(reset.status.success(), "{}", text(&reset.stderr));
    assert_eq!(running.call("GET", "/users/@me", Some(&token), json!({})).await["code"], 0);
    assert!(running.call("POST", "/auth/login", None, login(new)).await["token"].is_string());
    let code = text(&run(&folder, &["user", "invite"], "").stdout);
    let form = json!({ "username": "carol", "password": PASSWORD, "consent": true, "invite": code.trim() });
    assert!(running.call("POST", "/auth/register", None, form).await["token"].is_string());
    let list = text(&run(&folder, &["user", "list"], "").stdout);
    assert!(list.contains("alice") && list.contains("carol") && !list.contains("bob"), "{list}");
    let nobody = run(&folder, &["user", "reset-password", "nobody"], new);
    assert!(!nobody.status.success() && text(&nobody.stderr).contains("nobody has this username"));
}

#[tokio::test]
async fn the_configuration_is_printed_read_and_refused_with_its_key() {
    let (_keep, folder) = folder();
    let sample = run(&folder, &["config"], "");
    assert!(sample.status.success());
    let sample = text(&sample.stdout);
    assert!(sample.contains("# listen = \"127.0.0.1:8080\""), "{sample}");
    std::fs::write(folder.join("guildhall.toml"), &sample).unwrap();
    let listed = run(&folder, &["user", "list"], "");
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    std::fs::write(folder.join("guildhall.toml"), "listne = \"127.0.0.1:8080\"\n").unwrap();
    let refused = run(&folder, &["user", "list"], "");
    assert!(
        !refused.status.success() && text(&refused.stderr).contains("listne"),
        "{}",
        text(&refused.stderr)
    );
    std::fs::write(folder.join("guildhall.toml"), "registration = \"closed\"\n").unwrap();
    let running = Running::start(&folder, &[]);
    assert_eq!(running.call("GET", "/guildhall/instance", None, json!({})).await["registration"], "closed");
    let env = guildhall(&folder).args(["--config", "missing.toml"]).output().unwrap();
    assert!(text(&env.stderr).contains("missing.toml"));
}

#[tokio::test]
async fn the_doctor_finds_nothing_in_a_whole_store_and_says_what_is_damaged() {
    let (_keep, folder) = folder();
    run(&folder, &["user", "create", "alice"], PASSWORD);
    let healthy = run(&folder, &["doctor"], "");
    assert!(
        healthy.status.success() && text(&healthy.stdout).contains("no faults found"),
        "{}",
        text(&healthy.stdout)
    );
    let path = folder.join("data/directory.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..] {
        *byte = 0x5a;
    }
    std::fs::write(&path, bytes).unwrap();
    let damaged = run(&folder, &["doctor"], "");
    assert!(!damaged.status.success());
    let said = format!("{}{}", text(&damaged.stdout), text(&damaged.stderr));
    assert!(!said.contains("panicked") && said.len() > 20, "{said}");
}

#[tokio::test]
async fn without_a_disk_nothing_is_left_behind() {
    let (_keep, folder) = folder();
    let mut running = Running::start(&folder, &["--ephemeral"]);
    let form = json!({ "username": "alice", "password": PASSWORD, "consent": true });
    assert!(running.call("POST", "/auth/register", None, form).await["token"].is_string());
    running.terminate();
    assert_eq!(running.exit_code().await, Some(0));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
