//! The directory's contract on SQLite: in a file, in memory, and without answers kept in memory, as it runs where
//! others write to the same database.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use directory_sql::DirectorySql;
use ports::directory::Directory;
use std::sync::Arc;

mod in_a_file {
    use super::*;

    async fn make() -> (Arc<dyn Directory>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let directory = DirectorySql::open(&folder.path().join("directory.db")).await.unwrap();
        (Arc::new(directory), folder)
    }

    testkit::directory_conformance!(make);
}

mod in_memory {
    use super::*;

    async fn make() -> (Arc<dyn Directory>, ()) {
        (Arc::new(DirectorySql::ephemeral().await.unwrap()), ())
    }

    testkit::directory_conformance!(make);
}

mod without_caches {
    use super::*;

    async fn make() -> (Arc<dyn Directory>, ()) {
        (Arc::new(DirectorySql::ephemeral().await.unwrap().without_caches()), ())
    }

    testkit::directory_conformance!(make);
}
