//! Images and files as objects: in a folder, or in memory.
//!
//! An object is written beside its place, synced, and then put there with its name synced too: whoever reads it sees all
//! of it or nothing, also after a crash. Keys are paths under the folder; what could lead out of it is refused.

use async_trait::async_trait;
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{Error, ObjectStore, ObjectStoreExt};
use ports::blobs::Blobs;
use ports::{StoreError, Stored};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

/// Objects in a folder, or in memory. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct ObjectBlobs {
    store: Arc<dyn ObjectStore>,
}

impl ObjectBlobs {
    /// Objects in this folder, which is made for its owner alone if it is not there. Nodes of one instance share it: what
    /// one of them stored every other must find.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path) -> Stored<Self> {
        let unusable = |error: &dyn std::fmt::Display| {
            tracing::error!(folder = %folder.display(), %error, "the folder of images and files cannot be used");
            StoreError::Unavailable("the folder of images and files cannot be made or read".into())
        };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| unusable(&error))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| unusable(&error))?;
        Ok(Self { store: Arc::new(store.with_fsync(true)) })
    }

    /// Objects in memory, gone with the last clone.
    pub fn ephemeral() -> Self {
        Self { store: Arc::new(InMemory::new()) }
    }
}

/// The object's place. Keys are made by acts: letters, digits and `/`.
fn place(key: &str) -> Stored<Key> {
    let key = Key::parse(key).map_err(|_| StoreError::Corrupt("no object can have such a key".into()))?;
    if key.as_ref().is_empty() {
        return Err(StoreError::Corrupt("no object can have such a key".into()));
    }
    Ok(key)
}

/// What callers hear of a fault: never a path. The details go to the log.
fn failed(error: Error) -> StoreError {
    tracing::warn!(%error, "an object could not be read or written");
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        {
            return StoreError::Full("there is no room for images and files".into());
        }
        source = cause.source();
    }
    StoreError::Unavailable("images and files cannot be read or written".into())
}

#[async_trait]
impl Blobs for ObjectBlobs {
    async fn put(&self, key: &str, bytes: Bytes) -> Stored<()> {
        self.store.put(&place(key)?, bytes.into()).await.map(drop).map_err(failed)
    }

    async fn get(&self, key: &str) -> Stored<Option<Bytes>> {
        let found = match self.store.get(&place(key)?).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn delete(&self, key: &str) -> Stored<()> {
        match self.store.delete(&place(key)?).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}
