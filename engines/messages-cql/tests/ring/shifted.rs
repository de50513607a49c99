//! The contract's tests name channels and users 1, 2, 3; on a shared keyspace each gets its own.

use async_trait::async_trait;
use messages_cql::MessagesCql;
use model::message::{Message, MessageReference};
use model::reaction::ReactionEmoji;
use model::read_state::ReadMark;
use model::{ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};
use ports::messages::{
    Appended, Called, Durable, DurableMany, EditedText, Head, Mention, MessageEdit, Messages, NewMessage,
    Page, Pinned, Reacted, Scope, SendKey, StoredMessage,
};
use ports::{StoreError, Stored};
use std::sync::Arc;

/// A store whose channels and users are moved by a number on the way in, and moved back on the way out.
pub(crate) struct Shifted {
    pub(crate) store: Arc<MessagesCql>,
    pub(crate) by: u64,
}

fn unshifted(mut message: Message, by: u64) -> Message {
    let channel = |channel: ChannelId| ChannelId::new(channel.get() - by).unwrap();
    let user = |user: UserId| UserId::new(user.get() - by).unwrap();
    message.channel = channel(message.channel);
    message.author = user(message.author);
    message.mentions = message.mentions.into_iter().map(user).collect();
    message.reference = message
        .reference
        .map(|reference| MessageReference { channel: channel(reference.channel), ..reference });
    message
}

impl Shifted {
    fn channel(&self, channel: ChannelId) -> ChannelId {
        ChannelId::new(channel.get() + self.by).unwrap()
    }

    fn user(&self, user: UserId) -> UserId {
        UserId::new(user.get() + self.by).unwrap()
    }

    fn scope(&self, scope: Scope) -> Scope {
        match scope {
            Scope::User(user) => Scope::User(self.user(user)),
            Scope::Role(role) => Scope::Role(RoleId::new(role.get() + self.by).unwrap()),
            Scope::Guild(guild) => Scope::Guild(GuildId::new(guild.get() + self.by).unwrap()),
        }
    }

    fn durable(&self, durable: Durable) -> Durable {
        let by = self.by;
        Box::new(move |message| durable(&unshifted(message.clone(), by)))
    }

    fn appended(&self, appended: Appended) -> Appended {
        match appended {
            Appended::Created(message) => Appended::Created(unshifted(message, self.by)),
            Appended::Existing(message) => Appended::Existing(unshifted(message, self.by)),
            other => other,
        }
    }

    fn stored(&self, stored: StoredMessage) -> StoredMessage {
        StoredMessage { message: unshifted(stored.message, self.by), ..stored }
    }

    fn mark(&self, mark: ReadMark) -> ReadMark {
        ReadMark { channel: ChannelId::new(mark.channel.get() - self.by).unwrap(), ..mark }
    }
}

#[async_trait]
impl Messages for Shifted {
    async fn append(
        &self,
        mut new: NewMessage,
        key: Option<SendKey>,
        durable: Durable,
    ) -> Result<Appended, StoreError> {
        new.channel = self.channel(new.channel);
        new.author = self.user(new.author);
        new.mentions = new.mentions.into_iter().map(|user| self.user(user)).collect();
        new.scopes = new.scopes.into_iter().map(|scope| self.scope(scope)).collect();
        new.reference = new
            .reference
            .map(|reference| MessageReference { channel: self.channel(reference.channel), ..reference });
        Ok(self.appended(self.store.append(new, key, self.durable(durable)).await?))
    }

    async fn recall(&self, author: UserId, key: &SendKey) -> Stored<Option<Appended>> {
        Ok(self.store.recall(self.user(author), key).await?.map(|appended| self.appended(appended)))
    }

    async fn message(
        &self,
        channel: ChannelId,
        id: MessageId,
        viewer: UserId,
    ) -> Stored<Option<StoredMessage>> {
        let found = self.store.message(self.channel(channel), id, self.user(viewer)).await?;
        Ok(found.map(|stored| self.stored(stored)))
    }

    async fn page(
        &self,
        channel: ChannelId,
        page: Page,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<StoredMessage>> {
        let page = self.store.page(self.channel(channel), page, limit, self.user(viewer)).await?;
        Ok(page.into_iter().map(|stored| self.stored(stored)).collect())
    }

    async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        edit: MessageEdit,
        durable: Durable,
    ) -> Stored<Option<Message>> {
        let edit = MessageEdit {
            content: edit.content.map(|content| EditedText {
                mentions: content.mentions.iter().map(|user| self.user(*user)).collect(),
                ..content
            }),
            ..edit
        };
        let edited = self.store.edit(self.channel(channel), id, edit, self.durable(durable)).await?;
        Ok(edited.map(|message| unshifted(message, self.by)))
    }

    async fn delete(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<Option<Message>> {
        let deleted = self.store.delete(self.channel(channel), id, self.durable(durable)).await?;
        Ok(deleted.map(|message| unshifted(message, self.by)))
    }

    async fn delete_many(
        &self,
        channel: ChannelId,
        ids: &[MessageId],
        durable: DurableMany,
    ) -> Stored<Vec<MessageId>> {
        self.store.delete_many(self.channel(channel), ids, durable).await
    }

    async fn react(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
        cap: usize,
    ) -> Stored<Reacted> {
        self.store.react(self.channel(channel), id, self.user(user), emoji, cap).await
    }

    async fn unreact(
        &self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &ReactionEmoji,
    ) -> Stored<bool> {
        self.store.unreact(self.channel(channel), id, self.user(user), emoji).await
    }

    async fn clear_reactions(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: Option<&ReactionEmoji>,
    ) -> Stored<bool> {
        self.store.clear_reactions(self.channel(channel), id, emoji).await
    }

    async fn reactors(
        &self,
        channel: ChannelId,
        id: MessageId,
        emoji: &ReactionEmoji,
        after: Option<UserId>,
        limit: usize,
    ) -> Stored<Vec<UserId>> {
        let after = after.map(|user| self.user(user));
        let users = self.store.reactors(self.channel(channel), id, emoji, after, limit).await?;
        Ok(users.into_iter().map(|user| UserId::new(user.get() - self.by).unwrap()).collect())
    }

    async fn pin(
        &self,
        channel: ChannelId,
        id: MessageId,
        at: Timestamp,
        cap: usize,
        durable: Durable,
    ) -> Stored<Pinned> {
        self.store.pin(self.channel(channel), id, at, cap, self.durable(durable)).await
    }

    async fn unpin(&self, channel: ChannelId, id: MessageId, durable: Durable) -> Stored<bool> {
        self.store.unpin(self.channel(channel), id, self.durable(durable)).await
    }

    async fn pins(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
        limit: usize,
        viewer: UserId,
    ) -> Stored<Vec<(Timestamp, StoredMessage)>> {
        let pins = self.store.pins(self.channel(channel), before, limit, self.user(viewer)).await?;
        Ok(pins.into_iter().map(|(at, stored)| (at, self.stored(stored))).collect())
    }

    async fn heads(&self, channels: &[ChannelId]) -> Stored<Vec<Head>> {
        let channels: Vec<_> = channels.iter().map(|channel| self.channel(*channel)).collect();
        let heads = self.store.heads(&channels).await?;
        let shift =
            |head: Head| Head { channel: ChannelId::new(head.channel.get() - self.by).unwrap(), ..head };
        Ok(heads.into_iter().map(shift).collect())
    }

    async fn mark_read(&self, user: UserId, mark: ReadMark, back: bool) -> Stored<ReadMark> {
        let mark = ReadMark { channel: self.channel(mark.channel), ..mark };
        Ok(self.mark(self.store.mark_read(self.user(user), mark, back).await?))
    }

    async fn read_marks(&self, user: UserId) -> Stored<Vec<ReadMark>> {
        let marks = self.store.read_marks(self.user(user)).await?;
        Ok(marks.into_iter().map(|mark| self.mark(mark)).collect())
    }

    async fn unread(
        &self,
        channel: ChannelId,
        user: UserId,
        after: Option<MessageId>,
        cap: u32,
    ) -> Stored<u32> {
        self.store.unread(self.channel(channel), self.user(user), after, cap).await
    }

    async fn calls(
        &self,
        channel: ChannelId,
        called: &Called,
        after: Option<MessageId>,
        look: u32,
    ) -> Stored<u32> {
        let called = Called { user: self.user(called.user), roles: called.roles.clone() };
        self.store.calls(self.channel(channel), &called, after, look).await
    }

    async fn said_by(
        &self,
        channel: ChannelId,
        author: UserId,
        since: Timestamp,
        limit: usize,
    ) -> Stored<Vec<MessageId>> {
        self.store.said_by(self.channel(channel), self.user(author), since, limit).await
    }

    async fn mentions(
        &self,
        scopes: &[Scope],
        above: Option<MessageId>,
        below: Option<MessageId>,
        limit: usize,
    ) -> Stored<Vec<Mention>> {
        let scopes: Vec<Scope> = scopes.iter().map(|scope| self.scope(*scope)).collect();
        let found = self.store.mentions(&scopes, above, below, limit).await?;
        let back = |mention: Mention| Mention {
            channel: ChannelId::new(mention.channel.get() - self.by).unwrap(),
            ..mention
        };
        Ok(found.into_iter().map(back).collect())
    }

    async fn mentioned(&self, mentions: &[Mention], viewer: UserId) -> Stored<Vec<StoredMessage>> {
        let mentions: Vec<Mention> = mentions
            .iter()
            .map(|mention| Mention { channel: self.channel(mention.channel), ..*mention })
            .collect();
        let found = self.store.mentioned(&mentions, self.user(viewer)).await?;
        Ok(found.into_iter().map(|stored| self.stored(stored)).collect())
    }

    async fn dismiss(&self, user: UserId, message: MessageId) -> Stored<()> {
        self.store.dismiss(self.user(user), message).await
    }

    async fn dismissed(&self, user: UserId, messages: &[MessageId]) -> Stored<Vec<MessageId>> {
        self.store.dismissed(self.user(user), messages).await
    }

    async fn forget_mentions(&self, below: MessageId, limit: usize) -> Stored<usize> {
        self.store.forget_mentions(below, limit).await
    }

    async fn high_water(&self) -> Stored<Option<MessageId>> {
        self.store.high_water().await
    }

    async fn check(&self) -> Stored<Vec<String>> {
        self.store.check().await
    }
}
