//! Times and limits, on a gateway whose operator set them low.

use super::resume::typing;
use super::support::{Server, Socket, config};
use gateway::{Gateway, GatewayConfig};
use guildhall::listener;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// A second gateway beside the server's own, over the same world.
async fn beside(server: &Server, config: GatewayConfig) -> (SocketAddr, Gateway) {
    let gateway = Gateway::start(server.running.world.clone(), config);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let app = gateway.routes();
    tokio::spawn(async move {
        listener::serve(listener, app, 1_000, stopping, Duration::from_secs(1)).await;
        drop(stop);
    });
    (address, gateway)
}

async fn online(address: SocketAddr, token: &str) -> (Socket, String) {
    let mut socket = Socket::connect(address, "/gateway").await;
    socket.identify(token, json!({})).await;
    let id = socket.event("READY").await["session_id"].as_str().unwrap().to_owned();
    (socket, id)
}

async fn eventually(what: &str, test: impl Fn() -> bool) {
    let begun = Instant::now();
    while !test() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_identifies_is_closed_and_leaves_nothing() {
    let server = Server::start().await;
    let limits = GatewayConfig { identify_within: Duration::from_millis(300), ..GatewayConfig::default() };
    let limits = GatewayConfig { identify_within_crowded: Duration::from_millis(300), ..limits };
    let (address, gateway) = beside(&server, limits).await;
    let mut sockets = vec![];
    for _ in 0..20 {
        sockets.push(Socket::connect(address, "/gateway").await);
    }
    assert_eq!(gateway.connections(), 20);
    for socket in &mut sockets {
        // Heartbeats do not help.
        socket.send(json!({ "op": 1, "d": null })).await;
        assert_eq!(socket.closed().await, Some(4003));
    }
    drop(sockets);
    eventually("connections are gone", || gateway.connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_sessions_fade_then_end() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let limits = GatewayConfig {
        presence_for: Duration::from_secs(1),
        resumable_for: Duration::from_secs(5),
        ..GatewayConfig::default()
    };
    let (address, gateway) = beside(&server, limits).await;
    let mut watcher = server.online(&alice).await;
    watcher.event("READY").await;
    let (socket, id) = online(address, &bob.token).await;
    assert_eq!(watcher.event("PRESENCE_UPDATE").await["status"], "online");
    let seq = socket.seq.unwrap();
    drop(socket);
    assert_eq!(watcher.event("PRESENCE_UPDATE").await["status"], "offline");
    assert_eq!(gateway.sessions(), 1);
    // It can still be resumed, and is seen again.
    let mut socket = Socket::connect(address, "/gateway").await;
    socket.resume(&bob.token, &id, seq).await;
    socket.event("RESUMED").await;
    assert_eq!(watcher.event("PRESENCE_UPDATE").await["status"], "online");
    drop(socket);
    assert_eq!(watcher.event("PRESENCE_UPDATE").await["status"], "offline");
    eventually("the session ends", || gateway.sessions() == 0).await;
    let mut socket = Socket::connect(address, "/gateway").await;
    socket.resume(&bob.token, &id, seq).await;
    assert_eq!(socket.frame().await["op"], 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_asks_and_never_reads_is_cut() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let limits = GatewayConfig { stalled_for: Duration::from_secs(1), ..GatewayConfig::default() };
    let (address, gateway) = beside(&server, limits).await;
    let (mut socket, id) = online(address, &alice.token).await;
    let begun = Instant::now();
    let nonce = "n".repeat(32);
    let users: Vec<String> = (1..=100).map(|n| (9_000_000_000_000_000_000_u64 + n).to_string()).collect();
    for _ in 0..90 {
        let guilds: Vec<String> = (1..=100).map(|n: u64| n.to_string()).collect();
        socket.send(json!({ "op": 8, "d": { "guild_id": guilds, "user_ids": users, "nonce": nonce } })).await;
    }
    eventually("the socket is cut", || gateway.connections() == 0).await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(!id.is_empty() && gateway.sessions() == 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_memory_is_short_the_oldest_events_go_and_their_sessions_start_anew() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let (address, gateway) =
        beside(&server, GatewayConfig { memory: 100_000, ..GatewayConfig::default() }).await;
    let (socket, id) = online(address, &bob.token).await;
    let (mut watcher, _) = online(address, &alice.token).await;
    let seq = socket.seq.unwrap();
    drop(socket);
    for _ in 0..1_500 {
        typing(&server, &alice, &[&bob]);
    }
    // A reader that keeps up is not touched.
    typing(&server, &bob, &[&alice]);
    watcher.event("TYPING_START").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut socket = Socket::connect(address, "/gateway").await;
    socket.resume(&bob.token, &id, seq).await;
    assert_eq!(socket.frame().await["op"], 9);
    watcher.drain().await;
    assert_eq!(gateway.sessions(), 1);
}

type Stream = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A connection that a trusted proxy hands on for this address, or the status that refuses it.
async fn knock(address: SocketAddr, forwarded_for: &str) -> Result<Stream, u16> {
    use tokio_tungstenite::tungstenite::Error;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;
    let mut request = format!("ws://{address}/gateway").into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", forwarded_for.parse().unwrap());
    match tokio_tungstenite::connect_async(request).await {
        Ok((stream, _)) => Ok(stream),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_and_the_server_take_so_many_connections_and_no_more() {
    use futures_util::{SinkExt, StreamExt};
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let limits = GatewayConfig {
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        waiting_per_address: 3,
        connections: 6,
        ..GatewayConfig::default()
    };
    let (address, gateway) = beside(&server, limits).await;
    let mut kept = vec![];
    for _ in 0..3 {
        kept.push(knock(address, "192.0.2.1").await.unwrap());
    }
    assert_eq!(knock(address, "192.0.2.1").await.err(), Some(429));
    // Who identified does not count any more; others have their own count.
    let identify = json!({ "op": 2, "d": { "token": alice.token, "properties": {} } });
    kept[0].send(tokio_tungstenite::tungstenite::Message::text(identify.to_string())).await.unwrap();
    while !kept[0].next().await.unwrap().unwrap().to_string().contains("READY") {}
    for other in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
        kept.push(knock(address, other).await.unwrap());
    }
    assert_eq!(knock(address, "192.0.2.3").await.err(), Some(503));
    drop(kept);
    eventually("places are given back", || gateway.connections() == 0).await;
    knock(address, "192.0.2.1").await.unwrap();
}

/// On one thread nothing drains the bus while events are published: it loses some, and says so.
#[tokio::test]
async fn a_gap_ends_every_session_and_their_clients_start_anew() {
    let server = Server::with(config()).await;
    let (alice, bob, _) = server.pair().await;
    let mut socket = server.online(&bob).await;
    let id = socket.event("READY").await["session_id"].as_str().unwrap().to_owned();
    let mut idle = server.online(&alice).await;
    idle.event("READY").await;
    for _ in 0..70_000 {
        typing(&server, &alice, &[]);
    }
    assert_eq!(idle.closed().await, Some(4000));
    assert_eq!(socket.closed().await, Some(4000));
    let mut next = server.socket().await;
    next.resume(&bob.token, &id, socket.seq.unwrap()).await;
    assert_eq!(next.frame().await["op"], 9);
    next.send(json!({ "op": 2, "d": { "token": bob.token, "properties": {} } })).await;
    next.event("READY").await;
}
