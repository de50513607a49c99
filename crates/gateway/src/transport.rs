//! How frames travel: as text, or through one compressor that lives as long as the connection (protocol A.7).

use crate::websocket;
use flate2::{Compress, Compression, FlushCompress};
use std::io;
use zstd::stream::raw::{CParameter, Encoder, InBuffer, Operation, OutBuffer};

// Small windows and tables: what a compressor holds is held for every bot, all day. 8 KiB see the last dozen events,
// and with them every key that the next one repeats.
const ZLIB_WINDOW_BITS: u8 = 13;
const ZLIB_LEVEL: u32 = 3;
const ZSTD_WINDOW_LOG: u32 = 14;
const ZSTD_TABLE_LOG: u32 = 12;
const ZSTD_LEVEL: i32 = 1;

/// A connection's way of sending.
pub(crate) enum Transport {
    /// Text frames.
    Plain,
    /// `zlib-stream`: one deflate stream, flushed after each message; binary frames.
    Zlib(Box<Compress>),
    /// `zstd-stream`: one frame that never ends, flushed after each message; binary frames.
    Zstd(Box<Encoder<'static>>),
}

impl Transport {
    /// What the query's `compress` asks for; plain text for what is not known.
    ///
    /// # Errors
    /// A compressor could not be made.
    pub(crate) fn new(compress: Option<&str>) -> io::Result<Self> {
        Ok(match compress {
            Some("zlib-stream") => Self::Zlib(Box::new(Compress::new_with_window_bits(
                Compression::new(ZLIB_LEVEL),
                true,
                ZLIB_WINDOW_BITS,
            ))),
            Some("zstd-stream") => {
                let mut encoder = Encoder::new(ZSTD_LEVEL)?;
                encoder.set_parameter(CParameter::WindowLog(ZSTD_WINDOW_LOG))?;
                encoder.set_parameter(CParameter::HashLog(ZSTD_TABLE_LOG))?;
                encoder.set_parameter(CParameter::ChainLog(ZSTD_TABLE_LOG))?;
                Self::Zstd(Box::new(encoder))
            }
            _ => Self::Plain,
        })
    }

    /// Appends one message, given in parts, as one WebSocket frame.
    ///
    /// # Errors
    /// The compressor failed; the connection is of no further use.
    pub(crate) fn frame(&mut self, out: &mut Vec<u8>, parts: &[&[u8]]) -> io::Result<()> {
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        let mut packed = Vec::new();
        match self {
            Self::Plain => {
                out.reserve(len + 10);
                websocket::header(out, websocket::TEXT, len);
                for part in parts {
                    out.extend_from_slice(part);
                }
                return Ok(());
            }
            Self::Zlib(compress) => {
                packed.reserve(len / 2 + 64);
                for part in parts {
                    deflate(compress, part, &mut packed, FlushCompress::None)?;
                }
                deflate(compress, &[], &mut packed, FlushCompress::Sync)?;
            }
            Self::Zstd(encoder) => {
                packed.reserve(len / 2 + 64);
                for part in parts {
                    zstd_run(encoder, part, &mut packed)?;
                }
                zstd_flush(encoder, &mut packed)?;
            }
        }
        websocket::header(out, websocket::BINARY, packed.len());
        out.extend_from_slice(&packed);
        Ok(())
    }
}

fn deflate(
    compress: &mut Compress,
    mut part: &[u8],
    out: &mut Vec<u8>,
    flush: FlushCompress,
) -> io::Result<()> {
    loop {
        if out.capacity() - out.len() < 64 {
            out.reserve(256);
        }
        let before = compress.total_in();
        compress.compress_vec(part, out, flush).map_err(io::Error::other)?;
        let taken = usize::try_from(compress.total_in() - before).unwrap_or(part.len());
        part = part.get(taken..).unwrap_or_default();
        // A flush is complete only when it left room in the output.
        if part.is_empty() && out.len() < out.capacity() {
            return Ok(());
        }
    }
}

fn zstd_run(encoder: &mut Encoder<'static>, part: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let mut input = InBuffer::around(part);
    while input.pos() < part.len() {
        step(out, |room| encoder.run(&mut input, room).map(|_| ()))?;
    }
    Ok(())
}

fn zstd_flush(encoder: &mut Encoder<'static>, out: &mut Vec<u8>) -> io::Result<()> {
    let mut left = 1;
    while left > 0 {
        step(out, |room| {
            left = encoder.flush(room)?;
            Ok(())
        })?;
    }
    Ok(())
}

/// Lets a step of the compressor append to `out`.
fn step(
    out: &mut Vec<u8>,
    run: impl FnOnce(&mut OutBuffer<'_, Vec<u8>>) -> io::Result<()>,
) -> io::Result<()> {
    out.reserve(256);
    let at = out.len();
    run(&mut OutBuffer::around_pos(out, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Decompress, FlushDecompress};

    /// The payloads of the frames in `bytes`, which must all have this opcode.
    fn payloads(mut bytes: &[u8], opcode: u8) -> Vec<Vec<u8>> {
        let mut all = vec![];
        while !bytes.is_empty() {
            assert_eq!(bytes[0], 0x80 | opcode);
            let (len, head) = match bytes[1] {
                126 => (u16::from_be_bytes([bytes[2], bytes[3]]) as usize, 4),
                127 => (u64::from_be_bytes(bytes[2..10].try_into().unwrap()) as usize, 10),
                n => (n as usize, 2),
            };
            all.push(bytes[head..head + len].to_vec());
            bytes = &bytes[head + len..];
        }
        all
    }

    fn messages() -> Vec<String> {
        let small = |n: u64| {
            format!(r#"{{"t":"MESSAGE_CREATE","s":{n},"op":0,"d":{{"content":"hello {n}","tts":false}}}}"#)
        };
        let mut all: Vec<_> = (0..200).map(small).collect();
        // Larger than the windows, and hardly compressible.
        all.push(
            (0u64..60_000)
                .map(|n| char::from(b'!' + (n.wrapping_mul(6_364_136_223_846_793_005) >> 57) as u8 % 90))
                .collect(),
        );
        all.push(String::new());
        all.extend((0..50).map(small));
        all
    }

    fn sent(transport: &mut Transport) -> Vec<u8> {
        let mut out = vec![];
        for message in messages() {
            let (a, b) = message.as_bytes().split_at(message.len() / 3);
            transport.frame(&mut out, &[a, b]).unwrap();
        }
        out
    }

    #[test]
    fn plain_frames_are_text() {
        let got = payloads(&sent(&mut Transport::new(None).unwrap()), websocket::TEXT);
        assert_eq!(got, messages().into_iter().map(String::into_bytes).collect::<Vec<_>>());
        assert!(matches!(Transport::new(Some("br")).unwrap(), Transport::Plain));
    }

    #[test]
    fn zlib_stream_is_one_stream_flushed_at_every_message() {
        let frames = payloads(&sent(&mut Transport::new(Some("zlib-stream")).unwrap()), websocket::BINARY);
        let mut inflate = Decompress::new(true);
        let mut total = 0;
        for (frame, message) in frames.iter().zip(messages()) {
            // What the libraries look for.
            assert!(frame.ends_with(&[0, 0, 0xff, 0xff]));
            let mut out = Vec::with_capacity(message.len() + 64);
            inflate.decompress_vec(frame, &mut out, FlushDecompress::Sync).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), message);
            total += frame.len();
        }
        assert_eq!(frames.len(), messages().len());
        // Later messages lean on earlier ones.
        assert!(frames[150].len() < messages()[150].len() / 2, "{}", frames[150].len());
        assert!(total > 0);
    }

    #[test]
    fn zstd_stream_is_one_frame_flushed_at_every_message() {
        let frames = payloads(&sent(&mut Transport::new(Some("zstd-stream")).unwrap()), websocket::BINARY);
        let mut decoder = zstd::stream::raw::Decoder::new().unwrap();
        for (frame, message) in frames.iter().zip(messages()) {
            let mut out = Vec::with_capacity(message.len() + 64);
            let mut input = InBuffer::around(frame.as_slice());
            while input.pos() < frame.len() {
                step(&mut out, |room| decoder.run(&mut input, room).map(|_| ())).unwrap();
            }
            while out.len() < message.len() {
                step(&mut out, |room| decoder.run(&mut InBuffer::around(&[]), room).map(|_| ())).unwrap();
            }
            assert_eq!(String::from_utf8(out).unwrap(), message);
        }
        assert!(frames[150].len() < messages()[150].len() / 2, "{}", frames[150].len());
    }
}
