//! Guilds: one message to all who are connected, beside a bare broadcaster of frames of the same size; sessions that begin
//! with many guilds; the first look at a large one; a look at rights.

use crate::Setup;
use crate::gateway::Session;
use crate::http::Line;
use crate::people::{self, Person};
use crate::report::{Figure, Report};
use crate::server::Server;
use crate::stats::{median, percentile};
use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};
use tokio_tungstenite::{accept_async, client_async};

/// People, of whom each has several sessions: registering takes longer than measuring.
const PEOPLE: usize = 500;
const SESSIONS_EACH: usize = 10;
const SIZES: [usize; 2] = [1_000, 5_000];
const MESSAGES: usize = 60;
const REPEATS: usize = 3;
const GUILDS: usize = 100;
const IDENTIFIES: usize = 20;
/// The large guild: members, channels, roles.
const LARGE: (u32, u16, u16) = (50_000, 200, 100);

/// What listeners heard.
#[derive(Default)]
struct Heard {
    count: AtomicUsize,
    /// Milliseconds from sending to hearing.
    late: Mutex<Vec<f64>>,
}

impl Heard {
    fn note(&self, milliseconds: f64) {
        self.late.lock().unwrap_or_else(PoisonError::into_inner).push(milliseconds);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn take(&self) -> Vec<f64> {
        self.count.store(0, Ordering::Relaxed);
        std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn wait_for(&self, count: usize) -> Result<()> {
        let since = Instant::now();
        while self.count.load(Ordering::Relaxed) < count {
            if since.elapsed() > Duration::from_secs(120) {
                bail!("{} of {count} deliveries came", self.count.load(Ordering::Relaxed));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

pub(crate) async fn measure(setup: &Setup, report: &mut Report) -> Result<()> {
    fan_out(setup, report).await?;
    many(setup, report).await?;
    large(setup, report).await?;
    rights(report);
    Ok(())
}

fn text(value: &Value, key: &str) -> Result<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("no {key} in {value}"))
}

/// A guild and its first text channel.
async fn guild(line: &mut Line, owner: &Person, name: &str) -> Result<(String, String)> {
    let guild = text(&line.api("POST", "/guilds", &owner.token, Some(json!({ "name": name }))).await?, "id")?;
    let path = format!("/guilds/{guild}/channels");
    let form = json!({ "name": "talk", "type": 0 });
    let channel = text(&line.api("POST", &path, &owner.token, Some(form)).await?, "id")?;
    Ok((guild, channel))
}

async fn fan_out(setup: &Setup, report: &mut Report) -> Result<()> {
    println!("guilds: registering {PEOPLE} people");
    let folder = setup.folder("guilds")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let all = people::register(server.port, "g", PEOPLE).await?;
    let Some((owner, members)) = all.split_first() else { bail!("nobody is there") };
    let mut line = Line::open(server.port).await?;
    let (_, channel) = guild(&mut line, owner, "Broadcast").await?;
    let form = json!({ "max_age": 0, "max_uses": 0 });
    let invites = format!("/channels/{channel}/invites");
    let code = text(&line.api("POST", &invites, &owner.token, Some(form)).await?, "code")?;
    for member in members {
        line.api("POST", &format!("/invites/{code}"), &member.token, Some(json!({}))).await?;
    }
    let epoch = Instant::now();
    let heard = Arc::<Heard>::default();
    let mut listeners = Vec::new();
    for size in SIZES {
        while listeners.len() < size {
            let person = all.get(listeners.len() % PEOPLE).context("nobody")?;
            if listeners.len() >= PEOPLE * SESSIONS_EACH {
                bail!("more sessions than people may have");
            }
            let session = Session::open(server.port, &person.token).await?;
            let heard = heard.clone();
            listeners.push(tokio::spawn(session.listen(move |frame| {
                if let Some(sent) = sent_at(frame) {
                    heard.note((epoch.elapsed().as_micros() as f64 - sent) / 1e3);
                }
            })));
        }
        // What the arrivals made others hear is over.
        tokio::time::sleep(Duration::from_secs(2)).await;
        // A connection on which nothing was asked for so long is closed.
        let mut line = Line::open(server.port).await?;
        let path = format!("/api/v10/channels/{channel}/messages");
        let (mut rates, mut p99s, mut cpus, mut bare_rates, mut bare_p99s) =
            (vec![], vec![], vec![], vec![], vec![]);
        let bare = Broadcaster::start(size).await?;
        for n in 1..=REPEATS {
            heard.take();
            let (cpu, begun) = (server.cpu()?, Instant::now());
            for sent in 0..MESSAGES {
                let body =
                    format!(r#"{{"content":"at {} {}"}}"#, epoch.elapsed().as_micros(), "x".repeat(200));
                let (status, answer) = line.call("POST", &path, &owner.token, Some(&body)).await?;
                if status != 200 {
                    bail!("a send was refused: {status} {}", String::from_utf8_lossy(&answer));
                }
                // A few on their way at a time: a queue without end would measure itself.
                heard.wait_for(size * sent.saturating_sub(2)).await?;
            }
            heard.wait_for(size * MESSAGES).await?;
            let deliveries = (size * MESSAGES) as f64;
            rates.push(deliveries / begun.elapsed().as_secs_f64());
            cpus.push((server.cpu()? - cpu) * 1e6 / deliveries);
            p99s.push(percentile(&heard.take(), 0.99));
            let (rate, p99) = bare.run(size).await?;
            bare_rates.push(rate);
            bare_p99s.push(p99);
            println!(
                "guilds {n}/{REPEATS}: {size} sessions, {:.0} deliveries/s, p99 {:.1} ms; bare {:.0}/s",
                rates.last().copied().unwrap_or_default(),
                p99s.last().copied().unwrap_or_default(),
                rate
            );
        }
        let (rate, bare_rate) = (median(&rates), median(&bare_rates));
        report.add(Figure {
            what: format!("one channel, {size} connected members"),
            measured: format!(
                "{rate:.0} deliveries/s, p99 {:.1} ms, {:.1} CPU-s per million",
                median(&p99s),
                median(&cpus)
            ),
            reference: format!(
                "bare broadcaster: {bare_rate:.0}/s, p99 {:.1} ms ({:.0} %)",
                median(&bare_p99s),
                100.0 * rate / bare_rate
            ),
            goal: "at least half of it",
            met: rate * 2.0 >= bare_rate,
        });
    }
    listeners.iter().for_each(tokio::task::JoinHandle::abort);
    server.stop()
}

/// A message in a frame: when it was sent, in microseconds.
fn sent_at(frame: &str) -> Option<f64> {
    frame.starts_with(r#"{"t":"MESSAGE_CREATE""#).then_some(())?;
    frame.split_once(r#""content":"at "#)?.1.split_once(' ')?.0.parse().ok()
}

/// What a server does that only hands one text to all sockets: in this process, over the same loopback.
struct Broadcaster {
    out: broadcast::Sender<Utf8Bytes>,
    heard: Arc<Heard>,
    epoch: Instant,
}

/// About what a message's frame has.
const FRAME: usize = 1_100;

impl Broadcaster {
    async fn start(size: usize) -> Result<Self> {
        let (out, _) = broadcast::channel::<Utf8Bytes>(64);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (heard, epoch) = (Arc::<Heard>::default(), Instant::now());
        let sender = out.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut texts = sender.subscribe();
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let mut socket = accept_async(stream).await?;
                    while let Ok(text) = texts.recv().await {
                        socket.send(Message::Text(text)).await?;
                    }
                    anyhow::Ok(())
                });
            }
        });
        for _ in 0..size {
            let stream = TcpStream::connect(address).await?;
            let (mut socket, _) = client_async(format!("ws://{address}/"), stream).await?;
            let heard = heard.clone();
            tokio::spawn(async move {
                while let Some(Ok(Message::Text(text))) = socket.next().await {
                    if let Some(sent) = text.split_once(' ').and_then(|(sent, _)| sent.parse::<f64>().ok()) {
                        heard.note((epoch.elapsed().as_micros() as f64 - sent) / 1e3);
                    }
                }
            });
        }
        while out.receiver_count() < size {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(Self { out, heard, epoch })
    }

    /// Deliveries a second, and the 99th percentile in milliseconds.
    async fn run(&self, size: usize) -> Result<(f64, f64)> {
        self.heard.take();
        let begun = Instant::now();
        for sent in 0..MESSAGES {
            let text = format!("{} {}", self.epoch.elapsed().as_micros(), "x".repeat(FRAME));
            let text = Utf8Bytes::try_from(Bytes::from(text))?;
            let _ = self.out.send(text);
            self.heard.wait_for(size * sent.saturating_sub(2)).await?;
        }
        self.heard.wait_for(size * MESSAGES).await?;
        let rate = (size * MESSAGES) as f64 / begun.elapsed().as_secs_f64();
        Ok((rate, percentile(&self.heard.take(), 0.99)))
    }
}

/// A person in a hundred guilds identifies.
async fn many(setup: &Setup, report: &mut Report) -> Result<()> {
    let folder = setup.folder("many")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let one = people::register(server.port, "many", 1).await?;
    let person = one.first().context("nobody")?;
    let mut line = Line::open(server.port).await?;
    for n in 0..GUILDS {
        guild(&mut line, person, &format!("Guild {n}")).await?;
    }
    let mut times = Vec::new();
    for n in 0..=IDENTIFIES {
        let begun = Instant::now();
        let session = Session::open(server.port, &person.token).await?;
        if n > 0 {
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        drop(session);
    }
    server.stop()?;
    let p50 = median(&times);
    report.add(Figure {
        what: format!("connect, identify, READY with {GUILDS} guilds"),
        measured: format!("p50 {p50:.1} ms, p99 {:.1} ms", percentile(&times, 0.99)),
        reference: String::new(),
        goal: "50 ms",
        met: p50 <= 50.0,
    });
    Ok(())
}

/// The owner of a guild with fifty thousand members identifies.
async fn large(setup: &Setup, report: &mut Report) -> Result<()> {
    let folder = setup.folder("large")?;
    let server = Server::start(&setup.binary, &folder).await?;
    let one = people::register(server.port, "large", 1).await?;
    let person = one.first().context("nobody")?.clone();
    server.stop()?;
    let (members, channels, roles) = LARGE;
    let begun = Instant::now();
    let made = Command::new(&setup.binary)
        .args(["fixture", "--owner", "large0"])
        .args(["--members", &members.to_string(), "--channels", &channels.to_string()])
        .args(["--roles", &roles.to_string(), "--data"])
        .arg(folder.join("data"))
        .output()?;
    if !made.status.success() {
        bail!("no guild was made: {}", String::from_utf8_lossy(&made.stderr));
    }
    println!("guilds: {members} members made in {:.1} s", begun.elapsed().as_secs_f64());
    let server = Server::start(&setup.binary, &folder).await?;
    drop(Session::open(server.port, &person.token).await?);
    let (cpu, begun) = (server.cpu()?, Instant::now());
    for _ in 0..IDENTIFIES {
        drop(Session::open(server.port, &person.token).await?);
    }
    let each = IDENTIFIES as f64;
    let (cpu, time) = ((server.cpu()? - cpu) * 1e3 / each, begun.elapsed().as_secs_f64() * 1e3 / each);
    server.stop()?;
    report.add(Figure {
        what: format!(
            "a session of a guild with {members} members, {channels} channels, {roles} roles begins"
        ),
        measured: format!("{cpu:.1} ms of CPU, {time:.1} ms"),
        reference: String::new(),
        goal: "",
        met: true,
    });
    Ok(())
}

/// What a member may do in a channel.
fn rights(report: &mut Report) {
    use model::guild::{Guild, GuildState, Member};
    use model::permissions::{Subject, in_channel};
    use model::{GuildId, Permissions, RoleId, Timestamp, UserId};
    let id = |n: u64| RoleId::new(n);
    let (Some(guild), Some(user)) = (GuildId::new(1), UserId::new(7)) else { return };
    let role = |id: RoleId| model::guild::Role {
        id,
        name: String::new(),
        permissions: Permissions::DEFAULT,
        position: 1,
        color: 0,
        hoist: false,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    };
    let overwrite = |target: RoleId| model::guild::Overwrite {
        target: model::guild::OverwriteTarget::Role(target),
        allow: Permissions::VIEW_CHANNEL,
        deny: Permissions::SEND_MESSAGES,
    };
    let Some(channel) = model::ChannelId::new(5) else { return };
    let channel = model::guild::GuildChannel {
        id: channel,
        guild,
        kind: model::guild::GuildChannelKind::Text,
        name: String::new(),
        position: 0,
        parent: None,
        topic: None,
        nsfw: false,
        slowmode: 0,
        bitrate: 0,
        user_limit: 0,
        default_auto_archive: 60,
        flags: 0,
        overwrites: (1..=10).filter_map(id).map(overwrite).collect(),
        thread: None,
    };
    let state = GuildState {
        guild: Guild::new(guild, user, String::new()),
        roles: (1..=100).filter_map(id).map(role).collect(),
        channels: vec![channel.clone()],
        emojis: vec![],
        version: 1,
    };
    let Some(member) = UserId::new(8) else { return };
    let member =
        Member { roles: (3..=7).filter_map(id).collect(), ..Member::new(member, Timestamp::from_millis(0)) };
    const LOOKS: u32 = 1_000_000;
    let begun = Instant::now();
    for _ in 0..LOOKS {
        let subject = std::hint::black_box(Subject::from(&member));
        std::hint::black_box(in_channel(&state, &channel, subject, Timestamp::from_millis(1)));
    }
    let each = begun.elapsed().as_nanos() as f64 / f64::from(LOOKS);
    report.add(Figure {
        what: "what a member with 5 of 100 roles may do in a channel with 10 overwrites".to_owned(),
        measured: format!("{each:.0} ns"),
        reference: String::new(),
        goal: "",
        met: true,
    });
}
