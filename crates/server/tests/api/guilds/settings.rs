//! `/users/@me/guilds/{guild_id}/settings`, and the own order of guilds in `/users/@me/settings`.

use super::{NEVER, Place};
use crate::expect::same;
use serde_json::json;

#[tokio::test]
async fn what_one_is_told_of_changes_field_by_field_and_is_told_to_ones_other_devices() {
    let place = Place::new().await;
    let mut socket = place.server.online(&place.owner).await;
    socket.event("READY").await;
    let path = format!("/users/@me/guilds/{}/settings", place.id);
    let change = json!({
        "muted": true, "mute_config": { "end_time": null, "selected_time_window": -1 }, "message_notifications": 1,
        "suppress_everyone": true,
        "channel_overrides": { &place.channel: { "muted": true, "message_notifications": 2, "collapsed": false } },
    });
    let settings = place.patch(&path, change).await;
    same(
        &settings,
        &json!({
            "guild_id": place.id, "muted": true,
            "mute_config": { "end_time": null, "selected_time_window": -1 }, "message_notifications": 1,
            "suppress_everyone": true, "suppress_roles": false, "mobile_push": true,
            "mute_scheduled_events": false, "notify_highlights": 0, "hide_muted_channels": false, "flags": 0,
            "version": "<any>",
            "channel_overrides": [{
                "channel_id": place.channel, "muted": true, "mute_config": null, "message_notifications": 2,
                "collapsed": false, "flags": 0,
            }],
        }),
    );
    assert_eq!(socket.event("USER_GUILD_SETTINGS_UPDATE").await, settings);
    let other = place.patch(&path, json!({ "muted": false })).await;
    assert_eq!((&other["muted"], &other["suppress_everyone"]), (&json!(false), &json!(true)));
    place.server.patch(&place.owner, &path, json!({ "message_notifications": 9 })).await.refused(400, 50035);
    let stranger = place.server.register("stranger").await;
    place.server.patch(&stranger, &path, json!({ "muted": true })).await.refused(404, 10004);
    let private = place.patch("/users/@me/guilds/@me/settings", json!({ "muted": true })).await;
    assert_eq!((&private["guild_id"], &private["muted"]), (&json!(null), &json!(true)));
    // Several at once: all of them, or none.
    let path = "/users/@me/guilds/settings";
    let both = json!({ "guilds": { &place.id: { "muted": true }, "@me": { "muted": false } } });
    let mut all = place.patch(path, both).await.as_array().unwrap().clone();
    all.sort_by_key(|settings| settings["guild_id"].is_null());
    assert_eq!((&all[0]["guild_id"], &all[0]["muted"]), (&json!(place.id), &json!(true)));
    assert_eq!((&all[1]["guild_id"], &all[1]["muted"]), (&json!(null), &json!(false)));
    let one_is_foreign = json!({ "guilds": { &place.id: { "muted": false }, NEVER: { "muted": true } } });
    place.server.patch(&place.owner, path, one_is_foreign).await.refused(404, 10004);
    let unchanged = place.patch(&format!("/users/@me/guilds/{}/settings", place.id), json!({})).await;
    assert_eq!(unchanged["muted"], json!(true));
    let bad = json!({ "guilds": { "x": { "muted": true } } });
    place.server.patch(&place.owner, path, bad).await.refused(400, 50035);
    let mut again = place.server.online(&place.owner).await;
    let entries = again.event("READY").await["user_guild_settings"].clone();
    assert!(entries.as_array().unwrap().contains(&unchanged), "{entries}");
}

#[tokio::test]
async fn guilds_stand_in_the_order_and_the_folders_that_one_gives_them() {
    let place = Place::new().await;
    let folders = json!([
        { "id": 7, "name": "Mine", "color": 255, "guild_ids": [place.id] },
        { "id": null, "name": null, "color": null, "guild_ids": [NEVER] },
    ]);
    let settings = place.patch("/users/@me/settings", json!({ "guild_folders": folders })).await;
    let kept = settings["guild_folders"].clone();
    assert_eq!(kept[0], folders[0]);
    assert_eq!(place.get("/users/@me/settings").await["guild_folders"], kept);
    // Another setting leaves them alone.
    place.patch("/users/@me/settings", json!({ "theme": "light" })).await;
    assert_eq!(place.get("/users/@me/settings").await["guild_folders"], kept);
}
