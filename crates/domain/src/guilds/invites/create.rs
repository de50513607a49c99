//! Making an invite.

use super::preview::views;
use crate::access;
use crate::accounts::lookup::user;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{GuildChannelKind, Invite, InviteView};
use model::{ChannelId, Permissions, limits};
use ports::directory::guilds::Added;

/// An invite to be made.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// Seconds: 0 (for ever) to 604800.
    pub max_age: u32,
    /// 0 (without bound) to 100.
    pub max_uses: u32,
    /// Shown only.
    pub temporary: bool,
    /// Never an old one that is the same.
    pub unique: bool,
}

impl Default for NewInvite {
    fn default() -> Self {
        Self { max_age: 86_400, max_uses: 0, temporary: false, unique: false }
    }
}

/// Makes an invite into a channel; an old one of the actor's that is the same is given again, unless it is to be unique.
///
/// # Errors
/// 10003; 50013 without CREATE_INSTANT_INVITE; a form error; 30016; 50003 in a private channel; 50024 in a category
/// or thread.
pub async fn create(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    new: NewInvite,
    reason: Reason,
) -> Result<InviteView> {
    let reader = access::reader(world, actor, channel).await?;
    let kind = reader.in_guild()?.channel().kind;
    if kind.is_thread() || kind == GuildChannelKind::Category {
        return Err(Refusal::WrongChannelType.into());
    }
    let holder = reader.holding(Permissions::CREATE_INSTANT_INVITE)?;
    let mut errors = FormErrors::default();
    for (path, value, most) in [("max_age", new.max_age, 604_800), ("max_uses", new.max_uses, 100)] {
        if value > most {
            errors.push(
                path,
                "NUMBER_TYPE_MAX",
                format!("int value should be less than or equal to {most}."),
            );
        }
    }
    errors.finish()?;
    let (guild, now) = (holder.guild(), world.ports.clock.now());
    let invite = Invite {
        code: code()?,
        guild,
        channel,
        inviter: Some(actor.user()),
        created: now,
        max_age: new.max_age,
        max_uses: new.max_uses,
        uses: 0,
        temporary: new.temporary,
    };
    if !new.unique {
        let there = world.ports.directory.invites(guild, Some(channel), now).await?;
        let same = |old: &Invite| Invite { code: invite.code.clone(), created: now, ..old.clone() } == invite;
        // Of those that end, only one that was made just now is as good as a new one.
        let fresh = |old: &Invite| old.max_age == 0 || old.created.plus_seconds(60) > now;
        if let Some(old) = there.into_iter().find(|old| same(old) && fresh(old)) {
            return views(world, holder.state(), vec![old])
                .await?
                .pop()
                .ok_or_else(|| Refusal::UnknownInvite.into());
        }
    }
    let rows = audit::entry(world, &holder, AuditAction::InviteCreate, None, reason)?
        .text("code", None, Some(&invite.code))
        .text("channel_id", None, Some(channel))
        .number("max_age", None::<u32>, Some(invite.max_age))
        .number("max_uses", None::<u32>, Some(invite.max_uses))
        .flag("temporary", None, Some(invite.temporary))
        .rows();
    let _announced = announce_guild(world, guild).await;
    let made = match world.ports.directory.create_invite(&invite, limits::INVITES, rows.clone()).await? {
        Added::Added(made) => made,
        Added::TooMany => return Err(Refusal::TooManyInvites.into()),
        // A code that is used already: one in many millions.
        Added::Absent => return Err(Error::Unavailable),
    };
    let inviter = Some(Box::new(user(world, actor.user()).await?));
    let event = Event::InviteCreate { invite: Box::new(made.value.clone()), inviter };
    let who = GuildFilter::ChannelHolding(channel, Permissions::MANAGE_CHANNELS);
    tell_guild(world, guild, made.versions, who, event);
    audit::tell(world, guild, made.versions, rows);
    views(world, holder.state(), vec![made.value]).await?.pop().ok_or_else(|| Refusal::UnknownInvite.into())
}

/// Ten letters and digits that nobody guesses.
fn code() -> Result<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy";
    let mut bytes = [0_u8; 10];
    getrandom::fill(&mut bytes).map_err(|error| Error::Internal(error.to_string()))?;
    let letter = |byte: &u8| LETTERS.get(usize::from(byte & 63)).copied().unwrap_or(b'A');
    Ok(bytes.iter().map(|byte| char::from(letter(byte))).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_letters_and_digits() {
        let code = super::code().unwrap();
        assert_eq!(code.len(), 10);
        assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(code, super::code().unwrap());
    }
}
