//! Who is in which voice channel, and who hears of it. There is no sound.

use super::support::place::{Place, text};
use super::support::{Api, Person, Server, Socket, config};
use guildhall::config::Config;
use model::voice::VoiceState;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// The name of the event.
const UPDATE: &str = "VOICE_STATE_UPDATE";
/// VIEW_CHANNEL and CONNECT.
const COME_IN: u64 = 1 << 10 | 1 << 20;

/// A voice channel, hidden from all but these.
async fn voice(api: &Api, owner: &Person, place: &Place, more: Value, only: Option<&[&str]>) -> String {
    let mut body = json!({ "name": "voice", "type": 2 });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    if let Some(only) = only {
        let everybody = json!({ "id": place.id, "type": 0, "deny": COME_IN.to_string() });
        let some = only.iter().map(|id| json!({ "id": id, "type": 1, "allow": COME_IN.to_string() }));
        body["permission_overwrites"] = [everybody].into_iter().chain(some).collect();
    }
    text(&api.post(owner, &format!("/guilds/{}/channels", place.id), body).await.ok()["id"])
}

fn wish(guild: &str, channel: Option<&str>, mute: bool) -> Value {
    let d = json!({ "guild_id": guild, "channel_id": channel, "self_mute": mute, "self_deaf": false });
    json!({ "op": 4, "d": d })
}

async fn online(api: &Api, who: &Person) -> (Socket, Value) {
    let mut socket = api.online(who).await;
    let ready = socket.event("READY").await;
    (socket, ready)
}

/// What the voice events among these frames say: who, and where.
fn said(frames: &[Value]) -> Vec<(String, Value)> {
    let all = frames.iter().filter(|frame| frame["t"] == UPDATE);
    all.map(|frame| (text(&frame["d"]["user_id"]), frame["d"]["channel_id"].clone())).collect()
}

/// Nobody is told of voice any more for what was done until now.
async fn hears_no_more(api: &Api, socket: &mut Socket, who: &Person) {
    let frames = socket.settled(api, who).await;
    assert_eq!(said(&frames), [], "{}", who.name);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coming_moving_and_leaving_is_told_to_those_who_see_the_channel() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob, carol] =
        [api.register("owner").await, api.register("bob").await, api.register("carol").await];
    let place = Place::make(api, &owner, &[&bob, &carol]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    let hidden = voice(api, &owner, &place, json!({}), Some(&[&bob.id])).await;
    let (mut of_owner, _) = online(api, &owner).await;
    let (mut of_bob, ready) = online(api, &bob).await;
    let (mut of_carol, _) = online(api, &carol).await;
    let session = ready["session_id"].clone();
    assert_eq!(ready["guilds"][0]["voice_states"], json!([]));

    of_bob.send(wish(&place.id, Some(&open), false)).await;
    let member = api.get(&owner, &format!("/guilds/{}/members/{}", place.id, bob.id)).await.ok();
    let mut state = json!({
        "guild_id": place.id, "channel_id": open, "user_id": bob.id, "member": member,
        "session_id": session, "deaf": false, "mute": false, "self_deaf": false, "self_mute": false,
        "self_video": false, "self_stream": false, "suppress": false, "request_to_speak_timestamp": null,
    });
    for socket in [&mut of_owner, &mut of_bob, &mut of_carol] {
        assert_eq!(socket.event(UPDATE).await, state);
    }
    // Who sees the old channel alone is told that it left.
    of_bob.send(wish(&place.id, Some(&hidden), false)).await;
    let mut gone = state.clone();
    gone["channel_id"] = json!(null);
    assert_eq!(of_carol.event(UPDATE).await, gone);
    state["channel_id"] = json!(hidden);
    for socket in [&mut of_owner, &mut of_bob] {
        assert_eq!(socket.event(UPDATE).await, state);
    }
    // What it shows there is for those who see it.
    of_bob.send(wish(&place.id, Some(&hidden), true)).await;
    state["self_mute"] = json!(true);
    for socket in [&mut of_owner, &mut of_bob] {
        assert_eq!(socket.event(UPDATE).await, state);
    }
    // Nothing new is nothing to tell.
    of_bob.send(wish(&place.id, Some(&hidden), true)).await;
    of_bob.send(wish(&place.id, None, true)).await;
    state["channel_id"] = json!(null);
    for socket in [&mut of_owner, &mut of_bob] {
        assert_eq!(socket.event(UPDATE).await, state);
    }
    for (socket, who) in [(&mut of_owner, &owner), (&mut of_bob, &bob), (&mut of_carol, &carol)] {
        hears_no_more(api, socket, who).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_online_is_shown_who_is_in_the_channels_that_it_sees() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob, carol] =
        [api.register("owner").await, api.register("bob").await, api.register("carol").await];
    let place = Place::make(api, &owner, &[&bob, &carol]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    let hidden = voice(api, &owner, &place, json!({}), Some(&[])).await;
    let (mut of_bob, ready) = online(api, &bob).await;
    of_bob.send(wish(&place.id, Some(&open), true)).await;
    of_bob.event(UPDATE).await;
    let (mut of_owner, of_owners) = online(api, &owner).await;
    of_owner.send(wish(&place.id, Some(&hidden), false)).await;
    of_owner.event(UPDATE).await;
    let shown = |user: &Person, session: &Value, channel: &str, mute: bool| {
        json!({
            "channel_id": channel, "user_id": user.id, "session_id": session, "deaf": false, "mute": false,
            "self_deaf": false, "self_mute": mute, "self_video": false, "self_stream": false,
            "suppress": false, "request_to_speak_timestamp": null,
        })
    };
    let of_bob_shown = shown(&bob, &ready["session_id"], &open, true);
    let (_carol, of_carols) = online(api, &carol).await;
    assert_eq!(of_carols["guilds"][0]["voice_states"], json!([of_bob_shown]));
    let (_again, of_owners_again) = online(api, &owner).await;
    let of_owner_shown = shown(&owner, &of_owners["session_id"], &hidden, false);
    assert_eq!(of_owners_again["guilds"][0]["voice_states"], json!([of_owner_shown, of_bob_shown]));
    // A bot that is shown no other members is shown those in voice, and hears of others by its intent only.
    let bot = api.bot(&owner, "robot").await;
    place.add_bot(api, &owner, &bot).await;
    let hearing = async |intents: u64| {
        let mut socket = api.socket().await;
        socket.identify(&bot.token, json!({ "intents": intents })).await;
        let guild = socket.event("GUILD_CREATE").await;
        assert_eq!(guild["voice_states"], json!([of_bob_shown]));
        let members: Vec<_> = guild["members"].as_array().unwrap().iter().collect();
        let ids: Vec<_> = members.iter().map(|member| &member["user"]["id"]).collect();
        assert_eq!(ids, [&json!(bob.id), &json!(bot.id)]);
        socket
    };
    let (mut deaf, mut hears) = (hearing(1).await, hearing(1 | 1 << 7).await);
    of_bob.send(wish(&place.id, Some(&open), false)).await;
    assert_eq!(hears.event(UPDATE).await["user_id"], json!(bob.id));
    deaf.send(wish(&place.id, Some(&open), false)).await;
    for socket in [&mut deaf, &mut hears] {
        assert_eq!(socket.event(UPDATE).await["user_id"], json!(bot.id));
    }
    assert_eq!(said(&deaf.drain().await), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sees_a_voice_channel_from_now_on_is_told_who_is_in_it() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob, carol] =
        [api.register("owner").await, api.register("bob").await, api.register("carol").await];
    let place = Place::make(api, &owner, &[&bob, &carol]).await;
    let hidden = voice(api, &owner, &place, json!({}), Some(&[&bob.id])).await;
    let (mut of_bob, ready) = online(api, &bob).await;
    let (mut of_carol, _) = online(api, &carol).await;
    of_bob.send(wish(&place.id, Some(&hidden), true)).await;
    of_bob.event(UPDATE).await;
    hears_no_more(api, &mut of_carol, &carol).await;
    let of_carols = format!("/channels/{hidden}/permissions/{}", carol.id);
    for _ in 0..2 {
        api.put(&owner, &of_carols, json!({ "type": 1, "allow": COME_IN.to_string() })).await.ok();
        assert_eq!(of_carol.event("CHANNEL_CREATE").await["id"], json!(hidden));
        let shown = of_carol.event(UPDATE).await;
        let is = (&json!(bob.id), &json!(hidden), &ready["session_id"], &json!(true));
        assert_eq!((&shown["user_id"], &shown["channel_id"], &shown["session_id"], &shown["self_mute"]), is);
        assert_eq!(shown["member"]["user"]["id"], json!(bob.id));
        api.delete(&owner, &of_carols).await.ok();
        assert_eq!(of_carol.event("CHANNEL_DELETE").await["id"], json!(hidden));
    }
    of_bob.send(wish(&place.id, None, false)).await;
    of_bob.event(UPDATE).await;
    hears_no_more(api, &mut of_carol, &carol).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_come_in_is_told_where_it_is() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob, stranger] =
        [api.register("owner").await, api.register("bob").await, api.register("stranger").await];
    let place = Place::make(api, &owner, &[&bob]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    let small = voice(api, &owner, &place, json!({ "user_limit": 1 }), None).await;
    let hidden = voice(api, &owner, &place, json!({}), Some(&[])).await;
    let mute = json!([{ "id": place.id, "type": 0, "deny": (1 << 20).to_string() }]);
    let closed = voice(api, &owner, &place, json!({ "permission_overwrites": mute }), None).await;
    let (mut of_owner, _) = online(api, &owner).await;
    of_owner.send(wish(&place.id, Some(&small), false)).await;
    of_owner.event(UPDATE).await;
    let (mut of_bob, ready) = online(api, &bob).await;
    for there in [None, Some(open.as_str())] {
        if there.is_some() {
            of_bob.send(wish(&place.id, there, false)).await;
            assert_eq!(of_bob.event(UPDATE).await["channel_id"], json!(there));
        }
        for channel in [&small, &hidden, &closed, &place.channel, &place.id, &"123456789012345678".into()] {
            of_bob.send(wish(&place.id, Some(channel), true)).await;
            let told = of_bob.event(UPDATE).await;
            let said = (&told["channel_id"], &told["user_id"], &told["session_id"], &told["self_mute"]);
            let is = (&json!(there), &json!(bob.id), &ready["session_id"], &json!(false));
            assert_eq!(said, is, "{channel}");
            assert_eq!(told["member"]["user"]["id"], json!(bob.id));
        }
    }
    // Others hear of bob's coming in alone.
    let frames = of_owner.settled(api, &owner).await;
    assert_eq!(said(&frames), [(bob.id.clone(), json!(open))]);
    // Whoever moves members comes in where nobody else does.
    of_bob.send(wish(&place.id, None, false)).await;
    of_owner.send(wish(&place.id, Some(&open), false)).await;
    of_owner.event(UPDATE).await;
    of_bob.event(UPDATE).await;
    of_bob.event(UPDATE).await;
    of_bob.send(wish(&place.id, Some(&small), false)).await;
    assert_eq!(of_bob.event(UPDATE).await["channel_id"], json!(small));
    of_owner.send(wish(&place.id, Some(&small), false)).await;
    assert_eq!(of_bob.event(UPDATE).await["user_id"], json!(owner.id));
    // A guild that one is not in is no answer, and no end.
    let (mut of_stranger, _) = online(api, &stranger).await;
    of_stranger.send(wish(&place.id, Some(&open), false)).await;
    of_stranger.send(wish("5", Some("5"), false)).await;
    of_stranger.send(json!({ "op": 4, "d": { "guild_id": place.id, "channel_id": "x" } })).await;
    of_stranger.send(json!({ "op": 4, "d": null })).await;
    hears_no_more(api, &mut of_stranger, &stranger).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_in_one_channel_and_leaves_only_with_the_session_that_is_there() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob] = [api.register("owner").await, api.register("bob").await];
    let (first, second) = (Place::make(api, &owner, &[&bob]).await, Place::make(api, &owner, &[&bob]).await);
    let here = voice(api, &owner, &first, json!({}), None).await;
    let there = voice(api, &owner, &second, json!({}), None).await;
    let (mut watcher, _) = online(api, &owner).await;
    let (mut one, of_one) = online(api, &bob).await;
    let (mut two, of_two) = online(api, &bob).await;
    let seen =
        |told: &Value| (told["guild_id"].clone(), told["channel_id"].clone(), told["session_id"].clone());
    one.send(wish(&first.id, Some(&here), false)).await;
    let is = (json!(first.id), json!(here), of_one["session_id"].clone());
    for socket in [&mut watcher, &mut one, &mut two] {
        assert_eq!(seen(&socket.event(UPDATE).await), is);
    }
    // Clients say at their start that they are nowhere.
    two.send(json!({ "op": 4, "d": { "guild_id": null, "channel_id": null, "self_mute": true } })).await;
    two.send(wish(&first.id, None, false)).await;
    assert_eq!(seen(&two.event(UPDATE).await), is, "where it is is told to who wished to leave");
    hears_no_more(api, &mut watcher, &owner).await;
    // The other client comes into a channel of another guild: the first place is left.
    two.send(wish(&second.id, Some(&there), false)).await;
    for socket in [&mut watcher, &mut one, &mut two] {
        let left = (json!(first.id), json!(null), of_one["session_id"].clone());
        assert_eq!(seen(&socket.event(UPDATE).await), left);
        let came = (json!(second.id), json!(there), of_two["session_id"].clone());
        assert_eq!(seen(&socket.event(UPDATE).await), came);
    }
    // The end of the first client is not the end of it.
    one.leave().await;
    hears_no_more(api, &mut watcher, &owner).await;
    two.leave().await;
    let left = (json!(second.id), json!(null), of_two["session_id"].clone());
    assert_eq!(seen(&watcher.event(UPDATE).await), left);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_ends_a_session_a_membership_or_a_channel_ends_being_in_voice() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob, carol, dave] = [
        api.register("owner").await,
        api.register("bob").await,
        api.register("carol").await,
        api.register("dave").await,
    ];
    let place = Place::make(api, &owner, &[&bob, &carol, &dave]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    let (mut watcher, _) = online(api, &owner).await;
    let mut sockets = vec![];
    for who in [&bob, &carol, &dave] {
        let (mut socket, _) = online(api, who).await;
        socket.send(wish(&place.id, Some(&open), false)).await;
        assert_eq!(watcher.event(UPDATE).await["user_id"], json!(who.id));
        sockets.push(socket);
    }
    let left = |told: Value| (text(&told["user_id"]), told["channel_id"].clone(), told["member"].is_object());
    // Logged out.
    api.post(&bob, "/auth/logout", json!({})).await;
    assert_eq!(left(watcher.event(UPDATE).await), (bob.id.clone(), json!(null), true));
    // Kicked: there is no membership to tell.
    api.delete(&owner, &format!("/guilds/{}/members/{}", place.id, carol.id)).await.ok();
    assert_eq!(watcher.event("GUILD_MEMBER_REMOVE").await["user"]["id"], json!(carol.id));
    assert_eq!(left(watcher.event(UPDATE).await), (carol.id.clone(), json!(null), false));
    sockets[1].event("GUILD_DELETE").await;
    // The channel is deleted; who was there is told.
    api.delete(&owner, &format!("/channels/{open}")).await.ok();
    assert_eq!(left(watcher.event(UPDATE).await), (dave.id.clone(), json!(null), true));
    let frames = sockets[2].settled(api, &dave).await;
    let of_dave: Vec<_> = said(&frames).into_iter().filter(|(who, _)| *who == dave.id).collect();
    assert_eq!(of_dave, [(dave.id.clone(), json!(open)), (dave.id.clone(), json!(null))]);
    // The guild is deleted: nobody is in it.
    let again = voice(api, &owner, &place, json!({}), None).await;
    sockets[2].send(wish(&place.id, Some(&again), false)).await;
    watcher.event(UPDATE).await;
    api.delete(&owner, &format!("/guilds/{}", place.id)).await.ok();
    watcher.event("GUILD_DELETE").await;
    let user = dave.id.parse().unwrap();
    assert_eq!(server.running.world.ports.voice.of_user(user).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_whose_node_died_it_is_told_when_it_runs_out() {
    let server = Server::with(Config { heartbeat_ms: 2_000, ..config() }).await;
    let api = &server.api;
    let [owner, bob] = [api.register("owner").await, api.register("bob").await];
    let place = Place::make(api, &owner, &[&bob]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    // As another node left it.
    let state = VoiceState {
        user: bob.id.parse().unwrap(),
        guild: place.id.parse().unwrap(),
        channel: open.parse().unwrap(),
        session: "of a node that died".into(),
        bot: false,
        self_mute: false,
        self_deaf: false,
        self_video: false,
        suppress: false,
        asks_since: None,
    };
    server.running.world.ports.voice.enter(state, None).await.unwrap();
    let (mut watcher, ready) = online(api, &owner).await;
    assert_eq!(ready["guilds"][0]["voice_states"][0]["user_id"], json!(bob.id));
    let mut told = vec![];
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        told.extend(said(&watcher.drain().await));
        if !told.is_empty() {
            break;
        }
    }
    assert_eq!(told, [(bob.id.clone(), json!(null))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_comes_back_is_still_there_and_hears_what_it_may_see_by_then() {
    let server = Server::start().await;
    let api = &server.api;
    let [owner, bob, carol] =
        [api.register("owner").await, api.register("bob").await, api.register("carol").await];
    let place = Place::make(api, &owner, &[&bob, &carol]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    let other = voice(api, &owner, &place, json!({}), None).await;
    let (mut of_bob, ready) = online(api, &bob).await;
    of_bob.send(wish(&place.id, Some(&open), false)).await;
    of_bob.event(UPDATE).await;
    of_bob.drain().await;
    let (id, seq) = (text(&ready["session_id"]), of_bob.seq.unwrap());
    drop(of_bob);
    let (mut of_carol, _) = online(api, &carol).await;
    for channel in [&open, &other] {
        of_carol.send(wish(&place.id, Some(channel), false)).await;
        of_carol.event(UPDATE).await;
    }
    // What was said of a channel that is hidden by now is not said again; and carol, who went there, is where bob sees nothing.
    place.hide(api, &owner, &other, true).await;
    of_carol.event("CHANNEL_DELETE").await;
    of_carol.send(wish(&place.id, None, false)).await;
    of_carol.event(UPDATE).await;
    let mut of_bob = api.socket().await;
    of_bob.resume(&bob.token, &id, seq).await;
    of_bob.event("RESUMED").await;
    let frames: Vec<Value> = of_bob.seen.drain(..).collect();
    assert_eq!(said(&frames), [(carol.id.clone(), json!(open))]);
    let path = format!("/guilds/{}/voice-states/@me", place.id);
    assert_eq!(api.get(&bob, &path).await.ok()["channel_id"], json!(open));
    let close = CloseFrame { code: 1000.into(), reason: "".into() };
    of_bob.send_raw(Message::Close(Some(close))).await;
    of_bob.closed().await;
    api.get(&bob, &path).await.refused(404, 10065);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_twenty_wishes_in_twenty_seconds_are_dropped() {
    let server = Server::start().await;
    let api = &server.api;
    let owner = api.register("owner").await;
    let place = Place::make(api, &owner, &[]).await;
    let open = voice(api, &owner, &place, json!({}), None).await;
    let (mut socket, _) = online(api, &owner).await;
    for n in 0..30 {
        socket.send(wish(&place.id, Some(&open), n % 2 == 0)).await;
    }
    let frames = socket.settled(api, &owner).await;
    assert_eq!(said(&frames).len(), 20);
}
