//! Telling an absent key from an explicit `null`.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "present::nullable")]` on `Option<Option<T>>`: absent is `None`, `null` is
/// `Some(None)`, a value is `Some(Some(value))`.
///
/// # Errors
/// What is wrong with the value.
pub fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// For `#[serde(default, deserialize_with = "present::or_default")]` on `Option<T>`: absent is `None` (leave it as it
/// is), `null` is the default (reset it).
///
/// # Errors
/// What is wrong with the value.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(|value| Some(value.unwrap_or_default()))
}
