//! The directory's contract on MariaDB, one primary and two replicas.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod served;

use directory_sql::DirectorySql;
use ports::directory::Directory;
use std::sync::Arc;

mod conformance {
    use super::*;

    async fn make() -> (Arc<dyn Directory>, ()) {
        let url = tokio::task::spawn_blocking(|| served::database(&served::shared().lock())).await.unwrap();
        (Arc::new(DirectorySql::connect(&url, served::by_our_clock()).await.unwrap()), ())
    }

    testkit::directory_conformance!(make);
}
