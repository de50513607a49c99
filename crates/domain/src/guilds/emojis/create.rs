//! Adding an emoji.

use super::list::view;
use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit, images};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::emoji::Emoji;
use model::event::{Event, GuildFilter};
use model::guild::{GuildState, Versions};
use model::user::User;
use model::{EmojiId, GuildId, Permissions, RoleId, limits};
use ports::directory::guilds::Added;

/// An emoji to be added.
#[derive(Debug, Clone, Default)]
pub struct NewEmoji {
    /// 2 to 32 of `A-Z a-z 0-9 _`.
    pub name: String,
    /// A `data:` URI, up to 256 KiB.
    pub image: String,
    /// Who may use it; everybody if empty.
    pub roles: Vec<RoleId>,
}

/// Adds an emoji.
///
/// # Errors
/// 10004; 50013 without CREATE_GUILD_EXPRESSIONS; a form error; 50046; 50138; 30008; 30018.
pub async fn create(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    new: NewEmoji,
    reason: Reason,
) -> Result<(Emoji, Option<User>)> {
    let holder = access::holding(world, actor, guild, Permissions::CREATE_GUILD_EXPRESSIONS).await?;
    check_name(&new.name)?;
    let roles = known_roles(holder.state(), new.roles);
    let id = EmojiId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let animated = images::store_emoji(world, id.get(), &new.image).await?;
    let emoji = Emoji { id, name: new.name, animated, creator: actor.user(), roles };
    let rows = audit::entry(world, &holder, AuditAction::EmojiCreate, Some(id.get()), reason)?
        .text("name", None, Some(&emoji.name))
        .rows();
    let _announced = announce_guild(world, guild).await;
    let made = match world.ports.directory.create_emoji(guild, &emoji, limits::EMOJIS, rows.clone()).await? {
        Added::Added(made) => made,
        Added::TooMany if animated => return Err(Refusal::TooManyAnimatedEmojis.into()),
        Added::TooMany => return Err(Refusal::TooManyEmojis.into()),
        Added::Absent => return Err(Refusal::UnknownGuild.into()),
    };
    tell_changed(world, guild, made.versions).await?;
    audit::tell(world, guild, made.versions, rows);
    view(world, holder.member(), made.value).await
}

/// That a name can be an emoji's.
///
/// # Errors
/// A form error.
pub(super) fn check_name(name: &str) -> Result<()> {
    let mut errors = FormErrors::default();
    errors.length("name", name, 2, 32);
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        errors.push("name", "STRING_TYPE_REGEX", "String value did not match validation regex.");
    }
    errors.finish()
}

/// Those of the roles that the guild has, each once.
pub(super) fn known_roles(state: &GuildState, mut roles: Vec<RoleId>) -> Vec<RoleId> {
    roles.retain(|role| state.role(*role).is_some());
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Tells all members which emoji there are now.
pub(super) async fn tell_changed(world: &World, guild: GuildId, versions: Versions) -> Result<()> {
    let Some(state) = world.ports.directory.guild_state(guild).await? else { return Ok(()) };
    let event = Event::EmojisUpdate { guild, emojis: state.emojis.clone() };
    tell_guild(world, guild, versions, GuildFilter::Everyone, event);
    Ok(())
}
