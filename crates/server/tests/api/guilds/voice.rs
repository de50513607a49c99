//! `/guilds/{guild_id}/voice-states`, and what moderators do to members in voice. Who hears of it is in the tests of the gateway.

use super::{NEVER, Place, each, shown, text};
use crate::expect::same;
use crate::support::{Person, Socket};
use serde_json::{Value, json};

const MUTE_MEMBERS: u64 = 1 << 22;
const MOVE_MEMBERS: u64 = 1 << 24;
const CONNECT: u64 = 1 << 20;
const VIEW: u64 = 1 << 10;

/// The next place of somebody in voice.
async fn told(socket: &mut Socket, of: &str) -> Value {
    loop {
        let state = socket.event("VOICE_STATE_UPDATE").await;
        if state["user_id"] == json!(of) {
            return state;
        }
    }
}

/// A client that came into a channel, and the name of its session.
async fn comes(place: &Place, who: &Person, channel: &str) -> (Socket, String) {
    let mut socket = place.server.online(who).await;
    let session = text(&socket.event("READY").await["session_id"]);
    let d = json!({ "guild_id": place.id, "channel_id": channel, "self_mute": false, "self_deaf": true });
    socket.send(json!({ "op": 4, "d": d })).await;
    assert_eq!(told(&mut socket, &who.id).await["channel_id"], json!(channel));
    (socket, session)
}

async fn deny(place: &Place, channel: &str, what: u64) {
    let path = format!("/channels/{channel}/permissions/{}", place.id);
    place.put(&path, json!({ "type": 0, "deny": what.to_string() })).await;
}

#[tokio::test]
async fn a_state_is_whole_to_whoever_sees_the_channel_and_absent_to_others() {
    let place = Place::new().await;
    let (bob, carol) = (place.member("bob").await, place.member("carol").await);
    let channel = place.channel(json!({ "name": "Voice", "type": 2 })).await;
    let of = place.path(&format!("/voice-states/{}", bob.id));
    let own = place.path("/voice-states/@me");
    place.server.get(&carol, &of).await.refused(404, 10065);
    place.server.get(&bob, &own).await.refused(404, 10065);
    let (_socket, session) = comes(&place, &bob, &channel).await;
    let member = place.get(&place.path(&format!("/members/{}", bob.id))).await;
    same(&member["user"], &shown(&bob));
    let state = json!({
        "guild_id": place.id, "channel_id": channel, "user_id": bob.id, "member": member,
        "session_id": session, "deaf": false, "mute": false, "self_deaf": true, "self_mute": false,
        "self_video": false, "self_stream": false, "suppress": false, "request_to_speak_timestamp": null,
    });
    same(&place.server.get(&carol, &of).await.ok(), &state);
    same(&place.server.get(&bob, &own).await.ok(), &state);
    place.server.get(&carol, &own).await.refused(404, 10065);
    place.server.get(&carol, &place.path(&format!("/voice-states/{NEVER}"))).await.refused(404, 10065);
    // Hidden from both of them: bob is there all the same.
    deny(&place, &channel, VIEW).await;
    place.server.get(&carol, &of).await.refused(404, 10065);
    same(&place.server.get(&bob, &own).await.ok(), &state);
    same(&place.get(&of).await, &state);
}

#[tokio::test]
async fn moderators_move_and_send_away_who_is_in_voice() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let (moderator, _) = place.moderator("mod", MOVE_MEMBERS).await;
    let mut channels = vec![];
    for name in ["from", "to", "hidden", "closed"] {
        channels.push(place.channel(json!({ "name": name, "type": 2 })).await);
    }
    let [from, to, hidden, closed] = &channels[..] else { panic!("{channels:?}") };
    deny(&place, hidden, VIEW).await;
    deny(&place, closed, CONNECT).await;
    let of = place.path(&format!("/members/{}", bob.id));
    let state = place.path(&format!("/voice-states/{}", bob.id));
    let move_to = |channel: Value| json!({ "channel_id": channel });
    let server = &place.server;
    for channel in [json!(to), json!(null), json!(NEVER)] {
        server.patch(&moderator, &of, move_to(channel)).await.refused(400, 40032);
    }
    let (mut socket, session) = comes(&place, &bob, from).await;
    server.patch(&bob, &of, move_to(json!(to))).await.refused(403, 50013);
    for (channel, status, code) in [
        (json!(hidden), 404, 10003),
        (json!(NEVER), 404, 10003),
        (json!(place.channel), 400, 50024),
        (json!(closed), 403, 50013),
        (json!("x"), 400, 50035),
    ] {
        server.patch(&moderator, &of, move_to(channel.clone())).await.refused(status, code);
    }
    assert_eq!(place.get(&state).await["channel_id"], json!(from));
    // The owner may go wherever it likes, and takes bob where he sees nothing.
    for (who, channel) in [(&moderator, to), (&place.owner, closed), (&place.owner, hidden)] {
        let member = server.patch(who, &of, move_to(json!(channel))).await.ok();
        same(&member["user"], &shown(&bob));
        let moved = told(&mut socket, &bob.id).await;
        assert_eq!((&moved["channel_id"], &moved["session_id"]), (&json!(channel), &json!(session)));
        assert_eq!(
            (&moved["self_deaf"], &place.get(&state).await["channel_id"]),
            (&json!(true), &json!(channel))
        );
    }
    // Where he is already: no row, no event.
    server.patch(&place.owner, &of, move_to(json!(hidden))).await.ok();
    server.patch(&moderator, &of, move_to(json!(null))).await.ok();
    let gone = told(&mut socket, &bob.id).await;
    assert_eq!((&gone["channel_id"], &gone["session_id"]), (&json!(null), &json!(session)));
    place.server.get(&place.owner, &state).await.refused(404, 10065);
    server.patch(&moderator, &of, move_to(json!(null))).await.refused(400, 40032);
    let log = place.get(&place.path("/audit-logs?limit=4")).await["audit_log_entries"].clone();
    assert_eq!(each(&log, "action_type"), [27, 26, 26, 26]);
    assert_eq!(log[0]["options"], json!({ "count": "1" }));
    assert_eq!(log[1]["options"], json!({ "count": "1", "channel_id": hidden }));
    assert_eq!((&log[1]["user_id"], &log[1]["target_id"]), (&json!(place.owner.id), &json!(null)));
}

#[tokio::test]
async fn who_is_muted_by_a_moderator_is_shown_so() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let channel = place.channel(json!({ "name": "Voice", "type": 2 })).await;
    let to = place.channel(json!({ "name": "Other", "type": 2 })).await;
    let of = place.path(&format!("/members/{}", bob.id));
    for flag in ["mute", "deaf"] {
        place.server.patch(&place.owner, &of, json!({ flag: true })).await.refused(400, 40032);
    }
    let (mut socket, _) = comes(&place, &bob, &channel).await;
    place.patch(&of, json!({ "mute": true })).await;
    let state = told(&mut socket, &bob.id).await;
    assert_eq!(
        (&state["mute"], &state["deaf"], &state["self_mute"]),
        (&json!(true), &json!(false), &json!(false))
    );
    assert_eq!(state["member"]["mute"], json!(true));
    // Several things at once.
    place.patch(&of, json!({ "mute": false, "deaf": true, "channel_id": to, "nick": "Bobby" })).await;
    let state = told(&mut socket, &bob.id).await;
    assert_eq!((&state["mute"], &state["deaf"]), (&json!(false), &json!(true)));
    let state = told(&mut socket, &bob.id).await;
    assert_eq!((&state["channel_id"], &state["member"]["nick"]), (&json!(to), &json!("Bobby")));
}

#[tokio::test]
async fn on_a_stage_moderators_say_who_speaks() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let (moderator, _) = place.moderator("mod", MUTE_MEMBERS).await;
    let stage = place.channel(json!({ "name": "Stage", "type": 13 })).await;
    let voice = place.channel(json!({ "name": "Voice", "type": 2 })).await;
    let (mut socket, _) = comes(&place, &bob, &stage).await;
    let server = &place.server;
    let (of, own) = (place.path(&format!("/voice-states/{}", bob.id)), place.path("/voice-states/@me"));
    assert_eq!(place.get(&of).await["suppress"], json!(true));
    server.patch(&bob, &own, json!({ "suppress": false })).await.refused(403, 50013);
    server.patch(&bob, &of, json!({ "suppress": false })).await.refused(403, 50013);
    server.patch(&bob, &own, json!({ "channel_id": voice, "suppress": true })).await.refused(404, 10003);
    let asks =
        json!({ "channel_id": stage, "request_to_speak_timestamp": "2026-01-02T03:04:05.678000+00:00" });
    assert_eq!(server.patch(&bob, &own, asks).await.status, 204);
    let state = told(&mut socket, &bob.id).await;
    assert_eq!(state["request_to_speak_timestamp"], json!("2026-01-02T03:04:05.678000+00:00"));
    let speak = json!({ "channel_id": stage, "suppress": false });
    assert_eq!(server.patch(&moderator, &of, speak).await.status, 204);
    let state = told(&mut socket, &bob.id).await;
    assert_eq!((&state["suppress"], &state["request_to_speak_timestamp"]), (&json!(false), &json!(null)));
    // To listen needs no right. A channel of another kind is no stage.
    server.patch(&bob, &own, json!({ "suppress": true })).await.ok();
    assert_eq!(told(&mut socket, &bob.id).await["suppress"], json!(true));
    place.patch(&place.path(&format!("/members/{}", bob.id)), json!({ "channel_id": voice })).await;
    assert_eq!(told(&mut socket, &bob.id).await["suppress"], json!(false));
    server.patch(&moderator, &of, json!({ "suppress": true })).await.refused(400, 50024);
    server.patch(&moderator, &own, json!({ "suppress": true })).await.refused(404, 10065);
}
