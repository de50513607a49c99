//! A guild and its people.

use super::{Api, Bot, Person};
use serde_json::{Value, json};

/// A guild with its owner, its first text channel, and others who came in by an invite.
pub struct Place {
    pub id: String,
    pub channel: String,
}

impl Place {
    pub async fn make(api: &Api, owner: &Person, members: &[&Person]) -> Self {
        let guild = api.post(owner, "/guilds", json!({ "name": "Place" })).await.ok();
        let id = text(&guild["id"]);
        let channels = api.get(owner, &format!("/guilds/{id}/channels")).await.ok();
        let channel =
            channels.as_array().unwrap().iter().find(|channel| channel["type"] == 0).expect("a text channel");
        let place = Self { channel: text(&channel["id"]), id };
        for member in members {
            place.invite(api, owner, member).await;
        }
        place
    }

    pub async fn invite(&self, api: &Api, owner: &Person, member: &Person) {
        let invite = api.post(owner, &format!("/channels/{}/invites", self.channel), json!({})).await.ok();
        let code = text(&invite["code"]);
        api.post(member, &format!("/invites/{code}"), json!({})).await.ok();
    }

    pub async fn add_bot(&self, api: &Api, owner: &Person, bot: &Bot) {
        let path = format!("/oauth2/authorize?client_id={}&scope=bot&permissions=0", bot.id);
        let body = json!({ "authorize": true, "guild_id": self.id, "permissions": "0" });
        api.post(owner, &path, body).await.ok();
    }

    pub async fn channel(&self, api: &Api, owner: &Person, name: &str) -> String {
        let path = format!("/guilds/{}/channels", self.id);
        text(&api.post(owner, &path, json!({ "name": name, "type": 0 })).await.ok()["id"])
    }

    /// Hides a channel from everybody without more rights, or shows it.
    pub async fn hide(&self, api: &Api, owner: &Person, channel: &str, hide: bool) {
        let (allow, deny) = if hide { ("0", "1024") } else { ("1024", "0") };
        let path = format!("/channels/{channel}/permissions/{}", self.id);
        api.put(owner, &path, json!({ "type": 0, "allow": allow, "deny": deny })).await.ok();
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
