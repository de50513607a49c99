//! Bans.

use super::{Raises, at_most, hold, members};
use crate::fault::Fault;
use crate::row::{opt_text, user};
use crate::store::{DirectorySql, Keys, Reads, Tx, binds, failed};
use model::guild::{Ban, Member};
use model::{GuildId, UserId};
use ports::Stored;
use ports::directory::guilds::{Added, Audit};
use sqlx::any::AnyRow;

const BAN: &str = "SELECT b.user_id, b.reason FROM guild_bans b JOIN guilds g ON g.id = b.guild_id
    WHERE b.guild_id = ? AND b.user_id = ?";

fn ban_at(row: &AnyRow) -> Result<Ban, Fault> {
    Ok(Ban { user: user(row, 0)?, reason: opt_text(row, 1)? })
}

/// Whether somebody is banned, in a transaction that holds the guild.
pub(super) async fn is_banned(tx: &mut Tx, guild: GuildId, user: UserId) -> Result<bool, Fault> {
    Ok(tx.one(BAN, binds![guild, user]).await?.is_some())
}

pub(super) async fn ban(
    store: &DirectorySql,
    guild: GuildId,
    user: UserId,
    reason: Option<&str>,
    audit: Audit,
) -> Stored<Added<Option<Member>>> {
    let args = (guild, user, reason.map(str::to_owned), audit);
    store
        .write(members::ending(store, guild, user).await?, args, |tx, (guild, user, reason, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await?.filter(|held| held.owner != *user) else {
                    return Ok(Added::Absent);
                };
                let sql = if is_banned(tx, *guild, *user).await? {
                    "UPDATE guild_bans SET reason = ? WHERE guild_id = ? AND user_id = ?"
                } else {
                    "INSERT INTO guild_bans (reason, guild_id, user_id) VALUES (?, ?, ?)"
                };
                tx.run(sql, binds![reason, *guild, *user]).await?;
                let (member, raises) = members::end(tx, held, *user)
                    .await?
                    .map_or_else(|| (None, Raises::Members), |(member, raises)| (Some(member), raises));
                Ok(Added::Added(held.done(tx, raises, audit, member).await?))
            })
        })
        .await
}

pub(super) async fn unban(
    store: &DirectorySql,
    guild: GuildId,
    user: UserId,
    audit: Audit,
) -> Stored<Option<Ban>> {
    store
        .write(Keys::new(), (guild, user, audit), |tx, (guild, user, audit)| {
            Box::pin(async move {
                if hold(tx, *guild).await?.is_none() {
                    return Ok(None);
                }
                let Some(row) = tx.one(BAN, binds![*guild, *user]).await? else { return Ok(None) };
                let ban = ban_at(&row)?;
                let sql = "DELETE FROM guild_bans WHERE guild_id = ? AND user_id = ?";
                tx.run(sql, binds![*guild, *user]).await?;
                super::audit::write(tx, *guild, audit).await?;
                Ok(Some(ban))
            })
        })
        .await
}

pub(super) async fn find(store: &DirectorySql, guild: GuildId, user: UserId) -> Stored<Option<Ban>> {
    let row = store.row(Reads::Decide, BAN, binds![guild, user]).await?;
    row.as_ref().map(ban_at).transpose().map_err(failed)
}

pub(super) async fn page(
    store: &DirectorySql,
    guild: GuildId,
    before: Option<UserId>,
    after: Option<UserId>,
    limit: usize,
) -> Stored<Vec<Ban>> {
    // With both, `after` says from where.
    let backwards = before.is_some() && after.is_none();
    let sql = if backwards {
        "SELECT b.user_id, b.reason FROM guild_bans b JOIN guilds g ON g.id = b.guild_id
            WHERE b.guild_id = ? AND b.user_id > ? AND b.user_id < ? ORDER BY b.user_id DESC LIMIT ?"
    } else {
        "SELECT b.user_id, b.reason FROM guild_bans b JOIN guilds g ON g.id = b.guild_id
            WHERE b.guild_id = ? AND b.user_id > ? AND b.user_id < ? ORDER BY b.user_id LIMIT ?"
    };
    let (above, below) = (after.map_or(0, UserId::as_i64), before.map_or(i64::MAX, UserId::as_i64));
    let rows = store.rows(Reads::Show, sql, binds![guild, above, below, at_most(limit)]).await?;
    let mut bans = rows.iter().map(ban_at).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    if backwards {
        bans.reverse();
    }
    Ok(bans)
}
