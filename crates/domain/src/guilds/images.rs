#![allow(unused_variables, missing_docs)]
//! Images of guilds, roles, emoji and webhooks: checked, then stored under a digest.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// What an image is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A guild's icon; the id is the guild's.
    Icon,
    /// A role's icon; the id is the role's.
    RoleIcon,
    /// A webhook's avatar; the id is the webhook's.
    Avatar,
    /// An emoji; the id is its own, and it has no hash.
    Emoji,
}

/// An image as it was stored.
#[derive(Debug, Clone)]
pub struct Image {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: bytes::Bytes,
}

/// An image, for everybody who knows its address.
///
/// # Errors
/// Store errors only.
pub async fn get(world: &World, kind: Kind, id: u64, hash: Option<&str>) -> Result<Option<Image>> { crate::error::unfinished() }