//! Messages on SQLite, for one machine.
//!
//! One thread writes, in groups: an answer means that the write-ahead log is synced (`synchronous = FULL`). A few
//! threads read, each on its own snapshot of what was committed. Nothing else is kept in memory, so that a killed
//! process loses nothing that it answered for.
//!
//! Deleted and overwritten text is zeroed in the file (`secure_delete`), and leaves the log as soon as the log is
//! written back: after two seconds without a change, when the store is closed, and under load when the log wraps.

mod fault;
mod mentions;
mod readers;
mod reads;
mod rows;
mod schema;
mod writer;
mod writes;

#[cfg(test)]
mod tests;

use crate::fault::Fault;
use crate::readers::Readers;
use crate::schema::Lock;
use crate::writer::{Target, Tx, Writer};
use async_trait::async_trait;
use model::message::Message;
use model::reaction::ReactionEmoji;
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, Timestamp, UserId};
use parking_lot::Mutex;
use ports::clock::{Clock, Ids};
use ports::messages::{
    Appended, Called, Durable, DurableMany, Head, Mention, MessageEdit, Messages, NewMessage, Page, Pinned,
    Reacted, Scope, SendKey, StoredMessage,
};
use ports::{StoreError, Stored};
use std::path::Path;
use std::sync::Arc;

/// Changes that may wait for the writer.
const WRITES_WAITING: usize = 4_096;
/// Reads that may wait for a reader.
const READS_WAITING: usize = 4_096;
/// Threads that read a file.
const READERS: usize = 3;

/// Messages in one SQLite file, or in memory.
///
/// It accepts [`ports::messages::Messages`]' whole contract. [`Self::close`] it before the process ends: dropping it
/// loses nothing that was answered, but the next start must then read the log.
pub struct MessagesSqlite {
    writer: Writer,
    readers: Readers,
}

impl MessagesSqlite {
    /// Opens the store at `path`, or makes it, readable by its owner alone. Blocks for as long as SQLite needs to
    /// read back the log of a process that was killed, which does not depend on how much is stored. `ids` is told of
    /// everything that is stored, so that it mints above it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if another process has it open or the file cannot be made;
    /// [`StoreError::Corrupt`] if the file is no store of messages, or one of a later version.
    pub fn open(path: &Path, ids: Arc<dyn Ids>, clock: Arc<dyn Clock>) -> Stored<Self> {
        Self::open_with(path, ids, clock, WRITES_WAITING).map_err(|fault| fault.error)
    }

    fn open_with(
        path: &Path,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
        waiting: usize,
    ) -> Result<Self, Fault> {
        let lock = Lock::take(path)?;
        schema::create(path)?;
        let log = writer::log_size(path);
        if log > 0 {
            tracing::info!(bytes = log, "the last process did not close its messages: reading back the log");
        }
        let conn = Arc::new(Mutex::new(schema::writer(path)?));
        let readers = (0..READERS)
            .map(|_| schema::reader(path).map(|conn| Arc::new(Mutex::new(conn))))
            .collect::<Result<Vec<_>, _>>()?;
        let target = Target { conn, path: Some(path.to_owned()), lock: Some(lock), ids, clock };
        Ok(Self { writer: Writer::start(target, waiting)?, readers: Readers::start(readers, READS_WAITING)? })
    }

    /// A store that lives in memory and is gone with the process. Everything else is as with a file.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no memory or no thread for it.
    pub fn ephemeral(ids: Arc<dyn Ids>, clock: Arc<dyn Clock>) -> Stored<Self> {
        Self::ephemeral_with(ids, clock, WRITES_WAITING).map_err(|fault| fault.error)
    }

    fn ephemeral_with(ids: Arc<dyn Ids>, clock: Arc<dyn Clock>, waiting: usize) -> Result<Self, Fault> {
        let conn = Arc::new(Mutex::new(schema::memory()?));
        let target = Target { conn: conn.clone(), path: None, lock: None, ids, clock };
        Ok(Self {
            writer: Writer::start(target, waiting)?,
            readers: Readers::start(vec![conn], READS_WAITING)?,
        })
    }

    /// Accepts nothing more, writes and answers what is queued, empties the log and closes the file. May be called
    /// more than once.
    pub async fn close(&self) {
        // Readers first: the log can be emptied when nobody reads it.
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Returns, with the reason, once the store has stopped accepting changes for good because the disk failed: the
    /// process should end with an error, since only a fresh start can tell what the disk kept. Never returns
    /// otherwise.
    pub async fn broken(&self) -> String {
        self.writer.broken().await
    }
}

#[async_trait]
impl Messages for MessagesSqlite {
    async fn append(
        &self,
        new: NewMessage,
        key: Option<SendKey>,
        durable: Durable,
    ) -> Result<Appended, StoreError> {
        fn created(appended: &Appended) -> Option<&Message> {
            match appended {
                Appended::Created(message) => Some(message),
                _ => None,
            }
        }
        self.writer.change(Some((durable, created)), move |tx| writes::append(tx, &new, key.as_ref())).await
    }

    async fn recall(&self, author: UserId, key: &SendKey) -> Stored<Option<Appended>> {
        let key = key.clone();
        self.readers.read(move |conn| reads::recall(conn, author, &key)).await
    }

    async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
    ) -> Stored<Option<StoredMessage>> {
        self.readers.read(move |conn| reads::message(conn, channel, id, viewer)).await
    }

    async fn page(
        &self,
        channel: ChannelId,
        page: Page,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<StoredMessage>> {
        self.readers.read(move |conn| reads::page(conn, channel, page, limit, viewer)).await
    }

    async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        edit: MessageEdit,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        self.writer
            .change(Some((durable, Option::as_ref)), move |tx| writes::edit(tx, channel, id, &edit))
            .await
    }

    async fn delete(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<Option<Message>> {
        self.writer.change(Some((durable, Option::as_ref)), move |tx| writes::delete(tx, channel, id)).await
    }

    async fn delete_many(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        durable: DurableMany,
    ) -> Stored<Vec<MessageId>> {
        let ids = ids.to_vec();
        let after = Box::new(|gone: &Vec<MessageId>| durable(gone.as_slice()));
        self.writer.change_then(Some(after), move |tx| writes::delete_many(tx, channel, &ids)).await
    }

    async fn react(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
        cap: usize,
    ) -> Stored<Reacted> {
        let emoji = emoji.key();
        self.writer.change(None, move |tx| writes::react(tx, channel, id, user, &emoji, cap)).await
    }

    async fn unreact(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
    ) -> Stored<bool> {
        let emoji = emoji.key();
        self.writer.change(None, move |tx| writes::unreact(tx, channel, id, user, &emoji)).await
    }

    async fn clear_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<&ReactionEmoji>,
    ) -> Stored<bool> {
        let emoji = emoji.map(ReactionEmoji::key);
        self.writer.change(None, move |tx| writes::clear_reactions(tx, channel, id, emoji.as_deref())).await
    }

    async fn reactors(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: &ReactionEmoji,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<UserId>> {
        let emoji = emoji.key();
        self.readers.read(move |conn| reads::reactors(conn, channel, id, &emoji, after, limit)).await
    }

    async fn pin(
        &self,
        channel: ChannelId,
        id: MessageId,
        at: Timestamp,
        cap: usize,
        durable: Durable,
    ) -> Stored<Pinned> {
        fn pinned(answer: &(Pinned, Option<Message>)) -> Option<&Message> {
            answer.1.as_ref()
        }
        let act = move |tx: &mut Tx<'_>| writes::pin(tx, channel, id, at, cap);
        Ok(self.writer.change(Some((durable, pinned)), act).await?.0)
    }

    async fn unpin(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<bool> {
        let act = move |tx: &mut Tx<'_>| writes::unpin(tx, channel, id);
        Ok(self.writer.change(Some((durable, Option::as_ref)), act).await?.is_some())
    }

    async fn pins(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<(Timestamp, StoredMessage)>> {
        self.readers.read(move |conn| reads::pins(conn, channel, before, limit, viewer)).await
    }

    async fn heads(&self, channels: &[ChannelId]) -> Stored<Vec<Head>> {
        let channels = channels.to_vec();
        self.readers.read(move |conn| reads::heads(conn, &channels)).await
    }

    /// The version of the mark is this store's own; the one handed in is not looked at.
    async fn mark_read(&self, user: UserId, mark: ReadMark, back: bool) -> Stored<ReadMark> {
        self.writer.change(None, move |tx| writes::mark_read(tx, user, mark, back)).await
    }

    async fn read_marks(&self, user: UserId) -> Stored<Vec<ReadMark>> {
        self.readers.read(move |conn| reads::read_marks(conn, user)).await
    }

    async fn unread(
        &self,
        channel: ChannelId,
        user: UserId,
        after: Option<MessageId>,
        cap: u32,
    ) -> Stored<u32> {
        self.readers.read(move |conn| reads::unread(conn, channel, user, after, cap)).await
    }

    async fn calls(
        &self,
        channel: ChannelId,
        called: &Called,
        after: Option<MessageId>,
        look: u32,
    ) -> Stored<u32> {
        let called = called.clone();
        self.readers.read(move |conn| reads::calls(conn, channel, &called, after, look)).await
    }

    async fn said_by(
        &self,
        channel: ChannelId,
        author: UserId,
        since: Timestamp,
        limit: usize,
    ) -> Stored<Vec<MessageId>> {
        self.readers.read(move |conn| reads::said_by(conn, channel, author, since, limit)).await
    }

    async fn mentions(
        &self,
        scopes: &[Scope],
        above: Option<MessageId>,
        below: Option<MessageId>,
        limit: usize,
    ) -> Stored<Vec<Mention>> {
        let scopes = scopes.to_vec();
        self.readers.read(move |conn| mentions::newest(conn, &scopes, above, below, limit)).await
    }

    async fn mentioned(&self, mentions: &[Mention], viewer: UserId) -> Stored<Vec<StoredMessage>> {
        let mentions = mentions.to_vec();
        self.readers.read(move |conn| mentions::messages(conn, &mentions, viewer)).await
    }

    async fn dismiss(&self, user: UserId, message: MessageId) -> Stored<()> {
        self.writer.change(None, move |tx| mentions::dismiss(tx, user, message)).await
    }

    async fn dismissed(&self, user: UserId, messages: &[MessageId]) -> Stored<Vec<MessageId>> {
        let messages = messages.to_vec();
        self.readers.read(move |conn| mentions::dismissed(conn, user, &messages)).await
    }

    async fn forget_mentions(&self, below: MessageId, limit: usize) -> Stored<usize> {
        self.writer.change(None, move |tx| mentions::forget(tx, below, limit)).await
    }

    async fn high_water(&self) -> Stored<Option<MessageId>> {
        self.readers.read(reads::high_water).await
    }

    async fn check(&self) -> Stored<Vec<String>> {
        self.readers.read(reads::check).await
    }
}
