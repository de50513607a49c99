//! Users.

use crate::present;
use crate::sf::Sf;
use model::UserId;
use model::user::{Account, User};
use model::webhook::WebhookAuthor;
use serde::{Deserialize, Serialize, Serializer};

/// What everybody may see of a user: protocol C.1 with every key that some library needs.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PartialUser<'a> {
    id: Sf<UserId>,
    username: &'a str,
    discriminator: &'static str,
    global_name: Option<&'a str>,
    avatar: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    bot: bool,
    public_flags: u32,
    flags: u32,
    banner: (),
    accent_color: Option<u32>,
    avatar_decoration_data: (),
    collectibles: (),
    primary_guild: (),
}

/// Shows a user.
pub fn render(user: &User) -> PartialUser<'_> {
    PartialUser {
        id: Sf(user.id),
        username: &user.username,
        discriminator: "0",
        global_name: user.global_name.as_deref(),
        avatar: user.avatar.as_deref(),
        bot: user.bot,
        public_flags: user.flags,
        flags: user.flags,
        banner: (),
        accent_color: user.accent_color,
        avatar_decoration_data: (),
        collectibles: (),
        primary_guild: (),
    }
}

/// Shows a webhook as the author of a message.
pub fn webhook(author: &WebhookAuthor) -> PartialUser<'_> {
    PartialUser {
        id: Sf(author.id.author()),
        username: &author.name,
        discriminator: "0000",
        global_name: None,
        avatar: author.avatar.as_deref(),
        bot: true,
        public_flags: 0,
        flags: 0,
        banner: (),
        accent_color: None,
        avatar_decoration_data: (),
        collectibles: (),
        primary_guild: (),
    }
}

/// What a user sees of its own account.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct OwnUser<'a> {
    #[serde(flatten)]
    user: PartialUser<'a>,
    mfa_enabled: bool,
    verified: bool,
    email: Option<&'a str>,
    phone: (),
    locale: &'a str,
    premium_type: u8,
    bio: &'a str,
    pronouns: &'a str,
    nsfw_allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// Shows an account to itself, in the default language; see [`OwnUser::locale`].
pub fn own(account: &Account) -> OwnUser<'_> {
    OwnUser {
        user: render(&account.user),
        mfa_enabled: false,
        // Nothing proves addresses yet, and clients nag accounts that are not verified.
        verified: true,
        email: account.email.as_deref(),
        phone: (),
        locale: "en-US",
        premium_type: 0,
        bio: &account.bio,
        pronouns: &account.pronouns,
        nsfw_allowed: true,
        token: None,
    }
}

impl<'a> OwnUser<'a> {
    /// With the language of the account's settings.
    #[must_use]
    pub fn locale(self, locale: &'a str) -> Self {
        Self { locale, ..self }
    }

    /// With the token that took the place of the caller's.
    #[must_use]
    pub fn token(self, token: Option<&'a str>) -> Self {
        Self { token, ..self }
    }
}

/// Body of `PATCH /users/@me`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MeChange {
    /// New username.
    pub username: Option<String>,
    /// New display name; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub global_name: Option<Option<String>>,
    /// New e-mail address; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub email: Option<Option<String>>,
    /// The current password, which some changes ask for.
    pub password: Option<String>,
    /// New password.
    pub new_password: Option<String>,
    /// New profile text; `null` empties it.
    #[serde(deserialize_with = "present::or_default")]
    pub bio: Option<String>,
    /// New pronouns; `null` empties them.
    #[serde(deserialize_with = "present::or_default")]
    pub pronouns: Option<String>,
    /// New profile colour; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub accent_color: Option<Option<u32>>,
    /// A picture as a data URI; nothing stores pictures yet.
    pub avatar: Option<String>,
    /// A picture as a data URI; nothing stores pictures yet.
    pub banner: Option<String>,
}

/// Body of `POST /unique-username/username-attempt-unauthed`.
#[derive(Debug, Deserialize)]
pub struct UsernameAttempt {
    /// The name to try.
    pub username: String,
}

/// Answer to [`UsernameAttempt`].
#[derive(Debug, Serialize)]
pub struct UsernameTaken {
    /// Whether somebody has it.
    pub taken: bool,
}

/// Writes a list of users.
pub fn list<'a, S, I>(users: I, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    I: IntoIterator<Item = &'a User>,
{
    serializer.collect_seq(users.into_iter().map(render))
}

/// A list of users.
#[derive(Debug, Clone, Copy)]
pub struct Users<'a>(pub &'a [User]);

impl Serialize for Users<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, serializer)
    }
}

const fn is_false(value: &bool) -> bool {
    !*value
}
