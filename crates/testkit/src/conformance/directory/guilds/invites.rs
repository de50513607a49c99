//! Ways in.

use super::super::{all_of, channel, people, register, user};
use super::{NOW, PLENTY, added, entry, guild, join, later, make, member, new_invite};
use model::audit::AuditAction;
use model::guild::{Guild, Invite};
use ports::directory::Directory;
use ports::directory::guilds::{Added, AuditQuery, GuildEdit, Joined};
use std::sync::Arc;

/// An invite comes back as it was made, and its code belongs to it.
pub async fn an_invite_is_made_and_found(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    make(&*directory, a, 2).await;
    let new = Invite { max_age: 60, max_uses: 5, temporary: true, ..new_invite(1, "aBc", a) };
    let audit = vec![entry(1, a, AuditAction::InviteCreate)];
    assert_eq!(added(directory.create_invite(&new, 2, audit.clone()).await.unwrap()).value, new);
    assert_eq!(directory.invite("aBc", NOW).await.unwrap(), Some(new.clone()));
    for code in ["abc", "aBc ", "", "aBcd"] {
        assert_eq!(directory.invite(code, NOW).await.unwrap(), None, "{code}");
    }
    assert_eq!(directory.invite("aBc", later(60)).await.unwrap(), None, "it ended");
    // A repeated call finds it there; another invite with its code is none.
    assert_eq!(added(directory.create_invite(&new, 2, audit).await.unwrap()).value, new);
    let other = new_invite(2, "aBc", a);
    assert_eq!(directory.create_invite(&other, 2, vec![]).await.unwrap(), Added::Absent);
    let nowhere = Invite { channel: channel(77), ..new_invite(1, "nowhere", a) };
    assert_eq!(directory.create_invite(&nowhere, 2, vec![]).await.unwrap(), Added::Absent);
    added(directory.create_invite(&new_invite(1, "second", a), 2, vec![]).await.unwrap());
    assert_eq!(directory.create_invite(&new_invite(1, "third", a), 2, vec![]).await.unwrap(), Added::TooMany);
    // What ended makes room.
    let third = Invite { created: later(60), ..new_invite(1, "third", a) };
    added(directory.create_invite(&third, 2, vec![]).await.unwrap());
    let codes = |of: Option<model::ChannelId>| {
        let directory = directory.clone();
        async move {
            let invites = directory.invites(guild(1), of, later(61)).await.unwrap();
            invites.into_iter().map(|invite| invite.code).collect::<Vec<_>>()
        }
    };
    assert_eq!(codes(None).await, ["second", "third"]);
    assert_eq!(codes(Some(new.channel)).await.len(), 2);
    assert!(codes(Some(channel(77))).await.is_empty());
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert_eq!(directory.audit_log(guild(1), query).await.unwrap().len(), 1);
}

/// It is taken back once.
pub async fn an_invite_is_taken_back(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let new = new_invite(1, "code", a);
    added(directory.create_invite(&new, PLENTY, vec![]).await.unwrap());
    assert_eq!(directory.delete_invite("code", vec![]).await.unwrap(), Some(new));
    assert_eq!(directory.delete_invite("code", vec![]).await.unwrap(), None);
    assert_eq!(directory.join_by_invite("code", b, NOW, PLENTY).await.unwrap(), Joined::NoInvite);
}

/// Uses are counted for those who came in by it, and for nobody else.
pub async fn coming_in_counts_a_use(directory: Arc<dyn Directory>) {
    let [a, b, c, d] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let new = Invite { max_uses: 2, max_age: 60, ..new_invite(1, "code", a) };
    added(directory.create_invite(&new, PLENTY, vec![]).await.unwrap());
    let come = |who, seconds| {
        let directory = directory.clone();
        async move { directory.join_by_invite("code", who, later(seconds), 3).await.unwrap() }
    };
    assert!(matches!(come(a, 1).await, Joined::Already(member) if member.user == a));
    let Joined::Joined(joined) = come(b, 1).await else { panic!("not joined") };
    assert_eq!((joined.value.user, joined.value.joined), (b, later(1)));
    assert_eq!(member(&*directory, 1, b).await, Some(joined.value.clone()));
    assert_eq!(joined.value.came, joined.versions.members, "since when it is one is kept with it");
    assert_eq!(come(b, 2).await, Joined::Already(joined.value));
    assert_eq!(directory.invite("code", NOW).await.unwrap().map(|invite| invite.uses), Some(1));
    assert_eq!(come(c, 60).await, Joined::NoInvite, "it ended");
    assert!(matches!(come(c, 59).await, Joined::Joined(_)));
    assert_eq!(directory.invite("code", NOW).await.unwrap(), None, "it is used up");
    assert_eq!(come(d, 1).await, Joined::NoInvite);
    assert_eq!(directory.join_by_invite("none", d, NOW, 3).await.unwrap(), Joined::NoInvite);
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 3);
}

/// A user comes into as many guilds as it may, also if it tries several at once.
pub async fn who_is_in_enough_guilds_stays_outside(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    for n in 1..=6 {
        make(&*directory, a, n).await;
        added(
            directory.create_invite(&new_invite(n, &format!("code {n}"), a), PLENTY, vec![]).await.unwrap(),
        );
    }
    let joined = all_of((1..=6).map(|n| {
        let directory = directory.clone();
        async move { directory.join_by_invite(&format!("code {n}"), b, NOW, 2).await.unwrap() }
    }))
    .await;
    assert_eq!(joined.iter().filter(|joined| **joined == Joined::TooMany).count(), 4, "{joined:?}");
    assert_eq!(directory.memberships(b).await.unwrap().len(), 2);
}

/// A hundred who come at once by an invite with one use left: one comes in.
pub async fn a_hundred_at_once_use_an_invite_as_often_as_it_may_be(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for n in 2..=101 {
        register(&*directory, n).await;
    }
    let new = Invite { max_uses: 1, ..new_invite(1, "code", a) };
    added(directory.create_invite(&new, PLENTY, vec![]).await.unwrap());
    let joined = all_of((2..=101).map(|n| {
        let directory = directory.clone();
        async move {
            loop {
                // Too many writers at once may each find others in their way.
                if let Ok(joined) = directory.join_by_invite("code", user(n), NOW, PLENTY).await {
                    return joined;
                }
            }
        }
    }))
    .await;
    let came =
        joined.iter().filter(|joined| matches!(joined, Joined::Joined(_) | Joined::Already(_))).count();
    assert_eq!(came, 1);
    assert_eq!(joined.iter().filter(|joined| **joined == Joined::NoInvite).count(), 99);
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 2);
}

fn vanity(code: Option<&str>) -> GuildEdit {
    let code = code.map(str::to_owned);
    Box::new(move |guild: &mut Guild| guild.vanity.clone_from(&code))
}

/// A vanity code belongs to one guild, and is a way in without an end.
pub async fn a_vanity_code_belongs_to_one_guild(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    for n in [1, 2] {
        make(&*directory, a, n).await;
    }
    added(directory.change_guild(guild(1), vanity(Some("mine")), vec![]).await.unwrap());
    added(directory.change_guild(guild(1), vanity(Some("mine")), vec![]).await.unwrap());
    assert_eq!(directory.change_guild(guild(2), vanity(Some("mine")), vec![]).await.unwrap(), Added::TooMany);
    assert_eq!(directory.vanity("mine").await.unwrap(), Some(guild(1)));
    assert_eq!(directory.vanity("other").await.unwrap(), None);
    assert_eq!(directory.create_invite(&new_invite(2, "mine", a), 9, vec![]).await.unwrap(), Added::Absent);
    added(directory.create_invite(&new_invite(2, "invite", a), 9, vec![]).await.unwrap());
    assert_eq!(
        directory.change_guild(guild(1), vanity(Some("invite")), vec![]).await.unwrap(),
        Added::TooMany
    );
    assert!(matches!(directory.join_by_invite("mine", b, NOW, 9).await.unwrap(), Joined::Joined(_)));
    assert!(member(&*directory, 1, b).await.is_some());
    added(directory.change_guild(guild(1), vanity(None), vec![]).await.unwrap());
    assert_eq!(directory.vanity("mine").await.unwrap(), None);
    added(directory.change_guild(guild(2), vanity(Some("mine")), vec![]).await.unwrap());
}

/// Two who want the same code at once: one has it.
pub async fn a_race_for_a_vanity_code_has_one_winner(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    for n in 1..=8 {
        make(&*directory, a, n).await;
    }
    let answers = all_of((1..=8).map(|n| {
        let directory = directory.clone();
        async move { directory.change_guild(guild(n), vanity(Some("code")), vec![]).await.unwrap() }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Added::Added(_))).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Added::TooMany).count(), 7);
}

/// A ban that was answered wins over whoever comes in meanwhile; who is banned is no member.
pub async fn a_ban_and_a_join_at_once_leave_nobody_banned_inside(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    directory.remove_member(guild(1), b, vec![]).await.unwrap();
    added(directory.create_invite(&new_invite(1, "code", a), PLENTY, vec![]).await.unwrap());
    for round in 0..20 {
        let joining = {
            let directory = directory.clone();
            tokio::spawn(async move { directory.join_by_invite("code", b, NOW, PLENTY).await.unwrap() })
        };
        let banned = added(directory.ban(guild(1), b, None, vec![]).await.unwrap());
        assert_eq!(member(&*directory, 1, b).await, None, "round {round}");
        match joining.await.unwrap() {
            Joined::Joined(_) => assert_eq!(banned.value.map(|member| member.user), Some(b)),
            Joined::Banned => assert_eq!(banned.value, None),
            other => panic!("{other:?}"),
        }
        assert_eq!(member(&*directory, 1, b).await, None, "round {round}");
        assert_eq!(directory.join_by_invite("code", b, NOW, PLENTY).await.unwrap(), Joined::Banned);
        directory.unban(guild(1), b, vec![]).await.unwrap().unwrap();
    }
}
