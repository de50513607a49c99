//! What the bot goes through.

use crate::bot::{Bot, code};
use crate::log::Log;
use anyhow::{Context as _, Result, ensure};
use compat_stage::{Owner, SOON, Server, Tally, list, text, until};
use serde_json::{Value, json};
use serenity::all::{
    ChannelId, ChannelType, CreateChannel, CreateInvite, CreateThread, CreateWebhook, EditMember,
    EditMessage, EditRole, EditWebhookMessage, ExecuteWebhook, GatewayIntents, GetMessages, GuildId,
    MessageId, Permissions, ReactionType, RoleId, Timestamp, UserId,
};
use std::collections::BTreeMap;

const ASKED: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::ADD_REACTIONS)
    .union(Permissions::MANAGE_MESSAGES)
    .union(Permissions::MANAGE_WEBHOOKS)
    .union(Permissions::MANAGE_CHANNELS)
    .union(Permissions::MANAGE_GUILD)
    .union(Permissions::MANAGE_ROLES)
    .union(Permissions::MANAGE_NICKNAMES)
    .union(Permissions::MODERATE_MEMBERS)
    .union(Permissions::BAN_MEMBERS)
    .union(Permissions::KICK_MEMBERS)
    .union(Permissions::CREATE_INSTANT_INVITE)
    .union(Permissions::CREATE_PUBLIC_THREADS)
    .union(Permissions::SEND_MESSAGES_IN_THREADS)
    .union(Permissions::MANAGE_THREADS)
    .union(Permissions::CREATE_GUILD_EXPRESSIONS)
    .union(Permissions::MANAGE_GUILD_EXPRESSIONS)
    .union(Permissions::VIEW_AUDIT_LOG);
/// PIN_MESSAGES, which this version of serenity has no name for.
const PIN_MESSAGES: u64 = 1 << 51;
/// Flags of an application whose bot may hear of members and of what is said.
const PRIVILEGED: u32 = (1 << 15) | (1 << 19);

const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The stage: one server, its owner, a member, the bot.
struct Place {
    server: Server,
    api: String,
    owner: Owner,
    ada: Owner,
    ada_id: UserId,
    bot: Bot,
    guild: GuildId,
    general: ChannelId,
}

/// Runs everything; how many scenarios failed.
pub(crate) async fn all(log: &Log) -> Result<usize> {
    let mut tally = Tally::default();
    let mut place = Place::set().await?;
    tally.note("logs_in_and_knows_itself", place.logs_in().await);
    tally.note("is_added_and_has_the_guild_in_its_cache", place.is_added().await);
    tally.note("answers_commands_of_those_who_may_give_them", place.commands().await);
    tally.note("moderates", place.moderates().await);
    tally.note("makes_channels_threads_webhooks_and_invites", place.makes().await);
    tally.note("its_cache_follows_what_people_do", place.follows().await);
    tally.note("reads_everything_over_rest", place.reads().await);
    tally.note("is_removed", place.is_removed().await);
    tally.note("every_frame_was_read", place.all_read(log));
    place.server.stop().await?;
    Ok(tally.report())
}

impl Place {
    async fn set() -> Result<Self> {
        let server = Server::start_for_itself().await?;
        let address = format!("127.0.0.1:{}", server.port);
        let api = format!("http://{address}/api/v10");
        let mut owner = Owner::register(api.clone(), "morgan").await?;
        let guild = text(&owner.call("POST", "/guilds", Some(json!({ "name": "Harbour" }))).await?, "id")?;
        let channels = owner.call("GET", &format!("/guilds/{guild}/channels"), None).await?;
        let general = list(&channels)?.iter().find(|channel| channel.get("type") == Some(&json!(0)));
        let general = text(general.context("no text channel")?, "id")?;
        let token = owner.create_bot("Deckhand").await?;
        owner.set_flags(PRIVILEGED).await?;
        let intents = GatewayIntents::all() - GatewayIntents::GUILD_PRESENCES;
        let bot = Bot::start(&address, &token, intents).await?;
        let ada = Owner::register(api.clone(), "ada").await?;
        let ada_id = text(&ada.call("GET", "/users/@me", None).await?, "id")?.parse()?;
        let (guild, general) = (guild.parse()?, general.parse()?);
        let place = Self { server, api, owner, ada, ada_id, bot, guild, general };
        place.enter(&place.ada).await?;
        Ok(place)
    }

    async fn of_guild(&self, method: &str, rest: &str, body: Option<Value>) -> Result<Value> {
        self.owner.call(method, &format!("/guilds/{}{rest}", self.guild), body).await
    }

    async fn enter(&self, person: &Owner) -> Result<()> {
        let route = format!("/channels/{}/invites", self.general);
        let code = text(&self.owner.call("POST", &route, Some(json!({}))).await?, "code")?;
        person.call("POST", &format!("/invites/{code}"), Some(json!({}))).await.map(drop)
    }

    /// Somebody says something; what the bot answers to it.
    async fn ask(&self, person: &Owner, content: &str) -> Result<String> {
        let route = format!("/channels/{}/messages", self.general);
        let said = text(&person.call("POST", &route, Some(json!({ "content": content }))).await?, "id")?;
        until(&format!("an answer to {content}"), SOON, || async {
            let page = self.owner.call("GET", &route, None).await.ok()?;
            page.as_array()?.iter().find_map(|message| {
                let to = message.pointer("/message_reference/message_id").and_then(Value::as_str);
                (to == Some(said.as_str())).then(|| text(message, "content").ok()).flatten()
            })
        })
        .await
    }

    /// Waits until the guild in the cache is such.
    async fn cached(&self, what: &str, such: impl Fn(&serenity::all::Guild) -> bool) -> Result<()> {
        let found =
            || async { self.bot.cache.guild(self.guild).is_some_and(|guild| such(&guild)).then_some(()) };
        until(what, SOON, found).await
    }

    async fn logs_in(&self) -> Result<()> {
        until("READY", SOON, || async { (self.bot.seen().readies == 1).then_some(()) }).await?;
        let me = self.bot.http.get_current_user().await?;
        ensure!(me.bot && me.name == self.bot.cache.current_user().name, "it is {}", me.name);
        let application = self.bot.http.get_current_application_info().await?;
        ensure!(application.name == "Deckhand", "its application is called {}", application.name);
        ensure!(self.bot.cache.guild_count() == 0, "it is in a guild");
        Ok(())
    }

    async fn is_added(&self) -> Result<()> {
        let bits = (ASKED.bits() | PIN_MESSAGES).to_string();
        self.owner.consent(&self.guild.to_string(), &bits).await?;
        self.cached("all members", |guild| guild.members.len() == 3).await?;
        let guild = self.bot.cache.guild(self.guild).context("no guild")?;
        ensure!(
            guild.name == "Harbour" && guild.member_count == 3,
            "{} of {}",
            guild.name,
            guild.member_count
        );
        ensure!(guild.channels.len() == 4, "channels: {:?}", guild.channels);
        let own = guild.roles.values().find(|role| role.managed).context("no role of its own")?;
        ensure!(own.permissions.contains(ASKED), "its role has {:?}", own.permissions);
        let me = guild.members.get(&self.bot.cache.current_user().id).context("not among the members")?;
        ensure!(me.roles == [own.id], "it has the roles {:?}", me.roles);
        Ok(())
    }

    async fn commands(&self) -> Result<()> {
        let answer = self.ask(&self.ada, "!ping").await?;
        ensure!(answer == "pong", "{answer}");
        let role = self.bot.http.as_ref();
        let role = self.guild.create_role(role, EditRole::new().name("Mates").colour(0x2a_9d8f)).await?;
        ensure!(role.name == "Mates" && role.colour.0 == 0x2a_9d8f, "{role:?}");
        let order = format!("!role <@{}> <@&{}>", self.ada_id, role.id);
        let answer = self.ask(&self.ada, &order).await?;
        ensure!(answer == "you may not", "{answer}");
        let answer = self.ask(&self.owner, &order).await?;
        ensure!(answer == "given", "{answer}");
        let has = |guild: &serenity::all::Guild| {
            guild.members.get(&self.ada_id).is_some_and(|member| member.roles.contains(&role.id))
        };
        self.cached("the role of the member", has).await?;

        let bo = Owner::register(self.api.clone(), "bo").await?;
        self.enter(&bo).await?;
        self.cached("the newcomer", |guild| guild.members.len() == 4).await?;
        let id = text(&bo.call("GET", "/users/@me", None).await?, "id")?;
        let answer = self.ask(&self.ada, &format!("!kick <@{id}> never liked him")).await?;
        ensure!(answer == "you may not", "{answer}");
        let answer = self.ask(&self.owner, &format!("!kick <@{id}> spilled the tar")).await?;
        ensure!(answer == "kicked", "{answer}");
        self.cached("that the newcomer is gone", |guild| guild.members.len() == 3).await?;
        let owner = text(&self.owner.call("GET", "/users/@me", None).await?, "id")?;
        let answer = self.ask(&self.owner, &format!("!kick <@{owner}> mutiny")).await?;
        ensure!(answer == "refused: 50013", "{answer}");
        Ok(())
    }

    async fn moderates(&self) -> Result<()> {
        let http = &self.bot.http;
        let mut ada = self.guild.member(http, self.ada_id).await?;
        let until = Timestamp::from_unix_timestamp(Timestamp::now().unix_timestamp() + 600)?;
        ada.disable_communication_until_datetime(http, until).await?;
        ensure!(ada.communication_disabled_until == Some(until), "{:?}", ada.communication_disabled_until);
        ada.enable_communication(http).await?;
        ada.edit(http, EditMember::new().nickname("Countess")).await?;
        self.cached("the nickname", |guild| {
            guild.members.get(&self.ada_id).is_some_and(|ada| ada.nick.as_deref() == Some("Countess"))
        })
        .await?;
        let cy = Owner::register(self.api.clone(), "cy").await?;
        let id: UserId = text(&cy.call("GET", "/users/@me", None).await?, "id")?.parse()?;
        self.guild.ban_with_reason(http, id, 1, "spam").await?;
        let bans = self.guild.bans(http, None, None).await?;
        ensure!(bans.len() == 1 && bans.iter().all(|ban| ban.reason.as_deref() == Some("spam")), "{bans:?}");
        self.guild.unban(http, id).await?;

        let mut said = Vec::new();
        for number in 0..3 {
            said.push(self.general.say(http, format!("spam {number}")).await?.id);
        }
        self.general.delete_messages(http, &said).await?;
        let page = self.general.messages(http, GetMessages::new().limit(50)).await?;
        ensure!(page.iter().all(|message| !said.contains(&message.id)), "not purged: {page:?}");

        let nobody = UserId::new(1_000_000_000_000_000_000);
        let mut codes = Vec::new();
        for outcome in [
            self.guild.kick(http, nobody).await,
            self.guild.unban(http, nobody).await,
            self.general.delete_message(http, MessageId::new(nobody.get())).await,
            self.guild.member(http, nobody).await.map(drop),
            self.guild.delete_role(http, RoleId::new(nobody.get())).await,
            ChannelId::new(nobody.get()).say(http, "hello?").await.map(drop),
        ] {
            codes.push(code(&outcome.err().context("not refused")?)?);
        }
        ensure!(codes == [10007, 10026, 10008, 10007, 10011, 10003], "refused with {codes:?}");
        Ok(())
    }

    async fn makes(&self) -> Result<()> {
        let http = &self.bot.http;
        let channel = CreateChannel::new("log").kind(ChannelType::Text).topic("what happened");
        let channel = self.guild.create_channel(http, channel).await?;
        ensure!(channel.topic.as_deref() == Some("what happened"), "{channel:?}");
        self.cached("the channel", |guild| guild.channels.contains_key(&channel.id)).await?;
        let mut said = channel.id.say(http, "first wording").await?;
        said.edit(http, EditMessage::new().content("second wording")).await?;
        ensure!(said.content == "second wording" && said.edited_timestamp.is_some(), "{said:?}");
        channel.id.create_reaction(http, said.id, ReactionType::Unicode("👍".into())).await?;
        said.delete_reactions(http).await?;
        channel.id.pin(http, said.id).await?;
        let pins = channel.id.pins(http).await?;
        ensure!(pins.len() == 1, "{pins:?}");

        let thread = CreateThread::new("course");
        let thread = channel.id.create_thread_from_message(http, said.id, thread).await?;
        thread.id.say(http, "north").await?;
        let members = thread.id.get_thread_members(http).await?;
        ensure!(members.len() == 1, "{members:?}");
        self.cached("the thread", |guild| guild.threads.iter().any(|found| found.id == thread.id)).await?;

        let webhook = channel.id.create_webhook(http, CreateWebhook::new("Lighthouse")).await?;
        let light = ExecuteWebhook::new().username("Keeper").content("light!");
        let light = webhook.execute(http, true, light).await?.context("no message")?;
        ensure!(light.author.name == "Keeper" && light.webhook_id == Some(webhook.id), "{light:?}");
        let edit = EditWebhookMessage::new().content("LIGHT!");
        let edited = webhook.edit_message(http, light.id, edit).await?;
        ensure!(edited.content == "LIGHT!", "{edited:?}");
        webhook.delete_message(http, None, light.id).await?;
        ensure!(self.guild.webhooks(http).await?.len() == 1, "webhooks");

        let invite = self.general.create_invite(http, CreateInvite::new().max_age(600).max_uses(1)).await?;
        let preview = http.get_invite(&invite.code, true, false, None).await?;
        ensure!(preview.approximate_member_count == Some(3), "{preview:?}");
        invite.delete(http).await?;
        let emoji = self.guild.create_emoji(http, "anchor", PIXEL).await?;
        self.cached("the emoji", |guild| guild.emojis.contains_key(&emoji.id)).await?;
        Ok(())
    }

    async fn follows(&self) -> Result<()> {
        // Serenity hears of the new name and leaves its cache as it is.
        self.of_guild("PATCH", "", Some(json!({ "name": "Harbour Town" }))).await?;
        let role =
            text(&self.of_guild("POST", "/roles", Some(json!({ "name": "Passengers" }))).await?, "id")?;
        self.of_guild("PATCH", &format!("/roles/{role}"), Some(json!({ "name": "Guests" }))).await?;
        let form = Some(json!({ "name": "doomed", "type": 0 }));
        let doomed = text(&self.of_guild("POST", "/channels", form).await?, "id")?;
        let form = Some(json!({ "name": "charts", "type": 0 }));
        let charts = text(&self.of_guild("POST", "/channels", form).await?, "id")?;
        let overwrite = Some(json!({ "type": 0, "allow": "0", "deny": "2048" }));
        self.owner.call("PUT", &format!("/channels/{charts}/permissions/{}", self.guild), overwrite).await?;
        self.owner.call("DELETE", &format!("/channels/{doomed}"), None).await?;
        let (role, charts): (RoleId, ChannelId) = (role.parse()?, charts.parse()?);
        let denied = |guild: &serenity::all::Guild| {
            let channel = guild.channels.get(&charts)?;
            let ada = guild.members.get(&self.ada_id)?;
            (!guild.user_permissions_in(channel, ada).contains(Permissions::SEND_MESSAGES)).then_some(())
        };
        self.cached("what people did", |guild| {
            guild.roles.get(&role).is_some_and(|role| role.name == "Guests")
                && denied(guild).is_some()
                && guild.channels.values().all(|channel| channel.name != "doomed")
        })
        .await?;
        let (route, said) = (format!("/channels/{charts}/messages"), json!({ "content": "may I?" }));
        let refused = self.ada.call("POST", &route, Some(said)).await;
        ensure!(refused.is_err(), "the server allows what serenity says it does not");
        // What the cache has, the server has.
        let channels = self.of_guild("GET", "/channels", None).await?;
        let truth: BTreeMap<ChannelId, String> = list(&channels)?
            .iter()
            .map(|channel| Ok((text(channel, "id")?.parse()?, text(channel, "name")?)))
            .collect::<Result<_>>()?;
        let guild = self.bot.cache.guild(self.guild).context("no guild")?;
        let cached: BTreeMap<ChannelId, String> =
            guild.channels.values().map(|channel| (channel.id, channel.name.clone())).collect();
        ensure!(cached == truth, "channels: {cached:?}, really {truth:?}");
        Ok(())
    }

    async fn reads(&self) -> Result<()> {
        let (http, guild) = (&self.bot.http, self.guild);
        let partial = guild.to_partial_guild_with_counts(http).await?;
        ensure!(partial.approximate_member_count == Some(3), "{:?}", partial.approximate_member_count);
        ensure!(guild.channels(http).await?.len() == 6, "channels");
        ensure!(guild.roles(http).await?.len() == 4, "roles");
        ensure!(guild.members(http, Some(100), None).await?.len() == 3, "members");
        ensure!(guild.search_members(http, "coun", Some(5)).await?.len() == 1, "search");
        ensure!(guild.bans(http, None, None).await?.is_empty(), "bans");
        ensure!(!guild.invites(http).await?.is_empty(), "invites");
        ensure!(guild.emojis(http).await?.len() == 1, "emojis");
        ensure!(guild.integrations(http).await?.len() == 1, "integrations");
        ensure!(guild.get_active_threads(http).await?.threads.len() == 1, "threads");
        ensure!(guild.prune_count(http, 7).await?.pruned == 0, "prune");
        ensure!(guild.get_preview(http).await?.name == "Harbour Town", "preview");
        let log = guild.audit_logs(http, None, None, None, Some(100)).await?;
        ensure!(log.entries.len() > 10, "{} rows", log.entries.len());
        let archived = self.general.get_archived_public_threads(http, None, None).await?;
        ensure!(archived.threads.is_empty(), "{archived:?}");
        ensure!(http.get_guilds(None, None).await?.len() == 1, "guilds");
        Ok(())
    }

    async fn is_removed(&self) -> Result<()> {
        let me = self.bot.cache.current_user().id;
        self.of_guild("DELETE", &format!("/members/{me}"), None).await?;
        until("GUILD_DELETE", SOON, || async { (self.bot.cache.guild_count() == 0).then_some(()) }).await?;
        let refused =
            self.guild.to_partial_guild(&self.bot.http).await.err().context("it still sees the guild")?;
        ensure!(code(&refused)? == 10004, "refused with {refused:?}");
        Ok(())
    }

    fn all_read(&self, log: &Log) -> Result<()> {
        for name in [
            "GUILD_CREATE",
            "GUILD_MEMBERS_CHUNK",
            "GUILD_MEMBER_ADD",
            "GUILD_MEMBER_UPDATE",
            "GUILD_MEMBER_REMOVE",
            "GUILD_ROLE_CREATE",
            "GUILD_ROLE_UPDATE",
            "GUILD_BAN_ADD",
            "GUILD_BAN_REMOVE",
            "GUILD_UPDATE",
            "GUILD_EMOJIS_UPDATE",
            "GUILD_DELETE",
            "CHANNEL_CREATE",
            "CHANNEL_UPDATE",
            "CHANNEL_DELETE",
            "CHANNEL_PINS_UPDATE",
            "THREAD_CREATE",
            "INVITE_CREATE",
            "INVITE_DELETE",
            "WEBHOOKS_UPDATE",
            "MESSAGE_CREATE",
            "MESSAGE_UPDATE",
            "MESSAGE_DELETE",
            "MESSAGE_DELETE_BULK",
            "MESSAGE_REACTION_ADD",
            "MESSAGE_REACTION_REMOVE_ALL",
        ] {
            ensure!(self.bot.heard(name) > 0, "no {name} was seen: {:?}", self.bot.seen().events);
        }
        let seen = self.bot.seen();
        ensure!(seen.faults.is_empty(), "{}", seen.faults.join("\n  "));
        ensure!(log.text().is_empty(), "{}", log.text());
        Ok(())
    }
}
