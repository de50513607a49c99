//! [`ports::directory::relationships`].

use super::{NOW, ROOMY, act, all_of, befriend, people, user};
use model::UserId;
use model::relationship::RelationshipAction::{Befriend, Block, Remove};
use model::relationship::RelationshipKind::{Blocked, Friend, Incoming, Outgoing};
use model::relationship::{Pair, RelationshipRefusal, transition};
use ports::directory::Directory;
use ports::directory::relationships::RelationshipLimits;
use std::sync::Arc;

/// Both rows, as each side reads its own.
async fn pair(directory: &dyn Directory, a: UserId, b: UserId) -> Pair {
    let mine = directory.relationship(a, b).await.unwrap();
    let theirs = directory.relationship(b, a).await.unwrap();
    (mine.map(|row| row.kind), theirs.map(|row| row.kind))
}

/// Whatever two users do, both rows are what the table says.
pub async fn the_table_is_kept_on_both_sides(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let acts = [Befriend, Block, Remove];
    let mut expected: Pair = (None, None);
    let mut seed = 12345u64;
    for _ in 0..200 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let action = acts[(seed >> 33) as usize % 3];
        let (actor, other, before) =
            if seed >> 63 == 0 { (a, b, expected) } else { (b, a, (expected.1, expected.0)) };
        let answer = act(&*directory, actor, other, action).await;
        match transition(before, action) {
            Ok(after) => {
                let answer = answer.unwrap();
                assert_eq!((answer.before, answer.after), (before, after));
                expected = if actor == a { after } else { (after.1, after.0) };
            }
            Err(refusal) => assert_eq!(answer, Err(refusal)),
        }
        assert_eq!(pair(&*directory, a, b).await, expected);
    }
    super::sound(&directory).await;
}

/// A request is outgoing here and incoming there; accepting it makes both friends.
pub async fn a_request_is_seen_from_both_sides(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    let asked = act(&*directory, a, b, Befriend).await.unwrap();
    assert_eq!((asked.before, asked.after), ((None, None), (Some(Outgoing), Some(Incoming))));
    let row = directory.relationships(b).await.unwrap();
    assert_eq!(row.len(), 1);
    assert_eq!(row.first().map(|row| (row.other, row.kind)), Some((a, Incoming)));
    assert!(directory.friends(a).await.unwrap().is_empty());
    act(&*directory, b, a, Befriend).await.unwrap();
    assert_eq!(directory.friends(a).await.unwrap(), [b]);
    assert_eq!(directory.friends(b).await.unwrap(), [a]);
    assert_eq!(act(&*directory, a, b, Befriend).await, Err(RelationshipRefusal::AlreadyFriends));
    assert!(directory.relationships(c).await.unwrap().is_empty());
}

/// A block ends a friendship on both sides, and holds on its own side alone.
pub async fn a_block_takes_the_others_row_away(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    befriend(&*directory, a, b).await;
    act(&*directory, a, b, Block).await.unwrap();
    assert_eq!(pair(&*directory, a, b).await, (Some(Blocked), None));
    assert!(directory.friends(a).await.unwrap().is_empty());
    assert!(directory.relationships(b).await.unwrap().is_empty());
    assert_eq!(act(&*directory, a, b, Befriend).await, Err(RelationshipRefusal::Blocking));
    act(&*directory, b, a, Block).await.unwrap();
    act(&*directory, a, b, Remove).await.unwrap();
    assert_eq!(pair(&*directory, a, b).await, (None, Some(Blocked)));
}

/// The pair's version rises with every change, from either side, also after all rows went.
pub async fn a_version_rises_with_every_change_and_survives_removal(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let mut last = 0;
    for _ in 0..3 {
        for (actor, other, action) in
            [(a, b, Befriend), (b, a, Befriend), (a, b, Remove), (b, a, Block), (b, a, Remove)]
        {
            let change = act(&*directory, actor, other, action).await.unwrap();
            assert!(change.version > last, "{action:?}");
            last = change.version;
        }
        // What changes nothing never lowers it.
        assert!(act(&*directory, a, b, Remove).await.unwrap().version >= last);
    }
}

/// `since` is when the row became what it is.
pub async fn since_is_set_when_the_kind_changes(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let at = |seconds| NOW.plus_seconds(seconds);
    directory.change_relationship(a, b, Befriend, at(1), ROOMY).await.unwrap().unwrap();
    directory.change_relationship(a, b, Befriend, at(2), ROOMY).await.unwrap().unwrap();
    assert_eq!(directory.relationship(b, a).await.unwrap().unwrap().since, at(1));
    directory.change_relationship(b, a, Befriend, at(3), ROOMY).await.unwrap().unwrap();
    for (one, other) in [(a, b), (b, a)] {
        assert_eq!(directory.relationship(one, other).await.unwrap().unwrap().since, at(3));
    }
    directory.change_relationship(a, b, Block, at(4), ROOMY).await.unwrap().unwrap();
    directory.change_relationship(a, b, Block, at(5), ROOMY).await.unwrap().unwrap();
    assert_eq!(directory.relationship(a, b).await.unwrap().unwrap().since, at(4));
}

/// Friends with open requests, and blocks, are limited: the actor's, and the asked one's.
pub async fn limits_count_the_actor_and_the_asked(directory: Arc<dyn Directory>) {
    let [a, b, c, d, e] = people(&*directory).await;
    let limits = RelationshipLimits { friends: 2, blocks: 1 };
    let change = |actor, other, action| {
        let directory = directory.clone();
        async move { directory.change_relationship(actor, other, action, NOW, limits).await.unwrap() }
    };
    change(a, b, Befriend).await.unwrap();
    change(a, c, Befriend).await.unwrap();
    assert_eq!(change(a, d, Befriend).await, Err(RelationshipRefusal::Limit));
    assert_eq!(change(d, a, Befriend).await, Err(RelationshipRefusal::Limit), "the asked one has no room");
    assert_eq!(directory.relationship(d, a).await.unwrap(), None);
    // To accept needs no more room than the request took.
    change(b, a, Befriend).await.unwrap();
    assert_eq!(directory.friends(a).await.unwrap(), [b]);
    // Blocks have their own limit, and are possible without room for friends.
    change(a, d, Block).await.unwrap();
    change(a, d, Block).await.unwrap();
    assert_eq!(change(a, e, Block).await, Err(RelationshipRefusal::Limit));
    change(a, d, Remove).await.unwrap();
    change(a, e, Block).await.unwrap();
    change(a, b, Remove).await.unwrap();
    change(a, d, Befriend).await.unwrap();
}

/// A nickname is seen by who gave it, and goes with the friendship.
pub async fn a_nickname_is_ones_own_and_for_friends_only(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    act(&*directory, a, b, Befriend).await.unwrap();
    assert_eq!(directory.set_nickname(a, b, Some("Bee")).await.unwrap(), None);
    act(&*directory, b, a, Befriend).await.unwrap();
    let row = directory.set_nickname(a, b, Some("Bee 🐝")).await.unwrap().unwrap();
    assert_eq!((row.other, row.kind, row.nickname.as_deref()), (b, Friend, Some("Bee 🐝")));
    assert_eq!(directory.relationship(a, b).await.unwrap(), Some(row));
    assert_eq!(directory.relationship(b, a).await.unwrap().unwrap().nickname, None);
    assert_eq!(directory.set_nickname(a, b, None).await.unwrap().unwrap().nickname, None);
    directory.set_nickname(a, b, Some("Bee")).await.unwrap();
    act(&*directory, a, b, Block).await.unwrap();
    assert_eq!(directory.relationship(a, b).await.unwrap().unwrap().nickname, None);
}

/// Two who ask each other at the same time are friends: one of the requests accepts the other.
pub async fn two_who_ask_at_once_are_friends(directory: Arc<dyn Directory>) {
    people::<40>(&*directory).await;
    let asks = (1..=20).flat_map(|n| [(user(n), user(41 - n)), (user(41 - n), user(n))]).map(|(a, b)| {
        let directory = directory.clone();
        async move { act(&*directory, a, b, Befriend).await.unwrap().version }
    });
    all_of(asks).await;
    for n in 1..=20 {
        assert_eq!(pair(&*directory, user(n), user(41 - n)).await, (Some(Friend), Some(Friend)));
    }
}

/// Whatever both sides do at once, the pair is one that the table allows, and each version is given once.
pub async fn any_order_of_acts_leaves_a_consistent_pair(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let acts = (0..120u32).map(|n| {
        let directory = directory.clone();
        let action = [Befriend, Block, Remove, Befriend][(n / 2 % 4) as usize];
        let (actor, other) = if n % 2 == 0 { (a, b) } else { (b, a) };
        async move { act(&*directory, actor, other, action).await }
    });
    let mut versions: Vec<u64> = all_of(acts)
        .await
        .into_iter()
        .filter_map(Result::ok)
        .filter(|change| change.before != change.after)
        .map(|change| change.version)
        .collect();
    let changes = versions.len();
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), changes);
    super::sound(&directory).await;
}

/// A relationship to oneself is refused, not stored.
pub async fn nobody_stands_to_oneself(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    for action in [Befriend, Block, Remove] {
        assert!(act(&*directory, a, a, action).await.is_err());
    }
    assert!(directory.relationships(a).await.unwrap().is_empty());
}
