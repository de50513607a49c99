//! Two nodes that do things at the same time, and readers that wait together.

use crate::{Node, channel, connect, everything, fresh, ignored, key, ring, says, send, user};
use messages_cql::MessagesCql;
use model::reaction::ReactionEmoji;
use model::{ChannelId, Timestamp};
use ports::messages::{Appended, EditedText, MessageEdit, Messages as _, Page, Pinned, Reacted};
use std::sync::Arc;

fn emoji(text: &str) -> ReactionEmoji {
    ReactionEmoji::Unicode(text.into())
}

async fn two() -> (Arc<MessagesCql>, Arc<MessagesCql>) {
    tokio::join!(connect(ring(), Node::new()), connect(ring(), Node::new()))
}

fn edit_to(content: &str) -> MessageEdit {
    MessageEdit {
        content: Some(EditedText { text: content.into(), ..EditedText::default() }),
        ..MessageEdit::default()
    }
}

/// F32.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_at_two_nodes_at_once_is_one_message() {
    let (a, b) = two().await;
    let here = channel();
    let author = user(fresh());
    let pairs = 100;
    for n in 0..pairs {
        let text = format!("m{n}");
        let send = |store: &Arc<MessagesCql>| {
            let (store, text) = (store.clone(), text.clone());
            async move { store.append(says(here, author, &text), key(&text, 1), ignored()).await.unwrap() }
        };
        let (one, other) = tokio::join!(send(&a), send(&b));
        let message = |answer| match answer {
            Appended::Created(message) | Appended::Existing(message) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(message(one), message(other));
    }
    assert_eq!(everything(&a, here).await.len(), pairs);
}

/// F33.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_with_another_body_at_two_nodes_is_a_conflict() {
    let (a, b) = two().await;
    let (here, there) = (channel(), channel());
    let author = user(fresh());
    for n in 0..40 {
        let text = format!("k{n}");
        let (one, other) = tokio::join!(
            a.append(says(here, author, "one"), key(&text, 1), ignored()),
            b.append(says(there, author, "other"), key(&text, 2), ignored())
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        let created = |answer: &Appended| matches!(answer, Appended::Created(_));
        assert!(
            created(&one) && other == Appended::Conflict || created(&other) && one == Appended::Conflict,
            "{one:?} {other:?}"
        );
    }
    assert_eq!(everything(&a, here).await.len() + everything(&a, there).await.len(), 40);
}

/// F35: edit against edit, edit against deletion.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_and_deletions_at_two_nodes_leave_one_whole_message_or_none() {
    let (a, b) = two().await;
    let here = channel();
    for n in 0..30 {
        let id = send(&a, here, "first").await.id;
        let (one, other) = tokio::join!(
            a.edit(here, id, edit_to("from a"), ignored()),
            b.edit(here, id, edit_to("from b"), ignored())
        );
        assert!(one.unwrap().is_some() && other.unwrap().is_some());
        let (at_a, at_b) = tokio::join!(a.message(here, id, user(1)), b.message(here, id, user(1)));
        let (at_a, at_b) = (at_a.unwrap().unwrap(), at_b.unwrap().unwrap());
        assert_eq!(at_a, at_b);
        assert!(["from a", "from b"].contains(&at_a.message.content.as_str()));

        let (edited, deleted) =
            tokio::join!(a.edit(here, id, edit_to("late"), ignored()), b.delete(here, id, ignored()));
        let (edited, deleted) = (edited.unwrap(), deleted.unwrap().unwrap());
        assert_eq!(deleted.content == "late", edited.is_some(), "{n}: {edited:?} {deleted:?}");
        for store in [&a, &b] {
            assert_eq!(store.message(here, id, user(1)).await.unwrap(), None);
        }
    }
    assert!(everything(&a, here).await.is_empty());
}

/// F35: of two that delete at once, one did.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_deleted_once() {
    let (a, b) = two().await;
    let here = channel();
    for _ in 0..20 {
        let id = send(&a, here, "x").await.id;
        let (one, other) = tokio::join!(a.delete(here, id, ignored()), b.delete(here, id, ignored()));
        assert_eq!([one.unwrap(), other.unwrap()].iter().flatten().count(), 1);
    }
}

/// F35: reactions against deletion leave nothing, and counts of those that stay are exact.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_at_two_nodes_are_counted_exactly_and_leave_with_their_message() {
    let (a, b) = two().await;
    let here = channel();
    for round in 0..6 {
        let id = send(&a, here, "x").await.id;
        let mut tasks = Vec::new();
        for who in 1..=10 {
            let store = if who % 2 == 0 { a.clone() } else { b.clone() };
            tasks.push(tokio::spawn(async move {
                store.react(here, id, user(who), &emoji("x"), 20).await.unwrap()
            }));
        }
        if round % 2 == 0 {
            for task in tasks {
                assert_eq!(task.await.unwrap(), Reacted::Added);
            }
            let stored = b.message(here, id, user(3)).await.unwrap().unwrap();
            assert_eq!((stored.reactions[0].count, stored.reactions[0].me), (10, true));
            assert_eq!(a.reactors(here, id, &emoji("x"), None, 100).await.unwrap().len(), 10);
        }
        assert!(a.delete(here, id, ignored()).await.unwrap().is_some());
        assert_eq!(b.reactors(here, id, &emoji("x"), None, 100).await.unwrap(), []);
        assert_eq!(b.react(here, id, user(1), &emoji("x"), 20).await.unwrap(), Reacted::Absent);
        assert!(!a.unreact(here, id, user(1), &emoji("x")).await.unwrap());
    }
}

/// Caps hold though two nodes take the last place at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caps_hold_at_two_nodes() {
    let (a, b) = two().await;
    let (first, second) = (emoji("a"), emoji("b"));
    for _ in 0..10 {
        let here = channel();
        let (one, other) = (send(&a, here, "1").await.id, send(&a, here, "2").await.id);
        let at = Timestamp::from_millis(5);
        let pins = tokio::join!(a.pin(here, one, at, 1, ignored()), b.pin(here, other, at, 1, ignored()));
        let mut pins = [pins.0.unwrap(), pins.1.unwrap()];
        pins.sort_by_key(|pinned| *pinned != Pinned::Pinned);
        assert_eq!(pins, [Pinned::Pinned, Pinned::TooMany]);
        let reacted =
            tokio::join!(a.react(here, one, user(1), &first, 1), b.react(here, one, user(2), &second, 1));
        let mut reacted = [reacted.0.unwrap(), reacted.1.unwrap()];
        reacted.sort_by_key(|reacted| *reacted != Reacted::Added);
        assert_eq!(reacted, [Reacted::Added, Reacted::TooMany]);
    }
}

/// Read marks that two nodes move at once end at the highest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_at_two_nodes_end_at_the_highest() {
    let (a, b) = two().await;
    let (here, who) = (channel(), user(fresh()));
    let to = |message| model::read_state::ReadMark {
        channel: here,
        message: model::MessageId::new(message).unwrap(),
        version: 0,
    };
    // Ids as they are made: a few milliseconds apart, and some in the same one.
    let base = model::snowflake::at_ms(1_767_225_600_000);
    for n in 0..20 {
        let (low, high) = (to(base + n * 10), to(base + n * 10 + 5));
        let (one, other) = tokio::join!(a.mark_read(who, low, false), b.mark_read(who, high, false));
        assert!(one.unwrap().message >= low.message && other.unwrap().message == high.message);
        assert_eq!(b.read_marks(who).await.unwrap()[0].message, high.message);
    }
    let (one, other) = tokio::join!(a.mark_read(who, to(7), true), b.mark_read(who, to(9), true));
    let ends = [one.unwrap().message, other.unwrap().message];
    assert!(ends.contains(&a.read_marks(who).await.unwrap()[0].message));
}

async fn newest(store: &MessagesCql, here: ChannelId) -> Option<model::MessageId> {
    store.page(here, Page::Latest, 50, user(1)).await.unwrap().first().map(|stored| stored.message.id)
}

/// F27: a hot channel costs the ring no more than a read at a time, and yet nobody reads the past.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_wait_together_are_answered_by_one_and_miss_nothing() {
    let store = connect(ring(), Node::new()).await;
    let here = channel();
    send(&store, here, "x").await;
    let before = store.counts();
    let reads: Vec<_> = (0..200)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { newest(&store, here).await })
        })
        .collect();
    for read in reads {
        assert!(read.await.unwrap().is_some());
    }
    let after = store.counts();
    let (asked, shared) = (after.statements - before.statements, after.coalesced - before.coalesced);
    assert!(shared >= 100, "{shared} of 200 reads were shared");
    assert!(asked <= 2 * (200 - shared) + 2, "{asked} statements for {} reads", 200 - shared);

    // Readers all the time; every send is in the first read that begins after its answer.
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let busy: Vec<_> = (0..8)
        .map(|_| {
            let (store, stop) = (store.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    newest(&store, here).await;
                }
            })
        })
        .collect();
    for _ in 0..50 {
        let message = send(&store, here, "y").await;
        assert_eq!(newest(&store, here).await, Some(message.id));
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    for reader in busy {
        reader.await.unwrap();
    }
}

/// Pages, and counts of what is unread, look past deleted messages and over the pieces of time that a channel is cut into.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_walked_past_what_is_deleted_and_over_buckets() {
    let node = Node::new();
    let clock = node.clock.clone();
    let store = connect(ring(), node).await;
    let here = channel();
    let mut left = Vec::new();
    for part in 0..3 {
        for n in 0..30 {
            let message = send(&store, here, &format!("{part} {n}")).await;
            if part == 1 || n % 10 != 0 {
                store.delete(here, message.id, ignored()).await.unwrap();
            } else {
                left.push((message.id, message.content));
            }
        }
        // The next bucket but one.
        clock.advance_seconds(25 * 24 * 3600);
    }
    assert_eq!(everything(&store, here).await, left);
    let before = store.page(here, Page::Before(left[4].0), 3, user(1)).await.unwrap();
    let ids: Vec<_> = before.iter().map(|stored| stored.message.id).collect();
    assert_eq!(ids, [left[3].0, left[2].0, left[1].0]);
    assert_eq!(store.unread(here, user(1), Some(left[0].0), 100).await.unwrap(), 5);
}
