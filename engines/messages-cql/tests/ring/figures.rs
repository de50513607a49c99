//! Figures, printed: how many statements a send takes, and how many sends a second this machine does. The build is one
//! for tests, the three nodes share the machine with it: not what a ring of three machines does.

use crate::{Node, channel, connect, fresh, ignored, key, ring, says, user};
use ports::messages::{Appended, Messages as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Sends under way at once.
const SENDERS: u64 = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_takes_few_statements() {
    let store = connect(ring(), Node::new()).await;
    for keyed in [false, true] {
        let base = fresh();
        // The channel is known, as it is for all but the first send.
        let here = channel();
        crate::send(&store, here, "first").await;
        let before = store.counts();
        let (begun, sent) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (store, sent) = (store.clone(), sent.clone());
                tokio::spawn(async move {
                    let mut n = 0;
                    while begun.elapsed() < Duration::from_secs(3) {
                        n += 1;
                        let key = if keyed { key(&format!("{sender} {n}"), 1) } else { None };
                        let new = says(here, user(base + sender), "some words that somebody said");
                        let answer = store.append(new, key, ignored()).await.unwrap();
                        assert!(matches!(answer, Appended::Created(_)));
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.await.unwrap();
        }
        let (took, after) = (begun.elapsed().as_secs_f64(), store.counts());
        let sent = sent.load(Ordering::Relaxed);
        let each = |all: u64| all as f64 / sent as f64;
        println!(
            "{} sends: {:.0}/s at {SENDERS} under way, {:.2} statements each, {:.2} of them conditional",
            if keyed { "keyed" } else { "unkeyed" },
            sent as f64 / took,
            each(after.statements - before.statements),
            each(after.conditional - before.conditional)
        );
        let most = if keyed { 4.0 } else { 3.0 };
        // Repetitions on a machine that is busy elsewhere are not what this is about.
        let statements = after.statements - before.statements - (after.repeated - before.repeated);
        assert!(each(statements) <= most + 0.1);
    }
}
