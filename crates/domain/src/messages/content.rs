//! Rules for what a message says, the same for sending and editing.

use super::AllowedMentions;
use crate::access::{Place, Reader};
use crate::{FormErrors, Result, World};
use model::channel::{PrivateKind, PrivateScope};
use model::embed::Embed;
use model::guild::GuildState;
use model::{Permissions, RoleId, UserId, limits};

/// How many mentions of a text are looked at.
pub(crate) const MENTIONS: usize = 100;

/// What a text mentions, and pings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    /// Users who may be pinged here.
    pub(crate) users: Vec<UserId>,
    /// Roles.
    pub(crate) roles: Vec<RoleId>,
    /// Everyone.
    pub(crate) everyone: bool,
}

/// What a text asks to ping, as far as the sender lets it: who is here and what may be pinged is not looked at.
pub(crate) fn asked(content: &str, allowed: Option<&AllowedMentions>) -> Mentions {
    let mut asked = Mentions::default();
    for id in ids::<UserId>(content, &["<@!", "<@"]) {
        let pings = allowed.is_none_or(|allowed| {
            allowed.parse_users || allowed.users.as_ref().is_some_and(|users| users.contains(&id))
        });
        if pings && !asked.users.contains(&id) {
            asked.users.push(id);
        }
    }
    for id in ids::<RoleId>(content, &["<@&"]) {
        let pings = allowed.is_none_or(|allowed| {
            allowed.parse_roles || allowed.roles.as_ref().is_some_and(|roles| roles.contains(&id))
        });
        if pings && !asked.roles.contains(&id) {
            asked.roles.push(id);
        }
    }
    asked.everyone = allowed.is_none_or(|allowed| allowed.parse_everyone)
        && (content.contains("@everyone") || content.contains("@here"));
    asked
}

/// The ids behind one of these prefixes and before a `>`.
fn ids<'a, Id: std::str::FromStr + 'a>(
    content: &'a str,
    prefixes: &'a [&str],
) -> impl Iterator<Item = Id> + 'a {
    content.match_indices('<').take(MENTIONS).filter_map(|(at, _)| {
        let rest = content.get(at..)?;
        let rest = prefixes.iter().find_map(|prefix| rest.strip_prefix(prefix))?;
        rest.split_once('>')?.0.parse().ok()
    })
}

/// What pings in a private channel: participants only, so that nobody's name can be read off an id. Everyone only in
/// groups.
pub(crate) fn in_private(scope: &PrivateScope, asked: Mentions) -> Mentions {
    Mentions {
        users: asked.users.into_iter().filter(|id| scope.participant(*id).is_some()).collect(),
        roles: Vec::new(),
        everyone: asked.everyone && scope.kind == PrivateKind::Group,
    }
}

/// What pings in a guild: `members` of those that are asked for, mentionable roles, and with MENTION_EVERYONE every role
/// and everyone.
pub(crate) fn in_guild(
    state: &GuildState,
    permissions: Permissions,
    members: &[UserId],
    asked: Mentions,
) -> Mentions {
    let all = permissions.contains(Permissions::MENTION_EVERYONE);
    let may_ping = |id: &RoleId| {
        *id != state.guild.id.everyone() && state.role(*id).is_some_and(|role| all || role.mentionable)
    };
    Mentions {
        users: asked.users.into_iter().filter(|id| members.contains(id)).collect(),
        roles: asked.roles.into_iter().filter(may_ping).collect(),
        everyone: asked.everyone && all,
    }
}

/// What a text pings where it is said.
pub(crate) async fn mentions(
    world: &World,
    reader: &Reader,
    content: &str,
    allowed: Option<&AllowedMentions>,
) -> Result<Mentions> {
    let asked = asked(content, allowed);
    match reader.place() {
        Place::Private(scope) => Ok(in_private(scope, asked)),
        Place::Guild(place) => mentions_in(world, place.member().state(), place.permissions(), asked).await,
    }
}

/// What a text pings in a guild, of somebody with these permissions.
pub(crate) async fn mentions_in(
    world: &World,
    state: &GuildState,
    permissions: Permissions,
    asked: Mentions,
) -> Result<Mentions> {
    let members = if asked.users.is_empty() {
        Vec::new()
    } else {
        world.ports.directory.members_of(state.guild.id, &asked.users).await?
    };
    let members: Vec<UserId> = members.into_iter().map(|member| member.user).collect();
    Ok(in_guild(state, permissions, &members, asked))
}

/// Notes what is wrong with a text.
pub(crate) fn check_content(errors: &mut FormErrors, content: &str) {
    errors.length("content", content, 0, limits::CONTENT);
}

/// Text as it is stored: without NUL, trimmed of surrounding white space as Discord does.
pub(crate) fn clean(content: &str) -> String {
    content.replace('\0', "").trim().to_owned()
}

/// Notes what is wrong with embeds.
pub(crate) fn check_embeds(errors: &mut FormErrors, embeds: &[Embed]) {
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
    use model::guild::Role;

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

    fn private(kind: PrivateKind, text: &str, allowed: Option<&AllowedMentions>) -> (Vec<u64>, bool) {
        let found = in_private(&scope(kind), asked(text, allowed));
        (found.users.into_iter().map(UserId::get).collect(), found.everyone)
    }

    #[test]
    fn only_participants_are_mentioned_and_only_once() {
        let text = "<@1> <@!2> <@2> <@3> <@x> <@ <@1";
        assert_eq!(private(PrivateKind::Dm, text, None).0, [1, 2]);
        let none = AllowedMentions::default();
        assert!(private(PrivateKind::Dm, text, Some(&none)).0.is_empty());
        let some = AllowedMentions { users: Some(vec![UserId::new(2).unwrap()]), ..none };
        assert_eq!(private(PrivateKind::Dm, text, Some(&some)).0, [2]);
    }

    #[test]
    fn everyone_pings_in_groups_only() {
        assert!(private(PrivateKind::Group, "@everyone", None).1);
        assert!(!private(PrivateKind::Dm, "@everyone", None).1);
        assert!(!private(PrivateKind::Group, "@here", Some(&AllowedMentions::default())).1);
    }

    fn guild() -> GuildState {
        let id = model::GuildId::new(50).unwrap();
        let role = |n: u64, mentionable| Role {
            id: RoleId::new(n).unwrap(),
            name: String::new(),
            permissions: Permissions::NONE,
            position: 1,
            color: 0,
            hoist: false,
            mentionable,
            bot: None,
            icon: None,
            unicode_emoji: None,
        };
        GuildState {
            guild: model::guild::Guild::new(id, UserId::new(1).unwrap(), String::new()),
            roles: vec![role(50, false), role(51, true), role(52, false)],
            channels: Vec::new(),
            emojis: Vec::new(),
            version: 1,
        }
    }

    #[test]
    fn a_guild_pings_members_mentionable_roles_and_with_the_right_all() {
        let text = "@everyone <@1> <@9> <@&50> <@&51> <@&52> <@&53> <@&51>";
        let members = [UserId::new(1).unwrap()];
        let ping = |permissions, allowed: Option<&AllowedMentions>| {
            let found = in_guild(&guild(), permissions, &members, asked(text, allowed));
            (
                found.users.into_iter().map(UserId::get).collect::<Vec<_>>(),
                found.roles.into_iter().map(RoleId::get).collect::<Vec<_>>(),
                found.everyone,
            )
        };
        assert_eq!(ping(Permissions::NONE, None), (vec![1], vec![51], false));
        assert_eq!(ping(Permissions::MENTION_EVERYONE, None), (vec![1], vec![51, 52], true));
        let none = AllowedMentions::default();
        assert_eq!(ping(Permissions::ALL, Some(&none)), (vec![], vec![], false));
        let some = AllowedMentions { roles: Some(vec![RoleId::new(52).unwrap()]), ..none.clone() };
        assert_eq!(ping(Permissions::ALL, Some(&some)).1, [52]);
        assert_eq!(ping(Permissions::NONE, Some(&some)).1, [0_u64; 0]);
        let parse = AllowedMentions { parse_roles: true, ..none };
        assert_eq!(ping(Permissions::ALL, Some(&parse)).1, [51, 52]);
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
