//! Op 4: where the client wants to be in voice. Libraries send nulls, and leave flags out.

use model::voice::VoiceFlags;
use serde_json::Value;
use serde_json::value::RawValue;

/// Where a client wants to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VoiceStateUpdate {
    /// In which guild.
    pub guild: Option<u64>,
    /// In which channel; `None` to leave.
    pub channel: Option<u64>,
    /// What it shows of itself.
    pub flags: VoiceFlags,
}

/// Reads it; `None` for what says nothing. A channel that is no id is none that anybody can join: never a wish to leave.
pub fn parse(d: Option<&RawValue>) -> Option<VoiceStateUpdate> {
    let value = super::tree(d)?;
    if !value.is_object() {
        return None;
    }
    let id = |name: &str| match value.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => super::id(value).map(Some),
    };
    let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
    let flags = VoiceFlags { mute: flag("self_mute"), deaf: flag("self_deaf"), video: flag("self_video") };
    Some(VoiceStateUpdate { guild: id("guild_id")?, channel: id("channel_id")?, flags })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<VoiceStateUpdate> {
        parse(Some(&RawValue::from_string(json.to_owned()).unwrap()))
    }

    #[test]
    fn every_librarys_shape_is_read() {
        let joins = r#"{"guild_id":"5","channel_id":6,"self_mute":false,"self_deaf":true,"flags":2}"#;
        let flags = VoiceFlags { mute: false, deaf: true, video: false };
        assert_eq!(read(joins), Some(VoiceStateUpdate { guild: Some(5), channel: Some(6), flags }));
        let leaves = r#"{"guild_id":"5","channel_id":null,"self_mute":null}"#;
        let none = VoiceFlags::default();
        assert_eq!(read(leaves), Some(VoiceStateUpdate { guild: Some(5), channel: None, flags: none }));
        let starts = r#"{"guild_id":null,"channel_id":null,"self_mute":true,"self_video":true}"#;
        let flags = VoiceFlags { mute: true, deaf: false, video: true };
        assert_eq!(read(starts), Some(VoiceStateUpdate { guild: None, channel: None, flags }));
    }

    #[test]
    fn nonsense_is_no_wish_to_leave() {
        for junk in ["null", "7", "[]", r#"{"guild_id":"5","channel_id":"x"}"#, r#"{"guild_id":0}"#] {
            assert_eq!(read(junk), None, "{junk}");
        }
    }
}
