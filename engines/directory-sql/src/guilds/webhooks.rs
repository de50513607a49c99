//! Webhooks.

use super::{channels, hold, room};
use crate::fault::Fault;
use crate::row::{NOT_AN_ID, channel, guild, int, opt_application, opt_text, opt_user, text};
use crate::store::{Bind, DirectorySql, Keys, Reads, Tx, binds, failed};
use model::webhook::Webhook;
use model::{ChannelId, GuildId, WebhookId};
use ports::Stored;
use ports::directory::guilds::{Added, Audit, WebhookEdit};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The columns that [`webhook_at`] reads, in its order.
macro_rules! webhook_columns {
    () => {
        "w.id, w.guild_id, w.channel_id, w.name, w.avatar, w.creator, w.application, w.token"
    };
}

const WEBHOOK: &str = concat!("SELECT ", webhook_columns!(), " FROM webhooks w WHERE w.id = ?");

fn webhook_at(row: &AnyRow) -> Result<Webhook, Fault> {
    Ok(Webhook {
        id: WebhookId::from_i64(int(row, 0)?).ok_or(NOT_AN_ID)?,
        guild: guild(row, 1)?,
        channel: channel(row, 2)?,
        name: text(row, 3)?,
        avatar: opt_text(row, 4)?,
        creator: opt_user(row, 5)?,
        application: opt_application(row, 6)?,
        token: text(row, 7)?,
    })
}

async fn load(tx: &mut Tx, of: GuildId, id: WebhookId) -> Result<Option<Webhook>, Fault> {
    let webhook = tx.one(WEBHOOK, binds![id]).await?.as_ref().map(webhook_at).transpose()?;
    Ok(webhook.filter(|webhook| webhook.guild == of))
}

/// Whether a webhook can write there.
async fn is_place(tx: &mut Tx, of: GuildId, id: ChannelId) -> Result<bool, Fault> {
    let channel = channels::find(tx, of, id).await?;
    Ok(channel.is_some_and(|channel| channel.kind.has_messages() && !channel.kind.is_thread()))
}

pub(super) async fn create(
    store: &DirectorySql,
    webhook: &Webhook,
    cap: usize,
    in_guild: usize,
    audit: Audit,
) -> Stored<Added<Webhook>> {
    let args = (webhook.clone(), cap, in_guild, audit);
    store
        .write(Keys::new(), args, |tx, (webhook, cap, in_guild, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, webhook.guild).await? else { return Ok(Added::Absent) };
                if let Some(there) = load(tx, webhook.guild, webhook.id).await? {
                    // A repeated call whose first answer was lost.
                    return Ok(Added::Added(held.unraised(there)));
                }
                if !is_place(tx, webhook.guild, webhook.channel).await? {
                    return Ok(Added::Absent);
                }
                let here = "SELECT COUNT(*) FROM webhooks WHERE channel_id = ?";
                let all = "SELECT COUNT(*) FROM webhooks WHERE guild_id = ?";
                if !room(tx.number(here, binds![webhook.channel]).await?, *cap)
                    || !room(tx.number(all, binds![webhook.guild]).await?, *in_guild)
                {
                    return Ok(Added::TooMany);
                }
                tx.run(
                    "INSERT INTO webhooks (id, guild_id, channel_id, name, avatar, creator, application, token)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    binds![
                        webhook.id,
                        webhook.guild,
                        webhook.channel,
                        &webhook.name,
                        &webhook.avatar,
                        webhook.creator,
                        webhook.application,
                        &webhook.token
                    ],
                )
                .await?;
                super::audit::write(tx, webhook.guild, audit).await?;
                Ok(Added::Added(held.unraised(webhook.clone())))
            })
        })
        .await
}

pub(super) async fn find(store: &DirectorySql, id: WebhookId) -> Stored<Option<Webhook>> {
    let row = store.row(Reads::Decide, WEBHOOK, binds![id]).await?;
    row.as_ref().map(webhook_at).transpose().map_err(failed)
}

pub(super) async fn list(
    store: &DirectorySql,
    guild: GuildId,
    channel: Option<ChannelId>,
) -> Stored<Vec<Webhook>> {
    let mut sql =
        String::from(concat!("SELECT ", webhook_columns!(), " FROM webhooks w WHERE w.guild_id = ?"));
    let mut binds: Vec<Bind> = vec![guild.into()];
    if let Some(channel) = channel {
        sql.push_str(" AND w.channel_id = ?");
        binds.push(channel.into());
    }
    sql.push_str(" ORDER BY w.id");
    let rows = store.rows(Reads::Show, AssertSqlSafe(sql), &binds).await?;
    rows.iter().map(webhook_at).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn change(
    store: &DirectorySql,
    id: WebhookId,
    edit: WebhookEdit,
    audit: Audit,
) -> Stored<Option<Webhook>> {
    let Some(found) = find(store, id).await? else { return Ok(None) };
    store
        .write(Keys::new(), (found.guild, id, edit, audit), |tx, (guild, id, edit, audit)| {
            Box::pin(async move {
                if hold(tx, *guild).await?.is_none() {
                    return Ok(None);
                }
                let Some(before) = load(tx, *guild, *id).await? else { return Ok(None) };
                let mut after = before.clone();
                edit(&mut after);
                (after.id, after.guild) = (before.id, before.guild);
                if after.channel != before.channel && !is_place(tx, *guild, after.channel).await? {
                    return Ok(None);
                }
                let sql = "UPDATE webhooks SET channel_id = ?, name = ?, avatar = ?, token = ? WHERE id = ?";
                tx.run(sql, binds![after.channel, &after.name, &after.avatar, &after.token, *id]).await?;
                super::audit::write(tx, *guild, audit).await?;
                Ok(Some(after))
            })
        })
        .await
}

pub(super) async fn delete(store: &DirectorySql, id: WebhookId, audit: Audit) -> Stored<Option<Webhook>> {
    let Some(found) = find(store, id).await? else { return Ok(None) };
    store
        .write(Keys::new(), (found.guild, id, audit), |tx, (guild, id, audit)| {
            Box::pin(async move {
                if hold(tx, *guild).await?.is_none() {
                    return Ok(None);
                }
                let Some(webhook) = load(tx, *guild, *id).await? else { return Ok(None) };
                tx.run("DELETE FROM webhooks WHERE id = ?", binds![*id]).await?;
                super::audit::write(tx, *guild, audit).await?;
                Ok(Some(webhook))
            })
        })
        .await
}
