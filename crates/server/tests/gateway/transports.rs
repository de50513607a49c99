//! `zlib-stream` and `zstd-stream`, HELLO included.

use super::support::{PATIENCE, Person, Server};
use flate2::{Decompress, FlushDecompress};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

enum Inflate {
    Zlib(Decompress),
    Zstd(Decoder<'static>),
}

impl Inflate {
    /// One binary message is one whole gateway message.
    fn text(&mut self, frame: &[u8]) -> Value {
        let mut out = vec![0; 1 << 20];
        let len = match self {
            Self::Zlib(zlib) => {
                assert!(frame.ends_with(&[0, 0, 0xff, 0xff]));
                let before = zlib.total_out();
                zlib.decompress(frame, &mut out, FlushDecompress::Sync).unwrap();
                (zlib.total_out() - before) as usize
            }
            Self::Zstd(zstd) => {
                let (mut input, mut output) =
                    (InBuffer::around(frame), OutBuffer::around(out.as_mut_slice()));
                while input.pos() < frame.len() {
                    zstd.run(&mut input, &mut output).unwrap();
                }
                output.pos()
            }
        };
        serde_json::from_slice(&out[..len]).unwrap()
    }
}

async fn talk(compress: &str, mut inflate: Inflate) {
    let server = Server::start().await;
    let (alice, bob, channel): (Person, Person, String) = server.pair().await;
    let url = format!("ws://{}/gateway/?v=10&encoding=json&compress={compress}", server.running.address);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let mut sent = 0;
    let mut got = vec![];
    loop {
        let message = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
        let Message::Binary(bytes) = message else { panic!("{message:?}") };
        let frame = inflate.text(&bytes);
        if frame["op"] == 10 {
            let identify = json!({ "op": 2, "d": { "token": bob.token, "properties": {} } });
            socket.send(Message::binary(identify.to_string())).await.unwrap();
        } else if frame["t"] == "MESSAGE_CREATE" {
            got.push(frame["d"]["content"].as_str().unwrap().to_owned());
        }
        if frame["op"] == 0 && sent < 30 {
            server.say(&alice, &channel, &format!("message {sent} {}", "y".repeat(sent * 60))).await;
            sent += 1;
        }
        if got.len() == 30 {
            break;
        }
    }
    let numbers: Vec<&str> = got.iter().filter_map(|text| text.split(' ').nth(1)).collect();
    assert_eq!(numbers, (0..30).map(|n| n.to_string()).collect::<Vec<_>>());
    socket.send(Message::text(r#"{"op":99}"#)).await.unwrap();
    // Close frames are not compressed.
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.unwrap() {
            Some(Ok(Message::Close(close))) => break assert_eq!(u16::from(close.unwrap().code), 4001),
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zlib_stream() {
    talk("zlib-stream", Inflate::Zlib(Decompress::new(true))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zstd_stream() {
    talk("zstd-stream", Inflate::Zstd(Decoder::new().unwrap())).await;
}
