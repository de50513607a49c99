//! One socket: a task that owns it, reads messages, writes what its session has queued, and knows the time.

use crate::Gateway;
use crate::admission::{Place, Waiting};
use crate::allowance::Allowance;
use crate::commands;
use crate::hub::Connected;
use crate::link::{Link, Order};
use crate::payload::Payload;
use crate::session::Session;
use crate::transport::Transport;
use crate::websocket::{self, Decoder, Received};
use domain::Actor;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};
use wire::gateway::close::Close;
use wire::gateway::frame::{self, DispatchStart};
use wire::gateway::{incoming, opcode};

/// What is read at once, on the stack.
const READ: usize = 4 * 1024;
/// What is gathered before it is written.
const WRITE: usize = 64 * 1024;
/// How long a closing connection waits for the client to take what is left, and then for its end.
const GOODBYE: Duration = Duration::from_secs(3);
/// Pings and pongs that a client may send in a minute.
const CONTROLS: u32 = 120;
const MINUTE: Duration = Duration::from_secs(60);

/// Whether a connection goes on after a command.
pub(crate) type Flow = Result<(), Close>;

/// One socket.
pub(crate) struct Connection {
    /// The gateway that it belongs to.
    pub(crate) gateway: Gateway,
    io: TokioIo<Upgraded>,
    decoder: Decoder,
    outbox: Outbox,
    transport: Transport,
    connected: Connected,
    /// What the client is to it.
    pub(crate) stage: Stage,
    last_beat: Instant,
    /// Since when the socket takes nothing.
    blocked: Option<Instant>,
    /// When op 7 was sent.
    restarting: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    sends: Allowance,
    controls: Allowance,
    /// Presence updates.
    pub(crate) presences: Allowance,
    /// Looks at lists of members.
    pub(crate) looks: Allowance,
    /// Wishes to be in voice.
    pub(crate) voices: Allowance,
    /// Where the client resumes.
    pub(crate) url: Box<str>,
    _place: Place,
}

/// Whether the client has identified.
pub(crate) enum Stage {
    /// Not yet, or op 9 told it to do so anew.
    Waiting {
        /// Since when.
        since: Instant,
        /// Its place among those who wait.
        _place: Waiting,
    },
    /// It has.
    Identified(Seat),
}

/// A session's current socket. Dropping it leaves the session resumable.
pub(crate) struct Seat {
    /// The session.
    pub(crate) session: Arc<Session>,
    /// Who acts.
    pub(crate) actor: Actor,
    link: Arc<Link>,
    gateway: Gateway,
    /// When the presence was kept alive last.
    kept: Instant,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.session.detach(&self.link, self.gateway.now());
    }
}

/// What happened to a connection.
enum Turn {
    Message(Vec<u8>),
    ClosedByClient(Option<u16>),
    Gone,
    Order(Order),
    Deadline,
    Fault(Close),
}

/// How a connection ends.
enum End {
    Close(Close),
    ClosedByClient(Option<u16>),
    Gone,
}

impl Connection {
    pub(crate) fn new(
        gateway: Gateway,
        upgraded: Upgraded,
        transport: Transport,
        (place, waiting): (Place, Waiting),
        url: Box<str>,
    ) -> Self {
        let now = Instant::now();
        Self {
            connected: gateway.hub().connect(),
            io: TokioIo::new(upgraded),
            decoder: Decoder::default(),
            outbox: Outbox::default(),
            transport,
            stage: Stage::Waiting { since: now, _place: waiting },
            last_beat: now,
            blocked: None,
            restarting: None,
            timer: Box::pin(tokio::time::sleep(gateway.config().identify_within_crowded)),
            sends: Allowance::new(),
            controls: Allowance::new(),
            presences: Allowance::new(),
            looks: Allowance::new(),
            voices: Allowance::new(),
            url,
            _place: place,
            gateway,
        }
    }

    /// Lives until the client or the server ends it.
    pub(crate) async fn run(mut self, speaks: bool) {
        let end = if speaks { self.serve().await } else { End::Close(Close::InvalidVersion) };
        // Boxed: what is needed once must not make the task of an idle connection larger.
        Box::pin(self.finish(end)).await;
    }

    async fn serve(&mut self) -> End {
        let interval = u64::try_from(self.gateway.config().heartbeat.as_millis()).unwrap_or(u64::MAX);
        self.send(frame::hello(interval).as_bytes());
        // Between the upgrade and the hub's list a shutdown may have begun.
        if self.gateway.is_closing() {
            self.connected.link.give(Order::Restart);
        }
        loop {
            let flow = match poll_fn(|cx| self.poll_turn(cx)).await {
                Turn::Message(message) => self.handle(&message).await,
                Turn::Deadline => self.deadline(),
                Turn::Order(order) => match order.close() {
                    Some(close) => Err(close),
                    None => {
                        self.restarting = Some(Instant::now());
                        self.send(frame::RECONNECT.as_bytes());
                        self.rearm();
                        Ok(())
                    }
                },
                Turn::Fault(close) => Err(close),
                Turn::ClosedByClient(code) => return End::ClosedByClient(code),
                Turn::Gone => return End::Gone,
            };
            if let Err(close) = flow {
                return End::Close(close);
            }
        }
    }

    /// Does what can be done now; ready when something has to be decided.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        // First say whom to wake, then look: an event queued in between wakes.
        self.connected.link.listen(cx.waker());
        match self.connected.link.order() {
            Some(Order::Restart) if self.restarting.is_some() => {}
            Some(order) => return Poll::Ready(Turn::Order(order)),
            None => {}
        }
        if self.poll_write(cx).is_err() {
            return Poll::Ready(Turn::Gone);
        }
        if self.timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Turn::Deadline);
        }
        self.poll_read(cx)
    }

    /// Writes until the socket takes no more, or nothing is left.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        loop {
            match self.outbox.poll_drain(&mut self.io, cx) {
                Poll::Ready(result) => result?,
                Poll::Pending => {
                    if self.blocked.is_none() {
                        self.blocked = Some(Instant::now());
                        self.rearm();
                    }
                    return Ok(());
                }
            }
            self.blocked = None;
            if !self.gather()? {
                return Ok(());
            }
        }
    }

    /// Moves what the session has queued into the outbox. False: nothing.
    fn gather(&mut self) -> io::Result<bool> {
        thread_local! {
            // One for each thread, not for each connection: it is empty whenever no connection is in here.
            static BATCH: RefCell<Vec<(u64, Arc<Payload>)>> = const { RefCell::new(Vec::new()) };
        }
        let Stage::Identified(seat) = &self.stage else { return Ok(false) };
        BATCH.with_borrow_mut(|batch| {
            seat.session.take(&seat.link, batch, WRITE);
            let some = !batch.is_empty();
            // Rendering the frames happens outside the session's lock.
            for (number, payload) in batch.drain(..) {
                let start = DispatchStart::new(&payload.name, number);
                self.transport
                    .frame(self.outbox.buffer(), &[start.as_bytes(), &payload.d, frame::DISPATCH_END])?;
            }
            Ok(some)
        })
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        loop {
            let config = self.gateway.config();
            match self.decoder.next() {
                Err(close) => return Poll::Ready(Turn::Fault(close)),
                Ok(Some(Received::Message(message))) => {
                    if !self.sends.take(Instant::now(), config.sends_per_minute, MINUTE) {
                        return Poll::Ready(Turn::Fault(Close::RateLimited));
                    }
                    return Poll::Ready(Turn::Message(message));
                }
                Ok(Some(Received::Close(code))) => return Poll::Ready(Turn::ClosedByClient(code)),
                Ok(Some(received)) => {
                    if !self.controls.take(Instant::now(), CONTROLS, MINUTE) {
                        return Poll::Ready(Turn::Fault(Close::RateLimited));
                    }
                    if let Received::Ping(text) = received {
                        let out = self.outbox.buffer();
                        websocket::header(out, websocket::PONG, text.len());
                        out.extend_from_slice(&text);
                        if self.poll_write(cx).is_err() {
                            return Poll::Ready(Turn::Gone);
                        }
                    }
                    continue;
                }
                Ok(None) => {}
            }
            let mut space = [MaybeUninit::<u8>::uninit(); READ];
            let mut space = ReadBuf::uninit(&mut space);
            match Pin::new(&mut self.io).poll_read(cx, &mut space) {
                Poll::Pending => {
                    self.decoder.rest();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(())) if !space.filled().is_empty() => self.decoder.push(space.filled()),
                Poll::Ready(_) => return Poll::Ready(Turn::Gone),
            }
        }
    }

    /// One message.
    async fn handle(&mut self, message: &[u8]) -> Flow {
        let Ok(message) = incoming::parse(message) else { return Err(Close::DecodeError) };
        let identified = matches!(self.stage, Stage::Identified(_));
        const HEARTBEAT: u64 = opcode::HEARTBEAT as u64;
        const QOS_HEARTBEAT: u64 = opcode::QOS_HEARTBEAT as u64;
        const IDENTIFY: u64 = opcode::IDENTIFY as u64;
        const RESUME: u64 = opcode::RESUME as u64;
        const PRESENCE_UPDATE: u64 = opcode::PRESENCE_UPDATE as u64;
        const VOICE_STATE_UPDATE: u64 = opcode::VOICE_STATE_UPDATE as u64;
        const REQUEST_GUILD_MEMBERS: u64 = opcode::REQUEST_GUILD_MEMBERS as u64;
        const GUILD_SUBSCRIPTIONS: u64 = opcode::GUILD_SUBSCRIPTIONS as u64;
        const GUILD_SUBSCRIPTIONS_BULK: u64 = opcode::GUILD_SUBSCRIPTIONS_BULK as u64;
        match message.op {
            HEARTBEAT | QOS_HEARTBEAT => {
                if let Some(kept) = commands::heartbeat::heartbeat(self, message.d) {
                    Box::pin(commands::heartbeat::keep_alive(self.gateway.clone(), kept)).await;
                }
                Ok(())
            }
            IDENTIFY | RESUME if identified => Err(Close::AlreadyAuthenticated),
            IDENTIFY => Box::pin(commands::identify::identify(self, message.d)).await,
            RESUME => Box::pin(commands::resume::resume(self, message.d)).await,
            _ if !identified => Err(Close::NotAuthenticated),
            PRESENCE_UPDATE => Box::pin(commands::presence_update::presence_update(self, message.d)).await,
            VOICE_STATE_UPDATE => {
                Box::pin(commands::voice_state_update::voice_state_update(self, message.d)).await
            }
            REQUEST_GUILD_MEMBERS => {
                Box::pin(commands::request_guild_members::request_guild_members(self, message.d)).await
            }
            GUILD_SUBSCRIPTIONS => Box::pin(commands::guild_subscriptions::one(self, message.d)).await,
            GUILD_SUBSCRIPTIONS_BULK => Box::pin(commands::guild_subscriptions::many(self, message.d)).await,
            op if opcode::is_ignored(op) => Ok(()),
            _ => Err(Close::UnknownOpcode),
        }
    }

    /// The timer went off: something is due, or only the timer was early.
    fn deadline(&mut self) -> Flow {
        let now = Instant::now();
        let due = self.due();
        if due.0 <= now {
            if due.1 == Close::UnknownError && self.restarting.is_none() {
                metrics::counter!("gateway_timeouts").increment(1);
            }
            return Err(due.1);
        }
        self.timer.as_mut().reset(due.0);
        Ok(())
    }

    /// When the next thing is due, and how the connection closes if nothing changes until then. Heartbeats do not touch
    /// the timer: it is early then, and is set again once.
    fn due(&self) -> (Instant, Close) {
        let config = self.gateway.config();
        let stage = match &self.stage {
            Stage::Waiting { since, .. } => {
                let crowded = self.gateway.admission().waiting() > config.crowd;
                let within = if crowded { config.identify_within_crowded } else { config.identify_within };
                (*since + within, Close::NotAuthenticated)
            }
            Stage::Identified(_) => (self.last_beat + config.dead_after(), Close::UnknownError),
        };
        let others = [
            self.blocked.map(|since| since + config.stalled_for),
            self.restarting.map(|since| since + config.restart_grace),
        ];
        let other = others.into_iter().flatten().min().map(|at| (at, Close::UnknownError));
        match other {
            Some(other) if other.0 < stage.0 => other,
            _ => stage,
        }
    }

    /// Sets the timer if something is due earlier than it goes off.
    fn rearm(&mut self) {
        let due = self.due().0;
        if due < self.timer.deadline() {
            self.timer.as_mut().reset(due);
        }
    }

    /// Queues a frame that is no event of the session.
    pub(crate) fn send(&mut self, text: &[u8]) {
        self.send_parts(&[text]);
    }

    /// Queues a frame given in parts.
    pub(crate) fn send_parts(&mut self, parts: &[&[u8]]) {
        if let Err(error) = self.transport.frame(self.outbox.buffer(), parts) {
            // A compressor that fails once cannot be trusted again. The client resumes on a new socket.
            tracing::warn!(%error, "a compressor failed");
            self.connected.link.give(Order::Cut);
        }
    }

    /// The connection as the hub knows it.
    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.connected.link
    }

    /// The client is there.
    pub(crate) fn beat(&mut self) {
        self.last_beat = Instant::now();
    }

    /// The client has a session from now on.
    pub(crate) fn sit(&mut self, session: Arc<Session>, actor: Actor) {
        let now = Instant::now();
        self.last_beat = now;
        self.stage = Stage::Identified(Seat {
            session,
            actor,
            link: self.connected.link.clone(),
            gateway: self.gateway.clone(),
            kept: now,
        });
        self.rearm();
    }

    /// Op 9: there is no session; the client may identify on this socket.
    pub(crate) fn invalid_session(&mut self) {
        self.stage = Stage::Waiting { since: Instant::now(), _place: self.gateway.admission().wait_again() };
        self.rearm();
        self.send(frame::INVALID_SESSION.as_bytes());
    }

    async fn finish(mut self, end: End) {
        let place = self.gateway.admission().wait_again();
        let stage =
            std::mem::replace(&mut self.stage, Stage::Waiting { since: Instant::now(), _place: place });
        // Only who says goodbye ends the session; everybody else may come back for it.
        if let (Stage::Identified(seat), End::ClosedByClient(Some(1000 | 1001))) = (&stage, &end)
            && seat.session.detach(&seat.link, self.gateway.now())
        {
            self.gateway.end(&seat.session, Order::Cut).await;
        }
        if let Stage::Identified(seat) = &stage
            && seat.session.is_over()
        {
            // It ended while IDENTIFY was still at work, which may have shown a presence after the farewell.
            self.gateway.farewell(&seat.session).await;
        }
        drop(stage);
        match end {
            End::Gone => return,
            End::ClosedByClient(code) => websocket::close(self.outbox.buffer(), code, ""),
            End::Close(close) => {
                metrics::counter!("gateway_closes", "code" => close.code().to_string()).increment(1);
                websocket::close(self.outbox.buffer(), Some(close.code()), close.reason());
            }
        }
        let _ = tokio::time::timeout(GOODBYE, self.goodbye()).await;
    }

    /// Sends what is left, and reads until the client has closed too: a socket closed with unread bytes resets the
    /// connection, and the close code is lost.
    async fn goodbye(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.outbox.poll_drain(&mut self.io, cx)).await?;
        poll_fn(|cx| Pin::new(&mut self.io).poll_shutdown(cx)).await?;
        // A client that goes on sending is cut off at some point.
        for _ in 0..64 {
            let mut space = [MaybeUninit::<u8>::uninit(); 256];
            let read = poll_fn(|cx| {
                let mut space = ReadBuf::uninit(&mut space);
                ready!(Pin::new(&mut self.io).poll_read(cx, &mut space))?;
                Poll::Ready(Ok::<_, io::Error>(space.filled().len()))
            })
            .await?;
            if read == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl Seat {
    /// Whether it is time to keep the presence alive.
    pub(crate) fn keep(&mut self, every: Duration) -> bool {
        let now = Instant::now();
        let due = now.duration_since(self.kept) >= every;
        if due {
            self.kept = now;
        }
        due
    }
}

/// Bytes that the socket has not taken yet. Empty ones hold no memory.
#[derive(Default)]
struct Outbox {
    bytes: Vec<u8>,
    written: usize,
}

thread_local! {
    /// Buffers that outboxes lend each other: there are as many in use as sockets are blocked, not as there are
    /// connections.
    static BUFFERS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

impl Outbox {
    /// Where to append.
    fn buffer(&mut self) -> &mut Vec<u8> {
        if self.bytes.capacity() == 0 {
            self.bytes = BUFFERS.with_borrow_mut(Vec::pop).unwrap_or_default();
        }
        &mut self.bytes
    }

    /// Writes until nothing is left.
    fn poll_drain(&mut self, io: &mut TokioIo<Upgraded>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.bytes.get(self.written..) {
            match ready!(Pin::new(&mut *io).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        if self.bytes.capacity() > 0 {
            self.written = 0;
            self.bytes.clear();
            let bytes = std::mem::take(&mut self.bytes);
            BUFFERS.with_borrow_mut(|buffers| {
                // A buffer that a large READY blew up is not worth keeping.
                if buffers.len() < 8 && bytes.capacity() <= 4 * WRITE {
                    buffers.push(bytes);
                }
            });
        }
        ready!(Pin::new(io).poll_flush(cx))?;
        Poll::Ready(Ok(()))
    }
}
