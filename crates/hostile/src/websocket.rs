//! Bytes on a client's socket.

use gateway::hostile::{LONGEST, websocket as decoded};

/// The most bytes that a control frame carries.
const CONTROL: usize = 125;

/// However the network cuts a client's bytes, they come to the same messages and the same end; no message is too long,
/// and what is held between two pieces is bounded.
///
/// # Panics
/// It is not so.
pub fn websocket(data: &[u8]) {
    let (whole, _) = decoded(data, usize::MAX);
    for piece in [1, 7, 512] {
        let (heard, held) = decoded(data, piece);
        assert_eq!(heard, whole, "in pieces of {piece}");
        // Both buffers grow by doubling.
        assert!(held <= 4 * LONGEST + 4096, "{held} bytes are held");
    }
    for (opcode, content) in &whole.received {
        let most = if *opcode == 1 { LONGEST } else { CONTROL };
        assert!(content.len() <= most, "{} bytes of {opcode}", content.len());
    }
    assert!(whole.close.is_none_or(|code| matches!(code, 1002 | 1007 | 4002)), "{:?}", whole.close);
}
