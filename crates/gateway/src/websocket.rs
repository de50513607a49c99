//! The WebSocket protocol (RFC 6455), server side, as far as a gateway needs it: no extensions, small messages in, whole
//! frames out.
//!
//! Why not a library: an idle session here holds no buffer at all, neither to read nor to write, which is most of what
//! a million idle sessions would otherwise cost; and every limit of `promises.md` (W3 to W5) is one visible line.

use wire::gateway::close::Close;

/// The largest message that a client may send, all fragments together.
pub(crate) const MAX_MESSAGE: usize = 16 * 1024;
/// The most fragments of one message.
const MAX_FRAGMENTS: u8 = 16;
/// The largest payload of a control frame, by the RFC.
const MAX_CONTROL: usize = 125;

const CONTINUATION: u8 = 0;
/// Opcode of text frames.
pub(crate) const TEXT: u8 = 1;
/// Opcode of binary frames.
pub(crate) const BINARY: u8 = 2;
/// Opcode of close frames.
pub(crate) const CLOSE: u8 = 8;
const PING: u8 = 9;
/// Opcode of pongs.
pub(crate) const PONG: u8 = 10;

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// A whole message; text is UTF-8, binary messages may be anything.
    Message(Vec<u8>),
    /// Wants this back in a pong.
    Ping(Vec<u8>),
    /// An answer to nothing.
    Pong,
    /// It closes, with this code if it gave one.
    Close(Option<u16>),
}

/// Turns a client's bytes into messages. Holds no memory between messages.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    inbox: Vec<u8>,
    message: Vec<u8>,
    /// Of a message whose last fragment is still to come: whether it is text.
    open: Option<bool>,
    fragments: u8,
}

/// A frame's first bytes, understood.
struct Header {
    last: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Where the payload begins.
    start: usize,
    len: usize,
}

impl Decoder {
    /// Takes what the socket gave. Bounded by the caller, who asks for all messages before it reads on.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
    }

    /// Gives the memory of what is finished back.
    pub(crate) fn rest(&mut self) {
        if self.inbox.is_empty() {
            self.inbox = Vec::new();
        }
        if self.message.is_empty() {
            self.message = Vec::new();
        }
    }

    /// How many bytes it has room for.
    pub(crate) fn held(&self) -> usize {
        self.inbox.capacity() + self.message.capacity()
    }

    /// The next whole thing, if it has arrived.
    ///
    /// # Errors
    /// How to close: the client breaks the protocol or a limit.
    pub(crate) fn next(&mut self) -> Result<Option<Received>, Close> {
        loop {
            let Some(header) = self.header()? else { return Ok(None) };
            let end = header.start + header.len;
            let Some(payload) = self.inbox.get_mut(header.start..end) else { return Ok(None) };
            for (byte, mask) in payload.iter_mut().zip(header.mask.iter().cycle()) {
                *byte ^= mask;
            }
            let received = match header.opcode {
                PING => Some(Received::Ping(payload.to_vec())),
                PONG => Some(Received::Pong),
                CLOSE => Some(Received::Close(close_code(payload)?)),
                _ => {
                    self.message.extend_from_slice(payload);
                    self.finish(&header)?
                }
            };
            self.inbox.drain(..end);
            if received.is_some() {
                return Ok(received);
            }
        }
    }

    fn header(&self) -> Result<Option<Header>, Close> {
        let [first, second, rest @ ..] = self.inbox.as_slice() else { return Ok(None) };
        let (last, opcode) = (first & 0x80 != 0, first & 0x0f);
        // No extension was agreed on, so no reserved bit may be set; and clients must mask.
        if first & 0x70 != 0 || second & 0x80 == 0 {
            return Err(Close::Protocol);
        }
        let (len, rest) = match (second & 0x7f, rest) {
            (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
            (127, [a, b, c, d, e, f, g, h, rest @ ..]) => {
                (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), rest)
            }
            (126 | 127, _) => return Ok(None),
            (short, rest) => (u64::from(short), rest),
        };
        match opcode {
            CONTINUATION if self.open.is_none() => return Err(Close::Protocol),
            TEXT | BINARY if self.open.is_some() => return Err(Close::Protocol),
            CONTINUATION | TEXT | BINARY => {
                let len = usize::try_from(len).unwrap_or(usize::MAX);
                if self.message.len().saturating_add(len) > MAX_MESSAGE || self.fragments >= MAX_FRAGMENTS {
                    return Err(Close::DecodeError);
                }
            }
            CLOSE | PING | PONG if last && len <= MAX_CONTROL as u64 => {}
            _ => return Err(Close::Protocol),
        }
        let [a, b, c, d, payload @ ..] = rest else { return Ok(None) };
        Ok(Some(Header {
            last,
            opcode,
            mask: [*a, *b, *c, *d],
            start: self.inbox.len() - payload.len(),
            // Checked against far smaller limits above.
            len: usize::try_from(len).unwrap_or(MAX_MESSAGE),
        }))
    }

    /// Ends the message with its last fragment, or waits for more.
    fn finish(&mut self, header: &Header) -> Result<Option<Received>, Close> {
        let text = self.open.unwrap_or(header.opcode == TEXT);
        if !header.last {
            self.open = Some(text);
            self.fragments += 1;
            return Ok(None);
        }
        self.open = None;
        self.fragments = 0;
        let message = std::mem::take(&mut self.message);
        if text && std::str::from_utf8(&message).is_err() {
            return Err(Close::InvalidText);
        }
        Ok(Some(Received::Message(message)))
    }
}

/// The code in a close frame's payload.
fn close_code(payload: &[u8]) -> Result<Option<u16>, Close> {
    match payload {
        [] => Ok(None),
        [a, b, reason @ ..] => {
            let code = u16::from_be_bytes([*a, *b]);
            // 1004 to 1006 and 1015 must never be sent; what nobody defined is no code.
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(Close::Protocol);
            }
            if std::str::from_utf8(reason).is_err() {
                return Err(Close::InvalidText);
            }
            Ok(Some(code))
        }
        [_] => Err(Close::Protocol),
    }
}

/// Appends the header of a whole frame that the server sends.
pub(crate) fn header(out: &mut Vec<u8>, opcode: u8, len: usize) {
    out.push(0x80 | opcode);
    match len {
        0..=125 => out.push(len as u8),
        126..=0xffff => {
            out.push(126);
            out.extend_from_slice(&(len as u16).to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
}

/// Appends a close frame.
pub(crate) fn close(out: &mut Vec<u8>, code: Option<u16>, reason: &str) {
    let Some(code) = code else { return header(out, CLOSE, 0) };
    let reason = reason.get(..MAX_CONTROL - 2).unwrap_or(reason);
    header(out, CLOSE, 2 + reason.len());
    out.extend_from_slice(&code.to_be_bytes());
    out.extend_from_slice(reason.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![first];
        match payload.len() {
            n @ 0..=125 => out.push(0x80 | n as u8),
            n @ 126..=0xffff => {
                out.push(0x80 | 126);
                out.extend((n as u16).to_be_bytes());
            }
            n => {
                out.push(0x80 | 127);
                out.extend((n as u64).to_be_bytes());
            }
        }
        let mask = [1, 2, 3, 4];
        out.extend(mask);
        out.extend(payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
        out
    }

    fn all(bytes: &[u8]) -> Result<Vec<Received>, Close> {
        let mut decoder = Decoder::default();
        decoder.push(bytes);
        let mut got = vec![];
        while let Some(received) = decoder.next()? {
            got.push(received);
        }
        Ok(got)
    }

    #[test]
    fn fragments_and_control_frames_between_them() {
        let bytes =
            [frame(0x01, b"he"), frame(0x89, b"p"), frame(0x00, b""), frame(0x80, b"llo"), frame(0x8a, b"")]
                .concat();
        assert_eq!(
            all(&bytes).unwrap(),
            [Received::Ping(b"p".to_vec()), Received::Message(b"hello".to_vec()), Received::Pong]
        );
        assert_eq!(all(&frame(0x88, &[0x03, 0xe8, b'x'])).unwrap(), [Received::Close(Some(1000))]);
        assert_eq!(all(&frame(0x88, &[])).unwrap(), [Received::Close(None)]);
        // Binary messages need not be UTF-8 here: JSON's reader says so later.
        assert_eq!(all(&frame(0x82, b"\xff")).unwrap(), [Received::Message(b"\xff".to_vec())]);
    }

    #[test]
    fn broken_frames_close() {
        for (bytes, close) in [
            (vec![0x81, 0x01, b'x'], Close::Protocol), // not masked
            (frame(0xc1, b"x"), Close::Protocol),      // a reserved bit
            (frame(0x83, b"x"), Close::Protocol),      // an opcode that nobody defined
            (frame(0x80, b"x"), Close::Protocol),      // a continuation of nothing
            ([frame(0x01, b"x"), frame(0x81, b"y")].concat(), Close::Protocol),
            (frame(0x09, b"x"), Close::Protocol),      // a fragmented ping
            (frame(0x89, &[0; 126]), Close::Protocol), // a large ping
            (frame(0x88, &[3]), Close::Protocol),      // half a code
            (frame(0x88, &[0x03, 0xed]), Close::Protocol), // 1005
            (frame(0x88, &[0xff, 0xff]), Close::Protocol),
            (frame(0x88, &[0x03, 0xe8, 0xff]), Close::InvalidText),
            (frame(0x81, b"\xff"), Close::InvalidText),
            (frame(0x81, &vec![b'x'; MAX_MESSAGE + 1]), Close::DecodeError),
            (vec![0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], Close::DecodeError), // 2^63 bytes, closed before they come
            ([frame(0x01, &vec![b'x'; MAX_MESSAGE]), frame(0x80, b"y")].concat(), Close::DecodeError),
            ([frame(0x01, b""), frame(0x00, b"").repeat(20)].concat(), Close::DecodeError),
        ] {
            assert_eq!(all(&bytes).unwrap_err(), close, "{bytes:?}");
        }
        assert!(all(&frame(0x81, &vec![b'x'; MAX_MESSAGE])).is_ok());
    }

    #[test]
    fn nothing_is_held_between_messages() {
        let mut decoder = Decoder::default();
        decoder.push(&frame(0x81, &[b'x'; 3000]));
        assert!(decoder.next().unwrap().is_some());
        assert!(decoder.next().unwrap().is_none());
        decoder.rest();
        assert_eq!(decoder.held(), 0);
    }

    proptest! {
        #[test]
        fn any_cut_of_the_bytes_gives_the_same_messages(
            messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..8),
            cuts in prop::collection::vec(1usize..40, 1..60),
        ) {
            let bytes: Vec<u8> = messages.iter().flat_map(|m| frame(0x82, m)).collect();
            let (mut decoder, mut got, mut at, mut turn) = (Decoder::default(), vec![], 0, 0);
            while at < bytes.len() {
                let end = (at + cuts[turn % cuts.len()]).min(bytes.len());
                decoder.push(&bytes[at..end]);
                (at, turn) = (end, turn + 1);
                while let Some(received) = decoder.next().unwrap() {
                    got.push(received);
                }
                decoder.rest();
            }
            prop_assert_eq!(got, messages.into_iter().map(Received::Message).collect::<Vec<_>>());
        }

        #[test]
        fn no_bytes_make_it_panic_or_hold_much(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..50)) {
            let mut decoder = Decoder::default();
            'all: for chunk in chunks {
                decoder.push(&chunk);
                loop {
                    match decoder.next() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(_) => break 'all,
                    }
                }
                prop_assert!(decoder.inbox.len() + decoder.message.len() <= 2 * MAX_MESSAGE + 256);
            }
        }
    }
}
