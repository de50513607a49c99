//! Who hears of what.

use crate::World;
use model::channel::PrivateScope;
use model::event::{Audience, Envelope, Event, GuildAudience, GuildFilter, InGuild};
use model::guild::{GuildChannel, Member, Versions};
use model::{ChannelId, GuildId, MessageId, UserId};
use ports::messages::Durable;
use std::sync::Arc;

/// What a node's gateway hears from the bus.
pub use ports::bus::{Announced, Announcement, Deliveries, Delivery, Mark, Origin, Position};

/// Says ahead of a change that these users are to hear of it; held until they are told. If this node dies in between,
/// another one lets their sessions begin anew.
pub(crate) async fn announce(world: &World, users: &[UserId]) -> Announcement {
    world.ports.bus.announce(Announced::Change { users: users.to_vec() }).await
}

/// Says ahead of a change in a guild that its members are to hear of it; held until they are told.
pub(crate) async fn announce_guild(world: &World, guild: GuildId) -> Announcement {
    world.ports.bus.announce(Announced::Guild { guild }).await
}

/// Says ahead of a message that there will be one; held until it is told. If this node dies in between, another one looks
/// for it and tells.
pub(crate) async fn announce_message(world: &World, channel: ChannelId) -> Announcement {
    let at = world.ports.clock.now().millis();
    world.ports.bus.announce(Announced::Message { channel, at, until: None }).await
}

/// Says ahead of an edit or a deletion of these messages that it is to be heard of; held until it is told. If this node dies in
/// between, another one tells how they are.
pub(crate) async fn announce_edit(world: &World, channel: ChannelId, messages: &[MessageId]) -> Announcement {
    world.ports.bus.announce(Announced::Edit { channel, messages: messages.to_vec() }).await
}

/// Lets an announcement hold until what it stands for is told, or will never be: a store that does not know yet whether a
/// change is durable keeps `durable` for longer than the act lasts.
pub(crate) fn holding(announced: Announcement, durable: Durable) -> Durable {
    Box::new(move |message| {
        durable(message);
        drop(announced);
    })
}

/// Tells these users.
pub(crate) fn tell(world: &World, users: &[UserId], event: Event) {
    if !users.is_empty() {
        world.ports.bus.publish(Envelope {
            to: users.into(),
            guild: None,
            event: Arc::new(event),
            channel: None,
            version: 0,
            stored_by: None,
        });
    }
}

/// Tells these participants of a private channel something that nobody else may ever hear, also not when a session
/// resumes after its user left.
pub(crate) fn tell_in(world: &World, channel: ChannelId, version: u64, users: &[UserId], event: Event) {
    if !users.is_empty() {
        world.ports.bus.publish(Envelope {
            to: users.into(),
            guild: None,
            event: Arc::new(event),
            channel: Some(channel),
            version,
            stored_by: None,
        });
    }
}

/// Tells those members of a guild whom the filter lets through.
pub(crate) fn tell_guild(
    world: &World,
    guild: GuildId,
    versions: Versions,
    filter: GuildFilter,
    event: Event,
) {
    let channel = filter.channel();
    world.ports.bus.publish(Envelope {
        to: Audience::default(),
        guild: Some(GuildAudience { guild, versions, filter, sight: None }),
        event: Arc::new(event),
        channel,
        version: 0,
        stored_by: None,
    });
}

/// Who hears of what happens in one channel, private or a guild's.
#[derive(Debug, Clone)]
pub(crate) struct Hearers {
    to: Audience,
    guild: Option<GuildAudience>,
    /// What a resuming session must still see to hear of it.
    channel: ChannelId,
    version: u64,
}

impl Hearers {
    /// The participants of a private channel.
    pub(crate) fn of_private(scope: &PrivateScope) -> Self {
        Self { to: scope.ids().into(), guild: None, channel: scope.channel, version: scope.version }
    }

    /// The members of a guild who may view the channel.
    pub(crate) fn of_guild(audience: GuildAudience, channel: &GuildChannel) -> Self {
        let seen = match audience.filter {
            GuildFilter::Channel(seen) => seen,
            _ => channel.id,
        };
        Self { to: Audience::default(), guild: Some(audience), channel: seen, version: 0 }
    }

    /// A message that was said before these rights were looked up, and stored at the latest at a moment in milliseconds since 1970.
    pub(crate) fn envelope_again(&self, event: Event, stored_by: i64) -> Envelope {
        Envelope { stored_by: Some(stored_by), ..self.envelope(event) }
    }

    /// An event as it goes to the bus.
    pub(crate) fn envelope(&self, event: Event) -> Envelope {
        Envelope {
            to: self.to.clone(),
            guild: self.guild.clone(),
            event: Arc::new(event),
            channel: Some(self.channel),
            version: self.version,
            stored_by: None,
        }
    }

    /// Tells them.
    pub(crate) fn tell(&self, world: &World, event: Event) {
        world.ports.bus.publish(self.envelope(event));
    }

    /// Says ahead of a change that they are to hear of it.
    pub(crate) async fn announce(&self, world: &World) -> Announcement {
        match &self.guild {
            Some(audience) => announce_guild(world, audience.guild).await,
            None => announce(world, &self.to).await,
        }
    }

    /// The guild, if it is a guild's channel.
    pub(crate) fn guild(&self) -> Option<GuildId> {
        self.guild.as_ref().map(|audience| audience.guild)
    }
}

/// Where messages are told: who hears of them, and what their events say of the place.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// Which channel.
    pub(crate) channel: ChannelId,
    /// Discord's type of it.
    pub(crate) channel_type: u8,
    /// Who hears of it.
    pub(crate) hearers: Hearers,
    /// A private channel, which a message opens again.
    pub(crate) scope: Option<Arc<PrivateScope>>,
}

impl Stage {
    /// A private channel.
    pub(crate) fn of_private(scope: &PrivateScope) -> Self {
        Self {
            channel: scope.channel,
            channel_type: scope.kind as u8,
            hearers: Hearers::of_private(scope),
            scope: Some(Arc::new(scope.clone())),
        }
    }

    /// A guild's channel.
    pub(crate) fn of_guild(channel: &GuildChannel, hearers: Hearers) -> Self {
        Self { channel: channel.id, channel_type: channel.kind as u8, hearers, scope: None }
    }

    /// What an event says of the guild, with the membership of whoever said something.
    pub(crate) fn in_guild(&self, member: Option<Member>) -> Option<InGuild> {
        self.hearers.guild().map(|guild| InGuild { guild, member: member.map(Box::new) })
    }
}
