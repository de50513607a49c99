//! What only this engine promises; the port's contract is in `tests/contract.rs`.

use super::*;
use model::message::MessageKind;
use ports::messages::EditedText;
use rusqlite::Connection;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};
use testkit::clock::{ManualClock, TestIds};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::default())
}

fn open(path: &Path) -> MessagesSqlite {
    MessagesSqlite::open(path, Arc::new(TestIds::default()), clock()).unwrap()
}

fn channel() -> ChannelId {
    ChannelId::new(1).unwrap()
}

fn author() -> UserId {
    UserId::new(1).unwrap()
}

fn says(content: &str) -> NewMessage {
    NewMessage {
        channel: channel(),
        author: author(),
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

fn key(text: &str) -> Option<SendKey> {
    Some(SendKey { key: text.into(), digest: [7; 32] })
}

fn ignored() -> Durable {
    Box::new(|_| {})
}

async fn send(store: &MessagesSqlite, content: &str) -> Stored<Message> {
    match store.append(says(content), None, ignored()).await? {
        Appended::Created(message) => Ok(message),
        other => panic!("{other:?}"),
    }
}

async fn count(store: &MessagesSqlite) -> usize {
    store.page(channel(), Page::Latest, 100, author()).await.unwrap().len()
}

/// Starts `n` sends and returns when each of them is queued or answered.
async fn start_sends(
    store: &Arc<MessagesSqlite>,
    n: usize,
    durable: &Arc<AtomicUsize>,
) -> Vec<tokio::task::JoinHandle<Stored<Appended>>> {
    let begun = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..n)
        .map(|n| {
            let (store, durable, begun) = (store.clone(), durable.clone(), begun.clone());
            tokio::spawn(async move {
                let ran: Durable = Box::new(move |_| {
                    durable.fetch_add(1, Ordering::SeqCst);
                });
                let mut sent = std::pin::pin!(store.append(says(&n.to_string()), None, ran));
                // The first poll queues it.
                let first = std::future::poll_fn(|context| Poll::Ready(sent.as_mut().poll(context))).await;
                begun.fetch_add(1, Ordering::SeqCst);
                match first {
                    Poll::Ready(answer) => answer,
                    Poll::Pending => sent.await,
                }
            })
        })
        .collect();
    while begun.load(Ordering::SeqCst) < n {
        tokio::task::yield_now().await;
    }
    tasks
}

/// A writer that is kept from its connection, with one send in hand: what is queued meanwhile stays in the queue,
/// and is one group afterwards.
struct Stalled {
    release: std::sync::mpsc::Sender<()>,
    holder: std::thread::JoinHandle<()>,
    first: Vec<tokio::task::JoinHandle<Stored<Appended>>>,
}

impl Stalled {
    async fn new(store: &Arc<MessagesSqlite>) -> Self {
        let conn = store.writer.conn.clone();
        let (release, released) = std::sync::mpsc::channel();
        let (hold, held) = std::sync::mpsc::channel();
        let holder = std::thread::spawn(move || {
            let _guard = conn.lock();
            hold.send(()).unwrap();
            let _ = released.recv();
        });
        held.recv().unwrap();
        let first = start_sends(store, 1, &Arc::default()).await;
        while store.writer.depth() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Self { release, holder, first }
    }

    async fn release(self) {
        drop(self.release);
        self.holder.join().unwrap();
        for task in self.first {
            assert!(matches!(task.await.unwrap(), Ok(Appended::Created(_))));
        }
    }
}

#[tokio::test]
async fn what_was_answered_is_in_the_files_though_nobody_closed_them() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("m.db"), dir.path().join("copy.db"));
    let store = open(&path);
    for n in 0..50 {
        let again = n.to_string();
        store.append(says(&again), key(&again), ignored()).await.unwrap();
    }
    // As after a kill: the files as they are, without anything that a process would still have written.
    std::fs::copy(&path, &copy).unwrap();
    std::fs::copy(schema::beside(&path, "-wal"), schema::beside(&copy, "-wal")).unwrap();
    let killed = open(&copy);
    assert_eq!(count(&killed).await, 50);
    assert_eq!(killed.check().await.unwrap(), Vec::<String>::new());
    for n in 0..50 {
        let again = n.to_string();
        let answer = killed.append(says(&again), key(&again), ignored()).await.unwrap();
        assert!(matches!(answer, Appended::Existing(_)), "{answer:?}");
    }
}

#[tokio::test]
async fn a_cut_log_loses_its_end_and_nothing_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let (path, copy) = (dir.path().join("m.db"), dir.path().join("copy.db"));
    let store = open(&path);
    let mut sizes = Vec::new();
    for n in 0..20 {
        send(&store, &n.to_string()).await.unwrap();
        sizes.push(writer::log_size(&path));
    }
    let log = std::fs::read(schema::beside(&path, "-wal")).unwrap();
    for (acknowledged, size) in sizes.iter().enumerate() {
        // Torn in the middle of the write that follows this acknowledgement.
        let torn = usize::try_from(*size).unwrap() + 1000;
        let mut part = log[..torn.min(log.len())].to_vec();
        if let Some(last) = part.last_mut() {
            *last ^= u8::from(torn <= log.len());
        }
        std::fs::copy(&path, &copy).unwrap();
        std::fs::write(schema::beside(&copy, "-wal"), part).unwrap();
        let _ = std::fs::remove_file(schema::beside(&copy, "-shm"));
        let killed = open(&copy);
        assert_eq!(count(&killed).await, acknowledged + 1);
        assert_eq!(killed.check().await.unwrap(), Vec::<String>::new());
        killed.close().await;
    }
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_loses_nothing_that_it_took() {
    let ids = Arc::new(TestIds::default());
    let store = Arc::new(MessagesSqlite::ephemeral_with(ids, clock(), 8).unwrap());
    let stalled = Stalled::new(&store).await;
    let durable = Arc::new(AtomicUsize::new(0));
    let tasks = start_sends(&store, 400, &durable).await;
    let refused = tokio::time::timeout(Duration::from_secs(5), send(&store, "one more")).await;
    assert!(matches!(refused, Ok(Err(StoreError::Unavailable(_)))), "{refused:?}");
    stalled.release().await;
    let mut created = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(Appended::Created(_)) => created += 1,
            Err(StoreError::Unavailable(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((created, durable.load(Ordering::SeqCst)), (8, 8));
    send(&store, "again").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.db");
    let store = Arc::new(open(&path));
    send(&store, "before").await.unwrap();
    store.writer.fail_next_sync();
    let durable = Arc::new(AtomicUsize::new(0));
    for task in start_sends(&store, 64, &durable).await {
        let answer = task.await.unwrap();
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(durable.load(Ordering::SeqCst), 0);
    let why = tokio::time::timeout(Duration::from_secs(1), store.broken()).await.unwrap();
    assert!(why.contains("sync"), "{why}");
    assert!(send(&store, "after").await.is_err());
    // What was acknowledged can still be read, here and after a restart.
    assert_eq!(count(&store).await, 1);
    store.close().await;
    assert_eq!(count(&open(&path)).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_sends_serves_reads_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&dir.path().join("m.db")));
    let limit = |pages: i64| {
        store
            .writer
            .conn
            .lock()
            .pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    limit(40);
    let text = "x".repeat(1900);
    let mut stored = 0;
    let full = loop {
        match send(&store, &text).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 1000, "the limit does not hold");
    };
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
    assert_eq!(count(&store).await, stored.min(100));
    // Everybody in a group hears of it, nobody is acknowledged, and what needs no room goes on.
    let durable = Arc::new(AtomicUsize::new(0));
    let newest = store.page(channel(), Page::Latest, 1, author()).await.unwrap()[0].message.id;
    let long: Vec<_> = (0..16)
        .map(|_| {
            let (store, text) = (store.clone(), text.clone());
            tokio::spawn(async move { store.append(says(&text), None, ignored()).await })
        })
        .collect();
    for task in long {
        let answer = task.await.unwrap();
        assert!(matches!(answer, Err(StoreError::Full(_))), "{answer:?}");
    }
    assert_eq!(durable.load(Ordering::SeqCst), 0);
    assert!(store.delete(channel(), newest, ignored()).await.unwrap().is_some());
    limit(1_000_000);
    for _ in 0..10 {
        send(&store, &text).await.unwrap();
    }
    assert_eq!(count(&store).await, (stored + 9).min(100));
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_cannot_be_made_spoils_no_neighbour() {
    let ids = Arc::new(TestIds::default());
    let store = Arc::new(MessagesSqlite::ephemeral(ids, clock()).unwrap());
    let message = send(&store, "victim").await.unwrap();
    // Makes every statement that touches this one row fail, and only those.
    store
        .writer
        .conn
        .lock()
        .execute("UPDATE messages SET extra = 'no json' WHERE id = ?1", [message.id.as_i64()])
        .unwrap();
    let stalled = Stalled::new(&store).await;
    let durable = Arc::new(AtomicUsize::new(0));
    let before = start_sends(&store, 20, &durable).await;
    let broken = {
        let (store, id) = (store.clone(), message.id);
        tokio::spawn(async move { store.delete(channel(), id, ignored()).await })
    };
    while store.writer.depth() < 21 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let after = start_sends(&store, 20, &durable).await;
    stalled.release().await;
    let damaged = broken.await.unwrap();
    assert!(matches!(damaged, Err(StoreError::Corrupt(_))), "{damaged:?}");
    for task in before.into_iter().chain(after) {
        assert!(matches!(task.await.unwrap(), Ok(Appended::Created(_))));
    }
    assert_eq!(durable.load(Ordering::SeqCst), 40);
    assert!(store.check().await.unwrap().iter().any(|line| line.contains("details")));
}

#[tokio::test]
async fn without_a_lease_nothing_is_minted_and_everything_else_goes_on() {
    let ids = Arc::new(TestIds::default());
    let store = MessagesSqlite::ephemeral(ids.clone(), clock()).unwrap();
    let message = send(&store, "x").await.unwrap();
    ids.lose_lease(true);
    assert!(matches!(send(&store, "y").await, Err(StoreError::Unavailable(_))));
    assert!(store.delete(channel(), message.id, ignored()).await.unwrap().is_some());
    ids.lose_lease(false);
    assert!(send(&store, "z").await.unwrap().id > message.id);
}

#[tokio::test]
async fn a_durable_that_panics_leaves_the_store_alive() {
    let store = MessagesSqlite::ephemeral(Arc::new(TestIds::default()), clock()).unwrap();
    let answer = store.append(says("x"), None, Box::new(|_| panic!("on purpose"))).await;
    assert!(matches!(answer, Ok(Appended::Created(_))));
    send(&store, "y").await.unwrap();
    assert_eq!(count(&store).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_everything_that_was_queued() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.db");
    let store = Arc::new(open(&path));
    let durable = Arc::new(AtomicUsize::new(0));
    let tasks = start_sends(&store, 500, &durable).await;
    store.close().await;
    let mut stored = 0;
    for task in tasks {
        stored += usize::from(task.await.unwrap().is_ok());
    }
    assert_eq!(durable.load(Ordering::SeqCst), stored);
    assert!(matches!(send(&store, "late").await, Err(StoreError::Unavailable(_))));
    assert!(store.heads(&[channel()]).await.is_err());
    store.close().await;
    assert_eq!(writer::log_size(&path), 0, "a closed store needs no recovery");
    let again = open(&path);
    assert_eq!(again.high_water().await.unwrap().is_some(), stored > 0);
    assert_eq!(
        again.unread(channel(), UserId::new(2).unwrap(), None, 1000).await.unwrap(),
        u32::try_from(stored).unwrap()
    );
}

#[tokio::test]
async fn deleted_and_overwritten_text_leaves_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.db");
    let store = open(&path);
    let secrets = ["SecretDeleted", "SecretOverwritten", "SecretLong"];
    let mut ids = Vec::new();
    for n in 0..300 {
        let text = format!("{}-{n}", secrets[n % 3]);
        ids.push(send(&store, &if n % 3 == 2 { text.repeat(200) } else { text }).await.unwrap().id);
    }
    for (n, id) in ids.into_iter().enumerate() {
        if n % 3 == 1 {
            let content = Some(EditedText { text: "y".to_owned(), ..EditedText::default() });
            let edit = MessageEdit { content, ..MessageEdit::default() };
            store.edit(channel(), id, edit, ignored()).await.unwrap();
        } else {
            store.delete(channel(), id, ignored()).await.unwrap();
        }
    }
    let found = || {
        std::fs::read_dir(dir.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(6).any(|window| window == b"Secret")
        })
    };
    // The log goes when the writer has been idle for two seconds.
    let begun = Instant::now();
    while found() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the text is still there");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    store.close().await;
    assert!(!found());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("m.db"));
    send(&store, "x").await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert_eq!(files, 4);
}

#[tokio::test]
async fn a_second_opening_and_strange_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.db");
    let store = open(&path);
    let reopen = || MessagesSqlite::open(&path, Arc::new(TestIds::default()), clock()).err();
    assert!(matches!(reopen(), Some(StoreError::Unavailable(why)) if why.contains("in use")));
    send(&store, "x").await.unwrap();
    store.close().await;
    drop(store);
    assert!(reopen().is_none());

    let later = dir.path().join("later.db");
    open(&later).close().await;
    Connection::open(&later).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let noise = dir.path().join("noise.db");
    std::fs::write(&noise, [7; 8192]).unwrap();
    let other = dir.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    for path in [later, noise, other] {
        let error = MessagesSqlite::open(&path, Arc::new(TestIds::default()), clock()).err();
        assert!(matches!(error, Some(StoreError::Corrupt(_))), "{}: {error:?}", path.display());
    }
}

/// The tables of version 1, which every file of a released version has, get what version 2 added, and lose nothing.
#[tokio::test]
async fn a_file_of_version_1_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.db");
    let store = open(&path);
    send(&store, "before").await.unwrap();
    store.close().await;
    drop(store);
    let old = "DROP TABLE mentions; DROP TABLE dismissed; PRAGMA user_version = 1";
    Connection::open(&path).unwrap().execute_batch(old).unwrap();
    for opening in 1..3 {
        let store = open(&path);
        let me = Scope::User(author());
        let new = NewMessage { scopes: vec![me], ..says("after") };
        store.append(new, None, ignored()).await.unwrap();
        assert_eq!(count(&store).await, 1 + opening);
        assert_eq!(store.mentions(&[me], None, None, 10).await.unwrap().len(), opening);
        assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
        store.close().await;
    }
}

/// Rows do not stay behind: not those of a deleted message, and not those that are forgotten for their age.
#[tokio::test]
async fn mentions_go_with_their_message_and_with_time() {
    let store = MessagesSqlite::ephemeral(Arc::new(TestIds::default()), clock()).unwrap();
    let me = Scope::User(author());
    let mut ids = Vec::new();
    for _ in 0..5 {
        let new = NewMessage { scopes: vec![me, Scope::Role(model::RoleId::new(9).unwrap())], ..says("x") };
        let Appended::Created(message) = store.append(new, None, ignored()).await.unwrap() else {
            panic!("not created")
        };
        store.dismiss(author(), message.id).await.unwrap();
        ids.push(message.id);
    }
    let rows = |table: &str| -> i64 {
        let conn = store.writer.conn.lock();
        conn.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    store.delete(channel(), ids[4], ignored()).await.unwrap();
    assert_eq!((rows("mentions"), rows("dismissed")), (8, 5));
    assert_eq!(store.forget_mentions(ids[3], 4).await.unwrap(), 4);
    assert_eq!((rows("mentions"), rows("dismissed")), (4, 5));
    assert_eq!(store.forget_mentions(ids[3], 4).await.unwrap(), 4);
    assert_eq!((rows("mentions"), rows("dismissed")), (2, 3));
    assert_eq!(store.forget_mentions(ids[3], 4).await.unwrap(), 1);
    assert_eq!(store.forget_mentions(ids[3], 4).await.unwrap(), 0);
    assert_eq!((rows("mentions"), rows("dismissed")), (2, 2));
}

/// Whatever is asked for, no more than so many scopes are looked at, and no more than so many rows come back.
#[tokio::test]
async fn questions_about_mentions_are_bounded() {
    let store = MessagesSqlite::ephemeral(Arc::new(TestIds::default()), clock()).unwrap();
    let scope = |n: usize| Scope::Role(model::RoleId::new(1 + n as u64).unwrap());
    let say = async |scope: Scope| {
        let new = NewMessage { scopes: vec![scope], ..says("x") };
        store.append(new, None, ignored()).await.unwrap();
    };
    let most = model::limits::MENTION_SCOPES;
    for n in [most - 1, most] {
        say(scope(n)).await;
    }
    let scopes: Vec<Scope> = (0..=most).map(scope).collect();
    assert_eq!(store.mentions(&scopes, None, None, 10).await.unwrap().len(), 1);
    for _ in 0..501 {
        say(scope(0)).await;
    }
    let found = store.mentions(&scopes[..1], None, None, 10_000).await.unwrap();
    assert_eq!(found.len(), 500);
    assert_eq!(store.mentioned(&found, author()).await.unwrap().len(), model::limits::MENTIONS_PAGE);
}
