//! Counts and lists over a guild, or over a user's guilds.

use super::members::{collect, member_columns, with_roles};
use super::state::{guild_at, guild_columns};
use crate::fault::Fault;
use crate::row::{bits, guild, role, user, version};
use crate::store::{DirectorySql, Reads, binds, failed};
use model::guild::{Guild, Member};
use model::{ApplicationId, GuildId, Permissions, RoleId, UserId};
use ports::Stored;
use sqlx::any::AnyRow;
use std::collections::HashMap;

pub(super) async fn member_count(store: &DirectorySql, id: GuildId) -> Stored<u64> {
    let row = store.row(Reads::Show, "SELECT member_count FROM guilds WHERE id = ?", binds![id]).await?;
    Ok(row.map(|row| version(&row, 0)).transpose().map_err(failed)?.unwrap_or(0))
}

pub(super) async fn role_counts(store: &DirectorySql, id: GuildId) -> Stored<Vec<(RoleId, u64)>> {
    let sql = "SELECT r.role_id, COUNT(*) FROM member_roles r JOIN guilds g ON g.id = r.guild_id
        WHERE r.guild_id = ? GROUP BY r.role_id";
    let rows = store.rows(Reads::Show, sql, binds![id]).await?;
    let read = |row: &AnyRow| Ok((role(row, 0)?, version(row, 1)?));
    rows.iter().map(read).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn role_members(
    store: &DirectorySql,
    id: GuildId,
    role: RoleId,
    limit: usize,
) -> Stored<Vec<UserId>> {
    let sql = "SELECT r.user_id FROM member_roles r JOIN guilds g ON g.id = r.guild_id
        WHERE r.guild_id = ? AND r.role_id = ? ORDER BY r.user_id LIMIT ?";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = store.rows(Reads::Show, sql, binds![id, role, limit]).await?;
    rows.iter().map(|row| user(row, 0)).collect::<Result<_, Fault>>().map_err(failed)
}

pub(super) async fn bots(store: &DirectorySql, id: GuildId) -> Stored<Vec<(ApplicationId, Member)>> {
    let sql = concat!(
        "SELECT ",
        member_columns!(),
        " FROM guild_members m JOIN guilds g ON g.id = m.guild_id",
        with_roles!(),
        " WHERE m.guild_id = ? AND m.bot = 1 ORDER BY m.user_id, r.role_id"
    );
    let rows = store.rows(Reads::Show, sql, binds![id]).await?;
    let members = collect(&rows, 0).map_err(failed)?;
    Ok(members.into_iter().map(|member| (member.user.application(), member)).collect())
}

pub(super) async fn of_user(store: &DirectorySql, user: UserId) -> Stored<Vec<(Guild, Permissions)>> {
    let guilds = concat!(
        "SELECT ",
        guild_columns!(),
        " FROM guild_members m JOIN guilds g ON g.id = m.guild_id WHERE m.user_id = ? ORDER BY g.id"
    );
    // What everybody may, then what the user's roles add.
    let roles = "SELECT m.guild_id, r.permissions FROM guild_members m
            JOIN guild_roles r ON r.guild_id = m.guild_id AND r.id = m.guild_id WHERE m.user_id = ?
        UNION ALL SELECT m.guild_id, r.permissions FROM guild_members m
            JOIN member_roles x ON x.guild_id = m.guild_id AND x.user_id = m.user_id
            JOIN guild_roles r ON r.guild_id = x.guild_id AND r.id = x.role_id WHERE m.user_id = ?";
    let guilds = store.rows(Reads::Show, guilds, binds![user]).await?;
    let roles = store.rows(Reads::Show, roles, binds![user, user]).await?;
    let read = || -> Result<_, Fault> {
        let mut held: HashMap<GuildId, Permissions> = HashMap::new();
        for row in &roles {
            *held.entry(guild(row, 0)?).or_default() |= Permissions::from_bits(bits(row, 1)?);
        }
        let mut summaries = Vec::with_capacity(guilds.len());
        for row in &guilds {
            let guild = guild_at(row)?;
            let permissions = held.get(&guild.id).copied().unwrap_or_default();
            let all = guild.owner == user || permissions.contains(Permissions::ADMINISTRATOR);
            summaries.push((guild, if all { Permissions::ALL } else { permissions }));
        }
        Ok(summaries)
    };
    read().map_err(failed)
}
