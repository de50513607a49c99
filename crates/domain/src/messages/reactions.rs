//! Reactions.

use crate::accounts::lookup::Users;
use crate::audience::{announce, tell_in};
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::event::Event;
use model::reaction::ReactionEmoji;
use model::user::User;
use model::{ChannelId, MessageId, UserId, limits};
use ports::messages::Reacted;

/// Adds the actor's reaction.
///
/// # Errors
/// 10003; 10008; 10014 for what is no emoji or not one of this place; 90001 if the actor could not send; 30010 at the limit.
pub async fn add(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    emoji: ReactionEmoji,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let emoji = known(emoji)?;
    let stored =
        world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let writer = reader.writer().map_err(|_| Refusal::ReactionBlocked)?;
    let _announced = announce(world, &writer.reader().scope().ids()).await;
    match world.ports.messages.react(channel, message, actor.user(), &emoji, limits::REACTIONS).await? {
        Reacted::Already => return Ok(()),
        Reacted::Absent => return Err(Refusal::UnknownMessage.into()),
        Reacted::TooMany => return Err(Refusal::TooManyReactions.into()),
        Reacted::Added => {}
    }
    let scope = writer.reader().scope();
    let event =
        Event::ReactionAdd { user: actor.user(), channel, message, author: stored.message.author, emoji };
    tell_in(world, channel, scope.version, &scope.ids(), event);
    Ok(())
}

/// Takes a reaction back: the actor's (`None`), or another's.
///
/// # Errors
/// 10003; 10008; 50003 for another's in a private channel.
pub async fn remove(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    emoji: ReactionEmoji,
    user: Option<UserId>,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    if user.is_some_and(|user| user != actor.user()) {
        return Err(Refusal::NotInDm.into());
    }
    world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let emoji = normal(emoji);
    let _announced = announce(world, &reader.scope().ids()).await;
    if world.ports.messages.unreact(channel, message, actor.user(), &emoji).await? {
        let scope = reader.scope();
        tell_in(
            world,
            channel,
            scope.version,
            &scope.ids(),
            Event::ReactionRemove { user: actor.user(), channel, message, emoji },
        );
    }
    Ok(())
}

/// Who reacted with it, by id.
///
/// # Errors
/// 10003; 10008; a form error for a limit outside 1 to 100.
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
    access::reader(world, actor, channel).await?;
    world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let ids = world.ports.messages.reactors(channel, message, &normal(emoji), after, limit).await?;
    Ok(Users::load(world, ids.iter().copied()).await?.all(ids))
}

/// Clears others' reactions: nobody's right in a private channel.
///
/// # Errors
/// 10003; 10008; 50003.
pub async fn clear(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    _emoji: Option<ReactionEmoji>,
) -> Result<()> {
    access::reader(world, actor, channel).await?;
    world.ports.messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    Err(Refusal::NotInDm.into())
}

/// An emoji that exists and may be used here. Custom ones belong to guilds.
fn known(emoji: ReactionEmoji) -> Result<ReactionEmoji> {
    match normal(emoji) {
        ReactionEmoji::Unicode(text) if emojis::get(&text).is_some() => Ok(ReactionEmoji::Unicode(text)),
        _ => Err(Refusal::UnknownEmoji.into()),
    }
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
        let unicode = |text: &str| ReactionEmoji::Unicode(text.into());
        assert!(known(unicode("👍🏽")).is_ok());
        assert_eq!(known(unicode("❤")).unwrap(), known(unicode("❤\u{fe0f}")).unwrap());
        for bad in ["", "a", "hello", "👍👍", "<@1>"] {
            assert!(known(unicode(bad)).is_err(), "{bad:?}");
        }
    }
}
