//! Unknown outcomes (F25): answers are lost while the write lands at once, later or never.

use crate::{Node, connect, everything, fresh, ignored, key, ring, says, user};
use messages_cql::{Fate, Faults, MessagesCql};
use model::{ChannelId, MessageId};
use parking_lot::Mutex;
use ports::messages::{
    Appended, Durable, EditedText, Mention, MessageEdit, Messages as _, NewMessage, Page, Scope,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The longest that a write of these tests is late.
const LATE: Duration = Duration::from_millis(300);

/// Every statement by its turn: most fates are bad, but not so many in a row that a send cannot end.
fn unreliable(names: &'static [&'static str], count: Arc<AtomicU64>) -> Faults {
    let turn = AtomicU64::new(0);
    Arc::new(move |name| {
        if !names.contains(&name) {
            return Fate::Run;
        }
        // A fixed sequence that looks like chance.
        let n = turn.fetch_add(1, Ordering::SeqCst).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let fate = match n % 8 {
            0 | 1 => Fate::Lost,
            2 | 3 => Fate::Unanswered,
            4 => Fate::Late(Duration::from_millis(n % 300)),
            _ => Fate::Run,
        };
        if fate != Fate::Run {
            count.fetch_add(1, Ordering::SeqCst);
        }
        fate
    })
}

async fn sends_at_once(
    store: &Arc<MessagesCql>,
    here: ChannelId,
    sends: usize,
    keyed: bool,
) -> Vec<MessageId> {
    let order: Arc<Mutex<Vec<MessageId>>> = Arc::default();
    // So many at once: the three nodes have two processors together, and what is keyed is decided by them in several
    // rounds each. More would only wait longer than a statement may.
    let room = Arc::new(tokio::sync::Semaphore::new(if keyed { 6 } else { 16 }));
    let mut tasks = Vec::new();
    for n in 0..sends {
        let (store, order, room) = (store.clone(), order.clone(), room.clone());
        tasks.push(tokio::spawn(async move {
            let _room = room.acquire_owned().await.unwrap();
            let told = order.clone();
            let durable: Durable = Box::new(move |message| told.lock().push(message.id));
            let (text, base) = (format!("m{n}"), here.get());
            let key = if keyed { key(&text, 1) } else { None };
            match store.append(says(here, user(base + n as u64 % 7), &text), key, durable).await.unwrap() {
                Appended::Created(message) => message.id,
                other => panic!("{other:?}"),
            }
        }));
    }
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    let order = order.lock().clone();
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "what follows a send ran out of order");
    assert_eq!(order.len(), sends);
    ids
}

async fn are_there_once(store: &MessagesCql, here: ChannelId, ids: Vec<MessageId>) {
    // What is late has landed by then.
    tokio::time::sleep(LATE * 2).await;
    let all = everything(store, here).await;
    let texts: HashSet<_> = all.iter().map(|message| message.1.clone()).collect();
    assert_eq!((all.len(), texts.len()), (ids.len(), ids.len()));
    for (n, id) in ids.into_iter().enumerate() {
        assert!(all.contains(&(id, format!("m{n}"))), "m{n}");
    }
}

/// F25 without keys: one message for each send, under the id that was answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_makes_no_second_message_of_an_unkeyed_send() {
    let count = Arc::new(AtomicU64::new(0));
    let faults = unreliable(&["insert_message", "raise_mark", "add_bucket"], count.clone());
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let ids = sends_at_once(&store, here, 300, false).await;
    are_there_once(&store, here, ids).await;
    println!("{} lost answers in 300 unkeyed sends", count.load(Ordering::SeqCst));
}

/// F25 with keys: also every retry, on another node, finds the same message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_makes_no_second_message_of_a_keyed_send() {
    let count = Arc::new(AtomicU64::new(0));
    let faults = unreliable(&["insert_message", "raise_mark", "claim_key"], count.clone());
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let ids = sends_at_once(&store, here, 150, true).await;
    let other = connect(ring(), Node::new()).await;
    for (n, id) in ids.iter().enumerate() {
        let text = format!("m{n}");
        let new = says(here, user(here.get() + n as u64 % 7), &text);
        let again = other.append(new, key(&text, 1), ignored()).await.unwrap();
        assert!(matches!(again, Appended::Existing(message) if message.id == *id));
    }
    are_there_once(&store, here, ids).await;
    println!("{} lost answers in 150 keyed sends", count.load(Ordering::SeqCst));
}

/// A write that comes after its message was edited or deleted changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_insert_undoes_no_edit_and_no_deletion() {
    let first = AtomicBool::new(true);
    // Of each send, the first insert is late and the second is in time.
    let faults: Faults = Arc::new(move |name| match name {
        "insert_message" if first.fetch_xor(true, Ordering::SeqCst) => Fate::Late(LATE),
        _ => Fate::Run,
    });
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let mut edited = HashMap::new();
    for n in 0..20 {
        let message = crate::send(&store, here, "first").await;
        if n % 2 == 0 {
            store.delete(here, message.id, ignored()).await.unwrap().unwrap();
        } else {
            let edit = MessageEdit {
                content: Some(EditedText { text: "second".into(), ..EditedText::default() }),
                ..MessageEdit::default()
            };
            store.edit(here, message.id, edit, ignored()).await.unwrap().unwrap();
            edited.insert(message.id, "second".to_owned());
        }
    }
    tokio::time::sleep(LATE * 2).await;
    assert_eq!(everything(&store, here).await.into_iter().collect::<HashMap<_, _>>(), edited);
}

/// F10, F25: an edit that lands after everybody gave up on it is found, and told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_that_lands_after_its_time_is_found_and_told() {
    let first = AtomicBool::new(true);
    let faults: Faults = Arc::new(move |name| match name {
        // Longer than a change may take, so that its caller has been told that nobody knows.
        "edit_message" if first.swap(false, Ordering::SeqCst) => Fate::Late(Duration::from_millis(9_000)),
        "edit_message" => Fate::Lost,
        _ => Fate::Run,
    });
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let message = crate::send(&store, here, "first").await;
    let (told, telling) = tokio::sync::oneshot::channel();
    let durable: Durable = Box::new(move |message| told.send(message.content.clone()).unwrap());
    let edit = MessageEdit {
        content: Some(EditedText { text: "second".into(), ..EditedText::default() }),
        ..MessageEdit::default()
    };
    assert!(store.edit(here, message.id, edit, durable).await.is_err());
    let told = tokio::time::timeout(Duration::from_secs(20), telling).await.expect("nobody was told");
    assert_eq!(told.unwrap(), "second");
    assert_eq!(everything(&store, here).await, [(message.id, "second".to_owned())]);
}

/// What is stored is told, also when the store is silent right after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_told_also_when_nothing_more_can_be_read() {
    let silent = Arc::new(AtomicBool::new(false));
    let fails = silent.clone();
    let faults: Faults = Arc::new(move |name| match name {
        "pins" | "forget_reactions" | "unpin" if fails.load(Ordering::SeqCst) => Fate::Lost,
        _ => Fate::Run,
    });
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let message = crate::send(&store, here, "first").await;
    store.pin(here, message.id, model::Timestamp::from_millis(1), 50, ignored()).await.unwrap();
    silent.store(true, Ordering::SeqCst);
    let told = Arc::new(AtomicU64::new(0));
    let counting = || -> Durable {
        let told = told.clone();
        Box::new(move |message| {
            assert!(message.pinned);
            told.fetch_add(1, Ordering::SeqCst);
        })
    };
    let edit = MessageEdit {
        content: Some(EditedText { text: "second".into(), ..EditedText::default() }),
        ..MessageEdit::default()
    };
    assert_eq!(store.edit(here, message.id, edit, counting()).await.unwrap().unwrap().content, "second");
    assert_eq!(told.load(Ordering::SeqCst), 1);
    assert!(store.delete(here, message.id, counting()).await.unwrap().is_some());
    assert_eq!(told.load(Ordering::SeqCst), 2);
}

/// Edits, deletions, reactions and pins whose answers are lost happen once, and are told once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_of_a_change_is_found_out() {
    let names = &["edit_message", "delete_message", "react", "unreact", "pin", "unpin"];
    let count = Arc::new(AtomicU64::new(0));
    let turn = AtomicU64::new(0);
    let counting = count.clone();
    let faults: Faults = Arc::new(move |name| {
        if !names.contains(&name) || turn.fetch_add(1, Ordering::SeqCst) % 2 == 1 {
            return Fate::Run;
        }
        counting.fetch_add(1, Ordering::SeqCst);
        Fate::Unanswered
    });
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let told = Arc::new(AtomicU64::new(0));
    let tell = || -> Durable {
        let told = told.clone();
        Box::new(move |_| {
            told.fetch_add(1, Ordering::SeqCst);
        })
    };
    let emoji = model::reaction::ReactionEmoji::Unicode("x".into());
    for n in 0..6 {
        let id = crate::send(&store, here, "first").await.id;
        let content = Some(EditedText { text: format!("second {n}"), ..EditedText::default() });
        let edit = MessageEdit { content, ..MessageEdit::default() };
        assert_eq!(store.edit(here, id, edit, tell()).await.unwrap().unwrap().content, format!("second {n}"));
        for who in 1..=2 {
            let added = store.react(here, id, user(who), &emoji, 20).await.unwrap();
            assert_eq!(added, ports::messages::Reacted::Added);
        }
        assert!(store.unreact(here, id, user(1), &emoji).await.unwrap());
        let pinned = store.pin(here, id, model::Timestamp::from_millis(n), 10, tell()).await.unwrap();
        assert_eq!(pinned, ports::messages::Pinned::Pinned);
        let stored = store.page(here, Page::Latest, 1, user(2)).await.unwrap().remove(0);
        assert_eq!((stored.reactions[0].count, stored.reactions[0].me), (1, true));
        assert!(stored.message.pinned);
        assert!(store.unpin(here, id, tell()).await.unwrap());
        assert!(store.delete(here, id, tell()).await.unwrap().is_some());
        assert_eq!(told.swap(0, Ordering::SeqCst), 4);
    }
    assert!(everything(&store, here).await.is_empty());
    assert!(count.load(Ordering::SeqCst) > 20);
}

/// A send that was left half done is finished by a retry on another node: under its id while that is young.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_left_half_done_is_finished_under_its_id() {
    let minted: Arc<Mutex<Vec<MessageId>>> = Arc::default();
    let faults: Faults = Arc::new(|name| match name {
        "insert_message" => Fate::Lost,
        _ => Fate::Run,
    });
    let left = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let other = connect(ring(), Node::new()).await;
    let here = crate::channel();
    let author = user(fresh());
    assert!(left.append(says(here, author, "x"), key("k", 1), ignored()).await.is_err());
    // It is not known to have happened, and so is not remembered as if it had.
    assert_eq!(other.recall(author, &key("k", 1).unwrap()).await.unwrap(), None);
    assert_eq!(
        other.append(says(here, author, "y"), key("k", 2), ignored()).await.unwrap(),
        Appended::Conflict
    );
    let told = minted.clone();
    let durable: Durable = Box::new(move |message| told.lock().push(message.id));
    let Appended::Created(message) =
        other.append(says(here, author, "x"), key("k", 1), durable).await.unwrap()
    else {
        panic!("not finished")
    };
    assert_eq!(*minted.lock(), [message.id]);
    assert_eq!(everything(&left, here).await, [(message.id, "x".to_owned())]);
}

/// Those who finish it and those who change other messages of its channel meanwhile wait for each other, but not in a
/// circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_left_half_done_is_finished_while_others_change_the_channel() {
    let faults: Faults = Arc::new(|name| match name {
        "insert_message" => Fate::Lost,
        _ => Fate::Run,
    });
    let left = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let other = Arc::new(connect(ring(), Node::new()).await);
    let here = crate::channel();
    let author = user(fresh());
    let Appended::Created(mine) = other.append(says(here, author, "edited"), None, ignored()).await.unwrap()
    else {
        panic!("not created")
    };
    assert!(left.append(says(here, author, "x"), key("k", 1), ignored()).await.is_err());
    let over = Arc::new(AtomicBool::new(false));
    let busy: Vec<_> = (0..3)
        .map(|n| {
            let (other, over) = (other.clone(), over.clone());
            tokio::spawn(async move {
                for round in 0.. {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let content = Some(EditedText { text: format!("{n} {round}"), ..EditedText::default() });
                    let edit = MessageEdit { content, ..MessageEdit::default() };
                    other.edit(here, mine.id, edit, ignored()).await.unwrap();
                    let at = model::Timestamp::from_millis(round);
                    other.pin(here, mine.id, at, 50, ignored()).await.unwrap();
                    other.unpin(here, mine.id, ignored()).await.unwrap();
                }
            })
        })
        .collect();
    let finished = other.append(says(here, author, "x"), key("k", 1), ignored());
    let finished = tokio::time::timeout(Duration::from_secs(20), finished).await;
    over.store(true, Ordering::SeqCst);
    assert!(matches!(finished, Ok(Ok(Appended::Created(_)))), "{finished:?}");
    for task in busy {
        tokio::time::timeout(Duration::from_secs(20), task).await.expect("changes go on").unwrap();
    }
}

/// ... and under a new one when it is old, so that nobody's cursor is above it; then the old one never shows, though its
/// insert lands long after.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_send_left_half_done_gets_a_new_id_and_the_old_one_never_shows() {
    let late = Duration::from_secs(14);
    let faults: Faults = Arc::new(move |name| match name {
        "insert_message" => Fate::Late(late),
        _ => Fate::Run,
    });
    let node = Node { faults: Some(faults), ..Node::new() };
    let left = connect(ring(), node).await;
    let later = Node::new();
    later.clock.advance_seconds(60);
    let other = connect(ring(), later).await;
    let here = crate::channel();
    let author = user(fresh());
    assert!(left.append(says(here, author, "x"), key("k", 1), ignored()).await.is_err());
    let meanwhile = crate::send(&other, here, "meanwhile").await;
    let answer = other.append(says(here, author, "x"), key("k", 1), ignored()).await.unwrap();
    let Appended::Created(message) = answer else { panic!("{answer:?}") };
    assert!(message.id > meanwhile.id);
    tokio::time::sleep(late + LATE).await;
    assert_eq!(
        everything(&left, here).await,
        [(meanwhile.id, "meanwhile".to_owned()), (message.id, "x".to_owned())]
    );
    let again = left.append(says(here, author, "x"), key("k", 1), ignored()).await.unwrap();
    assert_eq!(again, Appended::Existing(message));
}

/// Mentions that cannot be written lose no message, and keep its sender waiting for a moment only; a retry of the key
/// writes them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_mention_loses_no_message_and_a_retry_repeats_it() {
    let lost = Arc::new(AtomicBool::new(true));
    let losing = lost.clone();
    let faults: Faults =
        Arc::new(
            move |name| {
                if name == "add_mention" && losing.load(Ordering::SeqCst) { Fate::Lost } else { Fate::Run }
            },
        );
    let store = connect(ring(), Node { faults: Some(faults), ..Node::new() }).await;
    let here = crate::channel();
    let scopes = vec![Scope::User(user(fresh()))];
    let new = NewMessage { scopes: scopes.clone(), ..says(here, user(here.get()), "x") };
    let mut ids = Vec::new();
    for key in [None, key("mentions", 1)] {
        let begun = Instant::now();
        match store.append(new.clone(), key, ignored()).await.unwrap() {
            Appended::Created(message) => ids.push(message.id),
            other => panic!("{other:?}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    }
    assert_eq!(everything(&store, here).await.len(), 2);
    assert_eq!(store.mentions(&scopes, None, None, 10).await.unwrap(), []);
    lost.store(false, Ordering::SeqCst);
    let again = store.append(new, key("mentions", 1), ignored()).await.unwrap();
    assert!(matches!(again, Appended::Existing(message) if message.id == ids[1]));
    let mention = Mention { channel: here, message: ids[1] };
    assert_eq!(store.mentions(&scopes, None, None, 10).await.unwrap(), [mention]);
}
