//! Making a role.

use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::images::{self, Kind};
use crate::guilds::{Reason, audit};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::Role;
use model::{GuildId, Permissions, RoleId, limits, names};
use ports::directory::guilds::Added;

/// What a role is to be, or what changes; `None` leaves a field as it is, or as Discord makes it.
#[derive(Debug, Clone, Default)]
pub struct RoleChange {
    /// 1 to 100 characters; `new role` if it is not given.
    pub name: Option<String>,
    /// What it grants; of a new one, what `@everyone` does if it is not given.
    pub permissions: Option<Permissions>,
    /// 24 bits.
    pub color: Option<u32>,
    /// Whether its members are listed apart.
    pub hoist: Option<bool>,
    /// Whether everybody may ping it.
    pub mentionable: Option<bool>,
    /// A `data:` URI; `Some(None)` takes it away.
    pub icon: Option<Option<String>>,
    /// An emoji in place of an icon.
    pub unicode_emoji: Option<Option<String>>,
}

/// Makes a role right above `@everyone`.
///
/// # Errors
/// 10004; 50013 without MANAGE_ROLES, or for permissions that the actor does not have; a form error; 30005.
pub async fn create(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    new: RoleChange,
    reason: Reason,
) -> Result<Role> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_ROLES).await?;
    let id = RoleId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let of_all = holder.state().role(guild.everyone()).map_or(Permissions::NONE, |role| role.permissions);
    let mut role = Role {
        id,
        name: "new role".into(),
        permissions: of_all,
        position: 1,
        color: 0,
        hoist: false,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    };
    let new = checked(new)?;
    if let Some(permissions) = new.permissions
        && !may_grant(holder.member().permissions(), Permissions::NONE, permissions)
    {
        return Err(Refusal::MissingPermissions.into());
    }
    let new = stored(world, id, new).await?;
    apply(&mut role, &new);
    let rows = audit::entry(world, &holder, AuditAction::RoleCreate, Some(id.get()), reason)?;
    let rows = row(rows, None, &role).rows();
    let _announced = announce_guild(world, guild).await;
    let made = match world.ports.directory.create_role(guild, &role, limits::ROLES, rows.clone()).await? {
        Added::Added(made) => made,
        Added::TooMany => return Err(Refusal::TooManyRoles.into()),
        Added::Absent => return Err(Refusal::UnknownGuild.into()),
    };
    let event = Event::RoleCreate { guild, role: Box::new(made.value.clone()) };
    tell_guild(world, guild, made.versions, GuildFilter::Everyone, event);
    audit::tell(world, guild, made.versions, rows);
    Ok(made.value)
}

/// A change whose fields are as they must be.
///
/// # Errors
/// A form error.
pub(super) fn checked(mut change: RoleChange) -> Result<RoleChange> {
    let mut errors = FormErrors::default();
    change.name = change.name.map(|name| names::line(&name));
    if let Some(name) = &change.name {
        errors.length("name", name, 1, limits::CHANNEL_NAME);
    }
    if change.color.is_some_and(|color| color > 0xff_ffff) {
        errors.push("color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.");
    }
    if let Some(Some(emoji)) = &change.unicode_emoji
        && emojis::get(emoji).is_none()
    {
        errors.push("unicode_emoji", "BASE_TYPE_CHOICES", "Not an emoji.");
    }
    errors.finish()?;
    Ok(change)
}

/// A change whose icon is stored, and named by its hash.
pub(super) async fn stored(world: &World, role: RoleId, mut change: RoleChange) -> Result<RoleChange> {
    if let Some(Some(icon)) = &change.icon {
        change.icon = Some(Some(images::store(world, Kind::RoleIcon, role.get(), icon).await?));
    }
    Ok(change)
}

/// Whether somebody with these permissions may turn one set of a role into the other: only with what it has itself.
pub(super) fn may_grant(own: Permissions, before: Permissions, after: Permissions) -> bool {
    own.contains(Permissions::ADMINISTRATOR) || after.without(before).without(own).is_empty()
}

pub(super) fn apply(role: &mut Role, change: &RoleChange) {
    let change = change.clone();
    role.name = change.name.unwrap_or_else(|| role.name.clone());
    role.permissions = change.permissions.unwrap_or(role.permissions);
    role.color = change.color.unwrap_or(role.color);
    role.hoist = change.hoist.unwrap_or(role.hoist);
    role.mentionable = change.mentionable.unwrap_or(role.mentionable);
    role.icon = change.icon.unwrap_or_else(|| role.icon.clone());
    role.unicode_emoji = change.unicode_emoji.unwrap_or_else(|| role.unicode_emoji.clone());
}

pub(super) fn row(row: audit::Row, old: Option<&Role>, new: &Role) -> audit::Row {
    row.text("name", old.map(|role| &role.name), Some(&new.name))
        .text("permissions", old.map(|role| role.permissions.bits()), Some(new.permissions.bits()))
        .number("color", old.map(|role| role.color), Some(new.color))
        .flag("hoist", old.map(|role| role.hoist), Some(new.hoist))
        .flag("mentionable", old.map(|role| role.mentionable), Some(new.mentionable))
        .text("icon_hash", old.and_then(|role| role.icon.as_ref()), new.icon.as_ref())
        .text("unicode_emoji", old.and_then(|role| role.unicode_emoji.as_ref()), new.unicode_emoji.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_only_given_what_one_has() {
        let own = Permissions::MANAGE_ROLES | Permissions::KICK_MEMBERS;
        assert!(may_grant(own, Permissions::NONE, Permissions::KICK_MEMBERS));
        assert!(!may_grant(own, Permissions::NONE, Permissions::BAN_MEMBERS));
        // What it has already it keeps, and what one does not have may be taken away.
        assert!(may_grant(
            own,
            Permissions::BAN_MEMBERS,
            Permissions::BAN_MEMBERS | Permissions::KICK_MEMBERS
        ));
        assert!(may_grant(own, Permissions::BAN_MEMBERS, Permissions::NONE));
        assert!(!may_grant(own, Permissions::NONE, Permissions::ADMINISTRATOR));
        assert!(!may_grant(own, Permissions::NONE, Permissions::from_bits(1 << 60)));
        assert!(may_grant(Permissions::ALL, Permissions::NONE, Permissions::from_bits(1 << 60)));
    }
}
