//! The contract of [`ports::presence::Presences`]. An engine runs it with
//! [`presence_contract`](crate::presence_contract).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a contract fails"
)]

use model::UserId;
use model::presence::{Activity, ClientKind, Presence, SessionPresence, Status};
use ports::presence::{PresenceChange, Presences};
use std::sync::Arc;
use std::time::Duration;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an `Arc<dyn Presences>` without presences and something that is [`Passing`].
#[macro_export]
macro_rules! presence_contract {
    ($fresh:expr) => {
        $crate::contract!(
            presence,
            $fresh,
            [
                setting_tells_before_and_after,
                a_session_is_replaced_by_itself_only,
                clearing_removes_one_session,
                sessions_are_merged_as_the_model_says,
                the_offline_are_left_out,
                a_presence_ends_after_three_heartbeats,
                keeping_alive_keeps_one_session,
                keeping_alive_brings_nothing_back,
                sessions_come_oldest_first,
                users_are_kept_apart,
            ]
        );
    };
}

/// Lets time pass for an engine.
pub trait Passing: Send {
    /// The interval in which sessions beat.
    fn heartbeat(&self) -> Duration;
    /// Lets this much time pass.
    fn pass(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

fn session(name: &str, client: ClientKind, status: Status) -> SessionPresence {
    SessionPresence {
        session: name.into(),
        client,
        os: "linux".into(),
        status,
        activities: vec![Activity {
            name: name.into(),
            kind: 0,
            state: Some("s".into()),
            details: None,
            url: None,
            created_ms: 5,
        }],
        afk: false,
    }
}

fn web(name: &str, status: Status) -> SessionPresence {
    session(name, ClientKind::Web, status)
}

type Fresh<P> = (Arc<dyn Presences>, P);

async fn status(presences: &Arc<dyn Presences>, who: UserId) -> Status {
    match presences.merged(&[who]).await.unwrap().as_slice() {
        [] => Status::Offline,
        [presence] => presence.status,
        more => panic!("{more:?}"),
    }
}

/// A change carries the merged presence on both sides of it.
pub async fn setting_tells_before_and_after(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    let first = web("a", Status::Idle);
    let change = presences.set(user(1), first.clone()).await.unwrap();
    let idle = Presence::merge(user(1), std::slice::from_ref(&first));
    assert_eq!(change, PresenceChange { before: Presence::offline(user(1)), after: idle.clone() });
    let second = session("b", ClientKind::Mobile, Status::Online);
    let change = presences.set(user(1), second.clone()).await.unwrap();
    assert_eq!(change, PresenceChange { before: idle, after: Presence::merge(user(1), &[first, second]) });
}

/// Setting a session again replaces what it said, and not what others said.
pub async fn a_session_is_replaced_by_itself_only(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    presences.set(user(1), web("b", Status::Idle)).await.unwrap();
    presences.set(user(1), web("a", Status::Dnd)).await.unwrap();
    let sessions = presences.sessions(user(1)).await.unwrap();
    assert_eq!(sessions, [web("a", Status::Dnd), web("b", Status::Idle)]);
}

/// What other sessions said stays, and a session that is not there changes nothing.
pub async fn clearing_removes_one_session(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    presences.set(user(1), web("b", Status::Idle)).await.unwrap();
    let nothing = presences.clear(user(1), "c").await.unwrap();
    assert_eq!(nothing.before, nothing.after);
    let change = presences.clear(user(1), "a").await.unwrap();
    assert_eq!((change.before.status, change.after.status), (Status::Online, Status::Idle));
    let change = presences.clear(user(1), "b").await.unwrap();
    assert_eq!((change.before.status, change.after), (Status::Idle, Presence::offline(user(1))));
    let change = presences.clear(user(1), "b").await.unwrap();
    assert_eq!(
        change,
        PresenceChange { before: Presence::offline(user(1)), after: Presence::offline(user(1)) }
    );
    assert_eq!(presences.sessions(user(1)).await.unwrap(), []);
}

/// The merge is [`Presence::merge`]'s, activities and devices included.
pub async fn sessions_are_merged_as_the_model_says(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    let all = [
        session("a", ClientKind::Desktop, Status::Idle),
        session("b", ClientKind::Mobile, Status::Dnd),
        session("c", ClientKind::Web, Status::Online),
    ];
    for one in &all {
        presences.set(user(1), one.clone()).await.unwrap();
    }
    let merged = presences.merged(&[user(1)]).await.unwrap();
    assert_eq!(merged, [Presence::merge(user(1), &all)]);
}

/// Who is offline or hides is not listed at all.
pub async fn the_offline_are_left_out(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    presences.set(user(2), web("a", Status::Invisible)).await.unwrap();
    presences.set(user(3), web("a", Status::Online)).await.unwrap();
    presences.set(user(3), web("b", Status::Invisible)).await.unwrap();
    let merged = presences.merged(&[user(1), user(2), user(3), user(4)]).await.unwrap();
    assert_eq!(merged.iter().map(|presence| presence.user).collect::<Vec<_>>(), [user(1)]);
    assert_eq!(presences.merged(&[]).await.unwrap(), []);
    // The owner sees the hidden session among its own.
    assert_eq!(presences.sessions(user(2)).await.unwrap(), [web("a", Status::Invisible)]);
}

/// A session that says nothing for three heartbeats is gone, and not before.
pub async fn a_presence_ends_after_three_heartbeats(fresh: Fresh<impl Passing>) {
    let (presences, time) = fresh;
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    time.pass(time.heartbeat() * 5 / 2).await;
    assert_eq!(status(&presences, user(1)).await, Status::Online);
    time.pass(time.heartbeat()).await;
    assert_eq!(status(&presences, user(1)).await, Status::Offline);
    assert_eq!(presences.sessions(user(1)).await.unwrap(), []);
    let change = presences.set(user(1), web("b", Status::Online)).await.unwrap();
    assert_eq!(change.before, Presence::offline(user(1)));
}

/// A heartbeat is for one session, for three more heartbeats.
pub async fn keeping_alive_keeps_one_session(fresh: Fresh<impl Passing>) {
    let (presences, time) = fresh;
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    presences.set(user(1), web("b", Status::Dnd)).await.unwrap();
    for _ in 0..5 {
        time.pass(time.heartbeat()).await;
        presences.keep_alive(user(1), "a").await.unwrap();
    }
    assert_eq!(presences.sessions(user(1)).await.unwrap(), [web("a", Status::Online)]);
    assert_eq!(status(&presences, user(1)).await, Status::Online);
}

/// A heartbeat after the end does not make a presence of which nothing is known.
pub async fn keeping_alive_brings_nothing_back(fresh: Fresh<impl Passing>) {
    let (presences, time) = fresh;
    presences.keep_alive(user(1), "a").await.unwrap();
    assert_eq!(status(&presences, user(1)).await, Status::Offline);
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    presences.clear(user(1), "a").await.unwrap();
    presences.keep_alive(user(1), "a").await.unwrap();
    assert_eq!(status(&presences, user(1)).await, Status::Offline);
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    time.pass(time.heartbeat() * 4).await;
    presences.keep_alive(user(1), "a").await.unwrap();
    assert_eq!(status(&presences, user(1)).await, Status::Offline);
}

/// The order is that of the first `set`.
pub async fn sessions_come_oldest_first(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    for name in ["c", "a", "b"] {
        presences.set(user(1), web(name, Status::Online)).await.unwrap();
    }
    presences.set(user(1), web("c", Status::Idle)).await.unwrap();
    presences.keep_alive(user(1), "a").await.unwrap();
    let names: Vec<_> = presences.sessions(user(1)).await.unwrap().into_iter().map(|s| s.session).collect();
    assert_eq!(names, ["c", "a", "b"]);
}

/// Equal session names of different users are different sessions.
pub async fn users_are_kept_apart(fresh: Fresh<impl Passing>) {
    let (presences, _) = fresh;
    presences.set(user(1), web("a", Status::Online)).await.unwrap();
    presences.set(user(2), web("a", Status::Idle)).await.unwrap();
    presences.clear(user(1), "a").await.unwrap();
    assert_eq!(status(&presences, user(1)).await, Status::Offline);
    assert_eq!(status(&presences, user(2)).await, Status::Idle);
}
