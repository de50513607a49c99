//! Rules for channels, the same for making and changing them.

use crate::{FormErrors, Refusal, Result};
use model::guild::{GuildChannel, GuildChannelKind, GuildState, Overwrite, OverwriteTarget};
use model::{ChannelId, Permissions, limits, names};

/// A channel's name as it is stored: those of text channels as Discord writes them, in lower case and with hyphens.
pub(super) fn name(kind: GuildChannelKind, text: &str) -> String {
    let line = names::line(text);
    match kind {
        GuildChannelKind::Text | GuildChannelKind::Announcement => {
            line.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
        }
        _ => line,
    }
}

/// Notes what is wrong with a channel.
pub(super) fn check(errors: &mut FormErrors, state: &GuildState, channel: &GuildChannel) {
    errors.length("name", &channel.name, 1, limits::CHANNEL_NAME);
    if let Some(topic) = &channel.topic {
        errors.length("topic", topic, 0, limits::TOPIC);
    }
    range(errors, "rate_limit_per_user", channel.slowmode, 0, limits::SLOWMODE);
    archive(errors, "default_auto_archive_duration", channel.default_auto_archive);
    if channel.kind.is_voice() {
        range(errors, "bitrate", channel.bitrate, 8_000, 96_000);
        let most = if channel.kind == GuildChannelKind::Stage { 10_000 } else { 99 };
        range(errors, "user_limit", channel.user_limit, 0, most);
    }
    if let Some(thread) = &channel.thread {
        archive(errors, "auto_archive_duration", thread.auto_archive);
    } else {
        parent(errors, state, channel);
    }
    overwrites(errors, state, &channel.overwrites);
}

fn parent(errors: &mut FormErrors, state: &GuildState, channel: &GuildChannel) {
    let Some(parent) = channel.parent else { return };
    let is_category = state.channel(parent).is_some_and(|found| found.kind == GuildChannelKind::Category);
    if !is_category {
        errors.push("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist");
    } else if channel.kind == GuildChannelKind::Category {
        errors.push("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Categories cannot have subcategories");
    } else if children(state, parent, channel.id) >= limits::CATEGORY_CHANNELS {
        errors.push(
            "parent_id",
            "CHANNEL_PARENT_MAX_CHANNELS",
            format!("Maximum number of channels in category reached ({})", limits::CATEGORY_CHANNELS),
        );
    }
}

/// How many channels are in a category, this one not counted.
fn children(state: &GuildState, category: ChannelId, but: ChannelId) -> usize {
    let inside = |channel: &&GuildChannel| {
        channel.parent == Some(category) && channel.id != but && !channel.kind.is_thread()
    };
    state.channels.iter().filter(inside).count()
}

fn overwrites(errors: &mut FormErrors, state: &GuildState, overwrites: &[Overwrite]) {
    if overwrites.len() > limits::OVERWRITES {
        errors.push(
            "permission_overwrites",
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {} or fewer in length.", limits::OVERWRITES),
        );
        return;
    }
    let mut seen = std::collections::HashSet::new();
    for (index, overwrite) in overwrites.iter().enumerate() {
        let known = match overwrite.target {
            OverwriteTarget::Role(role) => state.role(role).is_some(),
            OverwriteTarget::Member(_) => true,
        };
        if !known || !seen.insert(overwrite.target) {
            errors.push(
                &format!("permission_overwrites.{index}.id"),
                "INVALID_OVERWRITE_TARGET",
                "Invalid overwrite target",
            );
        }
    }
}

fn range(errors: &mut FormErrors, path: &str, value: u32, min: u32, max: u32) {
    if !(min..=max).contains(&value) {
        errors.push(path, "NUMBER_TYPE_MAX", format!("int value should be between {min} and {max}."));
    }
}

/// Notes a time until archiving that is none of Discord's.
pub(crate) fn archive(errors: &mut FormErrors, path: &str, minutes: u32) {
    if !matches!(minutes, 60 | 1440 | 4320 | 10_080) {
        errors.push(path, "BASE_TYPE_CHOICES", "Value must be one of (60, 1440, 4320, 10080).");
    }
}

/// Whether somebody with these permissions in a channel may turn one set of overwrites into the other: it must have each bit
/// that changes, and MANAGE_ROLES may only be touched by who has ADMINISTRATOR.
pub(super) fn may_grant(own: Permissions, before: &[Overwrite], after: &[Overwrite]) -> bool {
    if own.contains(Permissions::ADMINISTRATOR) {
        return true;
    }
    let of = |set: &[Overwrite], target| {
        let found = set.iter().find(|overwrite| overwrite.target == target);
        found.map_or((Permissions::NONE, Permissions::NONE), |found| (found.allow, found.deny))
    };
    let mut changed = Permissions::NONE;
    for overwrite in before.iter().chain(after) {
        let (old, new) = (of(before, overwrite.target), of(after, overwrite.target));
        changed |= old.0.without(new.0) | new.0.without(old.0) | old.1.without(new.1) | new.1.without(old.1);
    }
    changed.without(own).is_empty() && !changed.contains(Permissions::MANAGE_ROLES)
}

/// That overwrites may become others in a channel.
///
/// # Errors
/// 50013.
pub(super) fn granting(own: Permissions, before: &[Overwrite], after: &[Overwrite]) -> Result<()> {
    if may_grant(own, before, after) { Ok(()) } else { Err(Refusal::MissingPermissions.into()) }
}

/// Whether two sets of overwrites are the same, in whatever order.
pub(super) fn same(a: &[Overwrite], b: &[Overwrite]) -> bool {
    a.len() == b.len() && a.iter().all(|overwrite| b.contains(overwrite))
}

/// The channels of a category whose overwrites are the category's: they stay so when those change.
pub(super) fn synced<'a>(
    state: &'a GuildState,
    category: &'a GuildChannel,
) -> impl Iterator<Item = &'a GuildChannel> {
    let is_category = category.kind == GuildChannelKind::Category;
    state.channels.iter().filter(move |channel| {
        is_category
            && channel.parent == Some(category.id)
            && !channel.kind.is_thread()
            && same(&channel.overwrites, &category.overwrites)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{RoleId, UserId};

    fn role(n: u64, allow: Permissions, deny: Permissions) -> Overwrite {
        Overwrite { target: OverwriteTarget::Role(RoleId::new(n).unwrap()), allow, deny }
    }

    #[test]
    fn text_channels_have_discords_names() {
        assert_eq!(name(GuildChannelKind::Text, "  Hello   World "), "hello-world");
        assert_eq!(name(GuildChannelKind::Voice, "  Hello   World "), "Hello World");
    }

    #[test]
    fn nobody_grants_or_denies_what_it_does_not_have() {
        let own = Permissions::VIEW_CHANNEL | Permissions::MANAGE_ROLES;
        let none = Permissions::NONE;
        let view = role(1, Permissions::VIEW_CHANNEL, none);
        let send = role(1, Permissions::SEND_MESSAGES, none);
        assert!(may_grant(own, &[], &[view]));
        assert!(may_grant(own, &[view], &[]));
        assert!(!may_grant(own, &[], &[send]));
        // Taking a denial away is granting.
        assert!(!may_grant(own, &[role(1, none, Permissions::SEND_MESSAGES)], &[]));
        // What was there before stays without a right to it.
        let both = role(1, Permissions::SEND_MESSAGES | Permissions::VIEW_CHANNEL, none);
        assert!(may_grant(own, &[send], &[both]));
        assert!(!may_grant(own, &[], &[role(1, Permissions::MANAGE_ROLES, none)]));
        assert!(may_grant(Permissions::ALL, &[], &[role(1, Permissions::MANAGE_ROLES, none)]));
        // Bits without a name are nobody's but an administrator's.
        assert!(!may_grant(own, &[], &[role(1, Permissions::from_bits(1 << 60), none)]));
    }

    #[test]
    fn overwrites_are_the_same_in_any_order() {
        let a = role(1, Permissions::VIEW_CHANNEL, Permissions::NONE);
        let b = Overwrite { target: OverwriteTarget::Member(UserId::new(1).unwrap()), ..a };
        assert!(same(&[a, b], &[b, a]));
        assert!(!same(&[a, b], &[a]));
        assert!(!same(&[a], &[role(1, Permissions::NONE, Permissions::NONE)]));
    }
}
