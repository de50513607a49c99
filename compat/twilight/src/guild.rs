//! A bot in a server of people: it mirrors a channel, keeps a picture of the guild from events alone, and reads everything
//! over REST.

use crate::bot::Bot;
use crate::mirror::Mirror;
use anyhow::{Context as _, Result, ensure};
use compat_stage::{Owner, SOON, Server, Tally, list, text, until};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use twilight_gateway::Intents;
use twilight_http::api_error::ApiError;
use twilight_http::error::ErrorType;
use twilight_model::gateway::event::DispatchEvent;
use twilight_model::guild::Permissions;
use twilight_model::id::Id;
use twilight_model::id::marker::{ChannelMarker, GuildMarker};

/// What it asks for on the page of consent: threads are none of its business.
const ASKED: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::MANAGE_WEBHOOKS)
    .union(Permissions::MANAGE_CHANNELS)
    .union(Permissions::MANAGE_GUILD)
    .union(Permissions::BAN_MEMBERS)
    .union(Permissions::KICK_MEMBERS)
    .union(Permissions::VIEW_AUDIT_LOG);

/// Everything that bots may hear of in guilds, but presences.
const INTENTS: Intents = Intents::GUILDS
    .union(Intents::GUILD_MEMBERS)
    .union(Intents::GUILD_MODERATION)
    .union(Intents::GUILD_EMOJIS_AND_STICKERS)
    .union(Intents::GUILD_INTEGRATIONS)
    .union(Intents::GUILD_WEBHOOKS)
    .union(Intents::GUILD_INVITES)
    .union(Intents::GUILD_MESSAGES)
    .union(Intents::GUILD_MESSAGE_REACTIONS)
    .union(Intents::GUILD_MESSAGE_TYPING)
    .union(Intents::MESSAGE_CONTENT);

/// Flags of an application whose bot may hear of members and of what is said.
const PRIVILEGED: u32 = (1 << 15) | (1 << 19);

const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// What the scenario makes happen, and a bot must hear of.
const EVENTS: &[&str] = &[
    "GUILD_CREATE",
    "GUILD_UPDATE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_UPDATE",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBERS_CHUNK",
    "GUILD_BAN_ADD",
    "GUILD_BAN_REMOVE",
    "GUILD_EMOJIS_UPDATE",
    "GUILD_INTEGRATIONS_UPDATE",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "CHANNEL_CREATE",
    "CHANNEL_UPDATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "THREAD_CREATE",
    "THREAD_UPDATE",
    "THREAD_DELETE",
    "THREAD_MEMBERS_UPDATE",
    "INVITE_CREATE",
    "INVITE_DELETE",
    "WEBHOOKS_UPDATE",
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "TYPING_START",
];

/// The stage: one server, its owner, a member, the bot.
struct Place {
    server: Server,
    api: String,
    owner: Owner,
    ada: Owner,
    ada_id: String,
    bot: Bot,
    /// The guild.
    id: String,
    /// Its first text channel.
    general: String,
    /// Where the mirror speaks.
    mirror: String,
}

/// Runs everything.
pub(crate) async fn all(tally: &mut Tally) -> Result<()> {
    let mut place = Place::set().await?;
    tally.note("is_added_through_the_consent_page", place.is_added().await);
    tally.note("mirrors_what_is_said_edited_and_deleted", place.mirrors().await);
    tally.note("asks_for_all_members", place.asks_for_members().await);
    tally.note("hears_of_everything_that_happens", place.hears().await);
    tally.note("hears_of_private_threads_while_it_is_in_them", place.private_threads().await);
    tally.note("its_picture_of_the_guild_is_the_servers", place.compares().await);
    tally.note("reads_everything_over_rest", place.reads().await);
    tally.note("is_refused_with_discords_codes", place.is_refused().await);
    tally.note("hears_that_it_was_removed", place.is_removed().await);
    tally.note("every_frame_of_the_guild_parsed", place.all_parsed());
    place.server.stop().await
}

impl Place {
    async fn set() -> Result<Self> {
        let server = Server::start_for_itself().await?;
        let address = format!("127.0.0.1:{}", server.port);
        let api = format!("http://{address}/api/v10");
        let mut owner = Owner::register(api.clone(), "morgan").await?;
        let guild = owner.call("POST", "/guilds", Some(json!({ "name": "Harbour" }))).await?;
        let id = text(&guild, "id")?;
        let channels = owner.call("GET", &format!("/guilds/{id}/channels"), None).await?;
        let general = list(&channels)?.iter().find(|channel| channel.get("type") == Some(&json!(0)));
        let general = text(general.context("no text channel")?, "id")?;
        let token = owner.create_bot("Mirror").await?;
        owner.set_flags(PRIVILEGED).await?;
        let bot = Bot::start_with(&address, &token, INTENTS);
        let ada = Owner::register(api.clone(), "ada").await?;
        let ada_id = text(&ada.call("GET", "/users/@me", None).await?, "id")?;
        let mut place = Self { server, api, owner, ada, ada_id, bot, id, general, mirror: String::new() };
        place.enter(&place.ada).await?;
        place.mirror = place.channel("mirror").await?;
        Ok(place)
    }

    fn guild(&self) -> Result<Id<GuildMarker>> {
        Ok(self.id.parse()?)
    }

    async fn of_guild(&self, method: &str, rest: &str, body: Option<Value>) -> Result<Value> {
        self.owner.call(method, &format!("/guilds/{}{rest}", self.id), body).await
    }

    async fn of_general(&self, method: &str, rest: &str, body: Option<Value>) -> Result<Value> {
        self.owner.call(method, &format!("/channels/{}{rest}", self.general), body).await
    }

    async fn enter(&self, person: &Owner) -> Result<()> {
        let invite = self.of_general("POST", "/invites", Some(json!({}))).await?;
        person.call("POST", &format!("/invites/{}", text(&invite, "code")?), Some(json!({}))).await?;
        Ok(())
    }

    async fn channel(&self, name: &str) -> Result<String> {
        let form = json!({ "name": name, "type": 0, "topic": "a topic" });
        text(&self.of_guild("POST", "/channels", Some(form)).await?, "id")
    }

    async fn say(&self, person: &Owner, content: &str) -> Result<String> {
        let route = format!("/channels/{}/messages", self.general);
        text(&person.call("POST", &route, Some(json!({ "content": content }))).await?, "id")
    }

    async fn is_added(&self) -> Result<()> {
        until("READY", SOON, || async { (self.bot.readies() == 1).then_some(()) }).await?;
        let bits = ASKED.bits().to_string();
        self.owner.consent(&self.id, &bits).await?;
        let guild = until("GUILD_CREATE", SOON, || async { self.bot.picture().guild }).await?;
        ensure!(guild == self.guild()?, "another guild: {guild}");
        let seen = self.bot.seen();
        let event = seen.dispatches.iter().find_map(|(_, event)| match event {
            DispatchEvent::GuildCreate(created) => Some(created),
            _ => None,
        });
        let twilight_model::gateway::payload::incoming::GuildCreate::Available(guild) =
            &**event.context("no GUILD_CREATE")?
        else {
            anyhow::bail!("the guild is not available");
        };
        ensure!(guild.member_count == Some(3), "members: {:?}", guild.member_count);
        let own = guild.roles.iter().find(|role| role.managed).context("no role of its own")?;
        ensure!(own.permissions == ASKED, "its role has {:?}", own.permissions);
        ensure!(guild.members.iter().any(|member| member.roles == [own.id]), "it is not among the members");
        Ok(())
    }

    /// What the mirror says, oldest first, with the name under which it says it.
    async fn reflected(&self) -> Result<Vec<(String, String)>> {
        let route = format!("/channels/{}/messages?limit=100", self.mirror);
        let page = self.owner.call("GET", &route, None).await?;
        let said = list(&page)?.iter().rev().map(|message| {
            Ok((text(message.get("author").context("no author")?, "username")?, text(message, "content")?))
        });
        said.collect()
    }

    async fn until_reflected(&self, expected: &[(&str, &str)]) -> Result<()> {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(who, what)| ((*who).to_owned(), (*what).to_owned())).collect();
        let same = || async { (self.reflected().await.ok()? == expected).then_some(()) };
        let outcome = until("the mirror image", SOON, same).await;
        outcome.with_context(|| format!("wanted {expected:?}"))
    }

    async fn mirrors(&self) -> Result<()> {
        let to: Id<ChannelMarker> = self.mirror.parse()?;
        let webhook = self.bot.http.create_webhook(to, "Mirror").await?.model().await?;
        let token = webhook.token.context("a webhook without a token")?;
        self.bot.mirror(Mirror::new(self.general.parse()?, webhook.id, token)).await;
        let first = self.say(&self.owner, "ahoy").await?;
        let second = self.say(&self.ada, "land").await?;
        self.until_reflected(&[("morgan", "ahoy"), ("ada", "land")]).await?;
        let edit = Some(json!({ "content": "ahoy!" }));
        self.of_general("PATCH", &format!("/messages/{first}"), edit).await?;
        self.until_reflected(&[("morgan", "ahoy!"), ("ada", "land")]).await?;
        self.of_general("DELETE", &format!("/messages/{second}"), None).await?;
        self.until_reflected(&[("morgan", "ahoy!")]).await?;
        let third = self.say(&self.ada, "a storm").await?;
        self.until_reflected(&[("morgan", "ahoy!"), ("ada", "a storm")]).await?;
        let both = Some(json!({ "messages": [first, third] }));
        self.of_general("POST", "/messages/bulk-delete", both).await?;
        self.until_reflected(&[]).await
    }

    async fn asks_for_members(&self) -> Result<()> {
        self.bot.ask_for_members(self.guild()?)?;
        until("all members", SOON, || async { (self.bot.picture().members.len() == 3).then_some(()) }).await
    }

    /// Makes everything happen that can happen in a guild.
    async fn hears(&self) -> Result<()> {
        self.of_guild("PATCH", "", Some(json!({ "name": "Harbour Town" }))).await?;
        self.roles_and_people().await?;
        self.channels_and_threads().await?;
        self.of_messages().await?;
        let emoji =
            self.of_guild("POST", "/emojis", Some(json!({ "name": "anchor", "image": PIXEL }))).await?;
        let route = format!("/emojis/{}", text(&emoji, "id")?);
        self.of_guild("PATCH", &route, Some(json!({ "name": "grapnel" }))).await?;
        let invite = self.of_general("POST", "/invites", Some(json!({ "unique": true }))).await?;
        self.owner.call("DELETE", &format!("/invites/{}", text(&invite, "code")?), None).await?;
        let missing = || {
            let picture = self.bot.picture();
            EVENTS.iter().filter(|name| !picture.heard.contains_key(**name)).copied().collect::<Vec<_>>()
        };
        let complete = until("every event", SOON, || async { missing().is_empty().then_some(()) }).await;
        complete.with_context(|| format!("not heard of: {:?}", missing()))
    }

    async fn roles_and_people(&self) -> Result<()> {
        let role = self.of_guild("POST", "/roles", Some(json!({ "name": "Mates" }))).await?;
        let doomed = self.of_guild("POST", "/roles", Some(json!({ "name": "Passengers" }))).await?;
        let (role, doomed) = (text(&role, "id")?, text(&doomed, "id")?);
        self.of_guild("PATCH", &format!("/roles/{role}"), Some(json!({ "name": "Shipmates" }))).await?;
        for role in [&role, &doomed] {
            self.of_guild("PUT", &format!("/members/{}/roles/{role}", self.ada_id), None).await?;
        }
        let nick = Some(json!({ "nick": "Countess" }));
        self.of_guild("PATCH", &format!("/members/{}", self.ada_id), nick).await?;
        self.of_guild("DELETE", &format!("/roles/{doomed}"), None).await?;
        for name in ["bo", "cy", "dot"] {
            let person = Owner::register(self.api.clone(), name).await?;
            self.enter(&person).await?;
            let id = text(&person.call("GET", "/users/@me", None).await?, "id")?;
            match name {
                "bo" => drop(self.of_guild("DELETE", &format!("/members/{id}"), None).await?),
                "cy" => drop(self.of_guild("PUT", &format!("/bans/{id}"), Some(json!({}))).await?),
                _ => {
                    self.of_guild("PUT", &format!("/bans/{id}"), Some(json!({}))).await?;
                    self.of_guild("DELETE", &format!("/bans/{id}"), None).await?;
                }
            }
        }
        // Another bot comes, which changes the list of integrations.
        let mut other = Owner::register(self.api.clone(), "eve").await?;
        other.create_bot("Other").await?;
        self.owner.consent_to(&other, &self.id, "0").await
    }

    async fn channels_and_threads(&self) -> Result<()> {
        let channel = self.channel("charts").await?;
        let doomed = self.channel("doomed").await?;
        let change = Some(json!({ "name": "maps", "topic": null }));
        self.owner.call("PATCH", &format!("/channels/{channel}"), change).await?;
        let overwrite = Some(json!({ "type": 0, "allow": "0", "deny": "2048" }));
        self.owner.call("PUT", &format!("/channels/{channel}/permissions/{}", self.id), overwrite).await?;
        self.owner.call("DELETE", &format!("/channels/{doomed}"), None).await?;

        let from = self.say(&self.ada, "where to?").await?;
        let name = |name: &str| Some(json!({ "name": name }));
        let thread = self.of_general("POST", &format!("/messages/{from}/threads"), name("course")).await?;
        let thread = text(&thread, "id")?;
        let said = Some(json!({ "content": "north" }));
        self.ada.call("POST", &format!("/channels/{thread}/messages"), said).await?;
        self.owner.call("PATCH", &format!("/channels/{thread}"), name("heading")).await?;
        self.ada.call("DELETE", &format!("/channels/{thread}/thread-members/@me"), None).await?;
        for (name, what) in [("archived", Some(json!({ "archived": true }))), ("gone", None)] {
            let form = Some(json!({ "name": name, "type": 11 }));
            let thread = text(&self.of_general("POST", "/threads", form).await?, "id")?;
            let method = if what.is_some() { "PATCH" } else { "DELETE" };
            self.owner.call(method, &format!("/channels/{thread}"), what).await?;
        }
        Ok(())
    }

    async fn of_messages(&self) -> Result<()> {
        let said = self.say(&self.ada, "a vote").await?;
        let reactions = format!("/messages/{said}/reactions");
        for emoji in ["%F0%9F%91%8D", "%F0%9F%8E%89"] {
            self.of_general("PUT", &format!("{reactions}/{emoji}/@me"), None).await?;
            let own = format!("/channels/{}{reactions}/{emoji}/@me", self.general);
            self.ada.call("PUT", &own, None).await?;
            self.ada.call("DELETE", &own, None).await?;
        }
        self.of_general("DELETE", &format!("{reactions}/%F0%9F%8E%89"), None).await?;
        self.of_general("DELETE", &reactions, None).await?;
        self.of_general("PUT", &format!("/messages/pins/{said}"), None).await?;
        self.of_general("POST", "/typing", None).await?;
        Ok(())
    }

    /// It does not see to threads: it hears of those that it is in, from when it comes in to when they end.
    async fn private_threads(&self) -> Result<()> {
        let form = |name: &str| Some(json!({ "name": name, "type": 12 }));
        let others = text(&self.of_general("POST", "/threads", form("others")).await?, "id")?;
        let shared = text(&self.of_general("POST", "/threads", form("shared")).await?, "id")?;
        let me = self.bot.http.current_user().await?.model().await?;
        let add = format!("/channels/{shared}/thread-members/{}", me.id);
        self.owner.call("PUT", &add, None).await?;
        let (others, shared): (Id<ChannelMarker>, Id<ChannelMarker>) = (others.parse()?, shared.parse()?);
        let knows = |thread| async move { self.bot.picture().threads.contains_key(&thread).then_some(()) };
        until("the thread that it was added to", SOON, || knows(shared)).await?;
        for thread in [others, shared] {
            let said = Some(json!({ "content": format!("in {thread}") }));
            self.owner.call("POST", &format!("/channels/{thread}/messages"), said).await?;
            self.owner.call("DELETE", &format!("/channels/{thread}"), None).await?;
        }
        let forgot = || async { (!self.bot.picture().threads.contains_key(&shared)).then_some(()) };
        until("the end of the thread", SOON, forgot).await?;
        let seen = self.bot.seen();
        let told = seen.dispatches.iter().filter(|(_, event)| match event {
            DispatchEvent::ThreadCreate(thread) => thread.id == others,
            DispatchEvent::ThreadDelete(thread) => thread.id == others,
            DispatchEvent::MessageCreate(message) => message.channel_id == others,
            _ => false,
        });
        ensure!(told.count() == 0, "it was told of a private thread that it is not in");
        Ok(())
    }

    async fn compares(&self) -> Result<()> {
        let guild = self.of_guild("GET", "", None).await?;
        let channels = self.of_guild("GET", "/channels", None).await?;
        let threads = self.of_guild("GET", "/threads/active", None).await?;
        let members = self.of_guild("GET", "/members?limit=100", None).await?;
        let bans = self.of_guild("GET", "/bans", None).await?;
        let page = self.of_general("GET", "/messages?limit=100", None).await?;
        let named = |value: &Value| -> Result<BTreeMap<_, _>> {
            list(value)?.iter().map(|one| Ok((text(one, "id")?.parse()?, text(one, "name")?))).collect()
        };
        let picture = self.bot.picture();
        ensure!(picture.name == text(&guild, "name")?, "its name is {}", picture.name);
        let truth: BTreeMap<Id<ChannelMarker>, (String, Option<String>)> = list(&channels)?
            .iter()
            .map(|one| Ok((text(one, "id")?.parse()?, (text(one, "name")?, text(one, "topic").ok()))))
            .collect::<Result<_>>()?;
        ensure!(picture.channels == truth, "channels: {:?}, really {truth:?}", picture.channels);
        let truth: BTreeMap<Id<ChannelMarker>, String> = list(threads.get("threads").context("no threads")?)?
            .iter()
            .map(|one| Ok((text(one, "id")?.parse()?, text(one, "name")?)))
            .collect::<Result<_>>()?;
        ensure!(picture.threads == truth, "threads: {:?}, really {truth:?}", picture.threads);
        let roles = guild.get("roles").context("no roles")?;
        ensure!(picture.roles == named(roles)?, "roles: {:?}", picture.roles);
        let emojis = list(guild.get("emojis").context("no emojis")?)?;
        ensure!(emojis.len() == 1 && picture.emojis.values().eq(["grapnel"]), "emojis: {:?}", picture.emojis);
        let mut truth = BTreeMap::new();
        for member in list(&members)? {
            let user = text(member.get("user").context("no user")?, "id")?.parse()?;
            let roles = list(member.get("roles").context("no roles")?)?.iter();
            let mut roles: Vec<_> =
                roles.map(|role| Ok(role.as_str().context("no id")?.parse()?)).collect::<Result<_>>()?;
            roles.sort_unstable();
            truth.insert(user, (text(member, "nick").ok(), roles));
        }
        ensure!(picture.members == truth, "members: {:?}, really {truth:?}", picture.members);
        let truth: BTreeSet<_> = list(&bans)?
            .iter()
            .map(|ban| Ok(text(ban.get("user").context("no user")?, "id")?.parse()?))
            .collect::<Result<_>>()?;
        ensure!(picture.bans == truth, "bans: {:?}, really {truth:?}", picture.bans);
        let general: Id<ChannelMarker> = self.general.parse()?;
        let heard: BTreeMap<_, _> = picture
            .messages
            .iter()
            .filter(|((channel, _), _)| *channel == general)
            .map(|((_, id), said)| (*id, said.clone()))
            .collect();
        let mut truth = BTreeMap::new();
        for message in list(&page)? {
            let id = text(message, "id")?.parse()?;
            // What was said before it came it cannot have heard.
            if heard.first_key_value().is_some_and(|(first, _)| id >= *first) {
                truth.insert(id, text(message, "content")?);
            }
        }
        ensure!(heard.len() > 3 && heard == truth, "messages: {heard:?}, really {truth:?}");
        Ok(())
    }

    async fn reads(&self) -> Result<()> {
        let (http, guild) = (&self.bot.http, self.guild()?);
        let general: Id<ChannelMarker> = self.general.parse()?;
        ensure!(http.guild(guild).with_counts(true).await?.model().await?.name == "Harbour Town", "no guild");
        ensure!(http.current_user_guilds().await?.models().await?.len() == 1, "guilds");
        ensure!(http.guild_channels(guild).await?.models().await?.len() > 4, "channels");
        ensure!(http.roles(guild).await?.models().await?.len() == 3, "roles");
        ensure!(http.guild_members(guild).limit(100).await?.models().await?.len() == 4, "members");
        let found = http.search_guild_members(guild, "coun").await?.models().await?;
        ensure!(found.len() == 1, "a member is found by its nickname: {found:?}");
        let ada = http.guild_member(guild, self.ada_id.parse()?).await?.model().await?;
        ensure!(ada.nick.as_deref() == Some("Countess"), "nickname: {:?}", ada.nick);
        ensure!(http.bans(guild).await?.models().await?.len() == 1, "bans");
        ensure!(!http.guild_invites(guild).await?.models().await?.is_empty(), "invites");
        let made = http.create_invite(general).await?.model().await?;
        let invite = http.invite(&made.code).with_counts().await?.model().await?;
        ensure!(invite.approximate_member_count == Some(4), "counts: {:?}", invite.approximate_member_count);
        ensure!(!http.channel_invites(general).await?.models().await?.is_empty(), "invites of a channel");
        ensure!(http.guild_webhooks(guild).await?.models().await?.len() == 1, "webhooks");
        ensure!(http.channel_webhooks(self.mirror.parse()?).await?.models().await?.len() == 1, "webhooks");
        ensure!(http.emojis(guild).await?.models().await?.len() == 1, "emojis");
        ensure!(http.active_threads(guild).await?.model().await?.threads.len() == 1, "threads");
        let archived = http.public_archived_threads(general).await?.model().await?;
        ensure!(archived.threads.len() == 1, "archived threads: {archived:?}");
        let log = http.audit_log(guild).limit(100).await?.model().await?;
        ensure!(log.entries.len() > 20 && log.users.len() > 2, "{} rows", log.entries.len());
        ensure!(http.guild_integrations(guild).await?.models().await?.len() == 2, "integrations");
        ensure!(http.guild_preview(guild).await?.model().await?.name == "Harbour Town", "preview");
        ensure!(http.guild_prune_count(guild).await?.model().await?.pruned == 0, "prune");
        ensure!(http.guild_vanity_url(guild).await?.model().await?.code.is_none(), "vanity");
        ensure!(http.pins(general).await?.model().await?.items.len() == 1, "pins");
        ensure!(!http.channel_messages(general).limit(100).await?.models().await?.is_empty(), "history");
        http.guild_voice_regions(guild).await?.models().await?;
        http.role_member_counts(guild).await?.text().await?;
        http.guild_scheduled_events(guild).await?.models().await?;
        http.auto_moderation_rules(guild).await?.models().await?;
        http.guild_stickers(guild).await?.models().await?;
        Ok(())
    }

    async fn is_refused(&self) -> Result<()> {
        let (http, guild) = (&self.bot.http, self.guild()?);
        let owner = text(&self.owner.call("GET", "/users/@me", None).await?, "id")?.parse()?;
        let nobody = Id::<GuildMarker>::new(1_000_000_000_000_000_000);
        let mut codes = BTreeMap::new();
        codes.insert("kick", code(http.remove_guild_member(guild, owner).await.err())?);
        codes.insert("ban", code(http.create_ban(guild, owner).await.err())?);
        codes.insert("role", code(http.create_role(guild).await.err())?);
        codes.insert("member", code(http.guild_member(guild, nobody.cast()).await.err())?);
        codes.insert("unban", code(http.delete_ban(guild, nobody.cast()).await.err())?);
        codes.insert("channel", code(http.channel(nobody.cast()).await.err())?);
        codes.insert("guild", code(http.guild(nobody).await.err())?);
        codes.insert("invite", code(http.invite("nowhere").await.err())?);
        let expected = [
            ("ban", 50013),
            ("channel", 10003),
            ("guild", 10004),
            ("invite", 10006),
            ("kick", 50013),
            ("member", 10007),
            ("role", 50013),
            ("unban", 10026),
        ];
        ensure!(codes.iter().map(|(what, code)| (*what, *code)).eq(expected), "refused with {codes:?}");
        Ok(())
    }

    async fn is_removed(&self) -> Result<()> {
        let me = self.bot.http.current_user().await?.model().await?;
        self.of_guild("DELETE", &format!("/members/{}", me.id), None).await?;
        let told = || async {
            let gone = self.bot.count(
                |event| matches!(event, DispatchEvent::GuildDelete(gone) if gone.id.to_string() == self.id),
            );
            (gone == 1).then_some(())
        };
        until("GUILD_DELETE", SOON, told).await?;
        let refused = code(self.bot.http.guild(self.guild()?).await.err())?;
        ensure!(refused == 10004, "refused with {refused}");
        let before = self.bot.seen().dispatches.len();
        self.say(&self.owner, "is it gone?").await?;
        self.channel("afterwards").await?;
        // It comes back, and hears of that behind everything that it did not hear of.
        self.owner.consent(&self.id, "0").await?;
        let back = |event: &DispatchEvent| matches!(event, DispatchEvent::GuildCreate(_));
        until("GUILD_CREATE again", SOON, || async { (self.bot.count(back) == 2).then_some(()) }).await?;
        let seen = self.bot.seen();
        let first = seen.dispatches.get(before).map(|(_, event)| event.kind());
        ensure!(seen.dispatches.get(before).is_some_and(|(_, event)| back(event)), "it heard of {first:?}");
        Ok(())
    }

    fn all_parsed(&self) -> Result<()> {
        let seen = self.bot.seen();
        ensure!(seen.unreadable.is_empty(), "{}", seen.unreadable.join("\n  "));
        ensure!(seen.dispatches.len() > 80, "only {} dispatches were seen", seen.dispatches.len());
        let sequences: Vec<u64> = seen.dispatches.iter().map(|(sequence, _)| *sequence).collect();
        ensure!(sequences.is_sorted_by(|a, b| a + 1 == *b), "sequence numbers: {sequences:?}");
        Ok(())
    }
}

/// Discord's code in a refusal.
fn code(error: Option<twilight_http::Error>) -> Result<u64> {
    let error = error.context("it was not refused")?;
    match error.kind() {
        ErrorType::Response { error: ApiError::General(error), .. } => Ok(error.code),
        other => anyhow::bail!("refused with {other:?}"),
    }
}
