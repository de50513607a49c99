//! What is rendered fits Discord's published schema. `discord-schemas.json` holds the schemas of the answers that are
//! tested here, with those that they refer to and without descriptions, from the OpenAPI file of
//! `discord/discord-api-spec` (July 2026).

use crate::objects::{account, application, dm, group, message, rich, shown, user};
use model::Timestamp;
use serde_json::{Value, json};
use wire::error::{ErrorBody, RateLimitBody};

pub(crate) fn fits(schema: &str, instance: &Value) {
    let mut root: Value = serde_json::from_str(include_str!("discord-schemas.json")).unwrap();
    root["$ref"] = json!(format!("#/components/schemas/{schema}"));
    let validator = jsonschema::validator_for(&root).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(instance).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{schema}: {faults:#?}\n{instance:#}");
}

#[test]
fn users_fit() {
    fits("UserResponse", &shown(wire::user::render(&user(1, false))));
    fits("UserResponse", &shown(wire::user::render(&user(2, true))));
    fits("UserPIIResponse", &shown(wire::user::own(&account(user(1, false)))));
}

#[test]
fn messages_fit() {
    let mut gone = rich();
    gone.referenced = Some(None);
    for view in [message(1), rich(), gone] {
        fits("MessageResponse", &shown(wire::message::render(&view)));
    }
    let pins = [(Timestamp::from_millis(5), rich())];
    fits("PinnedMessagesResponse", &shown(wire::message::pins(&pins, true)));
}

#[test]
fn channels_fit() {
    fits("PrivateChannelResponse", &shown(wire::channel::render(&dm())));
    fits("PrivateGroupChannelResponse", &shown(wire::channel::render(&group())));
}

#[test]
fn applications_fit() {
    let (application, owner, bot) = (application(), user(1, false), user(2, true));
    fits("PrivateApplicationResponse", &shown(wire::application::render(&application, &owner, &bot)));
}

#[test]
fn errors_fit() {
    // The schema calls the codes inside `errors` integers. Discord sends words, its guide shows words, and libraries
    // read words: there the schema is wrong.
    fits("ErrorResponse", &shown(ErrorBody { message: "Unknown Channel", code: 10003, errors: None }));
    fits("RatelimitedResponse", &shown(RateLimitBody::route(1.5)));
}

#[test]
fn small_answers_fit() {
    let url = "ws://127.0.0.1:8080/gateway";
    fits("GatewayResponse", &shown(wire::gateway_url::Gateway { url }));
    let session_start_limit = wire::gateway_url::SessionStartLimit {
        total: 1000,
        remaining: 1000,
        reset_after: 0,
        max_concurrency: 1,
    };
    fits("GatewayBotResponse", &shown(wire::gateway_url::GatewayBot { url, shards: 1, session_start_limit }));
    for region in &wire::voice::REGIONS {
        fits("VoiceRegionResponse", &shown(region));
    }
    fits("StickerPackCollectionResponse", &shown(wire::sticker::StickerPacks::default()));
}
