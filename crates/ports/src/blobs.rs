//! Images and files: small objects under a key, never changed.

use crate::Stored;
use async_trait::async_trait;

/// Objects.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Stores an object; durable when it answers. The same key twice is the same object: keys hold a digest or an id.
    async fn put(&self, key: &str, bytes: bytes::Bytes) -> Stored<()>;

    /// An object.
    async fn get(&self, key: &str) -> Stored<Option<bytes::Bytes>>;

    /// Deletes an object; nothing happens if there is none.
    async fn delete(&self, key: &str) -> Stored<()>;
}
