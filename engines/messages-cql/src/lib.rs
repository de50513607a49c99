//! Messages on Cassandra or ScyllaDB, for many nodes.
//!
//! Every write is acknowledged by a quorum, every read asks one. What one machine does with a transaction is done with
//! writes that cannot be wrong in any order, and, where order matters, with the database's own conditional writes:
//! * a message is inserted under its id with a timestamp below all others, so that repeating an insert, at once or days
//!   later, changes nothing that was done to it since;
//! * edits, deletions, reactions, pins and keys of sends are conditional on what was read;
//! * a deleted message keeps a row that says so, without its text: no node that was away for long can bring it back;
//! * reading marks carry timestamps made of their messages' ids: the highest wins without a condition.
//!
//! An unknown outcome (a timeout, a connection that broke) is never answered as a failure: the same write is repeated, or
//! what it left is looked up, for a few seconds; then the answer is [`StoreError::Unavailable`].

mod coalesce;
mod edits;
mod engine;
mod fault;
mod history;
mod lanes;
mod link;
mod locks;
mod marks;
mod mentions;
mod options;
mod pins;
mod reactions;
mod rows;
mod schema;
mod sends;
mod statements;

#[doc(hidden)]
pub use crate::fault::{Fate, Faults};
#[doc(hidden)]
pub use crate::link::Counts;
pub use crate::options::Options;

use crate::engine::Engine;
use crate::link::Link;
use crate::statements::Statements;
use async_trait::async_trait;
use model::message::Message;
use model::reaction::ReactionEmoji;
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, Timestamp, UserId};
use ports::clock::{Clock, Ids};
use ports::messages::{
    Appended, Called, Durable, DurableMany, Head, Mention, MessageEdit, Messages, NewMessage, Page, Pinned,
    Reacted, Scope, SendKey, StoredMessage,
};
use ports::{StoreError, Stored};
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session_builder::SessionBuilder;
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::statement::{Consistency, SerialConsistency};
use std::sync::Arc;
use std::time::Duration;

/// A node that does not answer a keep-alive for so long is not asked any more.
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// Rows that a check looks at.
const SAMPLE: i32 = 1_000;

/// Messages in a keyspace of a ring. Any number of nodes may use the same one, each with a worker id of its own.
///
/// It accepts [`ports::messages::Messages`]' whole contract, but for what only a store with one writer can know: see
/// [`Messages::high_water`] here. [`Self::close`] it before the process ends.
pub struct MessagesCql {
    engine: Arc<Engine>,
}

impl MessagesCql {
    /// Connects to a ring, and makes the keyspace and the tables if they are not there. Takes seconds when it makes
    /// them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no node answers, if the options make no sense, or if the ring is not set up to keep
    /// what it acknowledges (see [`Options::allow_unsafe`]); [`StoreError::Corrupt`] if the tables are of a later version.
    pub async fn connect(options: Options, ids: Arc<dyn Ids>, clock: Arc<dyn Clock>) -> Stored<Self> {
        let unavailable =
            |what: &str, error: &dyn std::fmt::Display| StoreError::Unavailable(format!("{what}: {error}"));
        let options = options.checked().map_err(|error| unavailable("the options of the ring", &error))?;
        let mut balancing = DefaultPolicy::builder().token_aware(true);
        if let Some(datacenter) = &options.datacenter {
            balancing = balancing.prefer_datacenter(datacenter.clone());
        }
        let profile = ExecutionProfile::builder()
            .consistency(Consistency::LocalQuorum)
            .serial_consistency(Some(SerialConsistency::LocalSerial))
            // The breaker's limit counts; this one is for making tables.
            .request_timeout(Some(Duration::from_secs(30)))
            .load_balancing_policy(balancing.build())
            .build();
        let mut builder = SessionBuilder::new()
            .known_nodes(&options.contact_points)
            .default_execution_profile_handle(profile.into_handle())
            .connection_timeout(Duration::from_secs(3))
            .keepalive_interval(KEEP_ALIVE)
            .keepalive_timeout(KEEP_ALIVE)
            .tcp_nodelay(true)
            .schema_agreement_timeout(Duration::from_secs(60))
            .fetch_schema_metadata(true);
        if let (Some(user), Some(password)) = (&options.user, &options.password) {
            builder = builder.user(user, password);
        }
        let session =
            builder.build().await.map_err(|error| unavailable("the ring cannot be reached", &error))?;
        schema::prepare(&session, &options).await?;
        session
            .use_keyspace(&options.keyspace, false)
            .await
            .map_err(|error| unavailable("the keyspace cannot be used", &error))?;
        let statements = Statements::prepare(&session).await?;
        let link = Link::new(Arc::new(session), options.faults);
        Ok(Self { engine: Arc::new(Engine::new(link, statements, options.keyspace, ids, clock)) })
    }

    /// Takes no more changes and returns when those under way are answered. May be called more than once.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    /// How much was asked of the ring so far.
    #[doc(hidden)]
    pub fn counts(&self) -> Counts {
        self.engine.link.counts()
    }
}

#[async_trait]
impl Messages for MessagesCql {
    async fn append(
        &self,
        new: NewMessage,
        key: Option<SendKey>,
        durable: Durable,
    ) -> Result<Appended, StoreError> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.append(new, key, durable).await }).await
    }

    async fn recall(&self, author: UserId, key: &SendKey) -> Stored<Option<Appended>> {
        self.engine.recall(author, key).await
    }

    async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
    ) -> Stored<Option<StoredMessage>> {
        self.engine.message(channel, id, viewer).await
    }

    async fn page(
        &self,
        channel: ChannelId,
        page: Page,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<StoredMessage>> {
        self.engine.page(channel, page, limit, viewer).await
    }

    async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        edit: MessageEdit,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.edit(channel, id, edit, durable).await }).await
    }

    async fn delete(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<Option<Message>> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.delete(channel, id, durable).await }).await
    }

    async fn delete_many(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        durable: DurableMany,
    ) -> Stored<Vec<MessageId>> {
        let (engine, ids) = (self.engine.clone(), ids.to_vec());
        self.engine.change(async move { engine.delete_many(channel, ids, durable).await }).await
    }

    async fn react(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
        cap: usize,
    ) -> Stored<Reacted> {
        let (engine, emoji) = (self.engine.clone(), emoji.key());
        self.engine.change(async move { engine.react(channel, id, user, emoji, cap).await }).await
    }

    async fn unreact(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
    ) -> Stored<bool> {
        let (engine, emoji) = (self.engine.clone(), emoji.key());
        self.engine.change(async move { engine.unreact(channel, id, user, emoji).await }).await
    }

    async fn clear_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<&ReactionEmoji>,
    ) -> Stored<bool> {
        let (engine, emoji) = (self.engine.clone(), emoji.map(ReactionEmoji::key));
        self.engine.change(async move { engine.clear_reactions(channel, id, emoji).await }).await
    }

    async fn reactors(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: &ReactionEmoji,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<UserId>> {
        self.engine.reactors(channel, id, &emoji.key(), after, limit).await
    }

    async fn pin(
        &self,
        channel: ChannelId,
        id: MessageId,
        at: Timestamp,
        cap: usize,
        durable: Durable,
    ) -> Stored<Pinned> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.pin(channel, id, at, cap, durable).await }).await
    }

    async fn unpin(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<bool> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.unpin(channel, id, durable).await }).await
    }

    async fn pins(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<(Timestamp, StoredMessage)>> {
        self.engine.pins(channel, before, limit, viewer).await
    }

    async fn heads(&self, channels: &[ChannelId]) -> Stored<Vec<Head>> {
        self.engine.heads(channels).await
    }

    /// The version of the mark is this store's own; the one handed in is not looked at.
    async fn mark_read(&self, user: UserId, mark: ReadMark, back: bool) -> Stored<ReadMark> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.mark_read(user, mark, back).await }).await
    }

    async fn read_marks(&self, user: UserId) -> Stored<Vec<ReadMark>> {
        self.engine.read_marks(user).await
    }

    async fn unread(
        &self,
        channel: ChannelId,
        user: UserId,
        after: Option<MessageId>,
        cap: u32,
    ) -> Stored<u32> {
        self.engine.unread(channel, user, after, cap).await
    }

    async fn calls(
        &self,
        channel: ChannelId,
        called: &Called,
        after: Option<MessageId>,
        look: u32,
    ) -> Stored<u32> {
        self.engine.calls(channel, called, after, look).await
    }

    async fn said_by(
        &self,
        channel: ChannelId,
        author: UserId,
        since: Timestamp,
        limit: usize,
    ) -> Stored<Vec<MessageId>> {
        self.engine.said_by(channel, author, since, limit).await
    }

    async fn mentions(
        &self,
        scopes: &[Scope],
        above: Option<MessageId>,
        below: Option<MessageId>,
        limit: usize,
    ) -> Stored<Vec<Mention>> {
        self.engine.mentions(scopes, above, below, limit).await
    }

    async fn mentioned(&self, mentions: &[Mention], viewer: UserId) -> Stored<Vec<StoredMessage>> {
        self.engine.mentioned(mentions, viewer).await
    }

    async fn dismiss(&self, user: UserId, message: MessageId) -> Stored<()> {
        let engine = self.engine.clone();
        self.engine.change(async move { engine.dismiss(user, message).await }).await
    }

    async fn dismissed(&self, user: UserId, messages: &[MessageId]) -> Stored<Vec<MessageId>> {
        self.engine.dismissed(user, messages).await
    }

    /// Rows run out by themselves.
    async fn forget_mentions(&self, _below: MessageId, _limit: usize) -> Stored<usize> {
        Ok(0)
    }

    /// Always `None`: many nodes write, and a record of the highest of all ids would be one row that every send of every
    /// node waits for. It is not needed: a node that sends to a channel for the first time reads the newest id that ever
    /// was there and mints above it, and two nodes never mint the same id, whatever their clocks say, as long as
    /// their worker ids differ.
    async fn high_water(&self) -> Stored<Option<MessageId>> {
        Ok(None)
    }

    /// Looks at the settings of the ring and at some rows; a look at all of them is the ring's own repair.
    async fn check(&self) -> Stored<Vec<String>> {
        let engine = &self.engine;
        let mut findings = schema::unsafe_settings(engine.link.session(), &engine.keyspace).await?;
        let rows: Vec<rows::Columns> =
            engine.link.rows(&engine.statements.sample, (SAMPLE,), Engine::read_until()).await?;
        for row in rows {
            let (id, flagged) = (row.0, row.1.is_none() && row.2.is_none());
            // The channel does not matter for whether a row can be read.
            match ChannelId::new(1).map(|channel| rows::found(channel, row)) {
                Some(Err(error)) => findings.push(error.to_string()),
                Some(Ok(rows::Found::Absent)) if !flagged => {
                    findings.push(format!("message {id} is half a row"))
                }
                _ => {}
            }
        }
        Ok(findings)
    }
}
