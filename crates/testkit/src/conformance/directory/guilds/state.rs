//! The guild as a whole: its settings, its two versions, its end.

use super::super::{all_of, people, user};
use super::{
    NOW, PLENTY, added, category, entry, general, give, guild, join, make, member, new_guild, new_role, role,
    versions,
};
use model::audit::AuditAction;
use model::guild::{Guild, Member};
use ports::directory::Directory;
use ports::directory::guilds::{Added, AuditQuery};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A guild has its owner as its only member, its roles and its channels.
pub async fn a_guild_is_made_with_its_roles_and_channels(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let new = new_guild(a, 1);
    let made = added(directory.create_guild(&new, PLENTY).await.unwrap());
    assert_eq!(made.value.guild, new.guild);
    assert_eq!(made.value.roles, new.roles);
    assert_eq!(made.value.channels, new.channels);
    assert_eq!(made.value.version, made.versions.state);
    assert_eq!(directory.guild_state(guild(1)).await.unwrap(), Some(made.value.clone()));
    let authority = directory.guild_authority(guild(1), a).await.unwrap().unwrap();
    assert_eq!(authority.member, Some(Member::new(a, NOW).come_with(1)));
    assert_eq!((authority.versions, &authority.state), (made.versions, &made.value));
    assert_eq!(member(&*directory, 1, b).await, None);
    assert_eq!(directory.memberships(a).await.unwrap(), [(guild(1), Member::new(a, NOW).come_with(1))]);
    assert!(directory.memberships(b).await.unwrap().is_empty());
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 1);
    for (channel, of) in [(category(1), Some(guild(1))), (general(1), Some(guild(1))), (general(2), None)] {
        assert_eq!(directory.guild_of(channel).await.unwrap(), of);
    }
    // A repeated call finds it there.
    assert_eq!(added(directory.create_guild(&new, PLENTY).await.unwrap()).value, made.value);
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 1);
}

/// A user is in as many guilds as it may, also if it makes several at once.
pub async fn guilds_of_one_user_are_capped(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    let made = all_of((1..=10).map(|n| {
        let directory = directory.clone();
        async move { directory.create_guild(&new_guild(a, n), 4).await.unwrap() }
    }))
    .await;
    assert_eq!(made.iter().filter(|made| matches!(made, Added::Added(_))).count(), 4);
    assert_eq!(directory.memberships(a).await.unwrap().len(), 4);
    assert_eq!(directory.guild_summaries(a).await.unwrap().len(), 4);
}

/// A change replaces what it names, and raises the state's version alone.
pub async fn settings_change_under_a_version(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    let before = make(&*directory, a, 1).await;
    let was = versions(&*directory, 1).await;
    let edit = |guild: &mut Guild| {
        guild.name = "new".into();
        guild.icon = Some("hash".into());
        guild.description = Some("what it is for".into());
        guild.verification_level = 4;
        guild.default_notifications = 1;
        guild.explicit_content_filter = 2;
        guild.nsfw_level = 3;
        guild.system_channel = Some(general(1));
        guild.system_channel_flags = 1;
        guild.rules_channel = Some(general(1));
        guild.public_updates_channel = Some(general(1));
        guild.safety_alerts_channel = Some(general(1));
        guild.afk_channel = Some(general(1));
        guild.afk_timeout = 60;
        guild.preferred_locale = "de".into();
        guild.premium_progress_bar = true;
    };
    let audit = vec![entry(1, a, AuditAction::GuildUpdate)];
    let changed = added(directory.change_guild(guild(1), Box::new(edit), audit).await.unwrap());
    let mut expected = before.guild.clone();
    edit(&mut expected);
    assert_eq!(changed.value, expected);
    assert_eq!((changed.versions.state, changed.versions.members), (was.state + 1, was.members));
    let now = directory.guild_state(guild(1)).await.unwrap().unwrap();
    assert_eq!((&now.guild, now.version), (&expected, changed.versions.state));
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert_eq!(directory.audit_log(guild(1), query).await.unwrap(), [entry(1, a, AuditAction::GuildUpdate)]);
    // Only a member owns it.
    let hand_on = || Box::new(move |guild: &mut Guild| guild.owner = b);
    assert_eq!(directory.change_guild(guild(1), hand_on(), vec![]).await.unwrap(), Added::Absent);
    join(&*directory, 1, b).await;
    assert_eq!(added(directory.change_guild(guild(1), hand_on(), vec![]).await.unwrap()).value.owner, b);
    assert_eq!(directory.change_guild(guild(9), Box::new(|_| {}), vec![]).await.unwrap(), Added::Absent);
}

/// Members raise the members' version, and leave the state as it is: the same value is handed out.
pub async fn a_member_who_comes_leaves_the_state_alone(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    let was = versions(&*directory, 1).await;
    join(&*directory, 1, b).await;
    let now = versions(&*directory, 1).await;
    assert_eq!((now.state, now.members), (was.state, was.members + 1));
    let authority = directory.guild_authority(guild(1), b).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&authority.state, &state), "it was read again");
    assert_eq!(authority.versions, now);
}

/// Versions are told of the guilds that there are.
pub async fn versions_of_several_guilds_are_told_at_once(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    let all: Vec<_> = (1..=70).map(guild).collect();
    for n in [1, 2, 70] {
        make(&*directory, a, n).await;
    }
    let mut told = directory.guild_versions(&all).await.unwrap();
    told.sort_by_key(|(guild, _)| *guild);
    assert_eq!(told.iter().map(|(guild, _)| *guild).collect::<Vec<_>>(), [guild(1), guild(2), guild(70)]);
    assert!(directory.guild_versions(&[]).await.unwrap().is_empty());
}

/// With a guild goes all that belongs to it, and nobody is a member any more.
pub async fn a_deleted_guild_leaves_nothing(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    make(&*directory, a, 2).await;
    join(&*directory, 1, b).await;
    added(directory.create_role(guild(1), &new_role(role(1), "r"), PLENTY, vec![]).await.unwrap());
    give(&*directory, 1, b, &[role(1)]).await;
    directory.audit(guild(1), &entry(1, a, AuditAction::MemberKick)).await.unwrap();
    let mut gone = directory.delete_guild(guild(1)).await.unwrap().unwrap();
    gone.sort();
    assert_eq!(gone, [category(1), general(1)]);
    assert_eq!(directory.delete_guild(guild(1)).await.unwrap(), None);
    assert!(directory.guild_authority(guild(1), a).await.unwrap().is_none());
    assert_eq!(directory.guild_state(guild(1)).await.unwrap(), None);
    assert!(directory.guild_versions(&[guild(1)]).await.unwrap().is_empty());
    assert_eq!(directory.memberships(a).await.unwrap().len(), 1);
    assert!(directory.memberships(b).await.unwrap().is_empty());
    assert_eq!(directory.guild_summaries(a).await.unwrap().len(), 1);
    assert!(directory.members(guild(1), None, 10).await.unwrap().is_empty());
    assert!(directory.members_of(guild(1), &[a, b]).await.unwrap().is_empty());
    assert!(directory.role_counts(guild(1)).await.unwrap().is_empty());
    assert_eq!(directory.member_count(guild(1)).await.unwrap(), 0);
    assert!(directory.invites(guild(1), None, NOW).await.unwrap().is_empty());
    assert_eq!(directory.invite("way into 1", NOW).await.unwrap(), None);
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert!(directory.audit_log(guild(1), query).await.unwrap().is_empty());
    assert!(directory.guild_state(guild(2)).await.unwrap().is_some());
}

/// The list of a user's guilds tells what it may do by its roles, and everything to who may do everything.
pub async fn summaries_tell_what_roles_grant(directory: Arc<dyn Directory>) {
    use model::Permissions;
    let [a, b] = people(&*directory).await;
    for n in [1, 2] {
        make(&*directory, a, n).await;
        join(&*directory, n, b).await;
    }
    let kick = model::guild::Role { permissions: Permissions::KICK_MEMBERS, ..new_role(role(1), "kick") };
    let admin = model::guild::Role { permissions: Permissions::ADMINISTRATOR, ..new_role(role(2), "admin") };
    added(directory.create_role(guild(1), &kick, PLENTY, vec![]).await.unwrap());
    added(directory.create_role(guild(2), &admin, PLENTY, vec![]).await.unwrap());
    let permissions = || async {
        let summaries = directory.guild_summaries(b).await.unwrap();
        summaries.into_iter().map(|(guild, permissions)| (guild.id, permissions)).collect::<Vec<_>>()
    };
    assert_eq!(permissions().await, [(guild(1), Permissions::DEFAULT), (guild(2), Permissions::DEFAULT)]);
    give(&*directory, 1, b, &[role(1)]).await;
    give(&*directory, 2, b, &[role(2)]).await;
    assert_eq!(
        permissions().await,
        [(guild(1), Permissions::DEFAULT | Permissions::KICK_MEMBERS), (guild(2), Permissions::ALL)]
    );
    let owners = directory.guild_summaries(a).await.unwrap();
    assert!(owners.iter().all(|(_, permissions)| *permissions == Permissions::ALL));
}

/// The fence race: while others ask without pause, no call that begins after a change was answered sees what was
/// before it, of the guild or of the member.
pub async fn no_authority_is_older_than_an_answered_change(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    join(&*directory, 1, b).await;
    added(directory.create_role(guild(1), &new_role(role(1), "r"), PLENTY, vec![]).await.unwrap());
    let (state, members) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let directory = directory.clone();
            let (state, members, stop) = (state.clone(), members.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let before = (state.load(Ordering::SeqCst), members.load(Ordering::SeqCst));
                    let authority = directory.guild_authority(guild(1), b).await.unwrap().unwrap();
                    let versions = authority.versions;
                    assert!(
                        versions.state >= before.0 && versions.members >= before.1,
                        "{versions:?} < {before:?}"
                    );
                    assert_eq!(authority.state.version, versions.state);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 0..super::super::RACES / 4 {
        let name = format!("name {n}");
        let edit = Box::new(move |guild: &mut Guild| guild.name = format!("name {n}"));
        let changed = added(directory.change_guild(guild(1), edit, vec![]).await.unwrap());
        state.store(changed.versions.state, Ordering::SeqCst);
        assert_eq!(directory.guild_state(guild(1)).await.unwrap().unwrap().guild.name, name);
        let roles = if n % 2 == 0 { vec![role(1)] } else { vec![] };
        let given = give(&*directory, 1, b, &roles).await;
        members.store(given.versions.members, Ordering::SeqCst);
        assert_eq!(member(&*directory, 1, b).await.unwrap().roles, roles, "round {n}");
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(member(&*directory, 1, user(99)).await, None);
}
