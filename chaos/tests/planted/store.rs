//! Bugs in what stores messages.

use crate::Bug;
use async_trait::async_trait;
use model::message::Message;
use model::reaction::ReactionEmoji;
use model::read_state::ReadMark;
use model::{ChannelId, MessageId, Timestamp, UserId};
use ports::messages::{
    Appended, Called, Durable, DurableMany, Head, Mention, MessageEdit, Messages, NewMessage, Page, Pinned,
    Reacted, Scope, SendKey, StoredMessage,
};
use ports::{StoreError, Stored};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One in so many changes is mistreated.
const ONE_IN: u64 = 20;
/// How long a page is kept by the replica that is behind.
const BEHIND: Duration = Duration::from_millis(1_500);

/// Ten seconds of a Snowflake, and the difference between worker 1 and worker 2.
const STEP: u64 = 10_000 << 22;
const OTHER_WORKER: u64 = 1 << 12;

/// What the nodes share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Deleted, and could still be revived.
    hidden: Mutex<HashSet<MessageId>>,
}

/// Which page of what, as it was read: channel, page, limit, viewer.
type Asked = (ChannelId, String, usize, UserId);

/// A store with a bug.
pub(crate) struct Store {
    bug: Bug,
    node: u8,
    inner: Arc<dyn Messages>,
    shared: Arc<Shared>,
    count: AtomicU64,
    pages: Mutex<HashMap<Asked, (Instant, Vec<StoredMessage>)>>,
}

fn ignore() -> Durable {
    Box::new(|_| {})
}

impl Store {
    pub(crate) fn new(bug: Bug, node: u8, inner: Arc<dyn Messages>, shared: Arc<Shared>) -> Self {
        Self { bug, node, inner, shared, count: AtomicU64::new(0), pages: Mutex::default() }
    }

    fn unlucky(&self) -> bool {
        self.count.fetch_add(1, Ordering::Relaxed) % ONE_IN == ONE_IN - 1
    }

    fn key(&self, key: SendKey) -> SendKey {
        match self.bug {
            Bug::DedupPerNode => SendKey { key: format!("{}:{}", self.node, key.key), ..key },
            _ => key,
        }
    }

    /// The id as clients see it. With the bug of the clock that steps back: one of four half seconds is ten seconds
    /// older than it is. The engine does not store such ids, so they exist here only, told apart by their worker.
    fn shown(&self, id: MessageId) -> MessageId {
        let raw = id.get();
        let steps_back = self.bug == Bug::ClockRegress && ((raw >> 22) / 500).is_multiple_of(4);
        if steps_back { MessageId::new(raw - STEP + OTHER_WORKER).unwrap() } else { id }
    }

    /// The id as the engine knows it.
    fn stored(&self, id: MessageId) -> MessageId {
        let raw = id.get();
        let stepped = self.bug == Bug::ClockRegress && (raw >> 12) % 1024 == 2;
        if stepped { MessageId::new(raw + STEP - OTHER_WORKER).unwrap() } else { id }
    }

    fn show(&self, message: Message) -> Message {
        Message { id: self.shown(message.id), ..message }
    }

    fn show_stored(&self, stored: StoredMessage) -> StoredMessage {
        StoredMessage { message: self.show(stored.message), ..stored }
    }

    fn show_appended(&self, appended: Appended) -> Appended {
        match appended {
            Appended::Created(message) => Appended::Created(self.show(message)),
            Appended::Existing(message) => Appended::Existing(self.show(message)),
            other => other,
        }
    }

    fn tell(&self, durable: Durable) -> Durable {
        if self.bug != Bug::ClockRegress {
            return durable;
        }
        let this = Self::new(self.bug, self.node, self.inner.clone(), self.shared.clone());
        Box::new(move |message: &Message| durable(&this.show(message.clone())))
    }

    fn is_hidden(&self, id: MessageId) -> bool {
        self.shared.hidden.lock().unwrap().contains(&id)
    }
}

#[async_trait]
impl Messages for Store {
    async fn append(
        &self,
        new: NewMessage,
        key: Option<SendKey>,
        durable: Durable,
    ) -> Result<Appended, StoreError> {
        let key = key.map(|key| self.key(key));
        if self.bug == Bug::KeyTakesOtherContent {
            let Some(key) = key else { return self.inner.append(new, None, durable).await };
            let told = Arc::new(Mutex::new(Some(durable)));
            let tell = || -> Durable {
                let told = told.clone();
                Box::new(move |message: &Message| {
                    if let Some(durable) = told.lock().unwrap().take() {
                        durable(message);
                    }
                })
            };
            let first = self.inner.append(new.clone(), Some(key.clone()), tell()).await?;
            if first != Appended::Conflict {
                return Ok(first);
            }
            let other = SendKey { key: format!("{}'", key.key), ..key };
            return self.inner.append(new, Some(other), tell()).await;
        }
        let appended = self.show_appended(self.inner.append(new, key, self.tell(durable)).await?);
        if let (Appended::Created(message), Bug::AckBeforeStore | Bug::PublishBeforeCommit) =
            (&appended, self.bug)
            && self.unlucky()
        {
            self.inner.delete(message.channel, message.id, ignore()).await?;
            if self.bug == Bug::PublishBeforeCommit {
                return Err(StoreError::Unavailable("the commit failed".into()));
            }
        }
        Ok(appended)
    }

    async fn recall(&self, author: UserId, key: &SendKey) -> Stored<Option<Appended>> {
        let recalled = self.inner.recall(author, &self.key(key.clone())).await?;
        Ok(recalled.map(|appended| self.show_appended(appended)))
    }

    async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
    ) -> Stored<Option<StoredMessage>> {
        // With the bug of the upsert, the editor of a deleted message finds it.
        let found = self.inner.message(channel, self.stored(id), viewer).await?;
        Ok(found.map(|found| self.show_stored(found)))
    }

    async fn page(
        &self,
        channel: ChannelId,
        page: Page,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<StoredMessage>> {
        if self.bug == Bug::StaleReads && self.node == 2 && page == Page::Latest {
            let asked = (channel, format!("{page:?}"), limit, viewer);
            let kept = self.pages.lock().unwrap().get(&asked).cloned();
            if let Some((when, rows)) = kept.filter(|(when, _)| when.elapsed() < BEHIND) {
                let _ = when;
                return Ok(rows);
            }
            let rows = self.inner.page(channel, page, limit, viewer).await?;
            self.pages.lock().unwrap().insert(asked, (Instant::now(), rows.clone()));
            return Ok(rows);
        }
        let page = match page {
            Page::Latest => Page::Latest,
            Page::Before(id) => Page::Before(self.stored(id)),
            Page::After(id) => Page::After(self.stored(id)),
            Page::Around(id) => Page::Around(self.stored(id)),
        };
        let rows = self.inner.page(channel, page, limit, viewer).await?;
        let mut rows: Vec<_> = rows.into_iter().map(|row| self.show_stored(row)).collect();
        if self.bug == Bug::EditRevives {
            rows.retain(|row| !self.is_hidden(row.message.id));
        }
        Ok(rows)
    }

    async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        edit: MessageEdit,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        match self.bug {
            Bug::EditRevives => {
                self.shared.hidden.lock().unwrap().remove(&id);
            }
            Bug::EditForgotten if self.unlucky() => {
                let Some(mut message) = self.inner.message(channel, id, UserId::new(1).unwrap()).await?
                else {
                    return Ok(None);
                };
                if let Some(content) = edit.content {
                    message.message.content = content.text;
                }
                message.message.edited = edit.edited;
                durable(&message.message);
                return Ok(Some(message.message));
            }
            _ => {}
        }
        let edited = self.inner.edit(channel, self.stored(id), edit, self.tell(durable)).await?;
        Ok(edited.map(|message| self.show(message)))
    }

    async fn delete(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<Option<Message>> {
        if self.bug != Bug::EditRevives {
            let deleted = self.inner.delete(channel, self.stored(id), self.tell(durable)).await?;
            return Ok(deleted.map(|message| self.show(message)));
        }
        let Some(message) = self.inner.message(channel, id, UserId::new(1).unwrap()).await? else {
            return Ok(None);
        };
        if !self.shared.hidden.lock().unwrap().insert(id) {
            return Ok(None);
        }
        durable(&message.message);
        let (inner, shared) = (self.inner.clone(), self.shared.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            // Unless an edit brought it back.
            if shared.hidden.lock().unwrap().remove(&id) {
                let _ = inner.delete(channel, id, ignore()).await;
            }
        });
        Ok(Some(message.message))
    }

    async fn delete_many(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        durable: DurableMany,
    ) -> Stored<Vec<MessageId>> {
        let ids: Vec<_> = ids.iter().map(|id| self.stored(*id)).collect();
        let gone = self.inner.delete_many(channel, &ids, durable).await?;
        Ok(gone.into_iter().map(|id| self.shown(id)).collect())
    }

    async fn react(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
        cap: usize,
    ) -> Stored<Reacted> {
        self.inner.react(channel, id, user, emoji, cap).await
    }

    async fn unreact(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
    ) -> Stored<bool> {
        self.inner.unreact(channel, id, user, emoji).await
    }

    async fn clear_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<&ReactionEmoji>,
    ) -> Stored<bool> {
        self.inner.clear_reactions(channel, id, emoji).await
    }

    async fn reactors(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: &ReactionEmoji,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<UserId>> {
        self.inner.reactors(channel, id, emoji, after, limit).await
    }

    async fn pin(
        &self,
        channel: ChannelId,
        id: MessageId,
        at: Timestamp,
        cap: usize,
        durable: Durable,
    ) -> Stored<Pinned> {
        self.inner.pin(channel, id, at, cap, durable).await
    }

    async fn unpin(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<bool> {
        self.inner.unpin(channel, id, durable).await
    }

    async fn pins(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<(Timestamp, StoredMessage)>> {
        self.inner.pins(channel, before, limit, viewer).await
    }

    async fn heads(&self, channels: &[ChannelId]) -> Stored<Vec<Head>> {
        self.inner.heads(channels).await
    }

    async fn mark_read(&self, user: UserId, mark: ReadMark, back: bool) -> Stored<ReadMark> {
        self.inner.mark_read(user, mark, back).await
    }

    async fn read_marks(&self, user: UserId) -> Stored<Vec<ReadMark>> {
        self.inner.read_marks(user).await
    }

    async fn unread(
        &self,
        channel: ChannelId,
        user: UserId,
        after: Option<MessageId>,
        cap: u32,
    ) -> Stored<u32> {
        self.inner.unread(channel, user, after, cap).await
    }

    async fn calls(
        &self,
        channel: ChannelId,
        called: &Called,
        after: Option<MessageId>,
        look: u32,
    ) -> Stored<u32> {
        self.inner.calls(channel, called, after, look).await
    }

    async fn said_by(
        &self,
        channel: ChannelId,
        author: UserId,
        since: Timestamp,
        limit: usize,
    ) -> Stored<Vec<MessageId>> {
        self.inner.said_by(channel, author, since, limit).await
    }

    async fn mentions(
        &self,
        scopes: &[Scope],
        above: Option<MessageId>,
        below: Option<MessageId>,
        limit: usize,
    ) -> Stored<Vec<Mention>> {
        self.inner.mentions(scopes, above, below, limit).await
    }

    async fn mentioned(&self, mentions: &[Mention], viewer: UserId) -> Stored<Vec<StoredMessage>> {
        self.inner.mentioned(mentions, viewer).await
    }

    async fn dismiss(&self, user: UserId, message: MessageId) -> Stored<()> {
        self.inner.dismiss(user, message).await
    }

    async fn dismissed(&self, user: UserId, messages: &[MessageId]) -> Stored<Vec<MessageId>> {
        self.inner.dismissed(user, messages).await
    }

    async fn forget_mentions(&self, below: MessageId, limit: usize) -> Stored<usize> {
        self.inner.forget_mentions(below, limit).await
    }

    async fn high_water(&self) -> Stored<Option<MessageId>> {
        self.inner.high_water().await
    }

    async fn check(&self) -> Stored<Vec<String>> {
        self.inner.check().await
    }
}
