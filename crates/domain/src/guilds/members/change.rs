//! Changing a member: nickname, roles, timeout, voice.

use super::roles::{giving, row_of};
use crate::access::{self, GuildMember, Holder};
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit, local};
use crate::{Actor, FormErrors, Refusal, Result, World, voice};
use model::audit::{AuditAction, AuditEntry};
use model::event::{Event, GuildFilter, MemberView};
use model::guild::Member;
use model::permissions;
use model::{ChannelId, GuildId, Permissions, RoleId, Timestamp, UserId, limits, names};
use ports::directory::guilds::{MemberEdit, Raised};

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// 1 to 32 characters; `Some(None)` and empty text take it away.
    pub nick: Option<Option<String>>,
    /// All its roles; `@everyone` may be among them and says nothing.
    pub roles: Option<Vec<RoleId>>,
    /// Until when it may only look, at most 28 days ahead; `Some(None)` ends it.
    pub timeout: Option<Option<Timestamp>>,
    /// Deafened.
    pub deaf: Option<bool>,
    /// Muted.
    pub mute: Option<bool>,
    /// The voice channel to move it to; `Some(None)` sends it out of voice.
    pub channel: Option<Option<ChannelId>>,
}

/// Changes a member. Each field has a right of its own; nickname, timeout and voice take standing above the member, roles
/// standing above each role that is given or taken, as with Discord.
///
/// # Errors
/// 10004; 10007; 10011; 50013 for each field that the actor may not change; 50028 for a bot's own role; a form error; 40032 to
/// mute, deafen or move a member who is not in voice; for a channel 10003, 50024.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    change: MemberChange,
    reason: Reason,
) -> Result<MemberView> {
    let me = access::member(world, actor, guild).await?;
    let found = world.ports.directory.members_of(guild, &[user]).await?;
    let old = found.into_iter().next().ok_or(Refusal::UnknownMember)?;
    let mut change = checked(change, me.now())?;
    // discord.js names the role that everybody has among a member's own; Discord takes no notice of it.
    if let Some(roles) = &mut change.roles {
        roles.retain(|role| *role != guild.everyone());
    }
    let holder = may_change(&me, &old, &change)?;
    let order = match change.channel {
        Some(channel) => Some(voice::order(world, &me, user, channel).await?),
        None if change.mute.is_some() || change.deaf.is_some() => {
            voice::must_be_in_voice(world, guild, user).await?;
            None
        }
        None => None,
    };
    let view = if order.is_some() && change.is_of_voice_alone() {
        // Nothing is stored: where somebody is in voice is no part of its membership.
        local::member_views(world, vec![old]).await?.pop().ok_or(Refusal::UnknownMember)?
    } else {
        let mut new = old.clone();
        apply(&mut new, &change);
        let rows = rows(world, &holder, &old, &new, reason.clone())?;
        let edit = Box::new(move |member: &mut Member| apply(member, &change));
        let view = store(world, &holder, user, edit, rows).await?;
        if (view.member.deaf, view.member.mute) != (old.deaf, old.mute) {
            voice::moderated(world, guild, &view).await?;
        }
        view
    };
    if let Some(order) = order {
        order.carry_out(world, &holder, reason).await?;
    }
    Ok(view)
}

impl MemberChange {
    /// Whether it says no more than where the member is to be.
    const fn is_of_voice_alone(&self) -> bool {
        self.nick.is_none()
            && self.roles.is_none()
            && self.timeout.is_none()
            && self.deaf.is_none()
            && self.mute.is_none()
    }
}

/// Changes the actor's own nickname.
///
/// # Errors
/// 10004; 50013 without CHANGE_NICKNAME; a form error.
pub async fn change_own(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    nick: Option<Option<String>>,
    reason: Reason,
) -> Result<MemberView> {
    let change_of_nick = MemberChange { nick, ..MemberChange::default() };
    change(world, actor, guild, actor.user(), change_of_nick, reason).await
}

/// Stores a change of a member and tells of it.
pub(super) async fn store(
    world: &World,
    holder: &Holder,
    user: UserId,
    edit: MemberEdit,
    rows: Vec<AuditEntry>,
) -> Result<MemberView> {
    let guild = holder.guild();
    let _announced = announce_guild(world, guild).await;
    let changed = world.ports.directory.change_member(guild, user, edit, rows.clone()).await?;
    let Raised { value, versions } = changed.ok_or(Refusal::UnknownMember)?;
    let view = local::member_views(world, vec![value]).await?.pop().ok_or(Refusal::UnknownMember)?;
    let event = Event::MemberUpdate { guild, member: Box::new(view.clone()) };
    tell_guild(world, guild, versions, GuildFilter::Everyone, event);
    audit::tell(world, guild, versions, rows);
    Ok(view)
}

fn checked(mut change: MemberChange, now: Timestamp) -> Result<MemberChange> {
    let mut errors = FormErrors::default();
    change.nick = change.nick.map(|nick| nick.map(|nick| names::line(&nick)).filter(|nick| !nick.is_empty()));
    if let Some(Some(nick)) = &change.nick {
        errors.length("nick", nick, 1, limits::NICKNAME);
    }
    if let Some(roles) = &mut change.roles {
        if roles.len() > limits::ROLES {
            errors.push(
                "roles",
                "BASE_TYPE_MAX_LENGTH",
                format!("Must be {} or fewer in length.", limits::ROLES),
            );
        }
        roles.sort_unstable();
        roles.dedup();
    }
    if let Some(Some(until)) = change.timeout {
        if until <= now {
            change.timeout = Some(None);
        } else if until > now.plus_seconds(limits::TIMEOUT_DAYS.saturating_mul(86_400)) {
            errors.push(
                "communication_disabled_until",
                "DATE_TYPE_MAX",
                format!("Must be at most {} days ahead.", limits::TIMEOUT_DAYS),
            );
        }
    }
    errors.finish()?;
    Ok(change)
}

/// The right to all that changes.
fn may_change(me: &GuildMember, old: &Member, change: &MemberChange) -> Result<Holder> {
    let own = old.user == me.actor().user();
    let mut needed = Permissions::NONE;
    let mut above = false;
    if change.nick.is_some() {
        if own {
            // Who may change others' nicknames may change its own.
            if !me.permissions().intersects(Permissions::CHANGE_NICKNAME | Permissions::MANAGE_NICKNAMES) {
                return Err(Refusal::MissingPermissions.into());
            }
        } else {
            needed |= Permissions::MANAGE_NICKNAMES;
            above = true;
        }
    }
    if change.roles.is_some() {
        needed |= Permissions::MANAGE_ROLES;
    }
    if change.timeout.is_some() {
        needed |= Permissions::MODERATE_MEMBERS;
        above = true;
    }
    if change.deaf.is_some() {
        needed |= Permissions::DEAFEN_MEMBERS;
    }
    if change.mute.is_some() {
        needed |= Permissions::MUTE_MEMBERS;
    }
    if change.channel.is_some() {
        needed |= Permissions::MOVE_MEMBERS;
    }
    let holder = me.clone().holding(needed)?;
    if above {
        holder.above_member(old)?;
    }
    if let Some(Some(_)) = change.timeout
        && permissions::base(me.state(), old.into()).contains(Permissions::ADMINISTRATOR)
    {
        return Err(Refusal::MissingPermissions.into());
    }
    if let Some(roles) = &change.roles {
        let changed = roles.iter().filter(|role| !old.roles.contains(role));
        for role in changed.chain(old.roles.iter().filter(|role| !roles.contains(role))) {
            giving(&holder, *role)?;
        }
    }
    Ok(holder)
}

fn apply(member: &mut Member, change: &MemberChange) {
    if let Some(nick) = &change.nick {
        member.nick.clone_from(nick);
    }
    if let Some(roles) = &change.roles {
        member.roles.clone_from(roles);
    }
    member.timeout = change.timeout.unwrap_or(member.timeout);
    member.deaf = change.deaf.unwrap_or(member.deaf);
    member.mute = change.mute.unwrap_or(member.mute);
}

fn rows(
    world: &World,
    holder: &Holder,
    old: &Member,
    new: &Member,
    reason: Reason,
) -> Result<Vec<AuditEntry>> {
    let mut rows = Vec::new();
    let target = Some(old.user.get());
    let same_but_roles = Member { roles: old.roles.clone(), ..new.clone() };
    if same_but_roles != *old {
        let row = audit::entry(world, holder, AuditAction::MemberUpdate, target, reason.clone())?
            .text("nick", old.nick.as_ref(), new.nick.as_ref())
            .text("communication_disabled_until", old.timeout.map(iso8601), new.timeout.map(iso8601))
            .flag("deaf", Some(old.deaf), Some(new.deaf))
            .flag("mute", Some(old.mute), Some(new.mute));
        rows.extend(row.rows());
    }
    let added: Vec<RoleId> = new.roles.iter().filter(|role| !old.roles.contains(role)).copied().collect();
    let removed: Vec<RoleId> = old.roles.iter().filter(|role| !new.roles.contains(role)).copied().collect();
    if !added.is_empty() || !removed.is_empty() {
        rows.extend(row_of(world, holder, old.user, &added, &removed, reason)?.rows());
    }
    Ok(rows)
}

/// A moment as the audit log shows it.
fn iso8601(at: Timestamp) -> String {
    let days = at.seconds().div_euclid(86_400);
    let seconds = at.seconds().rem_euclid(86_400);
    // Days since the first of March of the year 0, by eras of 400 years (Howard Hinnant's civil calendar).
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let micros = at.micros().rem_euclid(1_000_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_discord_writes_them() {
        assert_eq!(iso8601(Timestamp::from_micros(0)), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(iso8601(Timestamp::from_millis(951_827_696_789)), "2000-02-29T12:34:56.789000+00:00");
        assert_eq!(iso8601(Timestamp::from_millis(1_796_083_199_000)), "2026-11-30T23:59:59.000000+00:00");
    }
}
