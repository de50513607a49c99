//! Names, and lines that people read as one.

use model::names::{line, password, username};

/// A name that was accepted is accepted as it is; a line stays as it is when it is cleaned again, has no white space but
/// single spaces and no control characters; a password in NFC stays.
///
/// # Panics
/// It is not so.
pub fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(name) = username(&text) {
        assert!((2..=32).contains(&name.len()) && name.is_ascii(), "{name:?}");
        assert_eq!(username(&name), Ok(name));
    }
    let cleaned = line(&text);
    assert!(!cleaned.contains(char::is_control), "{cleaned:?}");
    assert!(!cleaned.contains("  ") && cleaned.trim() == cleaned, "{cleaned:?}");
    assert_eq!(line(&cleaned), cleaned, "of {text:?}");
    let one = password(&text);
    assert_eq!(password(&one), one);
}
