//! Snowflakes: JSON strings on the way out, canonical strings or numbers on the way in.

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// An id as Discord writes it: a decimal string. Reads canonical decimal strings and positive integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sf<T>(pub T);

impl<T: fmt::Display> Serialize for Sf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Sf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SfVisitor(PhantomData))
    }
}

/// A list of ids.
#[derive(Debug, Clone, Copy)]
pub struct Sfs<'a, T>(pub &'a [T]);

impl<T: fmt::Display + Copy> Serialize for Sfs<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().copied().map(Sf))
    }
}

struct SfVisitor<T>(PhantomData<T>);

impl<T: FromStr> Visitor<'_> for SfVisitor<T> {
    type Value = Sf<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snowflake")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(Sf).map_err(|_| E::custom(not_a_snowflake(text)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }
}

/// The coded message for text that is no id; see [`crate::error::coded`].
pub fn not_a_snowflake(text: &str) -> String {
    let shown: String = text.chars().take(64).collect();
    crate::error::coded("NUMBER_TYPE_COERCE", &format!("Value \"{shown}\" is not snowflake."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::UserId;

    #[test]
    fn ids_are_strings_out_and_either_in() {
        let id = UserId::new(175_928_847_299_117_063).unwrap();
        assert_eq!(serde_json::to_string(&Sf(id)).unwrap(), "\"175928847299117063\"");
        for text in ["\"175928847299117063\"", "175928847299117063"] {
            assert_eq!(serde_json::from_str::<Sf<UserId>>(text).unwrap(), Sf(id));
        }
        for bad in ["\"0\"", "0", "-1", "1.5", "\"01\"", "\"\"", "null", "[]", "18446744073709551615", "true"]
        {
            assert!(serde_json::from_str::<Sf<UserId>>(bad).is_err(), "{bad}");
        }
    }
}
