//! Revocations against sends on other connections: a send that is invoked after the answer is never accepted.

use super::support::Server;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Barrier;

/// Pairs raced by this test; the promise asks for 2,000 in all.
const RACES: usize = 1000;

#[derive(Clone, Copy)]
enum Revocation {
    Unfriend,
    Block,
}

async fn race(how: Revocation) {
    let server = Arc::new(Server::start().await);
    let (alice, bob, channel) = server.pair().await;
    let (mut refused, mut accepted) = (0, 0);
    for round in 0..RACES {
        let barrier = Arc::new(Barrier::new(2));
        // Offsets within ±2.5 ms, a different pair of them each round.
        let (early, late) = ((round * 7919) % 2500, (round * 104_729) % 2500);
        let sender = tokio::spawn({
            let (server, bob, channel, barrier) =
                (server.clone(), bob.clone(), channel.clone(), barrier.clone());
            async move {
                barrier.wait().await;
                tokio::time::sleep(Duration::from_micros(early as u64)).await;
                let mut sends = Vec::new();
                for n in 0..4 {
                    let invoked = Instant::now();
                    let answer = server
                        .post(
                            &bob,
                            &format!("/channels/{channel}/messages"),
                            json!({ "content": format!("{round}-{n}") }),
                        )
                        .await;
                    sends.push((invoked, answer));
                }
                sends
            }
        });
        barrier.wait().await;
        tokio::time::sleep(Duration::from_micros(late as u64)).await;
        let path = format!("/users/@me/relationships/{}", bob.id);
        match how {
            Revocation::Unfriend => server.delete(&alice, &path).await.ok(),
            Revocation::Block => server.put(&alice, &path, json!({ "type": 2 })).await.ok(),
        };
        let answered = Instant::now();
        for (invoked, answer) in sender.await.unwrap() {
            if answer.status == 200 {
                assert!(
                    invoked < answered,
                    "round {round}: accepted {:?} after the revocation was answered",
                    invoked - answered
                );
                accepted += 1;
            } else {
                answer.refused(403, 50007);
                refused += 1;
            }
        }
        let late =
            server.post(&bob, &format!("/channels/{channel}/messages"), json!({ "content": "late" })).await;
        late.refused(403, 50007);
        if let Revocation::Block = how {
            server.delete(&alice, &path).await.ok();
        }
        server.befriend(&alice, &bob).await;
    }
    assert!(
        refused > 0 && accepted > 0,
        "the races went one way only: {accepted} accepted, {refused} refused"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_send_invoked_after_an_unfriend_was_answered_is_accepted() {
    race(Revocation::Unfriend).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_send_invoked_after_a_block_was_answered_is_accepted() {
    race(Revocation::Block).await;
}
