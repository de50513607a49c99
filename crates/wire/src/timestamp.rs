//! Moments: `YYYY-MM-DDTHH:MM:SS.ffffff+00:00` on the way out (a `Z` makes twilight reject the event), ISO 8601 with
//! any offset on the way in.

use model::Timestamp;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The first microsecond that four digits cannot name.
const YEAR_10000: i64 = 253_402_300_800_000_000;

/// A moment as Discord writes it, with microseconds and `+00:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ts(pub Timestamp);

impl Ts {
    /// The moment that an ISO 8601 text names; without an offset it is UTC. `None` if it names none, or one outside
    /// the years 1970 to 9999.
    pub fn parse(text: &str) -> Option<Self> {
        // Longer text is no timestamp, whatever it says.
        if text.len() > 64 {
            return None;
        }
        let moment = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
            .ok()?;
        let micros = i64::try_from(moment.unix_timestamp_nanos() / 1000).ok()?;
        // An offset may carry the last day of the calendar beyond it.
        (0..YEAR_10000).contains(&micros).then_some(Self(Timestamp::from_micros(micros)))
    }
}

impl fmt::Display for Ts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Moments that the calendar cannot hold show as the epoch; none of ours are.
        let at = OffsetDateTime::from_unix_timestamp(self.0.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            self.0.micros().rem_euclid(1_000_000),
        )
    }
}

impl Serialize for Ts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TsVisitor;

        impl Visitor<'_> for TsVisitor {
            type Value = Ts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ISO 8601 timestamp")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Ts, E> {
                Ts::parse(text).ok_or_else(|| E::custom(not_a_timestamp(text)))
            }
        }

        deserializer.deserialize_str(TsVisitor)
    }
}

/// The coded message for text that is no timestamp; see [`crate::error::coded`].
pub fn not_a_timestamp(text: &str) -> String {
    let shown: String = text.chars().take(64).collect();
    crate::error::coded("DATE_TIME_TYPE_PARSE", &format!("Could not parse {shown}. Should be ISO8601."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_microseconds_and_an_offset() {
        let at = Ts(Timestamp::from_micros(1_700_000_000_000_042));
        assert_eq!(at.to_string(), "2023-11-14T22:13:20.000042+00:00");
        assert_eq!(Ts(Timestamp::from_micros(0)).to_string(), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(Ts::parse(&at.to_string()), Some(at));
    }

    #[test]
    fn every_spelling_of_a_moment_is_read() {
        let at = Some(Ts(Timestamp::from_millis(1_700_000_000_500)));
        for text in [
            "2023-11-14T22:13:20.500Z",
            "2023-11-14T22:13:20.500+00:00",
            "2023-11-15T00:13:20.5+02:00",
            "2023-11-14T22:13:20.500",
        ] {
            assert_eq!(Ts::parse(text), at, "{text}");
        }
        for bad in ["", "yesterday", "2023-13-01T00:00:00Z", "1900-01-01T00:00:00Z", &"9".repeat(100)] {
            assert_eq!(Ts::parse(bad), None, "{bad}");
        }
        // The calendar ends with the year 9999, wherever one is.
        let last = Ts::parse("9999-12-31T23:59:59.999999Z").unwrap();
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999999+00:00");
        for beyond in ["9999-12-31T23:59:59-00:01", "9999-12-31T23:59:59-23:59"] {
            assert_eq!(Ts::parse(beyond), None, "{beyond}");
        }
    }
}
