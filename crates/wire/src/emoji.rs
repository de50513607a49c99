//! A guild's own emoji: protocol C.15.

use crate::list::list;
use crate::present;
use crate::sf::{Sf, Sfs};
use crate::user::{self, PartialUser};
use model::emoji::Emoji;
use model::user::User;
use model::{EmojiId, RoleId};
use serde::{Deserialize, Serialize, Serializer};

/// An emoji.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct GuildEmojiObject<'a> {
    id: Sf<EmojiId>,
    name: &'a str,
    roles: Sfs<'a, RoleId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<PartialUser<'a>>,
    require_colons: bool,
    managed: bool,
    animated: bool,
    available: bool,
}

/// Shows an emoji, without who made it.
pub fn render(emoji: &Emoji) -> GuildEmojiObject<'_> {
    GuildEmojiObject {
        id: Sf(emoji.id),
        name: &emoji.name,
        roles: Sfs(&emoji.roles),
        user: None,
        require_colons: true,
        managed: false,
        animated: emoji.animated,
        available: true,
    }
}

impl<'a> GuildEmojiObject<'a> {
    /// With who made it: for those who may manage expressions.
    #[must_use]
    pub fn by(self, creator: Option<&'a User>) -> Self {
        Self { user: creator.map(user::render), ..self }
    }
}

/// A list of emoji.
#[derive(Debug, Clone, Copy)]
pub struct Emojis<'a>(pub &'a [Emoji]);

impl Serialize for Emojis<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, render).serialize(serializer)
    }
}

/// A list of emoji with who made each, for those who may know.
#[derive(Debug, Clone, Copy)]
pub struct CreatedEmojis<'a>(pub &'a [(Emoji, Option<User>)]);

impl Serialize for CreatedEmojis<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, |(emoji, creator)| render(emoji).by(creator.as_ref())).serialize(serializer)
    }
}

/// Body of `POST /guilds/{guild}/emojis`.
#[derive(Debug, Deserialize)]
pub struct EmojiCreate {
    /// Its name.
    pub name: String,
    /// A picture as a data URI.
    pub image: String,
    /// Who may use it; everybody if empty.
    #[serde(default)]
    pub roles: Option<Vec<Sf<RoleId>>>,
}

/// Body of `PATCH /guilds/{guild}/emojis/{emoji}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EmojiPatch {
    /// New name.
    pub name: Option<String>,
    /// Who may use it; `null` for everybody.
    #[serde(deserialize_with = "present::or_default")]
    pub roles: Option<Vec<Sf<RoleId>>>,
}
