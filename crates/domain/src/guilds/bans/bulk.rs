//! Banning many.

use super::ban::{check, keep_out, may_ban};
use crate::access;
use crate::guilds::Reason;
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::{GuildId, Permissions, UserId};

/// How many one call bans.
const AT_ONCE: usize = 200;

/// What became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkBan {
    /// Banned now.
    pub banned: Vec<UserId>,
    /// Not: unknown, banned before, or not below the actor.
    pub failed: Vec<UserId>,
}

/// Bans up to 200 users.
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS and MANAGE_GUILD; a form error; 500000 if nobody was banned.
pub async fn bulk(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    users: &[UserId],
    delete_seconds: u32,
    reason: Reason,
) -> Result<BulkBan> {
    let needed = Permissions::BAN_MEMBERS | Permissions::MANAGE_GUILD;
    let holder = access::holding(world, actor, guild, needed).await?;
    check(delete_seconds)?;
    if !(1..=AT_ONCE).contains(&users.len()) {
        let fault = format!("Must be between 1 and {AT_ONCE} in length.");
        return Err(FormErrors::one("user_ids", "BASE_TYPE_BAD_LENGTH", fault).into());
    }
    let mut users = users.to_vec();
    users.sort_unstable();
    users.dedup();
    let mut done = BulkBan::default();
    for user in users {
        if world.ports.directory.find_ban(guild, user).await?.is_some() {
            done.failed.push(user);
            continue;
        }
        match may_ban(world, &holder, user).await {
            Ok(account) => {
                keep_out(world, &holder, account, delete_seconds, reason.clone()).await?;
                done.banned.push(user);
            }
            Err(Error::Refused(_)) => done.failed.push(user),
            Err(error) => return Err(error),
        }
    }
    if done.banned.is_empty() { Err(Refusal::NobodyBanned.into()) } else { Ok(done) }
}
