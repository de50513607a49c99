//! What stands around the pixels: whether an image is all there, and whether what it holds agrees with its first bytes.
//! Decoders forgive more than that, and give memory to what an inner header says before they compare it with the outer one.

use super::look::{be16, be32, le};
use super::{Format, Looked};
use crate::Refusal;

/// The most frames of an image that moves.
pub(super) const FRAMES: usize = 300;

/// The most scans of a JPEG. Encoders make about ten. Each goes over all pixels and costs the sender thirty bytes.
const SCANS: usize = 64;

/// Walks over an image's blocks.
///
/// # Errors
/// [`Refusal::InvalidImage`] for one that is cut off or contradicts itself; [`Refusal::ImageTooLarge`] for more frames or
/// scans than anybody needs.
pub(super) fn check(bytes: &[u8], looked: Looked) -> Result<(), Refusal> {
    match looked.format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        Format::WebP => webp(bytes, looked),
        // Its decoder reads block after block, and asks our limits about each frame.
        Format::Gif => Ok(()),
    }
}

/// Every chunk up to the one that ends it. An animation's frames are counted here, because its decoder believes what it
/// says about them, and other decoders need not.
fn png(bytes: &[u8]) -> Result<(), Refusal> {
    let (mut at, mut frames) = (8_usize, 0_usize);
    loop {
        let length = be32(bytes, at).ok_or(Refusal::InvalidImage)? as usize;
        let name = bytes.get(at.saturating_add(4)..at.saturating_add(8)).ok_or(Refusal::InvalidImage)?;
        let end = at.saturating_add(12).saturating_add(length);
        if end > bytes.len() {
            return Err(Refusal::InvalidImage);
        }
        match name {
            b"IEND" => return Ok(()),
            b"fcTL" if frames == FRAMES => return Err(Refusal::ImageTooLarge),
            b"fcTL" => frames = frames.saturating_add(1),
            _ => {}
        }
        at = end;
    }
}

/// Every segment, and what is between those that begin scans, up to the marker that ends it.
fn jpeg(bytes: &[u8]) -> Result<(), Refusal> {
    let (mut at, mut scans, mut headers) = (2_usize, 0_usize, 0_usize);
    loop {
        // Between segments decoders skip anything; in a scan, an 0xff that is data is followed by a zero.
        let rest = bytes.get(at..).ok_or(Refusal::InvalidImage)?;
        let found = rest
            .array_windows()
            .position(|&[first, second]| first == 0xff && !matches!(second, 0 | 1 | 0xd0..=0xd8 | 0xff));
        at = at.saturating_add(found.ok_or(Refusal::InvalidImage)?);
        match bytes.get(at.saturating_add(1)).ok_or(Refusal::InvalidImage)? {
            0xd9 if scans > 0 => return Ok(()),
            0xd9 => return Err(Refusal::InvalidImage),
            0xda if scans == SCANS => return Err(Refusal::ImageTooLarge),
            0xda => scans = scans.saturating_add(1),
            // A second one would say another size.
            0xc0..=0xcf if headers > 0 && is_frame(bytes, at) => return Err(Refusal::InvalidImage),
            0xc0..=0xcf if is_frame(bytes, at) => headers = headers.saturating_add(1),
            _ => {}
        }
        let length = be16(bytes, at.saturating_add(2)).ok_or(Refusal::InvalidImage)?;
        at = at.saturating_add(2).saturating_add(length as usize);
    }
}

fn is_frame(bytes: &[u8], at: usize) -> bool {
    bytes.get(at.saturating_add(1)).is_some_and(|marker| !matches!(marker, 0xc4 | 0xc8 | 0xcc))
}

/// Every chunk that the file announces, and those within frames.
fn webp(bytes: &[u8], looked: Looked) -> Result<(), Refusal> {
    let length = le(bytes, 4, 4).ok_or(Refusal::InvalidImage)? as usize;
    let whole = bytes.get(..length.saturating_add(8)).ok_or(Refusal::InvalidImage)?;
    let mut frames = 0_usize;
    for chunk in Chunks::of(whole, 12) {
        let (name, body) = chunk?;
        match name {
            b"VP8 " => fits(body, looked)?,
            b"ANMF" if frames == FRAMES => return Err(Refusal::ImageTooLarge),
            b"ANMF" => {
                frames = frames.saturating_add(1);
                for chunk in Chunks::of(body, 16) {
                    let (name, body) = chunk?;
                    if name == b"VP8 " {
                        fits(body, looked)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a lossy picture is as large as it may be: its decoder gives it memory before it compares.
fn fits(body: &[u8], looked: Looked) -> Result<(), Refusal> {
    let (width, height) = le(body, 6, 2).zip(le(body, 8, 2)).ok_or(Refusal::InvalidImage)?;
    let fits = width & 0x3fff <= looked.width && height & 0x3fff <= looked.height;
    if fits { Ok(()) } else { Err(Refusal::InvalidImage) }
}

/// The chunks of a RIFF file, or of one of its chunks.
struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Chunks<'a> {
    fn of(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let start = self.at.saturating_add(8);
        let chunk = le(self.bytes, self.at.saturating_add(4), 4).and_then(|length| {
            let end = start.saturating_add(length as usize);
            // Chunks stand on even places; the last one's filler is sometimes left out.
            let next = end.saturating_add(length as usize & 1);
            Some((next, self.bytes.get(self.at..self.at.saturating_add(4))?, self.bytes.get(start..end)?))
        });
        match chunk {
            Some((next, name, body)) => {
                self.at = next;
                Some(Ok((name, body)))
            }
            None => {
                self.at = self.bytes.len();
                Some(Err(Refusal::InvalidImage))
            }
        }
    }
}
