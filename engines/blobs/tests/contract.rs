//! The contract of the blobs port, in a folder and in memory.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use blobs::ObjectBlobs;
use bytes::Bytes;
use ports::blobs::Blobs;
use std::sync::Arc;

mod in_a_folder {
    use super::*;

    async fn fresh() -> (Arc<dyn Blobs>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Arc::new(ObjectBlobs::open(&folder.path().join("blobs")).unwrap()), folder)
    }

    testkit::blobs_contract!(fresh());
}

mod in_memory {
    use super::*;

    async fn fresh() -> (Arc<dyn Blobs>, ()) {
        (Arc::new(ObjectBlobs::ephemeral()), ())
    }

    testkit::blobs_contract!(fresh());
}

#[tokio::test]
async fn objects_are_there_after_a_restart_and_through_every_node() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("blobs");
    let first = ObjectBlobs::open(&path).unwrap();
    let second = ObjectBlobs::open(&path).unwrap();
    first.put("icons/1/abc", Bytes::from_static(b"png")).await.unwrap();
    assert_eq!(second.get("icons/1/abc").await.unwrap().as_deref(), Some(&b"png"[..]));
    drop((first, second));
    let again = ObjectBlobs::open(&path).unwrap();
    assert_eq!(again.get("icons/1/abc").await.unwrap().as_deref(), Some(&b"png"[..]));
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_its_owners_alone_and_nothing_leads_out_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blobs");
    let blobs = ObjectBlobs::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    for key in ["../secret", "a/../../secret", "/../secret", "..", ""] {
        assert!(blobs.put(key, Bytes::from_static(b"x")).await.is_err(), "{key}");
        assert!(blobs.get(key).await.is_err(), "{key}");
        assert!(blobs.delete(key).await.is_err(), "{key}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("secret")).unwrap(), "secret");
}
