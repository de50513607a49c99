//! Doors for `crates/hostile`, which hands hostile input to what reads texts. For nobody else.

use crate::FormErrors;
use crate::messages::content;
use model::embed::Embed;
use model::{RoleId, UserId};

/// What a text asks to ping when its sender forbids nothing: users, roles, everyone.
pub fn asked(text: &str) -> (Vec<UserId>, Vec<RoleId>, bool) {
    let asked = content::asked(text, None);
    (asked.users, asked.roles, asked.everyone)
}

/// A text as it is stored.
pub fn clean(text: &str) -> String {
    content::clean(text)
}

/// What is wrong with a message.
pub fn faults(text: &str, embeds: &[Embed]) -> FormErrors {
    let mut errors = FormErrors::default();
    content::check_content(&mut errors, text);
    content::check_embeds(&mut errors, embeds);
    errors
}
