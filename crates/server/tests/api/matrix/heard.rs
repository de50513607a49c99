//! What the gateway shows to everybody who may stand to a guild in some way: what they find when they come, and what they hear of what
//! happens where they may look, and where not.

use super::scene::{Kind, LOBBY, MEMBERS, OUTSIDE, PIXEL, STAFF, Scene, World};
use crate::support::{Person, Socket};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Members' comings, goings and changes are told to people, and to bots with the intent.
const MEMBERSHIP: [&str; 8] = ["blind", "viewer", "timed", "member", "lowmod", "mod", "owner", "bot+"];

/// All intents but the privileged ones.
const USUAL: u64 = 0x1_ffff & !(1 << 1 | 1 << 8 | 1 << 15) | 1 << 24 | 1 << 25;
const ALL: u64 = 0x1_ffff | 1 << 24 | 1 << 25;

struct Audience<'a> {
    scene: &'a Scene,
    world: &'a World,
    sockets: Vec<(&'static str, Socket)>,
    /// Members who are not any more.
    gone: Vec<&'static str>,
    /// As [`Scene::secrets`].
    secrets: Vec<(String, Vec<&'static str>)>,
}

impl<'a> Audience<'a> {
    /// Everybody comes online; what each is shown first.
    async fn gather(scene: &'a Scene, world: &'a World) -> (Self, Vec<(&'static str, Vec<Value>)>) {
        let mut sockets = Vec::new();
        let mut first = Vec::new();
        for who in OUTSIDE.into_iter().chain(MEMBERS) {
            let token = scene.auth(who).unwrap();
            let mut socket = world.server.socket().await;
            match token.strip_prefix("Bot ") {
                Some(token) => {
                    let intents = if who == "bot+" { ALL } else { USUAL };
                    socket.identify(token, json!({ "intents": intents })).await;
                }
                None => socket.identify(token, json!({})).await,
            }
            let ready = socket.event("READY").await;
            let mut guilds = ready["guilds"].as_array().unwrap().clone();
            if token.starts_with("Bot ") {
                for guild in &mut guilds {
                    *guild = socket.event("GUILD_CREATE").await;
                }
            }
            first.push((who, guilds));
            sockets.push((who, socket));
        }
        let secrets = scene.secrets();
        let mut audience = Self { scene, world, sockets, gone: Vec::new(), secrets };
        // Those who came later are seen by those who came before.
        audience.listen().await;
        (audience, first)
    }

    /// What everybody heard since; nobody anything of what it may not see. Events keep their order: when a member has heard the
    /// last one, it has heard those before, and they are in front of everybody else.
    async fn listen(&mut self) -> Vec<(&'static str, Vec<Value>)> {
        let gate = format!("/channels/{}/messages", self.scene.real("gate"));
        let last = json!({ "content": "the last" });
        let last = self.world.server.call("POST", &gate, self.scene.auth("owner"), Some(last)).await.ok();
        for (who, socket) in &mut self.sockets {
            if MEMBERS.contains(who) && !self.gone.contains(who) {
                let mut before = Vec::new();
                while let frame = socket.dispatch().await
                    && frame["d"]["id"] != last["id"]
                {
                    before.push(frame);
                }
                socket.seen.extend(before);
            }
        }
        let mut heard = Vec::new();
        for (who, socket) in &mut self.sockets {
            let frames = socket.drain().await;
            for frame in &frames {
                let text = frame.to_string();
                for (secret, to) in &self.secrets {
                    assert!(to.contains(who) || !text.contains(secret), "{who} hears of {secret}: {text}");
                }
            }
            heard.push((*who, frames));
        }
        heard
    }

    /// Somebody does something: these hear such an event of it, and nobody else.
    #[track_caller]
    fn does<'b>(
        &'b mut self,
        by: &'static str,
        (method, path, body): (&'b str, String, Value),
        event: &'b str,
        hears: &'b [&'static str],
    ) -> impl Future<Output = (Value, Vec<(&'static str, Value)>)> + use<'a, 'b> {
        let caller = std::panic::Location::caller();
        async move {
            let body = (method != "DELETE").then_some(body);
            let auth = self.scene.auth(by);
            let answer = self.world.server.call(method, &path, auth, body).await.ok();
            let mut told = Vec::new();
            for (who, frames) in self.listen().await {
                told.extend(frames.into_iter().filter(|frame| frame["t"] == event).map(|frame| (who, frame)));
            }
            let heard: BTreeSet<&str> = told.iter().map(|(who, _)| *who).collect();
            assert_eq!(heard, hears.iter().copied().collect(), "{caller}: {by}'s {method} {path}: {event}");
            (answer, told)
        }
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

fn names(guild: &Value, list: &str) -> BTreeSet<String> {
    let all = guild[list].as_array().unwrap();
    all.iter().map(|channel| channel["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_finds_what_they_may_see() {
    let scene = Scene::new().await;
    let world = scene.world().await;
    let (_, first) = Audience::gather(&scene, &world).await;
    for (who, guilds) in first {
        if OUTSIDE.contains(&who) {
            assert_eq!(guilds, Vec::<Value>::new(), "{who}");
            continue;
        }
        let [guild] = guilds.as_slice() else { panic!("{who}: {guilds:?}") };
        assert_eq!(guild["id"], scene.real("guild"));
        let (channels, threads) = (names(guild, "channels"), names(guild, "threads"));
        let sees = |set: &BTreeSet<String>, name: &str| set.contains(name);
        assert_eq!(sees(&channels, "lobby"), LOBBY.contains(&who), "{who}: {channels:?}");
        assert_eq!(sees(&channels, "news"), LOBBY.contains(&who), "{who}: {channels:?}");
        assert_eq!(sees(&channels, "staff"), STAFF.contains(&who), "{who}: {channels:?}");
        assert_eq!(sees(&threads, "thread"), LOBBY.contains(&who), "{who}: {threads:?}");
        assert_eq!(sees(&threads, "private"), STAFF.contains(&who), "{who}: {threads:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_hears_of_what_happens_where_they_may_look_and_of_nothing_else() {
    let scene = Scene::new().await;
    let world = scene.world().await;
    let (mut all, _) = Audience::gather(&scene, &world).await;
    let hidden = scene.id("thread", Kind::Hidden).unwrap().to_owned();
    for (channel, hears) in [
        (scene.real("lobby").to_owned(), &LOBBY[..]),
        (scene.real("thread").to_owned(), &LOBBY[..]),
        (scene.real("staff").to_owned(), &STAFF[..]),
        (hidden, &STAFF[..]),
    ] {
        let said = json!({ "content": "heard by some" });
        let of = format!("/channels/{channel}");
        let messages = format!("{of}/messages");
        let (message, told) =
            all.does("owner", ("POST", messages.clone(), said), "MESSAGE_CREATE", hears).await;
        for (who, frame) in told {
            let reads = if who == "bot" { "" } else { "heard by some" };
            assert_eq!(frame["d"]["content"], reads, "{who}");
        }
        let message = format!("{messages}/{}", id(&message));
        let thumb = format!("{message}/reactions/%F0%9F%91%8D/@me");
        let pin = message.replace("/messages/", "/messages/pins/");
        for (method, path, event) in [
            ("PATCH", message.clone(), "MESSAGE_UPDATE"),
            ("PUT", thumb.clone(), "MESSAGE_REACTION_ADD"),
            ("DELETE", thumb.clone(), "MESSAGE_REACTION_REMOVE"),
            ("PUT", thumb, "MESSAGE_REACTION_ADD"),
            ("DELETE", format!("{message}/reactions"), "MESSAGE_REACTION_REMOVE_ALL"),
            ("PUT", pin, "CHANNEL_PINS_UPDATE"),
            ("DELETE", message, "MESSAGE_DELETE"),
        ] {
            all.does("owner", (method, path, json!({ "content": "other words" })), event, hears).await;
        }
        all.does("mod", ("POST", format!("{of}/typing"), json!({})), "TYPING_START", hears).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_threads_and_what_is_managed_are_told_to_whom_they_concern() {
    let scene = Scene::new().await;
    let world = scene.world().await;
    let (mut all, _) = Audience::gather(&scene, &world).await;
    let guild = format!("/guilds/{}", scene.real("guild"));
    for (channel, hears) in [("lobby", &LOBBY[..]), ("staff", &STAFF[..])] {
        let of = format!("/channels/{}", scene.real(channel));
        let name = json!({ "topic": "of other things" });
        all.does("owner", ("PATCH", of.clone(), name), "CHANNEL_UPDATE", hears).await;
        let public = json!({ "name": "new", "type": 11 });
        let (thread, _) =
            all.does("owner", ("POST", format!("{of}/threads"), public), "THREAD_CREATE", hears).await;
        let thread = format!("/channels/{}", id(&thread));
        let counted: Vec<&str> = hears.iter().copied().filter(|who| MEMBERSHIP.contains(who)).collect();
        let join = ("PUT", format!("{thread}/thread-members/@me"), json!({}));
        all.does("mod", join, "THREAD_MEMBERS_UPDATE", &counted).await;
        all.does("owner", ("PATCH", thread.clone(), json!({ "name": "newer" })), "THREAD_UPDATE", hears)
            .await;
        all.does("owner", ("DELETE", thread, json!({})), "THREAD_DELETE", hears).await;
        let private = json!({ "name": "few", "type": 12 });
        all.does("owner", ("POST", format!("{of}/threads"), private), "THREAD_CREATE", &STAFF).await;
        let hook = json!({ "name": "hook" });
        all.does("owner", ("POST", format!("{of}/webhooks"), hook), "WEBHOOKS_UPDATE", &STAFF).await;
        all.does(
            "owner",
            ("POST", format!("{of}/invites"), json!({ "unique": true })),
            "INVITE_CREATE",
            &STAFF,
        )
        .await;
    }
    let role = format!("{guild}/roles/{}", scene.real("role"));
    all.does("owner", ("PATCH", role, json!({ "name": "other" })), "GUILD_ROLE_UPDATE", &MEMBERS).await;
    all.does("owner", ("PATCH", guild.clone(), json!({ "name": "Here" })), "GUILD_UPDATE", &MEMBERS).await;
    let emoji = json!({ "name": "smile", "image": PIXEL });
    all.does("owner", ("POST", format!("{guild}/emojis"), emoji), "GUILD_EMOJIS_UPDATE", &MEMBERS).await;
    let named = format!("{guild}/members/{}", scene.real("member"));
    let nick = json!({ "nick": "Nick" });
    all.does("owner", ("PATCH", named.clone(), nick), "GUILD_MEMBER_UPDATE", &MEMBERSHIP).await;
    let row = format!("{guild}/members/@me");
    let nick = json!({ "nick": "Boss" });
    all.does("owner", ("PATCH", row, nick), "GUILD_AUDIT_LOG_ENTRY_CREATE", &STAFF).await;
    all.does("owner", ("DELETE", named, json!({})), "GUILD_MEMBER_REMOVE", &MEMBERSHIP).await;
    let ban = format!("{guild}/bans/{}", scene.id("ban", Kind::Other).unwrap());
    all.does("owner", ("PUT", ban, json!({})), "GUILD_BAN_ADD", &STAFF).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_appears_and_is_gone_for_whom_it_becomes_visible_and_hidden() {
    let scene = Scene::new().await;
    let world = scene.world().await;
    let (mut all, _) = Audience::gather(&scene, &world).await;
    let guild = scene.real("guild").to_owned();
    let channels = format!("/guilds/{guild}/channels");
    let deny = json!([{ "id": guild, "type": 0, "allow": "0", "deny": "1024" }]);
    let new = json!({ "name": "later", "permission_overwrites": deny });
    let (channel, _) = all.does("owner", ("POST", channels, new), "CHANNEL_CREATE", &["owner"]).await;
    let channel = id(&channel);
    let path = format!("/channels/{channel}/permissions/{guild}");
    let others: Vec<&str> = MEMBERS.into_iter().filter(|who| *who != "owner").collect();
    let shown = json!({ "type": 0, "allow": "1024" });
    all.does("owner", ("PUT", path.clone(), shown), "CHANNEL_CREATE", &others).await;
    let hidden = json!({ "type": 0, "deny": "1024" });
    all.does("owner", ("PUT", path, hidden), "CHANNEL_DELETE", &others).await;
    all.secrets.push((channel.clone(), vec!["owner"]));
    let said = json!({ "content": "alone" });
    all.does("owner", ("POST", format!("/channels/{channel}/messages"), said), "MESSAGE_CREATE", &["owner"])
        .await;
    // Whoever is kicked hears nothing any more.
    let member =
        Person { id: String::new(), name: String::new(), token: scene.auth("member").unwrap().into() };
    let me = world.server.get(&member, "/users/@me").await.ok();
    let kick = format!("/guilds/{guild}/members/{}", me["id"].as_str().unwrap());
    all.gone.push("member");
    all.does("owner", ("DELETE", kick, json!({})), "GUILD_DELETE", &["member"]).await;
    let lobby = format!("/channels/{}/messages", scene.real("lobby"));
    let left: Vec<&str> = LOBBY.into_iter().filter(|who| *who != "member").collect();
    all.does("owner", ("POST", lobby, json!({ "content": "without" })), "MESSAGE_CREATE", &left).await;
}
