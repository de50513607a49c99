//! Every event that the gateway dispatches, read by models that are not ours: twilight's and serenity's where bots get
//! it, and byte for byte where only people do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use model::application::Application;
use model::channel::{PrivateChannel, PrivateChannelView, PrivateKind};
use model::embed::{Embed, EmbedField};
use model::event::Event;
use model::message::{Message, MessageKind, MessageReference, MessageView, Nonce};
use model::presence::{Activity, ClientKind, Presence, SessionPresence, Status};
use model::reaction::{ReactionEmoji, ReactionTally};
use model::read_state::ReadState;
use model::relationship::{Relationship, RelationshipKind};
use model::settings::{ChannelSettings, CustomStatus, GuildSettings, Mute, Settings};
use model::user::{Account, User};
use model::{ApplicationId, ChannelId, EmojiId, MessageId, Timestamp, UserId};
use serde::de::DeserializeSeed;
use serde_json::{Value, json};
use serenity::model::event::{Event as SerenityEvent, GatewayEvent as SerenityFrame};
use twilight_model::gateway::event::{
    DispatchEvent, GatewayEvent as TwilightFrame, GatewayEventDeserializer,
};
use wire::gateway::dispatch::{Rendered, guild_members_chunk, intent, ready, render};
use wire::gateway::frame;

fn user(id: u64, name: &str) -> User {
    User {
        id: UserId::new(id).unwrap(),
        username: name.into(),
        global_name: Some(name.to_uppercase()),
        avatar: None,
        bot: false,
        bot_owner: None,
        flags: 0,
        accent_color: None,
    }
}

fn account(bot: bool) -> Account {
    let user = User { bot, ..user(1_000_000_000_000_000_001, "alice") };
    Account { user, email: None, bio: String::new(), pronouns: String::new() }
}

fn channel() -> ChannelId {
    ChannelId::new(1_000_000_000_000_000_012).unwrap()
}

fn message(id: u64) -> Message {
    Message {
        id: MessageId::new(id).unwrap(),
        channel: channel(),
        author: UserId::new(1_000_000_000_000_000_002).unwrap(),
        kind: MessageKind::Reply,
        content: "hi \"there\" \u{1f44d}".into(),
        edited: Some(Timestamp::from_micros(1_700_000_000_000_042)),
        tts: false,
        mention_everyone: false,
        mentions: vec![UserId::new(1_000_000_000_000_000_001).unwrap()],
        mention_roles: vec![],
        webhook: None,
        flags: 4096,
        embeds: vec![Embed {
            title: Some("t".into()),
            timestamp: Some(Timestamp::from_micros(1_700_000_000_000_042)),
            fields: vec![EmbedField { name: "n".into(), value: "v".into(), inline: true }],
            ..Embed::default()
        }],
        reference: Some(MessageReference { channel: channel(), message: MessageId::new(5).unwrap() }),
        pinned: false,
    }
}

fn view() -> MessageView {
    let answered = MessageView {
        message: Message { kind: MessageKind::Default, reference: None, ..message(5) },
        author: user(1_000_000_000_000_000_001, "alice"),
        mentions: vec![],
        reactions: vec![],
        referenced: None,
        nonce: None,
        thread: None,
    };
    MessageView {
        message: message(1_000_000_000_000_000_021),
        author: user(1_000_000_000_000_000_002, "bob"),
        mentions: vec![user(1_000_000_000_000_000_001, "alice")],
        reactions: vec![ReactionTally { emoji: ReactionEmoji::Unicode("👍".into()), count: 2, me: true }],
        referenced: Some(Some(Box::new(answered))),
        nonce: Some(Nonce::Text("n1".into())),
        thread: None,
    }
}

fn custom() -> ReactionEmoji {
    ReactionEmoji::Custom { id: EmojiId::new(7).unwrap(), name: "LUL".into(), animated: false }
}

fn group() -> PrivateChannelView {
    PrivateChannelView {
        channel: PrivateChannel {
            id: channel(),
            kind: PrivateKind::Group,
            participants: vec![],
            owner: UserId::new(5),
            name: Some("g".into()),
            icon: None,
        },
        recipients: vec![user(6, "carol")],
        last_message: MessageId::new(9),
        last_pin: None,
    }
}

fn relationship() -> Relationship {
    Relationship {
        other: UserId::new(6).unwrap(),
        kind: RelationshipKind::Friend,
        nickname: Some("C".into()),
        since: Timestamp::from_millis(1_700_000_000_000),
    }
}

fn presence() -> Presence {
    Presence {
        status: Status::Idle,
        web: Some(Status::Idle),
        activities: vec![Activity {
            name: "x".into(),
            kind: 0,
            state: None,
            details: None,
            url: None,
            created_ms: 1_700_000_000_000,
        }],
        ..Presence::offline(UserId::new(6).unwrap())
    }
}

fn session() -> SessionPresence {
    SessionPresence {
        session: "s1".into(),
        client: ClientKind::Web,
        os: "Linux".into(),
        status: Status::Online,
        activities: vec![],
        afk: false,
    }
}

/// What bots hear of, each with its payload's name in twilight's and serenity's words.
fn for_bots() -> Vec<(Event, &'static str)> {
    let message = MessageId::new(1_000_000_000_000_000_021).unwrap();
    let who = UserId::new(1_000_000_000_000_000_002).unwrap();
    let gone = MessageView { referenced: Some(None), nonce: Some(Nonce::Number(-7)), ..view() };
    vec![
        (Event::MessageCreate { view: Box::new(view()), channel_type: 1, guild: None }, "MESSAGE_CREATE"),
        (Event::MessageCreate { view: Box::new(gone), channel_type: 3, guild: None }, "MESSAGE_CREATE"),
        (Event::MessageUpdate { view: Box::new(view()), channel_type: 1, guild: None }, "MESSAGE_UPDATE"),
        (Event::MessageDelete { id: message, channel: channel(), guild: None }, "MESSAGE_DELETE"),
        (
            Event::ReactionAdd {
                user: who,
                channel: channel(),
                message,
                author: who,
                emoji: custom(),
                guild: None,
            },
            "MESSAGE_REACTION_ADD",
        ),
        (
            Event::ReactionRemove {
                user: who,
                channel: channel(),
                message,
                emoji: ReactionEmoji::Unicode("👍".into()),
                guild: None,
            },
            "MESSAGE_REACTION_REMOVE",
        ),
        (Event::PinsUpdate { channel: channel(), last_pin: None, guild: None }, "CHANNEL_PINS_UPDATE"),
        (
            Event::PinsUpdate {
                channel: channel(),
                last_pin: Some(Timestamp::from_millis(1_700_000_000_000)),
                guild: None,
            },
            "CHANNEL_PINS_UPDATE",
        ),
        (
            Event::TypingStart {
                channel: channel(),
                user: who,
                at: Timestamp::from_millis(1_700_000_000_900),
                guild: None,
            },
            "TYPING_START",
        ),
        (Event::UserUpdate(Box::new(account(true))), "USER_UPDATE"),
    ]
}

fn for_people() -> Vec<Event> {
    vec![
        Event::ChannelCreate(Box::new(group())),
        Event::ChannelUpdate(Box::new(group())),
        Event::ChannelDelete(Box::new(group())),
        Event::RecipientAdd { channel: channel(), user: Box::new(user(6, "carol")) },
        Event::RecipientRemove { channel: channel(), user: Box::new(user(6, "carol")) },
        Event::RelationshipAdd {
            relationship: Box::new(relationship()),
            user: Box::new(user(6, "carol")),
            notify: true,
        },
        Event::RelationshipUpdate(Box::new(relationship())),
        Event::RelationshipRemove { other: UserId::new(6).unwrap(), kind: RelationshipKind::Friend },
        Event::PresenceUpdate {
            presence: Box::new(presence()),
            user: Box::new(user(6, "carol")),
            guild: None,
        },
        Event::SettingsUpdate(Box::default()),
        Event::GuildSettingsUpdate(Box::default()),
        Event::MessageAck {
            channel: channel(),
            message: MessageId::new(9).unwrap(),
            version: 3,
            mentions: None,
        },
        Event::PinsAck { channel: channel(), at: Timestamp::from_millis(1_700_000_000_000), version: 4 },
        Event::MentionDismissed { message: MessageId::new(9).unwrap() },
        Event::SessionsReplace(vec![session()]),
    ]
}

/// Both foreign models read the frame, as the event that it says it is.
fn read_by_libraries(rendered: &Rendered) {
    let bytes = frame::dispatch(rendered.name, 7, &rendered.d);
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.starts_with(&format!(r#"{{"t":"{}","s":7,"op":0,"d":"#, rendered.name)), "{text}");

    let seed = GatewayEventDeserializer::from_json(text).unwrap();
    assert_eq!((seed.event_type(), seed.sequence(), seed.op()), (Some(rendered.name), Some(7), 0));
    let twilight = seed.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap();
    let TwilightFrame::Dispatch(7, twilight) = twilight else { panic!("{text}") };
    assert_eq!(twilight.kind().name(), Some(rendered.name));

    let SerenityFrame::Dispatch(7, event) = serde_json::from_str(text).unwrap() else { panic!("{text}") };
    assert!(!matches!(event, SerenityEvent::Unknown(_)), "{text}");
    assert_eq!(event.name().as_deref(), Some(rendered.name), "{text}");
}

#[test]
fn what_bots_hear_is_read_by_twilight_and_serenity() {
    for (event, name) in for_bots() {
        assert!(!event.people_only());
        let rendered = render(&event).unwrap();
        assert_eq!(rendered.name, name);
        read_by_libraries(&rendered);
        // A private channel has neither: discord.py makes an integer of a null guild.
        let d: Value = serde_json::from_slice(&rendered.d).unwrap();
        assert!(d.get("guild_id").is_none() && d.get("member").is_none(), "{d}");
        assert_eq!(intent(&event).is_some(), name != "USER_UPDATE");
    }
}

#[test]
fn people_only_events_have_names_and_no_intents() {
    for event in for_people() {
        assert!(event.people_only() && intent(&event).is_none());
        let rendered = render(&event).unwrap();
        serde_json::from_slice::<Value>(&rendered.d).unwrap();
    }
    assert_eq!(render(&Event::Revoked { devices: None }), None);
}

#[test]
fn people_only_payloads() {
    let d = |event: Event| serde_json::from_slice::<Value>(&render(&event).unwrap().d).unwrap();
    let carol = || Box::new(user(6, "carol"));
    let shown =
        d(Event::RelationshipAdd { relationship: Box::new(relationship()), user: carol(), notify: true });
    assert_eq!(
        (
            &shown["id"],
            &shown["type"],
            &shown["should_notify"],
            &shown["nickname"],
            &shown["user"]["username"]
        ),
        (&json!("6"), &json!(1), &json!(true), &json!("C"), &json!("carol"))
    );
    assert_eq!(
        d(Event::RelationshipRemove { other: UserId::new(6).unwrap(), kind: RelationshipKind::Friend }),
        json!({"id": "6", "type": 1, "nickname": null})
    );
    let ack = |mentions| Event::MessageAck {
        channel: channel(),
        message: MessageId::new(9).unwrap(),
        version: 3,
        mentions,
    };
    assert_eq!(
        d(ack(Some(2))),
        json!({"channel_id": "1000000000000000012", "message_id": "9", "version": 3, "ack_type": 0, "manual": true,
               "mention_count": 2, "flags": 0, "last_viewed": null})
    );
    assert!(d(ack(None)).get("manual").is_none());
    assert_eq!(
        d(Event::PinsAck { channel: channel(), at: Timestamp::from_millis(1_700_000_000_000), version: 4 }),
        json!({"channel_id": "1000000000000000012", "timestamp": "2023-11-14T22:13:20.000000+00:00", "version": 4})
    );
    let presence = d(Event::PresenceUpdate { presence: Box::new(presence()), user: carol(), guild: None });
    assert_eq!(
        (&presence["user"]["id"], &presence["status"], &presence["client_status"]),
        (&json!("6"), &json!("idle"), &json!({"web": "idle"}))
    );
    assert_eq!(presence["activities"][0]["created_at"], json!(1_700_000_000_000_i64));
    assert!(presence.get("guild_id").is_none());
    let group = d(Event::ChannelCreate(Box::new(group())));
    assert_eq!(
        (&group["type"], &group["owner_id"], &group["recipients"][0]["id"]),
        (&json!(3), &json!("5"), &json!("6"))
    );
    assert_eq!(d(Event::SessionsReplace(vec![session()]))[0]["session_id"], json!("s1"));
}

#[test]
fn an_update_says_nothing_of_who_reacted() {
    let update =
        render(&Event::MessageUpdate { view: Box::new(view()), channel_type: 1, guild: None }).unwrap();
    let d: Value = serde_json::from_slice(&update.d).unwrap();
    assert!(d.get("reactions").is_none() && d.get("nonce").is_none());
    assert_eq!((&d["content"], &d["channel_type"]), (&json!("hi \"there\" 👍"), &json!(1)));
}

#[test]
fn an_empty_chunk_is_read_and_echoes_the_nonce() {
    let chunk = guild_members_chunk::empty(41_771_983_429_993_937, &[5, 6], Some("n"));
    read_by_libraries(&chunk);
    assert_eq!(
        serde_json::from_slice::<Value>(&chunk.d).unwrap(),
        json!({"guild_id": "41771983429993937", "members": [], "chunk_index": 0, "chunk_count": 1,
               "not_found": ["5", "6"], "nonce": "n"})
    );
}

fn start(account: &Account, shard: Option<(u64, u64)>) -> ready::Start<'_> {
    ready::Start { account, session: "sess1", resume_gateway_url: "ws://127.0.0.1:8080/gateway", shard }
}

#[test]
fn a_bots_ready_is_read_by_twilight_and_serenity() {
    let application = Application {
        id: ApplicationId::new(1_000_000_000_000_000_001).unwrap(),
        owner: UserId::new(6).unwrap(),
        name: "b".into(),
        description: String::new(),
        bot_public: true,
        flags: 1 << 19,
        verify_key: "00".repeat(32),
        tags: vec![],
    };
    let account = account(true);
    let ready = ready::bot(start(&account, Some((0, 1))), &application, &[]);
    read_by_libraries(&ready);
    let d: Value = serde_json::from_slice(&ready.d).unwrap();
    assert_eq!(d["v"], 10);
    for (key, value) in [
        ("private_channels", json!([])),
        ("guilds", json!([])),
        ("shard", json!([0, 1])),
        ("application", json!({"id": "1000000000000000001", "flags": 524_288})),
        ("resume_gateway_url", json!("ws://127.0.0.1:8080/gateway")),
        ("session_id", json!("sess1")),
    ] {
        assert_eq!(d[key], value, "{key}");
    }
    for key in ["id", "username", "discriminator", "avatar", "bot", "mfa_enabled", "flags"] {
        assert!(d["user"].get(key).is_some(), "{key}");
    }
    assert_eq!((&d["user"]["bot"], &d["user"]["email"]), (&json!(true), &Value::Null));

    let text = String::from_utf8(frame::dispatch(ready.name, 1, &ready.d)).unwrap();
    let seed = GatewayEventDeserializer::from_json(&text).unwrap();
    let frame = seed.deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    let TwilightFrame::Dispatch(1, DispatchEvent::Ready(read)) = frame else { panic!("{text}") };
    assert_eq!((read.session_id.as_str(), read.guilds.len()), ("sess1", 0));
}

#[test]
fn resumed_and_the_control_frames_are_read() {
    read_by_libraries(&Rendered { name: "RESUMED", d: frame::RESUMED.as_bytes().to_vec() });
    for text in [frame::HEARTBEAT_ACK, frame::RECONNECT, frame::INVALID_SESSION, &frame::hello(41_250)] {
        let seed = GatewayEventDeserializer::from_json(text).unwrap();
        seed.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap();
        serde_json::from_str::<SerenityFrame>(text).unwrap();
    }
}

#[test]
fn a_persons_ready_has_everything_in_the_shape_that_was_asked_for() {
    let account = account(false);
    let settings = Settings {
        locale: "de".into(),
        custom_status: Some(CustomStatus { text: Some("x".into()), emoji: None, expires: None }),
        ..Settings::default()
    };
    let guild_settings = [GuildSettings {
        mute: Mute { muted: true, until: None, window: Some(-1) },
        channels: vec![ChannelSettings { collapsed: true, ..ChannelSettings::usual(channel()) }],
        ..GuildSettings::default()
    }];
    let (relationships, channels) = ([(relationship(), user(6, "carol"))], [group()]);
    let read_states = [ReadState { channel: channel(), message: MessageId::new(8), mentions: 1 }];
    let (presences, sessions) = ([(presence(), user(6, "carol"))], [session()]);
    let of = |capabilities, shard| {
        let person = ready::Person {
            guilds: &[],
            settings: &settings,
            guild_settings: &guild_settings,
            relationships: &relationships,
            channels: &channels,
            read_states: &read_states,
            presences: &presences,
            sessions: &sessions,
            auth_session_id_hash: "h",
            capabilities,
        };
        serde_json::from_slice::<Value>(&ready::person(start(&account, shard), person).d).unwrap()
    };
    let plain = of(0, None);
    assert!(plain.get("shard").is_none() && plain.get("application").is_none());
    assert_eq!(plain["user"]["locale"], "de");
    assert_eq!(plain["user_settings"]["custom_status"]["text"], "x");
    assert_eq!(plain["relationships"][0]["user"]["username"], "carol");
    assert_eq!(plain["private_channels"][0]["recipients"][0]["id"], "6");
    assert_eq!(
        (&plain["read_state"][0]["last_message_id"], &plain["read_state"][0]["mention_count"]),
        (&json!("8"), &json!(1))
    );
    let notify = &plain["user_guild_settings"][0];
    assert_eq!((&notify["guild_id"], &notify["muted"]), (&json!(null), &json!(true)));
    assert_eq!(notify["mute_config"], json!({ "end_time": null, "selected_time_window": -1 }));
    assert_eq!(notify["channel_overrides"][0]["collapsed"], json!(true));
    assert_eq!(plain["presences"][0]["status"], "idle");
    assert_eq!(plain["sessions"][0]["session_id"], "s1");
    assert_eq!(
        (&plain["auth_session_id_hash"], &plain["notes"], &plain["users"]),
        (&json!("h"), &json!({}), &json!([]))
    );
    let versioned = of(1 << 2 | 1 << 3, Some((0, 1)));
    assert_eq!(versioned["read_state"]["entries"], plain["read_state"]);
    assert_eq!(
        (&versioned["read_state"]["partial"], &versioned["read_state"]["version"]),
        (&json!(false), &json!(0))
    );
    let notify = &versioned["user_guild_settings"];
    assert_eq!((&notify["partial"], &notify["version"]), (&json!(false), &json!(0)));
    assert_eq!(notify["entries"], plain["user_guild_settings"]);
    assert_eq!(versioned["shard"], json!([0, 1]));
}
