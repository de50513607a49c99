//! The first bytes of an image: enough to serve it, not to take it.

/// What an image says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// What it is.
    pub format: Format,
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether it says that it moves. An animated PNG does not say so here: libraries ask for it as for one that stands still.
    pub moves: bool,
}

/// The formats that every client can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG, also animated.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP, also animated.
    WebP,
}

impl Format {
    /// As HTTP writes it.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}

/// What an image says of itself in its first bytes; `None` for what is none. What a sender claims does not count.
pub fn look(bytes: &[u8]) -> Option<Looked> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let (width, height) = (be32(bytes, 16)?, be32(bytes, 20)?);
        return (bytes.get(12..16)? == b"IHDR").then_some(Looked {
            format: Format::Png,
            width,
            height,
            moves: false,
        });
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        let (width, height) = (le(bytes, 6, 2)?, le(bytes, 8, 2)?);
        return Some(Looked { format: Format::Gif, width, height, moves: true });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        return webp(bytes);
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return jpeg(bytes);
    }
    None
}

fn webp(bytes: &[u8]) -> Option<Looked> {
    let (width, height, moves) = match bytes.get(12..16)? {
        b"VP8X" => {
            let moves = bytes.get(20)? & 0b10 != 0;
            (le(bytes, 24, 3)?.saturating_add(1), le(bytes, 27, 3)?.saturating_add(1), moves)
        }
        b"VP8L" if *bytes.get(20)? == 0x2f => {
            let bits = le(bytes, 21, 4)?;
            ((bits & 0x3fff).saturating_add(1), ((bits >> 14) & 0x3fff).saturating_add(1), false)
        }
        b"VP8 " if bytes.get(23..26)? == [0x9d, 0x01, 0x2a] => {
            (le(bytes, 26, 2)? & 0x3fff, le(bytes, 28, 2)? & 0x3fff, false)
        }
        _ => return None,
    };
    Some(Looked { format: Format::WebP, width, height, moves })
}

/// Walks from segment to segment to the one that says how large it is.
fn jpeg(bytes: &[u8]) -> Option<Looked> {
    let mut at = 2_usize;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at.checked_add(1)?)?;
        if marker == 0xff {
            at = at.checked_add(1)?;
            continue;
        }
        let length = be16(bytes, at.checked_add(2)?)?;
        let frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if frame {
            let (height, width) = (be16(bytes, at.checked_add(5)?)?, be16(bytes, at.checked_add(7)?)?);
            return Some(Looked { format: Format::Jpeg, width, height, moves: false });
        }
        if length < 2 {
            return None;
        }
        at = at.checked_add(2)?.checked_add(length as usize)?;
    }
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(2)?)?;
    Some(found.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(4)?)?;
    Some(found.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

pub(super) fn le(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(length)?)?;
    Some(found.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_what_an_image_is() {
        let look = |bytes: &[u8]| look(bytes).map(|l| (l.format.content_type(), l.width, l.height, l.moves));
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend([0, 0, 0, 128, 0, 0, 0, 64, 8, 6, 0, 0, 0]);
        assert_eq!(look(&png), Some(("image/png", 128, 64, false)));
        assert_eq!(look(b"GIF89a\x10\0\x20\0"), Some(("image/gif", 16, 32, true)));
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 7, 0, 9, 1, 1, 0x11, 0];
        assert_eq!(look(&jpeg), Some(("image/jpeg", 9, 7, false)));
        let mut vp8x = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0".to_vec();
        vp8x.extend([99, 0, 0, 49, 0, 0]);
        assert_eq!(look(&vp8x), Some(("image/webp", 100, 50, true)));
        for none in [&b"<svg/>"[..], b"", b"\x89PNG", b"GIF89a", &[0xff, 0xd8, 0xff], b"RIFF\0\0\0\0WEBP"] {
            assert_eq!(look(none), None);
        }
    }
}
