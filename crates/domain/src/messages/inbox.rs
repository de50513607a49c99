//! The inbox: what mentioned somebody in the last days.

use super::view;
use crate::access::{self, Reader};
use crate::audience::tell;
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::event::Event;
use model::guild::Member;
use model::message::{Message, MessageView};
use model::{ChannelId, GuildId, MessageId, Timestamp, limits};
use ports::messages::{Mention, Scope, StoredMessage};
use std::collections::{HashMap, HashSet};

/// Seconds in [`limits::MENTION_DAYS`].
const KEPT_SECONDS: i64 = limits::MENTION_DAYS * 24 * 60 * 60;

/// Mentions that one call looks at. A page is shorter than asked for if so many newer ones are not shown: they were taken
/// off, or lie where the actor may not read.
const LOOKED_AT: usize = 1_000;

/// Mentions that are asked for at once after the first page.
const PART: usize = 250;

/// Which part of the inbox.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// Below this message.
    pub before: Option<MessageId>,
    /// How many.
    pub limit: usize,
    /// Of this guild alone.
    pub guild: Option<GuildId>,
    /// Also what mentions a role of the actor.
    pub roles: bool,
    /// Also what mentions everyone.
    pub everyone: bool,
}

/// The messages of the last seven days that mention the actor where it may read now, newest first; not what it wrote itself
/// or took off, and of its guilds nothing from before it came. What an edit mentions is not in it, and what does not mention
/// the actor any more is not, either.
///
/// Somebody with more roles in all its guilds than [`limits::MENTION_SCOPES`] leaves room for is shown what mentions the others
/// guild by guild only.
///
/// # Errors
/// 20001 for bots; a form error for a limit outside 1 to 100; 10004 for a guild that the actor is not in.
pub async fn list(world: &World, actor: &Actor, ask: Ask) -> Result<Vec<MessageView>> {
    actor.person()?;
    if !(1..=limits::MENTIONS_PAGE).contains(&ask.limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.").into()
        );
    }
    let scopes = scopes(world, actor, &ask).await?;
    let oldest = oldest(world.ports.clock.now());
    let mut readers = Readers { known: HashMap::new(), ask, actor: *actor };
    let (mut shown, mut looked, mut below) = (Vec::new(), 0, ask.before);
    while shown.len() < ask.limit && looked < LOOKED_AT {
        let part = if looked == 0 { ask.limit } else { PART.min(LOOKED_AT - looked) };
        let found = world.ports.messages.mentions(&scopes, oldest, below, part).await?;
        let Some(last) = found.last() else { break };
        below = Some(last.message);
        looked += found.len();
        let over = found.len() < part;
        readers.show(world, found, &mut shown).await?;
        if over {
            break;
        }
    }
    shown.truncate(ask.limit);
    view::views(world, shown, actor.user()).await
}

/// Takes a message off the actor's inbox, on all its devices. What is not in it is not noted, and answers the same.
///
/// # Errors
/// 20001 for bots.
pub async fn dismiss(world: &World, actor: &Actor, message: MessageId) -> Result<()> {
    actor.person()?;
    let ask = Ask { before: None, limit: 1, guild: None, roles: true, everyone: true };
    let scopes = scopes(world, actor, &ask).await?;
    let (above, below) = (MessageId::new(message.get() - 1), MessageId::new(message.get().saturating_add(1)));
    if !world.ports.messages.mentions(&scopes, above, below, 1).await?.is_empty() {
        world.ports.messages.dismiss(actor.user(), message).await?;
        tell(world, &[actor.user()], Event::MentionDismissed { message });
    }
    Ok(())
}

/// The lowest id of a message that is young enough.
pub(crate) fn oldest(now: Timestamp) -> Option<MessageId> {
    // Below the lowest of that moment: what was sent in it counts.
    MessageId::new(model::snowflake::at_ms(now.plus_seconds(-KEPT_SECONDS).millis()).saturating_sub(1))
}

/// Where mentions of the actor are: its own scope, those of its guilds, those of its roles.
async fn scopes(world: &World, actor: &Actor, ask: &Ask) -> Result<Vec<Scope>> {
    let mut scopes = vec![Scope::User(actor.user())];
    let members: Vec<(GuildId, Member)> = match ask.guild {
        Some(guild) => vec![(guild, access::member(world, actor, guild).await?.member().clone())],
        None if ask.roles || ask.everyone => world.ports.directory.memberships(actor.user()).await?,
        None => Vec::new(),
    };
    if ask.everyone {
        scopes.extend(members.iter().map(|(guild, _)| Scope::Guild(*guild)));
    }
    if ask.roles {
        scopes.extend(members.iter().flat_map(|(_, member)| member.roles.iter().copied().map(Scope::Role)));
    }
    scopes.truncate(limits::MENTION_SCOPES);
    Ok(scopes)
}

/// Where the actor may read, as far as this call has asked; `None` where it may not.
struct Readers {
    known: HashMap<ChannelId, Option<Reader>>,
    ask: Ask,
    actor: Actor,
}

impl Readers {
    /// Adds those of these mentions to `shown` that the actor may see.
    async fn show(
        &mut self,
        world: &World,
        found: Vec<Mention>,
        shown: &mut Vec<StoredMessage>,
    ) -> Result<()> {
        let messages = &world.ports.messages;
        let ids: Vec<MessageId> = found.iter().map(|mention| mention.message).collect();
        let gone: HashSet<MessageId> =
            messages.dismissed(self.actor.user(), &ids).await?.into_iter().collect();
        let mut readable = Vec::with_capacity(found.len());
        for mention in found {
            if !gone.contains(&mention.message) && self.may_read(world, mention.channel).await? {
                readable.push(mention);
            }
        }
        for part in readable.chunks(limits::MENTIONS_PAGE) {
            if shown.len() >= self.ask.limit {
                break;
            }
            let stored = messages.mentioned(part, self.actor.user()).await?;
            shown.extend(stored.into_iter().filter(|stored| self.calls(&stored.message)));
        }
        Ok(())
    }

    async fn may_read(&mut self, world: &World, channel: ChannelId) -> Result<bool> {
        if !self.known.contains_key(&channel) {
            let reader = match access::reader(world, &self.actor, channel).await {
                Ok(reader) => Some(reader).filter(|reader| {
                    let guild = reader.guild().map(access::GuildPlace::guild);
                    reader.may_read_history() && self.ask.guild.is_none_or(|asked| guild == Some(asked))
                }),
                Err(Error::Refused(Refusal::UnknownChannel)) => None,
                Err(error) => return Err(error),
            };
            self.known.insert(channel, reader);
        }
        Ok(self.known.get(&channel).is_some_and(Option::is_some))
    }

    /// Whether the message as it is now calls the actor in a way that was asked for. It is in a guild for a role or for
    /// everyone only since the actor came there.
    fn calls(&self, message: &Message) -> bool {
        let Some(Some(reader)) = self.known.get(&message.channel) else { return false };
        let me = self.actor.user();
        if message.author == me {
            return false;
        }
        if message.mentions.contains(&me) {
            return true;
        }
        let Some(member) = reader.guild().map(|place| place.member().member()) else {
            return self.ask.everyone && message.mention_everyone;
        };
        let by_role = self.ask.roles && message.mention_roles.iter().any(|role| member.roles.contains(role));
        let by_all = self.ask.everyone && message.mention_everyone;
        (by_role || by_all) && message.id.created_ms() >= member.joined.millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seven_days_old_is_in_and_what_is_older_is_not() {
        const NOW: i64 = 1_800_000_000_000;
        const WEEK: i64 = 7 * 24 * 3_600_000;
        let edge = oldest(Timestamp::from_millis(NOW));
        let sent = |ms: i64| MessageId::new(model::snowflake::at_ms(ms));
        assert!(sent(NOW - WEEK) > edge && sent(NOW - WEEK - 1) < edge);
        assert_eq!(oldest(Timestamp::from_millis(0)), None, "before there was anything");
    }
}
