//! Permissions: decimal strings on the way out (as numbers JavaScript would lose bits), strings or numbers on the way in.

use model::Permissions;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// Permissions as Discord writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Perms(pub Permissions);

impl Serialize for Perms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.bits())
    }
}

impl<'de> Deserialize<'de> for Perms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PermsVisitor;

        impl Visitor<'_> for PermsVisitor {
            type Value = Perms;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("permissions as a string")
            }

            fn visit_u64<E: de::Error>(self, bits: u64) -> Result<Perms, E> {
                Ok(Perms(Permissions::from_bits(bits)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Perms, E> {
                parse(text).ok_or_else(|| {
                    let shown: String = text.chars().take(64).collect();
                    E::custom(crate::error::coded(
                        "NUMBER_TYPE_COERCE",
                        &format!("Value \"{shown}\" is not int."),
                    ))
                })
            }
        }

        deserializer.deserialize_any(PermsVisitor)
    }
}

/// The permissions that decimal digits name.
pub fn parse(text: &str) -> Option<Perms> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok().map(|bits| Perms(Permissions::from_bits(bits)))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_strings_out_and_either_in() {
        let all = Perms(Permissions::from_bits(u64::MAX));
        assert_eq!(serde_json::to_string(&all).unwrap(), "\"18446744073709551615\"");
        for text in ["\"2048\"", "2048"] {
            assert_eq!(
                serde_json::from_str::<Perms>(text).unwrap(),
                Perms(Permissions::SEND_MESSAGES),
                "{text}"
            );
        }
        for bad in
            ["\"\"", "\"-1\"", "\"+1\"", "-1", "1.5", "\"18446744073709551616\"", "null", "true", "\"x\""]
        {
            assert!(serde_json::from_str::<Perms>(bad).is_err(), "{bad}");
        }
    }
}
