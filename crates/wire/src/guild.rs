//! Guilds: protocol C.7, and the smaller forms in which lists and invites show them.

use crate::emoji::Emojis;
use crate::permissions::Perms;
use crate::present;
use crate::role::Roles;
use crate::sf::Sf;
use model::emoji::Emoji;
use model::guild::{self, Guild, GuildState, GuildView, Role};
use model::{ApplicationId, ChannelId, GuildId, UserId};
use serde::{Deserialize, Serialize};

/// A guild with its roles and emoji, without its channels and members.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct GuildObject<'a> {
    id: Sf<GuildId>,
    name: &'a str,
    owner_id: Sf<UserId>,
    icon: Option<&'a str>,
    description: Option<&'a str>,
    home_header: (),
    splash: (),
    discovery_splash: (),
    banner: (),
    vanity_url_code: Option<&'a str>,
    afk_channel_id: Option<Sf<ChannelId>>,
    afk_timeout: u32,
    system_channel_id: Option<Sf<ChannelId>>,
    system_channel_flags: u32,
    rules_channel_id: Option<Sf<ChannelId>>,
    public_updates_channel_id: Option<Sf<ChannelId>>,
    safety_alerts_channel_id: Option<Sf<ChannelId>>,
    application_id: Option<Sf<ApplicationId>>,
    widget_enabled: bool,
    widget_channel_id: (),
    verification_level: u8,
    default_message_notifications: u8,
    explicit_content_filter: u8,
    mfa_level: u8,
    nsfw_level: u8,
    nsfw: bool,
    premium_tier: u8,
    premium_subscription_count: u32,
    premium_progress_bar_enabled: bool,
    preferred_locale: &'a str,
    region: &'static str,
    roles: Roles<'a>,
    emojis: Emojis<'a>,
    stickers: [(); 0],
    features: Features,
    max_members: u32,
    max_presences: (),
    max_video_channel_users: u32,
    max_stage_video_channel_users: u32,
    incidents_data: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_member_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_presence_count: Option<u64>,
}

/// What a guild has that others have not, in Discord's words.
#[derive(Debug, Clone, Copy)]
pub struct Features {
    vanity: bool,
    community: bool,
}

impl Serialize for Features {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let community = self.community.then_some("COMMUNITY");
        let vanity = self.vanity.then_some("VANITY_URL");
        serializer.collect_seq(community.into_iter().chain(vanity))
    }
}

/// A community, to Discord, has a place for its rules and one for its moderators.
const fn features(guild: &Guild) -> Features {
    Features {
        vanity: guild.vanity.is_some(),
        community: guild.rules_channel.is_some() && guild.public_updates_channel.is_some(),
    }
}

/// The most members that a guild may have, as clients show it.
pub const MAX_MEMBERS: u32 = 500_000;

/// Shows a guild.
pub fn render<'a>(guild: &'a Guild, roles: &'a [Role], emojis: &'a [Emoji]) -> GuildObject<'a> {
    GuildObject {
        id: Sf(guild.id),
        name: &guild.name,
        owner_id: Sf(guild.owner),
        icon: guild.icon.as_deref(),
        description: guild.description.as_deref(),
        home_header: (),
        splash: (),
        discovery_splash: (),
        banner: (),
        vanity_url_code: guild.vanity.as_deref(),
        afk_channel_id: guild.afk_channel.map(Sf),
        afk_timeout: guild.afk_timeout,
        system_channel_id: guild.system_channel.map(Sf),
        system_channel_flags: guild.system_channel_flags,
        rules_channel_id: guild.rules_channel.map(Sf),
        public_updates_channel_id: guild.public_updates_channel.map(Sf),
        safety_alerts_channel_id: guild.safety_alerts_channel.map(Sf),
        application_id: None,
        widget_enabled: false,
        widget_channel_id: (),
        verification_level: guild.verification_level,
        default_message_notifications: guild.default_notifications,
        explicit_content_filter: guild.explicit_content_filter,
        mfa_level: 0,
        nsfw_level: guild.nsfw_level,
        nsfw: matches!(guild.nsfw_level, 1 | 3),
        premium_tier: 0,
        premium_subscription_count: 0,
        premium_progress_bar_enabled: guild.premium_progress_bar,
        preferred_locale: &guild.preferred_locale,
        region: "local",
        roles: Roles(roles),
        emojis: Emojis(emojis),
        stickers: [],
        features: features(guild),
        max_members: MAX_MEMBERS,
        max_presences: (),
        max_video_channel_users: 25,
        max_stage_video_channel_users: 50,
        incidents_data: (),
        approximate_member_count: None,
        approximate_presence_count: None,
    }
}

/// Shows a guild as REST answers it.
pub fn of(state: &GuildState) -> GuildObject<'_> {
    render(&state.guild, &state.roles, &state.emojis)
}

/// Shows a guild with the counts that were asked for.
pub fn view(view: &GuildView) -> GuildObject<'_> {
    GuildObject {
        approximate_member_count: view.members,
        approximate_presence_count: view.online,
        ..of(&view.state)
    }
}

/// A guild in the list of one's own.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct GuildSummary<'a> {
    id: Sf<GuildId>,
    name: &'a str,
    icon: Option<&'a str>,
    banner: (),
    owner: bool,
    permissions: Perms,
    features: Features,
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_member_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_presence_count: Option<u64>,
}

/// Shows a guild in a list.
pub fn summary(summary: &guild::GuildSummary) -> GuildSummary<'_> {
    let guild = &summary.guild;
    GuildSummary {
        id: Sf(guild.id),
        name: &guild.name,
        icon: guild.icon.as_deref(),
        banner: (),
        owner: summary.owner,
        permissions: Perms(summary.permissions),
        features: features(guild),
        approximate_member_count: summary.members,
        approximate_presence_count: summary.online,
    }
}

/// A guild as an invite shows it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct InviteGuild<'a> {
    id: Sf<GuildId>,
    name: &'a str,
    icon: Option<&'a str>,
    splash: (),
    banner: (),
    description: Option<&'a str>,
    features: Features,
    verification_level: u8,
    vanity_url_code: Option<&'a str>,
    nsfw_level: u8,
    nsfw: bool,
    premium_subscription_count: u32,
    premium_tier: u8,
}

/// Shows a guild in an invite.
pub fn in_invite(guild: &Guild) -> InviteGuild<'_> {
    InviteGuild {
        id: Sf(guild.id),
        name: &guild.name,
        icon: guild.icon.as_deref(),
        splash: (),
        banner: (),
        description: guild.description.as_deref(),
        features: features(guild),
        verification_level: guild.verification_level,
        vanity_url_code: guild.vanity.as_deref(),
        nsfw_level: guild.nsfw_level,
        nsfw: matches!(guild.nsfw_level, 1 | 3),
        premium_subscription_count: 0,
        premium_tier: 0,
    }
}

/// A guild as `GET /guilds/{guild}/preview` shows it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct GuildPreview<'a> {
    id: Sf<GuildId>,
    name: &'a str,
    icon: Option<&'a str>,
    splash: (),
    discovery_splash: (),
    home_header: (),
    description: Option<&'a str>,
    emojis: Emojis<'a>,
    stickers: [(); 0],
    features: Features,
    approximate_member_count: u64,
    approximate_presence_count: u64,
}

/// Shows a guild's preview.
pub fn preview(view: &GuildView) -> GuildPreview<'_> {
    let state = &view.state;
    GuildPreview {
        id: Sf(state.guild.id),
        name: &state.guild.name,
        icon: state.guild.icon.as_deref(),
        splash: (),
        discovery_splash: (),
        home_header: (),
        description: state.guild.description.as_deref(),
        emojis: Emojis(&state.emojis),
        stickers: [],
        features: features(&state.guild),
        approximate_member_count: view.members.unwrap_or(0),
        approximate_presence_count: view.online.unwrap_or(0),
    }
}

/// Answer of `GET /guilds/{guild}/widget`: there are no widgets.
#[derive(Debug, Default, Serialize)]
pub struct WidgetSettings {
    enabled: bool,
    channel_id: (),
}

/// Answer of `GET /guilds/{guild}/welcome-screen`: nothing is shown to who comes in.
#[derive(Debug, Default, Serialize)]
pub struct WelcomeScreen {
    description: (),
    welcome_channels: [(); 0],
}

/// Answer of `GET /guilds/{guild}/soundboard-sounds`: there are none.
#[derive(Debug, Default, Serialize)]
pub struct Sounds {
    items: [(); 0],
}

/// Answer of `GET /guilds/{guild}/onboarding`: nobody is asked anything.
#[derive(Debug, Serialize)]
pub struct Onboarding {
    guild_id: Sf<GuildId>,
    prompts: [(); 0],
    default_channel_ids: [(); 0],
    enabled: bool,
    mode: u8,
}

/// Shows the onboarding of a guild.
pub const fn onboarding(guild: GuildId) -> Onboarding {
    Onboarding { guild_id: Sf(guild), prompts: [], default_channel_ids: [], enabled: false, mode: 0 }
}

/// Body of `POST /guilds`. Roles and channels that a client proposes are not taken; it makes them afterwards.
#[derive(Debug, Deserialize)]
pub struct GuildCreate {
    /// Its name.
    pub name: String,
    /// A picture as a data URI.
    #[serde(default)]
    pub icon: Option<String>,
}

/// Body of `PATCH /guilds/{guild}`. An absent key leaves a setting as it is; `null` resets it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GuildPatch {
    /// New name.
    pub name: Option<String>,
    /// A picture as a data URI; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub icon: Option<Option<String>>,
    /// New description.
    #[serde(deserialize_with = "present::nullable")]
    pub description: Option<Option<String>>,
    /// New owner.
    pub owner_id: Option<Sf<UserId>>,
    /// Kept and shown.
    #[serde(deserialize_with = "present::or_default")]
    pub verification_level: Option<u8>,
    /// 0 all messages, 1 only mentions.
    #[serde(deserialize_with = "present::or_default")]
    pub default_message_notifications: Option<u8>,
    /// Kept and shown.
    #[serde(deserialize_with = "present::or_default")]
    pub explicit_content_filter: Option<u8>,
    /// Where the silent are moved.
    #[serde(deserialize_with = "present::nullable")]
    pub afk_channel_id: Option<Option<Sf<ChannelId>>>,
    /// Seconds.
    pub afk_timeout: Option<u32>,
    /// Where people who come in are welcomed.
    #[serde(deserialize_with = "present::nullable")]
    pub system_channel_id: Option<Option<Sf<ChannelId>>>,
    /// What is not said there.
    #[serde(deserialize_with = "present::or_default")]
    pub system_channel_flags: Option<u32>,
    /// Where the rules are.
    #[serde(deserialize_with = "present::nullable")]
    pub rules_channel_id: Option<Option<Sf<ChannelId>>>,
    /// Where moderators hear of news.
    #[serde(deserialize_with = "present::nullable")]
    pub public_updates_channel_id: Option<Option<Sf<ChannelId>>>,
    /// Where moderators hear of dangers.
    #[serde(deserialize_with = "present::nullable")]
    pub safety_alerts_channel_id: Option<Option<Sf<ChannelId>>>,
    /// Language tag.
    #[serde(deserialize_with = "present::nullable")]
    pub preferred_locale: Option<Option<String>>,
    /// Whether a bar shows boosts.
    pub premium_progress_bar_enabled: Option<bool>,
}

/// Body of `PATCH /guilds/{guild}/vanity-url`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct VanityPatch {
    /// The new code; `null` or nothing gives it up.
    pub code: Option<String>,
}
