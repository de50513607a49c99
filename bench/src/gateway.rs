//! Gateway sessions of people, without compression.

use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// An identified session.
pub(crate) struct Session {
    socket: WebSocketStream<TcpStream>,
    heartbeat: Duration,
}

impl Session {
    /// Connects and identifies; returns after READY.
    pub(crate) async fn open(port: u16, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        // Ten thousand of these share one process: with the usual 128 KiB each they would fill its memory.
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        let url = format!("ws://127.0.0.1:{port}/gateway/?v=10&encoding=json");
        let (socket, _) = client_async_with_config(url, stream, Some(config)).await?;
        let mut session = Self { socket, heartbeat: Duration::from_secs(40) };
        let hello: Value = serde_json::from_str(&session.text().await?)?;
        let interval = hello.pointer("/d/heartbeat_interval").and_then(Value::as_u64).context("no HELLO")?;
        session.heartbeat = Duration::from_millis(interval);
        let identify = serde_json::json!({
            "op": 2,
            "d": { "token": token, "properties": { "os": "linux", "browser": "bench", "device": "bench" } },
        });
        session.socket.send(Message::text(identify.to_string())).await?;
        while !session.text().await?.starts_with(r#"{"t":"READY""#) {}
        Ok(session)
    }

    /// The next text, while heartbeats are sent on time.
    async fn text(&mut self) -> Result<String> {
        loop {
            match self.socket.next().await.context("the gateway closed")?? {
                Message::Text(text) => return Ok(text.to_string()),
                Message::Close(frame) => bail!("the gateway closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Reads for ever, handing each text to `hear`; sends heartbeats.
    pub(crate) async fn listen(mut self, mut hear: impl FnMut(&str)) -> Result<()> {
        let mut beat = tokio::time::interval(self.heartbeat);
        // The first tick is at once, as many clients do it.
        loop {
            tokio::select! {
                text = self.text() => hear(&text?),
                _ = beat.tick() => self.socket.send(Message::text(r#"{"op":1,"d":null}"#)).await?,
            }
        }
    }
}
