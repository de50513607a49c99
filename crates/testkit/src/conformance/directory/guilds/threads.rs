//! Threads and who is in them.

use super::super::{all_of, channel, people, user};
use super::{NOW, PLENTY, added, category, entry, general, guild, join, later, make, new_channel, versions};
use model::audit::AuditAction;
use model::event::ThreadMember;
use model::guild::{GuildChannel, GuildChannelKind, Thread};
use model::{ChannelId, UserId};
use ports::directory::Directory;
use ports::directory::guilds::{Added, ArchivedList, ArchivedQuery, ThreadQuery};
use std::sync::Arc;

fn new_thread(n: u64, owner: UserId, kind: GuildChannelKind) -> GuildChannel {
    GuildChannel {
        parent: Some(general(1)),
        thread: Some(Thread {
            owner,
            archived: false,
            locked: false,
            auto_archive: 1440,
            archive_changed: later(n as i64),
            invitable: true,
            created: later(n as i64),
        }),
        ..new_channel(guild(1), channel(n), kind)
    }
}

const fn joins(user: UserId) -> ThreadMember {
    ThreadMember { user, joined: NOW }
}

async fn archive(directory: &dyn Directory, n: u64, archived: bool) {
    archive_at(directory, n, archived, 100 + n as i64).await;
}

async fn archive_at(directory: &dyn Directory, n: u64, archived: bool, at: i64) {
    let edit = Box::new(move |channel: &mut GuildChannel| {
        let thread = channel.thread.as_mut().unwrap();
        (thread.archived, thread.archive_changed) = (archived, later(at));
    });
    directory.change_channel(channel(n), edit, vec![]).await.unwrap().unwrap();
}

async fn active(directory: &dyn Directory) -> Vec<ChannelId> {
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    state.channels.iter().filter(|channel| channel.kind.is_thread()).map(|channel| channel.id).collect()
}

/// A thread is in the guild's state as long as it is not archived, and is found for ever.
pub async fn a_thread_is_in_the_state_until_it_is_archived(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let was = versions(&*directory, 1).await;
    let new = new_thread(10, a, GuildChannelKind::PublicThread);
    let audit = vec![entry(1, a, AuditAction::ThreadCreate)];
    let made = added(directory.create_thread(&new, &[joins(a)], 9, audit).await.unwrap());
    assert_eq!((&made.value, made.versions.state), (&new, was.state + 1));
    assert_eq!(active(&*directory).await, [channel(10)]);
    assert_eq!(directory.thread(channel(10)).await.unwrap(), Some(new.clone()));
    assert_eq!(directory.guild_of(channel(10)).await.unwrap(), Some(guild(1)));
    assert_eq!(directory.thread(general(1)).await.unwrap(), None, "no thread");
    // A repeated call finds it there; another one with its id is none.
    assert_eq!(added(directory.create_thread(&new, &[joins(a)], 9, vec![]).await.unwrap()).value, new);
    let other =
        GuildChannel { thread: new_thread(11, b, GuildChannelKind::PublicThread).thread, ..new.clone() };
    assert_eq!(directory.create_thread(&other, &[], 9, vec![]).await.unwrap(), Added::Absent);
    archive(&*directory, 10, true).await;
    assert!(active(&*directory).await.is_empty());
    let archived = directory.thread(channel(10)).await.unwrap().unwrap();
    assert!(archived.thread.as_ref().unwrap().archived);
    archive(&*directory, 10, false).await;
    assert_eq!(active(&*directory).await, [channel(10)]);
    for parent in [category(1), channel(10), channel(77)] {
        let nowhere =
            GuildChannel { parent: Some(parent), ..new_thread(12, a, GuildChannelKind::PublicThread) };
        assert_eq!(directory.create_thread(&nowhere, &[], 9, vec![]).await.unwrap(), Added::Absent);
    }
}

/// So many are active; archived ones do not count.
pub async fn active_threads_are_capped(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let made = all_of((10..20).map(|n| {
        let directory = directory.clone();
        let new = new_thread(n, a, GuildChannelKind::PublicThread);
        async move { directory.create_thread(&new, &[], 3, vec![]).await.unwrap() }
    }))
    .await;
    assert_eq!(made.iter().filter(|made| matches!(made, Added::Added(_))).count(), 3);
    let first = active(&*directory).await[0];
    let n = (first.get() >> 22) & 0xffff;
    archive(&*directory, n, true).await;
    let new = new_thread(30, a, GuildChannelKind::PublicThread);
    assert!(matches!(directory.create_thread(&new, &[], 3, vec![]).await.unwrap(), Added::Added(_)));
}

/// People come into a thread once, up to so many, and leave it; that raises no version.
pub async fn people_come_into_threads_and_leave_them(directory: Arc<dyn Directory>) {
    let [a, b, c, d] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for who in [b, c, d] {
        join(&*directory, 1, who).await;
    }
    let new = new_thread(10, a, GuildChannelKind::PrivateThread);
    added(directory.create_thread(&new, &[joins(b), joins(a), joins(b)], 9, vec![]).await.unwrap());
    let was = versions(&*directory, 1).await;
    let come = |who| {
        let directory = directory.clone();
        async move { directory.join_thread(channel(10), &joins(who), 3).await.unwrap() }
    };
    assert_eq!(added(come(c).await).value, 3);
    assert_eq!(added(come(c).await).value, 3, "it was in it");
    assert_eq!(come(d).await, Added::TooMany);
    assert_eq!(directory.join_thread(general(1), &joins(d), 9).await.unwrap(), Added::Absent);
    assert_eq!(directory.join_thread(channel(77), &joins(d), 9).await.unwrap(), Added::Absent);
    let members = directory.thread_members(channel(10), None, 10).await.unwrap();
    assert_eq!(members, [joins(a), joins(b), joins(c)]);
    assert_eq!(directory.thread_members(channel(10), Some(a), 1).await.unwrap(), [joins(b)]);
    assert_eq!(directory.joined_threads(guild(1), c).await.unwrap(), [(channel(10), joins(c))]);
    assert!(directory.joined_threads(guild(1), d).await.unwrap().is_empty());
    assert_eq!(
        directory.thread_counts(&[channel(10), general(1), channel(77)]).await.unwrap(),
        [(channel(10), 3)]
    );
    assert_eq!(directory.leave_thread(channel(10), c).await.unwrap(), Some(2));
    assert_eq!(directory.leave_thread(channel(10), c).await.unwrap(), None);
    assert_eq!(directory.leave_thread(channel(77), c).await.unwrap(), None);
    assert_eq!(versions(&*directory, 1).await, was);
    // Who leaves the guild leaves its threads.
    directory.remove_member(guild(1), b, vec![]).await.unwrap().unwrap();
    assert_eq!(directory.thread_members(channel(10), None, 10).await.unwrap(), [joins(a)]);
    archive(&*directory, 10, true).await;
    assert!(directory.joined_threads(guild(1), a).await.unwrap().is_empty(), "it is archived");
}

/// Archived threads of a channel: those archived last first, or by their ids.
pub async fn archived_threads_are_listed(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    use GuildChannelKind::{PrivateThread, PublicThread};
    for (n, kind) in (10..).zip([PublicThread, PublicThread, PrivateThread, PublicThread, PrivateThread]) {
        let members: &[ThreadMember] = if n == 14 { &[joins(b)] } else { &[] };
        added(directory.create_thread(&new_thread(n, a, kind), members, 9, vec![]).await.unwrap());
        if n != 13 {
            archive(&*directory, n, true).await;
        }
    }
    let query = |list, limit| ArchivedQuery { list, limit };
    use ArchivedList::{Joined, Private, Public};
    // 12 is the last one that is archived.
    added(directory.join_thread(channel(12), &joins(b), 9).await.unwrap());
    archive_at(&*directory, 12, true, 300).await;
    for (query, expected) in [
        (query(Public(None), 10), vec![11, 10]),
        (query(Public(None), 1), vec![11]),
        (query(Public(Some(later(111))), 10), vec![10]),
        (query(Private(None), 10), vec![12, 14]),
        (query(Private(Some(later(300))), 10), vec![14]),
        (query(Joined(b, None), 10), vec![14, 12]),
        (query(Joined(b, None), 1), vec![14]),
        (query(Joined(b, Some(channel(14))), 10), vec![12]),
        (query(Joined(user(9), None), 10), vec![]),
    ] {
        let page = directory.archived_threads(general(1), query).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(channel).collect();
        assert_eq!(page.iter().map(|thread| thread.id).collect::<Vec<_>>(), expected, "{query:?}");
    }
    let elsewhere = directory.archived_threads(category(1), query(Public(None), 10)).await.unwrap();
    assert!(elsewhere.is_empty());
}

/// Threads of a channel by name, newest first: in any case, with what LIKE would take for a wildcard taken as it is, and private
/// ones for who is in them.
pub async fn threads_are_found_by_name(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    use GuildChannelKind::{PrivateThread, PublicThread};
    let names = ["Release notes", "old RELEASE", "Überraschung 100%", "secret release", "a_b"];
    for ((n, name), kind) in
        (10..).zip(names).zip([PublicThread, PublicThread, PublicThread, PrivateThread, PublicThread])
    {
        let new = GuildChannel { name: name.into(), ..new_thread(n, a, kind) };
        let members: &[ThreadMember] = if n == 13 { &[joins(a)] } else { &[] };
        added(directory.create_thread(&new, members, 9, vec![]).await.unwrap());
    }
    archive(&*directory, 11, true).await;
    let query = |name: Option<&str>, archived, viewer, limit| ThreadQuery {
        name: name.map(Into::into),
        archived,
        viewer,
        limit,
    };
    for (query, expected) in [
        (query(None, None, None, 10), vec![14, 13, 12, 11, 10]),
        (query(None, None, Some(b), 10), vec![14, 12, 11, 10]),
        (query(None, None, None, 2), vec![14, 13]),
        (query(Some("release"), None, Some(a), 10), vec![13, 11, 10]),
        (query(Some("release"), None, Some(b), 10), vec![11, 10]),
        (query(Some("RELEASE"), Some(false), Some(b), 10), vec![10]),
        (query(Some("lease"), Some(true), None, 10), vec![11]),
        (query(Some("überRASCHUNG"), None, None, 10), vec![12]),
        (query(Some("%"), None, None, 10), vec![12]),
        (query(Some("_"), None, None, 10), vec![14]),
        (query(Some("nothing"), None, None, 10), vec![]),
    ] {
        let found = directory.find_threads(general(1), &query).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(channel).collect();
        assert_eq!(found.iter().map(|thread| thread.id).collect::<Vec<_>>(), expected, "{query:?}");
    }
    let elsewhere = directory.find_threads(category(1), &query(None, None, None, 10)).await.unwrap();
    assert!(elsewhere.is_empty());
}

/// Threads go with their channel, archived or not, and by themselves.
pub async fn threads_go_with_their_channel(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for n in 10..13 {
        let new = new_thread(n, a, GuildChannelKind::PublicThread);
        added(directory.create_thread(&new, &[joins(a)], PLENTY, vec![]).await.unwrap());
    }
    archive(&*directory, 11, true).await;
    let everywhere = |after, limit| {
        let directory = directory.clone();
        async move {
            let threads = directory.active_threads(after, limit).await.unwrap();
            threads.into_iter().map(|thread| thread.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(everywhere(None, 10).await, [channel(10), channel(12)]);
    assert_eq!(everywhere(None, 1).await, [channel(10)]);
    assert_eq!(everywhere(Some(channel(10)), 10).await, [channel(12)]);
    let gone = directory.delete_channel(channel(10), vec![]).await.unwrap().unwrap().value;
    assert_eq!((gone.0.len(), gone.1.len()), (1, 0));
    assert_eq!(directory.thread(channel(10)).await.unwrap(), None);
    let gone = directory.delete_channel(general(1), vec![]).await.unwrap().unwrap().value;
    let ids: Vec<_> = gone.0.iter().map(|channel| channel.id).collect();
    assert_eq!(ids, [general(1), channel(11), channel(12)]);
    assert!(directory.thread_members(channel(12), None, 10).await.unwrap().is_empty());
    assert_eq!(directory.thread(channel(11)).await.unwrap(), None);
    assert!(active(&*directory).await.is_empty());
}
