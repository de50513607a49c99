//! The bot: a shard that reads, an HTTP client that answers, and a record of everything that arrived.

use crate::mirror::Mirror;
use crate::picture::Picture;
use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;
use twilight_gateway::error::ReceiveMessageErrorType;
use twilight_gateway::{ConfigBuilder, EventTypeFlags, Intents, Message, MessageSender, Shard, ShardId};
use twilight_http::Client;
use twilight_model::gateway::event::{DispatchEvent, GatewayEvent};
use twilight_model::gateway::payload::outgoing::RequestGuildMembers;
use twilight_model::id::Id;
use twilight_model::id::marker::GuildMarker;

/// What the shard saw, in order.
#[derive(Default)]
pub(crate) struct Seen {
    /// Every dispatch with its sequence number.
    pub(crate) dispatches: Vec<(u64, DispatchEvent)>,
    /// What they say of the guild that it is in.
    pub(crate) picture: Picture,
    /// Codes of closed connections.
    pub(crate) closes: Vec<u16>,
    /// What did not parse, and what the library complained of otherwise.
    pub(crate) unreadable: Vec<String>,
    /// The shard gave up, as it does when the token is void.
    pub(crate) ended: bool,
}

/// A running bot.
pub(crate) struct Bot {
    seen: Arc<Mutex<Seen>>,
    /// Its HTTP client.
    pub(crate) http: Arc<Client>,
    mirror: Arc<tokio::sync::Mutex<Option<Mirror>>>,
    sender: MessageSender,
    task: JoinHandle<()>,
}

impl Bot {
    /// Starts one for direct messages with nothing but the address changed.
    pub(crate) fn start(address: &str, token: &str) -> Self {
        let intents =
            Intents::DIRECT_MESSAGES | Intents::DIRECT_MESSAGE_REACTIONS | Intents::DIRECT_MESSAGE_TYPING;
        Self::start_with(address, token, intents)
    }

    /// Starts one that wants to hear of this.
    pub(crate) fn start_with(address: &str, token: &str, intents: Intents) -> Self {
        let http = Client::builder().token(token.to_owned()).proxy(address.to_owned(), true).build();
        let http = Arc::new(http);
        let config = ConfigBuilder::new(token.to_owned(), intents)
            .proxy_url(format!("ws://{address}/gateway"))
            .build();
        let shard = Shard::with_config(ShardId::ONE, config);
        let sender = shard.sender();
        let (seen, mirror) = (Arc::new(Mutex::new(Seen::default())), Arc::default());
        let task = tokio::spawn(read(shard, Arc::clone(&http), Arc::clone(&seen), Arc::clone(&mirror)));
        Self { seen, http, mirror, sender, task }
    }

    /// From now on it does what a mirror does.
    pub(crate) async fn mirror(&self, mirror: Mirror) {
        *self.mirror.lock().await = Some(mirror);
    }

    /// Asks for all members of a guild.
    pub(crate) fn ask_for_members(&self, guild: Id<GuildMarker>) -> Result<()> {
        let all = RequestGuildMembers::builder(guild).query("", None);
        self.sender.command(&all).context("the shard is gone")
    }

    /// What it knows of the guild by now.
    pub(crate) fn picture(&self) -> Picture {
        self.seen().picture.clone()
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often a session began.
    pub(crate) fn readies(&self) -> usize {
        self.count(|event| matches!(event, DispatchEvent::Ready(_)))
    }

    /// How often a session was resumed.
    pub(crate) fn resumes(&self) -> usize {
        self.count(|event| matches!(event, DispatchEvent::Resumed))
    }

    /// How many dispatches are such.
    pub(crate) fn count(&self, such: impl Fn(&DispatchEvent) -> bool) -> usize {
        self.seen().dispatches.iter().filter(|(_, event)| such(event)).count()
    }

    /// Texts of messages that begin so, in the order in which they came.
    pub(crate) fn texts(&self, prefix: &str) -> Vec<String> {
        let seen = self.seen();
        let texts = seen.dispatches.iter().filter_map(|(_, event)| match event {
            DispatchEvent::MessageCreate(message) => Some(message.content.as_str()),
            _ => None,
        });
        texts.filter(|text| text.starts_with(prefix)).map(str::to_owned).collect()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(
    mut shard: Shard,
    http: Arc<Client>,
    seen: Arc<Mutex<Seen>>,
    mirror: Arc<tokio::sync::Mutex<Option<Mirror>>>,
) {
    while let Some(item) = shard.next().await {
        let json = match item {
            Ok(Message::Text(json)) => json,
            Ok(Message::Close(frame)) => {
                record(&seen).closes.push(frame.map_or(1005, |frame| frame.code));
                continue;
            }
            Err(error) => {
                // While the server restarts, connections cannot be made; the shard says so and tries again.
                if !matches!(error.kind(), ReceiveMessageErrorType::Reconnect) {
                    record(&seen).unreadable.push(error.to_string());
                }
                continue;
            }
        };
        // A bot would ask for what it wants; this one asks for everything, so that everything must parse.
        match twilight_gateway::parse(json.clone(), EventTypeFlags::all()) {
            Ok(Some(GatewayEvent::Dispatch(sequence, event))) => {
                if let DispatchEvent::MessageCreate(message) = &event
                    && message.content == "!ping"
                {
                    let answer =
                        http.create_message(message.channel_id).reply(message.id).content("pong").await;
                    if let Err(error) = answer {
                        record(&seen).unreadable.push(format!("pong: {error}"));
                    }
                }
                if let Some(mirror) = mirror.lock().await.as_mut()
                    && let Err(error) = mirror.hear(&http, &event).await
                {
                    record(&seen).unreadable.push(format!("mirror: {error}"));
                }
                let mut seen = record(&seen);
                seen.picture.hear(&event);
                seen.dispatches.push((sequence, event));
            }
            Ok(Some(_)) => {}
            Ok(None) => record(&seen).unreadable.push(format!("unknown to twilight: {json}")),
            Err(error) => record(&seen).unreadable.push(format!("{error}: {json}")),
        }
    }
    record(&seen).ended = true;
}

fn record(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
