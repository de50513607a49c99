//! A store of a million messages: how soon it is ready, and how fast its history is read.

use crate::http::Line;
use crate::people::{Pair, Person};
use crate::report::{Figure, Report};
use crate::server::Server;
use crate::stats::{median, percentile, thousands};
use crate::{Setup, people};
use anyhow::{Context as _, Result, bail};
use messages_sqlite::MessagesSqlite;
use model::message::MessageKind;
use model::{ChannelId, Timestamp, UserId, snowflake};
use ports::clock::{Clock, Ids, LeaseLost};
use ports::messages::{Messages as _, NewMessage};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

const MESSAGES: u64 = 1_000_000;
/// Channels of the one who reads; the first half of the messages is in them.
const OWN: usize = 20;
/// Channels of others, with the other half.
const OTHERS: u64 = 10_000;
const PAGES: usize = 3_000;
const STARTS: usize = 5;

pub(crate) async fn measure(setup: &Setup, report: &mut Report) -> Result<()> {
    let folder = setup.folder("store")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let people = people::register(server.port, "s", OWN + 1).await?;
    let (reader, friends) = people.split_first().context("nobody registered")?;
    let mut line = Line::open(server.port).await?;
    let mut pairs = Vec::new();
    for friend in friends {
        pairs.push(people::befriend(&mut line, reader, friend).await?);
    }
    drop(line);
    server.stop()?;
    let begun = Instant::now();
    println!("store: writing {MESSAGES} messages");
    let ids = fill(&folder.join("data/messages.db"), &pairs).await?;
    println!("store: written in {:.0} s", begun.elapsed().as_secs_f64());

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let server = Server::start(&setup.binary, &folder).await?;
        starts.push(server.start.as_secs_f64() * 1e3);
        server.stop()?;
    }
    let server = Server::start(&setup.binary, &folder).await?;
    let (alone, _) = pages(&server, reader, &pairs, ids, 1).await?;
    let (together, rate) = pages(&server, reader, &pairs, ids, 8).await?;
    println!(
        "store: ready in {:.0} ms; page p50 {:.2} ms, p99 {:.2} ms; 8 at a time {}/s",
        median(&starts),
        median(&alone),
        percentile(&alone, 0.99),
        thousands(rate)
    );
    server.stop()?;
    report.add(Figure {
        what: format!("start to ready with {} messages", thousands(MESSAGES as f64)),
        measured: format!(
            "{:.0} ms (slowest of {STARTS}: {:.0} ms)",
            median(&starts),
            percentile(&starts, 1.0)
        ),
        reference: String::new(),
        goal: "≤ 1,000 ms",
        met: median(&starts) <= 1_000.0,
    });
    report.add(Figure {
        what: "a history page of 50 there, at a random place, one reader".to_owned(),
        measured: format!("p50 {:.2} ms, p99 {:.2} ms", median(&alone), percentile(&alone, 0.99)),
        reference: String::new(),
        goal: "p99 ≤ 5 ms",
        met: percentile(&alone, 0.99) <= 5.0,
    });
    report.add(Figure {
        what: "the same, eight readers".to_owned(),
        measured: format!(
            "{} pages/s, p50 {:.2} ms, p99 {:.2} ms",
            thousands(rate),
            median(&together),
            percentile(&together, 0.99)
        ),
        reference: String::new(),
        goal: "",
        met: true,
    });
    Ok(())
}

/// Time that passes with what is minted: a million messages over some hours.
struct Past {
    ms: AtomicI64,
}

impl Clock for Past {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.ms.load(Ordering::Relaxed))
    }
}

impl Ids for Past {
    fn next(&self) -> Result<u64, LeaseLost> {
        Ok(snowflake::at_ms(self.ms.fetch_add(20, Ordering::Relaxed)))
    }

    fn observe(&self, _: u64) {
        // The store is empty but for what is minted here.
    }
}

/// Fills the store through the engine itself. The first and the last id.
async fn fill(path: &Path, pairs: &[Pair]) -> Result<(u64, u64)> {
    // Before the channels were made would be odd, after now impossible: the mint must go on above.
    let first: u64 = pairs.first().context("no channels")?.channel.parse()?;
    let start = snowflake::unix_ms(first) - 20 * i64::try_from(MESSAGES)? - 60_000;
    let past = Arc::new(Past { ms: AtomicI64::new(start) });
    let own: Vec<(ChannelId, UserId, UserId)> = pairs
        .iter()
        .map(|pair| {
            let channel = ChannelId::new(pair.channel.parse()?).context("a channel without an id")?;
            let from = UserId::new(pair.from.id.parse()?).context("a user without an id")?;
            let to = UserId::new(pair.to.id.parse()?).context("a user without an id")?;
            anyhow::Ok((channel, from, to))
        })
        .collect::<Result<_>>()?;
    let store = Arc::new(MessagesSqlite::open(path, past.clone(), past.clone())?);
    let next = Arc::new(AtomicU64::new(0));
    let mut writers = Vec::new();
    // As many as a group holds, so that groups are full.
    for _ in 0..512 {
        let (store, next, own) = (Arc::clone(&store), Arc::clone(&next), own.clone());
        writers.push(tokio::spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= MESSAGES {
                    return anyhow::Ok(());
                }
                let (channel, author) = if n.is_multiple_of(2) {
                    let place = usize::try_from(scatter(n) % own.len() as u64)?;
                    let (channel, from, to) = *own.get(place).context("no channel")?;
                    (channel, if n.is_multiple_of(4) { from } else { to })
                } else {
                    let other = scatter(n) % OTHERS + 1;
                    let channel = ChannelId::new(other).context("zero")?;
                    (channel, UserId::new(other).context("zero")?)
                };
                let new = NewMessage {
                    channel,
                    author,
                    kind: MessageKind::Default,
                    content: format!("message {n} {}", "x".repeat(200)),
                    tts: false,
                    mention_everyone: false,
                    mentions: Vec::new(),
                    mention_roles: Vec::new(),
                    webhook: None,
                    flags: 0,
                    embeds: Vec::new(),
                    reference: None,
                    scopes: Vec::new(),
                };
                store.append(new, None, Box::new(|_| {})).await?;
            }
        }));
    }
    for writer in writers {
        writer.await??;
    }
    store.close().await;
    Ok((snowflake::at_ms(start), snowflake::at_ms(past.ms.load(Ordering::Relaxed))))
}

/// A number that looks random, for every number (splitmix64's last step).
const fn scatter(n: u64) -> u64 {
    let z = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Reads pages of 50 at random places: milliseconds of each, and pages a second.
async fn pages(
    server: &Server,
    reader: &Person,
    pairs: &[Pair],
    (first, last): (u64, u64),
    readers: usize,
) -> Result<(Vec<f64>, f64)> {
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for part in 0..readers {
        let (port, token, pairs) = (server.port, reader.token.clone(), pairs.to_vec());
        tasks.push(tokio::spawn(async move {
            let mut line = Line::open(port).await?;
            let mut taken = Vec::new();
            for n in (part..PAGES).step_by(readers) {
                let dice = scatter(n as u64 + 1);
                let pair = pairs.get(usize::try_from(dice % pairs.len() as u64)?).context("no channel")?;
                // Not in the first hundredth, so that there are always fifty below.
                let lowest = first + (last - first) / 100;
                let before = lowest + scatter(dice) % (last - lowest);
                let path = format!("/api/v10/channels/{}/messages?limit=50&before={before}", pair.channel);
                let asked = Instant::now();
                let (status, body) = line.call("GET", &path, &token, None).await?;
                taken.push(asked.elapsed().as_secs_f64() * 1e3);
                let found = body.windows(13).filter(|piece| piece == br#""channel_id":"#).count();
                if status != 200 || found != 50 {
                    bail!("a page was answered with {status} and {found} messages");
                }
            }
            anyhow::Ok(taken)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok((all, PAGES as f64 / begun.elapsed().as_secs_f64()))
}
