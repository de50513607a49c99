//! Profiles.

use crate::present;
use crate::user::{self, PartialUser, Users};
use model::user::{Account, User};
use serde::{Deserialize, Serialize};

/// A user's profile as somebody else sees it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ProfileObject<'a> {
    user: ProfileUser<'a>,
    user_profile: ProfileMetadata<'a>,
    badges: [(); 0],
    guild_badges: [(); 0],
    connected_accounts: [(); 0],
    mutual_guilds: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    mutual_friends: Option<Users<'a>>,
    mutual_friends_count: usize,
    premium_type: (),
    premium_since: (),
    premium_guild_since: (),
    legacy_username: (),
}

#[derive(Debug, Clone, Copy, Serialize)]
struct ProfileUser<'a> {
    #[serde(flatten)]
    user: PartialUser<'a>,
    bio: &'a str,
}

/// What a user says about itself.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ProfileMetadata<'a> {
    bio: &'a str,
    pronouns: &'a str,
    accent_color: Option<u32>,
    banner: (),
    theme_colors: (),
    emoji: (),
    profile_effect: (),
}

/// Shows a profile; the mutual friends are listed only where the caller asked for them, and always counted.
pub fn render<'a>(
    user: &'a User,
    bio: &'a str,
    pronouns: &'a str,
    mutual_friends: &'a [User],
    list_friends: bool,
) -> ProfileObject<'a> {
    ProfileObject {
        user: ProfileUser { user: user::render(user), bio },
        user_profile: ProfileMetadata {
            bio,
            pronouns,
            accent_color: user.accent_color,
            banner: (),
            theme_colors: (),
            emoji: (),
            profile_effect: (),
        },
        badges: [],
        guild_badges: [],
        connected_accounts: [],
        mutual_guilds: [],
        mutual_friends: list_friends.then_some(Users(mutual_friends)),
        mutual_friends_count: mutual_friends.len(),
        premium_type: (),
        premium_since: (),
        premium_guild_since: (),
        legacy_username: (),
    }
}

/// Shows what an account says about itself.
pub fn metadata(account: &Account) -> ProfileMetadata<'_> {
    ProfileMetadata {
        bio: &account.bio,
        pronouns: &account.pronouns,
        accent_color: account.user.accent_color,
        banner: (),
        theme_colors: (),
        emoji: (),
        profile_effect: (),
    }
}

/// Body of `PATCH /users/@me/profile`. An absent key leaves a field as it is; `null` empties it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProfilePatch {
    /// New profile text.
    #[serde(deserialize_with = "present::or_default")]
    pub bio: Option<String>,
    /// New pronouns.
    #[serde(deserialize_with = "present::or_default")]
    pub pronouns: Option<String>,
    /// New profile colour.
    #[serde(deserialize_with = "present::nullable")]
    pub accent_color: Option<Option<u32>>,
}
