//! The contract of [`ports::blobs::Blobs`]. An engine runs it with [`blobs_contract`](crate::blobs_contract).

#![allow(clippy::unwrap_used, reason = "a panic is how a contract fails")]

use bytes::Bytes;
use ports::blobs::Blobs;
use std::sync::Arc;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an empty `Arc<dyn Blobs>` and a guard that lives as long as the test.
#[macro_export]
macro_rules! blobs_contract {
    ($fresh:expr) => {
        $crate::contract!(
            blobs,
            $fresh,
            [
                an_object_comes_back_as_it_was,
                what_is_not_there_is_answered_not_feared,
                the_same_object_may_be_stored_twice_at_once,
                a_deleted_object_is_gone,
                objects_do_not_get_in_each_others_way,
            ]
        );
    };
}

/// Every byte, and none.
pub async fn an_object_comes_back_as_it_was<G>((blobs, _guard): (Arc<dyn Blobs>, G)) {
    let every: Bytes = (0..=255).collect();
    let large = Bytes::from(vec![7; 10 << 20]);
    for (key, bytes) in [("icons/1/a", every), ("icons/1/b", Bytes::new()), ("files/2/large", large)] {
        blobs.put(key, bytes.clone()).await.unwrap();
        assert_eq!(blobs.get(key).await.unwrap(), Some(bytes), "{key}");
    }
}

/// Neither reading nor deleting needs it to be there.
pub async fn what_is_not_there_is_answered_not_feared<G>((blobs, _guard): (Arc<dyn Blobs>, G)) {
    assert_eq!(blobs.get("icons/1/none").await.unwrap(), None);
    blobs.delete("icons/1/none").await.unwrap();
    blobs.put("icons/1/a", Bytes::from_static(b"a")).await.unwrap();
    assert_eq!(blobs.get("icons/1").await.ok().flatten(), None, "a folder is no object");
    assert_eq!(blobs.get("icons/1/a/b").await.ok().flatten(), None);
}

/// Whoever reads meanwhile sees all of it or nothing.
pub async fn the_same_object_may_be_stored_twice_at_once<G>((blobs, _guard): (Arc<dyn Blobs>, G)) {
    let bytes = Bytes::from(vec![9; 1 << 20]);
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let (blobs, bytes) = (blobs.clone(), bytes.clone());
            tokio::spawn(async move {
                if n % 2 == 0 {
                    blobs.put("icons/1/same", bytes).await.unwrap();
                } else if let Some(read) = blobs.get("icons/1/same").await.unwrap() {
                    assert!(read == bytes, "half an object");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(blobs.get("icons/1/same").await.unwrap(), Some(bytes));
}

/// And its key is free.
pub async fn a_deleted_object_is_gone<G>((blobs, _guard): (Arc<dyn Blobs>, G)) {
    blobs.put("icons/1/a", Bytes::from_static(b"a")).await.unwrap();
    blobs.put("icons/1/b", Bytes::from_static(b"b")).await.unwrap();
    blobs.delete("icons/1/a").await.unwrap();
    assert_eq!(blobs.get("icons/1/a").await.unwrap(), None);
    assert_eq!(blobs.get("icons/1/b").await.unwrap(), Some(Bytes::from_static(b"b")));
    blobs.put("icons/1/a", Bytes::from_static(b"a")).await.unwrap();
    assert_eq!(blobs.get("icons/1/a").await.unwrap(), Some(Bytes::from_static(b"a")));
}

/// Many at once, each under its own key.
pub async fn objects_do_not_get_in_each_others_way<G>((blobs, _guard): (Arc<dyn Blobs>, G)) {
    let tasks: Vec<_> = (0..50u8)
        .map(|n| {
            let blobs = blobs.clone();
            tokio::spawn(
                async move { blobs.put(&format!("icons/{n}/x"), vec![n; 100].into()).await.unwrap() },
            )
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    for n in 0..50u8 {
        assert_eq!(blobs.get(&format!("icons/{n}/x")).await.unwrap(), Some(vec![n; 100].into()));
    }
}
