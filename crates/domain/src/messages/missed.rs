//! Messages that nobody told this node of, found in the store: other nodes accepted them while they could not be heard,
//! or died before they had told.

use super::view;
use crate::audience::{Announced, Hearers, Stage, tell as tell_users, tell_guild};
use crate::{Result, World, access};
use model::event::{Envelope, Event, GuildFilter};
use model::guild::Member;
use model::message::MessageView;
use model::{ChannelId, DeviceId, GuildId, MessageId, UserId};
use ports::messages::Page;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Messages of one channel that are looked at in one go.
const PAGE: usize = 100;

/// The most pages of one channel.
const PAGES: usize = 100;

/// Nodes' clocks differ by less than this.
const SKEW_MS: i64 = 5_000;

/// A message that was found.
pub struct Found {
    /// Which.
    pub id: MessageId,
    /// Where.
    pub channel: ChannelId,
    /// Whose.
    pub author: UserId,
    /// As it would have come by the bus.
    pub envelope: Envelope,
}

/// Below every message of the last so long; `None` for times before there were any.
pub fn id_at(world: &World, ago: Duration) -> Option<MessageId> {
    let ago = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
    MessageId::new(model::snowflake::at_ms(world.ports.clock.now().millis().saturating_sub(ago)))
}

/// The channels in which a user hears messages.
///
/// # Errors
/// Store errors only.
pub async fn channels(world: &World, user: UserId) -> Result<Vec<ChannelId>> {
    let mut channels = world.ports.directory.private_memberships(user).await?;
    channels.extend(crate::guilds::visible::channels(world, user).await?);
    Ok(channels)
}

/// The devices of a user whose tokens are valid.
///
/// # Errors
/// Store errors only.
pub async fn devices(world: &World, user: UserId) -> Result<Vec<DeviceId>> {
    Ok(world.ports.directory.devices(user).await?.into_iter().map(|device| device.id).collect())
}

/// What was said in these channels above these ids, each channel's in order. Of a channel with more than a page the
/// oldest come first, and the rest the next time.
///
/// # Errors
/// Store errors only.
pub async fn since(world: &World, asked: &[(ChannelId, Option<MessageId>)]) -> Result<Vec<Found>> {
    let above: HashMap<ChannelId, Option<MessageId>> = asked.iter().copied().collect();
    let channels: Vec<ChannelId> = above.keys().copied().collect();
    let mut found = Vec::new();
    for head in world.ports.messages.heads(&channels).await? {
        let Some(after) = above.get(&head.channel).copied() else { continue };
        if head.last_message <= after {
            continue;
        }
        // Who may hear of it is asked now, as at every send.
        let Some((stage, viewer)) = stage_of(world, head.channel).await? else { continue };
        let rows = world
            .ports
            .messages
            .page(head.channel, after.map_or(Page::Latest, Page::After), PAGE, viewer)
            .await?;
        let mut views = view::views(world, rows, viewer).await?;
        views.sort_unstable_by_key(|view| view.message.id);
        let members = members_of(world, &stage, &views).await?;
        for mut view in views {
            let (id, author) = (view.message.id, view.message.author);
            view.reactions.clear();
            let guild = stage.in_guild(members.get(&author).cloned());
            let (view, channel_type) = (Box::new(view), stage.channel_type);
            found.push(Found {
                id,
                channel: head.channel,
                author,
                envelope: stage.hearers.envelope(Event::MessageCreate { view, channel_type, guild }),
            });
        }
    }
    Ok(found)
}

/// Where messages of a channel are told now, and somebody who may read them; `None` if nobody hears of it.
async fn stage_of(world: &World, channel: ChannelId) -> Result<Option<(Stage, UserId)>> {
    let directory = &world.ports.directory;
    let Some(guild) = access::guild_of(world, channel).await? else {
        let Some(scope) = directory.private_scope(channel).await? else { return Ok(None) };
        return Ok(scope.ids().first().map(|viewer| (Stage::of_private(&scope), *viewer)));
    };
    let versions = directory.guild_versions(&[guild]).await?;
    let Some((_, versions)) = versions.into_iter().next() else { return Ok(None) };
    let Some(state) = directory.guild_state(guild).await? else { return Ok(None) };
    let Some(channel) = access::channel_of(world, &state, channel).await? else { return Ok(None) };
    let participants = access::participants(world, &channel).await?;
    let hearers = Hearers::of_guild(access::audience(&channel, versions, participants), &channel).again();
    Ok(Some((Stage::of_guild(&channel, hearers), state.guild.owner)))
}

/// The memberships of these messages' authors, in a guild.
async fn members_of(world: &World, stage: &Stage, views: &[MessageView]) -> Result<HashMap<UserId, Member>> {
    let Some(guild) = stage.hearers.guild() else { return Ok(HashMap::new()) };
    let mut authors: Vec<UserId> = views.iter().map(|view| view.message.author).collect();
    authors.sort_unstable();
    authors.dedup();
    let members = world.ports.directory.members_of(guild, &authors).await?;
    Ok(members.into_iter().map(|member| (member.user, member)).collect())
}

/// Tells of this author's messages in a channel since a moment, also of those that were told before.
///
/// # Errors
/// Store errors only.
pub(super) async fn tell_of(world: &World, channel: ChannelId, author: UserId, at: i64) -> Result<()> {
    tell_since(world, HashMap::from([(channel, at)]), |found| found.author == author).await
}

async fn tell_since(
    world: &World,
    channels: HashMap<ChannelId, i64>,
    wanted: impl Fn(&Found) -> bool,
) -> Result<()> {
    let above = |at: i64| MessageId::new(model::snowflake::at_ms(at.saturating_sub(SKEW_MS)));
    let mut asked: Vec<_> = channels.into_iter().map(|(channel, at)| (channel, above(at))).collect();
    for _ in 0..PAGES {
        let mut highest: HashMap<ChannelId, MessageId> = HashMap::new();
        for found in since(world, &asked).await? {
            highest.insert(found.channel, found.id);
            if wanted(&found) {
                world.ports.bus.publish(found.envelope);
            }
        }
        asked = highest.into_iter().map(|(channel, id)| (channel, Some(id))).collect();
        if asked.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Tells what was announced: messages that are found since then, also those that were told before, which gateways pass
/// over; and of everything else that something was missed.
///
/// # Errors
/// Store errors only. Nothing of what was to be told is lost by telling it once more.
pub async fn tell(world: &World, announced: &[Announced]) -> Result<()> {
    let mut channels: HashMap<ChannelId, i64> = HashMap::new();
    let mut users: Vec<UserId> = Vec::new();
    let mut guilds: HashSet<GuildId> = HashSet::new();
    for what in announced {
        match what {
            Announced::Message { channel, at } => {
                let since = channels.entry(*channel).or_insert(*at);
                *since = (*since).min(*at);
            }
            Announced::Change { users: some } => users.extend(some),
            Announced::Guild { guild } => {
                guilds.insert(*guild);
            }
        }
    }
    tell_since(world, channels, |_| true).await?;
    users.sort_unstable();
    users.dedup();
    tell_users(world, &users, Event::Missed);
    let versions: Vec<GuildId> = guilds.into_iter().collect();
    for (guild, versions) in world.ports.directory.guild_versions(&versions).await? {
        tell_guild(world, guild, versions, GuildFilter::Everyone, Event::Missed);
    }
    Ok(())
}
