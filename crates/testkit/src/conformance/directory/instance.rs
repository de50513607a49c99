//! [`ports::directory::instance`], and what holds for all of the directory.

use super::{NOW, all_of, channel, device, hash, user};
use model::application::ApplicationChange;
use model::relationship::RelationshipAction::Remove;
use model::settings::Settings;
use model::user::AccountChange;
use ports::directory::Directory;
use ports::directory::accounts::Changed;
use std::sync::Arc;

/// Whoever comes first stores a secret; everybody gets the same bytes.
pub async fn a_secret_is_the_same_for_everybody(directory: Arc<dyn Directory>) {
    let answers = all_of((0..20u8).map(|n| {
        let directory = directory.clone();
        async move { directory.secret("mac", &[n, 0, 255]).await.unwrap() }
    }))
    .await;
    let first = answers.first().unwrap();
    assert!(answers.iter().all(|answer| answer == first));
    assert_eq!((first.len(), first.get(1..)), (3, Some([0, 255].as_slice())));
    assert_eq!(directory.secret("other", b"x").await.unwrap(), b"x");
    assert_eq!(directory.secret("Mac", b"y").await.unwrap(), b"y");
    assert_eq!(directory.secret("mac", b"z").await.unwrap(), *first);
}

/// A worker id is its holder's until it is given back; the lowest free one is leased.
pub async fn workers_are_leased_to_one_holder(directory: Arc<dyn Directory>) {
    let until = NOW.plus_seconds(60);
    for (holder, worker) in [("a", 0), ("b", 1), ("c", 2)] {
        assert_eq!(directory.lease_worker(holder, NOW, until).await.unwrap(), Some(worker));
    }
    directory.release_worker(1, "a").await.unwrap();
    assert_eq!(
        directory.lease_worker("d", NOW, until).await.unwrap(),
        Some(3),
        "only the holder gives it back"
    );
    directory.release_worker(1, "b").await.unwrap();
    assert_eq!(directory.lease_worker("e", NOW, until).await.unwrap(), Some(1));
    assert!(!directory.renew_worker(1, "b", NOW, until).await.unwrap());
    assert!(directory.renew_worker(1, "e", NOW, until.plus_seconds(60)).await.unwrap());
    assert!(!directory.renew_worker(999, "e", NOW, until).await.unwrap());
}

/// A lease that nobody prolongs is another's after its end, and cannot be prolonged any more.
pub async fn a_lease_that_ran_out_is_free(directory: Arc<dyn Directory>) {
    let (end, later) = (NOW.plus_seconds(60), NOW.plus_seconds(120));
    directory.lease_worker("a", NOW, end).await.unwrap();
    assert!(directory.renew_worker(0, "a", NOW.plus_seconds(59), end).await.unwrap());
    assert_eq!(directory.lease_worker("b", NOW.plus_seconds(59), later).await.unwrap(), Some(1));
    assert!(!directory.renew_worker(0, "a", end, later).await.unwrap());
    assert_eq!(directory.lease_worker("c", end, later).await.unwrap(), Some(0));
    assert!(!directory.renew_worker(0, "a", end, later).await.unwrap());
}

/// Many who lease at once never share one.
pub async fn many_who_lease_at_once_get_different_workers(directory: Arc<dyn Directory>) {
    let mut workers =
        all_of(
            (0..20).map(|n| {
                let directory = directory.clone();
                async move {
                    directory.lease_worker(&format!("node{n}"), NOW, NOW.plus_seconds(60)).await.unwrap()
                }
            }),
        )
        .await;
    workers.sort();
    assert_eq!(workers, (0..20).map(Some).collect::<Vec<_>>());
}

/// Ids that mean nothing are answered with nothing; whatever else, the engine does not break.
pub async fn unknown_ids_are_answered_not_feared(directory: Arc<dyn Directory>) {
    let nobody = user(404);
    assert_eq!(directory.settings(nobody).await.unwrap(), Settings::default());
    let _ = directory.set_settings(nobody, &Settings::default()).await;
    assert_eq!(directory.change_account(nobody, &AccountChange::default()).await.unwrap(), Changed::Absent);
    assert!(directory.set_password(nobody, "hash", None).await.unwrap().is_empty());
    assert!(directory.revoke(nobody, &[device(1)]).await.unwrap().is_empty());
    assert!(directory.sign_in(&super::new_device(nobody, 1, NOW), 50).await.is_err());
    assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), None);
    let gone = directory.change_relationship(nobody, user(405), Remove, NOW, super::ROOMY).await.unwrap();
    assert_eq!(gone.unwrap().after, (None, None));
    assert!(directory.open_dm(nobody, user(405), channel(1), NOW).await.is_err());
    assert_eq!(directory.private_channel(channel(1)).await.unwrap(), None);
    let application = nobody.application();
    assert_eq!(directory.change_application(application, &ApplicationChange::default()).await.unwrap(), None);
    assert_eq!(directory.delete_application(application).await.unwrap(), None);
}
