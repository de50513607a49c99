//! Messages that nobody told this node of, found in the store: other nodes accepted them while they could not be heard,
//! or died before they had told.

use super::post::member_of;
use super::view;
use crate::audience::{Announced, Hearers, Stage, tell as tell_users, tell_guild};
use crate::{Result, World, access};
use futures_util::{StreamExt as _, TryStreamExt as _};
use model::event::{Envelope, Event, GuildFilter};
use model::guild::Member;
use model::message::{Message, MessageView};
use model::{ChannelId, DeviceId, GuildId, MessageId, UserId};
use ports::messages::Page;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// Messages of one channel that are looked at in one go.
const PAGE: usize = 100;

/// Channels that are read at the same time.
const TOGETHER: usize = 8;

/// The most pages of one channel.
const PAGES: usize = 100;

/// Nodes' clocks differ by less than this.
const SKEW_MS: i64 = 5_000;

/// In milliseconds: it takes no longer than this until what was said is stored, unless its node is paused or nobody knows what became of
/// it. Nodes' clocks may differ meanwhile.
const SLOW_MS: i64 = 10_000;

/// An older message is not told any more: whoever takes a session up could not know that it had been told it before. Its hearers are
/// told that they missed something.
const OLD_MS: i64 = 40_000;

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

/// When a message that was said at one moment, and was found stored at another, was stored at the latest by any node's clock; all in
/// milliseconds since 1970.
pub(super) fn stored_by(said: i64, found: i64) -> i64 {
    said.saturating_add(SLOW_MS).min(found.saturating_add(SKEW_MS))
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
    let heads = world.ports.messages.heads(&channels).await?;
    let newer = heads.into_iter().filter_map(|head| {
        let after = above.get(&head.channel).copied()?;
        (head.last_message > after).then_some((head.channel, after))
    });
    let found: Vec<Vec<Found>> = futures_util::stream::iter(newer)
        .map(|(channel, after)| page_of(world, channel, after))
        .buffered(TOGETHER)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// A page of what was said in a channel above an id, in order.
async fn page_of(world: &World, channel: ChannelId, after: Option<MessageId>) -> Result<Vec<Found>> {
    // Who may hear of it is asked now, as at every send.
    let Some((stage, viewer)) = stage_of(world, channel).await? else { return Ok(Vec::new()) };
    let page = after.map_or(Page::Latest, Page::After);
    let rows = world.ports.messages.page(channel, page, PAGE, viewer).await?;
    let mut views = view::views(world, rows, viewer).await?;
    views.sort_unstable_by_key(|view| view.message.id);
    let members = members_of(world, &stage, &views).await?;
    let found = views.into_iter().map(|mut view| {
        let (id, author) = (view.message.id, view.message.author);
        view.reactions.clear();
        let guild = stage.in_guild(members.get(&author).cloned());
        let (view, channel_type) = (Box::new(view), stage.channel_type);
        let stored_by = id.created_ms().saturating_add(SLOW_MS);
        let event = Event::MessageCreate { view, channel_type, guild };
        let envelope = stage.hearers.envelope_again(event, stored_by);
        Found { id, channel, author, envelope }
    });
    Ok(found.collect())
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
    let audience = access::audience(&channel, versions, participants);
    let hearers = Hearers::of_guild(audience, &channel);
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

/// Tells of this author's messages in a channel since a moment, of which the outcome was unknown, except those that are known
/// to have been told. They may have been stored as late as now.
///
/// # Errors
/// Store errors only; what was told is known then, too.
pub(super) async fn tell_of(
    world: &World,
    channel: ChannelId,
    (author, at): (UserId, i64),
    known: &mut HashSet<MessageId>,
) -> Result<()> {
    let now = world.ports.clock.now().millis();
    let span = Span { at, until: (now.saturating_sub(at) > SLOW_MS).then_some(now), end: i64::MAX };
    let told = parking_lot::Mutex::new(std::mem::take(known));
    let told_now = |found: Found, _: &Span| {
        (found.author == author && told.lock().insert(found.id)).then_some(found.envelope)
    };
    let outcome = tell_since(world, HashMap::from([(channel, span)]), told_now).await;
    *known = told.into_inner();
    outcome
}

/// When what is looked for in a channel was said, and until when it may have been stored; in milliseconds since 1970.
#[derive(Clone, Copy)]
struct Span {
    at: i64,
    until: Option<i64>,
    /// Nothing that was said later is looked for.
    end: i64,
}

/// Tells what was said in each channel since its moment, as `tell` says: what it gives is told. A channel is told of as soon as it
/// is read: whoever tells may die, too, and the next one begins anew.
async fn tell_since(
    world: &World,
    channels: HashMap<ChannelId, Span>,
    tell: impl Fn(Found, &Span) -> Option<Envelope>,
) -> Result<()> {
    let tell = &tell;
    let old = world.ports.clock.now().millis().saturating_sub(OLD_MS);
    futures_util::stream::iter(channels.into_iter().map(Ok))
        .try_for_each_concurrent(TOGETHER, |(channel, span)| async move {
            let mut above = MessageId::new(model::snowflake::at_ms(span.at.saturating_sub(SKEW_MS)));
            let mut missed = None;
            for _ in 0..PAGES {
                let found = since(world, &[(channel, above)]).await?;
                let Some(highest) = found.last().map(|found| found.id) else { break };
                above = Some(highest);
                let in_time = |found: &Found| found.id.created_ms() <= span.end;
                if !found.iter().any(in_time) {
                    break;
                }
                for mut found in found.into_iter().filter(in_time) {
                    found.envelope.stored_by = found.envelope.stored_by.max(span.until);
                    let said = found.id.created_ms();
                    let Some(envelope) = tell(found, &span) else { continue };
                    if said < old {
                        let stored = span.until.unwrap_or_default().max(said);
                        missed = Some((envelope, stored.saturating_add(SLOW_MS)));
                    } else {
                        world.ports.bus.publish(envelope);
                    }
                }
            }
            if let Some((envelope, before)) = missed {
                let event = Arc::new(Event::Missed { before: Some(before) });
                world.ports.bus.publish(Envelope { event, stored_by: None, ..envelope });
            }
            Ok(())
        })
        .await
}

/// Tells what was announced: messages that are found since then, but for those of which it is known that everybody was told
/// (asked with whether their node left them to others itself), also those that were told before, which gateways pass over; how
/// messages are that may have been edited or deleted; and of everything else that something was missed.
///
/// # Errors
/// Store errors only. Nothing of what was to be told is lost by telling it once more.
pub async fn tell(
    world: &World,
    announced: &[Announced],
    is_told: impl Fn(MessageId, bool) -> bool,
) -> Result<()> {
    let mut channels: HashMap<ChannelId, Span> = HashMap::new();
    let mut changed: HashMap<MessageId, ChannelId> = HashMap::new();
    let mut users: Vec<UserId> = Vec::new();
    let mut guilds: HashSet<GuildId> = HashSet::new();
    for what in announced {
        match what {
            Announced::Message { channel, at, until } => {
                let span = channels.entry(*channel).or_insert(Span { at: *at, until: *until, end: i64::MAX });
                *span = Span { at: span.at.min(*at), until: span.until.max(*until), end: i64::MAX };
            }
            Announced::Edit { channel, messages } => {
                changed.extend(messages.iter().map(|id| (*id, *channel)));
            }
            Announced::Change { users: some } => users.extend(some),
            Announced::Guild { guild } => {
                guilds.insert(*guild);
            }
        }
    }
    let tell = |found: Found, span: &Span| {
        let said = found.id.created_ms();
        // An announcement is older than its message. What was said before it is told in doubt only: whoever accepted it lived on,
        // or had announced it, too.
        let stored_by = if said < span.at { Some(said) } else { found.envelope.stored_by };
        (!is_told(found.id, span.until.is_some())).then_some(Envelope { stored_by, ..found.envelope })
    };
    tell_since(world, channels, tell).await?;
    tell_changes(world, &changed).await?;
    users.sort_unstable();
    users.dedup();
    tell_users(world, &users, Event::Missed { before: None });
    let versions: Vec<GuildId> = guilds.into_iter().collect();
    for (guild, versions) in world.ports.directory.guild_versions(&versions).await? {
        tell_guild(world, guild, versions, GuildFilter::Everyone, Event::Missed { before: None });
    }
    Ok(())
}

/// What a node accepted and could not tell others.
#[derive(Debug, Default)]
pub struct Untold {
    /// Messages: where they are, and when they were stored at the latest, in milliseconds since 1970.
    pub messages: HashMap<MessageId, (ChannelId, i64)>,
    /// Channels in which more were accepted, since a moment in milliseconds since 1970.
    pub more: HashMap<ChannelId, i64>,
}

impl Untold {
    /// The channels of all of them.
    pub fn channels(&self) -> impl Iterator<Item = ChannelId> {
        self.messages.values().map(|(channel, _)| *channel).chain(self.more.keys().copied())
    }
}

/// Tells of these messages now. Nothing that was said after `end`, in milliseconds since 1970, is told.
///
/// # Errors
/// Store errors only. Nothing of what was to be told is lost by telling it once more.
pub async fn tell_untold(world: &World, untold: &Untold, end: i64) -> Result<()> {
    let mut channels: HashMap<ChannelId, Span> = HashMap::new();
    let said = untold.messages.iter().map(|(id, (channel, _))| (*channel, id.created_ms()));
    for (channel, at) in said.chain(untold.more.iter().map(|(channel, at)| (*channel, *at))) {
        let span = Span { at, until: None, end: end.saturating_add(SKEW_MS) };
        let span = channels.entry(channel).or_insert(span);
        span.at = span.at.min(at);
    }
    let tell = |found: Found, _: &Span| match untold.messages.get(&found.id) {
        Some((_, by)) => Some(Envelope { stored_by: Some(by.saturating_add(SKEW_MS)), ..found.envelope }),
        None => untold.more.contains_key(&found.channel).then_some(found.envelope),
    };
    tell_since(world, channels, tell).await
}

/// Tells everybody who hears messages of these channels that something was missed before a moment, in milliseconds since 1970.
///
/// # Errors
/// Store errors only; some may be told then.
pub async fn tell_missed(
    world: &World,
    channels: impl Iterator<Item = ChannelId>,
    before: i64,
) -> Result<()> {
    let before = Some(before.saturating_add(SLOW_MS));
    for channel in channels {
        if let Some((stage, _)) = stage_of(world, channel).await? {
            stage.hearers.tell(world, Event::Missed { before });
        }
    }
    Ok(())
}

/// Tells how these messages are now, and of which of them are no more that they are gone: somebody may not have heard that
/// they were edited or deleted.
///
/// # Errors
/// Store errors only; some may be told of then.
pub async fn tell_changes(world: &World, changed: &HashMap<MessageId, ChannelId>) -> Result<()> {
    futures_util::stream::iter(changed.iter().map(Ok))
        .try_for_each_concurrent(TOGETHER, |(id, channel)| async move {
            let Some((hearers, event)) = how_it_is(world, *channel, *id).await? else { return Ok(()) };
            world.ports.bus.publish(hearers.envelope(event));
            Ok(())
        })
        .await
}

/// Tells what became of a message since it was as it is given here, if anything did: somebody may have been told of it so
/// after having read what it is now.
///
/// # Errors
/// Store errors only; nothing is told then.
pub async fn tell_newer(world: &World, known: &Message) -> Result<()> {
    let Some((hearers, event)) = how_it_is(world, known.channel, known.id).await? else { return Ok(()) };
    let is_newer = match &event {
        Event::MessageUpdate { view, .. } => view.message.edited > known.edited,
        _ => true,
    };
    if is_newer {
        world.ports.bus.publish(hearers.envelope(event));
    }
    Ok(())
}

/// What somebody who has any state of a message is to be told, and who may hear of it. `None`: its channel is gone.
async fn how_it_is(world: &World, channel: ChannelId, id: MessageId) -> Result<Option<(Hearers, Event)>> {
    let Some((stage, viewer)) = stage_of(world, channel).await? else { return Ok(None) };
    let event = match world.ports.messages.message(channel, id, viewer).await? {
        Some(stored) => {
            let mut view = view::view(world, stored, viewer).await?;
            view.reactions.clear();
            let member = member_of(world, &stage, &view.message).await?;
            let (channel_type, guild) = (stage.channel_type, stage.in_guild(member));
            Event::MessageUpdate { view: Box::new(view), channel_type, guild }
        }
        None => Event::MessageDelete { id, channel, guild: stage.hearers.guild() },
    };
    Ok(Some((stage.hearers, event)))
}
