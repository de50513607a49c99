//! An event as all its receivers share it.

use domain::sessions::ParkedEvent;
use model::event::{Envelope, GuildFilter};
use model::{ChannelId, GuildId};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wire::gateway::dispatch::Rendered;

/// Counts the bytes of all payloads that are alive, each once however many sessions hold it.
#[derive(Debug, Default)]
pub(crate) struct Meter(AtomicUsize);

impl Meter {
    /// Bytes held now.
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a payload costs besides its bytes: itself, its counters, the allocator.
const OVERHEAD: usize = 96;

/// What its receivers must still be allowed to see when an event is replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing.
    Open,
    /// A private channel.
    Private(ChannelId),
    /// What passes this filter in a guild.
    Guild(GuildId, GuildFilter),
}

impl Scope {
    /// An envelope's.
    pub(crate) fn of(envelope: &Envelope) -> Self {
        match (&envelope.guild, envelope.channel) {
            (Some(audience), _) => Self::Guild(audience.guild, to_replay(&audience.filter)),
            (None, Some(channel)) => Self::Private(channel),
            (None, None) => Self::Open,
        }
    }
}

/// What somebody must pass who is sent an event again that went to those who passed this filter.
fn to_replay(filter: &GuildFilter) -> GuildFilter {
    match filter {
        // That somebody went out of sight is told all the same to one who sees where it went by now: it was told of
        // nothing else, and would show it where it is not.
        GuildFilter::Voice { seen, user, own, .. } => {
            GuildFilter::Voice { seen: *seen, unseen: None, user: *user, own: *own }
        }
        filter => filter.clone(),
    }
}

/// A rendered event. Immutable; sessions hold it by [`Arc`].
#[derive(Debug)]
pub(crate) struct Payload {
    /// The event's name.
    pub(crate) name: Cow<'static, str>,
    /// What its receivers must still see when it is replayed.
    pub(crate) scope: Scope,
    /// The bytes of `d`.
    pub(crate) d: Box<[u8]>,
    meter: Arc<Meter>,
}

impl Payload {
    /// Wraps a rendered event, and counts it until its last holder drops it.
    pub(crate) fn new(meter: &Arc<Meter>, rendered: Rendered, scope: Scope) -> Arc<Self> {
        Self::of(meter, Cow::Borrowed(rendered.name), rendered.d, scope)
    }

    fn of(meter: &Arc<Meter>, name: Cow<'static, str>, d: Vec<u8>, scope: Scope) -> Arc<Self> {
        let d = d.into_boxed_slice();
        meter.0.fetch_add(d.len() + OVERHEAD, Ordering::Relaxed);
        Arc::new(Self { name, scope, d, meter: meter.clone() })
    }

    /// As another node kept it.
    pub(crate) fn unparked(meter: &Arc<Meter>, event: ParkedEvent) -> Arc<Self> {
        let scope = match (event.guild, event.channel) {
            (Some((guild, filter)), _) => Scope::Guild(guild, filter),
            (None, Some(channel)) => Scope::Private(channel),
            (None, None) => Scope::Open,
        };
        Self::of(meter, Cow::Owned(event.name), event.d.into_bytes(), scope)
    }

    /// For other nodes.
    pub(crate) fn park(&self) -> ParkedEvent {
        let (channel, guild) = match &self.scope {
            Scope::Open => (None, None),
            Scope::Private(channel) => (Some(*channel), None),
            Scope::Guild(guild, filter) => (None, Some((*guild, filter.clone()))),
        };
        let d = String::from_utf8_lossy(&self.d).into_owned();
        ParkedEvent { name: self.name.clone().into_owned(), d, channel, guild }
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.meter.0.fetch_sub(self.d.len() + OVERHEAD, Ordering::Relaxed);
    }
}

/// What tests of other files need to know of the count.
#[cfg(test)]
pub(crate) const fn tests_overhead() -> usize {
    OVERHEAD
}
