//! [`ports::directory::devices`].

use super::{NOW, device, hash, new_device, people, register, user};
use model::device::{Principal, TokenKind};
use ports::directory::Directory;
use std::sync::Arc;

/// A token is its device's until that is revoked; then nobody's.
pub async fn a_token_is_known_until_it_is_revoked(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), None);
    assert!(directory.sign_in(&new_device(user(1), 1, NOW), 50).await.unwrap().is_empty());
    let principal = Principal { user: user(1), device: device(1), kind: TokenKind::User };
    for _ in 0..3 {
        assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), Some(principal));
    }
    assert_eq!(directory.revoke(user(1), &[device(1), device(9)]).await.unwrap(), [device(1)]);
    assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), None);
    assert!(directory.revoke(user(1), &[device(1)]).await.unwrap().is_empty());
    assert!(directory.devices(user(1)).await.unwrap().is_empty());
}

/// A sign-in may be repeated when its answer was lost.
pub async fn a_repeated_sign_in_is_one_device(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    for _ in 0..2 {
        assert!(directory.sign_in(&new_device(user(1), 1, NOW), 50).await.unwrap().is_empty());
    }
    assert_eq!(directory.devices(user(1)).await.unwrap().len(), 1);
}

/// Above the cap the devices that were idle longest make room, and never the new one.
pub async fn above_the_cap_those_idle_longest_go(directory: Arc<dyn Directory>) {
    people::<2>(&*directory).await;
    directory.sign_in(&new_device(user(2), 100, NOW.plus_seconds(-1_000_000)), 3).await.unwrap();
    for n in 1..=3 {
        directory.sign_in(&new_device(user(1), n, NOW.plus_seconds(n as i64)), 3).await.unwrap();
    }
    directory.touch(device(1), NOW.plus_seconds(3600)).await.unwrap();
    let revoked = directory.sign_in(&new_device(user(1), 4, NOW.plus_seconds(4)), 3).await.unwrap();
    assert_eq!(revoked, [device(2)]);
    assert_eq!(directory.authenticate(&hash(2)).await.unwrap(), None);
    // The clock stepped back: the new device is the oldest by it, and stays all the same.
    let mut revoked = directory.sign_in(&new_device(user(1), 5, NOW.plus_seconds(-60)), 2).await.unwrap();
    revoked.sort();
    assert_eq!(revoked, [device(3), device(4)]);
    let ids: Vec<_> = directory.devices(user(1)).await.unwrap().iter().map(|device| device.id).collect();
    assert_eq!(ids, [device(1), device(5)]);
    assert!(directory.authenticate(&hash(100)).await.unwrap().is_some());
}

/// A user's devices come with what they said of themselves, used last first.
pub async fn devices_are_listed_used_last_first(directory: Arc<dyn Directory>) {
    people::<2>(&*directory).await;
    for (n, seconds) in [(1, 20), (2, 30), (3, 10)] {
        directory.sign_in(&new_device(user(1), n, NOW.plus_seconds(seconds)), 50).await.unwrap();
    }
    let mut long = new_device(user(1), 4, NOW);
    long.client = "é".repeat(10_000);
    directory.sign_in(&long, 50).await.unwrap();
    let devices = directory.devices(user(1)).await.unwrap();
    let ids: Vec<_> = devices.iter().map(|device| device.id).collect();
    assert_eq!(ids, [device(2), device(1), device(3), device(4)]);
    let first = devices.first().unwrap();
    assert_eq!((first.user, first.os.as_str(), first.client.as_str()), (user(1), "linux", "test"));
    assert_eq!((first.created, first.last_used), (NOW.plus_seconds(30), NOW.plus_seconds(30)));
    assert!(directory.devices(user(2)).await.unwrap().is_empty());
}

/// Nobody revokes another's device.
pub async fn only_the_owners_devices_are_revoked(directory: Arc<dyn Directory>) {
    people::<2>(&*directory).await;
    directory.sign_in(&new_device(user(1), 1, NOW), 50).await.unwrap();
    assert!(directory.revoke(user(2), &[device(1)]).await.unwrap().is_empty());
    assert!(directory.authenticate(&hash(1)).await.unwrap().is_some());
}

/// When a device was used last is known to within ten minutes; a step back of the clock changes nothing.
pub async fn a_use_is_seen_within_ten_minutes(directory: Arc<dyn Directory>) {
    register(&*directory, 1).await;
    directory.sign_in(&new_device(user(1), 1, NOW), 50).await.unwrap();
    for minute in 0..120 {
        let at = NOW.plus_seconds(minute * 60);
        directory.touch(device(1), at).await.unwrap();
        let used = directory.devices(user(1)).await.unwrap().first().unwrap().last_used;
        assert!(used <= at && at.seconds() - used.seconds() <= 600, "minute {minute}");
    }
    let used = directory.devices(user(1)).await.unwrap().first().unwrap().last_used;
    directory.touch(device(1), NOW).await.unwrap();
    assert_eq!(directory.devices(user(1)).await.unwrap().first().unwrap().last_used, used);
    directory.touch(device(77), NOW).await.unwrap();
}

/// The fence race for tokens: while others authenticate without pause, no call that begins after a revocation was
/// answered takes the token, and no call that begins after a sign-in was answered refuses it.
pub async fn no_revoked_token_is_taken_after_the_answer(directory: Arc<dyn Directory>) {
    use std::sync::atomic::{AtomicBool, Ordering};
    register(&*directory, 1).await;
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (directory, stop) = (directory.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    directory.authenticate(&hash(1)).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 0..super::RACES {
        directory.sign_in(&new_device(user(1), 1, NOW), 50).await.unwrap();
        assert!(directory.authenticate(&hash(1)).await.unwrap().is_some(), "round {n}");
        directory.revoke(user(1), &[device(1)]).await.unwrap();
        assert_eq!(directory.authenticate(&hash(1)).await.unwrap(), None, "round {n}");
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
}
