//! Members.

use super::super::{new_device, people, register, user};
use super::{
    NOW, PLENTY, added, entry, give, guild, join, later, make, member, new_invite, new_role, role, versions,
};
use model::audit::AuditAction;
use model::guild::{Member, Role};
use model::user::AccountChange;
use ports::directory::Directory;
use ports::directory::guilds::{AuditQuery, Joined, PruneQuery, Raised};
use std::sync::Arc;

async fn ids(directory: &dyn Directory) -> Vec<model::UserId> {
    directory.members(guild(1), None, 100).await.unwrap().into_iter().map(|member| member.user).collect()
}

/// Members are listed by id, in pages, and found by id.
pub async fn members_are_listed_in_pages(directory: Arc<dyn Directory>) {
    let [a, b, c, d] = people(&*directory).await;
    make(&*directory, b, 1).await;
    for who in [d, a] {
        join(&*directory, 1, who).await;
    }
    for n in 1..=2 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), PLENTY, vec![]).await.unwrap());
    }
    give(&*directory, 1, a, &[role(2), role(1)]).await;
    assert_eq!(ids(&*directory).await, [a, b, d]);
    let page = directory.members(guild(1), Some(a), 1).await.unwrap();
    assert_eq!(page, [Member::new(b, NOW).come_with(1)]);
    let page = directory.members(guild(1), None, 2).await.unwrap();
    assert_eq!((page.len(), page[0].roles.len()), (2, 2), "a limit counts members, not their roles");
    let mut some = directory.members_of(guild(1), &[d, c, a, d]).await.unwrap();
    some.sort_by_key(|member| member.user);
    assert_eq!(some.iter().map(|member| member.user).collect::<Vec<_>>(), [a, d]);
    assert_eq!(some[0].roles.len(), 2);
    assert!(directory.members_of(guild(1), &[]).await.unwrap().is_empty());
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 3);
    let memberships = directory.memberships(a).await.unwrap();
    assert_eq!((memberships.len(), memberships[0].1.roles.len()), (1, 2));
}

/// Whatever the case of whichever of its names.
pub async fn members_are_found_by_the_beginning_of_a_name(directory: Arc<dyn Directory>) {
    let [a, b, c, _] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for who in [b, c] {
        join(&*directory, 1, who).await;
    }
    let shown = AccountChange { global_name: Some(Some("Ähnlich 100%".into())), ..AccountChange::default() };
    directory.change_account(b, &shown).await.unwrap();
    let edit = |member: &mut Member| member.nick = Some("USER_nick".into());
    directory.change_member(guild(1), c, Box::new(edit), vec![]).await.unwrap().unwrap();
    for (prefix, expected) in [
        ("user", vec![a, b, c]),
        ("USER1", vec![a]),
        ("user_", vec![c]),
        ("äHN", vec![b]),
        ("ähnlich 100%", vec![b]),
        ("Ahn", vec![]),
        ("%", vec![]),
        ("ser", vec![]),
        ("user4", vec![]),
    ] {
        let found = directory.search_members(guild(1), prefix, 10).await.unwrap();
        assert_eq!(found.iter().map(|member| member.user).collect::<Vec<_>>(), expected, "{prefix}");
    }
    assert_eq!(directory.search_members(guild(1), "user", 2).await.unwrap().len(), 2);
}

/// A change is kept, with the roles that there are.
pub async fn a_member_is_changed(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    for n in 1..=2 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), PLENTY, vec![]).await.unwrap());
    }
    let was = versions(&*directory, 1).await;
    let edit = |member: &mut Member| {
        member.nick = Some("🦀".repeat(32));
        member.timeout = Some(later(60));
        member.deaf = true;
        member.mute = true;
        member.flags = 3;
        member.roles = vec![role(2), role(1), role(77), guild(1).everyone(), role(1)];
    };
    let audit = vec![entry(1, a, AuditAction::MemberUpdate)];
    let changed = directory.change_member(guild(1), b, Box::new(edit), audit).await.unwrap().unwrap();
    assert_eq!(changed.value.roles, [role(1), role(2)]);
    assert_eq!((changed.versions.state, changed.versions.members), (was.state, was.members + 1));
    assert_eq!(member(&*directory, 1, b).await, Some(changed.value.clone()));
    assert_eq!(directory.members_of(guild(1), &[b]).await.unwrap(), [changed.value]);
    let left = give(&*directory, 1, b, &[role(2)]).await;
    assert_eq!((left.value.roles.as_slice(), left.value.flags), ([role(2)].as_slice(), 3));
    let nobody = directory.change_member(guild(1), user(9), Box::new(|_| {}), vec![]).await.unwrap();
    assert_eq!(nobody, None);
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert_eq!(directory.audit_log(guild(1), query).await.unwrap().len(), 1);
}

/// Who leaves is no member, and comes back as a new one. The owner stays.
pub async fn a_membership_ends(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    added(directory.create_role(guild(1), &new_role(role(1), "r"), PLENTY, vec![]).await.unwrap());
    let given = give(&*directory, 1, b, &[role(1)]).await;
    let gone = directory.remove_member(guild(1), b, vec![]).await.unwrap().unwrap();
    assert_eq!(gone.value, given.value);
    assert_eq!(gone.versions.members, given.versions.members + 1);
    assert_eq!(member(&*directory, 1, b).await, None);
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 1);
    assert!(directory.memberships(b).await.unwrap().is_empty());
    assert_eq!(directory.remove_member(guild(1), b, vec![]).await.unwrap(), None);
    assert_eq!(directory.remove_member(guild(1), a, vec![]).await.unwrap(), None, "the owner stays");
    assert_eq!(directory.remove_member(guild(9), b, vec![]).await.unwrap(), None);
    let again = join(&*directory, 1, b).await;
    assert_eq!(again, Member::new(b, NOW).come_with(again.came));
    assert!(again.came > 1, "it is another membership");
}

/// A bot comes with a role of its own, and takes it along.
pub async fn a_bot_comes_and_goes_with_its_role(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let application = super::super::applications::application(50, a);
    directory.create_application(&application, "a_bot", 10, NOW).await.unwrap();
    let bot = application.id.bot();
    added(directory.create_role(guild(1), &new_role(role(1), "other"), PLENTY, vec![]).await.unwrap());
    let own = Role { bot: Some(application.id), ..new_role(role(2), "bot") };
    let audit = vec![entry(1, a, AuditAction::BotAdd)];
    let joined = directory.join_bot(guild(1), bot, Some(&own), NOW, audit.clone()).await.unwrap();
    let Joined::Joined(Raised { value, versions }) = joined else { panic!("{joined:?}") };
    assert_eq!(value.roles, [role(2)]);
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    assert_eq!((state.role(role(2)).unwrap().position, state.version), (1, versions.state));
    assert_eq!(directory.guild_bots(guild(1)).await.unwrap(), [(application.id, value.clone())]);
    let again = directory.join_bot(guild(1), bot, Some(&own), NOW, audit).await.unwrap();
    assert_eq!(again, Joined::Already(value));
    directory.remove_member(guild(1), bot, vec![]).await.unwrap().unwrap();
    assert_eq!(directory.guild_state(guild(1)).await.unwrap().unwrap().role(role(2)), None);
    assert!(directory.guild_bots(guild(1)).await.unwrap().is_empty());
    let without = directory.join_bot(guild(1), bot, None, NOW, vec![]).await.unwrap();
    assert!(matches!(without, Joined::Joined(_)));
    assert_eq!(directory.join_bot(guild(9), bot, None, NOW, vec![]).await.unwrap(), Joined::NoInvite);
}

/// Who was not seen, and has no role but those that do not count.
pub async fn the_silent_are_prunable(directory: Arc<dyn Directory>) {
    let [a, b, c, d, e] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for who in [b, c, d] {
        join(&*directory, 1, who).await;
    }
    added(directory.create_invite(&new_invite(1, "late", a), PLENTY, vec![]).await.unwrap());
    directory.join_by_invite("late", e, later(10_000), PLENTY).await.unwrap();
    for n in 1..=2 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), PLENTY, vec![]).await.unwrap());
    }
    give(&*directory, 1, c, &[role(1)]).await;
    directory.sign_in(&new_device(d, 1, later(10_000)), 50).await.unwrap();
    directory.sign_in(&new_device(b, 2, NOW), 50).await.unwrap();
    let prunable = |roles: &[model::RoleId]| {
        let (directory, query) =
            (directory.clone(), PruneQuery { before: later(5_000), include_roles: roles.to_vec() });
        async move { directory.prunable(guild(1), &query, 10).await.unwrap() }
    };
    assert_eq!(prunable(&[]).await, [b]);
    assert_eq!(prunable(&[role(1), role(2)]).await, [b, c]);
    assert_eq!(prunable(&[role(2)]).await, [b]);
    let query = PruneQuery { before: later(5_000), include_roles: vec![role(1)] };
    assert_eq!(directory.prunable(guild(1), &query, 1).await.unwrap(), [b]);
}

/// The count is right however many come and go at once.
pub async fn members_who_come_and_go_at_once_are_counted(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for n in 2..=20 {
        register(&*directory, n).await;
    }
    added(directory.create_invite(&new_invite(1, "code", a), PLENTY, vec![]).await.unwrap());
    super::super::all_of((0..60u64).map(|n| {
        let directory = directory.clone();
        async move {
            let who = user(2 + n % 19);
            if n % 3 == 0 {
                directory.remove_member(guild(1), who, vec![]).await.unwrap();
            } else {
                directory.join_by_invite("code", who, NOW, PLENTY).await.unwrap();
            }
        }
    }))
    .await;
    let members = directory.members(guild(1), None, 100).await.unwrap();
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), members.len() as u64);
}
