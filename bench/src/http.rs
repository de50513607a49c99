//! A keep-alive HTTP connection that costs the client almost nothing: client and server share the cores, so that an
//! expensive client would be measured instead.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection; one request at a time.
pub(crate) struct Line {
    stream: TcpStream,
    port: u16,
    buffer: Vec<u8>,
}

impl Line {
    pub(crate) async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, port, buffer: Vec::with_capacity(4096) })
    }

    /// Asks, and waits for status and body.
    pub(crate) async fn call(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<&str>,
    ) -> Result<(u16, Vec<u8>)> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", self.port);
        if !token.is_empty() {
            request.push_str(&format!("Authorization: {token}\r\n"));
        }
        if let Some(body) = body {
            request.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            ));
            request.push_str(body);
        } else {
            request.push_str("Content-Length: 0\r\n\r\n");
        }
        let exchange = async {
            self.stream.write_all(request.as_bytes()).await?;
            self.answer().await
        };
        let answered = tokio::time::timeout(Duration::from_secs(30), exchange).await;
        answered.with_context(|| format!("{method} {path}: no answer"))?
    }

    async fn answer(&mut self) -> Result<(u16, Vec<u8>)> {
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let text = String::from_utf8_lossy(self.buffer.get(..head).unwrap_or_default()).into_owned();
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status")?;
        let mut length = 0;
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                bail!("a body in chunks, which this client cannot read");
            }
        }
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        Ok((status, self.buffer.get(head..head + length).unwrap_or_default().to_vec()))
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }

    /// Asks for JSON below `/api/v10`; anything but success is an error.
    pub(crate) async fn api(
        &mut self,
        method: &str,
        route: &str,
        token: &str,
        body: Option<Value>,
    ) -> Result<Value> {
        let body = body.map(|body| body.to_string());
        let (status, answer) = self.call(method, &format!("/api/v10{route}"), token, body.as_deref()).await?;
        if !(200..300).contains(&status) {
            bail!("{method} {route}: {status} {}", String::from_utf8_lossy(&answer));
        }
        if answer.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&answer)?) }
    }
}
