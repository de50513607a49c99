//! One call over REST, and what is known about it afterwards.

use crate::history::Row;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How long a call may take before nobody knows.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what sets the scene is tried.
const INSIST: Duration = Duration::from_secs(60);

/// What is known about a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// It was done.
    Done(Value),
    /// It was refused and had no effect; status and code.
    Refused(u16, u64),
    /// No server was reached: it had no effect.
    Unsent,
    /// Nobody knows.
    Unknown(String),
}

/// The nodes, called one by one.
#[derive(Debug, Clone)]
pub struct Api {
    http: reqwest::Client,
    nodes: Vec<SocketAddr>,
    gateways: Vec<SocketAddr>,
}

impl Api {
    /// Nodes, and where gateways are reached: a balancer, or the nodes themselves.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new(nodes: Vec<SocketAddr>, gateways: Vec<SocketAddr>) -> Result<Self> {
        if nodes.is_empty() || gateways.is_empty() {
            bail!("there is no node");
        }
        let http =
            reqwest::Client::builder().timeout(PATIENCE).connect_timeout(Duration::from_secs(2)).build()?;
        Ok(Self { http, nodes, gateways })
    }

    /// How many nodes there are; they are numbered from 1.
    pub fn nodes(&self) -> u8 {
        u8::try_from(self.nodes.len()).unwrap_or(u8::MAX)
    }

    /// Where gateways are reached.
    pub fn gateways(&self) -> &[SocketAddr] {
        &self.gateways
    }

    /// One call to one node.
    pub async fn call(
        &self,
        node: u8,
        method: &str,
        route: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Reply {
        let Some(address) = self.nodes.get(usize::from(node).saturating_sub(1)) else { return Reply::Unsent };
        let Ok(method) = method.parse::<reqwest::Method>() else { return Reply::Unsent };
        let reads = method == reqwest::Method::GET;
        let mut request = self.http.request(method, format!("http://{address}/api/v10{route}"));
        if !token.is_empty() {
            request = request.header("authorization", token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Reply::Unsent,
            Err(error) => return Reply::Unknown(short(&error)),
        };
        let status = response.status().as_u16();
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => return Reply::Unknown(short(&error)),
        };
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        match status {
            200..300 => Reply::Done(body),
            // Reads have no effect of which one could be in doubt.
            500.. if !reads => Reply::Unknown(format!("{status} {text}")),
            _ => Reply::Refused(status, body.get("code").and_then(Value::as_u64).unwrap_or_default()),
        }
    }

    /// A call that sets the scene: repeated, on one node after the other, until it is done.
    ///
    /// # Errors
    /// It is refused, or not done within a minute.
    pub async fn insist(
        &self,
        method: &str,
        route: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let begun = Instant::now();
        let mut node = 0;
        loop {
            node = node % self.nodes() + 1;
            match self.call(node, method, route, token, body).await {
                Reply::Done(value) => return Ok(value),
                Reply::Refused(status, code) if status < 500 && status != 429 => {
                    bail!("{method} {route} was refused: {status}, {code}")
                }
                other if begun.elapsed() > INSIST => bail!("{method} {route} is not done: {other:?}"),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// A number out of a node's `/metrics`: the sum over all lines with this name and these labels. `None`: the node
    /// does not answer.
    pub async fn metric(&self, node: u8, name: &str, label: &str) -> Option<f64> {
        let address = self.nodes.get(usize::from(node).checked_sub(1)?)?;
        let text = self.http.get(format!("http://{address}/metrics")).send().await.ok()?.text().await.ok()?;
        let lines = text.lines().filter(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{'])) && line.contains(label)
        });
        Some(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
    }
}

fn short(error: &reqwest::Error) -> String {
    if error.is_timeout() { "no answer in time".to_owned() } else { "the connection broke".to_owned() }
}

/// An id in Discord's JSON.
///
/// # Errors
/// There is none.
pub(crate) fn id(value: &Value, pointer: &str) -> Result<u64> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).with_context(|| format!("no id at {pointer} in {value}"))
}

/// A message in Discord's JSON. One without text is no message that a run sends.
pub(crate) fn row(value: &Value) -> Option<Row> {
    let edited = value.get("edited_timestamp").and_then(Value::as_str);
    let edited = edited.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let edited = edited.map_or(0, |at| u64::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or_default());
    Some(Row {
        id: id(value, "/id").ok()?,
        author: id(value, "/author/id").ok()?,
        body: value.get("content")?.as_str()?.to_owned(),
        edited,
    })
}
