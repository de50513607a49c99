//! What decoders promise of hostile input. Each function here takes any bytes and panics when a promise is broken: that
//! what was read prints as it was, that what was refused was refused in words, that nothing grows beyond its bound.
//!
//! The functions live once. `tests/replay.rs` runs them over `fuzz/corpus`, and over inputs that it makes from those
//! seeds; the binaries in `fuzz/fuzz_targets` hand them to cargo-fuzz.

mod bodies;
mod gateway_frames;
mod images;
mod mentions;
mod names;
mod scalars;
mod websocket;

pub use bodies::{FORMS, multipart, rest_bodies};
pub use gateway_frames::gateway_frames;
pub use images::images;
pub use mentions::mentions;
pub use names::names;
pub use scalars::{permissions, snowflakes, timestamps};
pub use websocket::websocket;

use std::time::Duration;

/// Something that reads what strangers send.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its function, its corpus and its binary.
    pub name: &'static str,
    /// Hands it an input.
    pub run: fn(&[u8]),
    /// The longest that an input may take.
    pub within: Duration,
}

const QUICK: Duration = Duration::from_millis(100);

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "gateway_frames", run: gateway_frames, within: QUICK },
    // All forms read each input, twice.
    Target { name: "rest_bodies", run: rest_bodies, within: QUICK },
    Target { name: "multipart", run: multipart, within: QUICK },
    Target { name: "websocket", run: websocket, within: QUICK },
    Target { name: "permissions", run: permissions, within: QUICK },
    Target { name: "snowflakes", run: snowflakes, within: QUICK },
    Target { name: "timestamps", run: timestamps, within: QUICK },
    Target { name: "mentions", run: mentions, within: QUICK },
    Target { name: "names", run: names, within: QUICK },
    // Pixels take their time: decoding ends after two seconds, at the end of a frame.
    Target { name: "images", run: images, within: Duration::from_secs(4) },
];
