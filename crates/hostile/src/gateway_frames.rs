//! What clients say on the gateway.

use model::limits;
use serde::Serialize;
use serde_json::value::RawValue;
use wire::gateway::incoming::{
    self, Frame, guild_subscriptions, heartbeat, identify, presence_update, request_guild_members, resume,
};

/// A frame as a client writes it.
#[derive(Serialize)]
struct Written<'a> {
    d: Option<&'a RawValue>,
    op: u64,
}

/// Everything that any opcode makes of a payload.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    identify: Option<identify::Identify>,
    resume: Option<resume::Resume>,
    seen: Option<u64>,
    presence: presence_update::PresenceUpdate,
    members: request_guild_members::RequestGuildMembers,
    subscription: Option<guild_subscriptions::GuildSubscription>,
    subscriptions: Vec<guild_subscriptions::GuildSubscription>,
}

/// A frame that can be read, written anew and read again, is the same, and so is all that any opcode makes of its
/// payload, in whatever order its keys stand; and that is bounded.
///
/// # Panics
/// It is not so.
pub fn gateway_frames(data: &[u8]) {
    let Ok(frame) = incoming::parse(data) else { return };
    let written = serde_json::to_string(&Written { d: frame.d, op: frame.op }).unwrap_or_default();
    let again = incoming::parse(written.as_bytes()).ok();
    assert!(again.is_some(), "{written}");
    let Some(again) = again else { return };
    assert_eq!((again.op, text(&again)), (frame.op, text(&frame)));
    let read = payload(frame.d);
    assert_eq!(payload(again.d), read);
    bounded(&read, data.len());
    // As a tree and back it loses only what nothing reads: spaces, order, all but the last of keys that stand twice.
    let tree = frame.d.and_then(|d| serde_json::from_str::<serde_json::Value>(d.get()).ok());
    if let Some(d) = tree.and_then(|tree| serde_json::value::to_raw_value(&tree).ok()) {
        assert_eq!(payload(Some(&d)), read);
    }
}

fn text<'a>(frame: &Frame<'a>) -> Option<&'a str> {
    frame.d.map(RawValue::get)
}

fn payload(d: Option<&RawValue>) -> Read {
    const NOW: i64 = 1_800_000_000_000;
    Read {
        identify: identify::parse(d, NOW),
        resume: resume::parse(d),
        seen: heartbeat::seen(d),
        presence: presence_update::parse(d, NOW),
        members: request_guild_members::parse(d),
        subscription: guild_subscriptions::one(d),
        subscriptions: guild_subscriptions::many(d),
    }
}

fn bounded(read: &Read, len: usize) {
    if let Some(identify) = &read.identify {
        assert!(identify.os.chars().count() <= 64 && identify.browser.chars().count() <= 64);
        assert!((50..=250).contains(&identify.large_threshold));
        assert!(!identify.token.starts_with(' ') && identify.token.len() <= len);
        identify.presence.iter().for_each(shown);
    }
    shown(&read.presence);
    assert!(read.members.users().len() <= 100 && read.members.guilds.len() <= 100);
    assert!(read.members.nonce.as_ref().is_none_or(|nonce| nonce.len() <= 32));
    if let request_guild_members::Wanted::Search { prefix, limit } = &read.members.wanted {
        assert!(prefix.chars().count() <= 100 && (1..=100).contains(limit));
    }
    assert!(read.subscriptions.len() <= 200);
    for guild in read.subscription.iter().chain(&read.subscriptions) {
        assert!(guild.guild > 0);
        assert!(guild.members.as_ref().is_none_or(|members| members.len() <= 100));
        let channels = guild.channels.as_deref().unwrap_or_default();
        assert!(channels.len() <= 5);
        for (channel, rows) in channels {
            assert!(*channel > 0 && rows.len() <= 5);
            assert!(rows.iter().all(|(from, to)| from <= to && to - from < 100), "{rows:?}");
        }
    }
}

fn shown(presence: &presence_update::PresenceUpdate) {
    assert!(presence.activities.len() <= limits::ACTIVITIES);
    for activity in &presence.activities {
        assert!(!activity.name.is_empty());
        let texts = [Some(&activity.name), activity.state.as_ref(), activity.details.as_ref()];
        assert!(texts.into_iter().flatten().all(|text| text.chars().count() <= limits::ACTIVITY_TEXT));
        assert!(activity.url.as_ref().is_none_or(|url| url.chars().count() <= limits::URL));
    }
}
