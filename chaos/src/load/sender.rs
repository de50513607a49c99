//! Sending with keys, and everything that can be done to a message afterwards.

use super::{Mix, PERSIST, Shared};
use crate::client::{self, Reply};
use crate::history::{Answer, Call};
use crate::people::{Device, Person};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How a send is recognised when it comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// Not at all.
    None,
    /// By the client's own nonce.
    Own(String),
    /// By an id that the server issued.
    Issued(String),
}

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) struct Send {
    pub(crate) device: Device,
    pub(crate) channel: u64,
    pub(crate) key: Key,
    pub(crate) text: String,
}

/// What one attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is this message.
    As(u64),
    /// Refused with this status; 0: it was never sent.
    Refused(u16),
    /// Nobody knows.
    Unknown,
}

/// One attempt on one node.
pub(crate) async fn attempt(shared: &Shared, node: u8, send: &Send) -> Sent {
    let (nonce, enforce) = match &send.key {
        Key::None => (None, false),
        Key::Own(nonce) => (Some(nonce), true),
        Key::Issued(nonce) => (Some(nonce), false),
    };
    let mut form = json!({ "content": send.text });
    if let (Some(nonce), Some(form)) = (nonce, form.as_object_mut()) {
        form.insert("nonce".to_owned(), json!(nonce));
        if enforce {
            form.insert("enforce_nonce".to_owned(), json!(true));
        }
    }
    let args = Call::Send {
        user: send.device.user,
        channel: send.channel,
        key: nonce.cloned(),
        body: send.text.clone(),
    };
    let begun = shared.recorder.invoke(send.device.proc, node, args);
    let route = format!("/channels/{}/messages", send.channel);
    match shared.api.call(node, "POST", &route, &send.device.token, Some(&form)).await {
        Reply::Done(answer) => match client::row(&answer) {
            Some(row) => {
                let id = row.id;
                shared.recorder.ok(begun, Answer::Message { row });
                Sent::As(id)
            }
            None => {
                shared.recorder.info(begun, format!("no message in {answer}"));
                Sent::Unknown
            }
        },
        Reply::Refused(status, code) => {
            shared.recorder.fail(begun, status, code);
            Sent::Refused(status)
        }
        Reply::Unsent => {
            shared.recorder.fail(begun, 0, 0);
            Sent::Refused(0)
        }
        Reply::Unknown(why) => {
            shared.recorder.info(begun, why);
            Sent::Unknown
        }
    }
}

/// Attempts on one node after the other until somebody answers; without a key only as long as nothing was sent.
pub(crate) async fn persist(shared: &Shared, send: &Send) -> Option<u64> {
    let begun = Instant::now();
    let mut pause = 50;
    loop {
        match attempt(shared, shared.node(), send).await {
            Sent::As(id) => return Some(id),
            Sent::Unknown if send.key == Key::None => return None,
            Sent::Refused(status) if status != 0 && status != 429 => return None,
            _ if begun.elapsed() > PERSIST => return None,
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(pause + shared.dice.below(pause))).await;
        pause = (pause * 2).min(1_000);
    }
}

/// A text that nobody else says.
pub(crate) fn text(shared: &Shared, device: &Device) -> String {
    format!("{}-{}", device.proc, shared.next())
}

/// One person sends at a steady pace, whatever becomes of each send.
pub(super) async fn send_on(shared: Arc<Shared>, place: usize, every: Duration, mix: Mix) {
    let Some(person) = shared.people.friends.get(place).cloned() else { return };
    let channels = shared.people.channels_of(person.id);
    let issued = Arc::new(Mutex::new(Vec::new()));
    // Not all at the same moment.
    let offset = shared.dice.below(u64::try_from(every.as_millis()).unwrap_or(1_000));
    tokio::time::sleep(Duration::from_millis(offset)).await;
    let mut turn = tokio::time::interval(every);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !shared.is_over() {
        turn.tick().await;
        let Some(channel) = shared.dice.choose(&channels).copied() else { return };
        let Ok(permit) = shared.turns.clone().acquire_owned().await else { return };
        let (shared, person, issued) = (shared.clone(), person.clone(), issued.clone());
        tokio::spawn(async move {
            one(&shared, &person, channel, &issued, mix).await;
            drop(permit);
        });
    }
}

async fn one(shared: &Shared, person: &Person, channel: u64, issued: &Mutex<Vec<String>>, mix: Mix) {
    let Some(device) = person.devices.first() else { return };
    let key = if !shared.dice.percent(mix.keyed) {
        Key::None
    } else if mix.only_sends || shared.dice.percent(55) {
        Key::Own(format!("k{}-{}", device.proc, shared.next()))
    } else {
        match an_issued_key(shared, device, issued).await {
            Some(key) => Key::Issued(key),
            None => Key::Own(format!("k{}-{}", device.proc, shared.next())),
        }
    };
    let send = Send { device: device.clone(), channel, key, text: text(shared, device) };
    if mix.only_sends {
        persist(shared, &send).await;
        return;
    }
    let keyed = send.key != Key::None;
    let id = if keyed && shared.dice.percent(6) {
        // F32: on two nodes at the same moment.
        let (one, other) =
            tokio::join!(attempt(shared, shared.node(), &send), attempt(shared, shared.node(), &send));
        match (one, other) {
            (Sent::As(id), _) | (_, Sent::As(id)) => Some(id),
            _ => persist(shared, &send).await,
        }
    } else {
        persist(shared, &send).await
    };
    let Some(id) = id else { return };
    if keyed && shared.dice.percent(8) {
        attempt(shared, shared.node(), &send).await;
    }
    if keyed && shared.dice.percent(3) {
        // F33: the key is used, and not for this.
        let other = Send { text: text(shared, device), ..send.clone() };
        attempt(shared, shared.node(), &other).await;
    }
    afterwards(shared, person, channel, id).await;
}

/// What is done to a message, or beside it.
async fn afterwards(shared: &Shared, person: &Person, channel: u64, id: u64) {
    let Some(device) = person.devices.first() else { return };
    if shared.dice.percent(14) {
        edit(shared, device, channel, id).await;
        if shared.dice.percent(30) {
            edit(shared, device, channel, id).await;
        }
    }
    if shared.dice.percent(4) {
        // F35: an edit that races the deletion must not revive anything.
        tokio::join!(edit(shared, device, channel, id), delete(shared, device, channel, id));
    } else if shared.dice.percent(4) {
        delete(shared, device, channel, id).await;
    }
    if shared.dice.percent(12)
        && let Some(device) = shared.dice.choose(&person.devices)
    {
        read(shared, device, channel).await;
    }
}

async fn an_issued_key(shared: &Shared, device: &Device, issued: &Mutex<Vec<String>>) -> Option<String> {
    if let Some(key) = issued.lock().pop() {
        return Some(key);
    }
    let form = json!({ "count": 20 });
    let reply =
        shared.api.call(shared.node(), "POST", "/users/@me/message-ids", &device.token, Some(&form)).await;
    let Reply::Done(answer) = reply else { return None };
    let ids = answer.get("ids").and_then(Value::as_array)?;
    let mut issued = issued.lock();
    issued.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned));
    issued.pop()
}

async fn edit(shared: &Shared, device: &Device, channel: u64, id: u64) {
    let (node, body) = (shared.node(), text(shared, device));
    let form = json!({ "content": body });
    let begun =
        shared.recorder.invoke(device.proc, node, Call::Edit { user: device.user, channel, id, body });
    let route = format!("/channels/{channel}/messages/{id}");
    match shared.api.call(node, "PATCH", &route, &device.token, Some(&form)).await {
        Reply::Done(answer) => match client::row(&answer) {
            Some(row) => shared.recorder.ok(begun, Answer::Message { row }),
            None => shared.recorder.info(begun, "no message in the answer".to_owned()),
        },
        Reply::Refused(status, code) => shared.recorder.fail(begun, status, code),
        Reply::Unsent => shared.recorder.fail(begun, 0, 0),
        Reply::Unknown(why) => shared.recorder.info(begun, why),
    }
}

async fn delete(shared: &Shared, device: &Device, channel: u64, id: u64) {
    let node = shared.node();
    let begun = shared.recorder.invoke(device.proc, node, Call::Delete { user: device.user, channel, id });
    let route = format!("/channels/{channel}/messages/{id}");
    match shared.api.call(node, "DELETE", &route, &device.token, None).await {
        Reply::Done(_) => shared.recorder.ok(begun, Answer::Done),
        Reply::Refused(status, code) => shared.recorder.fail(begun, status, code),
        Reply::Unsent => shared.recorder.fail(begun, 0, 0),
        Reply::Unknown(why) => shared.recorder.info(begun, why),
    }
}

async fn read(shared: &Shared, device: &Device, channel: u64) {
    const LIMIT: usize = 50;
    let node = shared.node();
    let args = Call::History { user: device.user, channel, after: None, limit: LIMIT };
    let begun = shared.recorder.invoke(device.proc, node, args);
    let route = format!("/channels/{channel}/messages?limit={LIMIT}");
    match shared.api.call(node, "GET", &route, &device.token, None).await {
        Reply::Done(Value::Array(list)) => {
            let rows = list.iter().filter_map(client::row).collect();
            shared.recorder.ok(begun, Answer::Page { rows, end: list.len() < LIMIT });
        }
        Reply::Refused(status, code) => shared.recorder.fail(begun, status, code),
        _ => shared.recorder.fail(begun, 0, 0),
    }
}
