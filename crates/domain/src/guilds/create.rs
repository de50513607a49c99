//! Making a guild.

use crate::audience::{announce, tell};
use crate::guilds::images::{self, Kind};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::event::Event;
use model::guild::{Guild, GuildChannel, GuildChannelKind, GuildView, Role};
use model::permissions::everyone;
use model::{ChannelId, GuildId, Permissions, limits, names};
use ports::directory::guilds::{Added, NewGuild as Stored};
use std::time::Duration;

/// Guilds that one may make in a day.
const A_DAY: u32 = 10;

/// A guild to be made.
#[derive(Debug, Clone, Default)]
pub struct NewGuild {
    /// 2 to 100 characters.
    pub name: String,
    /// A `data:` URI.
    pub icon: Option<String>,
}

/// Makes a guild with `@everyone`, a category with a text channel `general`, and one with a voice channel. People only.
///
/// # Errors
/// 20001; a form error; 30001.
pub async fn create(world: &World, actor: &Actor, new: NewGuild) -> Result<GuildView> {
    actor.person()?;
    let name = names::line(&new.name);
    let mut errors = FormErrors::default();
    errors.length("name", &name, 2, limits::GUILD_NAME);
    errors.finish()?;
    world.throttle(&format!("guild:{}", actor.user()), A_DAY, Duration::from_secs(86_400)).await?;
    let id = GuildId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let mut guild = Guild::new(id, actor.user(), name);
    if let Some(icon) = &new.icon {
        guild.icon = Some(images::store(world, Kind::Icon, id.get(), icon).await?);
    }
    let channels = first_channels(world, id)?;
    guild.system_channel =
        channels.iter().find(|channel| channel.kind == GuildChannelKind::Text).map(|channel| channel.id);
    let stored = Stored { guild, roles: vec![everybody(id)], channels, at: world.ports.clock.now() };
    let _announced = announce(world, &[actor.user()]).await;
    let made = match world.ports.directory.create_guild(&stored, limits::GUILDS).await? {
        Added::Added(made) => made,
        Added::TooMany => return Err(Refusal::TooManyGuilds.into()),
        Added::Absent => return Err(Error::Unauthorized),
    };
    tell(world, &[actor.user()], Event::GuildJoined { guild: id, version: 0 });
    Ok(GuildView { state: made.value, members: Some(1), online: Some(1) })
}

/// The role that everybody has.
fn everybody(guild: GuildId) -> Role {
    Role {
        id: everyone(guild),
        name: "@everyone".into(),
        permissions: Permissions::DEFAULT,
        position: 0,
        color: 0,
        hoist: false,
        mentionable: false,
        bot: None,
        icon: None,
        unicode_emoji: None,
    }
}

/// What a new guild begins with.
fn first_channels(world: &World, guild: GuildId) -> Result<Vec<GuildChannel>> {
    let mut made = Vec::new();
    let groups = [
        ("Text Channels", GuildChannelKind::Text, "general"),
        ("Voice Channels", GuildChannelKind::Voice, "General"),
    ];
    for (position, (category, kind, name)) in (0_u16..).zip(groups) {
        let parent = channel(world, guild, GuildChannelKind::Category, category, position)?;
        let inside = channel(world, guild, kind, name, 0)?;
        made.push(GuildChannel { parent: Some(parent.id), ..inside });
        made.push(parent);
    }
    Ok(made)
}

fn channel(
    world: &World,
    guild: GuildId,
    kind: GuildChannelKind,
    name: &str,
    position: u16,
) -> Result<GuildChannel> {
    Ok(GuildChannel {
        id: ChannelId::new(world.mint()?).ok_or(Error::Unavailable)?,
        guild,
        kind,
        name: name.to_owned(),
        position,
        parent: None,
        topic: None,
        nsfw: false,
        slowmode: 0,
        bitrate: if kind.is_voice() { 64_000 } else { 0 },
        user_limit: 0,
        default_auto_archive: 4320,
        flags: 0,
        overwrites: Vec::new(),
        thread: None,
    })
}
