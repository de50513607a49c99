//! The directory's contract on MariaDB, one primary and two replicas.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is how a test fails, and figures are printed"
)]

mod served;

use directory_sql::DirectorySql;
use ports::directory::Directory;
use std::sync::Arc;

mod conformance {
    use super::*;

    async fn make() -> (Arc<dyn Directory>, ()) {
        let url = tokio::task::spawn_blocking(|| served::database(&served::shared().lock())).await.unwrap();
        (Arc::new(DirectorySql::connect(&url, served::by_our_clock()).await.unwrap()), ())
    }

    testkit::directory_conformance!(make);
}

use directory_sql::Options;
use model::Timestamp;
use model::relationship::RelationshipAction::{Befriend, Remove};
use model::user::AccountChange;
use ports::StoreError;
use ports::directory::{
    Accounts, Applications, Devices, Guilds as _, Instance, PrivateChannels, Relationships,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::conformance::directory::{
    NOW, act, all_of, befriend, channel, device, guilds, hash, new_account, new_device, people, sound, user,
};

/// Two nodes on one database.
async fn nodes() -> (Arc<DirectorySql>, Arc<DirectorySql>, String) {
    let url = tokio::task::spawn_blocking(|| served::database(&served::shared().lock())).await.unwrap();
    let (one, two) = tokio::join!(
        DirectorySql::connect(&url, Options::default()),
        DirectorySql::connect(&url, Options::default())
    );
    (Arc::new(one.unwrap()), Arc::new(two.unwrap()), url)
}

/// Runs a statement on the primary as an operator.
async fn sql(url: &str, text: &str) -> String {
    let database = url.rsplit('/').next().unwrap();
    let text = format!("USE {database}; {text}");
    tokio::task::spawn_blocking(move || {
        let cluster = served::shared().lock();
        cluster.sql(cluster.primary(), &text).unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_that_wait_together_are_answered_by_few_round_trips() {
    let (one, _two, _) = nodes().await;
    let [a, b] = people(&*one).await;
    befriend(&*one, a, b).await;
    one.open_dm(a, b, channel(1), NOW).await.unwrap();
    one.sign_in(&new_device(a, 1, NOW), 50).await.unwrap();
    let before = one.counts().unwrap();
    // What one send asks, alone.
    assert!(one.authenticate(&hash(1)).await.unwrap().is_some());
    assert!(one.private_scope(channel(1)).await.unwrap().is_some());
    let alone = one.counts().unwrap();
    assert_eq!(alone.round_trips - before.round_trips, 2);
    assert_eq!(alone.primary_reads - before.primary_reads, 2);
    let begun = Instant::now();
    let answers = all_of((0..500u64).map(|n| {
        let one = one.clone();
        async move {
            let known = one.authenticate(&hash(n % 50)).await.unwrap();
            let scope = one.private_scope(channel(n % 7)).await.unwrap();
            let friend = one.relationship(a, b).await.unwrap();
            known.is_some() == (n % 50 == 1) && scope.is_some() == (n % 7 == 1) && friend.is_some()
        }
    }))
    .await;
    assert!(answers.into_iter().all(|right| right), "each is answered what it asked for");
    let after = one.counts().unwrap();
    let (asked, trips) = (after.asked - alone.asked, after.round_trips - alone.round_trips);
    println!("{asked} reads that decide took {trips} round trips in {:?}", begun.elapsed());
    assert_eq!(asked, 1500);
    assert!(trips * 5 < asked, "{trips} round trips for {asked} reads");
}

/// F34: who was unfriended, or whose token was revoked, by one node has no right on the other one from then on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_took_away_no_other_node_grants() {
    let (one, two, _) = nodes().await;
    let [a, b] = people(&*one).await;
    one.open_dm(a, b, channel(1), NOW).await.unwrap();
    let mut racing = 0;
    for round in 0..150u64 {
        befriend(&*one, a, b).await;
        one.sign_in(&new_device(a, round, NOW), 50).await.unwrap();
        let taken = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (two, taken) = (two.clone(), taken.clone());
                tokio::spawn(async move {
                    let mut before = 0;
                    loop {
                        // Invoked after the answer, or not: looked at before the call.
                        let after = taken.load(Ordering::SeqCst);
                        let scope = two.private_scope(channel(1)).await.unwrap().unwrap();
                        let known = two.authenticate(&hash(round)).await.unwrap();
                        let granted = scope.pair.0.is_some() || known.is_some();
                        if after {
                            return (before, u32::from(granted));
                        }
                        before += 1;
                    }
                })
            })
            .collect();
        act(&*one, a, b, Remove).await.unwrap();
        one.revoke(a, &[device(round)]).await.unwrap();
        taken.store(true, Ordering::SeqCst);
        for reader in readers {
            let (before, wrong) = reader.await.unwrap();
            racing += before;
            assert_eq!(wrong, 0, "round {round}: granted after it was taken away");
        }
    }
    assert!(racing > 150, "the race was never on: {racing}");
}

/// Rights of guilds: who lost a role, was banned, or may not see a channel any more by one node has no right on the other
/// one from then on; and what did not change is not read again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_took_away_in_a_guild_no_other_node_grants() {
    use model::guild::{Member, OverwriteTarget};
    let (one, two, _) = nodes().await;
    let [a, b] = people(&*one).await;
    guilds::make(&*one, a, 1).await;
    guilds::join(&*one, 1, b).await;
    let role = guilds::new_role(guilds::role(1), "r");
    guilds::added(one.create_role(guilds::guild(1), &role, 10, vec![]).await.unwrap());
    let mut racing = 0;
    for round in 0..40u64 {
        let given = guilds::give(&*one, 1, b, &[role.id]).await;
        let taken = Arc::new(AtomicU64::new(0));
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let (two, taken) = (two.clone(), taken.clone());
                tokio::spawn(async move {
                    let mut before = 0;
                    loop {
                        // Invoked after the answer, or not: looked at before the call.
                        let after = taken.load(Ordering::SeqCst);
                        let authority = two.guild_authority(guilds::guild(1), b).await.unwrap().unwrap();
                        assert_eq!(authority.state.version, authority.versions.state);
                        assert!(authority.versions.members >= after, "round {round}");
                        if after > 0 {
                            return (before, authority.member.is_some_and(|member| !member.roles.is_empty()));
                        }
                        before += 1;
                    }
                })
            })
            .collect();
        let edit = Box::new(|member: &mut Member| member.roles.clear());
        let changed = one.change_member(guilds::guild(1), b, edit, vec![]).await.unwrap().unwrap();
        assert!(changed.versions.members > given.versions.members);
        taken.store(changed.versions.members, Ordering::SeqCst);
        for reader in readers {
            let (before, wrong) = reader.await.unwrap();
            racing += before;
            assert!(!wrong, "round {round}: granted after it was taken away");
        }
        let overwrite = guilds::overwrite(OverwriteTarget::Member(b));
        let hidden =
            guilds::added(one.set_overwrite(guilds::general(1), overwrite, 10, vec![]).await.unwrap());
        let seen = two.guild_state(guilds::guild(1)).await.unwrap().unwrap();
        assert!(seen.version >= hidden.versions.state);
        assert_eq!(seen.channel(guilds::general(1)).unwrap().overwrites, [overwrite]);
    }
    assert!(racing > 40, "the race was never on: {racing}");
    guilds::added(one.ban(guilds::guild(1), b, None, vec![]).await.unwrap());
    let authority = two.guild_authority(guilds::guild(1), b).await.unwrap().unwrap();
    assert_eq!(authority.member, None);

    // Sends that wait together share few round trips, and the state is there.
    let before = two.counts().unwrap();
    let states = all_of((0..500).map(|_| {
        let two = two.clone();
        async move { two.guild_authority(guilds::guild(1), a).await.unwrap().unwrap().state }
    }))
    .await;
    assert!(states.iter().all(|state| Arc::ptr_eq(state, &states[0])));
    let after = two.counts().unwrap();
    let (asked, trips) = (after.asked - before.asked, after.round_trips - before.round_trips);
    println!("{asked} sends in a guild took {trips} round trips");
    assert!(asked == 500 && trips * 5 < asked, "{trips} round trips for {asked} sends");
    one.delete_guild(guilds::guild(1)).await.unwrap().unwrap();
    assert!(two.guild_authority(guilds::guild(1), a).await.unwrap().is_none());
    assert!(two.memberships(a).await.unwrap().is_empty());
}

/// I9: what was answered is in every later read, also for display, through any node.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_answered_every_node_shows() {
    let (one, two, _) = nodes().await;
    let [a, b] = people(&*one).await;
    for round in 0..60u64 {
        let name = format!("name {round}");
        let change = AccountChange { global_name: Some(Some(name.clone())), ..AccountChange::default() };
        one.change_account(a, &change).await.unwrap();
        act(&*one, a, b, if round % 2 == 0 { Befriend } else { Remove }).await.unwrap();
        for node in [&two, &one] {
            let shown = node.users(&[a]).await.unwrap().pop().unwrap();
            assert_eq!(shown.global_name.as_deref(), Some(name.as_str()));
            assert_eq!(node.relationships(a).await.unwrap().len(), usize::from(round % 2 == 0));
        }
    }
    let counts = two.counts().unwrap();
    println!("a node that only showed: {counts:?}");
    assert!(counts.replica_reads >= 100, "replicas were hardly asked: {counts:?}");
}

/// F40: tables are made once, by nodes that start together; what broke off is taken up; newer tables are refused unless
/// they say that this version may use them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_make_the_tables_once() {
    let url = tokio::task::spawn_blocking(|| served::database(&served::shared().lock())).await.unwrap();
    let starts = all_of((0..4).map(|_| {
        let url = url.clone();
        async move { DirectorySql::connect(&url, Options::default()).await }
    }))
    .await;
    for node in starts {
        assert_eq!(node.unwrap().check_directory().await.unwrap(), Vec::<String>::new());
    }
    sql(&url, "DROP TABLE workers, secrets, registration_codes; DROP INDEX pairs_by_high ON pairs; DELETE FROM schema_version").await;
    let node = DirectorySql::connect(&url, Options::default()).await.unwrap();
    assert_eq!(node.secret("mac", b"x").await.unwrap(), b"x");
    assert_eq!(sql(&url, "SELECT id, version FROM schema_version").await, "1\t4\n2\t1");

    sql(&url, "UPDATE schema_version SET version = 5 WHERE id = 1").await;
    assert!(
        DirectorySql::connect(&url, Options::default()).await.is_ok(),
        "the step before was expanded only"
    );
    sql(&url, "UPDATE schema_version SET version = 5").await;
    let refused = DirectorySql::connect(&url, Options::default()).await.err().unwrap();
    assert!(matches!(&refused, StoreError::Corrupt(why) if why.contains("newer")), "{refused}");
}

/// F10: by the database's clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_id_is_never_held_twice_whatever_nodes_clocks_say() {
    let (one, two, url) = nodes().await;
    let far = Timestamp::from_millis(NOW.micros() / 1000 + 3_600_000);
    let mut workers =
        all_of((0..24u64).map(|n| {
            let node = if n % 2 == 0 { one.clone() } else { two.clone() };
            // Half of them are an hour ahead.
            let now = if n % 3 == 0 { far } else { NOW };
            async move {
                node.lease_worker(&format!("node{n}"), now, now.plus_seconds(60)).await.unwrap().unwrap()
            }
        }))
        .await;
    workers.sort_unstable();
    assert_eq!(workers, (0..24).collect::<Vec<_>>());

    sql(&url, "UPDATE workers SET holder = 'paused' WHERE id = 5").await;
    assert!(one.renew_worker(5, "paused", far, far.plus_seconds(60)).await.unwrap());
    // It ran out a second ago: nobody prolongs it, and nobody takes it yet.
    sql(&url, "UPDATE workers SET held_until = held_until - 61000000 WHERE id = 5").await;
    assert!(!one.renew_worker(5, "paused", NOW, NOW.plus_seconds(60)).await.unwrap());
    assert_eq!(two.lease_worker("late", far, far.plus_seconds(60)).await.unwrap(), Some(24));
    sql(&url, "UPDATE workers SET held_until = held_until - 10000000 WHERE id = 5").await;
    assert_eq!(two.lease_worker("next", NOW, NOW.plus_seconds(60)).await.unwrap(), Some(5));
    assert!(!one.renew_worker(5, "paused", NOW, NOW.plus_seconds(60)).await.unwrap(), "it is lost");
    one.release_worker(5, "paused").await.unwrap();
    assert!(two.renew_worker(5, "next", NOW, NOW.plus_seconds(60)).await.unwrap());
}

/// F23: connections that are killed in the middle leave nothing half-applied, and what was answered is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_killed_in_the_middle_leave_nothing_half_applied() {
    let (one, two, url) = nodes().await;
    let everybody: Vec<_> = people::<8>(&*one).await.into();
    let stop = Arc::new(AtomicBool::new(false));
    let (answered, unknown) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..8u64)
        .map(|n| {
            let node = if n % 2 == 0 { one.clone() } else { two.clone() };
            let (everybody, stop) = (everybody.clone(), stop.clone());
            let (answered, unknown) = (answered.clone(), unknown.clone());
            tokio::spawn(async move {
                let mut mine = Vec::new();
                for round in 0u64.. {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let a = everybody[(n % 8) as usize];
                    let b = everybody[((n + 1 + round % 7) % 8) as usize];
                    let action = if round % 3 == 2 { Remove } else { Befriend };
                    let limits = testkit::conformance::directory::ROOMY;
                    let changed = node.change_relationship(a, b, action, NOW, limits).await.map(drop);
                    let id = 1000 + n * 100_000 + round;
                    let created = node.create_account(&new_account(id)).await.map(drop);
                    if created.is_ok() {
                        mine.push(user(id));
                    }
                    for outcome in [changed, created] {
                        match outcome {
                            Ok(()) => answered.fetch_add(1, Ordering::Relaxed),
                            Err(StoreError::Unavailable(_)) => unknown.fetch_add(1, Ordering::Relaxed),
                            Err(other) => panic!("{other}"),
                        };
                    }
                }
                mine
            })
        })
        .collect();
    let database = url.rsplit('/').next().unwrap().to_owned();
    let mut kills = 0;
    let begun = Instant::now();
    while kills < 60 && begun.elapsed() < Duration::from_secs(15) {
        let rows = sql(
            &url,
            &format!(
                "SELECT ID FROM information_schema.PROCESSLIST
                    WHERE USER = 'guildhall' AND DB = '{database}' AND COMMAND <> 'Sleep' ORDER BY RAND() LIMIT 4"
            ),
        )
        .await;
        for id in rows.lines() {
            // Its statement may be over by now; a connection that waits for the next one of its transaction is as good.
            let kill = format!("KILL {id}");
            let killed = tokio::task::spawn_blocking(move || {
                let cluster = served::shared().lock();
                cluster.sql(cluster.primary(), &kill).is_ok()
            });
            kills += u32::from(killed.await.unwrap());
        }
    }
    stop.store(true, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    let (answered, unknown) = (answered.load(Ordering::Relaxed), unknown.load(Ordering::Relaxed));
    println!("{kills} kills, {answered} answered, {unknown} unknown; {:?}", one.counts().unwrap());
    assert!(kills > 20 && answered > 50, "{kills} kills, {answered} answered");
    for ids in acknowledged.chunks(50) {
        assert_eq!(two.users(ids).await.unwrap().len(), ids.len(), "an acknowledged account is gone");
    }
    let store: Arc<dyn Directory> = two.clone();
    sound(&store).await;
}

/// F23: writers that meet go again, and leave one consistent state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_meet_leave_one_consistent_state() {
    let (one, two, _) = nodes().await;
    let [a, b, c] = people(&*one).await;
    let outcomes = all_of((0..120u64).map(|n| {
        let node = if n % 2 == 0 { one.clone() } else { two.clone() };
        async move {
            let pairs = [(a, b), (b, a), (b, c), (c, a)];
            let (actor, other) = pairs[(n % 4) as usize];
            let limits = testkit::conformance::directory::ROOMY;
            let action = if n % 5 == 4 { Remove } else { Befriend };
            let changed = node.change_relationship(actor, other, action, NOW, limits).await.is_ok();
            let opened = node.open_dm(actor, other, channel(n), NOW).await.is_ok();
            [changed, opened]
        }
    }))
    .await;
    let failed = outcomes.iter().flatten().filter(|ok| !**ok).count();
    println!(
        "{failed} of {} found others in their way each time; {:?}",
        outcomes.len() * 2,
        one.counts().unwrap()
    );
    assert!(failed * 4 < outcomes.len() * 2, "{failed} gave up");
    let store: Arc<dyn Directory> = two.clone();
    sound(&store).await;
    assert!(one.applications(a).await.unwrap().is_empty());
}
