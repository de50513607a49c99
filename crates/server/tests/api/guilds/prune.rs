//! `/guilds/{guild_id}/prune` and `/guilds/{guild_id}/integrations`.

use super::{NEVER, Place, each};
use serde_json::json;

#[tokio::test]
async fn nobody_who_was_here_lately_is_pruned_and_both_rights_are_needed() {
    let place = Place::new().await;
    place.member("bob").await;
    let path = place.path("/prune");
    assert_eq!(place.get(&format!("{path}?days=1")).await, json!({ "pruned": 0 }));
    assert_eq!(place.post(&path, json!({ "days": 1 })).await, json!({ "pruned": 0 }));
    let uncounted = json!({ "days": 1, "compute_prune_count": false });
    assert_eq!(place.post(&path, uncounted).await, json!({ "pruned": null }));
    for bad in ["0", "31"] {
        place.server.get(&place.owner, &format!("{path}?days={bad}")).await.refused(400, 50035);
    }
    let unknown = json!({ "days": 1, "include_roles": [NEVER] });
    place.server.post(&place.owner, &path, unknown).await.refused(404, 10011);
    for permissions in [1 << 1, 1 << 5] {
        let (half, _) = place.moderator(&format!("half{permissions}"), permissions).await;
        place.server.get(&half, &path).await.refused(403, 50013);
        place.server.post(&half, &path, json!({})).await.refused(403, 50013);
    }
}

#[tokio::test]
async fn bots_are_listed_as_integrations_and_go_with_their_own_role() {
    let place = Place::new().await;
    let bot = place.server.bot(&place.owner, "beep").await;
    let path = format!("/oauth2/authorize?client_id={}&scope=bot", bot.id);
    let body = json!({ "authorize": true, "guild_id": place.id, "permissions": "2048" });
    place.post(&path, body).await;
    let list = place.get(&place.path("/integrations")).await;
    assert_eq!((each(&list, "id"), each(&list, "type")), (vec![json!(bot.id)], vec![json!("discord")]));
    assert_eq!(list[0]["application"]["bot"]["id"], json!(bot.id));
    let roles = place.get(&place.path("/roles")).await;
    let own = roles.as_array().unwrap().iter().find(|role| role["managed"] == true).unwrap();
    assert_eq!((&own["tags"]["bot_id"], &own["permissions"]), (&json!(bot.id), &json!("2048")));
    let own = place.path(&format!("/roles/{}", own["id"].as_str().unwrap()));
    place.server.delete(&place.owner, &own).await.refused(403, 50028);
    place.delete(&place.path(&format!("/integrations/{}", bot.id))).await;
    assert_eq!(place.get(&place.path("/integrations")).await, json!([]));
    place.server.get(&place.owner, &own).await.refused(404, 10011);
    let auth = bot.auth();
    place.server.call("GET", &place.path(""), Some(&auth), None).await.refused(404, 10004);
    let again = place.path(&format!("/integrations/{}", bot.id));
    place.server.delete(&place.owner, &again).await.refused(404, 10005);
}
