//! Messages on a real ring of three: one ring for all of these tests, started by the first.
//!
//! Needs Maven and a Java runtime (`testbed::cassandra` says what is missing, and the tests fail).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a panic is how a test fails"
)]

mod contract;
mod figures;
mod nodes;
mod outcomes;
mod races;
mod shifted;
mod start;

use messages_cql::{Faults, MessagesCql, Options};
use model::message::{Message, MessageKind};
use model::{ChannelId, MessageId, UserId};
use ports::messages::{Appended, Durable, Messages, NewMessage, Page, SendKey};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use testbed::cassandra::Cassandra;
use testkit::clock::{ManualClock, TestIds};
use tokio::runtime::Runtime;

/// The ring, with a runtime that outlives every test: connections live on it.
struct Ring {
    /// Held by the test that does something to nodes: only one of three may be away.
    cassandra: tokio::sync::Mutex<Cassandra>,
    addresses: Vec<String>,
    runtime: Runtime,
    /// For the tests that need no node of their own.
    store: OnceLock<Arc<MessagesCql>>,
}

fn ring() -> &'static Ring {
    static RING: OnceLock<Ring> = OnceLock::new();
    RING.get_or_init(|| {
        // Away from the caller's runtime: starting blocks.
        let start = || {
            let begun = std::time::Instant::now();
            let cassandra = Cassandra::ring().unwrap();
            println!("a ring of three started in {:.1} s", begun.elapsed().as_secs_f64());
            let addresses = cassandra.addresses();
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let ring = Ring {
                cassandra: tokio::sync::Mutex::new(cassandra),
                addresses,
                runtime,
                store: OnceLock::new(),
            };
            // Two nodes that start together make the tables together.
            let both = async {
                let (one, two) = (connect(&ring, Node::new()), connect(&ring, Node::new()));
                tokio::join!(one, two)
            };
            let (one, _) = ring.runtime.block_on(both);
            let _ = ring.store.set(one);
            println!("with tables after {:.1} s", begun.elapsed().as_secs_f64());
            ring
        };
        std::thread::spawn(start).join().unwrap()
    })
}

/// A node of Guildhall, as far as the engine sees it.
struct Node {
    clock: Arc<ManualClock>,
    worker: u16,
    keyspace: String,
    replication: u8,
    faults: Option<Faults>,
}

impl Node {
    /// One with a worker id of its own.
    fn new() -> Self {
        static WORKER: AtomicU16 = AtomicU16::new(1);
        Self {
            clock: Arc::default(),
            worker: WORKER.fetch_add(1, Ordering::SeqCst),
            keyspace: "guildhall".into(),
            replication: 3,
            faults: None,
        }
    }

    fn options(&self, ring: &Ring) -> Options {
        Options {
            contact_points: ring.addresses.clone(),
            keyspace: self.keyspace.clone(),
            replication: self.replication,
            faults: self.faults.clone(),
            ..Options::default()
        }
    }
}

async fn connect(ring: &Ring, node: Node) -> Arc<MessagesCql> {
    let ids = Arc::new(TestIds::of_worker(node.clock.clone(), node.worker));
    let options = node.options(ring);
    let connecting = ring.runtime.spawn(MessagesCql::connect(options, ids, node.clock));
    Arc::new(connecting.await.unwrap().unwrap())
}

/// A number far from those of other tests.
fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst) * 10_000_000
}

fn channel() -> ChannelId {
    ChannelId::new(fresh()).unwrap()
}

fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

fn says(channel: ChannelId, author: UserId, content: &str) -> NewMessage {
    NewMessage {
        channel,
        author,
        kind: MessageKind::Default,
        content: content.into(),
        tts: false,
        mention_everyone: false,
        mentions: vec![],
        mention_roles: vec![],
        webhook: None,
        flags: 0,
        embeds: vec![],
        reference: None,
        scopes: vec![],
    }
}

fn key(text: &str, digest: u8) -> Option<SendKey> {
    Some(SendKey { key: text.into(), digest: [digest; 32] })
}

fn ignored() -> Durable {
    Box::new(|_| {})
}

async fn send(store: &MessagesCql, channel: ChannelId, content: &str) -> Message {
    match store.append(says(channel, user(channel.get()), content), None, ignored()).await.unwrap() {
        Appended::Created(message) => message,
        other => panic!("{other:?}"),
    }
}

/// Everything in a channel, oldest first.
async fn everything(store: &MessagesCql, channel: ChannelId) -> Vec<(MessageId, String)> {
    let mut all = Vec::new();
    let mut after = MessageId::new(1).unwrap();
    loop {
        let page = store.page(channel, Page::After(after), 100, user(1)).await.unwrap();
        let Some(newest) = page.first() else { return all };
        after = newest.message.id;
        all.extend(page.into_iter().rev().map(|stored| (stored.message.id, stored.message.content)));
    }
}
