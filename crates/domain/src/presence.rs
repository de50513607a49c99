//! Presence: what sessions say, merged, and who is told.

use crate::accounts::lookup::user;
use crate::audience::{tell, tell_guild};
use crate::{Actor, Result, World};
use model::event::{Event, GuildFilter};
use model::presence::{Presence, SessionPresence, Status};
use model::user::User;
use model::{GuildId, UserId};
use ports::presence::PresenceChange;

/// A session says how it is. Friends and guilds are told when the merged view changed.
///
/// # Errors
/// Store errors only.
pub async fn set(world: &World, actor: &Actor, session: SessionPresence) -> Result<()> {
    let change = world.ports.presence.set(actor.user(), session).await?;
    changed(world, actor.user(), change).await
}

/// A session ended for good.
///
/// # Errors
/// Store errors only.
pub async fn clear(world: &World, user: UserId, session: &str) -> Result<()> {
    let change = world.ports.presence.clear(user, session).await?;
    changed(world, user, change).await
}

/// A session is still there.
///
/// # Errors
/// Store errors only.
pub async fn keep_alive(world: &World, user: UserId, session: &str) -> Result<()> {
    Ok(world.ports.presence.keep_alive(user, session).await?)
}

async fn changed(world: &World, id: UserId, change: PresenceChange) -> Result<()> {
    let user = user(world, id).await?;
    if !user.bot {
        let sessions = world.ports.presence.sessions(id).await?;
        tell(world, &[id], Event::SessionsReplace(sessions));
    }
    if change.before != change.after {
        let watchers = watchers(world, &user).await?;
        tell(
            world,
            &watchers,
            Event::PresenceUpdate {
                presence: Box::new(change.after.clone()),
                user: Box::new(user.clone()),
                guild: None,
            },
        );
        tell_guilds(world, &user, &change.after).await?;
    }
    Ok(())
}

/// Tells a user's presence in each of its guilds.
async fn tell_guilds(world: &World, user: &User, presence: &Presence) -> Result<()> {
    let guilds = world.ports.directory.memberships(user.id).await?;
    let guilds: Vec<GuildId> = guilds.into_iter().map(|(guild, _)| guild).collect();
    for (guild, versions) in world.ports.directory.guild_versions(&guilds).await? {
        let event = Event::PresenceUpdate {
            presence: Box::new(presence.clone()),
            user: Box::new(user.clone()),
            guild: Some(guild),
        };
        tell_guild(world, guild, versions, GuildFilter::Everyone, event);
    }
    Ok(())
}

/// Who sees a user's presence: its friends; a bot's owner.
async fn watchers(world: &World, user: &User) -> Result<Vec<UserId>> {
    match user.bot_owner {
        Some(owner) => Ok(vec![owner]),
        None => Ok(world.ports.directory.friends(user.id).await?),
    }
}

/// A name changed: those who see the presence see the new one, if the user is online.
pub(crate) async fn tell_friends(world: &World, user: &User) -> Result<()> {
    let presence = world.ports.presence.merged(&[user.id]).await?.into_iter().next();
    let presence = presence.unwrap_or_else(|| Presence::offline(user.id));
    let watchers = watchers(world, user).await?;
    tell(
        world,
        &watchers,
        Event::PresenceUpdate { presence: Box::new(presence), user: Box::new(user.clone()), guild: None },
    );
    Ok(())
}

/// Two became friends: each learns whether the other is there.
pub(crate) async fn introduce(world: &World, a: UserId, b: UserId) -> Result<()> {
    for presence in world.ports.presence.merged(&[a, b]).await? {
        if presence.status == Status::Offline {
            continue;
        }
        let other = if presence.user == a { b } else { a };
        let user = Box::new(user(world, presence.user).await?);
        tell(world, &[other], Event::PresenceUpdate { presence: Box::new(presence), user, guild: None });
    }
    Ok(())
}
