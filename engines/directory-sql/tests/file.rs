//! What holds for the embedded database beyond the port's contract: it is there after a restart, it is its owner's
//! alone, what is wrong with it is said, and callers that go away leave nothing half-done.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use directory_sql::DirectorySql;
use model::UserId;
use model::relationship::RelationshipAction::{Befriend, Block, Remove};
use model::settings::Settings;
use ports::StoreError;
use ports::directory::{Accounts, Applications, Devices, Instance, PrivateChannels, Relationships};
use sqlx::{AnyConnection, Connection, Row};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use testkit::conformance::directory::{NOW, ROOMY, act, befriend, channel, hash, new_device, people, user};

/// A second connection to the same file, as an operator's tool has it.
async fn behind_its_back(path: &Path) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let first = DirectorySql::open(&path).await.unwrap();
    let [a, b, c] = people(&first).await;
    let change = befriend(&first, a, b).await;
    first.set_nickname(a, b, Some("Bee")).await.unwrap();
    let dm = first.open_dm(a, b, channel(1), NOW).await.unwrap().channel;
    let group = first.create_group(channel(2), c, &[a], Some("group"), NOW).await.unwrap();
    first.sign_in(&new_device(a, 1, NOW), 50).await.unwrap();
    let secret = first.secret("mac", b"secret").await.unwrap();
    let settings = Settings { theme: "dark".into(), ..Settings::default() };
    first.set_settings(a, &settings).await.unwrap();
    let worker = first.lease_worker("node", NOW, NOW.plus_seconds(60)).await.unwrap();
    let scope = first.private_scope(channel(1)).await.unwrap();
    let account = first.account(a).await.unwrap();
    let friend = first.relationship(a, b).await.unwrap();
    let principal = first.authenticate(&hash(1)).await.unwrap();
    first.close().await;
    assert!(matches!(first.account(a).await, Err(StoreError::Unavailable(_))));
    drop(first);

    let second = DirectorySql::open(&path).await.unwrap();
    assert_eq!(second.account(a).await.unwrap(), account);
    assert_eq!(second.relationship(a, b).await.unwrap(), friend);
    assert_eq!(second.private_scope(channel(1)).await.unwrap(), scope);
    assert_eq!(second.private_channel(channel(1)).await.unwrap(), Some(dm));
    assert_eq!(second.private_channel(channel(2)).await.unwrap(), Some(group));
    assert_eq!(second.authenticate(&hash(1)).await.unwrap(), principal);
    assert_eq!(second.settings(a).await.unwrap(), settings);
    assert_eq!(second.secret("mac", b"other").await.unwrap(), secret);
    let next = second.lease_worker("node", NOW, NOW.plus_seconds(60)).await.unwrap();
    assert_eq!((worker, next), (Some(0), Some(1)));
    assert!(act(&second, a, b, Remove).await.unwrap().version > change.version);
    assert_eq!(second.check_directory().await.unwrap(), Vec::<String>::new());
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    // A name that a URL would misread.
    let path = folder.path().join("100% ünï #1? &x=%41.db");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let directory = DirectorySql::open(&path).await.unwrap();
    people::<1>(&directory).await;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    assert!(
        names.len() >= 2 && names.iter().all(|name| name.starts_with("100% ünï #1? &x=%41.db")),
        "{names:?}"
    );
}

#[tokio::test]
async fn writes_are_synced_to_the_log_before_they_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let directory = DirectorySql::open(&path).await.unwrap();
    let modes = directory.modes().await.unwrap();
    assert_eq!(modes, ["wal", "2", "1", "5000", "0"]);
}

#[tokio::test]
async fn a_newer_or_damaged_file_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    DirectorySql::open(&path).await.unwrap().close().await;
    let mut tool = behind_its_back(&path).await;
    sqlx::query("UPDATE schema_version SET version = 999").execute(&mut tool).await.unwrap();
    tool.close().await.unwrap();
    let refused = DirectorySql::open(&path).await.err().unwrap();
    assert!(matches!(&refused, StoreError::Corrupt(why) if why.contains("newer")), "{refused}");

    let garbage = folder.path().join("garbage.db");
    std::fs::write(&garbage, "This is no database at all. ".repeat(500)).unwrap();
    let refused = DirectorySql::open(&garbage).await.err().unwrap();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");

    let nowhere = folder.path().join("missing").join("directory.db");
    assert!(matches!(DirectorySql::open(&nowhere).await.err(), Some(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn what_is_wrong_between_rows_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let directory = DirectorySql::open(&path).await.unwrap();
    let [a, b, c] = people(&directory).await;
    befriend(&directory, a, b).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    directory.create_group(channel(2), c, &[a], None, NOW).await.unwrap();
    directory.sign_in(&new_device(a, 1, NOW), 50).await.unwrap();
    assert!(directory.check_directory().await.unwrap().is_empty());
    let mut tool = behind_its_back(&path).await;
    for (damage, said) in [
        ("DELETE FROM relationships WHERE user_id < other_id", "relationships do not fit"),
        ("DELETE FROM private_recipients WHERE user_id < 5000000", "direct messages"),
        ("UPDATE private_channels SET owner = 1 WHERE kind = 3", "groups have an owner"),
        ("UPDATE devices SET kind = 1", "wrong kind"),
        ("DELETE FROM pairs", "no version"),
        ("PRAGMA foreign_keys = OFF", ""),
        ("DELETE FROM users", "refer to rows that are not there"),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(damage)).execute(&mut tool).await.unwrap();
        let wrong = directory.check_directory().await.unwrap();
        assert!(wrong.iter().any(|line| line.contains(said)), "{damage}: {wrong:?}");
    }
}

/// A caller that is dropped between a commit and the mark that follows it would leave an old answer in memory for
/// ever. Transactions run to their end without it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_leave_no_old_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let directory = Arc::new(DirectorySql::open(&path).await.unwrap());
    let [a, b] = people(&*directory).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    let mut tool = behind_its_back(&path).await;
    let mut stored = 0;
    for n in 0..300u64 {
        let action = [Befriend, Remove, Block, Remove][(n % 4) as usize];
        let writing = {
            let directory = directory.clone();
            tokio::spawn(async move { act(&*directory, a, b, action).await })
        };
        let stop = Arc::new(AtomicBool::new(false));
        let reading = {
            let (directory, stop) = (directory.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    directory.private_scope(channel(1)).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        };
        // Timers are too coarse for the time that a commit takes.
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_micros(n * 37 % 1500) {
            tokio::task::yield_now().await;
        }
        writing.abort();
        tokio::time::sleep(Duration::from_millis(2)).await;
        stop.store(true, Ordering::Relaxed);
        reading.await.unwrap();
        // Whatever became of it: it is committed when the next writer is, and marked soon after.
        directory.create_code([1; 32], 1, NOW).await.unwrap();
        let row = sqlx::query("SELECT version FROM pairs").fetch_one(&mut tool).await.unwrap();
        let version: i64 = row.get(0);
        stored += u64::from(version as u64 > stored);
        let patience = Instant::now();
        while directory.private_scope(channel(1)).await.unwrap().unwrap().version != version as u64 {
            assert!(patience.elapsed() < Duration::from_secs(2), "round {n}: an old answer stays");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert!(stored > 10, "the race was never on");
}

/// Nothing of what was asked or stored is in what callers hear.
#[tokio::test]
async fn faults_tell_nothing_of_the_data() {
    let directory = DirectorySql::ephemeral().await.unwrap();
    let stranger = UserId::new(4_711_000).unwrap();
    let fault = directory.sign_in(&new_device(stranger, 1, NOW), 50).await.err().unwrap().to_string();
    for secret in ["INSERT", "devices", "4711000", "FOREIGN"] {
        assert!(!fault.contains(secret), "{fault}");
    }
    people::<2>(&directory).await;
    let limits = ports::directory::relationships::RelationshipLimits { friends: 0, ..ROOMY };
    assert!(directory.change_relationship(user(1), user(2), Befriend, NOW, limits).await.unwrap().is_err());
    assert!(directory.applications(user(1)).await.unwrap().is_empty());
    assert!(directory.account(user(1)).await.unwrap().is_some());
}
