//! Changing a channel of any kind.

use super::group;
use crate::guilds::{self, Reason};
use crate::{Actor, Result, World, access};
use model::ChannelId;
use model::UserId;
use model::channel::ChannelView;
use model::guild::{GuildChannelKind, Overwrite};

/// What changes; `None` leaves a field as it is. What a channel of its kind does not have is ignored.
#[derive(Debug, Clone, Default)]
pub struct ChannelChange {
    /// 1 to 100 characters; only a group's can be taken away.
    pub name: Option<Option<String>>,
    /// Groups: hands it over.
    pub owner: Option<UserId>,
    /// Guild channels: text to announcement and back.
    pub kind: Option<GuildChannelKind>,
    /// Guild channels: its place.
    pub position: Option<u16>,
    /// Guild channels: its category.
    pub parent: Option<Option<ChannelId>>,
    /// Guild channels: up to 1024 characters.
    pub topic: Option<Option<String>>,
    /// Guild channels: not for everybody's eyes.
    pub nsfw: Option<bool>,
    /// Guild channels and threads: slow mode in seconds.
    pub slowmode: Option<u32>,
    /// Voice: bits a second.
    pub bitrate: Option<u32>,
    /// Voice: people at once.
    pub user_limit: Option<u32>,
    /// Guild channels: minutes: 60, 1440, 4320 or 10080.
    pub default_auto_archive: Option<u32>,
    /// Guild channels: all its overwrites.
    pub overwrites: Option<Vec<Overwrite>>,
    /// Threads: whether it is archived.
    pub archived: Option<bool>,
    /// Threads: whether only moderators take it out of the archive.
    pub locked: Option<bool>,
    /// Threads: minutes as above.
    pub auto_archive: Option<u32>,
    /// Private threads: whether members may add others.
    pub invitable: Option<bool>,
}

/// Changes a group (any member names it, its owner hands it over), a guild's channel (MANAGE_CHANNELS, for overwrites also
/// MANAGE_ROLES) or a thread (its owner, MANAGE_THREADS).
///
/// # Errors
/// 10003; 50003 in a direct message; 50013; a form error; 50083 for an archived thread that is not taken out.
pub async fn change(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    change: ChannelChange,
    reason: Reason,
) -> Result<ChannelView> {
    let reader = access::reader(world, actor, channel).await?;
    if reader.guild().is_none() {
        let view = group::change(world, actor, channel, change.name, change.owner).await?;
        return Ok(ChannelView::Private(view));
    }
    guilds::channels::change::change(world, reader, change, reason).await.map(ChannelView::Guild)
}
