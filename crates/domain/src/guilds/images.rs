//! Images of guilds, roles, emoji and webhooks: looked at, then stored under a digest. Nothing of them is decoded but the
//! header, and what is not plainly one of four formats is not taken.

use crate::{Refusal, Result, World};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// The largest icon or avatar, in bytes.
const ICON_BYTES: usize = 10 * 1024 * 1024;
/// The largest emoji, in bytes.
const EMOJI_BYTES: usize = 256 * 1024;
/// The longest side, in pixels: clients decode what they are shown.
const SIDE: u32 = 8192;
/// The most pixels, for the same reason.
const PIXELS: u64 = 16 * 1024 * 1024;

/// What an image is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A guild's icon; the id is the guild's.
    Icon,
    /// A role's icon; the id is the role's.
    RoleIcon,
    /// A webhook's avatar; the id is the webhook's.
    Avatar,
    /// An emoji; the id is its own, and it has no hash.
    Emoji,
}

impl Kind {
    const fn most(self) -> usize {
        match self {
            Self::Emoji | Self::RoleIcon => EMOJI_BYTES,
            Self::Icon | Self::Avatar => ICON_BYTES,
        }
    }

    fn key(self, id: u64, hash: Option<&str>) -> Option<String> {
        let folder = match self {
            Self::Icon => "icons",
            Self::RoleIcon => "role-icons",
            Self::Avatar => "avatars",
            Self::Emoji => return Some(format!("emojis/{id}")),
        };
        let hash = hash?;
        let plain = hash.strip_prefix("a_").unwrap_or(hash);
        let fits = plain.len() == 32 && plain.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| format!("{folder}/{id}/{hash}"))
    }
}

/// An image as it was stored.
#[derive(Debug, Clone)]
pub struct Image {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Bytes,
}

/// An image, for everybody who knows its address.
///
/// # Errors
/// Store errors only.
pub async fn get(world: &World, kind: Kind, id: u64, hash: Option<&str>) -> Result<Option<Image>> {
    let Some(key) = kind.key(id, hash) else { return Ok(None) };
    let Some(bytes) = world.ports.blobs.get(&key).await? else { return Ok(None) };
    Ok(look(&bytes).map(|found| Image { content_type: found.content_type, bytes }))
}

/// Stores an image that came as a `data:` URI; its hash, which begins with `a_` if it moves.
///
/// # Errors
/// 50046 for what is no image of a known kind; 50138 for one that is too large.
pub(crate) async fn store(world: &World, kind: Kind, id: u64, uri: &str) -> Result<String> {
    let (bytes, looked) = decode(uri, kind.most())?;
    let digest = Sha256::digest(&bytes);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let hash = if looked.moves { format!("a_{hex}") } else { hex };
    let key = kind.key(id, Some(&hash)).ok_or(Refusal::InvalidImage)?;
    world.ports.blobs.put(&key, bytes).await?;
    Ok(hash)
}

/// Stores an emoji; whether it moves.
///
/// # Errors
/// As [`store`].
pub(crate) async fn store_emoji(world: &World, id: u64, uri: &str) -> Result<bool> {
    let (bytes, looked) = decode(uri, Kind::Emoji.most())?;
    let key = Kind::Emoji.key(id, None).ok_or(Refusal::InvalidImage)?;
    world.ports.blobs.put(&key, bytes).await?;
    Ok(looked.moves)
}

fn decode(uri: &str, most: usize) -> Result<(Bytes, Looked)> {
    let rest = uri.strip_prefix("data:").ok_or(Refusal::InvalidImage)?;
    let (head, data) = rest.split_once(',').ok_or(Refusal::InvalidImage)?;
    if !head.ends_with(";base64") {
        return Err(Refusal::InvalidImage.into());
    }
    // Before it is decoded: four characters are three bytes.
    if data.len() / 4 * 3 > most.saturating_add(3) {
        return Err(Refusal::ImageTooLarge.into());
    }
    let bytes = STANDARD.decode(data.trim()).map_err(|_| Refusal::InvalidImage)?;
    let looked = look(&bytes).ok_or(Refusal::InvalidImage)?;
    let fits = |side: u32| (1..=SIDE).contains(&side);
    let pixels = u64::from(looked.width) * u64::from(looked.height);
    if bytes.len() > most || !fits(looked.width) || !fits(looked.height) || pixels > PIXELS {
        return Err(Refusal::ImageTooLarge.into());
    }
    Ok((bytes.into(), looked))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Looked {
    content_type: &'static str,
    width: u32,
    height: u32,
    moves: bool,
}

/// What an image says of itself in its first bytes; what a sender claims does not count.
fn look(bytes: &[u8]) -> Option<Looked> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let (width, height) = (be32(bytes, 16)?, be32(bytes, 20)?);
        return (bytes.get(12..16)? == b"IHDR").then_some(Looked {
            content_type: "image/png",
            width,
            height,
            moves: false,
        });
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        let (width, height) = (le(bytes, 6, 2)?, le(bytes, 8, 2)?);
        return Some(Looked { content_type: "image/gif", width, height, moves: true });
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
    Some(Looked { content_type: "image/webp", width, height, moves })
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
            return Some(Looked { content_type: "image/jpeg", width, height, moves: false });
        }
        if length < 2 {
            return None;
        }
        at = at.checked_add(2)?.checked_add(length as usize)?;
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(2)?)?;
    Some(found.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(4)?)?;
    Some(found.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

fn le(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(length)?)?;
    Some(found.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0]);
        bytes
    }

    fn uri(bytes: &[u8]) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn headers_say_what_an_image_is() {
        let look = |bytes: &[u8]| look(bytes).map(|l| (l.content_type, l.width, l.height, l.moves));
        assert_eq!(look(&png(128, 64)), Some(("image/png", 128, 64, false)));
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

    #[test]
    fn only_images_of_a_bearable_size_are_taken() {
        assert!(decode(&uri(&png(1, 1)), 1000).is_ok());
        let (flat, huge) = (uri(&png(9000, 1)), uri(&png(8192, 8192)));
        for bad in [uri(&png(0, 1)), flat, huge, uri(b"<html>"), "x".into(), "data:,x".into()] {
            assert!(decode(&bad, 1000).is_err(), "{bad}");
        }
        let mut large = png(1, 1);
        large.resize(2000, 0);
        assert!(matches!(decode(&uri(&large), 1000), Err(crate::Error::Refused(Refusal::ImageTooLarge))));
    }

    #[test]
    fn no_hash_leads_out_of_its_folder() {
        assert!(Kind::Icon.key(1, Some("../../../../../../../../etc/pas")).is_none());
        assert!(Kind::Icon.key(1, None).is_none());
        assert_eq!(Kind::Icon.key(1, Some(&"a".repeat(32))).unwrap(), format!("icons/1/{}", "a".repeat(32)));
        assert!(Kind::Icon.key(1, Some(&format!("a_{}", "0".repeat(32)))).is_some());
    }
}
