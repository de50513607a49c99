//! What a start refuses and what it takes.

use crate::{Node, connect, ring};
use messages_cql::MessagesCql;
use ports::StoreError;
use ports::messages::{Messages as _, NewMessage, Scope};
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

/// A keyspace of version 1 gets the tables that came later and says so; one of a later version is refused in plain words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_keyspace_is_taken_over_and_a_later_one_is_refused() {
    let ring = ring();
    let node = || Node { keyspace: "older".into(), ..Node::new() };
    let addresses = ring.addresses.clone();
    let session = ring.runtime.spawn(async move {
        scylla::client::session_builder::SessionBuilder::new().known_nodes(&addresses).build().await
    });
    let session = Arc::new(session.await.unwrap().unwrap());
    let run = |cql: &'static str| {
        let session = session.clone();
        let run = async move { session.query_unpaged(cql, ()).await.map_err(|error| error.to_string()) };
        async move { ring.runtime.spawn(run).await.unwrap().unwrap() }
    };
    run("CREATE KEYSPACE older WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 3}")
        .await;
    run("CREATE TABLE older.schema_version (one int, version int, PRIMARY KEY (one))").await;
    run("INSERT INTO older.schema_version (one, version) VALUES (1, 1) USING TIMESTAMP 1").await;
    let store = connect(ring, node()).await;
    let (here, me) = (crate::channel(), Scope::User(crate::user(5)));
    let new = NewMessage { scopes: vec![me], ..crate::says(here, crate::user(1), "x") };
    store.append(new, None, crate::ignored()).await.unwrap();
    assert_eq!(store.mentions(&[me], None, None, 10).await.unwrap().len(), 1);
    let rows =
        run("SELECT version FROM older.schema_version WHERE one = 1").await.into_rows_result().unwrap();
    assert_eq!(rows.single_row::<(i32,)>().unwrap(), (2,));

    run("INSERT INTO older.schema_version (one, version) VALUES (1, 99)").await;
    let later = node();
    let ids = Arc::new(TestIds::of_worker(later.clock.clone(), later.worker));
    let connecting = MessagesCql::connect(later.options(ring), ids, later.clock);
    let refused = ring.runtime.spawn(connecting).await.unwrap();
    let Err(StoreError::Corrupt(why)) = refused else { panic!("it was taken") };
    assert!(why.contains("later version"), "{why}");
}
