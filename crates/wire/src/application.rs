//! Applications and their bots: protocol C.13 with every key that some library needs.

use crate::present;
use crate::sf::Sf;
use crate::user::{self, PartialUser};
use model::ApplicationId;
use model::application::Application;
use model::user::User;
use serde::{Deserialize, Serialize};

/// An application as its owner or its bot sees it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ApplicationObject<'a> {
    id: Sf<ApplicationId>,
    name: &'a str,
    icon: (),
    description: &'a str,
    summary: &'static str,
    #[serde(rename = "type")]
    kind: (),
    bot_public: bool,
    bot_require_code_grant: bool,
    verify_key: &'a str,
    flags: u32,
    flags_new: Decimal,
    owner: PartialUser<'a>,
    team: (),
    bot: PartialUser<'a>,
    tags: &'a [String],
    rpc_origins: [(); 0],
    redirect_uris: [(); 0],
    interactions_endpoint_url: (),
    role_connections_verification_url: (),
    integration_types_config: IntegrationTypes,
    approximate_guild_count: u32,
    approximate_user_install_count: u32,
    approximate_user_authorization_count: u32,
    explicit_content_filter: u8,
    eligible_oauth2_scopes: [(); 0],
}

#[derive(Debug, Clone, Copy, Serialize)]
struct IntegrationTypes {
    #[serde(rename = "0")]
    guild: Empty,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Empty {}

/// A number as a decimal string.
#[derive(Debug, Clone, Copy)]
struct Decimal(u32);

impl Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Shows an application.
pub fn render<'a>(application: &'a Application, owner: &'a User, bot: &'a User) -> ApplicationObject<'a> {
    ApplicationObject {
        id: Sf(application.id),
        name: &application.name,
        icon: (),
        description: &application.description,
        summary: "",
        kind: (),
        bot_public: application.bot_public,
        bot_require_code_grant: false,
        verify_key: &application.verify_key,
        flags: application.flags,
        flags_new: Decimal(application.flags),
        owner: user::render(owner),
        team: (),
        bot: user::render(bot),
        tags: &application.tags,
        rpc_origins: [],
        redirect_uris: [],
        interactions_endpoint_url: (),
        role_connections_verification_url: (),
        integration_types_config: IntegrationTypes { guild: Empty {} },
        approximate_guild_count: 0,
        approximate_user_install_count: 0,
        approximate_user_authorization_count: 0,
        explicit_content_filter: 0,
        eligible_oauth2_scopes: [],
    }
}

/// The little of an application that a bot's READY holds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ReadyApplication {
    id: Sf<ApplicationId>,
    flags: u32,
}

/// Shows an application in READY.
pub const fn ready(application: &Application) -> ReadyApplication {
    ReadyApplication { id: Sf(application.id), flags: application.flags }
}

/// Body of `POST /applications`.
#[derive(Debug, Deserialize)]
pub struct ApplicationCreate {
    /// Its name, and at first its bot's.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Flags: the privileged intents.
    pub flags: Option<u32>,
}

/// Body of `PATCH /applications/{application}` and `PATCH /applications/@me`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ApplicationPatch {
    /// New name.
    pub name: Option<String>,
    /// New description; `null` empties it.
    #[serde(deserialize_with = "present::or_default")]
    pub description: Option<String>,
    /// Whether others may add it.
    pub bot_public: Option<bool>,
    /// Flags: the privileged intents.
    pub flags: Option<u32>,
    /// New tags; `null` removes all.
    #[serde(deserialize_with = "present::or_default")]
    pub tags: Option<Vec<String>>,
}

/// Body of `PATCH /applications/{application}/bot`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BotPatch {
    /// New username.
    pub username: Option<String>,
}

/// A bot's new token.
#[derive(Debug, Serialize)]
pub struct BotToken<'a> {
    /// The token; absent (`null`) where the bot has one that cannot be shown again.
    pub token: Option<&'a str>,
}
