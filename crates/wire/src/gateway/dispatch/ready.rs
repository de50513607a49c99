//! READY: the session is there, and all that a client needs to begin with (protocol A.11).

use super::Rendered;
use super::guild_create::{self, Seen};
use crate::application::{self, ReadyApplication};
use crate::gateway::incoming::identify::{VERSIONED_READ_STATES, VERSIONED_USER_GUILD_SETTINGS};
use crate::list::list;
use crate::session::Sessions;
use crate::settings::{self, SettingsObject};
use crate::sf::Sf;
use crate::user::{self, OwnUser};
use crate::{channel, guild_settings, presence, read_state, relationship};
use model::GuildId;
use model::application::Application;
use model::channel::PrivateChannelView;
use model::presence::{Presence, SessionPresence};
use model::read_state::ReadState;
use model::relationship::Relationship;
use model::settings::{GuildSettings, Settings};
use model::user::{Account, User};
use serde::{Serialize, Serializer};

/// The event's name.
pub const NAME: &str = "READY";

/// What both kinds of receiver are told.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// The receiver.
    pub account: &'a Account,
    /// The session's id.
    pub session: &'a str,
    /// Where to resume.
    pub resume_gateway_url: &'a str,
    /// Echoed where IDENTIFY had it: discord.py's sharded client dies without.
    pub shard: Option<(u64, u64)>,
}

/// What people are told besides.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The guilds that it is in, whole.
    pub guilds: &'a [Seen<'a>],
    /// The settings.
    pub settings: &'a Settings,
    /// What it is told of, guild by guild.
    pub guild_settings: &'a [GuildSettings],
    /// Friends, requests and blocks.
    pub relationships: &'a [(Relationship, User)],
    /// Private channels.
    pub channels: &'a [PrivateChannelView],
    /// How far it has read.
    pub read_states: &'a [ReadState],
    /// Friends who are online.
    pub presences: &'a [(Presence, User)],
    /// The receiver's sessions, this one included.
    pub sessions: &'a [SessionPresence],
    /// Which of the devices of `GET /auth/sessions` this is.
    pub auth_session_id_hash: &'a str,
    /// What the client can read.
    pub capabilities: u64,
}

/// For a bot. `guilds`: those of which a GUILD_CREATE follows each.
pub fn bot(start: Start<'_>, application: &Application, guilds: &[GuildId]) -> Rendered {
    super::json(
        NAME,
        &BotReady {
            common: common(start),
            guilds: list(guilds, |id| UnavailableGuild { id: Sf(*id), unavailable: true }),
            relationships: [],
            presences: [],
            application: application::ready(application),
            private_channels: [],
            user_settings: Empty {},
        },
    )
}

/// For a person.
pub fn person(start: Start<'_>, person: Person<'_>) -> Rendered {
    let mut common = common(start);
    common.user = common.user.locale(&person.settings.locale);
    super::json(
        NAME,
        &PersonReady {
            common,
            guilds: list(person.guilds, |seen| guild_create::d(seen, Some(false))),
            user_settings: settings::render(person.settings),
            relationships: list(person.relationships, |(row, user)| relationship::render(row, user)),
            private_channels: list(person.channels, channel::render),
            read_state: Versioned {
                entries: list(person.read_states, read_state::render),
                versioned: person.capabilities & VERSIONED_READ_STATES != 0,
            },
            user_guild_settings: Versioned {
                entries: list(person.guild_settings, guild_settings::render),
                versioned: person.capabilities & VERSIONED_USER_GUILD_SETTINGS != 0,
            },
            presences: list(person.presences, |(shown, user)| presence::with_user(shown, user)),
            sessions: Sessions(person.sessions),
            auth_session_id_hash: person.auth_session_id_hash,
            users: [],
            notes: Empty {},
            connected_accounts: [],
            guild_experiments: [],
            experiments: [],
            tutorial: (),
            consents: Empty {},
            country_code: "",
            analytics_token: (),
            friend_suggestion_count: 0,
            notification_settings: Flags { flags: 0 },
            api_code_version: 0,
        },
    )
}

fn common(start: Start<'_>) -> Common<'_> {
    Common {
        v: 10,
        user: user::own(start.account),
        session_id: start.session,
        session_type: "normal",
        resume_gateway_url: start.resume_gateway_url,
        shard: start.shard.map(|(id, count)| [id, count]),
        guild_join_requests: [],
        geo_ordered_rtc_regions: [],
        game_relationships: [],
        auth: Auth { authenticator_types: [] },
        trace: [],
    }
}

#[derive(Serialize)]
struct Common<'a> {
    v: u8,
    user: OwnUser<'a>,
    session_id: &'a str,
    session_type: &'static str,
    resume_gateway_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<[u64; 2]>,
    guild_join_requests: [(); 0],
    geo_ordered_rtc_regions: [(); 0],
    game_relationships: [(); 0],
    auth: Auth,
    #[serde(rename = "_trace")]
    trace: [(); 0],
}

#[derive(Serialize)]
struct BotReady<'a, L> {
    #[serde(flatten)]
    common: Common<'a>,
    guilds: L,
    relationships: [(); 0],
    presences: [(); 0],
    application: ReadyApplication,
    // Always there: eris and JDA break without it.
    private_channels: [(); 0],
    user_settings: Empty,
}

#[derive(Serialize)]
struct PersonReady<'a, L, R, C, S, G, P> {
    #[serde(flatten)]
    common: Common<'a>,
    guilds: L,
    user_settings: SettingsObject<'a>,
    relationships: R,
    private_channels: C,
    read_state: Versioned<S>,
    user_guild_settings: Versioned<G>,
    presences: P,
    sessions: Sessions<'a>,
    auth_session_id_hash: &'a str,
    users: [(); 0],
    notes: Empty,
    connected_accounts: [(); 0],
    guild_experiments: [(); 0],
    experiments: [(); 0],
    tutorial: (),
    consents: Empty,
    country_code: &'static str,
    analytics_token: (),
    friend_suggestion_count: u32,
    notification_settings: Flags,
    api_code_version: u32,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Flags {
    flags: u32,
}

#[derive(Serialize)]
struct Auth {
    authenticator_types: [(); 0],
}

/// A guild that is told of in a GUILD_CREATE of its own.
#[derive(Serialize)]
struct UnavailableGuild {
    id: Sf<GuildId>,
    unavailable: bool,
}

/// A list, or the object around it that newer clients ask for by a capability.
struct Versioned<T> {
    entries: T,
    versioned: bool,
}

impl<T: Serialize> Serialize for Versioned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Object<'a, T> {
            entries: &'a T,
            partial: bool,
            version: u32,
        }
        if self.versioned {
            Object { entries: &self.entries, partial: false, version: 0 }.serialize(serializer)
        } else {
            self.entries.serialize(serializer)
        }
    }
}
