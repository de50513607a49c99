//! Bans.

use crate::list::list;
use crate::sf::{Sf, Sfs};
use crate::user::{self, PartialUser};
use model::UserId;
use model::guild::Ban;
use model::user::User;
use serde::{Deserialize, Serialize, Serializer};

/// A ban.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct BanObject<'a> {
    reason: Option<&'a str>,
    user: PartialUser<'a>,
}

/// Shows a ban.
pub fn render<'a>(ban: &'a Ban, user: &'a User) -> BanObject<'a> {
    BanObject { reason: ban.reason.as_deref(), user: user::render(user) }
}

/// A list of bans.
#[derive(Debug, Clone, Copy)]
pub struct Bans<'a>(pub &'a [(Ban, User)]);

impl Serialize for Bans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, |(ban, user)| render(ban, user)).serialize(serializer)
    }
}

/// Body of `PUT /guilds/{guild}/bans/{user}`; may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BanRequest {
    /// Messages of the last so many seconds go, too.
    pub delete_message_seconds: Option<u32>,
    /// The old form, in days.
    pub delete_message_days: Option<u32>,
    /// The old place of the reason; the header is the new one.
    pub reason: Option<String>,
}

/// The longest time whose messages a ban deletes, in seconds.
pub const DELETE_SECONDS: u32 = 604_800;

impl BanRequest {
    /// How many seconds, whichever form was used.
    pub fn seconds(&self) -> u32 {
        let days = self.delete_message_days.map(|days| days.saturating_mul(86_400));
        self.delete_message_seconds.or(days).unwrap_or(0)
    }
}

/// Body of `POST /guilds/{guild}/bulk-ban`.
#[derive(Debug, Deserialize)]
pub struct BulkBanRequest {
    /// Whom: 1 to 200.
    pub user_ids: Vec<Sf<UserId>>,
    /// As in [`BanRequest`].
    #[serde(default)]
    pub delete_message_seconds: Option<u32>,
}

/// Answer to [`BulkBanRequest`].
#[derive(Debug, Serialize)]
pub struct BulkBanned<'a> {
    banned_users: Sfs<'a, UserId>,
    failed_users: Sfs<'a, UserId>,
}

/// Shows who was banned and who could not be.
pub const fn bulk<'a>(banned: &'a [UserId], failed: &'a [UserId]) -> BulkBanned<'a> {
    BulkBanned { banned_users: Sfs(banned), failed_users: Sfs(failed) }
}
