//! The audit log.

use super::at_most;
use crate::fault::Fault;
use crate::row::{NOT_AN_ID, fitting, int, opt_int, opt_text, opt_user, text};
use crate::store::{Bind, DirectorySql, Keys, Reads, Tx, binds, failed};
use model::audit::{AuditAction, AuditChange, AuditEntry};
use model::{AuditId, GuildId, snowflake};
use ports::Stored;
use ports::directory::guilds::AuditQuery;
use serde_json::{from_str, to_string};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// How long rows are kept, as Discord does.
const KEPT_MS: i64 = 45 * 86_400_000;

/// What is kept as text: the changes, and more of them.
type Details = (Vec<AuditChange>, Vec<(String, String)>);

/// Adds rows in the transaction of their change, and takes those away that are too old. A row that is there already is
/// one of a repeated call.
pub(super) async fn write(tx: &mut Tx, guild: GuildId, entries: &[AuditEntry]) -> Result<(), Fault> {
    for entry in entries {
        let there = "SELECT id FROM audit_log WHERE guild_id = ? AND id = ?";
        if tx.one(there, binds![guild, entry.id]).await?.is_some() {
            continue;
        }
        let details = to_string(&(&entry.changes, &entry.options))
            .map_err(|_| Fault::Corrupt("a row of the audit log cannot be written"))?;
        tx.run(
            "INSERT INTO audit_log (guild_id, id, actor, action, target, details, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?)",
            binds![guild, entry.id, entry.actor, entry.action as u8, entry.target, details, &entry.reason],
        )
        .await?;
    }
    if let Some(newest) = entries.iter().map(|entry| entry.id).max() {
        let oldest = snowflake::at_ms(newest.created_ms() - KEPT_MS);
        tx.run("DELETE FROM audit_log WHERE guild_id = ? AND id < ?", binds![guild, oldest]).await?;
    }
    Ok(())
}

pub(super) async fn add(store: &DirectorySql, guild: GuildId, entry: &AuditEntry) -> Stored<()> {
    store
        .write(Keys::new(), (guild, entry.clone()), |tx, (guild, entry)| {
            Box::pin(async move {
                match super::hold(tx, *guild).await? {
                    Some(held) => write(tx, held.guild, std::slice::from_ref(entry)).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

fn entry_at(row: &AnyRow) -> Result<AuditEntry, Fault> {
    let damaged = Fault::Corrupt("a row of the audit log cannot be read");
    let (changes, options): Details = match from_str(&text(row, 4)?) {
        Ok(details) => details,
        Err(_) => return Err(damaged),
    };
    Ok(AuditEntry {
        id: AuditId::from_i64(int(row, 0)?).ok_or(NOT_AN_ID)?,
        actor: opt_user(row, 1)?,
        action: AuditAction::from_u8(fitting(row, 2)?).ok_or(damaged)?,
        target: opt_int(row, 3)?.map(|target| target as u64),
        changes,
        options,
        reason: opt_text(row, 5)?,
    })
}

pub(super) async fn page(store: &DirectorySql, guild: GuildId, query: AuditQuery) -> Stored<Vec<AuditEntry>> {
    let mut sql = String::from(
        "SELECT a.id, a.actor, a.action, a.target, a.details, a.reason
            FROM audit_log a JOIN guilds g ON g.id = a.guild_id WHERE a.guild_id = ?",
    );
    let mut binds: Vec<Bind> = vec![guild.into()];
    let mut only = |condition: &str, bind: Option<Bind>| {
        if let Some(bind) = bind {
            sql.push_str(condition);
            binds.push(bind);
        }
    };
    only(" AND a.actor = ?", query.actor.map(Bind::from));
    only(" AND a.action = ?", query.action.map(|action| Bind::from(action as u8)));
    only(" AND a.id < ?", query.before.map(Bind::from));
    only(" AND a.id > ?", query.after.map(Bind::from));
    sql.push_str(if query.after.is_some() {
        " ORDER BY a.id LIMIT ?"
    } else {
        " ORDER BY a.id DESC LIMIT ?"
    });
    binds.push(at_most(query.limit).into());
    let rows = store.rows(Reads::Show, AssertSqlSafe(sql), &binds).await?;
    let mut entries: Vec<AuditEntry> =
        rows.iter().map(entry_at).collect::<Result<_, Fault>>().map_err(failed)?;
    if query.after.is_some() {
        entries.reverse();
    }
    Ok(entries)
}
