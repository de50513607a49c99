//! No request body, however strange, does more than fail; what fails is reported in Discord's words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Keys that requests know, so that strange values reach typed fields.
const KEYS: [&str; 50] = [
    "content",
    "nonce",
    "enforce_nonce",
    "tts",
    "embeds",
    "embed",
    "allowed_mentions",
    "message_reference",
    "flags",
    "attachments",
    "title",
    "description",
    "url",
    "timestamp",
    "color",
    "footer",
    "image",
    "author",
    "fields",
    "name",
    "value",
    "inline",
    "text",
    "parse",
    "users",
    "replied_user",
    "message_id",
    "channel_id",
    "type",
    "username",
    "global_name",
    "password",
    "recipients",
    "recipient_id",
    "owner",
    "nickname",
    "custom_status",
    "read_states",
    "afk_timeout",
    "count",
    "permissions",
    "permission_overwrites",
    "allow",
    "colors",
    "roles",
    "position",
    "parent_id",
    "max_age",
    "user_ids",
    "communication_disabled_until",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
        "-?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{0,12}Z?".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof![proptest::sample::select(&KEYS[..]).prop_map(str::to_owned), ".{0,6}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Reads it; a fault must name a code and render.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, TestCaseError> {
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(value) => Ok(value),
        Err(error) => {
            let (path, fault) = wire::error::fault(&error);
            prop_assert!(!fault.code.is_empty() && fault.message.len() < 2000, "{fault:?}");
            let mut tree = wire::error::FormTree::default();
            tree.push(&path, fault.code, fault.message);
            let body =
                wire::error::ErrorBody { message: "Invalid Form Body", code: 50035, errors: Some(tree) };
            prop_assert!(serde_json::to_string(&body).unwrap().len() < 16_000);
            Err(TestCaseError::reject("refused"))
        }
    }
}

fn survives<T: DeserializeOwned>(text: &str) -> Result<(), TestCaseError> {
    match read::<T>(text) {
        Err(error @ TestCaseError::Fail(_)) => Err(error),
        _ => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_body_crashes(body in json()) {
        let text = body.to_string();
        survives::<wire::message::MessageCreate>(&text)?;
        survives::<wire::message::MessageEdit>(&text)?;
        survives::<wire::message::MessageIdsRequest>(&text)?;
        survives::<wire::user::MeChange>(&text)?;
        survives::<wire::auth::Register>(&text)?;
        survives::<wire::auth::Login>(&text)?;
        survives::<wire::auth::SessionsLogout>(&text)?;
        survives::<wire::channel::ChannelOpen>(&text)?;
        survives::<wire::guild_channel::ChannelRequest>(&text)?;
        survives::<wire::guild_channel::ChannelPosition>(&text)?;
        survives::<wire::guild_channel::OverwritePut>(&text)?;
        survives::<wire::guild_channel::ThreadCreate>(&text)?;
        survives::<wire::guild::GuildCreate>(&text)?;
        survives::<wire::guild::GuildPatch>(&text)?;
        survives::<wire::role::RoleRequest>(&text)?;
        survives::<wire::role::RolePosition>(&text)?;
        survives::<wire::member::MemberPatch>(&text)?;
        survives::<wire::member::PruneRequest>(&text)?;
        survives::<wire::ban::BanRequest>(&text)?;
        survives::<wire::ban::BulkBanRequest>(&text)?;
        survives::<wire::emoji::EmojiCreate>(&text)?;
        survives::<wire::emoji::EmojiPatch>(&text)?;
        survives::<wire::invite::InviteCreate>(&text)?;
        survives::<wire::webhook::WebhookCreate>(&text)?;
        survives::<wire::webhook::WebhookPatch>(&text)?;
        survives::<wire::message::BulkDelete>(&text)?;
        survives::<wire::oauth2::Authorize>(&text)?;
        survives::<wire::relationship::FriendRequest>(&text)?;
        survives::<wire::relationship::RelationshipPut>(&text)?;
        survives::<wire::relationship::RelationshipPatch>(&text)?;
        survives::<wire::settings::SettingsPatch>(&text)?;
        survives::<wire::profile::ProfilePatch>(&text)?;
        survives::<wire::application::ApplicationCreate>(&text)?;
        survives::<wire::application::ApplicationPatch>(&text)?;
        survives::<wire::read_state::AckRequest>(&text)?;
        survives::<wire::read_state::AckBulkRequest>(&text)?;
    }

    #[test]
    fn embeds_that_are_read_are_rendered(body in json()) {
        if let Ok(embed) = read::<wire::embed::EmbedRequest>(&body.to_string()) {
            let embed = model::embed::Embed::from(embed);
            let shown = serde_json::to_string(&wire::embed::render(&embed)).unwrap();
            // What was rendered reads as the same again.
            let again: wire::embed::EmbedRequest = serde_json::from_str(&shown).unwrap();
            prop_assert_eq!(model::embed::Embed::from(again), embed);
        }
    }

    #[test]
    fn moments_come_back(micros in 0i64..253_402_300_800_000_000) {
        let at = wire::Ts(model::Timestamp::from_micros(micros));
        prop_assert_eq!(wire::Ts::parse(&at.to_string()), Some(at));
    }

    #[test]
    fn no_text_crashes_the_parsers(text in ".{0,80}") {
        let _ = wire::Ts::parse(&text);
        let _ = wire::reaction::from_path(&text);
    }
}
