//! Images of guilds, roles, emoji and webhooks: decoded once, within bounds, then stored as they came under a digest.
//! What is not plainly one of four formats, or cannot be decoded, is not taken. Serving one only looks at its first bytes.

mod decode;
mod look;
mod outline;

pub use decode::decode;
pub use look::{Format, Looked, look};

use crate::{Refusal, Result, World};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// The largest icon or avatar, in bytes.
const ICON_BYTES: usize = 10 * 1024 * 1024;
/// The largest emoji, in bytes.
const EMOJI_BYTES: usize = 256 * 1024;

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
    Ok(look(&bytes).map(|found| Image { content_type: found.format.content_type(), bytes }))
}

/// Stores an image that came as a `data:` URI; its hash, which begins with `a_` if it moves.
///
/// # Errors
/// 50046 for what is no image of a known kind, or cannot be decoded; 50138 for one that is too large; `Unavailable` when
/// too many wait to be decoded.
pub(crate) async fn store(world: &World, kind: Kind, id: u64, uri: &str) -> Result<String> {
    let (bytes, looked, hex) = read(uri, kind.most(), |bytes| {
        Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>()
    })
    .await?;
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
    let (bytes, looked, ()) = read(uri, Kind::Emoji.most(), |_| ()).await?;
    let key = Kind::Emoji.key(id, None).ok_or(Refusal::InvalidImage)?;
    world.ports.blobs.put(&key, bytes).await?;
    Ok(looked.moves)
}

/// The image in a `data:` URI of at most so many bytes, and what was made of its bytes where it does not hold up others.
async fn read<T: Send + 'static>(
    uri: &str,
    most: usize,
    also: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Result<(Bytes, Looked, T)> {
    let data = data(uri, most)?.to_owned();
    decode::apart(move || {
        let bytes = STANDARD.decode(data).map_err(|_| Refusal::InvalidImage)?;
        if bytes.len() > most {
            return Err(Refusal::ImageTooLarge.into());
        }
        let looked = decode(&bytes)?;
        let made = also(&bytes);
        Ok((bytes.into(), looked, made))
    })
    .await
}

/// The base64 in a `data:` URI.
fn data(uri: &str, most: usize) -> Result<&str> {
    let rest = uri.strip_prefix("data:").ok_or(Refusal::InvalidImage)?;
    let (head, data) = rest.split_once(',').ok_or(Refusal::InvalidImage)?;
    if !head.ends_with(";base64") {
        return Err(Refusal::InvalidImage.into());
    }
    // Before it is decoded: four characters are three bytes.
    if data.len() / 4 * 3 > most.saturating_add(3) {
        return Err(Refusal::ImageTooLarge.into());
    }
    Ok(data.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn uri(bytes: &[u8]) -> String {
        format!("data:image/png;base64,{}", STANDARD.encode(bytes))
    }

    async fn taken(uri: &str, most: usize) -> Result<Looked> {
        read(uri, most, |_| ()).await.map(|(_, looked, ())| looked)
    }

    #[tokio::test]
    async fn only_images_of_a_bearable_size_are_taken() {
        let png = decode::tests::still(Format::Png, 3, 2);
        let looked = Looked { format: Format::Png, width: 3, height: 2, moves: false };
        assert_eq!(taken(&uri(&png), png.len()).await.unwrap(), looked);
        for bad in [uri(b"<html>"), "x".into(), "data:,x".into(), "data:image/png;base64,====".into()] {
            assert!(matches!(taken(&bad, 1000).await, Err(Error::Refused(Refusal::InvalidImage))), "{bad}");
        }
        for most in [png.len() - 1, png.len() / 2] {
            let refused = taken(&uri(&png), most).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::ImageTooLarge))), "{refused:?}");
        }
    }

    #[test]
    fn no_hash_leads_out_of_its_folder() {
        assert!(Kind::Icon.key(1, Some("../../../../../../../../etc/pas")).is_none());
        assert!(Kind::Icon.key(1, None).is_none());
        assert_eq!(Kind::Icon.key(1, Some(&"a".repeat(32))).unwrap(), format!("icons/1/{}", "a".repeat(32)));
        assert!(Kind::Icon.key(1, Some(&format!("a_{}", "0".repeat(32)))).is_some());
    }
}
