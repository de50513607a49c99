//! Guilds: `/guilds/...`, `/invites/...`, `/webhooks/...`, and what of `/channels/...` only guilds have.

mod audit_logs;
mod bans;
mod channels;
mod emojis;
mod invites;
mod members;
mod mentions;
mod messages;
mod prune;
mod rate_limits;
mod roles;
mod settings;
mod threads;
mod voice;
mod webhooks;
mod whole;

use crate::support::{Bot, Person, Server, config};
use guildhall::config::Config;
use serde_json::{Value, json};

/// No Snowflake that was ever made.
const NEVER: &str = "123456789012345678";

/// A server with a guild of alice's.
struct Place {
    server: Server,
    owner: Person,
    id: String,
    /// Its first text channel.
    channel: String,
}

impl Place {
    async fn new() -> Self {
        Self::with(config()).await
    }

    async fn with(config: Config) -> Self {
        let server = Server::with(config).await;
        let owner = server.register("alice").await;
        let id = text(&server.post(&owner, "/guilds", json!({ "name": "Place" })).await.ok()["id"]);
        let channels = server.get(&owner, &format!("/guilds/{id}/channels")).await.ok();
        let channel = channels.as_array().unwrap().iter().find(|channel| channel["type"] == 0).unwrap();
        Self { channel: text(&channel["id"]), server, owner, id }
    }

    /// A path below the guild.
    fn path(&self, rest: &str) -> String {
        format!("/guilds/{}{rest}", self.id)
    }

    /// A path below its first text channel.
    fn there(&self, rest: &str) -> String {
        format!("/channels/{}{rest}", self.channel)
    }

    async fn get(&self, path: &str) -> Value {
        self.server.get(&self.owner, path).await.ok()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.server.post(&self.owner, path, body).await.ok()
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        self.server.put(&self.owner, path, body).await.ok()
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        self.server.patch(&self.owner, path, body).await.ok()
    }

    async fn delete(&self, path: &str) -> Value {
        self.server.delete(&self.owner, path).await.ok()
    }

    async fn invite(&self) -> String {
        text(&self.post(&self.there("/invites"), json!({})).await["code"])
    }

    /// Somebody new who is a member.
    async fn member(&self, name: &str) -> Person {
        let person = self.server.register(name).await;
        self.join(&person).await;
        person
    }

    async fn join(&self, person: &Person) {
        let code = self.invite().await;
        self.server.post(person, &format!("/invites/{code}"), json!({})).await.ok();
    }

    /// A bot of the owner's that is a member.
    async fn bot(&self, name: &str) -> Bot {
        let bot = self.server.bot(&self.owner, name).await;
        let path = format!("/oauth2/authorize?client_id={}&scope=bot", bot.id);
        self.post(&path, json!({ "authorize": true, "guild_id": self.id, "permissions": "0" })).await;
        // Without any privileged intent.
        self.patch(&format!("/applications/{}", bot.id), json!({ "flags": 0 })).await;
        bot
    }

    async fn channel(&self, new: Value) -> String {
        text(&self.post(&self.path("/channels"), new).await["id"])
    }

    async fn role(&self, new: Value) -> String {
        text(&self.post(&self.path("/roles"), new).await["id"])
    }

    /// Somebody new who has a role with these permissions; it stands below those that were made before.
    async fn moderator(&self, name: &str, permissions: u64) -> (Person, String) {
        let person = self.member(name).await;
        let role = self.role(json!({ "name": name, "permissions": permissions.to_string() })).await;
        self.give(&person.id, &role).await;
        (person, role)
    }

    async fn give(&self, user: &str, role: &str) {
        self.put(&self.path(&format!("/members/{user}/roles/{role}")), json!({})).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The field of each of a list.
fn each(list: &Value, field: &str) -> Vec<Value> {
    list.as_array()
        .unwrap_or_else(|| panic!("no list: {list}"))
        .iter()
        .map(|row| row[field].clone())
        .collect()
}

/// A person as others are shown it.
fn shown(person: &Person) -> Value {
    json!({
        "id": person.id, "username": person.name, "discriminator": "0", "global_name": "<any>", "avatar": null,
        "public_flags": 0, "flags": 0, "avatar_decoration_data": null, "banner": null, "accent_color": null,
        "collectibles": null, "primary_guild": null,
    })
}
