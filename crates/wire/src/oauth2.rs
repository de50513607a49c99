//! Adding a bot to a guild.

use crate::guild::GuildSummary;
use crate::permissions::Perms;
use crate::sf::Sf;
use crate::user::{self, PartialUser};
use model::application::Application;
use model::guild;
use model::user::User;
use model::{ApplicationId, GuildId};
use serde::{Deserialize, Serialize};

/// What a person is shown before it adds a bot: answer of `GET /oauth2/authorize`.
#[derive(Debug, Serialize)]
pub struct Consent<'a> {
    application: ConsentApplication<'a>,
    user: PartialUser<'a>,
    bot: PartialUser<'a>,
    authorized: bool,
    guilds: Vec<GuildSummary<'a>>,
    redirect_uri: (),
}

#[derive(Debug, Serialize)]
struct ConsentApplication<'a> {
    id: Sf<ApplicationId>,
    name: &'a str,
    icon: (),
    description: &'a str,
    summary: &'static str,
    bot_public: bool,
    bot_require_code_grant: bool,
    flags: u32,
    tags: &'a [String],
}

/// Shows what a person is asked, with the guilds that it is in and its permissions there.
pub fn consent<'a>(
    application: &'a Application,
    bot: &'a User,
    user: &'a User,
    guilds: &'a [guild::GuildSummary],
) -> Consent<'a> {
    Consent {
        application: ConsentApplication {
            id: Sf(application.id),
            name: &application.name,
            icon: (),
            description: &application.description,
            summary: "",
            bot_public: application.bot_public,
            bot_require_code_grant: false,
            flags: application.flags,
            tags: &application.tags,
        },
        user: user::render(user),
        bot: user::render(bot),
        authorized: false,
        guilds: guilds.iter().map(crate::guild::summary).collect(),
        redirect_uri: (),
    }
}

/// Body of `POST /oauth2/authorize`; the application and scopes are in the query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Authorize {
    /// Whether the person agreed.
    pub authorize: Option<bool>,
    /// What the bot may do there.
    pub permissions: Option<Perms>,
    /// Into which guild.
    pub guild_id: Option<Sf<GuildId>>,
}

/// Answer to [`Authorize`].
#[derive(Debug, Serialize)]
pub struct Authorized<'a> {
    /// Where the person's browser goes next.
    pub location: &'a str,
}
