//! What happens to MariaDB happens to these: servers that are killed, paused, replaced, late or set wrongly. Each test has
//! servers of its own, and one runs at a time, because they would only slow each other down.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod served;

use directory_sql::{DirectorySql, Options};
use model::UserId;
use model::relationship::RelationshipAction::Remove;
use model::user::AccountChange;
use ports::StoreError;
use ports::directory::{Accounts, Instance, PrivateChannels};
use sqlx::{AnyConnection, Connection};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testbed::mariadb::MariaDb;
use testkit::conformance::directory::{NOW, act, befriend, channel, new_account, people, user};
use tokio::sync::Mutex;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Does something that blocks to the servers.
async fn with<T: Send + 'static>(
    mut cluster: MariaDb,
    act: impl FnOnce(&mut MariaDb) -> T + Send + 'static,
) -> (MariaDb, T) {
    tokio::task::spawn_blocking(move || {
        let answer = act(&mut cluster);
        (cluster, answer)
    })
    .await
    .unwrap()
}

/// Registers accounts on several nodes until it is stopped; which ones were acknowledged.
struct Load {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    writers: Vec<tokio::task::JoinHandle<Vec<UserId>>>,
}

impl Load {
    fn on(nodes: &[Arc<DirectorySql>]) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let writers = (0..8u64)
            .zip(nodes.iter().cycle())
            .map(|(n, node)| {
                let (node, stop, acknowledged) = (node.clone(), stop.clone(), acknowledged.clone());
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    for round in 0u64.. {
                        if stop.load(Ordering::SeqCst) {
                            break;
                        }
                        let id = 1000 + n * 100_000 + round;
                        let begun = Instant::now();
                        match node.create_account(&new_account(id)).await {
                            Ok(_) => {
                                mine.push(user(id));
                                acknowledged.fetch_add(1, Ordering::SeqCst);
                            }
                            Err(StoreError::Unavailable(_)) => {
                                // A client that is told 503 waits a moment, too.
                                tokio::time::sleep(Duration::from_millis(20)).await;
                            }
                            Err(other) => panic!("{other}"),
                        }
                        assert!(
                            begun.elapsed() < Duration::from_secs(6),
                            "a request hung: {:?}",
                            begun.elapsed()
                        );
                    }
                    mine
                })
            })
            .collect();
        Self { stop, acknowledged, writers }
    }

    fn count(&self) -> u64 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// Waits for more acknowledgements.
    async fn goes_on(&self, within: Duration) -> Duration {
        let before = self.count();
        served::until("more writes", within, || async { self.count() > before + 5 }).await
    }

    /// Ends it; every acknowledged account must be there.
    async fn ends(self, on: &DirectorySql) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        let mut acknowledged = Vec::new();
        for writer in self.writers {
            acknowledged.extend(writer.await.unwrap());
        }
        for ids in acknowledged.chunks(50) {
            assert_eq!(on.users(ids).await.unwrap().len(), ids.len(), "an acknowledged account is gone");
        }
        acknowledged.len()
    }
}

/// F20.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promotion_loses_nothing_acknowledged_and_fences_the_old_primary() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (cluster, url, one) = served::own(Options::default()).await;
    let two = Arc::new(DirectorySql::connect(&url, Options::default()).await.unwrap());
    let load = Load::on(&[Arc::new(one.clone()), two.clone()]);
    load.goes_on(Duration::from_secs(10)).await;
    // One replica is paused, so that the other one alone confirms; then the primary dies.
    let (cluster, ()) = with(cluster, |cluster| cluster.pause(2).unwrap()).await;
    load.goes_on(Duration::from_secs(10)).await;
    let killed = Instant::now();
    let (cluster, promoted) = with(cluster, |cluster| {
        cluster.kill(0).unwrap();
        let promoted = cluster.promote().unwrap();
        cluster.resume(2).unwrap();
        cluster.rejoin(2).unwrap();
        promoted
    })
    .await;
    assert_eq!(promoted, 1);
    load.goes_on(Duration::from_secs(15)).await;
    let back = killed.elapsed();
    assert!(back < Duration::from_secs(15), "writes were back only after {back:?}");
    let (cluster, ()) = with(cluster, |cluster| cluster.restart(0).unwrap()).await;
    load.goes_on(Duration::from_secs(10)).await;
    let (cluster, (read_only, follows)) = with(cluster, |cluster| {
        (cluster.sql(0, "SELECT @@read_only").unwrap(), cluster.slave_status(0, "Slave_IO_Running").unwrap())
    })
    .await;
    assert_eq!((read_only.as_str(), follows.as_deref()), ("1", Some("Yes")));
    sqlx::any::install_default_drivers();
    let mut behind = AnyConnection::connect(&cluster.url_of(0, "guildhall").unwrap()).await.unwrap();
    let taken = sqlx::query("DELETE FROM devices").execute(&mut behind).await;
    assert!(taken.unwrap_err().to_string().contains("read-only"), "the old primary took a write");
    let acknowledged = load.ends(&two).await;
    println!(
        "writes were back {back:?} after the kill; {acknowledged} acknowledged, 0 lost; {:?}",
        one.counts().unwrap()
    );
    assert_eq!(two.check_directory().await.unwrap(), Vec::<String>::new());
    drop(cluster);
}

/// F20, the other way to lose a primary: it was only asleep, and wakes up as what it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_primary_that_wakes_up_decides_nothing_and_takes_no_write() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (cluster, url, one) = served::own(Options::default()).await;
    let [a, b] = people(&one).await;
    befriend(&one, a, b).await;
    one.open_dm(a, b, channel(1), NOW).await.unwrap();
    assert!(one.private_scope(channel(1)).await.unwrap().unwrap().pair.0.is_some());
    let (cluster, promoted) = with(cluster, |cluster| {
        cluster.pause(0).unwrap();
        cluster.promote().unwrap()
    })
    .await;
    assert_ne!(promoted, 0);
    // A node that never knew the old one takes the friendship away.
    let two = DirectorySql::connect(&url, Options::default()).await.unwrap();
    act(&two, a, b, Remove).await.unwrap();
    let (cluster, ()) = with(cluster, |cluster| cluster.resume(0).unwrap()).await;
    for _ in 0..50 {
        match one.private_scope(channel(1)).await {
            Ok(scope) => assert_eq!(scope.unwrap().pair, (None, None), "an old primary was believed"),
            Err(StoreError::Unavailable(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    served::until("the new primary", Duration::from_secs(5), || async {
        one.private_scope(channel(1)).await.is_ok()
    })
    .await;
    assert!(one.create_account(&new_account(77)).await.is_ok());
    let (cluster, taken) = with(cluster, |cluster| {
        let insert = "INSERT INTO guildhall.secrets (name, value) VALUES ('old', 'x')";
        let taken = cluster.sql_within(0, insert, Duration::from_secs(1)).is_ok();
        cluster.rejoin(0).unwrap();
        taken
    })
    .await;
    assert!(!taken, "the old primary acknowledged a write");
    let (_cluster, rows) = with(cluster, |cluster| {
        cluster.sql(0, "SELECT COUNT(*) FROM guildhall.secrets WHERE name = 'old'").unwrap()
    })
    .await;
    assert_eq!(rows, "0", "what it did not acknowledge is gone with its role");
}

/// F21.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_replicas_show_nothing_old_and_decide_nothing() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (cluster, url, one) =
        served::own(Options { replica_wait: Duration::from_millis(300), ..Options::default() }).await;
    let two = DirectorySql::connect(&url, Options::default()).await.unwrap();
    let [a, b] = people(&one).await;
    one.open_dm(a, b, channel(1), NOW).await.unwrap();
    let (cluster, ()) = with(cluster, |cluster| {
        cluster.stop_replication(1).unwrap();
        cluster.stop_replication(2).unwrap();
    })
    .await;
    for round in 0..40 {
        let name = format!("name {round}");
        let change = AccountChange { global_name: Some(Some(name.clone())), ..AccountChange::default() };
        one.change_account(a, &change).await.unwrap();
        befriend(&one, a, b).await;
        assert!(two.private_scope(channel(1)).await.unwrap().unwrap().pair.0.is_some());
        act(&one, a, b, Remove).await.unwrap();
        assert_eq!(two.private_scope(channel(1)).await.unwrap().unwrap().pair, (None, None));
        for node in [&one, &two] {
            assert_eq!(
                node.users(&[a]).await.unwrap().pop().unwrap().global_name.as_deref(),
                Some(name.as_str())
            );
        }
    }
    let late = one.counts().unwrap();
    let (_cluster, ()) = with(cluster, |cluster| {
        cluster.start_replication(1).unwrap();
        cluster.start_replication(2).unwrap();
    })
    .await;
    served::until("replicas that are asked again", Duration::from_secs(10), || async {
        one.users(&[a]).await.unwrap();
        one.counts().unwrap().replica_reads > late.replica_reads
    })
    .await;
    println!("40 rounds with late replicas: 0 old; {late:?}");
}

/// F22.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_replicas_nothing_is_acknowledged_and_sends_are_still_decided() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (cluster, url, one) = served::own(Options::default()).await;
    let [a, b] = people(&one).await;
    befriend(&one, a, b).await;
    one.open_dm(a, b, channel(1), NOW).await.unwrap();
    let load = Load::on(&[Arc::new(one.clone())]);
    load.goes_on(Duration::from_secs(10)).await;
    let (cluster, ()) = with(cluster, |cluster| {
        cluster.kill(1).unwrap();
        cluster.kill(2).unwrap();
    })
    .await;
    // What was on its way may still be answered; then nothing is.
    let mut slowest = Duration::ZERO;
    for n in 0..6 {
        let begun = Instant::now();
        let answer = one.create_account(&new_account(900_000_000 + n)).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "acknowledged without a replica");
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    served::until("reads that decide", Duration::from_secs(5), || async {
        one.private_scope(channel(1)).await.is_ok_and(|scope| scope.unwrap().pair.0.is_some())
    })
    .await;
    // A node that starts now can serve what it reads.
    let two = DirectorySql::connect(&url, Options::default()).await.unwrap();
    assert!(two.private_scope(channel(1)).await.unwrap().is_some());
    let back = Instant::now();
    let (_cluster, ()) = with(cluster, |cluster| {
        cluster.restart(1).unwrap();
        cluster.restart(2).unwrap();
    })
    .await;
    load.goes_on(Duration::from_secs(15)).await;
    let back = back.elapsed();
    let acknowledged = load.ends(&two).await;
    println!(
        "slowest refusal {slowest:?}; back {back:?} after the replicas' start; {acknowledged} acknowledged, 0 lost"
    );
    assert_eq!(two.check_directory().await.unwrap(), Vec::<String>::new());
}

/// What could lose acknowledged changes is not begun with, and all of it is said at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsafe_servers_are_refused_in_plain_words() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let (cluster, url, one) = served::own(Options::default()).await;
    one.close().await;
    let (cluster, ()) = with(cluster, |cluster| {
        cluster.sql(0, "SET GLOBAL rpl_semi_sync_master_timeout = 10000").unwrap();
        cluster.sql(1, "SET GLOBAL sync_binlog = 0").unwrap();
        cluster.sql(2, "SET GLOBAL read_only = 0").unwrap();
    })
    .await;
    let refused = DirectorySql::connect(&url, Options::default()).await.err().unwrap().to_string();
    let addresses = cluster.addresses();
    for (n, said) in [
        (0, "rpl_semi_sync_master_timeout is 10000; it must be 18446744073709551615"),
        (1, "sync_binlog is 0; it must be 1"),
        (2, "a replica must have read_only = ON"),
    ] {
        assert!(refused.contains(said) && refused.contains(&addresses[n]), "{said} is not in: {refused}");
    }
    assert!(!refused.contains("p@ss") && !refused.contains("p%40ss"));
    drop(cluster);

    let single = tokio::task::spawn_blocking(|| MariaDb::single().unwrap()).await.unwrap();
    let refused =
        DirectorySql::connect(&single.url("guildhall"), Options::default()).await.err().unwrap().to_string();
    assert!(
        refused.contains("one server alone") && refused.contains("innodb_flush_log_at_trx_commit is 0"),
        "{refused}"
    );
    let allowed = Options { allow_unsafe: true, ..Options::default() };
    let directory = DirectorySql::connect(&single.url("guildhall"), allowed).await.unwrap();
    people::<2>(&directory).await;
    assert!(directory.account(user(1)).await.unwrap().is_some());
}
