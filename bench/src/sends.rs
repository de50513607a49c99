//! Durable sends a second over REST, beside the disk's own group commit.

use crate::http::Line;
use crate::people::Pair;
use crate::report::{Figure, Report};
use crate::server::Server;
use crate::stats::{median, thousands};
use crate::{Setup, disk, people};
use anyhow::{Result, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Bytes of a message's text.
pub(crate) const TEXT: usize = 240;
/// Clients, each with one send in flight on its own connection, in its own channel.
pub(crate) const CLIENTS: usize = 64;
const REPEATS: u64 = 5;
const DURING: Duration = Duration::from_secs(4);

/// One repeat.
struct Round {
    rate: f64,
    /// Seconds of the server's CPU for a million sends.
    cpu: f64,
    /// Sends that shared a sync, on average.
    group: f64,
}

pub(crate) async fn measure(setup: &Setup, report: &mut Report) -> Result<()> {
    println!("sends: registering {} people", CLIENTS * 2);
    let folder = setup.folder("sends")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let pairs = people::pairs(server.port, CLIENTS).await?;
    // One round before anything counts: caches, the allocator, the first pages of the files.
    round(&server, &pairs, None).await?;
    let (mut plain, mut keyed, mut bare, mut sqlite) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for n in 1..=REPEATS {
        let one = round(&server, &pairs, None).await?;
        let group = one.group.round() as usize;
        let quarter = DURING / 4;
        bare.push(disk::append(&folder, group, quarter)?.0);
        sqlite.push(disk::sqlite(&folder, group, quarter)?);
        let two = round(&server, &pairs, Some(n)).await?;
        println!(
            "sends {n}/{REPEATS}: {} plain, {} keyed, groups of {:.1}, bare {}, SQLite {}",
            thousands(one.rate),
            thousands(two.rate),
            one.group,
            thousands(bare.last().copied().unwrap_or_default()),
            thousands(sqlite.last().copied().unwrap_or_default()),
        );
        plain.push(one);
        keyed.push(two);
    }
    server.stop()?;
    let rate = |rounds: &[Round]| median(&rounds.iter().map(|round| round.rate).collect::<Vec<_>>());
    let cpu = |rounds: &[Round]| median(&rounds.iter().map(|round| round.cpu).collect::<Vec<_>>());
    let group = median(&plain.iter().map(|round| round.group).collect::<Vec<_>>());
    let reference = format!(
        "bare append and sync in groups of {group:.0}: {} rows/s; bare SQLite so: {} rows/s",
        thousands(median(&bare)),
        thousands(median(&sqlite))
    );
    report.add(Figure {
        what: format!("durable sends over REST, {CLIENTS} in flight"),
        measured: format!("{}/s, {:.0} CPU-s per million", thousands(rate(&plain)), cpu(&plain)),
        reference,
        goal: "≥ 8,000/s",
        met: rate(&plain) >= 8_000.0,
    });
    report.add(Figure {
        what: "the same, each with its own key (`enforce_nonce`)".to_owned(),
        measured: format!("{}/s, {:.0} CPU-s per million", thousands(rate(&keyed)), cpu(&keyed)),
        reference: "as above".to_owned(),
        goal: "≥ 8,000/s",
        met: rate(&keyed) >= 8_000.0,
    });
    Ok(())
}

/// Sends for a while; `keyed` with keys that belong to this round.
async fn round(server: &Server, pairs: &[Pair], keyed: Option<u64>) -> Result<Round> {
    let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let count = |name: &'static str| async move { server.metric(name).await };
    let (groups, changes) = (
        count("guildhall_messages_group_size_count").await?,
        count("guildhall_messages_group_size_sum").await?,
    );
    let cpu = server.cpu()?;
    let begun = Instant::now();
    let mut clients = Vec::new();
    for (n, pair) in pairs.iter().cloned().enumerate() {
        let (over, sent, port) = (Arc::clone(&over), Arc::clone(&sent), server.port);
        clients.push(tokio::spawn(async move { client(port, &pair, n, keyed, &over, &sent).await }));
    }
    tokio::time::sleep(DURING).await;
    over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await??;
    }
    let (sent, took) = (sent.load(Ordering::Relaxed) as f64, begun.elapsed().as_secs_f64());
    let groups = count("guildhall_messages_group_size_count").await? - groups;
    let changes = count("guildhall_messages_group_size_sum").await? - changes;
    Ok(Round {
        rate: sent / took,
        cpu: (server.cpu()? - cpu) / sent * 1e6,
        group: if groups > 0.0 { changes / groups } else { CLIENTS as f64 },
    })
}

async fn client(
    port: u16,
    pair: &Pair,
    number: usize,
    keyed: Option<u64>,
    over: &AtomicBool,
    sent: &AtomicU64,
) -> Result<()> {
    let mut line = Line::open(port).await?;
    let path = format!("/api/v10/channels/{}/messages", pair.channel);
    let text = "x".repeat(TEXT - 8);
    let mut n = 0_u64;
    while !over.load(Ordering::Relaxed) {
        n += 1;
        let body = if let Some(round) = keyed {
            // Keys are for ever: every round needs its own.
            let nonce = format!("{round}-{number}-{n}");
            format!(r#"{{"content":"{n:08}{text}","nonce":"{nonce}","enforce_nonce":true}}"#)
        } else {
            format!(r#"{{"content":"{n:08}{text}"}}"#)
        };
        let (status, answer) = line.call("POST", &path, &pair.from.token, Some(&body)).await?;
        if status != 200 {
            bail!("a send was refused: {status} {}", String::from_utf8_lossy(&answer));
        }
        sent.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
