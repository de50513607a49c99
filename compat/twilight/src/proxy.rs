//! Stands between the bot and the server and does to gateway connections what networks do: it loses what was on its
//! way, resets connections, or makes the server seem to close them.
//!
//! It knows just enough of WebSocket to tell where a frame of the server ends, because a close frame may only be put
//! between two frames.

use anyhow::{Context as _, Result};
use std::io;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What is to happen to a connection.
#[derive(Debug, Clone)]
enum Order {
    /// Nothing that the server says arrives any more.
    Lose,
    /// Reset both sides.
    Cut,
    /// The server seems to close it.
    Close(u16),
}

#[derive(Default)]
struct Shared {
    target: AtomicU16,
    /// Frames of the server that never reached the client.
    lost: AtomicUsize,
    /// One end per gateway connection.
    gateways: Mutex<Vec<mpsc::UnboundedSender<Order>>>,
}

/// The proxy.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Proxy {
    pub(crate) async fn listen() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let inside = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&inside);
                // A connection that fails is what this is for: both sides see it closed.
                tokio::spawn(async move { drop(link(client, &shared).await) });
            }
        });
        Ok(Self { shared, port })
    }

    /// Where connections go from now on.
    pub(crate) fn target(&self, port: u16) {
        self.shared.target.store(port, Ordering::SeqCst);
    }

    /// From now on nothing that the server says on its present gateway connections arrives.
    pub(crate) fn lose(&self) -> Result<()> {
        self.order(&Order::Lose)
    }

    /// Resets the gateway connections on both sides.
    pub(crate) fn cut(&self) -> Result<()> {
        self.order(&Order::Cut)
    }

    /// Makes the server seem to close the gateway connections.
    pub(crate) fn close(&self, code: u16) -> Result<()> {
        self.order(&Order::Close(code))
    }

    /// How many frames got lost so far.
    pub(crate) fn lost(&self) -> usize {
        self.shared.lost.load(Ordering::SeqCst)
    }

    fn order(&self, order: &Order) -> Result<()> {
        let mut gateways = self.shared.gateways.lock().unwrap_or_else(PoisonError::into_inner);
        gateways.retain(|gateway| gateway.send(order.clone()).is_ok());
        (!gateways.is_empty()).then_some(()).context("no gateway connection goes through the proxy")
    }
}

/// Carries one connection until it ends.
async fn link(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut upstream = TcpStream::connect(("127.0.0.1", shared.target.load(Ordering::SeqCst))).await?;
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let (sender, mut orders) = mpsc::unbounded_channel();
    let mut sender = Some(sender);
    let mut frames = Frames::default();
    let mut losing = false;
    let (mut up, mut down) = ([0; 16 * 1024], [0; 16 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let piece = up.get(..read?).unwrap_or_default();
                if piece.is_empty() {
                    return upstream.shutdown().await;
                }
                // An upgrade request fits into the first packet: it is a few hundred bytes, sent at once.
                let request = String::from_utf8_lossy(piece).to_ascii_lowercase();
                if request.contains("\r\nupgrade: websocket\r\n") && let Some(sender) = sender.take() {
                    frames.gateway = true;
                    shared.gateways.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
                }
                upstream.write_all(piece).await?;
            }
            read = upstream.read(&mut down) => {
                let piece = down.get(..read?).unwrap_or_default();
                if piece.is_empty() {
                    return client.shutdown().await;
                }
                for frame in frames.feed(piece) {
                    if losing {
                        shared.lost.fetch_add(1, Ordering::SeqCst);
                    } else {
                        client.write_all(&frame).await?;
                    }
                }
            }
            Some(order) = orders.recv() => match order {
                Order::Lose => losing = true,
                Order::Cut => {
                    client.set_zero_linger()?;
                    upstream.set_zero_linger()?;
                    return Ok(());
                }
                Order::Close(code) => {
                    losing = true;
                    let [high, low] = code.to_be_bytes();
                    client.write_all(&[0x88, 2, high, low]).await?;
                    client.shutdown().await?;
                }
            },
        }
    }
}

/// Cuts what the server says into frames, once the connection is a gateway's.
#[derive(Default)]
struct Frames {
    gateway: bool,
    upgraded: bool,
    pending: Vec<u8>,
}

impl Frames {
    fn feed(&mut self, piece: &[u8]) -> Vec<Vec<u8>> {
        if !self.gateway {
            return vec![piece.to_vec()];
        }
        self.pending.extend_from_slice(piece);
        let mut whole = Vec::new();
        while let Some(length) = self.next() {
            let rest = self.pending.split_off(length);
            whole.push(std::mem::replace(&mut self.pending, rest));
        }
        whole
    }

    /// The length of what stands first, if it is whole: the answer to the upgrade, then frames without a mask.
    fn next(&mut self) -> Option<usize> {
        if !self.upgraded {
            let end = self.pending.windows(4).position(|four| four == b"\r\n\r\n")?;
            self.upgraded = true;
            return Some(end + 4);
        }
        let length = match (*self.pending.get(1)? & 0x7f, self.pending.get(2..)?) {
            (126, [a, b, ..]) => 4 + usize::from(u16::from_be_bytes([*a, *b])),
            (127, [a, b, c, d, e, f, g, h, ..]) => {
                10 + usize::try_from(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])).ok()?
            }
            (126 | 127, _) => return None,
            (short, _) => 2 + usize::from(short),
        };
        (self.pending.len() >= length).then_some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::Frames;

    #[test]
    fn cuts_at_frames_however_they_arrive() {
        let mut stream = b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec();
        stream.extend([0x82, 2, 7, 7]);
        stream.extend([0x82, 126, 1, 0]);
        stream.extend([9; 256]);
        for size in [1, 3, stream.len()] {
            let mut frames = Frames { gateway: true, ..Frames::default() };
            let whole: Vec<usize> =
                stream.chunks(size).flat_map(|piece| frames.feed(piece)).map(|f| f.len()).collect();
            assert_eq!(whole, [36, 4, 260], "in pieces of {size}");
        }
    }

    #[test]
    fn passes_on_what_is_not_a_gateway() {
        assert_eq!(Frames::default().feed(b"HTTP/1.1 200 OK\r\n"), [b"HTTP/1.1 200 OK\r\n".to_vec()]);
    }
}
