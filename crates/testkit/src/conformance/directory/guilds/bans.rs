//! Bans.

use super::super::{people, user};
use super::{NOW, PLENTY, added, entry, guild, join, make, member, new_invite, versions};
use model::audit::AuditAction;
use model::guild::Ban;
use ports::directory::Directory;
use ports::directory::guilds::{Added, AuditQuery, Joined};
use std::sync::Arc;

/// A ban ends the membership and keeps the user out until it is lifted.
pub async fn a_ban_keeps_out(directory: Arc<dyn Directory>) {
    let [a, b, c] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let was = join(&*directory, 1, b).await;
    let before = versions(&*directory, 1).await;
    let audit = vec![entry(1, a, AuditAction::MemberBanAdd)];
    let banned = added(directory.ban(guild(1), b, Some("spam"), audit).await.unwrap());
    assert_eq!(banned.value, Some(was));
    assert_eq!(banned.versions.members, before.members + 1);
    assert_eq!(member(&*directory, 1, b).await, None);
    let ban = Ban { user: b, reason: Some("spam".into()) };
    assert_eq!(directory.find_ban(guild(1), b).await.unwrap(), Some(ban.clone()));
    added(directory.create_invite(&new_invite(1, "code", a), PLENTY, vec![]).await.unwrap());
    assert_eq!(directory.join_by_invite("code", b, NOW, PLENTY).await.unwrap(), Joined::Banned);
    assert_eq!(directory.join_bot(guild(1), b, None, NOW, vec![]).await.unwrap(), Joined::Banned);
    assert_eq!(directory.invite("code", NOW).await.unwrap().unwrap().uses, 0);
    // Whoever is no member, too; and again, with another reason.
    assert_eq!(added(directory.ban(guild(1), c, None, vec![]).await.unwrap()).value, None);
    assert_eq!(added(directory.ban(guild(1), c, Some("again"), vec![]).await.unwrap()).value, None);
    assert_eq!(directory.find_ban(guild(1), c).await.unwrap().unwrap().reason.as_deref(), Some("again"));
    assert_eq!(directory.ban(guild(1), a, None, vec![]).await.unwrap(), Added::Absent, "the owner stays");
    assert_eq!(directory.ban(guild(9), b, None, vec![]).await.unwrap(), Added::Absent);
    let audit = vec![entry(2, a, AuditAction::MemberBanRemove)];
    assert_eq!(directory.unban(guild(1), b, audit).await.unwrap(), Some(ban));
    assert_eq!(directory.unban(guild(1), b, vec![]).await.unwrap(), None);
    assert_eq!(directory.find_ban(guild(1), b).await.unwrap(), None);
    assert!(matches!(directory.join_by_invite("code", b, NOW, PLENTY).await.unwrap(), Joined::Joined(_)));
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert_eq!(directory.audit_log(guild(1), query).await.unwrap().len(), 2);
}

/// Bans are listed by id, in pages from either side.
pub async fn bans_are_listed_in_pages(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    for n in [15, 11, 14, 12, 13] {
        added(directory.ban(guild(1), user(n), None, vec![]).await.unwrap());
    }
    for (before, after, limit, expected) in [
        (None, None, 10, vec![11, 12, 13, 14, 15]),
        (None, None, 2, vec![11, 12]),
        (None, Some(12), 2, vec![13, 14]),
        (Some(14), None, 2, vec![12, 13]),
        (Some(11), None, 2, vec![]),
    ] {
        let page = directory.bans(guild(1), before.map(user), after.map(user), limit).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(user).collect();
        assert_eq!(page.into_iter().map(|ban| ban.user).collect::<Vec<_>>(), expected);
    }
}
