//! `/guilds/{guild_id}` itself: making, looking, changing, handing over, leaving, deleting; and `/users/@me/guilds`.

use super::{NEVER, Place, each, text};
use crate::expect::same;
use serde_json::json;

#[tokio::test]
async fn a_new_guild_is_whole_and_its_makers() {
    let place = Place::new().await;
    let made = place.post("/guilds", json!({ "name": "  The  other place " })).await;
    assert_eq!((&made["name"], &made["owner_id"]), (&json!("The other place"), &json!(place.owner.id)));
    let guild = place.get(&format!("{}?with_counts=true", place.path(""))).await;
    same(
        &guild,
        &json!({
            "id": place.id, "name": "Place", "owner_id": place.owner.id, "icon": null, "splash": null,
            "discovery_splash": null, "banner": null, "description": null, "vanity_url_code": null,
            "afk_channel_id": null, "system_channel_id": place.channel, "rules_channel_id": null,
            "public_updates_channel_id": null, "safety_alerts_channel_id": null, "application_id": null,
            "widget_channel_id": null, "afk_timeout": 300, "verification_level": 0,
            "default_message_notifications": "<any>", "explicit_content_filter": "<any>", "mfa_level": 0,
            "nsfw_level": 0, "premium_tier": 0, "roles": "<any>", "emojis": [], "stickers": [],
            "features": "<any>", "system_channel_flags": 0, "preferred_locale": "en-US",
            "premium_progress_bar_enabled": false, "premium_subscription_count": 0, "max_members": "<any>",
            "max_video_channel_users": "<any>", "max_stage_video_channel_users": "<any>", "max_presences": null,
            "incidents_data": null, "region": "<any>", "widget_enabled": false, "nsfw": false, "home_header": null,
            "approximate_member_count": 1, "approximate_presence_count": 0,
        }),
    );
    let [everyone] = guild["roles"].as_array().unwrap().as_slice() else { panic!("{guild}") };
    assert_eq!((&everyone["id"], &everyone["position"]), (&json!(place.id), &json!(0)));
    // Categories with a text and a voice channel.
    let channels = place.get(&place.path("/channels")).await;
    let mut kinds: Vec<u64> = each(&channels, "type").iter().map(|kind| kind.as_u64().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [0, 2, 4, 4]);
    // Those who made it are there.
    let mine = place.get("/users/@me/guilds?with_counts=true").await;
    assert_eq!(each(&mine, "name"), ["Place", "The other place"]);
    assert_eq!((&mine[0]["owner"], &mine[0]["approximate_member_count"]), (&json!(true), &json!(1)));
}

#[tokio::test]
async fn settings_change_one_by_one_and_each_is_held_to_its_form() {
    let place = Place::new().await;
    let voice = place.channel(json!({ "name": "voice", "type": 2 })).await;
    let guild = place
        .patch(
            &place.path(""),
            json!({
                "name": "Renamed", "description": "About it", "verification_level": 2,
                "default_message_notifications": 1, "explicit_content_filter": 1, "afk_channel_id": voice,
                "afk_timeout": 900, "rules_channel_id": place.channel, "preferred_locale": "de",
                "system_channel_id": null, "system_channel_flags": 1, "premium_progress_bar_enabled": true,
            }),
        )
        .await;
    for (key, value) in [
        ("name", json!("Renamed")),
        ("description", json!("About it")),
        ("verification_level", json!(2)),
        ("default_message_notifications", json!(1)),
        ("explicit_content_filter", json!(1)),
        ("afk_channel_id", json!(voice)),
        ("afk_timeout", json!(900)),
        ("rules_channel_id", json!(place.channel)),
        ("preferred_locale", json!("de")),
        ("system_channel_id", json!(null)),
        ("system_channel_flags", json!(1)),
        ("premium_progress_bar_enabled", json!(true)),
    ] {
        assert_eq!(guild[key], value, "{key}");
    }
    assert_eq!(place.get(&place.path("")).await, guild);
    for bad in [
        json!({ "name": "x" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "verification_level": 5 }),
        json!({ "afk_timeout": 61 }),
        json!({ "afk_channel_id": place.channel }),
        json!({ "rules_channel_id": NEVER }),
        json!({ "description": "x".repeat(301) }),
    ] {
        let answer = place.server.patch(&place.owner, &place.path(""), bad.clone()).await.refused(400, 50035);
        let key = bad.as_object().unwrap().keys().next().unwrap();
        assert!(answer["errors"].get(key).is_some(), "{key}: {answer}");
    }
    assert_eq!(place.get(&place.path("")).await, guild);
}

#[tokio::test]
async fn a_guild_is_handed_over_to_a_member_and_its_old_owner_may_leave_then() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let carol = place.server.register("carol").await;
    let bot = place.bot("beep").await;
    let leave = format!("/users/@me/guilds/{}", place.id);
    place.server.delete(&place.owner, &leave).await.refused(400, 50055);
    for to in [&carol.id, &bot.id] {
        place
            .server
            .patch(&place.owner, &place.path(""), json!({ "owner_id": to }))
            .await
            .refused(400, 50035);
    }
    place.server.patch(&bob, &place.path(""), json!({ "owner_id": bob.id })).await.refused(403, 50013);
    let guild = place.patch(&place.path(""), json!({ "owner_id": bob.id })).await;
    assert_eq!(guild["owner_id"], json!(bob.id));
    place.server.delete(&place.owner, &place.path("")).await.refused(403, 50013);
    place.delete(&leave).await;
    place.server.get(&place.owner, &place.path("")).await.refused(404, 10004);
    assert_eq!(place.get("/users/@me/guilds").await, json!([]));
    place.server.post(&bob, &place.path("/delete"), json!({})).await.ok();
    place.server.get(&bob, &place.path("")).await.refused(404, 10004);
    place.server.get(&bob, &place.there("")).await.refused(404, 10003);
}

#[tokio::test]
async fn somebodys_guilds_come_in_pages_by_id() {
    let place = Place::new().await;
    let mut ids = vec![place.id.clone()];
    for n in 0..4 {
        let made = place.post("/guilds", json!({ "name": format!("Place {n}") })).await;
        ids.push(text(&made["id"]));
    }
    let page = async |query: &str| each(&place.get(&format!("/users/@me/guilds{query}")).await, "id");
    assert_eq!(page("").await, ids);
    assert_eq!(page("?limit=2").await, ids[..2]);
    assert_eq!(page(&format!("?after={}&limit=2", ids[1])).await, ids[2..4]);
    assert_eq!(page(&format!("?before={}&limit=2", ids[3])).await, ids[1..3]);
    place.server.get(&place.owner, "/users/@me/guilds?limit=201").await.refused(400, 50035);
}

#[tokio::test]
async fn a_preview_shows_a_guild_in_short() {
    let place = Place::new().await;
    place.member("bob").await;
    same(
        &place.get(&place.path("/preview")).await,
        &json!({
            "id": place.id, "name": "Place", "icon": null, "splash": null, "discovery_splash": null, "home_header": null,
            "emojis": [], "features": "<any>", "approximate_member_count": 2, "approximate_presence_count": 0,
            "description": null, "stickers": [],
        }),
    );
}

#[tokio::test]
async fn a_vanity_code_leads_in_and_belongs_to_one_guild() {
    let place = Place::new().await;
    let path = place.path("/vanity-url");
    same(&place.get(&path).await, &json!({ "code": null, "uses": 0 }));
    for bad in ["x", "with space", "ümlaut"] {
        place.server.patch(&place.owner, &path, json!({ "code": bad })).await.refused(400, 50020);
    }
    place.patch(&path, json!({ "code": "Our-Place" })).await;
    let bob = place.server.register("bob").await;
    assert_eq!(place.server.get(&bob, "/invites/our-place").await.ok()["guild"]["id"], json!(place.id));
    place.server.post(&bob, "/invites/our-place", json!({})).await.ok();
    place.server.get(&bob, &place.path("")).await.ok();
    let other = text(&place.post("/guilds", json!({ "name": "Other" })).await["id"]);
    place
        .server
        .patch(&place.owner, &format!("/guilds/{other}/vanity-url"), json!({ "code": "our-place" }))
        .await
        .refused(400, 50020);
    assert_eq!(place.get(&path).await["code"], "our-place");
    assert_eq!(place.get(&place.path("")).await["vanity_url_code"], "our-place");
    place.patch(&path, json!({ "code": null })).await;
    place.server.get(&bob, "/invites/our-place").await.refused(404, 10006);
}

#[tokio::test]
async fn what_is_not_served_answers_as_of_a_guild_without_it() {
    let place = Place::new().await;
    for (path, answer) in [
        ("/stickers", json!([])),
        ("/scheduled-events", json!([])),
        ("/auto-moderation/rules", json!([])),
        ("/soundboard-sounds", json!({ "items": [] })),
        ("/widget", json!({ "enabled": false, "channel_id": null })),
        ("/welcome-screen", json!({ "description": null, "welcome_channels": [] })),
        ("/integrations", json!([])),
        ("/webhooks", json!([])),
        ("/invites", json!([])),
        ("/bans", json!([])),
        ("/emojis", json!([])),
        ("/threads/active", json!({ "threads": [], "members": [], "has_more": false })),
    ] {
        assert_eq!(place.get(&place.path(path)).await, answer, "{path}");
    }
}
