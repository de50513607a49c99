//! Reactions.

use crate::sf::Sf;
use model::EmojiId;
use model::reaction::{ReactionEmoji, ReactionTally};
use serde::Serialize;

/// An emoji as reactions show it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EmojiObject<'a> {
    id: Option<Sf<EmojiId>>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
}

/// Shows an emoji.
pub fn emoji(emoji: &ReactionEmoji) -> EmojiObject<'_> {
    match emoji {
        ReactionEmoji::Unicode(text) => EmojiObject { id: None, name: text, animated: None },
        ReactionEmoji::Custom { id, name, animated } => {
            EmojiObject { id: Some(Sf(*id)), name, animated: Some(*animated) }
        }
    }
}

/// An emoji on a message, counted, with all six keys that twilight and serenity need.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ReactionObject<'a> {
    count: u32,
    count_details: CountDetails,
    me: bool,
    me_burst: bool,
    emoji: EmojiObject<'a>,
    burst_colors: [(); 0],
}

#[derive(Debug, Clone, Copy, Serialize)]
struct CountDetails {
    burst: u32,
    normal: u32,
}

/// Shows a tally.
pub fn render(tally: &ReactionTally) -> ReactionObject<'_> {
    ReactionObject {
        count: tally.count,
        count_details: CountDetails { burst: 0, normal: tally.count },
        me: tally.me,
        me_burst: false,
        emoji: emoji(&tally.emoji),
        burst_colors: [],
    }
}

/// What a path segment names, percent-decoded already: `name:id`, `a:name:id` or else Unicode text (whether that is an
/// emoji is for the act to say). `None` if it can be neither.
pub fn from_path(segment: &str) -> Option<ReactionEmoji> {
    // The longest sequences of Unicode 17, families and flags of tags, stay below this.
    if segment.is_empty() || segment.len() > 63 {
        return None;
    }
    if !segment.contains(':') {
        return Some(ReactionEmoji::Unicode(segment.to_owned()));
    }
    let (animated, rest) = segment.strip_prefix("a:").map_or((false, segment), |rest| (true, rest));
    let (name, id) = rest.split_once(':')?;
    let named =
        (2..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !named {
        return None;
    }
    Some(ReactionEmoji::Custom { id: id.parse().ok()?, name: name.to_owned(), animated })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_unicode_and_custom_emoji() {
        assert_eq!(from_path("👍"), Some(ReactionEmoji::Unicode("👍".into())));
        let id = EmojiId::new(41771983429993937).unwrap();
        assert_eq!(
            from_path("LUL:41771983429993937"),
            Some(ReactionEmoji::Custom { id, name: "LUL".into(), animated: false })
        );
        assert_eq!(
            from_path("a:LUL:41771983429993937"),
            Some(ReactionEmoji::Custom { id, name: "LUL".into(), animated: true })
        );
        for bad in ["", "x:1", "LUL:", "LUL:0", ":1", "LUL:1:2", "L L:1", &"👍".repeat(20)] {
            assert_eq!(from_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reaction_has_all_six_keys() {
        let tally = ReactionTally { emoji: ReactionEmoji::Unicode("👍".into()), count: 2, me: true };
        let json = serde_json::to_value(render(&tally)).unwrap();
        serde_json::from_value::<twilight_model::channel::message::Reaction>(json.clone()).unwrap();
        serde_json::from_value::<serenity::all::MessageReaction>(json.clone()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "count": 2, "count_details": {"burst": 0, "normal": 2}, "me": true, "me_burst": false,
                "emoji": {"id": null, "name": "👍"}, "burst_colors": [],
            })
        );
    }
}
