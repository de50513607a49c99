//! Rules for what a message says, the same for sending and editing.

use super::AllowedMentions;
use crate::FormErrors;
use model::channel::{PrivateKind, PrivateScope};
use model::embed::Embed;
use model::{UserId, limits};

/// How many mentions of a text are looked at.
const MENTIONS: usize = 100;

/// The mentions that a text pings: participants only, so that nobody's name can be read off an id. And whether it
/// pings everyone, which a direct message never does.
pub(super) fn mentions(
    scope: &PrivateScope,
    content: &str,
    allowed: Option<&AllowedMentions>,
) -> (Vec<UserId>, bool) {
    let mut found = Vec::new();
    for id in user_mentions(content).take(MENTIONS) {
        let pings = allowed.is_none_or(|allowed| {
            allowed.parse_users || allowed.users.as_ref().is_some_and(|users| users.contains(&id))
        });
        if pings && scope.participant(id).is_some() && !found.contains(&id) {
            found.push(id);
        }
    }
    let everyone = scope.kind == PrivateKind::Group
        && allowed.is_none_or(|allowed| allowed.parse_everyone)
        && (content.contains("@everyone") || content.contains("@here"));
    (found, everyone)
}

/// The ids in `<@id>` and `<@!id>`.
fn user_mentions(content: &str) -> impl Iterator<Item = UserId> {
    content.split("<@").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('!').unwrap_or(rest);
        rest.split_once('>')?.0.parse().ok()
    })
}

/// Notes what is wrong with a text.
pub(super) fn check_content(errors: &mut FormErrors, content: &str) {
    errors.length("content", content, 0, limits::CONTENT);
}

/// Text as it is stored: without NUL, trimmed of surrounding white space as Discord does.
pub(super) fn clean(content: &str) -> String {
    content.replace('\0', "").trim().to_owned()
}

/// Notes what is wrong with embeds.
pub(super) fn check_embeds(errors: &mut FormErrors, embeds: &[Embed]) {
    if embeds.len() > limits::EMBEDS {
        errors.push(
            "embeds",
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {} or fewer in length.", limits::EMBEDS),
        );
        return;
    }
    for (index, embed) in embeds.iter().enumerate() {
        check_embed(errors, &format!("embeds.{index}"), embed);
    }
    if embeds.iter().map(Embed::text_len).sum::<usize>() > limits::EMBED_TOTAL {
        errors.push(
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
            format!("Embed size exceeds maximum size of {}", limits::EMBED_TOTAL),
        );
    }
}

fn check_embed(errors: &mut FormErrors, path: &str, embed: &Embed) {
    let mut text = |field: &str, text: Option<&str>, max: usize| {
        if let Some(text) = text {
            errors.length(&format!("{path}.{field}"), text, 0, max);
        }
    };
    text("title", embed.title.as_deref(), limits::EMBED_TITLE);
    text("description", embed.description.as_deref(), limits::EMBED_DESCRIPTION);
    text("footer.text", embed.footer.as_ref().map(|f| f.text.as_str()), limits::EMBED_FOOTER);
    text("author.name", embed.author.as_ref().map(|a| a.name.as_str()), limits::EMBED_TITLE);
    for (index, field) in embed.fields.iter().enumerate() {
        text(&format!("fields.{index}.name"), Some(&field.name), limits::EMBED_TITLE);
        text(&format!("fields.{index}.value"), Some(&field.value), limits::EMBED_FIELD_VALUE);
    }
    if embed.fields.len() > limits::EMBED_FIELDS {
        errors.push(
            &format!("{path}.fields"),
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {} or fewer in length.", limits::EMBED_FIELDS),
        );
    }
    for (index, field) in embed.fields.iter().enumerate() {
        for (name, value) in [("name", &field.name), ("value", &field.value)] {
            if value.trim().is_empty() {
                errors.required(&format!("{path}.fields.{index}.{name}"));
            }
        }
    }
    if embed.color.is_some_and(|color| color > 0xff_ffff) {
        errors.push(
            &format!("{path}.color"),
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 16777215.",
        );
    }
    let urls = [
        ("url", embed.url.as_deref()),
        ("image.url", embed.image.as_ref().map(|m| m.url.as_str())),
        ("thumbnail.url", embed.thumbnail.as_ref().map(|m| m.url.as_str())),
        ("author.url", embed.author.as_ref().and_then(|a| a.url.as_deref())),
        ("author.icon_url", embed.author.as_ref().and_then(|a| a.icon_url.as_deref())),
        ("footer.icon_url", embed.footer.as_ref().and_then(|f| f.icon_url.as_deref())),
    ];
    for (field, url) in urls {
        let Some(url) = url else { continue };
        let path = format!("{path}.{field}");
        errors.length(&path, url, 0, limits::URL);
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            errors.push(
                &path,
                "URL_TYPE_INVALID_SCHEME",
                format!(
                    "Scheme \"{}\" is not supported. Scheme must be one of ('http', 'https').",
                    scheme(url)
                ),
            );
        }
    }
    if embed.is_empty() && embed.url.is_none() {
        errors.required(&format!("{path}.description"));
    }
}

fn scheme(url: &str) -> String {
    url.split(':').next().unwrap_or_default().chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ChannelId;
    use model::channel::Participant;

    fn scope(kind: PrivateKind) -> PrivateScope {
        let participant =
            |n| Participant { id: UserId::new(n).unwrap(), open: true, bot: false, bot_owner: None };
        PrivateScope {
            channel: ChannelId::new(9).unwrap(),
            kind,
            owner: None,
            participants: vec![participant(1), participant(2)],
            pair: (None, None),
            version: 0,
        }
    }

    #[test]
    fn only_participants_are_mentioned_and_only_once() {
        let text = "<@1> <@!2> <@2> <@3> <@x> <@ <@1";
        let ids = |list: Vec<UserId>| list.into_iter().map(UserId::get).collect::<Vec<_>>();
        assert_eq!(ids(mentions(&scope(PrivateKind::Dm), text, None).0), [1, 2]);
        let none = AllowedMentions::default();
        assert!(mentions(&scope(PrivateKind::Dm), text, Some(&none)).0.is_empty());
        let some = AllowedMentions { users: Some(vec![UserId::new(2).unwrap()]), ..none };
        assert_eq!(ids(mentions(&scope(PrivateKind::Dm), text, Some(&some)).0), [2]);
    }

    #[test]
    fn everyone_pings_in_groups_only() {
        assert!(mentions(&scope(PrivateKind::Group), "@everyone", None).1);
        assert!(!mentions(&scope(PrivateKind::Dm), "@everyone", None).1);
        assert!(!mentions(&scope(PrivateKind::Group), "@here", Some(&AllowedMentions::default())).1);
    }

    #[test]
    fn embeds_are_held_to_discords_limits() {
        let faults = |embeds: &[Embed]| {
            let mut errors = FormErrors::default();
            check_embeds(&mut errors, embeds);
            errors.0.into_keys().collect::<Vec<_>>()
        };
        let ok = Embed { description: Some("x".repeat(4096)), ..Embed::default() };
        assert!(faults(std::slice::from_ref(&ok)).is_empty());
        assert_eq!(faults(&[ok.clone(), ok]), ["embeds"]);
        assert_eq!(faults(&[Embed::default()]), ["embeds.0.description"]);
        let bad = Embed {
            title: Some("x".repeat(257)),
            url: Some("javascript:alert(1)".into()),
            color: Some(0x100_0000),
            ..Embed::default()
        };
        assert_eq!(faults(&[bad]), ["embeds.0.color", "embeds.0.title", "embeds.0.url"]);
        assert_eq!(faults(&vec![Embed::default(); 11]), ["embeds"]);
    }
}
