//! Ways in: invites and vanity codes.

use super::{hold, room};
use crate::fault::Fault;
use crate::row::{channel, flag, guild, opt_user, small, text, time};
use crate::store::{Bind, DirectorySql, Keys, Reads, Tx, binds, failed};
use model::guild::Invite;
use model::{ChannelId, GuildId, Timestamp};
use ports::Stored;
use ports::directory::guilds::{Added, Audit};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The columns that [`invite_at`] reads, in its order.
macro_rules! invite_columns {
    () => {
        "i.code, i.guild_id, i.channel_id, i.inviter, i.created, i.max_age, i.max_uses, i.uses, i.for_now"
    };
}

fn invite_at(row: &AnyRow) -> Result<Invite, Fault> {
    Ok(Invite {
        code: text(row, 0)?,
        guild: guild(row, 1)?,
        channel: channel(row, 2)?,
        inviter: opt_user(row, 3)?,
        created: time(row, 4)?,
        max_age: small(row, 5)?,
        max_uses: small(row, 6)?,
        uses: small(row, 7)?,
        temporary: flag(row, 8)?,
    })
}

const INVITE: &str = concat!("SELECT ", invite_columns!(), " FROM guild_invites i WHERE i.code = ?");

/// Whether somebody may come in by it now.
fn holds(invite: &Invite, at: Timestamp) -> bool {
    (invite.max_uses == 0 || invite.uses < invite.max_uses) && invite.expires().is_none_or(|ends| at < ends)
}

async fn load(tx: &mut Tx, code: &str) -> Result<Option<Invite>, Fault> {
    tx.one(INVITE, binds![code]).await?.as_ref().map(invite_at).transpose()
}

/// Into which guild a code leads, whether or not it still does.
pub(super) async fn leads_to(store: &DirectorySql, code: &str) -> Stored<Option<GuildId>> {
    let sql = "SELECT guild_id FROM guild_invites WHERE code = ?
        UNION ALL SELECT id FROM guilds WHERE vanity = ?";
    let row = store.row(Reads::Decide, sql, binds![code, code]).await?;
    row.map(|row| guild(&row, 0)).transpose().map_err(failed)
}

/// Whether one may come into this guild by this code, in a transaction that holds the guild.
pub(super) async fn is_good(tx: &mut Tx, of: GuildId, code: &str, at: Timestamp) -> Result<bool, Fault> {
    if let Some(invite) = load(tx, code).await? {
        return Ok(invite.guild == of && holds(&invite, at));
    }
    let sql = "SELECT id FROM guilds WHERE id = ? AND vanity = ?";
    Ok(tx.one(sql, binds![of, code]).await?.is_some())
}

/// Counts a use; of a vanity code there is nothing to count. What is used up stays for a while, so that a call that is
/// repeated finds its way.
pub(super) async fn used(tx: &mut Tx, code: &str) -> Result<(), Fault> {
    tx.run("UPDATE guild_invites SET uses = uses + 1 WHERE code = ?", binds![code]).await?;
    Ok(())
}

pub(super) async fn create(
    store: &DirectorySql,
    invite: &Invite,
    cap: usize,
    audit: Audit,
) -> Stored<Added<Invite>> {
    store
        .write(Keys::new(), (invite.clone(), cap, audit), |tx, (invite, cap, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, invite.guild).await? else { return Ok(Added::Absent) };
                if let Some(there) = load(tx, &invite.code).await? {
                    // A repeated call whose first answer was lost finds it as it made it.
                    let same = Invite { uses: 0, ..there.clone() } == Invite { uses: 0, ..invite.clone() };
                    return Ok(if same { Added::Added(held.unraised(there)) } else { Added::Absent });
                }
                if super::state::code_taken(tx, &invite.code).await? {
                    return Ok(Added::Absent);
                }
                let channel = super::channels::find(tx, invite.guild, invite.channel).await?;
                if channel.is_none_or(|channel| channel.kind.is_thread()) {
                    return Ok(Added::Absent);
                }
                let sql = "DELETE FROM guild_invites
                    WHERE guild_id = ? AND (ends <= ? OR (max_uses > 0 AND uses >= max_uses))";
                tx.run(sql, binds![invite.guild, invite.created]).await?;
                let count = "SELECT COUNT(*) FROM guild_invites WHERE guild_id = ?";
                if !room(tx.number(count, binds![invite.guild]).await?, *cap) {
                    return Ok(Added::TooMany);
                }
                tx.run(
                    "INSERT INTO guild_invites (code, guild_id, channel_id, inviter, created, max_age, max_uses,
                        uses, for_now, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    binds![
                        &invite.code,
                        invite.guild,
                        invite.channel,
                        invite.inviter,
                        invite.created,
                        invite.max_age,
                        invite.max_uses,
                        invite.uses,
                        invite.temporary,
                        invite.expires()
                    ],
                )
                .await?;
                super::audit::write(tx, invite.guild, audit).await?;
                Ok(Added::Added(held.unraised(invite.clone())))
            })
        })
        .await
}

pub(super) async fn find(store: &DirectorySql, code: &str, at: Timestamp) -> Stored<Option<Invite>> {
    let row = store.row(Reads::Decide, INVITE, binds![code]).await?;
    let invite = row.as_ref().map(invite_at).transpose().map_err(failed)?;
    Ok(invite.filter(|invite| holds(invite, at)))
}

pub(super) async fn list(
    store: &DirectorySql,
    guild: GuildId,
    channel: Option<ChannelId>,
    at: Timestamp,
) -> Stored<Vec<Invite>> {
    let mut sql = String::from(concat!(
        "SELECT ",
        invite_columns!(),
        " FROM guild_invites i WHERE i.guild_id = ? AND (i.ends IS NULL OR i.ends > ?)",
        " AND (i.max_uses = 0 OR i.uses < i.max_uses)"
    ));
    let mut binds: Vec<Bind> = vec![guild.into(), at.into()];
    if let Some(channel) = channel {
        sql.push_str(" AND i.channel_id = ?");
        binds.push(channel.into());
    }
    sql.push_str(" ORDER BY i.created, i.code");
    let rows = store.rows(Reads::Show, AssertSqlSafe(sql), &binds).await?;
    rows.iter().map(invite_at).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn delete(store: &DirectorySql, code: &str, audit: Audit) -> Stored<Option<Invite>> {
    let Some(guild) = leads_to(store, code).await? else { return Ok(None) };
    store
        .write(Keys::new(), (guild, code.to_owned(), audit), |tx, (guild, code, audit)| {
            Box::pin(async move {
                if hold(tx, *guild).await?.is_none() {
                    return Ok(None);
                }
                let Some(invite) = load(tx, code).await?.filter(|invite| invite.guild == *guild) else {
                    return Ok(None);
                };
                tx.run("DELETE FROM guild_invites WHERE code = ?", binds![code]).await?;
                super::audit::write(tx, *guild, audit).await?;
                Ok(Some(invite))
            })
        })
        .await
}

pub(super) async fn vanity(store: &DirectorySql, code: &str) -> Stored<Option<GuildId>> {
    let row = store.row(Reads::Decide, "SELECT id FROM guilds WHERE vanity = ?", binds![code]).await?;
    row.map(|row| guild(&row, 0)).transpose().map_err(failed)
}
