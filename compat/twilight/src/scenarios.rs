//! What the bot goes through.

use crate::bot::Bot;
use crate::proxy::Proxy;
use anyhow::{Context as _, Result, ensure};
use compat_stage::{Owner, SOON, Server, Tally, text, until};
use serde_json::json;
use std::time::Duration;
use twilight_http::api_error::ApiError;
use twilight_http::error::ErrorType;
use twilight_http::request::channel::reaction::RequestReactionType;
use twilight_model::channel::ChannelType;
use twilight_model::channel::message::{Embed, MessageType};
use twilight_model::gateway::event::DispatchEvent;
use twilight_model::id::Id;
use twilight_model::id::marker::{ChannelMarker, MessageMarker};

/// The stage: one server, one owner, one bot, the proxy between them.
struct Stage {
    proxy: Proxy,
    server: Server,
    owner: Owner,
    bot: Bot,
}

/// Runs everything; how many scenarios failed.
pub(crate) async fn all() -> Result<usize> {
    let mut stage = Stage::set().await?;
    let mut tally = Tally::default();
    tally.note("logs_in_and_knows_itself", stage.logs_in().await);
    tally.note("answers_the_owners_ping", stage.answers_ping().await);
    tally.note("sends_edits_reacts_pins_and_deletes", stage.acts().await);
    tally.note("sees_the_owner_edit_react_type_and_delete", stage.observes().await);
    tally.note("a_reset_connection_is_resumed", stage.survives("reset", Proxy::cut).await);
    tally.note("a_forced_close_is_resumed", stage.survives("closed", |proxy| proxy.close(4000)).await);
    tally.note("comes_back_after_a_restart", stage.restarts().await);
    tally.note("is_closed_with_4004_when_its_token_is_reset", stage.loses_its_token().await);
    tally.note("every_frame_parsed", stage.all_parsed());
    stage.server.stop().await?;
    crate::guild::all(&mut tally).await?;
    Ok(tally.report())
}

impl Stage {
    async fn set() -> Result<Self> {
        let proxy = Proxy::listen().await?;
        let address = format!("127.0.0.1:{}", proxy.port);
        let server = Server::start(format!("http://{address}")).await?;
        proxy.target(server.port);
        let mut owner = Owner::register(format!("http://{address}/api/v10"), "morgan").await?;
        let token = owner.create_bot("Pinger").await?;
        let bot = Bot::start(&address, &token);
        let me = bot.http.current_user().await?.model().await?;
        owner.open_dm(&me.id.to_string()).await?;
        Ok(Self { proxy, server, owner, bot })
    }

    fn channel(&self) -> Result<Id<ChannelMarker>> {
        Ok(self.owner.dm().parse()?)
    }

    async fn logs_in(&self) -> Result<()> {
        until("READY", SOON, || async { (self.bot.readies() == 1).then_some(()) }).await?;
        let me = self.bot.http.current_user().await?.model().await?;
        ensure!(me.bot, "the bot's own user is no bot");
        let application = self.bot.http.current_user_application().await?.model().await?;
        ensure!(application.name == "Pinger", "its application is called {}", application.name);
        let seen = self.bot.seen();
        let ready = seen.dispatches.iter().find_map(|(sequence, event)| match event {
            DispatchEvent::Ready(ready) => Some((*sequence, ready)),
            _ => None,
        });
        let (sequence, ready) = ready.context("no READY")?;
        ensure!(sequence == 1, "READY has sequence {sequence}");
        ensure!(ready.user.id == me.id, "READY is for {}", ready.user.id);
        ensure!(ready.application.id == application.id, "READY names application {}", ready.application.id);
        Ok(())
    }

    /// Says `!ping` and waits for the reply to it.
    async fn ping(&self) -> Result<()> {
        let ping = self.owner.say("!ping").await?;
        until("the pong", SOON, || async {
            let history = self.owner.history().await.ok()?;
            history.into_iter().find(|message| {
                let to = message.pointer("/message_reference/message_id").and_then(|id| id.as_str());
                text(message, "content").is_ok_and(|content| content == "pong") && to == Some(ping.as_str())
            })
        })
        .await?;
        Ok(())
    }

    async fn answers_ping(&self) -> Result<()> {
        self.ping().await?;
        let seen = self.bot.seen();
        let ping = seen.dispatches.iter().find_map(|(_, event)| match event {
            DispatchEvent::MessageCreate(message) if message.content == "!ping" => Some(message),
            _ => None,
        });
        let ping = ping.context("no !ping arrived")?;
        ensure!(ping.author.name == "morgan", "it is by {}", ping.author.name);
        ensure!(ping.guild_id.is_none() && ping.member.is_none(), "a DM with a guild");
        Ok(())
    }

    async fn acts(&self) -> Result<()> {
        let http = &self.bot.http;
        let channel = self.channel()?;
        let opened = http.channel(channel).await?.model().await?;
        ensure!(opened.kind == ChannelType::Private, "the DM is a {:?}", opened.kind);

        let question: Id<MessageMarker> = self.owner.say("a question").await?.parse()?;
        let answer = http.create_message(channel).reply(question).content("an answer").await?.model().await?;
        ensure!(answer.kind == MessageType::Reply, "a reply is a {:?}", answer.kind);
        let referenced = answer.referenced_message.as_ref().map(|message| message.id);
        ensure!(referenced == Some(question), "it refers to {referenced:?}");

        let edited =
            http.update_message(channel, answer.id).content(Some("a better answer")).await?.model().await?;
        ensure!(
            edited.edited_timestamp.is_some() && edited.content == "a better answer",
            "not edited: {edited:?}"
        );

        let thumb = RequestReactionType::Unicode { name: "👍" };
        http.create_reaction(channel, question, &thumb).await?;
        let who = http.reactions(channel, question, &thumb).await?.models().await?;
        ensure!(who.len() == 1 && who.iter().all(|user| user.bot), "reactions by {who:?}");
        let stored = http.message(channel, question).await?.model().await?;
        ensure!(stored.reactions.iter().all(|r| r.count == 1 && r.me), "reactions: {:?}", stored.reactions);
        ensure!(stored.reactions.len() == 1, "reactions: {:?}", stored.reactions);
        http.delete_current_user_reaction(channel, question, &thumb).await?;

        http.create_pin(channel, question).await?;
        let pins = http.pins(channel).await?.model().await?;
        let pinned: Vec<_> = pins.items.iter().map(|pin| pin.message.id).collect();
        ensure!(pinned == [question], "pinned: {pinned:?}");
        http.delete_pin(channel, question).await?;
        ensure!(http.pins(channel).await?.model().await?.items.is_empty(), "still pinned");

        http.create_typing_trigger(channel).await?;
        let embed = Embed { title: Some("Tide table".to_owned()), ..empty_embed() };
        let sent = http.create_message(channel).embeds(&[embed]).await?.model().await?;
        let title = sent.embeds.first().and_then(|embed| embed.title.as_deref());
        ensure!(title == Some("Tide table"), "embeds: {:?}", sent.embeds);

        let page = http.channel_messages(channel).before(sent.id).limit(2).await?.models().await?;
        ensure!(page.len() == 2 && page.is_sorted_by(|a, b| a.id > b.id), "the page is not newest first");

        http.delete_message(channel, answer.id).await?;
        let refused = http.message(channel, answer.id).await.err().context("a deleted message was found")?;
        let code = match refused.kind() {
            ErrorType::Response { error: ApiError::General(error), .. } => error.code,
            other => anyhow::bail!("refused with {other:?}"),
        };
        ensure!(code == 10008, "refused with {code}");
        Ok(())
    }

    async fn observes(&self) -> Result<()> {
        let said = self.owner.say("first wording").await?;
        let id: Id<MessageMarker> = said.parse()?;
        let route = format!("/channels/{}/messages/{said}", self.owner.dm());
        let reaction = format!("{route}/reactions/%F0%9F%8E%89/@me");
        self.owner.call("PATCH", &route, Some(json!({ "content": "second wording" }))).await?;
        self.owner.call("PUT", &reaction, None).await?;
        self.owner.call("DELETE", &reaction, None).await?;
        self.owner.call("POST", &format!("/channels/{}/typing", self.owner.dm()), None).await?;
        self.owner.call("DELETE", &route, None).await?;
        type Such<'a> = &'a dyn Fn(&DispatchEvent) -> bool;
        let expected: [(&str, Such<'_>); 5] = [
            (
                "the edit",
                &|event| matches!(event, DispatchEvent::MessageUpdate(m) if m.id == id && m.content == "second wording"),
            ),
            (
                "the reaction",
                &|event| matches!(event, DispatchEvent::ReactionAdd(reaction) if reaction.message_id == id),
            ),
            (
                "its removal",
                &|event| matches!(event, DispatchEvent::ReactionRemove(reaction) if reaction.message_id == id),
            ),
            (
                "the typing",
                &|event| matches!(event, DispatchEvent::TypingStart(start) if start.channel_id.to_string() == self.owner.dm()),
            ),
            (
                "the deletion",
                &|event| matches!(event, DispatchEvent::MessageDelete(deleted) if deleted.id == id),
            ),
        ];
        for (what, such) in expected {
            until(what, SOON, || async { (self.bot.count(such) > 0).then_some(()) }).await?;
        }
        Ok(())
    }

    /// Says sixty things while the bot's connection is treated badly halfway, and checks what became of them.
    async fn survives(&self, label: &str, break_: impl Fn(&Proxy) -> Result<()>) -> Result<()> {
        let expected: Vec<String> = (0..60).map(|n| format!("{label} {n}")).collect();
        let prefix = format!("{label} ");
        let (resumes, lost) = (self.bot.resumes(), self.proxy.lost());
        for (n, content) in expected.iter().enumerate() {
            if n == 20 {
                self.proxy.lose()?;
            }
            if n == 30 {
                // Ten messages were answered; their frames must have been on the way before the connection breaks.
                let gone = || async { (self.proxy.lost() >= lost + 10).then_some(()) };
                until("frames to get lost", SOON, gone).await?;
                break_(&self.proxy)?;
            }
            self.owner.say(content).await?;
        }
        until("a resume", SOON, || async { (self.bot.resumes() == resumes + 1).then_some(()) }).await?;
        until("the last message", SOON, || async {
            (self.bot.texts(&prefix).last() == expected.last()).then_some(())
        })
        .await?;
        let texts = self.bot.texts(&prefix);
        ensure!(texts == expected, "arrived: {texts:?}");
        ensure!(self.bot.readies() == 1, "a new session began");
        let seen = self.bot.seen();
        let sequences: Vec<u64> = seen.dispatches.iter().map(|(sequence, _)| *sequence).collect();
        ensure!(sequences.is_sorted_by(|a, b| a + 1 == *b), "sequence numbers: {sequences:?}");
        Ok(())
    }

    async fn restarts(&mut self) -> Result<()> {
        self.server.stop().await?;
        self.server.start_again().await?;
        self.proxy.target(self.server.port);
        let minute = Duration::from_secs(60);
        until("a new session", minute, || async { (self.bot.readies() == 2).then_some(()) }).await?;
        self.ping().await
    }

    async fn loses_its_token(&self) -> Result<()> {
        ensure!(!self.bot.seen().ended, "the shard has given up before");
        let token = self.owner.reset_token().await?;
        let ended = || async { self.bot.seen().ended.then_some(()) };
        until("the shard to give up", Duration::from_secs(5), ended).await?;
        let last = self.bot.seen().closes.last().copied();
        ensure!(last == Some(4004), "closed with {last:?}");
        let refused = self.bot.http.current_user().await.err().context("the old token works")?;
        let unauthorized = match refused.kind() {
            ErrorType::Unauthorized => true,
            ErrorType::Response { status, .. } => status.get() == 401,
            _ => false,
        };
        ensure!(unauthorized, "refused with {refused:?}");
        let again = Bot::start(&format!("127.0.0.1:{}", self.proxy.port), &token);
        until("READY with the new token", SOON, || async { (again.readies() == 1).then_some(()) }).await?;
        Ok(())
    }

    fn all_parsed(&self) -> Result<()> {
        let seen = self.bot.seen();
        ensure!(seen.unreadable.is_empty(), "{}", seen.unreadable.join("\n  "));
        ensure!(seen.dispatches.len() > 120, "only {} dispatches were seen", seen.dispatches.len());
        Ok(())
    }
}

const fn empty_embed() -> Embed {
    Embed {
        author: None,
        color: None,
        description: None,
        fields: Vec::new(),
        flags: None,
        footer: None,
        image: None,
        kind: String::new(),
        provider: None,
        thumbnail: None,
        timestamp: None,
        title: None,
        url: None,
        video: None,
    }
}
