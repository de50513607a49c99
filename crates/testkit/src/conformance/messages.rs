//! The contract of [`ports::messages::Messages`].
//!
//! An engine runs it with [`messages_contract`](crate::messages_contract), and, if it keeps anything beyond its process, with
//! [`messages_reopened`](crate::messages_reopened).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cloned_ref_to_slice_refs,
    reason = "a panic is how a contract fails; and lists of one read best as lists"
)]

use async_trait::async_trait;
use model::embed::{Embed, EmbedAuthor, EmbedField, EmbedFooter, EmbedMedia};
use model::message::{Message, MessageKind, MessageReference};
use model::reaction::{ReactionEmoji, ReactionTally};
use model::read_state::ReadMark;
use model::webhook::WebhookAuthor;
use model::{ChannelId, EmojiId, GuildId, MessageId, RoleId, Timestamp, UserId, WebhookId};
use parking_lot::Mutex;
use ports::messages::{
    Appended, Called, Durable, DurableMany, EditedText, Head, Mention, MessageEdit, Messages, NewMessage,
    Page, Pinned, Reacted, Scope, SendKey, StoredMessage,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an empty `Arc<dyn Messages>`.
#[macro_export]
macro_rules! messages_contract {
    ($fresh:expr) => {
        $crate::messages_contract_of_many!($fresh);

        mod of_one_writer {
            use super::*;

            $crate::contract!(messages, $fresh, [high_water_covers_the_deleted]);
        }
    };
}

/// Like [`messages_contract`], without what only a store with one writer can know: the highest of all ids.
#[macro_export]
macro_rules! messages_contract_of_many {
    ($fresh:expr) => {
        $crate::contract!(
            messages,
            $fresh,
            [
                a_send_without_a_key_is_always_another_message,
                everything_of_a_message_comes_back,
                what_was_answered_is_readable_at_once,
                a_retry_of_a_key_gets_the_same_message,
                a_retry_gets_the_message_as_it_is_now,
                retries_at_once_make_one_message,
                different_keys_at_once_make_a_message_each,
                a_key_with_other_content_is_a_conflict,
                a_key_belongs_to_its_author,
                a_retry_after_deletion_is_told_so,
                recall_answers_as_a_retry_and_stores_nothing,
                an_edit_never_revives_a_deleted_message,
                an_edit_changes_what_it_names,
                durable_runs_once_and_only_for_changes,
                durable_runs_for_pins,
                ids_rise_in_the_order_of_acceptance,
                durable_runs_in_the_order_of_ids,
                a_message_is_found_in_its_own_channel_only,
                pages_are_newest_first,
                pages_have_their_edges,
                pages_keep_channels_apart,
                reactions_come_in_the_order_of_first_use,
                reactions_are_capped_by_emoji,
                reactions_are_counted_per_user,
                reactors_are_listed_in_pages,
                deletion_takes_reactions_and_pin,
                several_are_deleted_at_once,
                several_are_deleted_by_many_at_once,
                reactions_are_cleared_by_emoji_or_all,
                calls_are_what_others_say_to_somebody,
                mentions_are_found_by_whom_they_call,
                mentions_of_many_scopes_make_one_page,
                a_retry_mentions_nobody_twice,
                an_edit_mentions_nobody,
                mentioned_messages_come_as_they_are_now,
                what_was_dismissed_is_known,
                old_mentions_are_forgotten_and_others_stay,
                what_an_author_said_is_found,
                a_webhook_reads_nothing,
                pins_come_last_pinned_first,
                pins_are_capped,
                pins_of_one_moment_are_all_listed,
                pinned_messages_say_so,
                heads_show_the_newest_that_is_there,
                a_send_moves_its_authors_mark,
                marks_only_rise_unless_set_back,
                versions_of_marks_rise_over_all_channels,
                unread_counts_others_up_to_the_cap,
                any_text_comes_back_as_it_was,
                a_sound_store_passes_its_check,
            ]
        );
    };
}

/// Like [`messages_contract`], for what must survive the end of a process. `$store` gives something that is
/// [`Reopened`].
#[macro_export]
macro_rules! messages_reopened {
    ($store:expr) => {
        $crate::contract!(
            messages,
            $store,
            [
                everything_is_there_after_reopening,
                ids_go_on_above_after_reopening,
                keys_hold_after_reopening,
                mentions_hold_after_reopening,
                versions_of_marks_go_on_above_after_reopening,
            ]
        );
    };
}

/// A store that can be closed and opened again.
#[async_trait]
pub trait Reopened: Send {
    /// Opens what is there. The clock of its ids may have stepped back since the last time.
    async fn open(&mut self) -> Arc<dyn Messages>;
    /// Closes it.
    async fn close(&mut self);
}

type Store = Arc<dyn Messages>;

/// Nobody in particular looks.
fn viewer() -> UserId {
    user(999_999)
}

fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

fn channel(n: u64) -> ChannelId {
    ChannelId::new(n).unwrap()
}

fn role(n: u64) -> RoleId {
    RoleId::new(n).unwrap()
}

fn webhook(n: u64) -> WebhookAuthor {
    WebhookAuthor { id: WebhookId::new(n).unwrap(), name: "Käse".into(), avatar: Some("hash".into()) }
}

fn emoji(text: &str) -> ReactionEmoji {
    ReactionEmoji::Unicode(text.into())
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_767_225_600_000 + millis)
}

/// A message that says this and nothing else.
pub fn says(channel: ChannelId, author: UserId, content: &str) -> NewMessage {
    NewMessage {
        channel,
        author,
        kind: MessageKind::Default,
        content: content.into(),
        tts: false,
        mention_everyone: false,
        mentions: vec![],
        mention_roles: vec![],
        webhook: None,
        flags: 0,
        embeds: vec![],
        reference: None,
        scopes: vec![],
    }
}

fn key(text: &str, digest: u8) -> Option<SendKey> {
    Some(SendKey { key: text.into(), digest: [digest; 32] })
}

fn ignored() -> Durable {
    Box::new(|_| {})
}

/// Hands out what must not run, and fails the test at its end if it did: an engine may survive a panic in it.
#[derive(Default)]
struct Never(Arc<Mutex<Option<Message>>>);

impl Never {
    fn durable(&self) -> Durable {
        let ran = self.0.clone();
        Box::new(move |message| *ran.lock() = Some(message.clone()))
    }
}

impl Drop for Never {
    fn drop(&mut self) {
        let ran = self.0.lock().take();
        assert!(ran.is_none() || std::thread::panicking(), "nothing changed, and yet it ran for {ran:?}");
    }
}

async fn send(store: &Store, channel: ChannelId, author: UserId, content: &str) -> Message {
    match store.append(says(channel, author, content), None, ignored()).await.unwrap() {
        Appended::Created(message) => message,
        other => panic!("{other:?}"),
    }
}

async fn page_ids(store: &Store, channel: ChannelId, page: Page, limit: usize) -> Vec<MessageId> {
    let page = store.page(channel, page, limit, viewer()).await.unwrap();
    page.into_iter().map(|stored| stored.message.id).collect()
}

async fn reactions(store: &Store, message: &Message, viewer: UserId) -> Vec<ReactionTally> {
    store.message(message.channel, message.id, viewer).await.unwrap().unwrap().reactions
}

fn edit_to(content: &str) -> MessageEdit {
    MessageEdit {
        content: Some(EditedText { text: content.into(), ..EditedText::default() }),
        edited: Some(at(5)),
        ..MessageEdit::default()
    }
}

/// Without a key, equal sends are different messages.
pub async fn a_send_without_a_key_is_always_another_message(store: Store) {
    let first = send(&store, channel(1), user(1), "same").await;
    let second = send(&store, channel(1), user(1), "same").await;
    assert!(second.id > first.id);
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 10).await, [second.id, first.id]);
}

/// Every field of a message is stored.
pub async fn everything_of_a_message_comes_back(store: Store) {
    let embed = Embed {
        title: Some("t".into()),
        description: Some("d".into()),
        url: Some("https://example.org".into()),
        timestamp: Some(at(7)),
        color: Some(0xff_ff_ff),
        footer: Some(EmbedFooter { text: "f".into(), icon_url: Some("i".into()) }),
        image: Some(EmbedMedia { url: "m".into() }),
        thumbnail: Some(EmbedMedia { url: "n".into() }),
        author: Some(EmbedAuthor { name: "a".into(), url: Some("u".into()), icon_url: None }),
        fields: vec![EmbedField { name: "n".into(), value: "v".into(), inline: true }],
    };
    let target = send(&store, channel(1), user(1), "target").await;
    let new = NewMessage {
        channel: channel(1),
        author: user(2),
        kind: MessageKind::Reply,
        content: "full".into(),
        tts: true,
        mention_everyone: true,
        mentions: vec![user(9), user(3)],
        mention_roles: vec![role(8), role(4)],
        webhook: Some(webhook(2)),
        flags: u32::MAX,
        embeds: vec![embed.clone(), Embed::default()],
        reference: Some(MessageReference { channel: channel(1), message: target.id }),
        scopes: vec![Scope::User(user(9)), Scope::User(user(3))],
    };
    let Appended::Created(message) = store.append(new.clone(), None, ignored()).await.unwrap() else {
        panic!("not created");
    };
    let expected = Message {
        id: message.id,
        channel: new.channel,
        author: new.author,
        kind: new.kind,
        content: new.content,
        edited: None,
        tts: true,
        mention_everyone: true,
        mentions: new.mentions,
        mention_roles: new.mention_roles,
        webhook: new.webhook,
        flags: new.flags,
        embeds: new.embeds,
        reference: new.reference,
        pinned: false,
    };
    assert_eq!(message, expected);
    let stored = StoredMessage { message: expected, reactions: vec![] };
    assert_eq!(store.message(channel(1), message.id, viewer()).await.unwrap(), Some(stored.clone()));
    assert_eq!(store.page(channel(1), Page::Latest, 1, viewer()).await.unwrap(), [stored]);
}

/// An answered send is in every later read.
pub async fn what_was_answered_is_readable_at_once(store: Store) {
    for n in 0..50 {
        let message = send(&store, channel(1), user(1), &n.to_string()).await;
        assert_eq!(page_ids(&store, channel(1), Page::Latest, 1).await, [message.id]);
        assert_eq!(store.heads(&[channel(1)]).await.unwrap()[0].last_message, Some(message.id));
        store.delete(channel(1), message.id, ignored()).await.unwrap().unwrap();
        assert_eq!(store.message(channel(1), message.id, viewer()).await.unwrap(), None);
    }
}

/// A retry stores nothing and answers with the first message.
pub async fn a_retry_of_a_key_gets_the_same_message(store: Store) {
    let never = Never::default();
    let new = says(channel(1), user(1), "once");
    let first = store.append(new.clone(), key("k", 1), ignored()).await.unwrap();
    let Appended::Created(message) = first else { panic!("{first:?}") };
    send(&store, channel(1), user(2), "between").await;
    for _ in 0..5 {
        let again = store.append(new.clone(), key("k", 1), never.durable()).await.unwrap();
        assert_eq!(again, Appended::Existing(message.clone()));
    }
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 10).await.len(), 2);
}

/// A retry is answered with the message as edits and pins left it.
pub async fn a_retry_gets_the_message_as_it_is_now(store: Store) {
    let never = Never::default();
    let new = says(channel(1), user(1), "before");
    let Appended::Created(message) = store.append(new.clone(), key("k", 1), ignored()).await.unwrap() else {
        panic!("not created");
    };
    store.edit(channel(1), message.id, edit_to("after"), ignored()).await.unwrap().unwrap();
    store.pin(channel(1), message.id, at(1), 10, ignored()).await.unwrap();
    let Appended::Existing(now) = store.append(new, key("k", 1), never.durable()).await.unwrap() else {
        panic!("not existing");
    };
    assert_eq!((now.id, now.content.as_str(), now.pinned), (message.id, "after", true));
}

/// However many retries run at once, one creates and all name the same message.
pub async fn retries_at_once_make_one_message(store: Store) {
    for round in 0..8u64 {
        let ran = Arc::new(Mutex::new(0));
        let mut tasks = Vec::new();
        for _ in 0..64 {
            let (store, ran) = (store.clone(), ran.clone());
            tasks.push(tokio::spawn(async move {
                let durable: Durable = Box::new(move |_| *ran.lock() += 1);
                store
                    .append(says(channel(round + 1), user(1), "same"), key(&format!("k{round}"), 1), durable)
                    .await
                    .unwrap()
            }));
        }
        let (mut created, mut ids) = (0, HashSet::new());
        for task in tasks {
            match task.await.unwrap() {
                Appended::Created(message) => {
                    created += 1;
                    ids.insert(message.id);
                }
                Appended::Existing(message) => {
                    ids.insert(message.id);
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((created, ids.len(), *ran.lock()), (1, 1, 1));
        assert_eq!(page_ids(&store, channel(round + 1), Page::Latest, 10).await.len(), 1);
    }
}

/// Keys do not get in each other's way, nor do conflicts in the way of their neighbours.
pub async fn different_keys_at_once_make_a_message_each(store: Store) {
    let mut tasks = Vec::new();
    for n in 0..64u8 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            // Every key twice; the second of each pair says something else.
            let text = format!("k{}", n / 2);
            store.append(says(channel(1), user(1), &text), key(&text, n % 2), ignored()).await.unwrap()
        }));
    }
    let (mut created, mut conflicts) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Appended::Created(_) => created += 1,
            Appended::Conflict => conflicts += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((created, conflicts), (32, 32));
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 100).await.len(), 32);
}

/// The same key with another digest is refused, and the first keeps its answer.
pub async fn a_key_with_other_content_is_a_conflict(store: Store) {
    let never = Never::default();
    let new = says(channel(1), user(1), "one");
    let Appended::Created(message) = store.append(new.clone(), key("k", 1), ignored()).await.unwrap() else {
        panic!("not created");
    };
    let other = store.append(says(channel(2), user(1), "two"), key("k", 2), never.durable()).await.unwrap();
    assert_eq!(other, Appended::Conflict);
    assert_eq!(page_ids(&store, channel(2), Page::Latest, 10).await, []);
    let again = store.append(new, key("k", 1), never.durable()).await.unwrap();
    assert_eq!(again, Appended::Existing(message));
}

/// Two authors may use the same key.
pub async fn a_key_belongs_to_its_author(store: Store) {
    for author in [1, 2] {
        let answer = store
            .append(says(channel(1), user(author), "x"), key("k", author as u8), ignored())
            .await
            .unwrap();
        assert!(matches!(answer, Appended::Created(_)), "{answer:?}");
    }
}

/// A key outlives its message: a retry does not bring it back, and other content still conflicts.
pub async fn a_retry_after_deletion_is_told_so(store: Store) {
    let never = Never::default();
    let new = says(channel(1), user(1), "gone");
    let Appended::Created(message) = store.append(new.clone(), key("k", 1), ignored()).await.unwrap() else {
        panic!("not created");
    };
    assert_eq!(
        store.delete(channel(1), message.id, ignored()).await.unwrap().map(|m| m.content),
        Some("gone".into())
    );
    assert_eq!(store.append(new.clone(), key("k", 1), never.durable()).await.unwrap(), Appended::Gone);
    assert_eq!(store.append(new, key("k", 2), never.durable()).await.unwrap(), Appended::Conflict);
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 10).await, []);
}

/// `recall` knows what a retry would be answered.
pub async fn recall_answers_as_a_retry_and_stores_nothing(store: Store) {
    let never = Never::default();
    let (known, other) = (key("k", 1).unwrap(), key("k", 2).unwrap());
    assert_eq!(store.recall(user(1), &known).await.unwrap(), None);
    let new = says(channel(1), user(1), "x");
    let Appended::Created(message) = store.append(new.clone(), Some(known.clone()), ignored()).await.unwrap()
    else {
        panic!("not created");
    };
    assert_eq!(store.recall(user(1), &known).await.unwrap(), Some(Appended::Existing(message.clone())));
    assert_eq!(store.recall(user(1), &other).await.unwrap(), Some(Appended::Conflict));
    assert_eq!(store.recall(user(2), &known).await.unwrap(), None);
    store.delete(channel(1), message.id, ignored()).await.unwrap();
    assert_eq!(store.recall(user(1), &known).await.unwrap(), Some(Appended::Gone));
    assert_eq!(store.append(new, Some(known), never.durable()).await.unwrap(), Appended::Gone);
}

/// An edit that loses the race against a deletion finds nothing, and makes nothing.
pub async fn an_edit_never_revives_a_deleted_message(store: Store) {
    let never = Never::default();
    let message = send(&store, channel(1), user(1), "x").await;
    store.delete(channel(1), message.id, ignored()).await.unwrap();
    assert_eq!(store.edit(channel(1), message.id, edit_to("y"), never.durable()).await.unwrap(), None);
    assert_eq!(store.delete(channel(1), message.id, never.durable()).await.unwrap(), None);
    for _ in 0..20 {
        let message = send(&store, channel(1), user(1), "x").await;
        let (edit, delete) = tokio::join!(
            store.edit(channel(1), message.id, edit_to("y"), ignored()),
            store.delete(channel(1), message.id, ignored())
        );
        let (edited, deleted) = (edit.unwrap(), delete.unwrap().expect("it was there"));
        assert_eq!(deleted.content, if edited.is_some() { "y" } else { "x" });
        assert_eq!(store.message(channel(1), message.id, viewer()).await.unwrap(), None);
    }
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 100).await, []);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Fields that an edit does not name stay.
pub async fn an_edit_changes_what_it_names(store: Store) {
    let mut new = says(channel(1), user(1), "before");
    new.mentions = vec![user(2)];
    new.embeds = vec![Embed { title: Some("e".into()), ..Embed::default() }];
    let Appended::Created(before) = store.append(new, None, ignored()).await.unwrap() else {
        panic!("not created");
    };
    let flags = MessageEdit { flags: Some(4), ..MessageEdit::default() };
    let after = store.edit(channel(1), before.id, flags, ignored()).await.unwrap().unwrap();
    let mut expected = Message { flags: 4, ..before.clone() };
    assert_eq!(after, expected);

    let content = MessageEdit {
        content: Some(EditedText {
            text: "after".into(),
            mentions: vec![user(3)],
            mention_roles: vec![role(7)],
            mention_everyone: true,
        }),
        edited: Some(at(3)),
        ..MessageEdit::default()
    };
    let after = store.edit(channel(1), before.id, content, ignored()).await.unwrap().unwrap();
    expected = Message {
        content: "after".into(),
        mentions: vec![user(3)],
        mention_roles: vec![role(7)],
        mention_everyone: true,
        edited: Some(at(3)),
        ..expected
    };
    assert_eq!(after, expected);

    let embeds = MessageEdit { embeds: Some(vec![]), ..MessageEdit::default() };
    let after = store.edit(channel(1), before.id, embeds, ignored()).await.unwrap().unwrap();
    expected.embeds = vec![];
    assert_eq!(after, expected);
    let stored = store.message(channel(1), before.id, viewer()).await.unwrap().unwrap();
    assert_eq!(stored.message, expected);
}

/// Pins and unpinnings are told with the message as it is then, and only when they change something.
pub async fn durable_runs_for_pins(store: Store) {
    let never = Never::default();
    let seen: Arc<Mutex<Vec<Message>>> = Arc::default();
    let record = || -> Durable {
        let seen = seen.clone();
        Box::new(move |message| seen.lock().push(message.clone()))
    };
    let message = send(&store, channel(1), user(1), "x").await;
    store.pin(channel(1), message.id, at(1), 1, record()).await.unwrap();
    assert_eq!(std::mem::take(&mut *seen.lock()), [Message { pinned: true, ..message.clone() }]);
    store.unpin(channel(1), message.id, record()).await.unwrap();
    assert_eq!(std::mem::take(&mut *seen.lock()), [message.clone()]);
    store.unpin(channel(1), message.id, never.durable()).await.unwrap();
    store.pin(channel(1), message.id, at(1), 0, never.durable()).await.unwrap();
    store.pin(channel(1), message.id, at(1), 1, record()).await.unwrap();
    store.pin(channel(1), message.id, at(2), 1, never.durable()).await.unwrap();
    assert_eq!(seen.lock().len(), 1);
}

/// `durable` sees the change once, before the answer, and never without one.
pub async fn durable_runs_once_and_only_for_changes(store: Store) {
    let seen: Arc<Mutex<Vec<Message>>> = Arc::default();
    let record = || -> Durable {
        let seen = seen.clone();
        Box::new(move |message| seen.lock().push(message.clone()))
    };
    let Appended::Created(message) =
        store.append(says(channel(1), user(1), "x"), None, record()).await.unwrap()
    else {
        panic!("not created");
    };
    assert_eq!(std::mem::take(&mut *seen.lock()), [message.clone()]);
    let edited = store.edit(channel(1), message.id, edit_to("y"), record()).await.unwrap().unwrap();
    assert_eq!(std::mem::take(&mut *seen.lock()), [edited.clone()]);
    let same = store.edit(channel(1), message.id, MessageEdit::default(), record()).await.unwrap();
    assert_eq!(same, Some(edited.clone()));
    assert_eq!(std::mem::take(&mut *seen.lock()), []);
    store.delete(channel(1), message.id, record()).await.unwrap();
    assert_eq!(std::mem::take(&mut *seen.lock()), [edited]);
    store.delete(channel(1), message.id, record()).await.unwrap();
    store.edit(channel(1), message.id, edit_to("z"), record()).await.unwrap();
    assert_eq!(std::mem::take(&mut *seen.lock()), []);
}

/// A send that begins after another was answered gets the higher id.
pub async fn ids_rise_in_the_order_of_acceptance(store: Store) {
    let highest = Arc::new(Mutex::new(None));
    let mut tasks = Vec::new();
    for author in 0..64 {
        let (store, highest) = (store.clone(), highest.clone());
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                let before: Option<MessageId> = *highest.lock();
                let id = send(&store, channel(1), user(author + 1), "x").await.id;
                assert!(Some(id) > before, "{id:?} was accepted after {before:?} was answered");
                let mut highest = highest.lock();
                *highest = (*highest).max(Some(id));
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let page = page_ids(&store, channel(1), Page::Latest, 100).await;
    assert!(page.windows(2).all(|pair| pair[0] > pair[1]));
}

/// Events made by `durable` tell of a channel's messages in the order of their ids, and only of those that readers
/// find.
pub async fn durable_runs_in_the_order_of_ids(store: Store) {
    let order: Arc<Mutex<HashMap<ChannelId, Vec<MessageId>>>> = Arc::default();
    let mut tasks = Vec::new();
    for author in 0..64 {
        let (store, order) = (store.clone(), order.clone());
        tasks.push(tokio::spawn(async move {
            for n in 0..10 {
                let order = order.clone();
                let durable: Durable = Box::new(move |message| {
                    order.lock().entry(message.channel).or_default().push(message.id);
                });
                let new = says(channel(1 + (author + n) % 3), user(author + 1), "x");
                let answer = store.append(new, key(&format!("{author}-{n}"), 1), durable).await.unwrap();
                assert!(matches!(answer, Appended::Created(_)));
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let order = order.lock().clone();
    assert_eq!(order.values().map(Vec::len).sum::<usize>(), 640);
    for (channel, ids) in order {
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{channel}: {ids:?}");
        let newest: Vec<_> = ids.into_iter().rev().take(100).collect();
        assert_eq!(page_ids(&store, channel, Page::Latest, 100).await, newest);
    }
}

/// Nothing reaches a message through another channel.
pub async fn a_message_is_found_in_its_own_channel_only(store: Store) {
    let never = Never::default();
    let message = send(&store, channel(1), user(1), "x").await;
    let (elsewhere, id) = (channel(2), message.id);
    assert_eq!(store.message(elsewhere, id, viewer()).await.unwrap(), None);
    assert_eq!(store.edit(elsewhere, id, edit_to("y"), never.durable()).await.unwrap(), None);
    assert_eq!(store.delete(elsewhere, id, never.durable()).await.unwrap(), None);
    assert_eq!(store.react(elsewhere, id, user(1), &emoji("👍"), 20).await.unwrap(), Reacted::Absent);
    assert_eq!(store.pin(elsewhere, id, at(1), 10, ignored()).await.unwrap(), Pinned::Absent);
    store.pin(channel(1), id, at(1), 10, ignored()).await.unwrap();
    store.react(channel(1), id, user(1), &emoji("👍"), 20).await.unwrap();
    assert!(!store.unpin(elsewhere, id, ignored()).await.unwrap());
    assert!(!store.unreact(elsewhere, id, user(1), &emoji("👍")).await.unwrap());
    assert_eq!(store.reactors(elsewhere, id, &emoji("👍"), None, 10).await.unwrap(), []);
    let stored = store.message(channel(1), id, viewer()).await.unwrap().unwrap();
    assert_eq!((stored.message.pinned, stored.reactions.len()), (true, 1));
}

/// Every kind of page is newest first and holds what its name says.
pub async fn pages_are_newest_first(store: Store) {
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(send(&store, channel(1), user(1), &n.to_string()).await.id);
    }
    let newest_first =
        |range: std::ops::Range<usize>| -> Vec<MessageId> { ids[range].iter().rev().copied().collect() };
    let page = async |page, limit| page_ids(&store, channel(1), page, limit).await;
    assert_eq!(page(Page::Latest, 5).await, newest_first(15..20));
    assert_eq!(page(Page::Latest, 100).await, newest_first(0..20));
    assert_eq!(page(Page::Before(ids[10]), 3).await, newest_first(7..10));
    assert_eq!(page(Page::After(ids[10]), 3).await, newest_first(11..14));
    assert_eq!(page(Page::Around(ids[10]), 4).await, newest_first(8..12));
    assert_eq!(page(Page::Around(ids[10]), 5).await, newest_first(8..13));
    assert_eq!(page(Page::Around(ids[10]), 1).await, newest_first(10..11));
}

/// Pages at and beyond both ends, and around what is gone.
pub async fn pages_have_their_edges(store: Store) {
    let id = |value| MessageId::new(value).unwrap();
    for page in [Page::Latest, Page::Before(id(5)), Page::After(id(5)), Page::Around(id(5))] {
        assert_eq!(page_ids(&store, channel(1), page, 50).await, []);
    }
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(send(&store, channel(1), user(1), &n.to_string()).await.id);
    }
    let page = async |page, limit| page_ids(&store, channel(1), page, limit).await;
    assert_eq!(page(Page::Before(ids[0]), 50).await, []);
    assert_eq!(page(Page::After(ids[5]), 50).await, []);
    assert_eq!(page(Page::Before(id(i64::MAX as u64)), 2).await, [ids[5], ids[4]]);
    assert_eq!(page(Page::After(id(1)), 2).await, [ids[1], ids[0]]);
    assert_eq!(page(Page::After(id(i64::MAX as u64)), 2).await, []);
    assert_eq!(page(Page::Around(id(1)), 4).await, [ids[1], ids[0]]);
    assert_eq!(page(Page::Around(id(i64::MAX as u64)), 4).await, [ids[5], ids[4]]);
    assert_eq!(page(Page::Around(ids[0]), 4).await, [ids[1], ids[0]]);
    store.delete(channel(1), ids[3], ignored()).await.unwrap();
    assert_eq!(page(Page::Around(ids[3]), 4).await, [ids[5], ids[4], ids[2], ids[1]]);
    assert_eq!(page(Page::Before(ids[3]), 1).await, [ids[2]]);
    assert_eq!(page(Page::After(ids[2]), 1).await, [ids[4]]);
}

/// Channels that are busy at the same time do not mix, and neither do their reactions.
pub async fn pages_keep_channels_apart(store: Store) {
    let mut sent: HashMap<u64, Vec<MessageId>> = HashMap::new();
    for n in 0..60 {
        let here = 1 + n % 3;
        let message = send(&store, channel(here), user(1), "x").await;
        store.react(channel(here), message.id, user(here), &emoji("👍"), 20).await.unwrap();
        sent.entry(here).or_default().push(message.id);
    }
    for (here, ids) in sent {
        let page = store.page(channel(here), Page::Latest, 100, user(1)).await.unwrap();
        let found: Vec<_> = page.iter().map(|stored| stored.message.id).rev().collect();
        assert_eq!(found, ids);
        for stored in page {
            assert_eq!(stored.message.channel, channel(here));
            assert_eq!(stored.reactions, [ReactionTally { emoji: emoji("👍"), count: 1, me: here == 1 }]);
        }
    }
}

/// An emoji's place is that of its first use, whoever is left of those who used it.
pub async fn reactions_come_in_the_order_of_first_use(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    let (here, id) = (channel(1), message.id);
    let order = async || -> Vec<ReactionEmoji> {
        reactions(&store, &message, viewer()).await.into_iter().map(|tally| tally.emoji).collect()
    };
    for (who, what) in [(1, "🅱"), (1, "🅰"), (2, "🅰"), (2, "🅱"), (3, "🆎")] {
        assert_eq!(store.react(here, id, user(who), &emoji(what), 20).await.unwrap(), Reacted::Added);
    }
    assert_eq!(order().await, [emoji("🅱"), emoji("🅰"), emoji("🆎")]);
    assert!(store.unreact(here, id, user(1), &emoji("🅱")).await.unwrap());
    assert_eq!(order().await, [emoji("🅱"), emoji("🅰"), emoji("🆎")]);
    assert!(store.unreact(here, id, user(2), &emoji("🅱")).await.unwrap());
    assert_eq!(order().await, [emoji("🅰"), emoji("🆎")]);
    store.react(here, id, user(2), &emoji("🅱"), 20).await.unwrap();
    assert_eq!(order().await, [emoji("🅰"), emoji("🆎"), emoji("🅱")]);
}

/// The cap is on distinct emoji, not on users.
pub async fn reactions_are_capped_by_emoji(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    let (here, id) = (channel(1), message.id);
    for what in ["a", "b", "c"] {
        assert_eq!(store.react(here, id, user(1), &emoji(what), 3).await.unwrap(), Reacted::Added);
    }
    assert_eq!(store.react(here, id, user(2), &emoji("d"), 3).await.unwrap(), Reacted::TooMany);
    assert_eq!(store.reactors(here, id, &emoji("d"), None, 10).await.unwrap(), []);
    assert_eq!(store.react(here, id, user(2), &emoji("a"), 3).await.unwrap(), Reacted::Added);
    assert_eq!(store.react(here, id, user(2), &emoji("a"), 3).await.unwrap(), Reacted::Already);
    assert!(store.unreact(here, id, user(1), &emoji("c")).await.unwrap());
    assert_eq!(store.react(here, id, user(2), &emoji("d"), 3).await.unwrap(), Reacted::Added);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Each user counts once for each emoji, and sees which are its own.
pub async fn reactions_are_counted_per_user(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    let (here, id) = (channel(1), message.id);
    let custom =
        |animated| ReactionEmoji::Custom { id: EmojiId::new(77).unwrap(), name: "a:b".into(), animated };
    for who in 1..=5 {
        store.react(here, id, user(who), &custom(true), 20).await.unwrap();
    }
    assert_eq!(store.react(here, id, user(2), &custom(true), 20).await.unwrap(), Reacted::Already);
    store.react(here, id, user(2), &emoji("👩‍👩‍👧‍👦"), 20).await.unwrap();
    let tally = |emoji, count, me| ReactionTally { emoji, count, me };
    assert_eq!(
        reactions(&store, &message, user(1)).await,
        [tally(custom(true), 5, true), tally(emoji("👩‍👩‍👧‍👦"), 1, false)]
    );
    assert!(!store.unreact(here, id, user(9), &custom(true)).await.unwrap());
    assert!(store.unreact(here, id, user(1), &custom(true)).await.unwrap());
    assert!(!store.unreact(here, id, user(1), &custom(true)).await.unwrap());
    assert_eq!(
        reactions(&store, &message, user(1)).await,
        [tally(custom(true), 4, false), tally(emoji("👩‍👩‍👧‍👦"), 1, false)]
    );
    assert_eq!(
        store.react(here, MessageId::new(5).unwrap(), user(1), &custom(true), 20).await.unwrap(),
        Reacted::Absent
    );
}

/// Reactors come in the order of their ids, page by page.
pub async fn reactors_are_listed_in_pages(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    let (here, id) = (channel(1), message.id);
    for who in [5, 1, 4, 2, 3] {
        store.react(here, id, user(who), &emoji("x"), 20).await.unwrap();
    }
    let listed = async |after: Option<u64>, limit| {
        store.reactors(here, id, &emoji("x"), after.map(user), limit).await.unwrap()
    };
    assert_eq!(listed(None, 2).await, [user(1), user(2)]);
    assert_eq!(listed(Some(2), 2).await, [user(3), user(4)]);
    assert_eq!(listed(Some(4), 2).await, [user(5)]);
    assert_eq!(listed(Some(5), 2).await, []);
}

/// Nothing of a deleted message stays.
pub async fn deletion_takes_reactions_and_pin(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    let stays = send(&store, channel(1), user(1), "y").await;
    for message in [&message, &stays] {
        store.react(channel(1), message.id, user(1), &emoji("x"), 20).await.unwrap();
        store.pin(channel(1), message.id, at(1), 10, ignored()).await.unwrap();
    }
    let deleted = store.delete(channel(1), message.id, ignored()).await.unwrap().unwrap();
    assert_eq!(deleted, Message { pinned: true, ..message.clone() });
    assert_eq!(store.reactors(channel(1), message.id, &emoji("x"), None, 10).await.unwrap(), []);
    let pins = store.pins(channel(1), None, 10, viewer()).await.unwrap();
    assert_eq!(pins.iter().map(|(_, pin)| pin.message.id).collect::<Vec<_>>(), [stays.id]);
    assert!(!store.unpin(channel(1), message.id, ignored()).await.unwrap());
    assert!(!store.unreact(channel(1), message.id, user(1), &emoji("x")).await.unwrap());
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Those that there were are told, and told of once; of the others nothing is heard.
pub async fn several_are_deleted_at_once(store: Store) {
    let mut sent = Vec::new();
    for n in 0..6 {
        sent.push(send(&store, channel(1), user(1), &n.to_string()).await.id);
    }
    let elsewhere = send(&store, channel(2), user(1), "elsewhere").await;
    store.react(channel(1), sent[1], user(2), &emoji("x"), 20).await.unwrap();
    store.pin(channel(1), sent[2], at(1), 20, ignored()).await.unwrap();
    store.delete(channel(1), sent[5], ignored()).await.unwrap().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let durable = || -> DurableMany {
        let heard = heard.clone();
        Box::new(move |ids: &[MessageId]| heard.lock().push(ids.to_vec()))
    };
    let ids = [sent[1], sent[2], sent[3], sent[5], elsewhere.id, MessageId::new(77).unwrap()];
    let mut gone = store.delete_many(channel(1), &ids, durable()).await.unwrap();
    gone.sort();
    assert_eq!(gone, [sent[1], sent[2], sent[3]]);
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 10).await, [sent[4], sent[0]]);
    assert_eq!(page_ids(&store, channel(2), Page::Latest, 10).await, [elsewhere.id]);
    assert!(store.pins(channel(1), None, 10, viewer()).await.unwrap().is_empty());
    assert_eq!(store.delete_many(channel(1), &ids, durable()).await.unwrap(), []);
    assert_eq!(store.delete_many(channel(1), &[], durable()).await.unwrap(), []);
    let mut heard = heard.lock().clone();
    heard.iter_mut().for_each(|ids| ids.sort());
    assert_eq!(heard, [gone]);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Of two who delete the same messages, each message has one who deleted it.
pub async fn several_are_deleted_by_many_at_once(store: Store) {
    let mut sent = Vec::new();
    for n in 0..20 {
        sent.push(send(&store, channel(1), user(1), &n.to_string()).await.id);
    }
    let tasks: Vec<_> = (0..4)
        .map(|n| {
            let (store, mut ids) = (store.clone(), sent.clone());
            ids.rotate_left(n * 5);
            tokio::spawn(async move {
                store.delete_many(channel(1), &ids, Box::new(|_: &[MessageId]| {})).await.unwrap()
            })
        })
        .collect();
    let mut gone = Vec::new();
    for task in tasks {
        gone.extend(task.await.unwrap());
    }
    gone.sort();
    assert_eq!(gone, sent);
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 10).await, []);
}

/// One emoji's reactions go, or all; what is cleared is free to be reacted with again.
pub async fn reactions_are_cleared_by_emoji_or_all(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    let other = send(&store, channel(1), user(1), "y").await;
    for (id, who, what) in [
        (message.id, 1, "a"),
        (message.id, 2, "a"),
        (message.id, 1, "b"),
        (message.id, 1, "c"),
        (other.id, 1, "a"),
    ] {
        store.react(channel(1), id, user(who), &emoji(what), 20).await.unwrap();
    }
    assert!(store.clear_reactions(channel(1), message.id, Some(&emoji("a"))).await.unwrap());
    assert!(!store.clear_reactions(channel(1), message.id, Some(&emoji("a"))).await.unwrap());
    assert!(!store.clear_reactions(channel(2), message.id, None).await.unwrap());
    let left: Vec<_> = reactions(&store, &message, user(1)).await.into_iter().map(|t| t.emoji).collect();
    assert_eq!(left, [emoji("b"), emoji("c")]);
    assert!(store.reactors(channel(1), message.id, &emoji("a"), None, 10).await.unwrap().is_empty());
    assert!(store.clear_reactions(channel(1), message.id, None).await.unwrap());
    assert!(!store.clear_reactions(channel(1), message.id, None).await.unwrap());
    assert!(reactions(&store, &message, viewer()).await.is_empty());
    assert_eq!(reactions(&store, &other, viewer()).await.len(), 1);
    let again = store.react(channel(1), message.id, user(1), &emoji("a"), 1).await.unwrap();
    assert_eq!(again, Reacted::Added);
    assert_eq!(
        reactions(&store, &message, user(1)).await,
        [ReactionTally { emoji: emoji("a"), count: 1, me: true }]
    );
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Mentions of the user, of its roles and of everyone call for it, unless they are its own or too far up.
pub async fn calls_are_what_others_say_to_somebody(store: Store) {
    let plain = send(&store, channel(1), user(2), "plain").await;
    let mut said = Vec::new();
    for (author, mentions, mention_roles, mention_everyone) in [
        (2, vec![user(1)], vec![], false),
        (2, vec![user(3)], vec![role(9)], false),
        (2, vec![], vec![role(8), role(7)], false),
        (2, vec![], vec![], true),
        (1, vec![user(1)], vec![role(7)], true),
        (2, vec![user(1)], vec![role(7)], true),
    ] {
        let new =
            NewMessage { mentions, mention_roles, mention_everyone, ..says(channel(1), user(author), "x") };
        let Appended::Created(message) = store.append(new, None, ignored()).await.unwrap() else {
            panic!("not created");
        };
        said.push(message.id);
    }
    let called = Called { user: user(1), roles: vec![role(7), role(6)] };
    let calls = |after: Option<MessageId>, look| {
        let (store, called) = (store.clone(), called.clone());
        async move { store.calls(channel(1), &called, after, look).await.unwrap() }
    };
    assert_eq!(calls(None, 100).await, 4);
    assert_eq!(calls(Some(plain.id), 100).await, 4);
    assert_eq!(calls(Some(said[0]), 100).await, 3);
    assert_eq!(calls(Some(said[5]), 100).await, 0);
    assert_eq!(calls(None, 1).await, 1);
    assert_eq!(calls(None, 3).await, 2, "only the newest are looked at");
    assert_eq!(store.calls(channel(2), &called, None, 100).await.unwrap(), 0);
    store.delete(channel(1), said[5], ignored()).await.unwrap();
    assert_eq!(calls(None, 100).await, 3);
}

/// A message that goes to these inboxes.
async fn calls_for(store: &Store, channel: ChannelId, scopes: &[Scope]) -> Mention {
    let new = NewMessage { scopes: scopes.to_vec(), ..says(channel, user(2), "calls") };
    match store.append(new, None, ignored()).await.unwrap() {
        Appended::Created(message) => Mention { channel, message: message.id },
        other => panic!("{other:?}"),
    }
}

/// A user's, a role's and a guild's mentions are kept apart, and asked for together each message comes once, newest first.
pub async fn mentions_are_found_by_whom_they_call(store: Store) {
    let (me, mine) = (Scope::User(user(21)), Scope::Role(role(22)));
    let everyone = Scope::Guild(GuildId::new(23).unwrap());
    send(&store, channel(1), user(2), "nobody").await;
    let direct = calls_for(&store, channel(1), &[me]).await;
    let by_role = calls_for(&store, channel(2), &[mine, Scope::Role(role(24))]).await;
    let by_all = calls_for(&store, channel(1), &[everyone]).await;
    let by_three = calls_for(&store, channel(3), &[me, mine, everyone]).await;
    calls_for(&store, channel(1), &[Scope::User(user(25))]).await;
    let found = |scopes: Vec<Scope>| {
        let store = store.clone();
        async move { store.mentions(&scopes, None, None, 100).await.unwrap() }
    };
    assert_eq!(found(vec![me]).await, [by_three, direct]);
    assert_eq!(found(vec![mine]).await, [by_three, by_role]);
    assert_eq!(found(vec![everyone]).await, [by_three, by_all]);
    assert_eq!(found(vec![everyone, me, mine]).await, [by_three, by_all, by_role, direct]);
    assert_eq!(found(vec![Scope::Role(role(24))]).await, [by_role]);
    assert_eq!(found(vec![Scope::User(user(2))]).await, []);
    assert_eq!(found(vec![]).await, []);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Pages of many scopes: the newest of all of them, whichever scope they are in, between the edges and without them.
pub async fn mentions_of_many_scopes_make_one_page(store: Store) {
    let scopes: Vec<Scope> = (0..40).map(|n| Scope::Role(role(1_000 + n))).collect();
    let mut all = Vec::new();
    for n in 0..60_usize {
        // The first scopes hold the oldest: nothing that a page needs may be cut off by what was looked at before it.
        all.push(calls_for(&store, channel(1), &scopes[n * 2 / 3..n * 2 / 3 + 1]).await);
    }
    all.reverse();
    let found = |above: Option<MessageId>, below: Option<MessageId>, limit| {
        let (store, scopes) = (store.clone(), scopes.clone());
        async move { store.mentions(&scopes, above, below, limit).await.unwrap() }
    };
    assert_eq!(found(None, None, 500).await, all);
    assert_eq!(found(None, None, 7).await, all[..7]);
    assert_eq!(found(None, Some(all[6].message), 7).await, all[7..14]);
    assert_eq!(found(Some(all[10].message), None, 100).await, all[..10]);
    assert_eq!(found(Some(all[10].message), Some(all[5].message), 100).await, all[6..10]);
    assert_eq!(found(None, Some(all[59].message), 1).await, []);
    let mut turned = scopes.clone();
    turned.reverse();
    assert_eq!(store.mentions(&turned, None, None, 7).await.unwrap(), all[..7]);
}

/// However often a send comes, it mentions once.
pub async fn a_retry_mentions_nobody_twice(store: Store) {
    let scopes = vec![Scope::User(user(31)), Scope::Role(role(32))];
    let new = NewMessage { scopes: scopes.clone(), ..says(channel(1), user(2), "once") };
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(store.append(new.clone(), key("mentions", 1), ignored()).await.unwrap());
    }
    let Appended::Created(message) = &answers[0] else { panic!("{answers:?}") };
    assert_eq!(answers[1..], [Appended::Existing(message.clone()), Appended::Existing(message.clone())]);
    let mention = Mention { channel: channel(1), message: message.id };
    assert_eq!(store.mentions(&scopes, None, None, 10).await.unwrap(), [mention]);
    let other = NewMessage { scopes: vec![Scope::User(user(33))], ..new };
    assert_eq!(store.append(other, key("mentions", 2), ignored()).await.unwrap(), Appended::Conflict);
    assert_eq!(store.mentions(&[Scope::User(user(33))], None, None, 10).await.unwrap(), []);
}

/// Whom an edit mentions does not hear of it, and whom the message called before still finds it.
pub async fn an_edit_mentions_nobody(store: Store) {
    let called = calls_for(&store, channel(1), &[Scope::User(user(41))]).await;
    let text = EditedText { text: "<@42>".into(), mentions: vec![user(42)], ..EditedText::default() };
    let edit = MessageEdit { content: Some(text), edited: Some(at(5)), ..MessageEdit::default() };
    store.edit(channel(1), called.message, edit, ignored()).await.unwrap().unwrap();
    assert_eq!(store.mentions(&[Scope::User(user(42))], None, None, 10).await.unwrap(), []);
    assert_eq!(store.mentions(&[Scope::User(user(41))], None, None, 10).await.unwrap(), [called]);
}

/// In the order that was asked for, with reactions, as edited; those that were deleted, or never were where they are asked
/// for, are left out.
pub async fn mentioned_messages_come_as_they_are_now(store: Store) {
    let me = Scope::User(user(51));
    let first = calls_for(&store, channel(1), &[me]).await;
    let second = calls_for(&store, channel(2), &[me]).await;
    let third = calls_for(&store, channel(1), &[me]).await;
    store.delete(channel(2), second.message, ignored()).await.unwrap().unwrap();
    store.react(channel(1), first.message, user(51), &emoji("a"), 20).await.unwrap();
    store.edit(channel(1), third.message, edit_to("edited"), ignored()).await.unwrap().unwrap();
    let elsewhere = Mention { channel: channel(9), ..first };
    let asked = [first, second, elsewhere, third];
    let stored = store.mentioned(&asked, user(51)).await.unwrap();
    let seen: Vec<_> =
        stored.iter().map(|stored| (stored.message.id, stored.message.content.as_str())).collect();
    assert_eq!(seen, [(first.message, "calls"), (third.message, "edited")]);
    assert_eq!(stored[0].reactions, [ReactionTally { emoji: emoji("a"), count: 1, me: true }]);
    assert_eq!(store.mentioned(&[], user(51)).await.unwrap(), []);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Each user's own, once however often it is said, and only those that are asked about.
pub async fn what_was_dismissed_is_known(store: Store) {
    let me = Scope::User(user(61));
    let (first, second) =
        (calls_for(&store, channel(1), &[me]).await, calls_for(&store, channel(1), &[me]).await);
    let asked = [first.message, second.message];
    assert_eq!(store.dismissed(user(61), &asked).await.unwrap(), []);
    store.dismiss(user(61), first.message).await.unwrap();
    store.dismiss(user(61), first.message).await.unwrap();
    assert_eq!(store.dismissed(user(61), &asked).await.unwrap(), [first.message]);
    assert_eq!(store.dismissed(user(61), &asked[1..]).await.unwrap(), []);
    assert_eq!(store.dismissed(user(61), &[]).await.unwrap(), []);
    assert_eq!(store.dismissed(user(62), &asked).await.unwrap(), []);
    store.dismiss(user(61), second.message).await.unwrap();
    assert_eq!(store.dismissed(user(61), &asked).await.unwrap().len(), 2);
    assert_eq!(store.mentions(&[me], None, None, 10).await.unwrap(), [second, first], "a row is a hint");
}

/// Forgetting ends, and touches nothing from its edge on.
pub async fn old_mentions_are_forgotten_and_others_stay(store: Store) {
    let me = Scope::User(user(71));
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(calls_for(&store, channel(1), &[me, Scope::Role(role(72))]).await);
    }
    for mention in &all {
        store.dismiss(user(71), mention.message).await.unwrap();
    }
    let edge = all[4].message;
    let mut calls = 0;
    while store.forget_mentions(edge, 3).await.unwrap() > 0 {
        calls += 1;
        assert!(calls < 10, "it does not end");
    }
    let young = MessageId::new(edge.get() - 1);
    assert_eq!(store.mentions(&[me], young, None, 10).await.unwrap(), [all[5], all[4]]);
    assert_eq!(store.dismissed(user(71), &[all[4].message, all[5].message]).await.unwrap().len(), 2);
    assert_eq!(page_ids(&store, channel(1), Page::Latest, 10).await.len(), 6, "messages stay");
}

/// The newest of one author's messages since a moment, newest first.
pub async fn what_an_author_said_is_found(store: Store) {
    let mut mine = Vec::new();
    for n in 0..10 {
        let author = user(1 + n % 2);
        let message = send(&store, channel(1), author, "x").await;
        if author == user(1) {
            mine.push(message.id);
        }
    }
    send(&store, channel(2), user(1), "elsewhere").await;
    mine.reverse();
    let said = |since: Timestamp, limit| {
        let store = store.clone();
        async move { store.said_by(channel(1), user(1), since, limit).await.unwrap() }
    };
    let begun = Timestamp::from_millis(mine[4].created_ms());
    assert_eq!(said(begun, 100).await, mine);
    assert_eq!(said(begun, 2).await, mine[..2]);
    assert_eq!(said(begun.plus_seconds(86_400), 100).await, []);
    assert_eq!(store.said_by(channel(1), user(3), begun, 100).await.unwrap(), []);
    store.delete(channel(1), mine[0], ignored()).await.unwrap();
    assert_eq!(said(begun, 100).await, mine[1..]);
}

/// What a webhook says moves no mark: it has none.
pub async fn a_webhook_reads_nothing(store: Store) {
    let said = NewMessage { webhook: Some(webhook(5)), ..says(channel(1), user(5), "x") };
    assert!(matches!(store.append(said, None, ignored()).await.unwrap(), Appended::Created(_)));
    assert_eq!(store.read_marks(user(5)).await.unwrap(), []);
    assert_eq!(store.unread(channel(1), user(1), None, 10).await.unwrap(), 1);
}

/// Pins are listed by when they were pinned, with the messages as they are.
pub async fn pins_come_last_pinned_first(store: Store) {
    let mut messages = Vec::new();
    for n in 0..4 {
        messages.push(send(&store, channel(1), user(1), &n.to_string()).await);
    }
    for (place, moment) in [(2, 10), (0, 20), (3, 30)] {
        let answer = store.pin(channel(1), messages[place].id, at(moment), 10, ignored()).await.unwrap();
        assert_eq!(answer, Pinned::Pinned);
    }
    assert_eq!(store.pin(channel(1), messages[2].id, at(99), 10, ignored()).await.unwrap(), Pinned::Already);
    store.react(channel(1), messages[0].id, user(7), &emoji("x"), 20).await.unwrap();
    let pins = store.pins(channel(1), None, 10, user(7)).await.unwrap();
    let listed: Vec<_> = pins.iter().map(|(moment, pin)| (*moment, pin.message.id)).collect();
    assert_eq!(listed, [(at(30), messages[3].id), (at(20), messages[0].id), (at(10), messages[2].id)]);
    assert_eq!(pins[1].1.reactions, [ReactionTally { emoji: emoji("x"), count: 1, me: true }]);
    let before = store.pins(channel(1), Some(at(30)), 1, viewer()).await.unwrap();
    assert_eq!(before.iter().map(|(_, pin)| pin.message.id).collect::<Vec<_>>(), [messages[0].id]);
    assert_eq!(store.pins(channel(1), Some(at(10)), 10, viewer()).await.unwrap(), []);
    assert_eq!(store.pins(channel(2), None, 10, viewer()).await.unwrap(), []);
    assert!(store.unpin(channel(1), messages[3].id, ignored()).await.unwrap());
    assert!(!store.unpin(channel(1), messages[3].id, ignored()).await.unwrap());
    assert_eq!(store.pins(channel(1), None, 10, viewer()).await.unwrap().len(), 2);
}

/// A channel holds as many pins as it may; unpinning makes room.
pub async fn pins_are_capped(store: Store) {
    let mut messages = Vec::new();
    for n in 0..4 {
        messages.push(send(&store, channel(1), user(1), &n.to_string()).await);
    }
    for message in &messages[..3] {
        assert_eq!(store.pin(channel(1), message.id, at(1), 3, ignored()).await.unwrap(), Pinned::Pinned);
    }
    assert_eq!(store.pin(channel(1), messages[3].id, at(2), 3, ignored()).await.unwrap(), Pinned::TooMany);
    assert_eq!(store.pin(channel(1), messages[0].id, at(2), 3, ignored()).await.unwrap(), Pinned::Already);
    assert!(!store.message(channel(1), messages[3].id, viewer()).await.unwrap().unwrap().message.pinned);
    store.unpin(channel(1), messages[0].id, ignored()).await.unwrap();
    assert_eq!(store.pin(channel(1), messages[3].id, at(3), 3, ignored()).await.unwrap(), Pinned::Pinned);
    assert_eq!(
        store.pin(channel(1), MessageId::new(5).unwrap(), at(4), 300, ignored()).await.unwrap(),
        Pinned::Absent
    );
}

/// Going through the pins page by page loses none, though the clock stood still or stepped back between them.
pub async fn pins_of_one_moment_are_all_listed(store: Store) {
    let mut expected = Vec::new();
    for (n, moment) in [50, 50, 50, 20, 50, 50, 60].into_iter().enumerate() {
        let message = send(&store, channel(1), user(1), &n.to_string()).await;
        assert_eq!(
            store.pin(channel(1), message.id, at(moment), 10, ignored()).await.unwrap(),
            Pinned::Pinned
        );
        expected.insert(0, message.id);
    }
    let (mut listed, mut before) = (Vec::new(), None);
    loop {
        let page = store.pins(channel(1), before, 2, viewer()).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        before = Some(*last);
        listed.extend(page.iter().map(|(_, pin)| pin.message.id));
        assert!(listed.len() <= expected.len(), "a page came twice");
    }
    assert_eq!(listed, expected);
}

/// `pinned` is part of the message wherever it is read, and survives an edit.
pub async fn pinned_messages_say_so(store: Store) {
    let message = send(&store, channel(1), user(1), "x").await;
    assert!(!message.pinned);
    store.pin(channel(1), message.id, at(1), 10, ignored()).await.unwrap();
    let edited = store.edit(channel(1), message.id, edit_to("y"), ignored()).await.unwrap().unwrap();
    assert!(edited.pinned);
    assert!(store.page(channel(1), Page::Latest, 1, viewer()).await.unwrap()[0].message.pinned);
    store.unpin(channel(1), message.id, ignored()).await.unwrap();
    assert!(!store.page(channel(1), Page::Latest, 1, viewer()).await.unwrap()[0].message.pinned);
}

/// A head is the newest message that still exists, and the last pin that still does.
pub async fn heads_show_the_newest_that_is_there(store: Store) {
    let heads = async |channels: &[ChannelId]| -> HashMap<ChannelId, Head> {
        let heads = store.heads(channels).await.unwrap();
        // An engine may leave an empty channel out or say that it is empty.
        heads
            .into_iter()
            .filter(|head| head.last_message.is_some() || head.last_pin.is_some())
            .map(|head| (head.channel, head))
            .collect()
    };
    assert_eq!(heads(&[]).await, HashMap::new());
    assert_eq!(heads(&[channel(1)]).await, HashMap::new());
    let first = send(&store, channel(1), user(1), "1").await;
    let second = send(&store, channel(1), user(1), "2").await;
    let other = send(&store, channel(2), user(1), "3").await;
    store.pin(channel(1), first.id, at(5), 10, ignored()).await.unwrap();
    store.pin(channel(1), second.id, at(6), 10, ignored()).await.unwrap();
    let head = |channel, message: &Message, last_pin| {
        (channel, Head { channel, last_message: Some(message.id), last_pin })
    };
    assert_eq!(
        heads(&[channel(1), channel(2), channel(3)]).await,
        HashMap::from([head(channel(1), &second, Some(at(6))), head(channel(2), &other, None)])
    );
    store.delete(channel(1), second.id, ignored()).await.unwrap();
    assert_eq!(heads(&[channel(1)]).await, HashMap::from([head(channel(1), &first, Some(at(5)))]));
    store.delete(channel(1), first.id, ignored()).await.unwrap();
    assert_eq!(heads(&[channel(1)]).await, HashMap::new());
}

async fn mark(store: &Store, who: UserId, channel: ChannelId) -> Option<ReadMark> {
    store.read_marks(who).await.unwrap().into_iter().find(|mark| mark.channel == channel)
}

/// Who writes has read what is above.
pub async fn a_send_moves_its_authors_mark(store: Store) {
    let first = send(&store, channel(1), user(1), "1").await;
    let mine = mark(&store, user(1), channel(1)).await.unwrap();
    assert_eq!(mine.message, first.id);
    assert_eq!(store.read_marks(user(2)).await.unwrap(), []);
    let second = send(&store, channel(1), user(1), "2").await;
    let after = mark(&store, user(1), channel(1)).await.unwrap();
    assert_eq!(after.message, second.id);
    assert!(after.version > mine.version);
    send(&store, channel(1), user(2), "3").await;
    assert_eq!(mark(&store, user(1), channel(1)).await, Some(after));
}

/// A late report of an earlier position does not take a mark back.
pub async fn marks_only_rise_unless_set_back(store: Store) {
    let to = |message: u64| ReadMark {
        channel: channel(1),
        message: MessageId::new(message).unwrap(),
        version: 0,
    };
    let who = user(1);
    let first = store.mark_read(who, to(50), false).await.unwrap();
    assert_eq!((first.channel, first.message), (channel(1), to(50).message));
    assert_eq!(store.mark_read(who, to(40), false).await.unwrap(), first);
    assert_eq!(store.mark_read(who, to(50), false).await.unwrap(), first);
    assert_eq!(mark(&store, who, channel(1)).await, Some(first));
    let second = store.mark_read(who, to(60), false).await.unwrap();
    assert!(second.message == to(60).message && second.version > first.version);
    let back = store.mark_read(who, to(10), true).await.unwrap();
    assert!(back.message == to(10).message && back.version > second.version);
    assert_eq!(store.mark_read(who, to(10), true).await.unwrap(), back);
    let forth = store.mark_read(who, to(20), true).await.unwrap();
    assert!(forth.message == to(20).message && forth.version > back.version);
    assert_eq!(store.read_marks(who).await.unwrap(), [forth]);
    assert_eq!(store.read_marks(user(2)).await.unwrap(), []);
}

/// Of two of a user's marks, the one that changed later has the higher version, whatever channels they are in.
pub async fn versions_of_marks_rise_over_all_channels(store: Store) {
    let mut last = 0;
    for n in 1..=60u64 {
        let here = channel(1 + n % 7);
        let version = if n % 2 == 0 {
            send(&store, here, user(1), "x").await;
            mark(&store, user(1), here).await.unwrap().version
        } else {
            let message = MessageId::new(n).unwrap();
            store
                .mark_read(user(1), ReadMark { channel: here, message, version: 0 }, true)
                .await
                .unwrap()
                .version
        };
        assert!(version > last, "{version} after {last}");
        last = version;
    }
    assert_eq!(store.read_marks(user(1)).await.unwrap().len(), 7);
}

/// Own messages are never unread, and counting ends at the cap.
pub async fn unread_counts_others_up_to_the_cap(store: Store) {
    let mut ids = Vec::new();
    for n in 0..30 {
        ids.push(send(&store, channel(1), user(1 + n % 3), "x").await.id);
    }
    send(&store, channel(2), user(2), "elsewhere").await;
    let unread = async |who, after, cap| store.unread(channel(1), user(who), after, cap).await.unwrap();
    assert_eq!(unread(1, None, 1000).await, 20);
    assert_eq!(unread(9, None, 1000).await, 30);
    assert_eq!(unread(9, None, 7).await, 7);
    assert_eq!(unread(9, None, 0).await, 0);
    assert_eq!(unread(9, Some(ids[9]), 1000).await, 20);
    assert_eq!(unread(1, Some(ids[26]), 1000).await, 2);
    assert_eq!(unread(9, Some(ids[29]), 1000).await, 0);
    assert_eq!(unread(9, MessageId::new(i64::MAX as u64), 1000).await, 0);
    store.delete(channel(1), ids[29], ignored()).await.unwrap();
    assert_eq!(unread(9, Some(ids[27]), 1000).await, 1);
}

/// A restarted mint must also stay above messages that are gone.
pub async fn high_water_covers_the_deleted(store: Store) {
    assert_eq!(store.high_water().await.unwrap(), None);
    send(&store, channel(1), user(1), "1").await;
    let last = send(&store, channel(2), user(1), "2").await;
    assert_eq!(store.high_water().await.unwrap(), Some(last.id));
    store.delete(channel(2), last.id, ignored()).await.unwrap();
    assert!(store.high_water().await.unwrap() >= Some(last.id));
}

/// Text is data: whatever it holds, it comes back, and it finds nothing but itself.
pub async fn any_text_comes_back_as_it_was(store: Store) {
    let never = Never::default();
    let long = "🦀".repeat(4000);
    let texts = [
        "",
        "'; DROP TABLE messages; --",
        "\"",
        "a\0b",
        "%_\\",
        "\u{202e}rtl",
        "line\r\nline",
        "\u{feff}x",
        &long,
    ];
    for (n, text) in texts.into_iter().enumerate() {
        let new = says(channel(1), user(1), text);
        let known = SendKey { key: format!("{text}{n}"), digest: [1; 32] };
        let Appended::Created(message) =
            store.append(new.clone(), Some(known.clone()), ignored()).await.unwrap()
        else {
            panic!("{n}: not created");
        };
        let stored = store.message(channel(1), message.id, viewer()).await.unwrap().unwrap();
        assert_eq!(stored.message.content, text);
        assert_eq!(
            store.append(new, Some(known), never.durable()).await.unwrap(),
            Appended::Existing(message.clone())
        );
    }
}

/// A check of what this suite leaves behind finds nothing.
pub async fn a_sound_store_passes_its_check(store: Store) {
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    for n in 0..20 {
        let message = send(&store, channel(1 + n % 2), user(1), "x").await;
        store.react(message.channel, message.id, user(n + 1), &emoji("x"), 20).await.unwrap();
        store.pin(message.channel, message.id, at(1), 20, ignored()).await.unwrap();
        if n % 3 == 0 {
            store.delete(message.channel, message.id, ignored()).await.unwrap();
        }
    }
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

/// Nothing that was answered is missing after a restart.
pub async fn everything_is_there_after_reopening(mut stored: impl Reopened) {
    let store = stored.open().await;
    let mut sent = Vec::new();
    for n in 0..100 {
        sent.push(send(&store, channel(1), user(1 + n % 2), &n.to_string()).await);
    }
    store.edit(channel(1), sent[0].id, edit_to("edited"), ignored()).await.unwrap();
    store.delete(channel(1), sent[1].id, ignored()).await.unwrap();
    store.react(channel(1), sent[2].id, user(5), &emoji("x"), 20).await.unwrap();
    store.pin(channel(1), sent[3].id, at(3), 20, ignored()).await.unwrap();
    let look = async |store: &Store| {
        (
            store.page(channel(1), Page::Latest, 100, user(5)).await.unwrap(),
            store.pins(channel(1), None, 100, user(5)).await.unwrap(),
            store.read_marks(user(1)).await.unwrap(),
            store.heads(&[channel(1)]).await.unwrap(),
            store.high_water().await.unwrap(),
        )
    };
    let before = look(&store).await;
    assert_eq!(before.0.len(), 99);
    drop(store);
    stored.close().await;
    let store = stored.open().await;
    assert_eq!(look(&store).await, before);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    drop(store);
    stored.close().await;
}

/// Ids go on above everything there ever was, though the clock stepped back and the newest message is gone.
pub async fn ids_go_on_above_after_reopening(mut stored: impl Reopened) {
    let mut last = None;
    for _ in 0..4 {
        let store = stored.open().await;
        let message = send(&store, channel(1), user(1), "x").await;
        assert!(Some(message.id) > last, "{:?} after {last:?}", message.id);
        let newest = send(&store, channel(1), user(1), "y").await;
        store.delete(channel(1), newest.id, ignored()).await.unwrap();
        last = Some(newest.id);
        drop(store);
        stored.close().await;
    }
}

/// A retry after a restart gets the first answer.
pub async fn keys_hold_after_reopening(mut stored: impl Reopened) {
    let never = Never::default();
    let new = says(channel(1), user(1), "x");
    let store = stored.open().await;
    let Appended::Created(message) = store.append(new.clone(), key("k", 1), ignored()).await.unwrap() else {
        panic!("not created");
    };
    drop(store);
    stored.close().await;
    let store = stored.open().await;
    assert_eq!(
        store.append(new.clone(), key("k", 1), never.durable()).await.unwrap(),
        Appended::Existing(message)
    );
    assert_eq!(store.append(new, key("k", 2), never.durable()).await.unwrap(), Appended::Conflict);
    drop(store);
    stored.close().await;
}

/// Inboxes, and what was taken off them, are as they were.
pub async fn mentions_hold_after_reopening(mut stored: impl Reopened) {
    let me = Scope::User(user(81));
    let store = stored.open().await;
    let mention = calls_for(&store, channel(1), &[me]).await;
    store.dismiss(user(81), mention.message).await.unwrap();
    drop(store);
    stored.close().await;
    let store = stored.open().await;
    assert_eq!(store.mentions(&[me], None, None, 10).await.unwrap(), [mention]);
    assert_eq!(store.dismissed(user(81), &[mention.message]).await.unwrap(), [mention.message]);
    drop(store);
    stored.close().await;
}

/// Clients compare versions over restarts too.
pub async fn versions_of_marks_go_on_above_after_reopening(mut stored: impl Reopened) {
    let mut last = 0;
    for n in 1..4u64 {
        let store = stored.open().await;
        let mark = ReadMark { channel: channel(n), message: MessageId::new(n).unwrap(), version: 0 };
        let version = store.mark_read(user(1), mark, false).await.unwrap().version;
        assert!(version > last, "{version} after {last}");
        last = version;
        drop(store);
        stored.close().await;
    }
}
