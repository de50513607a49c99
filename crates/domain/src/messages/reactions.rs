//! Reactions.

use crate::access::Reader;
use crate::accounts::lookup::Users;
use crate::guilds::{local, threads};
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::emoji::Emoji;
use model::event::Event;
use model::reaction::ReactionEmoji;
use model::user::User;
use model::{ChannelId, EmojiId, GuildId, MessageId, Permissions, UserId, limits};
use ports::messages::{Reacted, StoredMessage};

/// Adds the actor's reaction.
///
/// # Errors
/// 10003; 10008; 10014 for what is no emoji or not one that the actor may use here; 90001 if the actor could not send in a
/// private channel; in a guild 50013 without READ_MESSAGE_HISTORY, and without ADD_REACTIONS for an emoji that is not there
/// yet; 50083 in an archived thread; 30010 at the limit.
pub async fn add(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    emoji: ReactionEmoji,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    reader.history()?;
    let stored =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let emoji = known(world, &reader, &stored, emoji).await?;
    let there = stored.reactions.iter().any(|tally| tally.emoji == emoji);
    let reader = may_react(reader, there)?;
    let hearers = reader.hearers();
    let _announced = hearers.announce(world).await;
    match world.ports.messages.react(channel, message, actor.user(), &emoji, limits::REACTIONS).await? {
        Reacted::Already => return Ok(()),
        Reacted::Absent => return Err(Refusal::UnknownMessage.into()),
        Reacted::TooMany => return Err(Refusal::TooManyReactions.into()),
        Reacted::Added => {}
    }
    let guild = match reader.guild() {
        None => None,
        Some(place) => {
            let views = local::member_views(world, vec![place.member().member().clone()]).await?;
            views.into_iter().next().map(|view| (place.guild(), Box::new(view)))
        }
    };
    let (user, author) = (actor.user(), stored.message.author);
    hearers.tell(world, Event::ReactionAdd { user, channel, message, author, emoji, guild });
    Ok(())
}

/// The right to react, with an emoji that is there already or not.
fn may_react(reader: Reader, there: bool) -> Result<Reader> {
    let Some(place) = reader.guild() else {
        return Ok(reader.writer().map_err(|_| Refusal::ReactionBlocked)?.reader().clone());
    };
    threads::awake(place)?;
    let member = place.member();
    let timed_out = member.member().timeout.is_some_and(|until| until > member.now());
    if !place.holds(Permissions::ADD_REACTIONS) && (!there || timed_out) {
        return Err(Refusal::MissingPermissions.into());
    }
    Ok(reader)
}

/// Takes a reaction back: the actor's (`None`), or in a guild another's with MANAGE_MESSAGES.
///
/// # Errors
/// 10003; 10008; for another's 50003 in a private channel, 50013 in a guild.
pub async fn remove(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    emoji: ReactionEmoji,
    user: Option<UserId>,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let user = user.unwrap_or_else(|| actor.user());
    if user != actor.user() {
        reader.holding(Permissions::MANAGE_MESSAGES)?;
    }
    let stored =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let emoji = found(&stored, normal(emoji));
    let hearers = reader.hearers();
    let _announced = hearers.announce(world).await;
    if world.ports.messages.unreact(channel, message, user, &emoji).await? {
        let guild = hearers.guild();
        hearers.tell(world, Event::ReactionRemove { user, channel, message, emoji, guild });
    }
    Ok(())
}

/// Who reacted with it, by id.
///
/// # Errors
/// 10003; 10008; 50013 in a guild without READ_MESSAGE_HISTORY; a form error for a limit outside 1 to 100.
pub async fn list(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    emoji: ReactionEmoji,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<User>> {
    if !(1..=100).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    access::reader(world, actor, channel).await?.history()?;
    let stored =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let emoji = found(&stored, normal(emoji));
    let ids = world.ports.messages.reactors(channel, message, &emoji, after, limit).await?;
    Ok(Users::load(world, ids.iter().copied()).await?.all(ids))
}

/// Clears all reactions of a message, or all with one emoji: with MANAGE_MESSAGES, nobody's right in a private channel.
///
/// # Errors
/// 10003; 10008; 50003; 50013.
pub async fn clear(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    emoji: Option<ReactionEmoji>,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let stored =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let guild = reader.holding(Permissions::MANAGE_MESSAGES)?.guild();
    let emoji = emoji.map(|emoji| found(&stored, normal(emoji)));
    let hearers = reader.hearers();
    let _announced = hearers.announce(world).await;
    if world.ports.messages.clear_reactions(channel, message, emoji.as_ref()).await? {
        hearers.tell(world, Event::ReactionsCleared { channel, message, emoji, guild });
    }
    Ok(())
}

/// An emoji that exists and that the actor may use here. Whoever reacts with what is there already needs no right to it.
async fn known(
    world: &World,
    reader: &Reader,
    stored: &StoredMessage,
    emoji: ReactionEmoji,
) -> Result<ReactionEmoji> {
    match found(stored, normal(emoji)) {
        ReactionEmoji::Unicode(text) => unicode(text),
        there if stored.reactions.iter().any(|tally| tally.emoji == there) => Ok(there),
        ReactionEmoji::Custom { id, .. } => custom(world, reader, id).await,
    }
}

fn unicode(text: String) -> Result<ReactionEmoji> {
    if emojis::get(&text).is_some() {
        Ok(ReactionEmoji::Unicode(text))
    } else {
        Err(Refusal::UnknownEmoji.into())
    }
}

/// A guild's emoji: of this one, or of another one that the actor is in, with USE_EXTERNAL_EMOJIS.
async fn custom(world: &World, reader: &Reader, id: EmojiId) -> Result<ReactionEmoji> {
    let here = reader.guild().map(|place| place.member());
    if let Some(member) = here
        && let Some(emoji) = member.state().emojis.iter().find(|emoji| emoji.id == id)
    {
        return usable(emoji, &member.member().roles);
    }
    if reader.guild().is_some_and(|place| !place.holds(Permissions::USE_EXTERNAL_EMOJIS)) {
        return Err(Refusal::UnknownEmoji.into());
    }
    let elsewhere: Option<(GuildId, Emoji)> = world.ports.directory.find_emoji(id).await?;
    let (guild, emoji) = elsewhere.ok_or(Refusal::UnknownEmoji)?;
    let members = world.ports.directory.members_of(guild, &[reader.actor().user()]).await?;
    let member = members.into_iter().next().ok_or(Refusal::UnknownEmoji)?;
    usable(&emoji, &member.roles)
}

fn usable(emoji: &Emoji, roles: &[model::RoleId]) -> Result<ReactionEmoji> {
    if emoji.roles.is_empty() || emoji.roles.iter().any(|role| roles.contains(role)) {
        Ok(ReactionEmoji::Custom { id: emoji.id, name: emoji.name.clone(), animated: emoji.animated })
    } else {
        Err(Refusal::UnknownEmoji.into())
    }
}

/// A guild's emoji as it stands on the message, whatever it is called by now.
fn found(stored: &StoredMessage, emoji: ReactionEmoji) -> ReactionEmoji {
    let ReactionEmoji::Custom { id, .. } = emoji else { return emoji };
    let there = stored.reactions.iter().map(|tally| &tally.emoji);
    let mut there =
        there.filter(|there| matches!(there, ReactionEmoji::Custom { id: other, .. } if *other == id));
    there.next().cloned().unwrap_or(emoji)
}

/// The one spelling of an emoji: with or without its variation selector it is the same.
fn normal(emoji: ReactionEmoji) -> ReactionEmoji {
    match emoji {
        ReactionEmoji::Unicode(text) => match emojis::get(&text) {
            Some(found) => ReactionEmoji::Unicode(found.as_str().to_owned()),
            None => ReactionEmoji::Unicode(text),
        },
        custom @ ReactionEmoji::Custom { .. } => custom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_emoji_react_and_both_spellings_are_one() {
        let known = |text: &str| match normal(ReactionEmoji::Unicode(text.into())) {
            ReactionEmoji::Unicode(text) => unicode(text),
            custom => Ok(custom),
        };
        assert!(known("👍🏽").is_ok());
        assert_eq!(known("❤").unwrap(), known("❤\u{fe0f}").unwrap());
        for bad in ["", "a", "hello", "👍👍", "<@1>"] {
            assert!(known(bad).is_err(), "{bad:?}");
        }
    }
}
