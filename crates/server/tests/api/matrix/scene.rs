//! A guild with everybody who may stand to it in some way, made once and kept in a folder: each server on a copy of it has the same
//! world, whatever was done in others.

use crate::support::{Bot, Person, Server, config};
use guildhall::config::Config;
use model::Permissions;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use tempfile::TempDir;

/// What an id in a path is put in place of, and what may stand there instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// It exists, in the guild and the channel that the path names.
    Real,
    /// It exists, in another guild.
    Other,
    /// It exists in the guild, where ordinary members do not see it.
    Hidden,
    /// It was deleted.
    Deleted,
    /// There never was one.
    Absent,
    /// It is the id of something else.
    Wrong,
}

/// What stands in the path in place of what it names.
pub(crate) const INSTEAD: [Kind; 5] = [Kind::Other, Kind::Hidden, Kind::Deleted, Kind::Absent, Kind::Wrong];

/// No Snowflake that was ever made.
const NEVER: &str = "123456789012345678";
/// A picture of one pixel.
pub(crate) const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

pub(crate) const OUTSIDE: [&str; 6] = ["stranger", "friend", "blocked", "kicked", "banned", "botout"];
/// All of them view the gate.
pub(crate) const MEMBERS: [&str; 9] =
    ["blind", "viewer", "timed", "member", "lowmod", "mod", "owner", "bot", "bot+"];
/// Who may view the lobby, the news, and public threads.
pub(crate) const LOBBY: [&str; 8] = ["viewer", "timed", "member", "lowmod", "mod", "owner", "bot", "bot+"];
/// Who may view the moderators' channel, and private threads; also who hears what only moderators do.
pub(crate) const STAFF: [&str; 3] = ["lowmod", "mod", "owner"];
/// The folder, and what is in it.
pub(crate) struct Scene {
    folder: TempDir,
    /// Whole `Authorization` headers of subjects.
    auth: HashMap<&'static str, String>,
    /// People by name.
    people: HashMap<&'static str, Person>,
    ids: HashMap<(&'static str, Kind), String>,
}

/// A server on a copy of the folder.
pub(crate) struct World {
    pub(crate) server: Server,
    _folder: TempDir,
}

impl World {
    /// Ends the server, so that hundreds of them are not there at once.
    pub(crate) async fn end(self) {
        self.server.running.stop().await;
    }
}

fn in_folder(folder: &Path) -> Config {
    Config { ephemeral: false, data: folder.to_owned(), drain_seconds: 0, ..config() }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&entry.path(), &to);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

impl Scene {
    /// Makes the world.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::with(in_folder(folder.path())).await;
        let mut scene = Self { folder, auth: HashMap::new(), people: HashMap::new(), ids: HashMap::new() };
        scene.populate(&server).await;
        scene.found(&server).await;
        scene.admit(&server).await;
        scene.furnish(&server).await;
        scene.elsewhere(&server).await;
        server.running.stop().await;
        scene
    }

    /// A server in this world.
    pub(crate) async fn world(&self) -> World {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        let server = Server::with(in_folder(folder.path())).await;
        World { server, _folder: folder }
    }

    /// The `Authorization` header of a subject.
    pub(crate) fn auth(&self, subject: &str) -> Option<&str> {
        self.auth.get(subject).map(String::as_str)
    }

    /// What stands for a parameter of a path; `None` if there is nothing of this kind.
    pub(crate) fn id(&self, name: &'static str, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Absent if name == "invite" => Some("nobodymadeit"),
            Kind::Absent => Some(NEVER),
            _ => self.ids.get(&(name, kind)).map(String::as_str),
        }
    }

    /// What exists.
    pub(crate) fn real(&self, name: &'static str) -> &str {
        self.id(name, Kind::Real).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// What may be named to some only: its id, and to whom.
    pub(crate) fn secrets(&self) -> Vec<(String, Vec<&'static str>)> {
        let id = |name, kind| self.id(name, kind).unwrap().to_owned();
        vec![
            (id("guild", Kind::Real), MEMBERS.to_vec()),
            (id("lobby", Kind::Real), LOBBY.to_vec()),
            (id("news", Kind::Real), LOBBY.to_vec()),
            (id("thread", Kind::Real), LOBBY.to_vec()),
            (id("staff", Kind::Real), STAFF.to_vec()),
            (id("thread", Kind::Hidden), STAFF.to_vec()),
        ]
    }

    fn set(&mut self, name: &'static str, kind: Kind, id: impl Into<String>) {
        let before = self.ids.insert((name, kind), id.into());
        assert!(before.is_none(), "{name} {kind:?} twice");
    }

    fn who(&self, name: &str) -> &Person {
        &self.people[name]
    }

    fn owner(&self) -> Person {
        self.who("owner").clone()
    }

    async fn populate(&mut self, server: &Server) {
        for name in [
            "owner", "stranger", "friend", "blocked", "kicked", "banned", "blind", "viewer", "timed",
            "member", "lowmod", "mod", "target", "far", "revoked",
        ] {
            let person = server.register(name).await;
            self.auth.insert(name, person.token.clone());
            self.people.insert(name, person);
        }
        server.befriend(self.who("owner"), self.who("friend")).await;
        let block = format!("/users/@me/relationships/{}", self.who("blocked").id);
        server.put(self.who("owner"), &block, json!({ "type": 2 })).await.ok();
        server.post(self.who("revoked"), "/auth/logout", json!({})).await.ok();
    }

    /// The guild with its roles and channels.
    async fn found(&mut self, server: &Server) {
        let owner = self.owner();
        let guild = text(&server.post(&owner, "/guilds", json!({ "name": "Place" })).await.ok()["id"]);
        let roles = format!("/guilds/{guild}/roles");
        let view = Permissions::VIEW_CHANNEL;
        let everyone = json!({ "permissions": view.bits().to_string() });
        server.patch(&owner, &format!("{roles}/{guild}"), everyone).await.ok();
        let folk = Permissions::DEFAULT.without(Permissions::PIN_MESSAGES);
        let mut order = Vec::new();
        for (position, name, permissions) in [
            (1, "folk", folk),
            (2, "low", moderation()),
            (3, "role", Permissions::NONE),
            (4, "high", moderation()),
        ] {
            let new = json!({ "name": name, "permissions": permissions.bits().to_string() });
            let id = text(&server.post(&owner, &roles, new).await.ok()["id"]);
            order.push(json!({ "id": id, "position": position }));
            self.set(name, Kind::Real, id);
        }
        server.patch(&owner, &roles, json!(order)).await.ok();
        let doomed = text(&server.post(&owner, &roles, json!({})).await.ok()["id"]);
        server.delete(&owner, &format!("{roles}/{doomed}")).await.ok();
        self.set("role", Kind::Deleted, doomed);
        let channels = format!("/guilds/{guild}/channels");
        let hidden = json!([
            { "id": guild, "type": 0, "allow": "0", "deny": view.bits().to_string() },
            { "id": self.real("low"), "type": 0, "allow": view.bits().to_string(), "deny": "0" },
            { "id": self.real("high"), "type": 0, "allow": view.bits().to_string(), "deny": "0" },
        ]);
        let blind = json!([
            { "id": self.who("blind").id, "type": 1, "allow": "0", "deny": view.bits().to_string() },
            { "id": self.real("role"), "type": 0, "allow": view.bits().to_string(), "deny": "0" },
        ]);
        for (name, kind, of, overwrites) in [
            ("lobby", 0, Kind::Real, &blind),
            ("news", 5, Kind::Real, &blind),
            ("staff", 0, Kind::Real, &hidden),
            ("gate", 0, Kind::Real, &json!([])),
            ("channel", 0, Kind::Deleted, &blind),
        ] {
            let new = json!({ "name": name, "type": kind, "permission_overwrites": overwrites });
            let id = text(&server.post(&owner, &channels, new).await.ok()["id"]);
            if of == Kind::Deleted {
                server.delete(&owner, &format!("/channels/{id}")).await.ok();
            }
            self.set(name, of, id);
        }
        let all = server.get(&owner, &channels).await.ok();
        for channel in all.as_array().unwrap().iter().filter(|channel| channel["name"] == "general") {
            // The first channel of a new guild is of no use here, and everybody would see it.
            server.delete(&owner, &format!("/channels/{}", text(&channel["id"]))).await.ok();
        }
        let gone = text(&server.post(&owner, "/guilds", json!({ "name": "Gone" })).await.ok()["id"]);
        server.delete(&owner, &format!("/guilds/{gone}")).await.ok();
        self.set("guild", Kind::Deleted, gone);
        self.set("guild", Kind::Real, guild);
    }

    /// Who is, or was, a member.
    async fn admit(&mut self, server: &Server) {
        let owner = self.owner();
        let guild = format!("/guilds/{}", self.real("guild"));
        let invites = format!("/channels/{}/invites", self.real("lobby"));
        let code = text(&server.post(&owner, &invites, json!({ "unique": true })).await.ok()["code"]);
        for name in ["kicked", "banned", "blind", "viewer", "timed", "member", "lowmod", "mod", "target"] {
            server.post(self.who(name), &format!("/invites/{code}"), json!({})).await.ok();
        }
        self.set("invite", Kind::Real, code);
        let doomed = text(&server.post(&owner, &invites, json!({ "unique": true })).await.ok()["code"]);
        server.delete(&owner, &format!("/invites/{doomed}")).await.ok();
        self.set("invite", Kind::Deleted, doomed);
        server.delete(&owner, &format!("{guild}/members/{}", self.who("kicked").id)).await.ok();
        server.put(&owner, &format!("{guild}/bans/{}", self.who("banned").id), json!({})).await.ok();
        for (name, role) in [
            ("blind", "folk"),
            ("timed", "folk"),
            ("member", "folk"),
            ("lowmod", "folk"),
            ("lowmod", "low"),
            ("mod", "folk"),
            ("mod", "high"),
            ("target", "folk"),
            ("target", "role"),
        ] {
            self.give(server, &self.who(name).id, role).await;
        }
        let until = wire::Ts(server.running.world.ports.clock.now().plus_seconds(86_400));
        let timed = format!("{guild}/members/{}", self.who("timed").id);
        server.patch(&owner, &timed, json!({ "communication_disabled_until": until })).await.ok();
        self.set("member", Kind::Real, self.who("target").id.clone());
        self.set("member", Kind::Deleted, self.who("kicked").id.clone());
        self.set("ban", Kind::Real, self.who("banned").id.clone());
        self.set("ban", Kind::Deleted, self.who("kicked").id.clone());
        let far = self.who("far").clone();
        for (name, owner) in [("bot", &owner), ("bot+", &owner), ("botout", &far)] {
            let bot: Bot = server.bot(owner, name.trim_end_matches('+')).await;
            self.auth.insert(name, bot.auth());
            let flags = if name == "bot+" { 1 << 13 | 1 << 15 | 1 << 19 } else { 0 };
            server.patch(owner, &format!("/applications/{}", bot.id), json!({ "flags": flags })).await.ok();
            if name != "botout" {
                let path = format!("/oauth2/authorize?client_id={}&scope=bot&permissions=0", bot.id);
                let body = json!({ "authorize": true, "guild_id": self.real("guild"), "permissions": "0" });
                server.post(owner, &path, body).await.ok();
                self.give(server, &bot.id, "folk").await;
            }
            let kind = if name == "botout" { Kind::Other } else { Kind::Real };
            if name != "bot+" {
                self.set("integration", kind, bot.id);
            }
        }
    }

    async fn give(&self, server: &Server, user: &str, role: &'static str) {
        let path = format!("/guilds/{}/members/{user}/roles/{}", self.real("guild"), self.real(role));
        server.put(self.who("owner"), &path, json!({})).await.ok();
    }

    /// Messages, threads, webhooks, emoji.
    async fn furnish(&mut self, server: &Server) {
        let (owner, target) = (self.owner(), self.who("target").clone());
        let (lobby, news, staff) =
            (self.real("lobby").to_owned(), self.real("news").to_owned(), self.real("staff").to_owned());
        let said = text(&server.say(&target, &lobby, "said by the one who is named").await["id"]);
        let thumb = format!("/channels/{lobby}/messages/{said}/reactions/%F0%9F%91%8D/@me");
        server.put(&target, &thumb, json!({})).await.ok();
        let second = text(&server.say(&target, &lobby, "and more").await["id"]);
        let doomed = text(&server.say(&target, &lobby, "not for long").await["id"]);
        server.delete(&owner, &format!("/channels/{lobby}/messages/{doomed}")).await.ok();
        let secret = text(&server.say(&owner, &staff, "among us").await["id"]);
        self.set("news message", Kind::Real, text(&server.say(&target, &news, "news").await["id"]));
        self.set("message", Kind::Real, said);
        self.set("second message", Kind::Real, second);
        self.set("message", Kind::Deleted, doomed);
        self.set("message", Kind::Hidden, secret);
        let threads = format!("/channels/{lobby}/threads");
        let public = json!({ "name": "thread", "type": 11 });
        self.set(
            "thread",
            Kind::Real,
            text(&server.post(&target, &threads, public.clone()).await.ok()["id"]),
        );
        let doomed = text(&server.post(&target, &threads, public).await.ok()["id"]);
        server.delete(&owner, &format!("/channels/{doomed}")).await.ok();
        self.set("thread", Kind::Deleted, doomed);
        let private = json!({ "name": "private", "type": 12 });
        let private = text(&server.post(self.who("mod"), &threads, private).await.ok()["id"]);
        self.set("thread", Kind::Hidden, private);
        self.set("channel", Kind::Hidden, staff.clone());
        for (name, token, kind, channel) in [
            ("webhook", Some("token"), Kind::Real, &lobby),
            ("foreign webhook", Some("foreign token"), Kind::Real, &news),
            ("webhook", None, Kind::Hidden, &staff),
            ("webhook", None, Kind::Deleted, &lobby),
        ] {
            let path = format!("/channels/{channel}/webhooks");
            let made = server.post(&owner, &path, json!({ "name": "hook" })).await.ok();
            let (id, secret) = (text(&made["id"]), text(&made["token"]));
            if kind == Kind::Deleted {
                server.delete(&owner, &format!("/webhooks/{id}")).await.ok();
            }
            if name == "webhook" && kind == Kind::Real {
                let path = format!("/webhooks/{id}/{secret}?wait=true");
                let said =
                    server.call("POST", &path, None, Some(json!({ "content": "by a hook" }))).await.ok();
                self.set("hook message", Kind::Real, text(&said["id"]));
            }
            if let Some(token) = token {
                self.set(token, Kind::Real, secret);
            }
            self.set(name, kind, id);
        }
        let token = self.real("foreign token").to_owned();
        self.auth.insert("hook", token);
        let emojis = format!("/guilds/{}/emojis", self.real("guild"));
        for (kind, name) in [(Kind::Real, "blob"), (Kind::Deleted, "gone")] {
            let emoji = server.post(&owner, &emojis, json!({ "name": name, "image": PIXEL })).await.ok();
            let id = text(&emoji["id"]);
            if kind == Kind::Deleted {
                server.delete(&owner, &format!("{emojis}/{id}")).await.ok();
            }
            self.set("emoji", kind, id);
        }
        // What is the id of something else.
        for (name, other) in [
            ("guild", "lobby"),
            ("channel", "role"),
            ("thread", "role"),
            ("message", "role"),
            ("role", "lobby"),
            ("member", "lobby"),
            ("ban", "lobby"),
            ("emoji", "role"),
            ("integration", "role"),
            ("webhook", "lobby"),
            ("invite", "webhook"),
        ] {
            let id = self.real(other).to_owned();
            self.set(name, Kind::Wrong, id);
        }
    }

    /// The same of another guild.
    async fn elsewhere(&mut self, server: &Server) {
        let far = self.who("far").clone();
        let guild = text(&server.post(&far, "/guilds", json!({ "name": "Elsewhere" })).await.ok()["id"]);
        let channels = server.get(&far, &format!("/guilds/{guild}/channels")).await.ok();
        let channel = channels.as_array().unwrap().iter().find(|channel| channel["type"] == 0).unwrap();
        let channel = text(&channel["id"]);
        let message = text(&server.say(&far, &channel, "far away").await["id"]);
        let public = json!({ "name": "thread", "type": 11 });
        let thread = server.post(&far, &format!("/channels/{channel}/threads"), public).await.ok();
        let role = server.post(&far, &format!("/guilds/{guild}/roles"), json!({})).await.ok();
        let emoji = json!({ "name": "far", "image": PIXEL });
        let emoji = server.post(&far, &format!("/guilds/{guild}/emojis"), emoji).await.ok();
        let hook = json!({ "name": "hook" });
        let hook = server.post(&far, &format!("/channels/{channel}/webhooks"), hook).await.ok();
        for (name, id) in [
            ("guild", guild),
            ("channel", channel),
            ("message", message),
            ("thread", text(&thread["id"])),
            ("role", text(&role["id"])),
            ("emoji", text(&emoji["id"])),
            ("webhook", text(&hook["id"])),
            ("member", far.id.clone()),
            ("ban", far.id),
        ] {
            self.set(name, Kind::Other, id);
        }
    }
}

/// What moderators have.
fn moderation() -> Permissions {
    Permissions::KICK_MEMBERS
        | Permissions::BAN_MEMBERS
        | Permissions::MANAGE_CHANNELS
        | Permissions::MANAGE_GUILD
        | Permissions::VIEW_AUDIT_LOG
        | Permissions::MANAGE_MESSAGES
        | Permissions::PIN_MESSAGES
        | Permissions::MANAGE_NICKNAMES
        | Permissions::MANAGE_ROLES
        | Permissions::MANAGE_WEBHOOKS
        | Permissions::CREATE_GUILD_EXPRESSIONS
        | Permissions::MANAGE_GUILD_EXPRESSIONS
        | Permissions::MANAGE_THREADS
        | Permissions::MODERATE_MEMBERS
}
