//! What a text asks to ping.

use domain::hostile::{asked, clean};
use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;

/// The most `<` of a text that are looked at.
const MOST: usize = 100;

/// What is mentioned stands in the text, is named once, and is bounded in number. What is stored of a text has no NUL and
/// no white space around it, and stays as it is when it is stored again.
///
/// # Panics
/// It is not so.
pub fn mentions(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (users, roles, everyone) = asked(&text);
    assert!(users.len() + roles.len() <= MOST);
    stand_in(&text, &users, &["<@", "<@!"]);
    stand_in(&text, &roles, &["<@&"]);
    assert_eq!(everyone, text.contains("@everyone") || text.contains("@here"));
    // Alone in a text, each is found again.
    for user in &users {
        assert_eq!(asked(&format!("<@{user}>")), (vec![*user], vec![], false));
    }
    for role in &roles {
        assert_eq!(asked(&format!("<@&{role}>")), (vec![], vec![*role], false));
    }
    let stored = clean(&text);
    assert!(!stored.contains('\0') && stored.trim() == stored && stored.len() <= text.len());
    assert_eq!(clean(&stored), stored);
}

fn stand_in<Id: Display + Eq + Hash>(text: &str, ids: &[Id], prefixes: &[&str]) {
    for id in ids {
        let stands = prefixes.iter().any(|prefix| text.contains(&format!("{prefix}{id}>")));
        assert!(stands, "{id} is not in {text:?}");
    }
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "one is named twice");
}
