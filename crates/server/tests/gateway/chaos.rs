//! Clients that do anything at all: the server answers with codes that exist, and goes on.

use super::support::{Server, Socket};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

/// A small generator, so that a failure can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Codes with which a misbehaving client may be closed.
const CODES: [u16; 10] = [4000, 4001, 4002, 4003, 4004, 4005, 4007, 4008, 1002, 1007];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_sequence_of_opcodes_ends_in_a_known_code() {
    let server = Server::start().await;
    let (alice, _, _) = server.pair().await;
    let mut dice = Dice(7);
    let mut session = "none".to_owned();
    for round in 0..120 {
        let mut socket = server.socket().await;
        for _ in 0..dice.roll(8) {
            let ops = [0, 1, 2, 2, 3, 4, 6, 6, 8, 14, 31, 40, 99];
            let op = ops[dice.roll(ops.len() as u64) as usize];
            let payloads = [
                Value::Null,
                json!({}),
                json!(5),
                json!({ "token": alice.token, "properties": {}, "session_id": session, "seq": dice.roll(5) }),
                json!({ "token": "x", "session_id": 5, "seq": -1 }),
                json!({ "status": "idle", "activities": [{ "name": "x", "type": 0 }], "guild_id": ["1"], "seq": 3 }),
            ];
            let d = payloads[dice.roll(payloads.len() as u64) as usize].clone();
            socket.send_raw(Message::text(json!({ "op": op, "d": d }).to_string())).await;
        }
        // Known to be alive if it answers, known to be right if it closes.
        socket.send_raw(Message::text(r#"{"op":1,"d":null}"#)).await;
        socket.send_raw(Message::text(r#"{"op":77}"#)).await;
        loop {
            let frame = socket.frame().await;
            if let Some(code) = frame.get("close") {
                let code = code.as_u64();
                assert!(code.is_none_or(|code| CODES.contains(&(code as u16))), "round {round}: {code:?}");
                break;
            }
            if frame["t"] == "READY" {
                session = frame["d"]["session_id"].as_str().unwrap().to_owned();
            }
        }
    }
    server.online(&alice).await.event("READY").await;
}

async fn raw(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.running.address).await.unwrap();
    let head = "GET /gateway HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Everything until the server ends the stream.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = vec![];
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all)).await.unwrap();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_bytes_close_with_the_codes_of_the_rfc() {
    let server = Server::start().await;
    for (bytes, code) in [
        (vec![0x81, 0x01, b'x'], 1002u16),
        (vec![0xc1, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        (vec![0x81, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 4002),
        ([vec![0x01, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0].repeat(50)].concat(), 4002),
    ] {
        let mut stream = raw(&server).await;
        stream.write_all(&bytes).await.unwrap();
        let all = rest(&mut stream).await;
        let wanted = code.to_be_bytes();
        // A close frame: opcode, length, code.
        assert!(
            all.windows(4).any(|w| w[0] == 0x88 && w[2..] == wanted),
            "{code}: {}",
            String::from_utf8_lossy(&all)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn byte_by_byte_and_half_open_sockets() {
    let server =
        Server::with(guildhall::config::Config { heartbeat_ms: 300, ..super::support::config() }).await;
    let alice = server.register("alice").await;
    // An IDENTIFY that comes one byte at a time.
    let mut stream = raw(&server).await;
    let identify = json!({ "op": 2, "d": { "token": alice.token, "properties": {} } }).to_string();
    let mut frame = vec![0x81, 0x80 | 126];
    frame.extend((identify.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0, 0]);
    frame.extend(identify.as_bytes());
    for byte in frame {
        stream.write_all(&[byte]).await.unwrap();
    }
    // Then nothing more: it is closed, and its task and its place are gone.
    let all = rest(&mut stream).await;
    let text = String::from_utf8_lossy(&all);
    assert!(text.contains("READY") && text.contains("Unknown error."), "{text}");
    drop(stream);
    // Sockets that end in the middle of a frame, at every place of it.
    for cut in 0..8 {
        let mut stream = raw(&server).await;
        stream.write_all(&[0x81, 0x85, 1, 2, 3, 4, 5, 6][..cut]).await.unwrap();
        drop(stream);
    }
    let mut socket: Socket = server.online(&alice).await;
    socket.event("READY").await;
}
