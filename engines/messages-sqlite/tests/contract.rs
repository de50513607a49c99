//! The contract of the messages port, in a file and in memory.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use messages_sqlite::MessagesSqlite;
use ports::messages::Messages;
use std::sync::Arc;
use testkit::clock::{ManualClock, TestIds};
use testkit::conformance::messages::Reopened;

mod in_memory {
    use super::*;

    async fn fresh() -> Arc<dyn Messages> {
        let clock = Arc::new(ManualClock::default());
        Arc::new(MessagesSqlite::ephemeral(Arc::new(TestIds::default()), clock).unwrap())
    }

    testkit::messages_contract!(fresh());
}

mod in_a_file {
    use super::*;

    async fn fresh() -> Arc<dyn Messages> {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let ids = Arc::new(TestIds::default());
        // The folder goes while the files are open: they live on without a name, and nothing is left behind.
        Arc::new(MessagesSqlite::open(&dir.path().join("messages.db"), ids, clock).unwrap())
    }

    testkit::messages_contract!(fresh());
}

mod reopened {
    use super::*;

    struct Folder {
        dir: tempfile::TempDir,
        open: Option<Arc<MessagesSqlite>>,
        openings: i64,
    }

    #[async_trait::async_trait]
    impl Reopened for Folder {
        async fn open(&mut self) -> Arc<dyn Messages> {
            let clock = Arc::new(ManualClock::default());
            clock.advance_seconds(-3600 * self.openings);
            self.openings += 1;
            let ids = Arc::new(TestIds::new(clock.clone()));
            let path = self.dir.path().join("messages.db");
            let store = Arc::new(MessagesSqlite::open(&path, ids, clock).unwrap());
            self.open = Some(store.clone());
            store
        }

        async fn close(&mut self) {
            if let Some(store) = self.open.take() {
                store.close().await;
            }
        }
    }

    async fn folder() -> Folder {
        Folder { dir: tempfile::tempdir().unwrap(), open: None, openings: 0 }
    }

    testkit::messages_reopened!(folder());
}
