//! From the moment of sending to the moment at which the other side's gateway has the message.

use crate::gateway::Session;
use crate::http::Line;
use crate::people::Pair;
use crate::report::{Figure, Report};
use crate::server::Server;
use crate::stats::{median, percentile};
use crate::{Setup, disk, people};
use anyhow::{Result, bail};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PAIRS: usize = 64;
const REPEATS: usize = 5;
const DURING: Duration = Duration::from_secs(4);
/// Sends a second when they are paced, over all pairs.
const PACE: u32 = 400;

/// Milliseconds of every message that arrived.
type Arrived = Arc<Mutex<Vec<f64>>>;

pub(crate) async fn measure(setup: &Setup, report: &mut Report) -> Result<()> {
    println!("latency: registering {} people", PAIRS * 2);
    let folder = setup.folder("latency")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let pairs = people::pairs(server.port, PAIRS).await?;
    let epoch = Instant::now();
    let arrived = Arrived::default();
    let mut receivers = Vec::new();
    for pair in &pairs {
        let session = Session::open(server.port, &pair.to.token).await?;
        let arrived = Arc::clone(&arrived);
        receivers.push(tokio::spawn(session.listen(move |text| {
            if let Some(sent) = sent_at(text) {
                let now = epoch.elapsed().as_micros() as f64;
                arrived.lock().unwrap_or_else(PoisonError::into_inner).push((now - sent) / 1e3);
            }
        })));
    }
    let between = DURING / PACE / 4 * u32::try_from(PAIRS)?;
    send(&server, &pairs, epoch, Some(between)).await?;
    take(&arrived).await;
    let (mut paced, mut full, mut syncs) = (Vec::new(), Vec::new(), Vec::new());
    for n in 1..=REPEATS {
        send(&server, &pairs, epoch, Some(between)).await?;
        paced.push(take(&arrived).await);
        syncs.extend(disk::append(&folder, 1, Duration::from_millis(500))?.1);
        send(&server, &pairs, epoch, None).await?;
        full.push(take(&arrived).await);
        println!(
            "latency {n}/{REPEATS}: paced {} messages p50 {:.2} ms, saturated {} messages p50 {:.2} ms, sync p50 {:.2} ms",
            paced.last().map_or(0, Vec::len),
            paced.last().map_or(0.0, |values| median(values)),
            full.last().map_or(0, Vec::len),
            full.last().map_or(0.0, |values| median(values)),
            median(&syncs),
        );
    }
    for receiver in &receivers {
        if receiver.is_finished() {
            bail!("a receiver's session ended");
        }
        receiver.abort();
    }
    server.stop()?;
    // Medians of the repeats' percentiles: one repeat that met a busy disk must not decide.
    let of = |rounds: &[Vec<f64>], part: f64| {
        median(&rounds.iter().map(|values| percentile(values, part)).collect::<Vec<_>>())
    };
    let sync = median(&syncs);
    let reference = format!("one sync: p50 {sync:.2} ms, p99 {:.2} ms", percentile(&syncs, 0.99));
    report.add(Figure {
        what: format!("send → received at the other side's gateway, {PACE} a second over {PAIRS} pairs"),
        measured: format!("p50 {:.2} ms, p99 {:.2} ms", of(&paced, 0.5), of(&paced, 0.99)),
        reference: reference.clone(),
        goal: "p50 within 2 ms of one sync",
        met: of(&paced, 0.5) - sync <= 2.0,
    });
    report.add(Figure {
        what: format!("the same with {PAIRS} in flight all the time"),
        measured: format!("p50 {:.2} ms, p99 {:.2} ms", of(&full, 0.5), of(&full, 0.99)),
        reference,
        goal: "",
        met: true,
    });
    Ok(())
}

/// What has arrived until it is quiet.
async fn take(arrived: &Arrived) -> Vec<f64> {
    tokio::time::sleep(Duration::from_millis(300)).await;
    std::mem::take(&mut *arrived.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Every pair sends for a while, one message at a time; each says when it was sent.
async fn send(server: &Server, pairs: &[Pair], epoch: Instant, between: Option<Duration>) -> Result<()> {
    let mut senders = Vec::new();
    for (n, pair) in pairs.iter().cloned().enumerate() {
        let port = server.port;
        senders.push(tokio::spawn(async move {
            let mut line = Line::open(port).await?;
            let path = format!("/api/v10/channels/{}/messages", pair.channel);
            let over = Instant::now() + DURING;
            if let Some(between) = between {
                // Spread over the interval: they are people, not a drum.
                tokio::time::sleep(between / PAIRS as u32 * n as u32).await;
            }
            while Instant::now() < over {
                let sent = epoch.elapsed().as_micros();
                let body = format!(r#"{{"content":"at {sent} {}"}}"#, "x".repeat(200));
                let (status, answer) = line.call("POST", &path, &pair.from.token, Some(&body)).await?;
                if status != 200 {
                    bail!("a send was refused: {status} {}", String::from_utf8_lossy(&answer));
                }
                if let Some(between) = between {
                    let spent = Duration::from_micros((epoch.elapsed().as_micros() - sent) as u64);
                    tokio::time::sleep(between.saturating_sub(spent)).await;
                }
            }
            anyhow::Ok(())
        }));
    }
    for sender in senders {
        sender.await??;
    }
    Ok(())
}

/// When the message in a frame was sent, in microseconds.
fn sent_at(frame: &str) -> Option<f64> {
    if !frame.starts_with(r#"{"t":"MESSAGE_CREATE""#) {
        return None;
    }
    let (_, rest) = frame.split_once(r#""content":"at "#)?;
    rest.split_once(' ')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::sent_at;

    #[test]
    fn finds_the_moment_in_a_frame() {
        let frame = r#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":{"id":"1","content":"at 1500 xxx"}}"#;
        assert_eq!(sent_at(frame), Some(1500.0));
        assert_eq!(sent_at(r#"{"t":"TYPING_START","s":3,"op":0,"d":{}}"#), None);
    }
}
