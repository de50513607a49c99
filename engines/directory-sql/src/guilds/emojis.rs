//! A guild's own emoji.

use super::{Raises, hold, room};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{NOT_AN_ID, flag, guild, int, text, user};
use crate::store::{DirectorySql, Reads, Tx, binds, failed};
use model::emoji::Emoji;
use model::{EmojiId, GuildId, RoleId};
use ports::Stored;
use ports::directory::guilds::{Added, Audit, EmojiEdit, Raised};
use smallvec::smallvec;
use sqlx::any::AnyRow;

fn emoji_at(row: &AnyRow) -> Result<Emoji, Fault> {
    Ok(Emoji {
        id: EmojiId::from_i64(int(row, 0)?).ok_or(NOT_AN_ID)?,
        name: text(row, 1)?,
        animated: flag(row, 2)?,
        creator: user(row, 3)?,
        roles: serde_json::from_str(&text(row, 4)?)
            .map_err(|_| Fault::Corrupt("an emoji's roles cannot be read"))?,
    })
}

fn roles_json(roles: &[RoleId]) -> Result<String, Fault> {
    serde_json::to_string(roles).map_err(|_| Fault::Corrupt("an emoji's roles cannot be written"))
}

/// All emoji of a guild, by id.
pub(super) async fn all(tx: &mut Tx, guild: GuildId) -> Result<Vec<Emoji>, Fault> {
    let sql =
        "SELECT id, name, animated, creator, role_list FROM guild_emojis WHERE guild_id = ? ORDER BY id";
    tx.all(sql, binds![guild]).await?.iter().map(emoji_at).collect()
}

async fn load(tx: &mut Tx, guild: GuildId, id: EmojiId) -> Result<Option<Emoji>, Fault> {
    let sql = "SELECT id, name, animated, creator, role_list FROM guild_emojis WHERE guild_id = ? AND id = ?";
    tx.one(sql, binds![guild, id]).await?.as_ref().map(emoji_at).transpose()
}

async fn update(tx: &mut Tx, emoji: &Emoji) -> Result<(), Fault> {
    let sql = "UPDATE guild_emojis SET name = ?, role_list = ? WHERE id = ?";
    tx.run(sql, binds![&emoji.name, roles_json(&emoji.roles)?, emoji.id]).await?;
    Ok(())
}

/// Takes a role that is gone out of lists of who may use an emoji. Where it is the only one it stays: with none, everybody
/// might.
pub(super) async fn forget_role(tx: &mut Tx, guild: GuildId, role: RoleId) -> Result<(), Fault> {
    for mut emoji in all(tx, guild).await? {
        if emoji.roles.len() > 1 && emoji.roles.contains(&role) {
            emoji.roles.retain(|id| *id != role);
            update(tx, &emoji).await?;
        }
    }
    Ok(())
}

pub(super) async fn create(
    store: &DirectorySql,
    guild: GuildId,
    emoji: &Emoji,
    cap: usize,
    audit: Audit,
) -> Stored<Added<Emoji>> {
    let args = (guild, emoji.clone(), cap, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, emoji, cap, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(Added::Absent) };
                if let Some(there) = load(tx, *guild, emoji.id).await? {
                    // A repeated call whose first answer was lost.
                    return Ok(Added::Added(held.unraised(there)));
                }
                let count = "SELECT COUNT(*) FROM guild_emojis WHERE guild_id = ? AND animated = ?";
                if !room(tx.number(count, binds![*guild, emoji.animated]).await?, *cap) {
                    return Ok(Added::TooMany);
                }
                tx.run(
                    "INSERT INTO guild_emojis (id, guild_id, name, animated, creator, role_list)
                        VALUES (?, ?, ?, ?, ?, ?)",
                    binds![
                        emoji.id,
                        *guild,
                        &emoji.name,
                        emoji.animated,
                        emoji.creator,
                        roles_json(&emoji.roles)?
                    ],
                )
                .await?;
                Ok(Added::Added(held.done(tx, Raises::State, audit, emoji.clone()).await?))
            })
        })
        .await
}

pub(super) async fn change(
    store: &DirectorySql,
    guild: GuildId,
    id: EmojiId,
    edit: EmojiEdit,
    audit: Audit,
) -> Stored<Option<Raised<Emoji>>> {
    let args = (guild, id, edit, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, id, edit, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(before) = load(tx, *guild, *id).await? else { return Ok(None) };
                let mut after = before.clone();
                edit(&mut after);
                // Only its name and roles change.
                let after = Emoji { name: after.name, roles: after.roles, ..before };
                update(tx, &after).await?;
                Ok(Some(held.done(tx, Raises::State, audit, after).await?))
            })
        })
        .await
}

pub(super) async fn delete(
    store: &DirectorySql,
    guild: GuildId,
    id: EmojiId,
    audit: Audit,
) -> Stored<Option<Raised<Emoji>>> {
    store
        .write(smallvec![Key::Guild(guild)], (guild, id, audit), |tx, (guild, id, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(emoji) = load(tx, *guild, *id).await? else { return Ok(None) };
                tx.run("DELETE FROM guild_emojis WHERE id = ?", binds![*id]).await?;
                Ok(Some(held.done(tx, Raises::State, audit, emoji).await?))
            })
        })
        .await
}

pub(super) async fn find(store: &DirectorySql, id: EmojiId) -> Stored<Option<(GuildId, Emoji)>> {
    let sql = "SELECT id, name, animated, creator, role_list, guild_id FROM guild_emojis WHERE id = ?";
    let row = store.row(Reads::Show, sql, binds![id]).await?;
    row.map(|row| Ok::<_, Fault>((guild(&row, 5)?, emoji_at(&row)?))).transpose().map_err(failed)
}
