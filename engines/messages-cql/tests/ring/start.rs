//! What a start refuses and what it takes.

use crate::{Node, connect, ring};
use messages_cql::MessagesCql;
use ports::StoreError;
use ports::messages::Messages as _;
use std::sync::Arc;
use testkit::clock::TestIds;

/// An operator hears in plain words that one copy of each message is not enough, and may insist.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ring_that_may_lose_messages_is_refused_in_plain_words() {
    let ring = ring();
    let node = Node { keyspace: "thin".into(), replication: 1, ..Node::new() };
    let mut options = node.options(ring);
    let ids = || Arc::new(TestIds::of_worker(node.clock.clone(), node.worker));
    let refused =
        ring.runtime.spawn(MessagesCql::connect(options.clone(), ids(), node.clock.clone())).await.unwrap();
    let Err(StoreError::Unavailable(why)) = refused else { panic!("it was taken") };
    assert!(why.contains("keeps 1 copies") && why.contains("replication_factor"), "{why}");
    options.allow_unsafe = true;
    let taken = ring.runtime.spawn(MessagesCql::connect(options, ids(), node.clock.clone())).await.unwrap();
    let findings = taken.map(|store| async move { store.check().await.unwrap() }).unwrap().await;
    assert_eq!(findings.len(), 1, "{findings:?}");
}

/// A closed store takes no more changes, and says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_store_refuses_changes() {
    let store = connect(ring(), Node::new()).await;
    let here = crate::channel();
    crate::send(&store, here, "x").await;
    store.close().await;
    store.close().await;
    let refused = store.append(crate::says(here, crate::user(1), "y"), None, crate::ignored()).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(why)) if why.contains("closed")));
    assert_eq!(crate::everything(&store, here).await.len(), 1);
}
