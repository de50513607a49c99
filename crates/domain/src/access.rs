//! Rights as values: an act that reads or changes something takes the proof that is made here, so that a forgotten
//! check does not compile. Each proof is read from the authority at the time of the call.

use crate::{Actor, Refusal, Result, World};
use model::channel::{Participant, PrivateKind, PrivateScope};
use model::relationship::RelationshipKind;
use model::{ChannelId, UserId};

/// Proof that the actor is a participant of a private channel: may read it.
#[derive(Debug, Clone)]
pub struct Reader {
    actor: Actor,
    scope: PrivateScope,
}

/// Proof that the actor may say and do things in a private channel.
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
    let scope = world.ports.directory.private_scope(channel).await?.ok_or(Refusal::UnknownChannel)?;
    if scope.participant(actor.user()).is_none() {
        return Err(Refusal::UnknownChannel.into());
    }
    Ok(Reader { actor: *actor, scope })
}

/// The actor as a writer in this channel.
///
/// # Errors
/// 10003 as for [`reader`]; 50007 if the two may not talk now.
pub async fn writer(world: &World, actor: &Actor, channel: ChannelId) -> Result<Writer> {
    reader(world, actor, channel).await?.writer()
}

impl Reader {
    /// The channel's rights, as they were when the proof was made.
    pub fn scope(&self) -> &PrivateScope {
        &self.scope
    }

    /// The channel.
    pub fn channel(&self) -> ChannelId {
        self.scope.channel
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Everybody else in it.
    pub fn others(&self) -> Vec<UserId> {
        self.scope.participants.iter().map(|p| p.id).filter(|id| *id != self.actor.user()).collect()
    }

    /// The right to say something here. In a group: being in it. Between two people: friendship on both sides, no
    /// block. With a bot: owning it, and no block.
    ///
    /// # Errors
    /// 50007; it does not say which rule.
    pub fn writer(self) -> Result<Writer> {
        if self.scope.kind == PrivateKind::Dm {
            let [first, second] = self.scope.participants.as_slice() else {
                return Err(Refusal::CannotMessage.into());
            };
            if !may_talk(first, second, self.scope.pair) {
                return Err(Refusal::CannotMessage.into());
            }
        }
        Ok(Writer { reader: self })
    }

    /// The right to govern a group.
    ///
    /// # Errors
    /// 50003 in a direct message, 50013 for a participant who does not own it.
    pub fn group_owner(self) -> Result<GroupOwner> {
        self.group()?;
        if self.scope.owner != Some(self.actor.user()) {
            return Err(Refusal::MissingPermissions.into());
        }
        Ok(GroupOwner { reader: self })
    }

    /// That it is a group.
    ///
    /// # Errors
    /// 50003 in a direct message.
    pub fn group(&self) -> Result<()> {
        if self.scope.kind == PrivateKind::Group { Ok(()) } else { Err(Refusal::NotInDm.into()) }
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

/// Whether two users may talk directly, given how each stands to the other.
pub(crate) fn may_talk(a: &Participant, b: &Participant, (ab, ba): model::relationship::Pair) -> bool {
    let blocked = ab == Some(RelationshipKind::Blocked) || ba == Some(RelationshipKind::Blocked);
    if blocked {
        return false;
    }
    match (a.bot, b.bot) {
        (false, false) => ab == Some(RelationshipKind::Friend) && ba == Some(RelationshipKind::Friend),
        (true, false) => a.bot_owner == Some(b.id),
        (false, true) => b.bot_owner == Some(a.id),
        (true, true) => false,
    }
}
