//! Memory of the idle process, and of each idle gateway session.

use crate::gateway::Session;
use crate::report::{Figure, Report};
use crate::server::Server;
use crate::stats::thousands;
use crate::{Setup, people};
use anyhow::{Context as _, Result, bail};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

const SESSIONS: usize = 10_000;
/// The most sessions that one person may have at once.
const EACH: usize = 10;
/// Connections that are being made at the same time.
const OPENING: usize = 32;

pub(crate) async fn measure(setup: &Setup, report: &mut Report) -> Result<()> {
    let people_count = SESSIONS / EACH;
    println!("memory: registering {people_count} people");
    let folder = setup.folder("memory")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let people = people::register(server.port, "m", people_count).await?;
    server.stop()?;

    // Hashing a thousand passwords leaves its traces; what is measured is a process that has just started.
    let server = Server::start(&setup.binary, &folder).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = server.resident()?;
    println!("memory: idle {:.1} MiB; opening {SESSIONS} sessions", idle / 1024.0);

    let begun = Instant::now();
    let permits = Arc::new(Semaphore::new(OPENING));
    let mut opening = Vec::new();
    for n in 0..SESSIONS {
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let person = people.get(n % people.len()).context("nobody registered")?.clone();
        let port = server.port;
        opening.push(tokio::spawn(async move {
            let session = Session::open(port, &person.token).await;
            drop(permit);
            session
        }));
    }
    let mut sessions = Vec::new();
    for task in opening {
        sessions.push(tokio::spawn(task.await??.listen(|_| {})));
    }
    let took = begun.elapsed().as_secs_f64();
    // Every session has had its say about the presence of the others, and the first heartbeat.
    tokio::time::sleep(Duration::from_secs(10)).await;
    if let Some(ended) = sessions.iter().position(tokio::task::JoinHandle::is_finished) {
        bail!("session {ended} ended");
    }
    let full = server.resident()?;
    let each = (full - idle) / SESSIONS as f64;
    println!("memory: {:.1} MiB with all of them, {each:.1} KiB each", full / 1024.0);
    for session in sessions {
        session.abort();
    }
    drop(server);
    report.add(Figure {
        what: "memory of the idle process".to_owned(),
        measured: format!("{:.1} MiB", idle / 1024.0),
        reference: String::new(),
        goal: "≤ 40 MiB",
        met: idle <= 40.0 * 1024.0,
    });
    report.add(Figure {
        what: format!(
            "server memory per idle gateway session at {} (people without friends, no compression)",
            thousands(SESSIONS as f64)
        ),
        measured: format!("{each:.1} KiB"),
        reference: "ejabberd 52–57 KiB, Prosody 36–39 KiB (measured elsewhere, see the text)".to_owned(),
        goal: "≤ 16 KiB",
        met: each <= 16.0,
    });
    report.add(Figure {
        what: format!("log-ins at the gateway (connect, IDENTIFY, READY), {OPENING} at a time"),
        measured: format!("{}/s", thousands(SESSIONS as f64 / took)),
        reference: String::new(),
        goal: "",
        met: true,
    });
    Ok(())
}
