//! Decoding an image within bounds, apart from what others wait for. What comes out is thrown away: that it came out is
//! what counts.

use super::outline::{self, FRAMES};
use super::{Format, Looked, look};
use crate::{Error, Refusal, Result};
use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::error::LimitErrorKind;
use image::{AnimationDecoder, Frames, ImageDecoder, ImageError, Limits};
use std::io::Cursor;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The longest side, in pixels: clients decode what they are shown.
const SIDE: u32 = 8192;
/// The most pixels, for the same reason.
const PIXELS: u64 = 16 * 1024 * 1024;
/// The most memory that decoding one takes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// The longest that a processor works on one; looked at between frames.
const TIME: Duration = Duration::from_secs(2);

/// Where images are decoded.
static ROOM: Room = Room::new();

/// A few threads, and who waits for them.
struct Room {
    slots: Semaphore,
    places: Semaphore,
}

impl Room {
    const fn new() -> Self {
        // Two at once take twice `MEMORY` at worst. Who finds all places taken is told to come back.
        Self { slots: Semaphore::const_new(2), places: Semaphore::const_new(64) }
    }

    async fn run<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.places.try_acquire().map_err(|_| Error::Unavailable)?;
        let slot = self.slots.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
        let done = tokio::task::spawn_blocking(move || {
            // It goes on when nobody waits for it any more, and so does its claim on the memory.
            let _held = (place, slot);
            work()
        })
        .await;
        done.unwrap_or_else(|error| {
            if !error.is_panic() {
                return Err(Error::Unavailable);
            }
            tracing::warn!("a decoder of images panicked");
            Err(Refusal::InvalidImage.into())
        })
    }
}

/// What these bytes say of themselves, if they are an image that can be decoded within bounds: sides, pixels, memory,
/// frames, time. Takes up to seconds, and must not run where others wait.
///
/// # Errors
/// 50046 for what is no whole image of a known kind; 50138 for one that is over a bound.
pub fn decode(bytes: &[u8]) -> Result<Looked> {
    decode_within(bytes, TIME)
}

/// Runs this on a thread of its own, a few at a time. If it panics, as decoders may, the image was none.
///
/// # Errors
/// What the work answers; 50046 if it panicked; `Unavailable` when too many wait.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    ROOM.run(work).await
}

fn decode_within(bytes: &[u8], time: Duration) -> Result<Looked> {
    let looked = look(bytes).ok_or(Refusal::InvalidImage)?;
    let fits = |side: u32| (1..=SIDE).contains(&side);
    let pixels = u64::from(looked.width) * u64::from(looked.height);
    if !fits(looked.width) || !fits(looked.height) || pixels > PIXELS {
        return Err(Refusal::ImageTooLarge.into());
    }
    outline::check(bytes, looked)?;
    let mut limits = Limits::default();
    // No frame may be larger than the whole.
    limits.max_image_width = Some(looked.width);
    limits.max_image_height = Some(looked.height);
    limits.max_alloc = Some(MEMORY);
    let bytes = Cursor::new(bytes);
    match looked.format {
        Format::Png => {
            let decoder = PngDecoder::with_limits(bytes, limits).map_err(refusal)?;
            match decoder.is_apng().map_err(refusal)? {
                true => moving(decoder.apng().map_err(refusal)?.into_frames(), time)?,
                false => still(decoder, looked)?,
            }
        }
        Format::Jpeg => {
            let mut decoder = JpegDecoder::new(bytes).map_err(refusal)?;
            decoder.set_limits(limits).map_err(refusal)?;
            still(decoder, looked)?;
        }
        Format::Gif => {
            let mut decoder = GifDecoder::new(bytes).map_err(refusal)?;
            decoder.set_limits(limits).map_err(refusal)?;
            moving(decoder.into_frames(), time)?;
        }
        Format::WebP => {
            let mut decoder = WebPDecoder::new(bytes).map_err(refusal)?;
            decoder.set_limits(limits).map_err(refusal)?;
            match decoder.has_animation() {
                true => moving(decoder.into_frames(), time)?,
                false => still(decoder, looked)?,
            }
        }
    }
    Ok(looked)
}

fn still(decoder: impl ImageDecoder, looked: Looked) -> Result<()> {
    // A decoder that read another size than we did was not held to our bounds.
    if decoder.dimensions() != (looked.width, looked.height) {
        return Err(Refusal::InvalidImage.into());
    }
    let size = decoder.total_bytes();
    if size > MEMORY {
        return Err(Refusal::ImageTooLarge.into());
    }
    let mut pixels = vec![0; usize::try_from(size).map_err(|_| Refusal::ImageTooLarge)?];
    decoder.read_image(&mut pixels).map_err(refusal)
}

fn moving(frames: Frames<'_>, time: Duration) -> Result<()> {
    let begun = worked();
    let mut seen = 0_usize;
    for frame in frames {
        frame.map_err(refusal)?;
        seen = seen.saturating_add(1);
        if seen > FRAMES || worked().saturating_sub(begun) > time {
            return Err(Refusal::ImageTooLarge.into());
        }
    }
    if seen == 0 { Err(Refusal::InvalidImage.into()) } else { Ok(()) }
}

/// How long this thread has worked: an image is not refused because the machine is busy with other things.
#[cfg(target_os = "linux")]
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(not(target_os = "linux"))]
fn worked() -> Duration {
    static BEGUN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGUN.elapsed()
}

fn refusal(error: ImageError) -> Error {
    match error {
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::InsufficientMemory => {
            Refusal::ImageTooLarge.into()
        }
        _ => Refusal::InvalidImage.into(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{Delay, DynamicImage, Frame, ImageBuffer, ImageFormat, Rgb, Rgba, RgbaImage};

    const ALL: [Format; 4] = [Format::Png, Format::Jpeg, Format::Gif, Format::WebP];

    fn colors(width: u32, height: u32, seed: u32) -> RgbaImage {
        ImageBuffer::from_fn(width, height, |x, y| {
            let mixed = (x * 31 + y * 17 + seed * 101) as u8;
            Rgba([mixed, mixed.wrapping_mul(3), mixed.wrapping_mul(7), 255])
        })
    }

    /// An image that does not move, as an encoder makes it.
    pub(in super::super) fn still(format: Format, width: u32, height: u32) -> Vec<u8> {
        encoded(format, &DynamicImage::ImageRgba8(colors(width, height, 0)))
    }

    fn encoded(format: Format, image: &DynamicImage) -> Vec<u8> {
        let format = match format {
            Format::Png => ImageFormat::Png,
            Format::Jpeg => ImageFormat::Jpeg,
            Format::Gif => ImageFormat::Gif,
            Format::WebP => ImageFormat::WebP,
        };
        let image = match format {
            ImageFormat::Jpeg => DynamicImage::ImageRgb8(image.to_rgb8()),
            _ => image.clone(),
        };
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn gif(width: u32, height: u32, frames: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        let delay = Delay::from_numer_denom_ms(100, 1);
        encoder
            .encode_frames((0..frames).map(|n| Frame::from_parts(colors(width, height, n % 7), 0, 0, delay)))
            .unwrap();
        drop(encoder);
        bytes
    }

    fn png_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut chunk = (body.len() as u32).to_be_bytes().to_vec();
        chunk.extend(name);
        chunk.extend(body);
        let sum = chunk[4..].iter().fold(u32::MAX, |sum, byte| {
            (0..8)
                .fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
        });
        chunk.extend((!sum).to_be_bytes());
        chunk
    }

    /// An animated PNG whose frames are all the same one, which says that it has so many.
    fn apng(width: u32, height: u32, frames: u32, says: u32) -> Vec<u8> {
        let png = still(Format::Png, width, height);
        let data = {
            let at = png.windows(4).position(|name| name == b"IDAT").unwrap();
            let length = u32::from_be_bytes(png[at - 4..at].try_into().unwrap()) as usize;
            png[at + 4..at + 4 + length].to_vec()
        };
        let mut bytes = png[..33].to_vec();
        bytes.extend(png_chunk(b"acTL", &[says.to_be_bytes(), [0; 4]].concat()));
        let mut number = 0_u32;
        let mut next = || {
            number += 1;
            (number - 1).to_be_bytes()
        };
        for frame in 0..frames {
            let sides = [next(), width.to_be_bytes(), height.to_be_bytes(), [0; 4], [0; 4]].concat();
            bytes.extend(png_chunk(b"fcTL", &[sides, vec![0, 1, 0, 10, 0, 0]].concat()));
            match frame {
                0 => bytes.extend(png_chunk(b"IDAT", &data)),
                _ => bytes.extend(png_chunk(b"fdAT", &[next().to_vec(), data.clone()].concat())),
            }
        }
        bytes.extend(png_chunk(b"IEND", &[]));
        bytes
    }

    fn riff(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut chunk = name.to_vec();
        chunk.extend((body.len() as u32).to_le_bytes());
        chunk.extend(body);
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    }

    fn le24(number: u32) -> [u8; 3] {
        let [a, b, c, _] = number.to_le_bytes();
        [a, b, c]
    }

    fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
        riff(b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
    }

    /// An animated WebP whose canvas has these sides, and whose frames are all this chunk.
    fn moving_webp(width: u32, height: u32, frames: usize, chunk: &[u8]) -> Vec<u8> {
        let sides = [le24(width - 1), le24(height - 1)].concat();
        let head = riff(b"VP8X", &[vec![0b1_0010, 0, 0, 0], sides.clone()].concat());
        let place = [vec![0; 6], sides, le24(100).to_vec(), vec![0]].concat();
        let frame = riff(b"ANMF", &[&place, chunk].concat());
        webp(&[vec![head, riff(b"ANIM", &[0; 6])], vec![frame; frames]].concat())
    }

    fn looked(format: Format, width: u32, height: u32, moves: bool) -> Looked {
        Looked { format, width, height, moves }
    }

    fn refused(bytes: &[u8]) -> Option<Refusal> {
        match decode(bytes) {
            Ok(_) => None,
            Err(Error::Refused(refusal)) => Some(refusal),
            Err(error) => panic!("{error}"),
        }
    }

    const INVALID: Option<Refusal> = Some(Refusal::InvalidImage);
    const TOO_LARGE: Option<Refusal> = Some(Refusal::ImageTooLarge);

    #[test]
    fn what_encoders_make_is_taken() {
        for format in ALL {
            let image = decode(&still(format, 30, 20)).unwrap();
            assert_eq!(image, looked(format, 30, 20, format == Format::Gif));
        }
        assert_eq!(decode(&gif(9, 8, 3)).unwrap(), looked(Format::Gif, 9, 8, true));
        assert_eq!(decode(&apng(9, 8, 3, 3)).unwrap(), looked(Format::Png, 9, 8, false));
        let chunk = still(Format::WebP, 9, 8)[12..].to_vec();
        assert_eq!(decode(&moving_webp(9, 8, 3, &chunk)).unwrap(), looked(Format::WebP, 9, 8, true));
        let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_pixel(5, 5, Rgb([1, 2, 60_000]));
        assert!(decode(&encoded(Format::Png, &DynamicImage::ImageRgb16(deep))).is_ok());
    }

    #[test]
    fn what_is_cut_off_anywhere_is_refused() {
        let chunk = still(Format::WebP, 9, 8)[12..].to_vec();
        let moving = [gif(9, 8, 3), apng(9, 8, 3, 3), moving_webp(9, 8, 3, &chunk)];
        for whole in ALL.map(|format| still(format, 9, 8)).into_iter().chain(moving) {
            assert_eq!(refused(&whole), None);
            for length in 0..whole.len() {
                assert_eq!(refused(&whole[..length]), INVALID, "{length} of {whole:02x?}");
            }
        }
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let mut png = still(Format::Png, 9, 8);
        let middle = png.len() / 2;
        png[middle] ^= 0xff;
        assert_eq!(refused(&png), INVALID);
        let mut webp = still(Format::WebP, 9, 8);
        webp.truncate(30);
        webp.resize(60, 0xff);
        webp[4..8].copy_from_slice(&52_u32.to_le_bytes());
        webp[16..20].copy_from_slice(&40_u32.to_le_bytes());
        assert_eq!(refused(&webp), INVALID);
        // A picture without a picture in it.
        assert_eq!(refused(b"GIF89a\x01\0\x01\0\0\0\0;"), INVALID);
        assert_eq!(
            refused(&[0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 7, 0, 9, 1, 1, 0x11, 0, 0xff, 0xd9]),
            INVALID
        );
    }

    #[test]
    fn sides_and_pixels_are_bounded_before_anything_is_decoded() {
        // As large as it may be; the sides say so and nothing else does, so that only the bound can tell them apart.
        for (width, height, want) in [
            (8192, 2048, INVALID),
            (8193, 1, TOO_LARGE),
            (1, 8193, TOO_LARGE),
            (8192, 2049, TOO_LARGE),
            (65_535, 65_535, TOO_LARGE),
            (1, 1 << 31, TOO_LARGE),
            (0, 1, TOO_LARGE),
        ] {
            let mut png = still(Format::Png, 1, 1);
            png[16..20].copy_from_slice(&u32::to_be_bytes(width));
            png[20..24].copy_from_slice(&u32::to_be_bytes(height));
            assert_eq!(refused(&png), want, "{width}x{height}");
        }
        for format in ALL {
            let flat = DynamicImage::ImageRgb8(ImageBuffer::from_pixel(4096, 4096, Rgb([9, 9, 9])));
            // What of a decoder is compiled into this crate is not optimised here, so that its time says nothing.
            let taken = decode_within(&encoded(format, &flat), Duration::MAX);
            assert!(taken.is_ok(), "{format:?}: {taken:?}");
        }
    }

    #[test]
    fn frames_are_bounded() {
        let chunk = still(Format::WebP, 1, 1)[12..].to_vec();
        for (frames, want) in [(300, None), (301, TOO_LARGE), (100_000, TOO_LARGE)] {
            assert_eq!(refused(&gif_of_sides(1, 1, frames as usize)), want, "{frames}");
            assert_eq!(refused(&apng(1, 1, frames, frames)), want, "{frames}");
            assert_eq!(refused(&moving_webp(1, 1, frames as usize, &chunk)), want, "{frames}");
        }
        // Not what it says, but what it holds.
        assert_eq!(refused(&apng(1, 1, 301, 2)), TOO_LARGE);
        assert_eq!(refused(&apng(1, 1, 2, 100_000)), INVALID);
    }

    #[test]
    fn no_frame_is_larger_than_the_whole() {
        let mut bytes = gif(4, 4, 2);
        bytes[6..10].copy_from_slice(&[3, 0, 4, 0]);
        assert_eq!(refused(&bytes), INVALID);
        // What its frames want is a lot: sixteen thousand times sixteen thousand pixels in a canvas of one.
        let huge = [&[0x10, 0, 0, 0x9d, 0x01, 0x2a][..], &[0xff, 0x3f, 0xff, 0x3f], &[0; 20]].concat();
        assert_eq!(refused(&moving_webp(1, 1, 1, &riff(b"VP8 ", &huge))), INVALID);
        let head = riff(b"VP8X", &[0; 10]);
        assert_eq!(refused(&webp(&[head, riff(b"VP8 ", &huge)])), INVALID);
        // The first header says little, the second one much.
        let mut jpeg = still(Format::Jpeg, 9, 8);
        let at = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        let length = 2 + usize::from(jpeg[at + 3]);
        let mut second = jpeg[at..at + length].to_vec();
        second[5..9].copy_from_slice(&[0xff; 4]);
        jpeg.splice(at + length..at + length, second);
        assert_eq!(refused(&jpeg), INVALID);
    }

    #[test]
    fn scans_are_bounded() {
        let jpeg = still(Format::Jpeg, 9, 8);
        let at = jpeg.windows(2).position(|marker| marker == [0xff, 0xda]).unwrap();
        let scans = |more: usize| {
            [jpeg[..at].to_vec(), jpeg[at..jpeg.len() - 2].repeat(more), vec![0xff, 0xd9]].concat()
        };
        assert_eq!(refused(&scans(1)), None);
        assert_ne!(refused(&scans(64)), TOO_LARGE);
        for more in [65, 500] {
            assert_eq!(refused(&scans(more)), TOO_LARGE);
        }
    }

    #[test]
    fn time_is_bounded() {
        for bytes in [gif(9, 8, 2), apng(9, 8, 2, 2)] {
            let refused = decode_within(&bytes, Duration::ZERO);
            assert!(matches!(refused, Err(Error::Refused(Refusal::ImageTooLarge))), "{refused:?}");
        }
        // As many pixels as there may be, again and again: minutes of work.
        let bytes = gif_of_sides(4096, 4096, 300);
        let begun = worked();
        assert_eq!(refused(&bytes), TOO_LARGE);
        let took = worked().saturating_sub(begun);
        assert!(took < Duration::from_secs(10), "{took:?}");
    }

    /// A GIF whose frames say nearly nothing of themselves.
    fn gif_of_sides(width: u32, height: u32, frames: usize) -> Vec<u8> {
        let flat = encoded(Format::Gif, &DynamicImage::new_rgba8(width, height));
        // The encoder's one picture begins behind the header, and the table and the loop that follow it.
        let at = flat.windows(2).position(|block| block == [0x21, 0xf9]).unwrap();
        [&flat[..at], &flat[at..flat.len() - 1].repeat(frames), b";"].concat()
    }

    #[tokio::test]
    async fn a_decoder_that_panics_refuses_and_gives_its_slot_back() {
        static ROOM: Room = Room::new();
        for _ in 0..100 {
            let done: Result<()> = ROOM.run(|| panic!("a decoder")).await;
            assert!(matches!(done, Err(Error::Refused(Refusal::InvalidImage))), "{done:?}");
        }
        assert_eq!(ROOM.run(|| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn few_are_decoded_at_once_and_too_many_are_sent_away() {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicUsize, Ordering};
        static ROOM: Room = Room::new();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (now, most) = (now.clone(), most.clone());
                tokio::spawn(ROOM.run(move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                }))
            })
            .collect();
        let mut away = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => {}
                Err(Error::Unavailable) => away += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert!((36..100).contains(&away), "{away}");
    }
}
