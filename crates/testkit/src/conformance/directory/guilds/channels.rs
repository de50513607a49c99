//! Channels and overwrites.

use super::super::{all_of, channel, people};
use super::{
    PLENTY, added, category, entry, general, guild, make, new_channel, new_invite, overwrite, role, versions,
};
use model::audit::AuditAction;
use model::guild::{Guild, GuildChannel, GuildChannelKind, OverwriteTarget};
use model::{ChannelId, Permissions};
use ports::directory::Directory;
use ports::directory::guilds::{Added, AuditQuery, ChannelEdit};
use std::sync::Arc;

async fn found(directory: &dyn Directory, id: ChannelId) -> Option<GuildChannel> {
    directory.guild_state(guild(1)).await.unwrap().unwrap().channel(id).cloned()
}

/// Every kind of channel comes back as it was made, with its overwrites.
pub async fn a_channel_is_made_and_found(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let was = versions(&*directory, 1).await;
    use GuildChannelKind::{Announcement, Category, Stage, Text, Voice};
    for (n, kind) in (10..).zip([Text, Voice, Category, Announcement, Stage]) {
        let mut new = new_channel(guild(1), channel(n), kind);
        new.parent = (kind != Category).then_some(category(1));
        new.overwrites =
            vec![overwrite(OverwriteTarget::Role(role(1))), overwrite(OverwriteTarget::Member(a))];
        let made = added(directory.create_channel(&new, PLENTY, PLENTY, vec![]).await.unwrap());
        assert_eq!(made.value, new);
        assert_eq!((made.versions.state, made.versions.members), (was.state + n - 9, was.members));
        assert_eq!(found(&*directory, channel(n)).await, Some(new.clone()));
        assert_eq!(directory.guild_of(channel(n)).await.unwrap(), Some(guild(1)));
        // A repeated call finds it there.
        let again = added(directory.create_channel(&new, PLENTY, PLENTY, vec![]).await.unwrap());
        assert_eq!((again.value, again.versions), (new, made.versions));
    }
}

/// There are so many in a guild and in a category; a category must be one, and be there.
pub async fn channels_are_capped_and_have_a_category(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let new =
        |n, parent| GuildChannel { parent, ..new_channel(guild(1), channel(n), GuildChannelKind::Text) };
    let made = all_of((10..30).map(|n| {
        let directory = directory.clone();
        let new = new(n, None);
        async move { directory.create_channel(&new, 8, PLENTY, vec![]).await.unwrap() }
    }))
    .await;
    assert_eq!(made.iter().filter(|made| matches!(made, Added::Added(_))).count(), 6, "two were there");
    let answer = |parent, in_category| {
        let (directory, new) = (directory.clone(), new(50, Some(parent)));
        async move { directory.create_channel(&new, PLENTY, in_category, vec![]).await.unwrap() }
    };
    assert_eq!(answer(category(1), 1).await, Added::TooMany);
    assert_eq!(answer(general(1), 50).await, Added::Absent, "no category");
    assert_eq!(answer(category(2), 50).await, Added::Absent, "not of this guild");
    assert!(matches!(answer(category(1), 2).await, Added::Added(_)));
    let nowhere = new_channel(guild(9), channel(60), GuildChannelKind::Text);
    assert_eq!(directory.create_channel(&nowhere, PLENTY, 50, vec![]).await.unwrap(), Added::Absent);
}

/// A change may change everything but whose it is; overwrites too, one for each target.
pub async fn a_channel_is_changed(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let edit = |channel: &mut GuildChannel| {
        channel.name = "new".into();
        channel.kind = GuildChannelKind::Announcement;
        channel.position = 9;
        channel.parent = None;
        channel.topic = None;
        channel.nsfw = false;
        channel.slowmode = 21_600;
        channel.overwrites = vec![overwrite(OverwriteTarget::Role(role(1)))];
    };
    let audit = vec![entry(1, a, AuditAction::ChannelUpdate)];
    let changed = directory.change_channel(general(1), Box::new(edit), audit).await.unwrap().unwrap();
    assert_eq!(found(&*directory, general(1)).await, Some(changed.value.clone()));
    assert_eq!((changed.value.name.as_str(), changed.value.overwrites.len()), ("new", 1));
    let deny = move |channel: &mut GuildChannel| {
        channel.overwrites[0].deny = Permissions::SEND_MESSAGES;
        channel.overwrites.push(overwrite(OverwriteTarget::Member(a)));
    };
    let changed = directory.change_channel(general(1), Box::new(deny), vec![]).await.unwrap().unwrap();
    assert_eq!(changed.value.overwrites[0].deny, Permissions::SEND_MESSAGES);
    assert_eq!(found(&*directory, general(1)).await, Some(changed.value));
    assert_eq!(directory.change_channel(channel(77), Box::new(|_| {}), vec![]).await.unwrap(), None);
    let query = AuditQuery { limit: 10, ..AuditQuery::default() };
    assert_eq!(directory.audit_log(guild(1), query).await.unwrap().len(), 1);
}

/// Several change under one version; those that are not there are passed over.
pub async fn several_channels_are_changed_at_once(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let was = versions(&*directory, 1).await;
    let edits: Vec<(ChannelId, ChannelEdit)> = [general(1), channel(77), category(1)]
        .into_iter()
        .map(|id| (id, Box::new(|channel: &mut GuildChannel| channel.position = 5) as ChannelEdit))
        .collect();
    let changed = directory.change_channels(guild(1), edits, vec![]).await.unwrap().unwrap();
    assert_eq!(changed.value.iter().map(|c| c.id).collect::<Vec<_>>(), [general(1), category(1)]);
    assert_eq!(changed.versions.state, was.state + 1);
    assert_eq!(found(&*directory, general(1)).await.unwrap().position, 5);
    assert_eq!(directory.change_channels(guild(9), vec![], vec![]).await.unwrap(), None);
}

/// A channel goes with all that leads into it; a category's channels stay.
pub async fn a_channel_is_deleted(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    added(directory.create_invite(&new_invite(1, "code", a), PLENTY, vec![]).await.unwrap());
    let names_it = |settings: &mut Guild| settings.system_channel = Some(general(1));
    added(directory.change_guild(guild(1), Box::new(names_it), vec![]).await.unwrap());
    let gone = directory.delete_channel(category(1), vec![]).await.unwrap().unwrap().value;
    assert_eq!(gone.0.iter().map(|c| c.id).collect::<Vec<_>>(), [category(1)]);
    assert_eq!(gone.1.iter().map(|c| (c.id, c.parent)).collect::<Vec<_>>(), [(general(1), None)]);
    assert_eq!(found(&*directory, general(1)).await.unwrap().parent, None);
    assert!(directory.invite("code", super::NOW).await.unwrap().is_some());
    let gone = directory.delete_channel(general(1), vec![]).await.unwrap().unwrap();
    assert_eq!((gone.value.0.len(), gone.value.1.len()), (1, 0));
    let state = directory.guild_state(guild(1)).await.unwrap().unwrap();
    assert_eq!((state.channels.len(), state.guild.system_channel), (0, None));
    assert_eq!(state.version, gone.versions.state);
    assert_eq!(directory.invite("code", super::NOW).await.unwrap(), None);
    assert_eq!(directory.delete_channel(general(1), vec![]).await.unwrap(), None);
}

/// One for each target, up to so many.
pub async fn overwrites_are_set_and_taken_away(directory: Arc<dyn Directory>) {
    let [a] = people(&*directory).await;
    make(&*directory, a, 1).await;
    let everyone = OverwriteTarget::Role(guild(1).everyone());
    let first = added(directory.set_overwrite(general(1), overwrite(everyone), 2, vec![]).await.unwrap());
    assert_eq!(first.value.overwrites, [overwrite(everyone)]);
    let mut other = overwrite(everyone);
    other.allow = Permissions::NONE;
    let again = added(directory.set_overwrite(general(1), other, 2, vec![]).await.unwrap());
    assert_eq!(again.value.overwrites, [other]);
    let mine = overwrite(OverwriteTarget::Member(a));
    added(directory.set_overwrite(general(1), mine, 2, vec![]).await.unwrap());
    let third = overwrite(OverwriteTarget::Role(role(3)));
    assert_eq!(directory.set_overwrite(general(1), third, 2, vec![]).await.unwrap(), Added::TooMany);
    let again = added(directory.set_overwrite(general(1), mine, 2, vec![]).await.unwrap());
    assert_eq!(found(&*directory, general(1)).await, Some(again.value));
    assert_eq!(directory.set_overwrite(channel(77), third, 2, vec![]).await.unwrap(), Added::Absent);
    let left = directory.delete_overwrite(general(1), everyone, vec![]).await.unwrap().unwrap();
    assert_eq!(left.value.overwrites, [mine]);
    assert_eq!(found(&*directory, general(1)).await, Some(left.value));
    assert_eq!(directory.delete_overwrite(general(1), everyone, vec![]).await.unwrap(), None);
    assert_eq!(directory.delete_overwrite(channel(77), everyone, vec![]).await.unwrap(), None);
}
