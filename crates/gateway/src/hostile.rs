//! Doors for `crates/hostile`, which hands hostile input to what reads sockets. For nobody else.

use crate::websocket::{Decoder, MAX_MESSAGE, Received};

/// What a client's bytes came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Messages and control frames: an opcode, and what is in it.
    pub received: Vec<(u8, Vec<u8>)>,
    /// The code with which the connection is closed on the client.
    pub close: Option<u16>,
}

/// The longest message.
pub const LONGEST: usize = MAX_MESSAGE;

/// Decodes bytes that arrive in pieces of this length; also the most memory that was held between two pieces.
pub fn websocket(bytes: &[u8], piece: usize) -> (Heard, usize) {
    let (mut decoder, mut heard, mut held) = (Decoder::default(), Heard::default(), 0);
    for piece in bytes.chunks(piece.max(1)) {
        decoder.push(piece);
        loop {
            match decoder.next() {
                Ok(Some(Received::Message(message))) => heard.received.push((1, message)),
                Ok(Some(Received::Ping(text))) => heard.received.push((9, text)),
                Ok(Some(Received::Pong)) => heard.received.push((10, Vec::new())),
                Ok(Some(Received::Close(code))) => {
                    let code = code.map(|code| code.to_be_bytes().to_vec());
                    heard.received.push((8, code.unwrap_or_default()));
                }
                Ok(None) => break,
                Err(close) => {
                    heard.close = Some(close.code());
                    return (heard, held);
                }
            }
        }
        decoder.rest();
        held = held.max(decoder.held());
    }
    (heard, held)
}
