//! The bot: commands in channels, and a cache that serenity keeps.

use anyhow::{Context as _, Result};
use serenity::all::{
    Cache, ChunkGuildFilter, ClientBuilder, Context, Event, EventHandler, GatewayIntents, Guild, GuildId,
    Http, HttpBuilder, HttpError, Message, Permissions, RawEventHandler, Ready, RoleId, UserId,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// What the handlers saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) readies: usize,
    /// How often each event came.
    pub(crate) events: BTreeMap<String, usize>,
    /// What went wrong in a handler, and events that serenity does not know.
    pub(crate) faults: Vec<String>,
}

/// A running bot.
pub(crate) struct Bot {
    seen: Arc<Mutex<Seen>>,
    pub(crate) http: Arc<Http>,
    pub(crate) cache: Arc<Cache>,
    task: JoinHandle<()>,
}

impl Bot {
    /// Starts one with nothing but the address changed, and without serenity's own limits, as its proxy setting wants it.
    pub(crate) async fn start(address: &str, token: &str, intents: GatewayIntents) -> Result<Self> {
        let http =
            HttpBuilder::new(token).proxy(format!("http://{address}")).ratelimiter_disabled(true).build();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut client = ClientBuilder::new_with_http(http, intents)
            .event_handler(Handler { seen: Arc::clone(&seen) })
            .raw_event_handler(Counter { seen: Arc::clone(&seen) })
            .await?;
        let (http, cache) = (Arc::clone(&client.http), Arc::clone(&client.cache));
        let end = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            if let Err(error) = client.start().await {
                record(&end).faults.push(format!("it ended: {error}"));
            }
        });
        Ok(Self { seen, http, cache, task })
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        record(&self.seen)
    }

    /// How often an event came.
    pub(crate) fn heard(&self, name: &str) -> usize {
        self.seen().events.get(name).copied().unwrap_or_default()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn record(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Discord's code in a refusal.
pub(crate) fn code(error: &serenity::Error) -> Result<isize> {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(answer)) => Ok(answer.error.code),
        other => anyhow::bail!("refused with {other:?}"),
    }
}

struct Counter {
    seen: Arc<Mutex<Seen>>,
}

#[serenity::async_trait]
impl RawEventHandler for Counter {
    async fn raw_event(&self, _: Context, event: Event) {
        let mut seen = record(&self.seen);
        match event.name() {
            Some(name) => *seen.events.entry(name).or_default() += 1,
            None => seen.faults.push(format!("unknown to serenity: {event:?}")),
        }
    }
}

struct Handler {
    seen: Arc<Mutex<Seen>>,
}

#[serenity::async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, _: Ready) {
        record(&self.seen).readies += 1;
    }

    async fn guild_create(&self, context: Context, guild: Guild, _: Option<bool>) {
        context.shard.chunk_guild(guild.id, None, false, ChunkGuildFilter::None, None);
    }

    async fn message(&self, context: Context, message: Message) {
        if let Err(error) = command(&context, &message).await {
            record(&self.seen).faults.push(format!("{}: {error:#}", message.content));
        }
    }
}

/// Does what a message asks for, and says what became of it.
async fn command(context: &Context, message: &Message) -> Result<()> {
    let (Some(guild), false) = (message.guild_id, message.author.bot) else { return Ok(()) };
    let words: Vec<&str> = message.content.split(' ').collect();
    let outcome = match words.as_slice() {
        ["!ping"] => Ok("pong".to_owned()),
        ["!kick", user, reason @ ..] => {
            if may(context, message, guild, Permissions::KICK_MEMBERS).await? {
                let user = mentioned::<UserId>(user, "<@")?;
                let kicked = guild.kick_with_reason(&context.http, user, &reason.join(" ")).await;
                kicked.map(|()| "kicked".to_owned())
            } else {
                Ok("you may not".to_owned())
            }
        }
        ["!role", user, role] => {
            if may(context, message, guild, Permissions::MANAGE_ROLES).await? {
                let member = guild.member(context, mentioned::<UserId>(user, "<@")?).await?;
                let given = member.add_role(&context.http, mentioned::<RoleId>(role, "<@&")?).await;
                given.map(|()| "given".to_owned())
            } else {
                Ok("you may not".to_owned())
            }
        }
        _ => return Ok(()),
    };
    let answer = match outcome {
        Ok(answer) => answer,
        Err(error) => format!("refused: {}", code(&error)?),
    };
    message.reply(context, answer).await?;
    Ok(())
}

/// Whether the author of a message has a permission where it was said, as serenity computes it from its cache.
async fn may(context: &Context, message: &Message, guild: GuildId, permission: Permissions) -> Result<bool> {
    let member = guild.member(context, message.author.id).await?;
    let guild = context.cache.guild(guild).context("the guild is not in the cache")?;
    let channel = guild.channels.get(&message.channel_id).context("the channel is not in the cache")?;
    Ok(guild.user_permissions_in(channel, &member).contains(permission))
}

fn mentioned<Id: From<u64>>(word: &str, prefix: &str) -> Result<Id> {
    let id = word.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('>'));
    Ok(Id::from(id.context("no mention")?.parse()?))
}
