//! Emoji, webhooks, the audit log.

use super::super::{channel, people};
use super::{added, category, entry, general, guild, make, role, versions};
use model::audit::AuditAction;
use model::emoji::Emoji;
use model::webhook::Webhook;
use model::{AuditId, EmojiId, WebhookId};
use ports::directory::Directory;
use ports::directory::guilds::{Added, AuditQuery};
use std::sync::Arc;

/// So many that move, and as many that do not; each change is one of the state.
pub async fn emojis_are_made_changed_and_deleted(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let emoji = |n: u64, animated| Emoji {
        id: EmojiId::new(n << 22).unwrap(),
        name: format!("emoji_{n}"),
        animated,
        creator: a,
        roles: vec![role(2), role(1)],
    };
    for (n, animated) in [(1, false), (2, false), (3, true)] {
        let made = added(directory.create_emoji(guild(1), &emoji(n, animated), 2, vec![]).await.unwrap());
        assert_eq!(made.value, emoji(n, animated));
    }
    assert_eq!(directory.create_emoji(guild(1), &emoji(4, false), 2, vec![]).await.unwrap(), Added::TooMany);
    added(directory.create_emoji(guild(1), &emoji(4, true), 2, vec![]).await.unwrap());
    assert_eq!(directory.create_emoji(guild(9), &emoji(5, true), 2, vec![]).await.unwrap(), Added::Absent);
    let id = emoji(1, false).id;
    let edit = || {
        Box::new(|emoji: &mut Emoji| {
            emoji.name = "new".into();
            emoji.roles.clear();
        })
    };
    let changed = directory.change_emoji(guild(1), id, edit(), vec![]).await.unwrap().unwrap();
    assert_eq!((changed.value.name.as_str(), changed.value.roles.len()), ("new", 0));
    assert_eq!(directory.find_emoji(id).await.unwrap(), Some((guild(1), changed.value.clone())));
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    assert_eq!(
        (state.emojis.len(), &state.emojis[0], state.version),
        (4, &changed.value, changed.versions.state)
    );
    let gone = directory.delete_emoji(guild(1), id, vec![]).await.unwrap().unwrap();
    assert_eq!(gone.value, changed.value);
    assert_eq!(directory.delete_emoji(guild(1), id, vec![]).await.unwrap(), None);
    assert_eq!(directory.change_emoji(guild(1), id, edit(), vec![]).await.unwrap(), None);
    assert_eq!(directory.find_emoji(id).await.unwrap(), None);
    assert_eq!(directory.guild_state(guild(1)).await.unwrap().unwrap().emojis.len(), 3);
}

/// Webhooks are found by id alone, and raise no version.
pub async fn webhooks_are_made_changed_and_deleted(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    make(&*directory, a, 2).await;
    let webhook = |n: u64| Webhook {
        id: WebhookId::new(n << 22).unwrap(),
        guild: guild(1),
        channel: general(1),
        name: "käse".into(),
        avatar: None,
        creator: Some(a),
        application: None,
        token: format!("token {n}"),
    };
    let was = versions(&*directory, 1).await;
    for n in [2, 1] {
        assert_eq!(
            added(directory.create_webhook(&webhook(n), 2, 5, vec![]).await.unwrap()).value,
            webhook(n)
        );
    }
    assert_eq!(directory.create_webhook(&webhook(3), 2, 5, vec![]).await.unwrap(), Added::TooMany);
    assert_eq!(directory.create_webhook(&webhook(3), 5, 2, vec![]).await.unwrap(), Added::TooMany);
    for place in [category(1), general(2), channel(77)] {
        let elsewhere = Webhook { channel: place, ..webhook(4) };
        assert_eq!(directory.create_webhook(&elsewhere, 5, 5, vec![]).await.unwrap(), Added::Absent);
    }
    assert_eq!(directory.webhook(webhook(1).id).await.unwrap(), Some(webhook(1)));
    assert_eq!(directory.webhooks(guild(1), None).await.unwrap(), [webhook(1), webhook(2)]);
    assert_eq!(directory.webhooks(guild(1), Some(general(1))).await.unwrap().len(), 2);
    assert!(directory.webhooks(guild(1), Some(category(1))).await.unwrap().is_empty());
    let edit = Box::new(|webhook: &mut Webhook| {
        webhook.name = "new".into();
        webhook.avatar = Some("hash".into());
    });
    let changed = directory.change_webhook(webhook(1).id, edit, vec![]).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.avatar.as_deref()), ("new", Some("hash")));
    assert_eq!(directory.webhook(webhook(1).id).await.unwrap(), Some(changed.clone()));
    let away = Box::new(|webhook: &mut Webhook| webhook.channel = general(2));
    assert_eq!(directory.change_webhook(webhook(1).id, away, vec![]).await.unwrap(), None);
    assert_eq!(directory.delete_webhook(webhook(1).id, vec![]).await.unwrap(), Some(changed));
    assert_eq!(directory.delete_webhook(webhook(1).id, vec![]).await.unwrap(), None);
    assert_eq!(versions(&*directory, 1).await, was);
    directory.delete_channel(general(1), vec![]).await.unwrap().unwrap();
    assert_eq!(directory.webhook(webhook(2).id).await.unwrap(), None, "it goes with its channel");
}

/// Rows come newest first, of one actor or one kind, in pages from either side.
pub async fn the_audit_log_is_read_in_pages(directory: Arc<dyn Directory>) {
    let [a, b] = people(&*directory).await;
    make(&*directory, a, 1).await;
    make(&*directory, a, 2).await;
    let rows: Vec<_> = (1..=6u64)
        .map(|n| {
            let action = if n % 2 == 0 { AuditAction::MessageDelete } else { AuditAction::MemberKick };
            entry(n, if n <= 3 { a } else { b }, action)
        })
        .collect();
    for row in &rows {
        directory.audit(guild(1), row).await.unwrap();
        // A repeated call adds nothing.
        directory.audit(guild(1), row).await.unwrap();
    }
    directory.audit(guild(2), &rows[0]).await.unwrap();
    directory.audit(guild(9), &rows[0]).await.unwrap();
    let id = |n: usize| Some::<AuditId>(rows[n - 1].id);
    let any = AuditQuery { limit: 10, ..AuditQuery::default() };
    for (query, expected) in [
        (any, vec![6, 5, 4, 3, 2, 1]),
        (AuditQuery { limit: 2, ..any }, vec![6, 5]),
        (AuditQuery { actor: Some(a), ..any }, vec![3, 2, 1]),
        (AuditQuery { action: Some(AuditAction::MessageDelete), ..any }, vec![6, 4, 2]),
        (AuditQuery { action: Some(AuditAction::MemberKick), actor: Some(b), ..any }, vec![5]),
        (AuditQuery { before: id(4), limit: 2, ..any }, vec![3, 2]),
        (AuditQuery { after: id(2), limit: 2, ..any }, vec![4, 3]),
        (AuditQuery { action: Some(AuditAction::RoleCreate), ..any }, vec![]),
    ] {
        let page = directory.audit_log(guild(1), query).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(|n: usize| rows[n - 1].clone()).collect();
        assert_eq!(page, expected, "{query:?}");
    }
    assert_eq!(directory.audit_log(guild(2), any).await.unwrap().len(), 1);
    assert!(directory.audit_log(guild(9), any).await.unwrap().is_empty());
    // What is older than Discord shows goes.
    let late = model::snowflake::at_ms(super::NOW.millis() + 46 * 86_400_000);
    let late = model::audit::AuditEntry { id: AuditId::new(late).unwrap(), ..rows[0].clone() };
    directory.audit(guild(1), &late).await.unwrap();
    assert_eq!(directory.audit_log(guild(1), any).await.unwrap(), [late]);
}
