//! Rules for names.

use unicode_normalization::UnicodeNormalization;

/// Why a username is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsernameFault {
    /// Not 2 to 32 characters.
    Length,
    /// A character other than `a-z 0-9 _ .`.
    Characters,
    /// Two dots in a row.
    Dots,
    /// A name that would pass for a part of the system.
    Reserved,
}

/// Discord's "new" usernames: lower-cased first, 2 to 32 of `a-z 0-9 _ .`, no `..`.
///
/// # Errors
/// What is wrong with it.
pub fn username(text: &str) -> Result<String, UsernameFault> {
    let name = text.trim().to_lowercase();
    if !(2..=32).contains(&name.chars().count()) {
        return Err(UsernameFault::Length);
    }
    if !name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.')) {
        return Err(UsernameFault::Characters);
    }
    if name.contains("..") {
        return Err(UsernameFault::Dots);
    }
    if matches!(name.as_str(), "everyone" | "here" | "guildhall" | "system" | "discord" | "clyde" | "me") {
        return Err(UsernameFault::Reserved);
    }
    Ok(name)
}

/// Text that people read as a name or a line: NFC, without control characters and the bidirectional controls that
/// turn a name around, at most four combining marks in a row, white space collapsed and trimmed.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut space = false;
    // What is left out goes first: what stood on either side of it may belong together.
    let kept = text.chars().filter(|c| c.is_whitespace() || !(c.is_control() || is_directional(*c)));
    for c in kept.nfc() {
        if c.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        marks = if unicode_normalization::char::is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > 4 {
            continue;
        }
        if space {
            out.push(' ');
            space = false;
        }
        out.push(c);
    }
    out
}

/// Passwords are compared in NFC, so that one typed on another keyboard is the same.
pub fn password(text: &str) -> String {
    text.nfc().collect()
}

const fn is_directional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_follow_discords_rules() {
        assert_eq!(username("Alice_1.x").as_deref(), Ok("alice_1.x"));
        assert_eq!(username("a"), Err(UsernameFault::Length));
        assert_eq!(username(&"a".repeat(33)), Err(UsernameFault::Length));
        assert_eq!(username("a b"), Err(UsernameFault::Characters));
        assert_eq!(username("é1"), Err(UsernameFault::Characters));
        assert_eq!(username("a..b"), Err(UsernameFault::Dots));
        assert_eq!(username("Everyone"), Err(UsernameFault::Reserved));
    }

    #[test]
    fn lines_lose_controls_and_zalgo() {
        assert_eq!(line("  a\u{202e}b \n c  "), "ab c");
        assert_eq!(line(&format!("e{}", "\u{0316}".repeat(40))).chars().count(), 5);
        assert_eq!(line("\u{202e}\u{200f}"), "");
        // What is left out keeps no accent from its letter: the line would be another one when it is cleaned again.
        assert_eq!(line("e\u{200e}\u{301}"), "\u{e9}");
    }
}
