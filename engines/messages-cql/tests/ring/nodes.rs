//! Nodes of the ring that die, come back, and stand still (F24, F26).

use crate::{Node, connect, everything, ignored, key, ring, says, user};
use messages_cql::MessagesCql;
use model::{ChannelId, MessageId};
use ports::messages::{Appended, Messages as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What one of them was told, and how long each send took.
type Told = (Vec<(MessageId, String)>, Vec<Duration>);

/// People who send all the time, half of them with keys; what they were told, and how long it took.
struct Load {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    senders: Vec<tokio::task::JoinHandle<Told>>,
}

impl Load {
    fn start(store: &Arc<MessagesCql>, here: ChannelId) -> Self {
        let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let senders = (0..4)
            .map(|sender| {
                let (store, stop, sent) = (store.clone(), stop.clone(), sent.clone());
                tokio::spawn(async move {
                    let (mut told, mut took) = (Vec::new(), Vec::new());
                    while !stop.load(Ordering::SeqCst) {
                        let text = format!("{sender}-{}", told.len());
                        let key = if sender % 2 == 0 { key(&text, 1) } else { None };
                        let begun = Instant::now();
                        let new = says(here, user(here.get() + sender), &text);
                        match store.append(new, key, ignored()).await {
                            Ok(Appended::Created(message)) => told.push((message.id, text)),
                            other => panic!("a send failed: {other:?}"),
                        }
                        took.push(begun.elapsed());
                        sent.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    (told, took)
                })
            })
            .collect();
        Self { stop, sent, senders }
    }

    /// Waits until so many more were sent.
    async fn more(&self, sends: u64) {
        let goal = self.sent.load(Ordering::SeqCst) + sends;
        while self.sent.load(Ordering::SeqCst) < goal {
            assert!(self.senders.iter().all(|sender| !sender.is_finished()), "a sender ended");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn end(self) -> Told {
        self.stop.store(true, Ordering::SeqCst);
        let (mut told, mut took) = (Vec::new(), Vec::new());
        for sender in self.senders {
            let (more, times) = sender.await.unwrap();
            told.extend(more);
            took.extend(times);
        }
        told.sort();
        took.sort();
        (told, took)
    }
}

/// F24 and F26: no send fails while one of three nodes is killed, comes back, or stands still; what was deleted while it
/// was away stays deleted when it is asked again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_of_three_may_be_away() {
    let ring = ring();
    let store = connect(ring, Node::new()).await;
    let (here, there) = (crate::channel(), crate::channel());
    let mut old = Vec::new();
    for n in 0..20 {
        old.push(crate::send(&store, there, &n.to_string()).await.id);
    }
    let load = Load::start(&store, here);
    load.more(50).await;
    // One test at a time does something to nodes. Blocking calls, of which the second thread takes no notice.
    let mut cassandra = ring.cassandra.lock().await;
    tokio::task::block_in_place(|| cassandra.kill(2)).unwrap();
    load.more(200).await;
    for id in &old {
        store.delete(there, *id, ignored()).await.unwrap().unwrap();
    }
    tokio::task::block_in_place(|| cassandra.start(2)).unwrap();
    load.more(50).await;
    cassandra.pause(1).unwrap();
    load.more(100).await;
    cassandra.resume(1).unwrap();
    load.more(50).await;
    // Now the one that was away is half of every quorum.
    tokio::task::block_in_place(|| cassandra.kill(0)).unwrap();
    load.more(50).await;
    assert_eq!(everything(&store, there).await, []);
    let (told, took) = load.end().await;
    tokio::task::block_in_place(|| cassandra.start(0)).unwrap();
    drop(cassandra);
    assert_eq!(everything(&store, here).await, told);
    let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)];
    println!(
        "{} sends over two kills and a pause, none failed; half within {:?}, 99 of 100 within {:?}, all within {:?}",
        took.len(),
        at(50),
        at(99),
        at(100)
    );
}
