//! Deleting many messages at once.

use super::delete::take_many;
use crate::guilds::{Reason, audit};
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::audit::AuditAction;
use model::{ChannelId, MessageId, Permissions};
use std::collections::HashSet;

/// Nothing older is deleted in bulk: 14 days.
const OLDEST_MS: i64 = 14 * 24 * 60 * 60 * 1000;

/// Deletes 2 to 100 messages of a guild's channel that are not older than 14 days; absent ones are passed over.
///
/// # Errors
/// 10003; 50003 in a private channel; 50013 without MANAGE_MESSAGES; 50016; 50034; a form error for one named twice.
pub async fn delete_many(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    ids: &[MessageId],
    reason: Reason,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let holder = reader.holding(Permissions::MANAGE_MESSAGES)?;
    if !(2..=100).contains(&ids.len()) {
        return Err(Refusal::BulkDeleteCount.into());
    }
    let mut seen = HashSet::new();
    if ids.iter().any(|id| !seen.insert(*id)) {
        return Err(FormErrors::one(
            "messages",
            "SET_TYPE_ALREADY_CONTAINS_VALUE",
            "The set already contains this value",
        )
        .into());
    }
    let oldest = world.ports.clock.now().millis().saturating_sub(OLDEST_MS);
    if ids.iter().any(|id| id.created_ms() < oldest) {
        return Err(Refusal::TooOldToBulkDelete.into());
    }
    let gone = take_many(world, &reader.stage(), ids).await?;
    if gone.is_empty() {
        return Ok(());
    }
    let entry = audit::entry(world, &holder, AuditAction::MessageBulkDelete, Some(channel.get()), reason)?
        .option("count", gone.len());
    audit::add(world, &holder, entry).await
}
