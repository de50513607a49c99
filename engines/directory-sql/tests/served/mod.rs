//! MariaDB servers for these tests.
#![allow(dead_code, reason = "each test binary uses its part")]

use directory_sql::{DirectorySql, LeaseClock, Options};
use parking_lot::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testbed::mariadb::MariaDb;

/// Options under which the port's own sentences hold: those move the clock by which leases run out.
pub(crate) fn by_our_clock() -> Options {
    Options { lease_clock: LeaseClock::Callers, ..Options::default() }
}

/// One primary and two replicas for all tests of a binary that break nothing. Fails, and says what to install, where
/// there is no MariaDB.
pub(crate) fn shared() -> &'static Mutex<MariaDb> {
    static SHARED: OnceLock<Mutex<MariaDb>> = OnceLock::new();
    SHARED.get_or_init(|| Mutex::new(MariaDb::cluster().unwrap()))
}

/// A database of its own; its URL.
pub(crate) fn database(cluster: &MariaDb) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let name = format!("guildhall_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.sql(cluster.primary(), &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).unwrap();
    cluster.url(&name)
}

/// A cluster that a test may break, with a directory on it.
pub(crate) async fn own(options: Options) -> (MariaDb, String, DirectorySql) {
    let cluster = tokio::task::spawn_blocking(|| MariaDb::cluster().unwrap()).await.unwrap();
    let url = cluster.url("guildhall");
    let directory = DirectorySql::connect(&url, options).await.unwrap();
    (cluster, url, directory)
}

/// Asks again and again until it is so.
pub(crate) async fn until<F: Future<Output = bool>>(
    what: &str,
    within: Duration,
    mut so: impl FnMut() -> F,
) -> Duration {
    let begun = Instant::now();
    while !so().await {
        assert!(begun.elapsed() < within, "waited {within:?} in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}
