//! Accounts, friends and their channels, made through the API like everybody's.

use crate::http::Line;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// A registered person.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) token: String,
    pub(crate) id: String,
}

/// Two friends and their channel.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) from: Person,
    pub(crate) to: Person,
    pub(crate) channel: String,
}

/// Registers this many people. Their passwords are hashed as everybody's, so this takes a while.
pub(crate) async fn register(port: u16, name: &str, count: usize) -> Result<Vec<Person>> {
    const LINES: usize = 4;
    let mut tasks = Vec::new();
    for part in 0..LINES {
        let name = name.to_owned();
        tasks.push(tokio::spawn(async move {
            let mut line = Line::open(port).await?;
            let mut people = Vec::new();
            for n in (part..count).step_by(LINES) {
                let form = json!({
                    "username": format!("{name}{n}"),
                    "password": "four owls read quietly by lamplight",
                    "consent": true,
                });
                let token = text(&line.api("POST", "/auth/register", "", Some(form)).await?, "token")?;
                let id = text(&line.api("GET", "/users/@me", &token, None).await?, "id")?;
                people.push(Person { token, id });
            }
            anyhow::Ok(people)
        }));
    }
    let mut people = Vec::new();
    for task in tasks {
        people.extend(task.await??);
    }
    Ok(people)
}

/// Makes them friends and opens their channel.
pub(crate) async fn befriend(line: &mut Line, from: &Person, to: &Person) -> Result<Pair> {
    for (one, other) in [(from, to), (to, from)] {
        let route = format!("/users/@me/relationships/{}", other.id);
        line.api("PUT", &route, &one.token, Some(json!({}))).await?;
    }
    let form = json!({ "recipients": [to.id] });
    let channel = text(&line.api("POST", "/users/@me/channels", &from.token, Some(form)).await?, "id")?;
    Ok(Pair { from: from.clone(), to: to.clone(), channel })
}

/// This many pairs of friends.
pub(crate) async fn pairs(port: u16, count: usize) -> Result<Vec<Pair>> {
    let people = register(port, "p", count * 2).await?;
    let mut line = Line::open(port).await?;
    let mut pairs = Vec::new();
    for two in people.chunks_exact(2) {
        if let [from, to] = two {
            pairs.push(befriend(&mut line, from, to).await?);
        }
    }
    Ok(pairs)
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {key} in {value}"))
}
