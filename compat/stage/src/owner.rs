//! The person who owns the bot: plain REST calls, as any client of a person makes them.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// A signed-in person.
#[derive(Debug)]
pub struct Owner {
    http: reqwest::Client,
    api: String,
    token: String,
    application: String,
    dm: String,
}

impl Owner {
    /// Somebody new.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn register(api: String, username: &str) -> Result<Self> {
        let http = reqwest::Client::new();
        let mut owner =
            Self { http, api, token: String::new(), application: String::new(), dm: String::new() };
        let form = json!({
            "username": username,
            "password": "four owls read quietly by lamplight",
            "consent": true,
        });
        let answer = owner.call("POST", "/auth/register", Some(form)).await?;
        owner.token = text(&answer, "token")?;
        Ok(owner)
    }

    /// A request; what was answered, `null` for nothing.
    ///
    /// # Errors
    /// It was refused.
    pub async fn call(&self, method: &str, route: &str, body: Option<Value>) -> Result<Value> {
        let url = format!("{}{route}", self.api);
        let mut request = self.http.request(method.parse()?, url);
        if !self.token.is_empty() {
            request = request.header("authorization", &self.token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let body = response.text().await?;
        if !status.is_success() {
            bail!("{method} {route}: {status} {body}");
        }
        if body.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&body).context(body) }
    }

    /// A new application; the token of its bot.
    ///
    /// # Errors
    /// It was refused.
    pub async fn create_bot(&mut self, name: &str) -> Result<String> {
        let application = self.call("POST", "/applications", Some(json!({ "name": name }))).await?;
        self.application = text(&application, "id")?;
        self.reset_token().await
    }

    /// Another token for the bot.
    ///
    /// # Errors
    /// It was refused.
    pub async fn reset_token(&self) -> Result<String> {
        let route = format!("/applications/{}/bot/reset", self.application);
        text(&self.call("POST", &route, Some(json!({}))).await?, "token")
    }

    /// Switches privileged intents on: Discord's flags of an application.
    ///
    /// # Errors
    /// It was refused.
    pub async fn set_flags(&self, flags: u32) -> Result<()> {
        let route = format!("/applications/{}", self.application);
        self.call("PATCH", &route, Some(json!({ "flags": flags }))).await.map(drop)
    }

    /// What the page of consent does: adds its own bot to a guild.
    ///
    /// # Errors
    /// It was refused.
    pub async fn consent(&self, guild: &str, permissions: &str) -> Result<()> {
        self.consent_to(self, guild, permissions).await
    }

    /// Adds another's bot.
    ///
    /// # Errors
    /// It was refused.
    pub async fn consent_to(&self, other: &Self, guild: &str, permissions: &str) -> Result<()> {
        let asked = format!("client_id={}&scope=bot&permissions={permissions}", other.application);
        self.call("GET", &format!("/oauth2/authorize?{asked}"), None).await?;
        let form = json!({ "authorize": true, "guild_id": guild, "permissions": permissions });
        self.call("POST", &format!("/oauth2/authorize?{asked}"), Some(form)).await.map(drop)
    }

    /// Opens a conversation.
    ///
    /// # Errors
    /// It was refused.
    pub async fn open_dm(&mut self, user: &str) -> Result<()> {
        let form = json!({ "recipients": [user] });
        self.dm = text(&self.call("POST", "/users/@me/channels", Some(form)).await?, "id")?;
        Ok(())
    }

    /// The conversation's channel.
    pub fn dm(&self) -> &str {
        &self.dm
    }

    /// Says something; the message's id.
    ///
    /// # Errors
    /// It was refused.
    pub async fn say(&self, content: &str) -> Result<String> {
        let route = format!("/channels/{}/messages", self.dm);
        text(&self.call("POST", &route, Some(json!({ "content": content }))).await?, "id")
    }

    /// The conversation, newest first.
    ///
    /// # Errors
    /// It was refused.
    pub async fn history(&self) -> Result<Vec<Value>> {
        let answer = self.call("GET", &format!("/channels/{}/messages?limit=100", self.dm), None).await?;
        answer.as_array().cloned().context("history is no list")
    }
}

/// A string in an object.
///
/// # Errors
/// There is none.
pub fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {key} in {value}"))
}

/// A list.
///
/// # Errors
/// It is none.
pub fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().with_context(|| format!("no list: {value}"))
}
