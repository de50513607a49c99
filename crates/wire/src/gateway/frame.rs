//! Frames as they go out. The key order `t`, `s`, `op`, `d` is a promise: twilight finds the first three by a substring
//! search and loses the event if `d` comes first.

use std::fmt::Write;

/// Op 11.
pub const HEARTBEAT_ACK: &str = r#"{"t":null,"s":null,"op":11,"d":null}"#;
/// Op 7.
pub const RECONNECT: &str = r#"{"t":null,"s":null,"op":7,"d":null}"#;
/// Op 9: identify anew. `d` is a boolean, never null.
pub const INVALID_SESSION: &str = r#"{"t":null,"s":null,"op":9,"d":false}"#;
/// The payload of RESUMED: an object, since null crashes discord.py.
pub const RESUMED: &str = r#"{"_trace":[]}"#;

/// What closes a dispatch's frame.
pub const DISPATCH_END: &[u8] = b"}";

/// Op 10.
pub fn hello(heartbeat_interval_ms: u64) -> String {
    format!(
        r#"{{"t":null,"s":null,"op":10,"d":{{"heartbeat_interval":{heartbeat_interval_ms},"_trace":[]}}}}"#
    )
}

/// What opens a dispatch's frame: everything before `d`'s own bytes, which all receivers share.
#[derive(Debug, Clone, Copy)]
pub struct DispatchStart {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl DispatchStart {
    /// The longest one: the longest event name is 48 bytes, a sequence number at most 20 digits.
    const MAX: usize = 96;

    /// For this event with this sequence number. A name that does not fit is cut; no event's name is that long.
    pub fn new(name: &str, sequence: u64) -> Self {
        let mut start = Self { bytes: [0; Self::MAX], len: 0 };
        let name = name.get(..48).unwrap_or(name);
        // It fits: 31 bytes around a name of 48 and 20 digits at most.
        let _ = write!(start, r#"{{"t":"{name}","s":{sequence},"op":0,"d":"#);
        start
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Write for DispatchStart {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// A whole dispatch.
pub fn dispatch(name: &str, sequence: u64, d: &[u8]) -> Vec<u8> {
    let start = DispatchStart::new(name, sequence);
    [start.as_bytes(), d, DISPATCH_END].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_the_promised_order() {
        let frame = dispatch("MESSAGE_CREATE", 7, br#"{"op":9,"t":"x","s":1}"#);
        assert_eq!(
            String::from_utf8(frame).unwrap(),
            r#"{"t":"MESSAGE_CREATE","s":7,"op":0,"d":{"op":9,"t":"x","s":1}}"#
        );
        for control in [HEARTBEAT_ACK, RECONNECT, INVALID_SESSION, &hello(41_250)] {
            assert!(control.starts_with(r#"{"t":null,"s":null,"op":"#), "{control}");
            serde_json::from_str::<serde_json::Value>(control).unwrap();
        }
    }

    #[test]
    fn the_longest_start_fits() {
        let name = "GUILD_SCHEDULED_EVENT_USER_REMOVE_AND_SOMETHING_";
        let start = DispatchStart::new(name, u64::MAX);
        assert!(start.as_bytes().ends_with(br#""s":18446744073709551615,"op":0,"d":"#));
    }
}
