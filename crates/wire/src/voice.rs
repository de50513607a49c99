//! Voice regions: bots ask for them at start.

use serde::Serialize;

/// A voice region.
#[derive(Debug, Serialize)]
pub struct VoiceRegion {
    id: &'static str,
    name: &'static str,
    optimal: bool,
    deprecated: bool,
    custom: bool,
}

/// The one region there is: this server.
pub const REGIONS: [VoiceRegion; 1] =
    [VoiceRegion { id: "local", name: "Local", optimal: true, deprecated: false, custom: false }];
