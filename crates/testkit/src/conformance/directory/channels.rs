//! [`ports::directory::channels`].

use super::{NOW, act, all_of, befriend, channel, people, user};
use model::channel::{PrivateChannel, PrivateKind};
use model::relationship::RelationshipAction::{Befriend, Block, Remove};
use model::relationship::RelationshipKind::{Blocked, Friend};
use model::{ChannelId, UserId};
use ports::directory::Directory;
use ports::directory::channels::{GroupChange, Membership};
use std::sync::Arc;

async fn listed(directory: &dyn Directory, of: UserId) -> Vec<ChannelId> {
    let mut ids: Vec<_> =
        directory.private_channels(of).await.unwrap().iter().map(|channel| channel.id).collect();
    ids.sort();
    ids
}

/// Whoever opens it, and with whatever id: the direct message of two users is always the same.
pub async fn a_direct_message_is_one_per_pair(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    assert!(!directory.dm_exists(a, b).await.unwrap());
    let first = directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    assert!(first.appeared);
    assert!(directory.dm_exists(a, b).await.unwrap() && directory.dm_exists(b, a).await.unwrap());
    assert!(!directory.dm_exists(a, c).await.unwrap() && !directory.dm_exists(a, a).await.unwrap());
    assert_eq!(first.channel.id, channel(1));
    assert_eq!(first.channel.kind, PrivateKind::Dm);
    assert_eq!(
        (first.channel.owner, first.channel.name.as_ref(), first.channel.icon.as_ref()),
        (None, None, None)
    );
    let mut participants = first.channel.participants.clone();
    participants.sort();
    assert_eq!(participants, [a, b]);
    let again = directory.open_dm(a, b, channel(2), NOW).await.unwrap();
    assert_eq!((again.appeared, &again.channel), (false, &first.channel));
    let other_side = directory.open_dm(b, a, channel(3), NOW).await.unwrap();
    assert_eq!((other_side.appeared, &other_side.channel), (true, &first.channel));
    assert_eq!(directory.private_channel(channel(1)).await.unwrap(), Some(first.channel));
    assert_eq!(directory.private_channel(channel(2)).await.unwrap(), None);
    assert_eq!(directory.open_dm(a, c, channel(4), NOW).await.unwrap().channel.id, channel(4));
    assert!(directory.open_dm(a, a, channel(5), NOW).await.is_err());
}

/// Twenty who open it at once, from both sides, get one channel.
pub async fn opening_at_once_from_both_sides_makes_one_channel(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let opened = all_of((0..20).map(|n| {
        let directory = directory.clone();
        let (opener, other) = if n % 2 == 0 { (a, b) } else { (b, a) };
        async move { directory.open_dm(opener, other, channel(n), NOW).await.unwrap() }
    }))
    .await;
    let first = &opened.first().unwrap().channel;
    assert!(opened.iter().all(|opened| opened.channel == *first));
    assert_eq!(opened.iter().filter(|opened| opened.appeared).count(), 2, "once for each side");
    for side in [a, b] {
        assert_eq!(directory.private_memberships(side).await.unwrap(), [first.id]);
    }
}

/// Opening shows the channel to the opener only.
pub async fn a_direct_message_is_listed_for_its_opener_alone(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    assert_eq!(listed(&*directory, a).await, [channel(1)]);
    assert!(listed(&*directory, b).await.is_empty());
    assert_eq!(directory.reopen(channel(1), &[a, b]).await.unwrap(), [b]);
    assert_eq!(listed(&*directory, b).await, [channel(1)]);
}

/// Closing hides a direct message from one side; reopening tells for whom it was hidden; groups are not closed.
pub async fn closing_and_reopening(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    directory.reopen(channel(1), &[b]).await.unwrap();
    let open = |directory: Arc<dyn Directory>| async move {
        let scope = directory.private_scope(channel(1)).await.unwrap().unwrap();
        (scope.participant(a).unwrap().open, scope.participant(b).unwrap().open)
    };
    assert_eq!(open(directory.clone()).await, (true, true));
    assert!(directory.close_dm(channel(1), a).await.unwrap());
    assert_eq!(open(directory.clone()).await, (false, true));
    assert!(!directory.close_dm(channel(1), a).await.unwrap());
    assert!(!directory.close_dm(channel(1), c).await.unwrap());
    assert!(listed(&*directory, a).await.is_empty());
    assert_eq!(directory.reopen(channel(1), &[a, b, c, a]).await.unwrap(), [a]);
    assert_eq!(open(directory.clone()).await, (true, true));
    assert!(directory.reopen(channel(1), &[]).await.unwrap().is_empty());
    assert!(directory.reopen(channel(9), &[a]).await.unwrap().is_empty());
    directory.create_group(channel(2), a, &[b], None, NOW).await.unwrap();
    assert!(!directory.close_dm(channel(2), a).await.unwrap());
}

/// A group has its owner first, then the others in their order, and everybody has it listed.
pub async fn a_group_is_open_for_everybody(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    let group = directory.create_group(channel(1), b, &[c, a, c, b], Some("Käse"), NOW).await.unwrap();
    let expected = PrivateChannel {
        id: channel(1),
        kind: PrivateKind::Group,
        participants: vec![b, c, a],
        owner: Some(b),
        name: Some("Käse".into()),
        icon: None,
    };
    assert_eq!(group, expected);
    assert_eq!(directory.private_channel(channel(1)).await.unwrap(), Some(expected.clone()));
    for member in [a, b, c] {
        assert_eq!(directory.private_channels(member).await.unwrap(), std::slice::from_ref(&expected));
    }
    // A repeated call finds it there.
    assert_eq!(directory.create_group(channel(1), b, &[c, a], Some("Käse"), NOW).await.unwrap(), expected);
}

/// Members are added up to the cap, once each.
pub async fn a_group_grows_up_to_its_cap(directory: Arc<dyn Directory>) {
    let [a, b, c, d] = people(&*directory).await;
    directory.create_group(channel(1), a, &[], None, NOW).await.unwrap();
    let add = |who| {
        let directory = directory.clone();
        async move { directory.add_recipient(channel(1), who, 3, NOW).await.unwrap() }
    };
    let Membership::Changed(group) = add(c).await else {
        panic!("not added");
    };
    assert_eq!(group.participants, [a, c]);
    assert_eq!(add(c).await, Membership::Unchanged);
    let Membership::Changed(group) = add(b).await else {
        panic!("not added");
    };
    assert_eq!(group.participants, [a, c, b]);
    assert_eq!(directory.private_channel(channel(1)).await.unwrap(), Some(group));
    assert_eq!(add(d).await, Membership::Full);
    assert_eq!(add(a).await, Membership::Unchanged);
    assert_eq!(listed(&*directory, b).await, [channel(1)]);
    assert_eq!(directory.add_recipient(channel(9), a, 3, NOW).await.unwrap(), Membership::Absent);
    directory.open_dm(a, b, channel(2), NOW).await.unwrap();
    assert_eq!(directory.add_recipient(channel(2), c, 3, NOW).await.unwrap(), Membership::Absent);
}

/// When the owner leaves, who is in the group longest owns it; with the last member it is gone.
pub async fn a_group_shrinks_and_hands_its_owner_on(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    directory.create_group(channel(1), a, &[c], None, NOW).await.unwrap();
    directory.add_recipient(channel(1), b, 10, NOW).await.unwrap();
    let remove = |who| {
        let directory = directory.clone();
        async move { directory.remove_recipient(channel(1), who).await.unwrap() }
    };
    let Membership::Changed(group) = remove(a).await else {
        panic!("not removed");
    };
    assert_eq!((group.owner, group.participants.as_slice()), (Some(c), [c, b].as_slice()));
    assert_eq!(remove(a).await, Membership::Unchanged);
    assert!(listed(&*directory, a).await.is_empty());
    let Membership::Changed(group) = remove(b).await else {
        panic!("not removed");
    };
    assert_eq!(group.owner, Some(c));
    let Membership::Changed(group) = remove(c).await else {
        panic!("not removed");
    };
    assert!(group.participants.is_empty());
    assert_eq!(directory.private_channel(channel(1)).await.unwrap(), None);
    assert_eq!(directory.private_scope(channel(1)).await.unwrap(), None);
    assert_eq!(remove(c).await, Membership::Absent);
    directory.open_dm(a, b, channel(2), NOW).await.unwrap();
    assert_eq!(directory.remove_recipient(channel(2), a).await.unwrap(), Membership::Absent);
}

/// Members who are added and removed at once leave a group within its cap, with an owner who is in it.
pub async fn members_who_come_and_go_at_once_leave_a_consistent_group(directory: Arc<dyn Directory>) {
    people::<20>(&*directory).await;
    directory.create_group(channel(1), user(1), &[user(2)], None, NOW).await.unwrap();
    all_of((0..60u64).map(|n| {
        let directory = directory.clone();
        async move {
            let who = user(n % 20 + 1);
            if n % 3 == 0 {
                directory.remove_recipient(channel(1), who).await.unwrap();
            } else {
                directory.add_recipient(channel(1), who, 10, NOW).await.unwrap();
            }
        }
    }))
    .await;
    if let Some(group) = directory.private_channel(channel(1)).await.unwrap() {
        assert!(group.participants.len() <= 10);
        assert!(group.participants.contains(&group.owner.unwrap()));
    }
}

/// A group's name and owner change; the owner is one of its members.
pub async fn a_group_is_changed(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    directory.create_group(channel(1), a, &[b], Some("old"), NOW).await.unwrap();
    let rename = GroupChange { name: Some(Some("new".into())), owner: None };
    let group = directory.change_group(channel(1), &rename).await.unwrap().unwrap();
    assert_eq!((group.name.as_deref(), group.owner), (Some("new"), Some(a)));
    let hand_on = GroupChange { name: Some(None), owner: Some(b) };
    let group = directory.change_group(channel(1), &hand_on).await.unwrap().unwrap();
    assert_eq!((group.name.as_deref(), group.owner), (None, Some(b)));
    assert_eq!(directory.private_channel(channel(1)).await.unwrap(), Some(group));
    assert_eq!(directory.private_scope(channel(1)).await.unwrap().unwrap().owner, Some(b));
    let stranger = GroupChange { name: None, owner: Some(c) };
    assert_eq!(directory.change_group(channel(1), &stranger).await.unwrap(), None);
    assert_eq!(directory.change_group(channel(9), &rename).await.unwrap(), None);
    directory.open_dm(a, b, channel(2), NOW).await.unwrap();
    assert_eq!(directory.change_group(channel(2), &rename).await.unwrap(), None);
}

/// A user is a participant of channels that are closed, too.
pub async fn memberships_are_open_or_not(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    directory.open_dm(c, a, channel(2), NOW).await.unwrap();
    directory.close_dm(channel(1), a).await.unwrap();
    let mut ids = directory.private_memberships(a).await.unwrap();
    ids.sort();
    assert_eq!(ids, [channel(1), channel(2)]);
    assert!(listed(&*directory, a).await.is_empty());
}

/// A direct message's scope tells how each side stands to the other, with the version that the change answered.
pub async fn a_scope_tells_how_the_pair_stands(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    directory.open_dm(b, a, channel(1), NOW).await.unwrap();
    let scope = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!((scope.channel, scope.kind, scope.owner), (channel(1), PrivateKind::Dm, None));
    assert_eq!(scope.ids().len(), 2);
    assert_eq!(scope.pair, (None, None));
    assert_eq!((scope.participant(a).unwrap().open, scope.participant(b).unwrap().open), (false, true));
    let order = directory.private_channel(channel(1)).await.unwrap().unwrap().participants;
    assert_eq!(scope.ids(), order);
    let first_is_a = order.first() == Some(&a);
    let change = befriend(&*directory, a, b).await;
    let friends = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!(friends.pair, (Some(Friend), Some(Friend)));
    assert_eq!(friends.version, change.version);
    assert!(friends.version > scope.version);
    let change = act(&*directory, a, b, Block).await.unwrap();
    let blocked = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!(blocked.pair, if first_is_a { (Some(Blocked), None) } else { (None, Some(Blocked)) });
    assert_eq!(blocked.version, change.version);
    assert_eq!(directory.private_scope(channel(9)).await.unwrap(), None);
}

/// A scope tells bots with their owners, and when the bot has lost its owner.
pub async fn a_scope_tells_a_bot_and_its_owner(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    let application = super::applications::application(50, a);
    directory.create_application(&application, "a_bot", 10, NOW).await.unwrap();
    let bot = application.id.bot();
    directory.open_dm(a, bot, channel(1), NOW).await.unwrap();
    let before = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!(before.participant(bot).map(|p| (p.bot, p.bot_owner)), Some((true, Some(a))));
    assert_eq!(before.participant(a).map(|p| (p.bot, p.bot_owner)), Some((false, None)));
    directory.delete_application(application.id).await.unwrap().unwrap();
    let after = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!(after.participant(bot).map(|p| (p.bot, p.bot_owner)), Some((true, None)));
    assert!(after.version > before.version);
}

/// A group's version rises with every change of its members.
pub async fn a_groups_scope_has_a_version(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    directory.create_group(channel(1), a, &[b], None, NOW).await.unwrap();
    let scope = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!((scope.kind, scope.owner, scope.pair), (PrivateKind::Group, Some(a), (None, None)));
    directory.add_recipient(channel(1), c, 10, NOW).await.unwrap();
    let grown = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!(grown.ids(), [a, b, c]);
    assert!(grown.version > scope.version);
    directory.remove_recipient(channel(1), a).await.unwrap();
    let shrunk = directory.private_scope(channel(1)).await.unwrap().unwrap();
    assert_eq!((shrunk.ids(), shrunk.owner), (vec![b, c], Some(b)));
    assert!(shrunk.version > grown.version);
}

/// The fence race: while others read the scope without pause, no call that begins after a change was answered sees
/// what was before it.
pub async fn no_scope_is_older_than_an_answered_change(directory: Arc<dyn Directory>) {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    let [a, b] = people(&*directory).await;
    directory.open_dm(a, b, channel(1), NOW).await.unwrap();
    let answered = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (directory, answered, stop) = (directory.clone(), answered.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let before = answered.load(Ordering::SeqCst);
                    let scope = directory.private_scope(channel(1)).await.unwrap().unwrap();
                    assert!(scope.version >= before, "{} is older than {before}", scope.version);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 0..super::RACES {
        act(&*directory, a, b, Befriend).await.unwrap();
        let friends = act(&*directory, b, a, Befriend).await.unwrap();
        answered.store(friends.version, Ordering::SeqCst);
        let scope = directory.private_scope(channel(1)).await.unwrap().unwrap();
        assert_eq!(scope.pair, (Some(Friend), Some(Friend)), "round {n}");
        let end = if n % 2 == 0 { Remove } else { Block };
        let ended = act(&*directory, a, b, end).await.unwrap();
        answered.store(ended.version, Ordering::SeqCst);
        let scope = directory.private_scope(channel(1)).await.unwrap().unwrap();
        assert_ne!(scope.pair, (Some(Friend), Some(Friend)), "round {n}");
        act(&*directory, a, b, Remove).await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
}
