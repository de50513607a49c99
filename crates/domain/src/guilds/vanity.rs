//! A guild's own code: a way in that never ends and that nobody made.

use crate::access;
use crate::audience::announce_guild;
use crate::guilds::change::tell_changed;
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::guild::{Guild, GuildChannel, GuildState, Invite};
use model::{GuildId, Permissions, permissions};
use ports::directory::guilds::Added;

/// Its code.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD.
pub async fn vanity(world: &World, actor: &Actor, guild: GuildId) -> Result<Option<String>> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    Ok(holder.state().guild.vanity.clone())
}

/// Sets or clears its code: 2 to 32 of `a-z 0-9 -`.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD; 50020 if it is taken or cannot be one, or no channel is there to come into.
pub async fn set_vanity(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    code: Option<String>,
    reason: Reason,
) -> Result<Option<String>> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    let code = code.map(|code| code.to_lowercase()).filter(|code| !code.is_empty());
    let old = holder.state().guild.vanity.clone();
    if code == old {
        return Ok(code);
    }
    if let Some(code) = &code {
        let fits = (2..=32).contains(&code.len())
            && code.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !fits || entrance(holder.state()).is_none() {
            return Err(Refusal::InviteCodeTaken.into());
        }
    }
    let rows = audit::entry(world, &holder, AuditAction::GuildUpdate, Some(guild.get()), reason)?
        .text("vanity_url_code", old.as_ref(), code.as_ref())
        .rows();
    let _announced = announce_guild(world, guild).await;
    let set = code.clone();
    let edit = Box::new(move |guild: &mut Guild| guild.vanity.clone_from(&set));
    let changed = match world.ports.directory.change_guild(guild, edit, rows.clone()).await? {
        Added::Added(changed) => changed,
        Added::TooMany => return Err(Refusal::InviteCodeTaken.into()),
        Added::Absent => return Err(Refusal::UnknownGuild.into()),
    };
    let versions = changed.versions;
    tell_changed(world, changed).await?;
    audit::tell(world, guild, versions, rows);
    Ok(code)
}

/// What a vanity code is as an invite; `None` if no channel is there to come into.
pub(super) fn as_invite(world: &World, state: &GuildState, code: String) -> Option<Invite> {
    Some(Invite {
        code,
        guild: state.guild.id,
        channel: entrance(state)?.id,
        inviter: None,
        created: world.ports.clock.now(),
        max_age: 0,
        max_uses: 0,
        uses: 0,
        temporary: false,
    })
}

/// Where those come in who were not invited into a channel: the first one that everybody may view.
fn entrance(state: &GuildState) -> Option<&GuildChannel> {
    let nobody = permissions::Subject { user: no_user(state), roles: &[], timeout: None };
    let now = model::Timestamp::from_micros(0);
    let seen = |channel: &&GuildChannel| {
        channel.kind.has_threads()
            && permissions::in_channel(state, channel, nobody, now).contains(Permissions::VIEW_CHANNEL)
    };
    let texts = || state.channels.iter().filter(|channel| channel.kind.has_threads());
    texts().filter(seen).min_by_key(|channel| channel.position).or_else(|| texts().next())
}

/// An id that no account has: the guild's own.
fn no_user(state: &GuildState) -> model::UserId {
    model::UserId::new(state.guild.id.get()).unwrap_or(state.guild.owner)
}
