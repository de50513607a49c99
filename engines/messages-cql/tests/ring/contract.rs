//! The port's contract.

use crate::shifted::Shifted;
use crate::{Node, connect, fresh, ring};
use messages_cql::MessagesCql;
use ports::messages::Messages;
use std::sync::Arc;
use testkit::clock::ManualClock;
use testkit::conformance::messages::Reopened;

mod together {
    use super::*;

    async fn shared() -> Arc<dyn Messages> {
        Arc::new(Shifted { store: ring().store.get().unwrap().clone(), by: fresh() })
    }

    testkit::messages_contract_of_many!(shared());
}

mod reopened {
    use super::*;

    struct Again {
        by: u64,
        worker: u16,
        open: Option<Arc<MessagesCql>>,
        openings: i64,
    }

    #[async_trait::async_trait]
    impl Reopened for Again {
        async fn open(&mut self) -> Arc<dyn Messages> {
            let clock = Arc::new(ManualClock::default());
            clock.advance_seconds(-3600 * self.openings);
            self.openings += 1;
            let store = connect(ring(), Node { clock, worker: self.worker, ..Node::new() }).await;
            self.open = Some(store.clone());
            Arc::new(Shifted { store, by: self.by })
        }

        async fn close(&mut self) {
            if let Some(store) = self.open.take() {
                store.close().await;
            }
        }
    }

    async fn again() -> Again {
        Again { by: fresh(), worker: Node::new().worker, open: None, openings: 0 }
    }

    testkit::messages_reopened!(again());
}
