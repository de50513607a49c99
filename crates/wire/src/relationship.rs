//! Friends, requests and blocks.

use crate::present;
use crate::sf::Sf;
use crate::timestamp::Ts;
use crate::user::{self, PartialUser};
use model::UserId;
use model::relationship::{Relationship, RelationshipKind};
use model::user::User;
use serde::{Deserialize, Serialize};

/// How the receiver stands to another user: protocol C.2.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RelationshipObject<'a> {
    id: Sf<UserId>,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<PartialUser<'a>>,
    nickname: Option<&'a str>,
    user_ignored: bool,
    since: Ts,
    #[serde(skip_serializing_if = "Option::is_none")]
    should_notify: Option<bool>,
}

/// Shows a relationship with the other user.
pub fn render<'a>(relationship: &'a Relationship, user: &'a User) -> RelationshipObject<'a> {
    RelationshipObject { user: Some(user::render(user)), ..update(relationship) }
}

/// Shows a relationship without the other user: the form of `RELATIONSHIP_UPDATE`.
pub fn update(relationship: &Relationship) -> RelationshipObject<'_> {
    RelationshipObject {
        id: Sf(relationship.other),
        kind: relationship.kind as u8,
        user: None,
        nickname: relationship.nickname.as_deref(),
        user_ignored: false,
        since: Ts(relationship.since),
        should_notify: None,
    }
}

impl RelationshipObject<'_> {
    /// With `should_notify`, as in `RELATIONSHIP_ADD`.
    #[must_use]
    pub fn notify(self, notify: bool) -> Self {
        Self { should_notify: Some(notify), ..self }
    }
}

/// The payload of `RELATIONSHIP_REMOVE`.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RelationshipRemoved {
    id: Sf<UserId>,
    #[serde(rename = "type")]
    kind: u8,
    nickname: (),
}

/// Shows that the relation to `other`, which was of this kind, ended.
pub const fn removed(other: UserId, kind: RelationshipKind) -> RelationshipRemoved {
    RelationshipRemoved { id: Sf(other), kind: kind as u8, nickname: () }
}

/// Body of `POST /users/@me/relationships`.
#[derive(Debug, Deserialize)]
pub struct FriendRequest {
    /// Whom to ask. The old `discriminator` is ignored.
    pub username: String,
}

/// Body of `PUT /users/@me/relationships/{user}`; may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RelationshipPut {
    /// Absent or 1: ask or accept; 2: block.
    #[serde(rename = "type")]
    pub kind: Option<u8>,
}

/// Body of `PATCH /users/@me/relationships/{user}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RelationshipPatch {
    /// The caller's name for the friend; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub nickname: Option<Option<String>>,
}
