//! What is rendered parses with models that are not ours: twilight's and serenity's.

use crate::objects::{account, application, dm, group, message, rich, shown, user};
use model::message::Nonce;
use model::presence::{Activity, Presence, Status};
use model::relationship::{Relationship, RelationshipKind};
use model::user::User;
use model::{MessageId, Timestamp, UserId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(crate) fn both<T: DeserializeOwned, S: DeserializeOwned>(json: &Value) {
    // From text, as clients read it: some types borrow, and some reject what a `Value` would let pass.
    let text = json.to_string();
    if let Err(error) = serde_json::from_str::<T>(&text) {
        panic!("twilight: {error}\n{text}");
    }
    if let Err(error) = serde_json::from_str::<S>(&text) {
        panic!("serenity: {error}\n{text}");
    }
}

#[test]
fn messages_parse() {
    let mut gone = rich();
    gone.referenced = Some(None);
    gone.nonce = Some(Nonce::Number(-5));
    for view in [message(1), rich(), gone] {
        let rest = shown(wire::message::render(&view));
        both::<twilight_model::channel::Message, serenity::all::Message>(&rest);
        let gateway = shown(wire::message::render(&view).channel_type(1));
        assert_eq!(gateway["channel_type"], 1);
        both::<twilight_model::gateway::payload::incoming::MessageCreate, serenity::all::MessageCreateEvent>(
            &gateway,
        );
    }
}

#[test]
fn a_plain_message_is_this_json() {
    let view = message(1);
    assert_eq!(
        shown(wire::message::render(&view)),
        json!({
            "id": "1300000000000000001", "channel_id": "77",
            "author": {
                "id": "1", "username": "user1", "discriminator": "0", "global_name": "Some One",
                "avatar": null, "public_flags": 0, "flags": 0, "banner": null, "accent_color": 0x00ff_8800,
                "avatar_decoration_data": null, "collectibles": null, "primary_guild": null,
            },
            "content": "hello \"there\"\n👍", "timestamp": "2024-10-27T07:35:52.832000+00:00",
            "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [],
            "mention_roles": [], "attachments": [], "embeds": [], "components": [], "pinned": false,
            "type": 0, "flags": 0,
        })
    );
}

#[test]
fn keys_come_back_as_they_were_sent_and_only_where_they_should() {
    for (nonce, echo) in
        [(Nonce::Text("1".into()), json!("1")), (Nonce::Number(1), json!(1)), (Nonce::Number(-1), json!(-1))]
    {
        let mut view = message(1);
        view.nonce = Some(nonce.clone());
        assert_eq!(shown(wire::message::render(&view))["nonce"], echo);
        assert!(shown(wire::message::render(&view).without_nonce()).get("nonce").is_none());
        let mut outer = message(2);
        outer.referenced = Some(Some(Box::new(view)));
        assert!(shown(wire::message::render(&outer))["referenced_message"].get("nonce").is_none());
        let sent = json!({ "nonce": echo }).to_string();
        let read: wire::message::MessageCreate = serde_json::from_str(&sent).unwrap();
        assert_eq!(read.nonce.unwrap().0, nonce);
    }
}

#[test]
fn answers_to_answers_stay_one_deep() {
    let mut view = message(0);
    for id in 1..4 {
        let mut outer = message(id);
        outer.referenced = Some(Some(Box::new(view)));
        view = outer;
    }
    let json = shown(wire::message::render(&view));
    assert_eq!(json["referenced_message"]["id"], "1300000000000000002");
    assert!(json["referenced_message"].get("referenced_message").is_none());
    view.referenced = Some(None);
    assert_eq!(shown(wire::message::render(&view))["referenced_message"], Value::Null);
    assert!(shown(wire::message::render(&view)).as_object().unwrap().contains_key("referenced_message"));
}

#[test]
fn blanked_messages_keep_every_key() {
    let view = rich();
    let (full, blanked) =
        (shown(wire::message::render(&view)), shown(wire::message::render(&view).blanked()));
    let keys = |json: &Value| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&full), keys(&blanked));
    assert_eq!((&blanked["content"], &blanked["embeds"]), (&json!(""), &json!([])));
    both::<twilight_model::channel::Message, serenity::all::Message>(&blanked);
}

#[test]
fn users_parse() {
    for user in [user(1, false), user(2, true), User::deleted(UserId::new(3).unwrap())] {
        both::<twilight_model::user::User, serenity::all::User>(&shown(wire::user::render(&user)));
        let account = account(user);
        let own = shown(wire::user::own(&account));
        both::<twilight_model::user::CurrentUser, serenity::all::CurrentUser>(&own);
        assert!(own.get("token").is_none());
        assert_eq!(shown(wire::user::own(&account).token(Some("t")).locale("de"))["token"], "t");
    }
    let bot = shown(wire::user::render(&user(2, true)));
    assert_eq!(bot["bot"], true);
    assert!(shown(wire::user::render(&user(1, false))).get("bot").is_none());
}

#[test]
fn private_channels_parse() {
    let mut view = dm();
    let dm = shown(wire::channel::render(&view));
    both::<twilight_model::channel::Channel, serenity::all::PrivateChannel>(&dm);
    assert!(dm.get("name").is_none() && dm.get("owner_id").is_none());
    view.last_message = MessageId::new(5);
    view.last_pin = Some(Timestamp::from_millis(1));
    both::<twilight_model::channel::Channel, serenity::all::PrivateChannel>(&shown(wire::channel::render(
        &view,
    )));

    let group = shown(wire::channel::render(&group()));
    serde_json::from_value::<twilight_model::channel::Channel>(group.clone()).unwrap();
    assert_eq!((&group["type"], &group["owner_id"], &group["name"]), (&json!(3), &json!("1"), &json!("g")));
}

#[test]
fn applications_parse() {
    let application = application();
    let (owner, bot) = (user(1, false), user(2, true));
    let json = shown(wire::application::render(&application, &owner, &bot));
    both::<twilight_model::oauth::Application, serenity::all::CurrentApplicationInfo>(&json);
    both::<twilight_model::oauth::PartialApplication, serenity::all::PartialCurrentApplicationInfo>(&shown(
        wire::application::ready(&application),
    ));
}

#[test]
fn presences_never_show_invisible() {
    let activity = Activity {
        name: "Custom Status".into(),
        kind: 4,
        state: Some("away".into()),
        details: None,
        url: None,
        created_ms: 1_700_000_000_000,
    };
    let json = shown(wire::presence::activity(&activity));
    both::<twilight_model::gateway::presence::Activity, serenity::all::Activity>(&json);
    let presence = Presence {
        user: UserId::new(1).unwrap(),
        status: Status::Invisible,
        activities: vec![],
        desktop: Some(Status::Invisible),
        mobile: Some(Status::Idle),
        web: None,
    };
    assert_eq!(
        shown(wire::presence::render(&presence)),
        json!({"user": {"id": "1"}, "status": "offline", "activities": [], "client_status": {"mobile": "idle"}})
    );
}

#[test]
fn relationships_name_the_other_user() {
    let relationship = Relationship {
        other: UserId::new(2).unwrap(),
        kind: RelationshipKind::Incoming,
        nickname: None,
        since: Timestamp::from_millis(0),
    };
    let other = user(2, false);
    let json = shown(wire::relationship::render(&relationship, &other));
    assert_eq!((&json["id"], &json["type"], &json["user"]["id"]), (&json!("2"), &json!(3), &json!("2")));
    assert!(json.get("should_notify").is_none());
    assert_eq!(shown(wire::relationship::render(&relationship, &other).notify(true))["should_notify"], true);
    assert!(shown(wire::relationship::update(&relationship)).get("user").is_none());
}

#[test]
fn the_gateway_and_voice_regions_parse() {
    both::<twilight_model::gateway::connection_info::BotConnectionInfo, serenity::all::BotGateway>(&shown(
        wire::gateway_url::GatewayBot {
            url: "ws://127.0.0.1:8080/gateway",
            shards: 1,
            session_start_limit: wire::gateway_url::SessionStartLimit {
                total: 1000,
                remaining: 1000,
                reset_after: 0,
                max_concurrency: 1,
            },
        },
    ));
    both::<Vec<twilight_model::voice::VoiceRegion>, Vec<serenity::all::VoiceRegion>>(&shown(
        &wire::voice::REGIONS,
    ));
}
