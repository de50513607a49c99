//! Roles, their order and their end.

use super::super::{all_of, people};
use super::{
    PLENTY, added, entry, general, give, guild, join, make, member, new_role, overwrite, role, versions,
};
use model::audit::AuditAction;
use model::emoji::Emoji;
use model::guild::{OverwriteTarget, Role};
use model::{EmojiId, Permissions, RoleId};
use ports::directory::Directory;
use ports::directory::guilds::{Added, AuditQuery};
use std::sync::Arc;

/// Roles in their order, from the lowest.
async fn order(directory: &dyn Directory) -> Vec<RoleId> {
    let mut roles = directory.guild_state(guild(1)).await.unwrap().unwrap().roles.clone();
    roles.sort_by_key(|role| role.position);
    assert!((0u16..).zip(&roles).all(|(place, role)| role.position == place), "{roles:?}");
    roles.into_iter().map(|role| role.id).collect()
}

/// A new role stands right above `@everyone`, and the others move up.
pub async fn a_role_is_made_above_everyone(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let was = versions(&*directory, 1).await;
    for n in 1..=3 {
        let new = new_role(role(n), &format!("role {n}"));
        let made = added(directory.create_role(guild(1), &new, 4, vec![]).await.unwrap());
        assert_eq!(made.value, Role { position: 1, ..new });
        assert_eq!((made.versions.state, made.versions.members), (was.state + n, was.members));
    }
    assert_eq!(order(&*directory).await, [guild(1).everyone(), role(3), role(2), role(1)]);
    let one_more = new_role(role(4), "one more");
    assert_eq!(directory.create_role(guild(1), &one_more, 4, vec![]).await.unwrap(), Added::TooMany);
    assert_eq!(directory.create_role(guild(9), &one_more, 4, vec![]).await.unwrap(), Added::Absent);
    // A repeated call finds it there, where it is now.
    let again =
        added(directory.create_role(guild(1), &new_role(role(1), "role 1"), 4, vec![]).await.unwrap());
    assert_eq!(again.value.position, 3);
}

/// Those who make roles at once stay within the cap, at places of their own.
pub async fn roles_made_at_once_stay_within_the_cap(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let made = all_of((1..=20).map(|n| {
        let directory = directory.clone();
        async move { directory.create_role(guild(1), &new_role(role(n), "r"), 9, vec![]).await.unwrap() }
    }))
    .await;
    assert_eq!(made.iter().filter(|made| matches!(made, Added::Added(_))).count(), 8);
    assert_eq!(order(&*directory).await.len(), 9);
}

/// A change of a role is one of the state.
pub async fn a_role_is_changed(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    added(directory.create_role(guild(1), &new_role(role(1), "old"), PLENTY, vec![]).await.unwrap());
    let edit = || {
        Box::new(|role: &mut Role| {
            role.name = "new".into();
            role.permissions = Permissions::from_bits(u64::MAX);
            role.color = 0;
            role.hoist = false;
            role.mentionable = true;
            role.icon = Some("hash".into());
            role.unicode_emoji = None;
        })
    };
    let changed = directory.change_role(guild(1), role(1), edit(), vec![]).await.unwrap().unwrap();
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    assert_eq!(state.role(role(1)), Some(&changed.value));
    assert_eq!(state.version, changed.versions.state);
    assert_eq!(changed.value.permissions.bits(), u64::MAX);
    assert_eq!(directory.change_role(guild(1), role(9), edit(), vec![]).await.unwrap(), None);
    assert_eq!(directory.change_role(guild(9), role(1), edit(), vec![]).await.unwrap(), None);
}

/// Roles are numbered without gaps, and `@everyone` stays at the bottom.
pub async fn roles_are_moved(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for n in 1..=4 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), PLENTY, vec![]).await.unwrap());
    }
    let everyone = guild(1).everyone();
    assert_eq!(order(&*directory).await, [everyone, role(4), role(3), role(2), role(1)]);
    let moved = directory.move_roles(guild(1), &[(role(4), 3)], vec![]).await.unwrap().unwrap();
    assert_eq!(moved.value.len(), 5);
    assert_eq!(order(&*directory).await, [everyone, role(3), role(2), role(4), role(1)]);
    let to = [(role(1), 1), (everyone, 4), (role(2), 900), (role(77), 2)];
    directory.move_roles(guild(1), &to, vec![]).await.unwrap().unwrap();
    assert_eq!(order(&*directory).await, [everyone, role(1), role(3), role(4), role(2)]);
    assert_eq!(directory.move_roles(guild(9), &to, vec![]).await.unwrap(), None);
}

/// A role that is gone is gone from members, channels and emoji, and both versions say so.
pub async fn a_deleted_role_is_gone_everywhere(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for n in 1..=3 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), PLENTY, vec![]).await.unwrap());
    }
    for who in [b, c] {
        join(&*directory, 1, who).await;
    }
    give(&*directory, 1, b, &[role(1), role(2)]).await;
    give(&*directory, 1, c, &[role(2)]).await;
    for target in [OverwriteTarget::Role(role(1)), OverwriteTarget::Role(role(2)), OverwriteTarget::Member(b)]
    {
        added(directory.set_overwrite(general(1), overwrite(target), PLENTY, vec![]).await.unwrap());
    }
    let emoji = |n, roles: &[RoleId]| Emoji {
        id: EmojiId::new(n).unwrap(),
        name: "crab".into(),
        animated: false,
        creator: a,
        roles: roles.to_vec(),
    };
    for emoji in [emoji(1, &[role(1), role(2)]), emoji(2, &[role(2)]), emoji(3, &[])] {
        added(directory.create_emoji(guild(1), &emoji, PLENTY, vec![]).await.unwrap());
    }
    // Whoever was asked before is asked again.
    assert_eq!(member(&*directory, 1, c).await.unwrap().roles, [role(2)]);
    let was = versions(&*directory, 1).await;
    let audit = vec![entry(1, a, AuditAction::RoleDelete)];
    let gone = directory.delete_role(guild(1), role(2), audit).await.unwrap().unwrap();
    assert_eq!(
        (gone.value.id, gone.versions.state, gone.versions.members),
        (role(2), was.state + 1, was.members + 1)
    );
    assert_eq!(member(&*directory, 1, b).await.unwrap().roles, [role(1)]);
    assert!(member(&*directory, 1, c).await.unwrap().roles.is_empty());
    assert_eq!(order(&*directory).await, [guild(1).everyone(), role(3), role(1)]);
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    let targets: Vec<_> = state.channel(general(1)).unwrap().overwrites.iter().map(|o| o.target).collect();
    assert_eq!(targets, [OverwriteTarget::Role(role(1)), OverwriteTarget::Member(b)]);
    assert_eq!(state.emojis[0].roles, [role(1)]);
    assert!(!state.emojis[1].roles.is_empty(), "what only it could use is not everybody's now");
    assert!(state.emojis[2].roles.is_empty());
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert_eq!(directory.audit_log(guild(1), query).await.unwrap().len(), 1);
    for (of, id) in [(guild(1), role(2)), (guild(1), guild(1).everyone()), (guild(9), role(1))] {
        assert_eq!(directory.delete_role(of, id, vec![]).await.unwrap(), None);
    }
}

/// How many members each role has.
pub async fn members_are_counted_by_role(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    for n in 1..=3 {
        added(directory.create_role(guild(1), &new_role(role(n), "r"), PLENTY, vec![]).await.unwrap());
    }
    give(&*directory, 1, a, &[role(1)]).await;
    give(&*directory, 1, b, &[role(1), role(2)]).await;
    let mut counts = directory.role_counts(guild(1)).await.unwrap();
    counts.retain(|(_, count)| *count > 0);
    counts.sort();
    assert_eq!(counts, [(role(1), 2), (role(2), 1)]);
    let mut both = [a, b];
    both.sort();
    let having = async |which, limit| directory.role_members(guild(1), role(which), limit).await.unwrap();
    assert_eq!(having(1, 10).await, both);
    assert_eq!(having(1, 1).await, both[..1]);
    assert_eq!(having(2, 10).await, [b]);
    assert_eq!(having(3, 10).await, []);
    assert_eq!(directory.role_members(guild(2), role(1), 10).await.unwrap(), []);
}
