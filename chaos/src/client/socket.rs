//! A gateway's socket: frames in, frames out.

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(5);

/// What comes out of a socket.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A payload.
    Payload(Value),
    /// The end, with its code.
    End(u16),
}

/// An open socket.
#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects from an address of its own, as clients of a real balancer do: it spreads them by where they come from.
    ///
    /// # Errors
    /// Nobody answers, or not as a gateway.
    pub(crate) async fn open(to: SocketAddr, proc: u32) -> Result<Self> {
        let connect = async {
            let socket = TcpSocket::new_v4()?;
            let [_, _, high, low] = proc.to_be_bytes();
            let from = Ipv4Addr::new(127, 1, high, low);
            socket.bind(SocketAddr::from((from, 0)))?;
            let stream = socket.connect(to).await?;
            stream.set_nodelay(true)?;
            let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
            let url = format!("ws://{to}/gateway/?v=10&encoding=json");
            let (socket, _) = client_async_with_config(url, stream, Some(config)).await?;
            Ok(Self(socket))
        };
        tokio::time::timeout(CONNECT, connect).await.context("no connection in time")?
    }

    /// The next frame.
    pub(crate) async fn next(&mut self) -> Frame {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    if let Ok(payload) = serde_json::from_str(&text) {
                        return Frame::Payload(payload);
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    return Frame::End(frame.map_or(0, |frame| u16::from(frame.code)));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Frame::End(0),
            }
        }
    }

    /// Says something.
    ///
    /// # Errors
    /// The socket is gone.
    pub(crate) async fn say(&mut self, payload: &Value) -> Result<()> {
        self.0.send(Message::text(payload.to_string())).await?;
        Ok(())
    }

    /// How often the server wants to hear a heartbeat: its first words.
    ///
    /// # Errors
    /// It says something else, or nothing.
    pub(crate) async fn hello(&mut self) -> Result<Duration> {
        match tokio::time::timeout(CONNECT, self.next()).await.context("no HELLO in time")? {
            Frame::Payload(payload) => {
                let every = payload.pointer("/d/heartbeat_interval").and_then(Value::as_u64);
                Ok(Duration::from_millis(every.context("no HELLO")?))
            }
            Frame::End(code) => bail!("closed with {code} before HELLO"),
        }
    }
}
