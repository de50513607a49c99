//! The person who owns the bot: plain REST calls, as any client of a person makes them.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// A signed-in person.
pub(crate) struct Owner {
    http: reqwest::Client,
    api: String,
    token: String,
    application: String,
    dm: String,
}

impl Owner {
    pub(crate) async fn register(api: String, username: &str) -> Result<Self> {
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

    pub(crate) async fn call(&self, method: &str, route: &str, body: Option<Value>) -> Result<Value> {
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
    pub(crate) async fn create_bot(&mut self, name: &str) -> Result<String> {
        let application = self.call("POST", "/applications", Some(json!({ "name": name }))).await?;
        self.application = text(&application, "id")?;
        self.reset_token().await
    }

    pub(crate) async fn reset_token(&self) -> Result<String> {
        let route = format!("/applications/{}/bot/reset", self.application);
        text(&self.call("POST", &route, Some(json!({}))).await?, "token")
    }

    pub(crate) async fn open_dm(&mut self, user: &str) -> Result<()> {
        let form = json!({ "recipients": [user] });
        self.dm = text(&self.call("POST", "/users/@me/channels", Some(form)).await?, "id")?;
        Ok(())
    }

    pub(crate) fn dm(&self) -> &str {
        &self.dm
    }

    /// Says something; the message's id.
    pub(crate) async fn say(&self, content: &str) -> Result<String> {
        let route = format!("/channels/{}/messages", self.dm);
        text(&self.call("POST", &route, Some(json!({ "content": content }))).await?, "id")
    }

    pub(crate) async fn history(&self) -> Result<Vec<Value>> {
        let answer = self.call("GET", &format!("/channels/{}/messages?limit=100", self.dm), None).await?;
        answer.as_array().cloned().context("history is no list")
    }
}

/// A string in an object.
pub(crate) fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {key} in {value}"))
}
