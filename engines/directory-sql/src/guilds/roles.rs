//! Roles and their order.

use super::{Held, Raises, hold, room};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{bits, fitting, flag, opt_application, opt_text, role, small, text};
use crate::store::{DirectorySql, Tx, binds};
use model::guild::Role;
use model::{GuildId, Permissions, RoleId, UserId};
use ports::Stored;
use ports::directory::guilds::{Added, Audit, Raised, RoleEdit};
use smallvec::smallvec;
use sqlx::any::AnyRow;
use std::cmp::Ordering;

const ROLES: &str = "SELECT id, name, permissions, place, color, hoist, mentionable, bot, icon, unicode_emoji
    FROM guild_roles WHERE guild_id = ?";

fn role_at(row: &AnyRow) -> Result<Role, Fault> {
    Ok(Role {
        id: role(row, 0)?,
        name: text(row, 1)?,
        permissions: Permissions::from_bits(bits(row, 2)?),
        position: fitting(row, 3)?,
        color: small(row, 4)?,
        hoist: flag(row, 5)?,
        mentionable: flag(row, 6)?,
        bot: opt_application(row, 7)?,
        icon: opt_text(row, 8)?,
        unicode_emoji: opt_text(row, 9)?,
    })
}

/// All roles of a guild, by id.
pub(super) async fn all(tx: &mut Tx, guild: GuildId) -> Result<Vec<Role>, Fault> {
    let rows = tx.all(ROLES, binds![guild]).await?;
    let mut roles = rows.iter().map(role_at).collect::<Result<Vec<_>, _>>()?;
    roles.sort_unstable_by_key(|role| role.id);
    Ok(roles)
}

async fn find(tx: &mut Tx, guild: GuildId, id: RoleId) -> Result<Option<Role>, Fault> {
    let sql = "SELECT id, name, permissions, place, color, hoist, mentionable, bot, icon, unicode_emoji
        FROM guild_roles WHERE guild_id = ? AND id = ?";
    tx.one(sql, binds![guild, id]).await?.as_ref().map(role_at).transpose()
}

pub(super) async fn insert(tx: &mut Tx, guild: GuildId, role: &Role) -> Result<(), Fault> {
    let sql = "INSERT INTO guild_roles (name, permissions, place, color, hoist, mentionable, bot, icon,
            unicode_emoji, guild_id, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    write(tx, sql, guild, role).await
}

async fn update(tx: &mut Tx, guild: GuildId, role: &Role) -> Result<(), Fault> {
    let sql = "UPDATE guild_roles SET name = ?, permissions = ?, place = ?, color = ?, hoist = ?,
            mentionable = ?, bot = ?, icon = ?, unicode_emoji = ? WHERE guild_id = ? AND id = ?";
    write(tx, sql, guild, role).await
}

async fn write(tx: &mut Tx, sql: &'static str, guild: GuildId, role: &Role) -> Result<(), Fault> {
    let binds = binds![
        &role.name,
        role.permissions.bits(),
        role.position,
        role.color,
        role.hoist,
        role.mentionable,
        role.bot,
        &role.icon,
        &role.unicode_emoji,
        guild,
        role.id,
    ];
    tx.run(sql, binds).await?;
    Ok(())
}

/// Puts a new role right above `@everyone`; as it is then.
pub(super) async fn place(tx: &mut Tx, guild: GuildId, role: &Role) -> Result<Role, Fault> {
    let sql = "UPDATE guild_roles SET place = place + 1 WHERE guild_id = ? AND place >= 1";
    tx.run(sql, binds![guild]).await?;
    let role = Role { position: 1, ..role.clone() };
    insert(tx, guild, &role).await?;
    Ok(role)
}

pub(super) async fn create(
    store: &DirectorySql,
    guild: GuildId,
    role: &Role,
    cap: usize,
    audit: Audit,
) -> Stored<Added<Role>> {
    let args = (guild, role.clone(), cap, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, role, cap, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(Added::Absent) };
                if let Some(there) = find(tx, *guild, role.id).await? {
                    // A repeated call whose first answer was lost.
                    return Ok(Added::Added(held.unraised(there)));
                }
                let count = "SELECT COUNT(*) FROM guild_roles WHERE guild_id = ?";
                if !room(tx.number(count, binds![*guild]).await?, *cap) {
                    return Ok(Added::TooMany);
                }
                let role = place(tx, *guild, role).await?;
                Ok(Added::Added(held.done(tx, Raises::State, audit, role).await?))
            })
        })
        .await
}

pub(super) async fn change(
    store: &DirectorySql,
    guild: GuildId,
    id: RoleId,
    edit: RoleEdit,
    audit: Audit,
) -> Stored<Option<Raised<Role>>> {
    let args = (guild, id, edit, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, id, edit, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(mut role) = find(tx, *guild, *id).await? else { return Ok(None) };
                edit(&mut role);
                role.id = *id;
                update(tx, *guild, &role).await?;
                Ok(Some(held.done(tx, Raises::State, audit, role).await?))
            })
        })
        .await
}

/// Where a role is to be among others that are to be at the same place: one that moves up comes above the one that was
/// there, one that moves down below it.
fn order(guild: GuildId, to: &[(RoleId, u16)], roles: &mut [Role]) {
    let wish = |role: &Role| {
        let to = to.iter().rev().find(|(id, _)| *id == role.id).map_or(role.position, |(_, to)| *to);
        let side = match to.cmp(&role.position) {
            Ordering::Less => 0,
            Ordering::Equal => 1,
            Ordering::Greater => 2,
        };
        // `@everyone` is below all. Of two at one place the older one is above.
        (role.id != guild.everyone(), to, side, std::cmp::Reverse(role.id))
    };
    roles.sort_by_key(wish);
    for (place, role) in (0u16..).zip(roles) {
        role.position = place;
    }
}

pub(super) async fn reorder(
    store: &DirectorySql,
    guild: GuildId,
    to: &[(RoleId, u16)],
    audit: Audit,
) -> Stored<Option<Raised<Vec<Role>>>> {
    store
        .write(smallvec![Key::Guild(guild)], (guild, to.to_vec(), audit), |tx, (guild, to, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let before = all(tx, *guild).await?;
                let mut after = before.clone();
                order(*guild, to, &mut after);
                after.sort_unstable_by_key(|role| role.id);
                for (was, is) in before.iter().zip(&after) {
                    if was.position != is.position {
                        let sql = "UPDATE guild_roles SET place = ? WHERE guild_id = ? AND id = ?";
                        tx.run(sql, binds![is.position, *guild, is.id]).await?;
                    }
                }
                Ok(Some(held.done(tx, Raises::State, audit, after).await?))
            })
        })
        .await
}

/// Takes a role away, from whomever and whatever has it. The caller raises both versions.
pub(super) async fn remove(tx: &mut Tx, held: Held, role: &Role) -> Result<(), Fault> {
    let guild = held.guild;
    for sql in [
        "DELETE FROM guild_roles WHERE guild_id = ? AND id = ?",
        "DELETE FROM member_roles WHERE guild_id = ? AND role_id = ?",
        "DELETE FROM guild_overwrites WHERE guild_id = ? AND kind = 0 AND target = ?",
    ] {
        tx.run(sql, binds![guild, role.id]).await?;
    }
    let sql = "UPDATE guild_roles SET place = place - 1 WHERE guild_id = ? AND place > ?";
    tx.run(sql, binds![guild, role.position]).await?;
    super::emojis::forget_role(tx, guild, role.id).await
}

pub(super) async fn delete(
    store: &DirectorySql,
    guild: GuildId,
    id: RoleId,
    audit: Audit,
) -> Stored<Option<Raised<Role>>> {
    let keys = smallvec![Key::Guild(guild), Key::Members(guild), Key::EveryMember(guild)];
    store
        .write(keys, (guild, id, audit), |tx, (guild, id, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(role) = find(tx, *guild, *id).await? else { return Ok(None) };
                if role.id == guild.everyone() {
                    return Ok(None);
                }
                remove(tx, held, &role).await?;
                Ok(Some(held.done(tx, Raises::Both, audit, role).await?))
            })
        })
        .await
}

/// The role that belongs to a bot, if it has one.
pub(super) async fn of_bot(tx: &mut Tx, guild: GuildId, bot: UserId) -> Result<Option<Role>, Fault> {
    let sql = "SELECT id, name, permissions, place, color, hoist, mentionable, bot, icon, unicode_emoji
        FROM guild_roles WHERE guild_id = ? AND bot = ?";
    tx.one(sql, binds![guild, bot.application()]).await?.as_ref().map(role_at).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_moves_takes_the_place_and_the_others_close_up() {
        let guild = GuildId::new(1).unwrap();
        let role = |id, position| Role {
            id: RoleId::new(id).unwrap(),
            name: String::new(),
            permissions: Permissions::NONE,
            position,
            color: 0,
            hoist: false,
            mentionable: false,
            bot: None,
            icon: None,
            unicode_emoji: None,
        };
        let after = |to: &[(u64, u16)]| {
            let mut roles = vec![role(1, 0), role(10, 1), role(11, 2), role(12, 3), role(13, 4)];
            let to: Vec<_> = to.iter().map(|(id, to)| (RoleId::new(*id).unwrap(), *to)).collect();
            order(guild, &to, &mut roles);
            roles.iter().map(|role| role.id.get()).collect::<Vec<_>>()
        };
        assert_eq!(after(&[]), [1, 10, 11, 12, 13]);
        assert_eq!(after(&[(10, 3)]), [1, 11, 12, 10, 13]);
        assert_eq!(after(&[(13, 2)]), [1, 10, 13, 11, 12]);
        assert_eq!(after(&[(1, 4), (12, 900)]), [1, 10, 11, 13, 12]);
        assert_eq!(after(&[(10, 0)]), [1, 10, 11, 12, 13], "nothing is below everyone");
        assert_eq!(after(&[(10, 2), (11, 1)]), [1, 11, 10, 12, 13]);
    }
}
