//! Rights as values: an act that reads or changes something takes the proof that is made here, so that a forgotten
//! check does not compile. Each proof is read from the authority at the time of the call.
//!
//! What somebody may not see answers as if it were not there: 10003 for channels, 10004 for guilds. Who sees it and may not
//! do something hears 50013.

mod guild;
mod places;
mod private;

pub use guild::{GuildMember, GuildPlace, Holder, holding, member};
pub(crate) use guild::{audience, channel_of, guild_of, participants, permissions_in};
pub use places::Places;
pub(crate) use private::may_talk;

use crate::audience::{Hearers, Stage};
use crate::{Actor, Refusal, Result, World};
use model::channel::{PrivateKind, PrivateScope};
use model::{ChannelId, Permissions, UserId};
use std::sync::Arc;

/// Where something is said.
#[derive(Debug, Clone)]
pub enum Place {
    /// In a direct message or a group.
    Private(PrivateScope),
    /// In a guild's channel or a thread.
    Guild(Arc<GuildPlace>),
}

/// Proof that the actor may see a channel. Its history in a guild takes more: [`Reader::may_read_history`].
#[derive(Debug, Clone)]
pub struct Reader {
    actor: Actor,
    place: Place,
}

/// Proof that the actor may say and do things in a channel.
#[derive(Debug, Clone)]
pub struct Writer {
    reader: Reader,
}

/// Proof that the actor owns a group.
#[derive(Debug, Clone)]
pub struct GroupOwner {
    reader: Reader,
}

/// The actor as a reader of this channel.
///
/// # Errors
/// 10003, also for a channel that exists without the actor: the answers are the same.
pub async fn reader(world: &World, actor: &Actor, channel: ChannelId) -> Result<Reader> {
    if let Some(guild) = places::guild_of(world, channel).await? {
        let place = guild::place(world, actor, guild, channel).await?.ok_or(Refusal::UnknownChannel)?;
        return Ok(Reader { actor: *actor, place: Place::Guild(Arc::new(place)) });
    }
    let scope = world.ports.directory.private_scope(channel).await?.ok_or(Refusal::UnknownChannel)?;
    world.places.learn(channel, None);
    if scope.participant(actor.user()).is_none() {
        return Err(Refusal::UnknownChannel.into());
    }
    Ok(Reader { actor: *actor, place: Place::Private(scope) })
}

/// The actor as a writer in this channel.
///
/// # Errors
/// 10003 as for [`reader`]; 50007 if the two may not talk now; 50013 in a guild.
pub async fn writer(world: &World, actor: &Actor, channel: ChannelId) -> Result<Writer> {
    reader(world, actor, channel).await?.writer()
}

impl Reader {
    /// Where it is, with the rights as they were when the proof was made.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The private channel's rights.
    ///
    /// # Errors
    /// 50024 in a guild.
    pub fn private(&self) -> Result<&PrivateScope> {
        match &self.place {
            Place::Private(scope) => Ok(scope),
            Place::Guild(_) => Err(Refusal::WrongChannelType.into()),
        }
    }

    /// The guild's channel, if it is one.
    pub fn guild(&self) -> Option<&GuildPlace> {
        match &self.place {
            Place::Private(_) => None,
            Place::Guild(place) => Some(place),
        }
    }

    /// The guild's channel.
    ///
    /// # Errors
    /// 50003 for a private one.
    pub fn in_guild(&self) -> Result<&GuildPlace> {
        self.guild().ok_or_else(|| Refusal::NotInDm.into())
    }

    /// The channel.
    pub fn channel(&self) -> ChannelId {
        match &self.place {
            Place::Private(scope) => scope.channel,
            Place::Guild(place) => place.channel().id,
        }
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Everybody else in a private channel; nobody in a guild's.
    pub fn others(&self) -> Vec<UserId> {
        match &self.place {
            Place::Private(scope) => {
                scope.participants.iter().map(|p| p.id).filter(|id| *id != self.actor.user()).collect()
            }
            Place::Guild(_) => Vec::new(),
        }
    }

    /// Who hears of what happens here.
    pub(crate) fn hearers(&self) -> Hearers {
        match &self.place {
            Place::Private(scope) => Hearers::of_private(scope),
            Place::Guild(place) => place.hearers(),
        }
    }

    /// Where messages are told.
    pub(crate) fn stage(&self) -> Stage {
        match &self.place {
            Place::Private(scope) => Stage::of_private(scope),
            Place::Guild(place) => place.stage(),
        }
    }

    /// Whether what was said before may be read: by every participant, and in a guild with READ_MESSAGE_HISTORY.
    pub fn may_read_history(&self) -> bool {
        self.guild().is_none_or(|place| place.holds(Permissions::READ_MESSAGE_HISTORY))
    }

    /// That what was said before may be read.
    ///
    /// # Errors
    /// 50013.
    pub fn history(&self) -> Result<()> {
        if self.may_read_history() { Ok(()) } else { Err(Refusal::MissingPermissions.into()) }
    }

    /// The right to say something here. In a group: being in it. Between two people: friendship on both sides, no
    /// block. With a bot: owning it, and no block. In a guild's channel: SEND_MESSAGES, in a thread
    /// SEND_MESSAGES_IN_THREADS.
    ///
    /// # Errors
    /// 50007, which does not say which rule; 50013 in a guild; 50024 in a category; 50083 in a locked thread.
    pub fn writer(self) -> Result<Writer> {
        match &self.place {
            Place::Private(scope) => {
                if scope.kind == PrivateKind::Dm {
                    let [first, second] = scope.participants.as_slice() else {
                        return Err(Refusal::CannotMessage.into());
                    };
                    if !may_talk(first, second, scope.pair) {
                        return Err(Refusal::CannotMessage.into());
                    }
                }
            }
            Place::Guild(place) => place.may_write()?,
        }
        Ok(Writer { reader: self })
    }

    /// That the actor has all of these permissions in this guild's channel.
    ///
    /// # Errors
    /// 50003 in a private channel, 50013.
    pub fn holding(&self, permissions: Permissions) -> Result<Holder> {
        let place = self.guild().ok_or(Refusal::NotInDm)?;
        if !place.holds(permissions) {
            return Err(Refusal::MissingPermissions.into());
        }
        Ok(Holder::made_of(place.member().clone()))
    }

    /// The right to govern a group.
    ///
    /// # Errors
    /// 50003 in a direct message, 50013 for a participant who does not own it.
    pub fn group_owner(self) -> Result<GroupOwner> {
        self.group()?;
        if self.private()?.owner != Some(self.actor.user()) {
            return Err(Refusal::MissingPermissions.into());
        }
        Ok(GroupOwner { reader: self })
    }

    /// That it is a group.
    ///
    /// # Errors
    /// 50003 in a direct message, 50024 in a guild.
    pub fn group(&self) -> Result<()> {
        if self.private()?.kind == PrivateKind::Group { Ok(()) } else { Err(Refusal::NotInDm.into()) }
    }
}

impl Writer {
    /// The proof that it contains.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}

impl GroupOwner {
    /// The proof that it contains.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}
