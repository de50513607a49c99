//! What holds for every route.

use crate::support::Server;
use serde_json::json;

#[tokio::test]
async fn versions_nine_ten_and_none_are_served_and_others_refused() {
    let server = Server::start().await;
    let base = format!("http://{}", server.running.address);
    for version in ["/v10", "/v9", ""] {
        let answer: serde_json::Value = server
            .http
            .get(format!("{base}/api{version}/gateway"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(answer, json!({ "url": format!("ws://{}/gateway", server.running.address) }));
    }
    let other = server.http.get(format!("{base}/api/v6/gateway")).send().await.unwrap();
    assert_eq!(
        (other.status().as_u16(), other.json::<serde_json::Value>().await.unwrap()["code"].as_u64()),
        (400, Some(50041))
    );
}

#[tokio::test]
async fn the_server_describes_its_routes() {
    let server = Server::start().await;
    let url = format!("http://{}/api/openapi.json", server.running.address);
    let answer = server.http.get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let document: serde_json::Value = answer.json().await.unwrap();
    let paths = document["paths"].as_object().unwrap();
    for route in http_api::table() {
        let method = route.method.as_str().to_lowercase();
        assert!(paths[route.path].get(&method).is_some(), "{method} {}", route.path);
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_answered_in_discords_form() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let answer = server.get(&alice, "/no/such/route").await;
    assert_eq!((answer.status, answer.body), (404, json!({ "message": "404: Not Found", "code": 0 })));
    let answer = server.call("DELETE", "/gateway", None, None).await;
    assert_eq!(
        (answer.status, answer.body),
        (405, json!({ "message": "405: Method Not Allowed", "code": 0 }))
    );
}

#[tokio::test]
async fn broken_bodies_are_answered_in_discords_form_and_change_nothing() {
    let server = Server::start().await;
    let (alice, _bob, channel) = server.pair().await;
    let send = async |body: &'static str, kind: &str| {
        let request = server
            .http
            .post(server.url(&format!("/channels/{channel}/messages")))
            .header("authorization", &alice.token)
            .header("content-type", kind)
            .body(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/json");
        (
            response.status().as_u16(),
            response.json::<serde_json::Value>().await.unwrap()["code"].as_u64().unwrap(),
        )
    };
    for broken in ["{", "\"", "{\"content\":\"\\ud800\"}", "[[[[[[[[[[", "nul", "{\"content\":}"] {
        assert_eq!(send(broken, "application/json").await, (400, 50109), "{broken:?}");
    }
    assert_eq!(send("5", "application/json").await, (400, 50035));
    let deep: &'static str = "[".repeat(100_000).leak();
    assert_eq!(send(deep, "application/json").await.0, 400);
    assert_eq!(send("{\"content\":\"\u{0}\"}", "text/plain").await.0, 400);
    assert_eq!(server.get(&alice, &format!("/channels/{channel}/messages")).await.ok(), json!([]));
    let huge = server
        .http
        .post(server.url(&format!("/channels/{channel}/messages")))
        .header("authorization", &alice.token)
        .body("x".repeat(300_000))
        .send()
        .await
        .unwrap();
    assert_eq!(huge.status(), 413);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_libraries_need() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for (path, auth) in
        [("/users/@me", Some(&alice.token)), ("/users/@me", None), ("/gateway", None), ("/nothing", None)]
    {
        let mut request = server.http.get(server.url(path)).header("origin", "https://elsewhere.example");
        if let Some(auth) = auth {
            request = request.header("authorization", auth);
        }
        let response = request.send().await.unwrap();
        let headers = response.headers();
        assert_eq!(
            (&headers["content-type"], &headers["via"], &headers["cache-control"]),
            (
                &"application/json".parse().unwrap(),
                &"1.1 guildhall".parse().unwrap(),
                &"no-store".parse().unwrap()
            ),
            "{path}"
        );
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(headers.get("access-control-allow-credentials").is_none());
        assert!(
            headers.get("x-ratelimit-remaining").is_none()
                || headers.get("x-ratelimit-reset-after").is_some()
        );
    }
}

#[tokio::test]
async fn gateway_bot_says_what_libraries_index() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bot = server.bot(&alice, "Helper").await;
    let answer = server.call("GET", "/gateway/bot", Some(&bot.auth()), None).await.ok();
    let limit = &answer["session_start_limit"];
    assert!(
        ["total", "remaining", "reset_after", "max_concurrency"].iter().all(|key| limit[key].is_u64()),
        "{answer}"
    );
    assert_eq!(answer["shards"], 1);
    server.call("GET", "/gateway/bot", None, None).await.refused(401, 0);
}

#[tokio::test]
async fn health_and_readiness_are_told_to_everybody_and_metrics_to_this_machine() {
    let server = Server::start().await;
    let base = format!("http://{}", server.running.address);
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(server.http.get(format!("{base}{path}")).send().await.unwrap().status(), 200, "{path}");
    }
    let instance = server.call("GET", "/guildhall/instance", None, None).await.ok();
    assert_eq!(
        (instance["name"].as_str(), instance["registration"].as_str()),
        (Some("Guildhall"), Some("open"))
    );
}

#[test]
#[should_panic(expected = "answered what is not documented")]
fn an_answer_that_is_not_documented_would_be_noticed() {
    crate::support::documented::check("GET", "/gateway", 200, &json!({ "url": 5 }));
}
