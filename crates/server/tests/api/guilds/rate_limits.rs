//! Limits of requests: their headers, and what is answered above them.

use super::Place;
use crate::support::config;
use guildhall::config::{Config, Switch};
use reqwest::Response;
use serde_json::{Value, json};

impl Place {
    async fn limited() -> Self {
        Self::with(Config { throttle: Switch::On, ..config() }).await
    }

    async fn raw(&self, method: &str, path: &str, token: Option<&str>, body: Value) -> Response {
        let mut request = self.server.http.request(method.parse().unwrap(), self.server.url(path));
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        if method != "GET" {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_bucket_is_told_on_every_answer_and_the_answer_above_it_is_discords() {
    let place = Place::limited().await;
    let token = Some(place.owner.token.as_str());
    let send = place.there("/messages");
    let mut bucket = None;
    for left in (0..5).rev() {
        let response = place.raw("POST", &send, token, json!({ "content": "x" })).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "x-ratelimit-limit"), Some("5"));
        assert_eq!(header(&response, "x-ratelimit-remaining"), Some(left.to_string().as_str()));
        assert_eq!(header(&response, "x-ratelimit-scope"), Some("user"));
        assert_eq!(header(&response, "x-ratelimit-global"), None);
        for name in ["x-ratelimit-reset", "x-ratelimit-reset-after"] {
            header(&response, name).unwrap().parse::<f64>().unwrap();
        }
        let this = header(&response, "x-ratelimit-bucket").unwrap().to_owned();
        assert_eq!(*bucket.get_or_insert(this.clone()), this);
    }
    let response = place.raw("POST", &send, token, json!({ "content": "x" })).await;
    assert_eq!(response.status(), 429);
    assert!(header(&response, "via").is_some_and(|via| !via.is_empty()));
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    assert_eq!(header(&response, "x-ratelimit-remaining"), Some("0"));
    assert_eq!(header(&response, "x-ratelimit-bucket"), bucket.as_deref());
    assert_eq!(header(&response, "x-ratelimit-global"), None);
    let whole: u64 = header(&response, "retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&whole), "{whole}");
    let body: Value = response.json().await.unwrap();
    assert_eq!((&body["message"], &body["global"]), (&json!("You are being rate limited."), &json!(false)));
    let wait = body["retry_after"].as_f64().unwrap();
    assert!(wait > 0.0 && wait <= 5.0, "{body}");
    // Another channel is counted apart, and nothing was said above the limit.
    let other = place.channel(json!({ "name": "other" })).await;
    let elsewhere =
        place.raw("POST", &format!("/channels/{other}/messages"), token, json!({ "content": "x" })).await;
    assert_eq!((elsewhere.status().as_u16(), header(&elsewhere, "x-ratelimit-remaining")), (200, Some("4")));
    assert_eq!(header(&elsewhere, "x-ratelimit-bucket"), bucket.as_deref(), "the same for every channel");
    assert_eq!(place.get(&send).await.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_webhook_has_a_limit_of_its_own_for_whoever_uses_it() {
    let place = Place::limited().await;
    let made = place.post(&place.there("/webhooks"), json!({ "name": "hook" })).await;
    let path = format!("/webhooks/{}/{}", made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(place.raw("POST", &path, None, json!({ "content": "x" })).await);
    }
    let statuses: Vec<u16> = answers.iter().map(|response| response.status().as_u16()).collect();
    assert_eq!(statuses, [204, 204, 204, 204, 204, 429]);
    assert!(header(&answers[5], "via").is_some());
}

#[tokio::test]
async fn all_requests_of_one_together_have_a_limit_that_says_so() {
    let place = Place::limited().await;
    let token = Some(place.owner.token.as_str());
    let mut refused = None;
    for _ in 0..20 {
        let path = "/voice/regions";
        let some = (0..20).map(|_| place.raw("GET", path, token, json!({})));
        let answers = futures_util::future::join_all(some).await;
        refused = answers.into_iter().find(|response| response.status() == 429);
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.expect("the limit of all requests is reached");
    assert_eq!(header(&refused, "x-ratelimit-global"), Some("true"));
    assert_eq!(header(&refused, "x-ratelimit-scope"), Some("global"));
    assert!(header(&refused, "via").is_some());
    assert_eq!(header(&refused, "x-ratelimit-remaining"), None, "the whole set or nothing");
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["global"], true);
}

#[tokio::test]
async fn with_the_switch_off_nothing_is_counted() {
    let place = Place::new().await;
    let token = Some(place.owner.token.as_str());
    for _ in 0..10 {
        let response = place.raw("POST", &place.there("/messages"), token, json!({ "content": "x" })).await;
        assert_eq!((response.status().as_u16(), header(&response, "x-ratelimit-limit")), (200, None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_was_refused_ten_thousand_times_is_answered_nothing_else() {
    let place = std::sync::Arc::new(Place::limited().await);
    let path = "/users/@me";
    let refusals: Vec<_> = (0..8)
        .map(|_| {
            let place = place.clone();
            tokio::spawn(async move {
                for _ in 0..1_250 {
                    assert_eq!(place.raw("GET", path, Some("dead"), json!({})).await.status(), 401);
                }
            })
        })
        .collect();
    for refusal in refusals {
        refusal.await.unwrap();
    }
    let token = Some(place.owner.token.as_str());
    assert_eq!(place.raw("GET", path, token, json!({})).await.status(), 200, "ten thousand are borne");
    assert_eq!(place.raw("GET", path, Some("dead"), json!({})).await.status(), 401);
    let response = place.raw("GET", path, token, json!({})).await;
    assert_eq!(response.status(), 429);
    assert_eq!(header(&response, "x-ratelimit-global"), Some("true"));
    let whole: u64 = header(&response, "retry-after").unwrap().parse().unwrap();
    // Ten minutes, and at most the step in which so many attempts are counted together.
    assert!((1..=610).contains(&whole), "{whole}");
}
