//! What the two calls of every send cost, with and without answers kept in memory. Prints figures:
//! `cargo test -p directory-sql --test cost -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is how a test fails")]

use directory_sql::DirectorySql;
use ports::directory::{Devices, PrivateChannels, Relationships};
use std::time::Instant;
use testkit::conformance::directory::{NOW, ROOMY, befriend, channel, hash, new_device, people};

async fn measure(name: &str, directory: &DirectorySql, rounds: u32) {
    let begin = Instant::now();
    for _ in 0..rounds {
        directory.private_scope(channel(1)).await.unwrap().unwrap();
    }
    let scope = begin.elapsed() / rounds;
    let begin = Instant::now();
    for _ in 0..rounds {
        directory.authenticate(&hash(1)).await.unwrap().unwrap();
    }
    println!("{name}: private_scope {scope:?}, authenticate {:?}", begin.elapsed() / rounds);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn what_a_send_asks() {
    let folder = tempfile::tempdir().unwrap();
    let directory = DirectorySql::open(&folder.path().join("directory.db")).await.unwrap();
    let [a, b] = people(&directory).await;
    befriend(&directory, a, b).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    directory.sign_in(&new_device(a, 1, NOW), 50).await.unwrap();
    measure("kept", &directory, 500_000).await;
    let begin = Instant::now();
    for n in 0..200 {
        use model::relationship::RelationshipAction::{Block, Remove};
        let action = if n % 2 == 0 { Block } else { Remove };
        directory.change_relationship(a, b, action, NOW, ROOMY).await.unwrap().unwrap();
    }
    println!("a change of a relationship, synced: {:?}", begin.elapsed() / 200);
    measure("asked", &directory.without_caches(), 10_000).await;
}
