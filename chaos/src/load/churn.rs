//! Rights that change while they are used: partings raced by sends, and logouts.

use super::Shared;
use super::sender::{Key, Send, attempt, text};
use crate::client::{self, Control, Reply};
use crate::history::{Answer, Call, Exclusion};
use crate::people::{CLOSED, Club, Couple, Device, Person};
use crate::record::Begun;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Two people meet and part, on any node, while both send.
pub(super) async fn part_and_meet(shared: Arc<Shared>, place: usize) {
    let Some(couple) = shared.people.couples.get(place).cloned() else { return };
    let mut blocked = false;
    while !shared.is_over() {
        let Ok(permit) = shared.turns.clone().acquire_owned().await else { return };
        if meet(&shared, &couple, blocked).await {
            for sender in [&couple.one, &couple.other] {
                say(&shared, sender, couple.channel, shared.node()).await;
            }
            // F34: sends within five milliseconds around the revocation.
            let racing = (0..4_u32).map(|n| race(shared.clone(), couple.clone(), n));
            let racing: Vec<_> = racing.map(tokio::spawn).collect();
            tokio::time::sleep(Duration::from_micros(shared.dice.below(5_000))).await;
            blocked = shared.dice.percent(40);
            if part(&shared, &couple, blocked).await {
                for node in 1..=shared.api.nodes() {
                    let sender = if shared.dice.percent(50) { &couple.one } else { &couple.other };
                    say(&shared, sender, couple.channel, node).await;
                }
            }
            for racer in racing {
                let _ = racer.await;
            }
        }
        drop(permit);
        tokio::time::sleep(Duration::from_millis(500 + shared.dice.below(500))).await;
    }
}

async fn race(shared: Arc<Shared>, couple: Couple, number: u32) {
    let sender = if number.is_multiple_of(2) { &couple.one } else { &couple.other };
    tokio::time::sleep(Duration::from_micros(shared.dice.below(5_000))).await;
    say(&shared, sender, couple.channel, shared.node()).await;
}

async fn say(shared: &Shared, sender: &Person, channel: u64, node: u8) {
    let Some(device) = sender.devices.first() else { return };
    let key = if shared.dice.percent(50) {
        Key::Own(format!("c{}-{}", device.proc, shared.next()))
    } else {
        Key::None
    };
    let send = Send { device: device.clone(), channel, key, text: text(shared, device) };
    attempt(shared, node, &send).await;
}

fn between(couple: &Couple) -> Option<(&Device, &Device)> {
    Some((couple.one.devices.first()?, couple.other.devices.first()?))
}

/// Whether they are friends now.
async fn meet(shared: &Shared, couple: &Couple, blocked: bool) -> bool {
    let Some((one, other)) = between(couple) else { return false };
    let begun = shared.recorder.invoke(one.proc, 0, Call::Grant { user: one.user, other: other.user });
    let with = |user: u64| format!("/users/@me/relationships/{user}");
    let mut steps = vec![(one, "PUT", with(other.user)), (other, "PUT", with(one.user))];
    if blocked {
        steps.insert(0, (one, "DELETE", with(other.user)));
    }
    give(shared, begun, &steps).await
}

/// Whether all steps of a grant were answered. A refusal says that it is so already, after an attempt of which nobody knew.
async fn give(shared: &Shared, begun: Begun, steps: &[(&Device, &str, String)]) -> bool {
    for (device, method, route) in steps {
        let body = (*method != "DELETE").then(|| json!({}));
        match shared.api.call(shared.node(), method, route, &device.token, body.as_ref()).await {
            Reply::Done(_) | Reply::Refused(..) => {}
            Reply::Unsent => {
                shared.recorder.info(begun, "not reached".to_owned());
                return false;
            }
            Reply::Unknown(why) => {
                shared.recorder.info(begun, why);
                return false;
            }
        }
    }
    shared.recorder.ok(begun, Answer::Done);
    true
}

/// Whether it was answered that they are parted.
async fn part(shared: &Shared, couple: &Couple, block: bool) -> bool {
    let Some((one, other)) = between(couple) else { return false };
    let route = format!("/users/@me/relationships/{}", other.user);
    let body: Option<Value> = block.then(|| json!({ "type": 2 }));
    let method = if block { "PUT" } else { "DELETE" };
    let args = Call::Revoke { user: one.user, other: other.user, block };
    take(shared, one, &args, (method, &route, body.as_ref())).await
}

/// Whether it was answered that a right is taken: tried on one node after the other until somebody answers.
async fn take(
    shared: &Shared,
    device: &Device,
    args: &Call,
    (method, route, body): (&str, &str, Option<&Value>),
) -> bool {
    loop {
        let node = shared.node();
        let begun = shared.recorder.invoke(device.proc, node, args.clone());
        match shared.api.call(node, method, route, &device.token, body).await {
            Reply::Done(_) => {
                shared.recorder.ok(begun, Answer::Done);
                return true;
            }
            Reply::Refused(status, code) => {
                shared.recorder.fail(begun, status, code);
                return false;
            }
            Reply::Unsent => shared.recorder.fail(begun, 0, 0),
            Reply::Unknown(why) => shared.recorder.info(begun, why),
        }
        if shared.is_over() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A guest of a guild comes and goes, by any act and on any node, while it and the owner send.
pub(super) async fn come_and_go(shared: Arc<Shared>, place: usize) {
    const WAYS: [Exclusion; 4] = [Exclusion::Kick, Exclusion::Ban, Exclusion::Overwrite, Exclusion::Role];
    let Some(club) = shared.people.clubs.get(place).cloned() else { return };
    while !shared.is_over() {
        let Ok(permit) = shared.turns.clone().acquire_owned().await else { return };
        if admit(&shared, &club).await {
            for sender in [&club.owner, &club.guest] {
                say(&shared, sender, club.channel, shared.node()).await;
            }
            // F34 and F37: sends within five milliseconds around the exclusion, on all nodes.
            let racing: Vec<_> = (0..4_u32)
                .map(|number| {
                    let (shared, club) = (shared.clone(), club.clone());
                    tokio::spawn(async move {
                        let sender = if number.is_multiple_of(2) { &club.owner } else { &club.guest };
                        tokio::time::sleep(Duration::from_micros(shared.dice.below(5_000))).await;
                        say(&shared, sender, club.channel, shared.node()).await;
                    })
                })
                .collect();
            tokio::time::sleep(Duration::from_micros(shared.dice.below(5_000))).await;
            let how = shared.dice.choose(&WAYS).copied().unwrap_or(Exclusion::Kick);
            if exclude(&shared, &club, how).await {
                for node in 1..=shared.api.nodes() {
                    for sender in [&club.owner, &club.guest] {
                        say(&shared, sender, club.channel, node).await;
                    }
                    look(&shared, &club, node).await;
                }
            }
            for racer in racing {
                let _ = racer.await;
            }
        }
        drop(permit);
        tokio::time::sleep(Duration::from_millis(500 + shared.dice.below(500))).await;
    }
}

/// Whether the guest may be there now. What an exclusion did, whichever it was, is undone.
async fn admit(shared: &Shared, club: &Club) -> bool {
    let (Some(owner), Some(guest)) = (club.owner.devices.first(), club.guest.devices.first()) else {
        return false;
    };
    let args = Call::Admit { user: owner.user, guest: guest.user, channel: club.channel };
    let begun = shared.recorder.invoke(owner.proc, 0, args);
    let Club { guild, channel, role, code, .. } = club;
    let steps = [
        (owner, "DELETE", format!("/guilds/{guild}/bans/{}", guest.user)),
        (owner, "DELETE", format!("/channels/{channel}/permissions/{}", guest.user)),
        (guest, "POST", format!("/invites/{code}")),
        (owner, "DELETE", format!("/guilds/{guild}/members/{}/roles/{role}", guest.user)),
    ];
    give(shared, begun, &steps).await
}

/// Whether it was answered that the guest is excluded.
async fn exclude(shared: &Shared, club: &Club, how: Exclusion) -> bool {
    let (Some(owner), guest) = (club.owner.devices.first(), club.guest.id) else { return false };
    let Club { guild, channel, role, .. } = club;
    let (method, route, body) = match how {
        Exclusion::Kick => ("DELETE", format!("/guilds/{guild}/members/{guest}"), None),
        Exclusion::Ban => ("PUT", format!("/guilds/{guild}/bans/{guest}"), Some(json!({}))),
        Exclusion::Overwrite => {
            let closed = json!({ "type": 1, "allow": "0", "deny": CLOSED });
            ("PUT", format!("/channels/{channel}/permissions/{guest}"), Some(closed))
        }
        Exclusion::Role => ("PUT", format!("/guilds/{guild}/members/{guest}/roles/{role}"), Some(json!({}))),
    };
    let args = Call::Exclude { user: owner.user, guest, channel: *channel, how };
    take(shared, owner, &args, (method, &route, body.as_ref())).await
}

/// Who was excluded tries to read.
async fn look(shared: &Shared, club: &Club, node: u8) {
    let Some(device) = club.guest.devices.first() else { return };
    let args = Call::History { user: device.user, channel: club.channel, after: None, limit: 10 };
    let begun = shared.recorder.invoke(device.proc, node, args);
    let route = format!("/channels/{}/messages?limit=10", club.channel);
    match shared.api.call(node, "GET", &route, &device.token, None).await {
        Reply::Done(Value::Array(list)) => {
            let rows = list.iter().filter_map(client::row).collect();
            shared.recorder.ok(begun, Answer::Page { rows, end: list.len() < 10 });
        }
        Reply::Refused(status, code) => shared.recorder.fail(begun, status, code),
        Reply::Done(_) | Reply::Unsent | Reply::Unknown(_) => shared.recorder.fail(begun, 0, 0),
    }
}

/// Somebody signs in on one more device, listens for a moment, and logs it out; then nothing may work with it.
pub(super) async fn log_in_and_out(shared: Arc<Shared>) {
    while !shared.is_over() {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let Some(person) = shared.dice.choose(&shared.people.friends).cloned() else { return };
        let Ok(permit) = shared.turns.clone().acquire_owned().await else { return };
        let signed_in =
            shared.people.sign_in(&shared.api, &shared.recorder, &person.name, person.id, false).await;
        if let Ok(device) = signed_in {
            visit(&shared, &person, &device).await;
        }
        drop(permit);
    }
}

async fn visit(shared: &Shared, person: &Person, device: &Device) {
    let channels = Arc::new(shared.people.channels_of(person.id));
    let control = Control::listen(&shared.api, &shared.recorder, &shared.dice, device, channels.clone());
    let until = Instant::now() + Duration::from_secs(5);
    while !control.listener.is_level() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(shared.dice.below(500))).await;
    let listened = control.listener.is_level();
    if !log_out(shared, device).await {
        return;
    }
    let answered = shared.recorder.now();
    for node in 1..=shared.api.nodes() {
        if let Some(channel) = shared.dice.choose(&channels).copied() {
            let send = Send { device: device.clone(), channel, key: Key::None, text: text(shared, device) };
            attempt(shared, node, &send).await;
        }
    }
    let until = Instant::now() + Duration::from_secs(10);
    while listened && Instant::now() < until {
        if let Some(when) = control.listener.shut() {
            shared.shut.lock().push(when.saturating_sub(answered));
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn log_out(shared: &Shared, device: &Device) -> bool {
    let until = Instant::now() + Duration::from_secs(30);
    while Instant::now() < until {
        let node = shared.node();
        let begun = shared.recorder.invoke(device.proc, node, Call::Logout { user: device.user });
        match shared.api.call(node, "POST", "/auth/logout", &device.token, Some(&json!({}))).await {
            Reply::Done(_) => {
                shared.recorder.ok(begun, Answer::Done);
                return true;
            }
            Reply::Refused(status, code) => {
                shared.recorder.fail(begun, status, code);
                return false;
            }
            Reply::Unsent => shared.recorder.fail(begun, 0, 0),
            Reply::Unknown(why) => shared.recorder.info(begun, why),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    false
}
