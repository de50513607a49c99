//! Friends and blocks. The table of transitions is `model::relationship::transition`; here is who is told what.

use crate::accounts::lookup::{Users, user};
use crate::audience::{announce, tell};
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::event::Event;
use model::relationship::{
    Relationship, RelationshipAction, RelationshipKind, RelationshipRefusal, Transition,
};
use model::user::User;
use model::{Timestamp, UserId, limits, names};
use ports::directory::relationships::RelationshipLimits;
use std::time::Duration;

/// The actor's rows with the other users.
///
/// # Errors
/// 20001 for bots.
pub async fn list(world: &World, actor: &Actor) -> Result<Vec<(Relationship, User)>> {
    actor.person()?;
    let rows = world.ports.directory.relationships(actor.user()).await?;
    let users = Users::load(world, rows.iter().map(|row| row.other)).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let user = users.get(row.other);
            (row, user)
        })
        .collect())
}

/// Asks the user with this name, or accepts what that user asked.
///
/// # Errors
/// 80004 for nobody, else as [`befriend`].
pub async fn request_by_name(world: &World, actor: &Actor, username: &str) -> Result<()> {
    actor.person()?;
    throttle(world, actor).await?;
    let name = username.trim().trim_start_matches('@').to_lowercase();
    let target = world.ports.directory.user_by_name(&name).await?.ok_or(Refusal::NoSuchUsername)?;
    apply_befriend(world, actor, &target).await
}

/// Asks this user, or accepts what it asked.
///
/// # Errors
/// 10013 for nobody; 80003 for oneself; 80000 for bots; 80001 while blocking; 80007 for friends; 30002 at the limit.
pub async fn befriend(world: &World, actor: &Actor, target: UserId) -> Result<()> {
    actor.person()?;
    throttle(world, actor).await?;
    let found =
        world.ports.directory.users(&[target]).await?.into_iter().next().ok_or(Refusal::UnknownUser)?;
    apply_befriend(world, actor, &found).await
}

async fn throttle(world: &World, actor: &Actor) -> Result<()> {
    world.throttle(&format!("befriend:{}", actor.user()), 20, Duration::from_secs(3600)).await
}

async fn apply_befriend(world: &World, actor: &Actor, target: &User) -> Result<()> {
    if target.id == actor.user() {
        return Err(Refusal::SelfRequest.into());
    }
    if target.bot {
        return Err(Refusal::RequestsRefused.into());
    }
    let change = change(world, actor.user(), target.id, RelationshipAction::Befriend).await?;
    if change.after.0 == Some(RelationshipKind::Friend) {
        crate::presence::introduce(world, actor.user(), target.id).await?;
    }
    Ok(())
}

/// Blocks a user. Bots can be blocked too.
///
/// # Errors
/// 10013 for nobody; 80003 for oneself; 30002 at the limit.
pub async fn block(world: &World, actor: &Actor, target: UserId) -> Result<()> {
    actor.person()?;
    if target == actor.user() {
        return Err(Refusal::SelfRequest.into());
    }
    if world.ports.directory.users(&[target]).await?.is_empty() {
        return Err(Refusal::UnknownUser.into());
    }
    change(world, actor.user(), target, RelationshipAction::Block).await.map(drop)
}

/// Unfriends, cancels, declines or unblocks. Without a row nothing happens.
///
/// # Errors
/// 20001 for bots.
pub async fn remove(world: &World, actor: &Actor, target: UserId) -> Result<()> {
    actor.person()?;
    change(world, actor.user(), target, RelationshipAction::Remove).await.map(drop)
}

/// Declines every request.
///
/// # Errors
/// 20001 for bots.
pub async fn clear_incoming(world: &World, actor: &Actor) -> Result<()> {
    actor.person()?;
    for row in world.ports.directory.relationships(actor.user()).await? {
        if row.kind == RelationshipKind::Incoming {
            remove(world, actor, row.other).await?;
        }
    }
    Ok(())
}

/// Gives a friend a nickname that only the actor sees.
///
/// # Errors
/// 10013 unless they are friends; a form error for over-long text.
pub async fn set_nickname(
    world: &World,
    actor: &Actor,
    friend: UserId,
    nickname: Option<String>,
) -> Result<()> {
    actor.person()?;
    let nickname = nickname.map(|text| names::line(&text)).filter(|text| !text.is_empty());
    if let Some(text) = &nickname {
        let mut errors = FormErrors::default();
        errors.length("nickname", text, 0, limits::NICKNAME);
        errors.finish()?;
    }
    let _announced = announce(world, &[actor.user()]).await;
    let row = world.ports.directory.set_nickname(actor.user(), friend, nickname.as_deref()).await?;
    let row = row.ok_or(Refusal::UnknownUser)?;
    tell(world, &[actor.user()], Event::RelationshipUpdate(Box::new(row)));
    Ok(())
}

/// Friends of both. For strangers there are none, as for nobody.
///
/// # Errors
/// 20001 for bots.
pub async fn mutual_friends(world: &World, actor: &Actor, other: UserId) -> Result<Vec<User>> {
    actor.person()?;
    common_friends(world, actor.user(), other).await
}

pub(crate) async fn common_friends(world: &World, a: UserId, b: UserId) -> Result<Vec<User>> {
    let theirs: std::collections::HashSet<UserId> =
        world.ports.directory.friends(b).await?.into_iter().collect();
    let mut common = world.ports.directory.friends(a).await?;
    common.retain(|id| theirs.contains(id));
    common.sort_unstable();
    Ok(Users::load(world, common.iter().copied()).await?.all(common))
}

/// Changes both sides' rows, and tells both.
async fn change(
    world: &World,
    actor: UserId,
    other: UserId,
    action: RelationshipAction,
) -> Result<Transition> {
    let at = world.ports.clock.now();
    let _announced = announce(world, &[actor, other]).await;
    let caps = RelationshipLimits { friends: limits::FRIENDS, blocks: limits::BLOCKS };
    match world.ports.directory.change_relationship(actor, other, action, at, caps).await? {
        Ok(transition) => {
            tell_sides(world, actor, other, transition, at).await?;
            Ok(transition)
        }
        Err(RelationshipRefusal::AlreadyFriends) => Err(Refusal::AlreadyFriends.into()),
        Err(RelationshipRefusal::Blocking) => Err(Refusal::Blocking.into()),
        Err(RelationshipRefusal::Limit) => Err(Refusal::TooManyFriends.into()),
    }
}

/// Tells each side what became of its own row; a side whose row did not change hears nothing, so a block says nothing.
async fn tell_sides(
    world: &World,
    actor: UserId,
    other: UserId,
    change: Transition,
    at: Timestamp,
) -> Result<()> {
    let sides =
        [(actor, other, change.before.0, change.after.0), (other, actor, change.before.1, change.after.1)];
    for (receiver, about, before, after) in sides {
        if before == after {
            continue;
        }
        match (before, after) {
            (_, Some(kind)) => {
                let asked = kind == RelationshipKind::Incoming;
                let accepted = kind == RelationshipKind::Friend && before == Some(RelationshipKind::Outgoing);
                let row = Relationship { other: about, kind, nickname: None, since: at };
                let row = world.ports.directory.relationship(receiver, about).await?.unwrap_or(row);
                let user = Box::new(user(world, about).await?);
                tell(
                    world,
                    &[receiver],
                    Event::RelationshipAdd { relationship: Box::new(row), user, notify: asked || accepted },
                );
            }
            (Some(kind), None) => tell(world, &[receiver], Event::RelationshipRemove { other: about, kind }),
            (None, None) => {}
        }
    }
    Ok(())
}
