//! Who is in the voice channels that somebody sees.

use super::book::Page;
use super::view::View;
use crate::Gateway;
use crate::payload::{Payload, Scope};
use crate::session::Session;
use domain::guilds::local::members_named;
use domain::{Error, World};
use model::event::{Event, GuildFilter, MemberView};
use model::guild::GuildState;
use model::voice::VoiceState;
use model::{ChannelId, GuildId, UserId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wire::gateway::dispatch;

/// How often those who are in voice are looked up for one who is shown them, while they come and go.
const LOOKS: u32 = 4;

/// Those in voice channels that a member with this view may see.
pub(crate) async fn seen(
    world: &World,
    page: &Page,
    state: &GuildState,
    view: &View,
) -> Result<Vec<VoiceState>, Error> {
    if !state.channels.iter().any(|channel| channel.kind.is_voice()) {
        // Most starts are of guilds that nobody speaks in: that takes no question.
        return Ok(Vec::new());
    }
    let mut states = domain::voice::of_guild(world, page.guild).await?;
    if !states.is_empty() {
        page.voiced.store(true, Ordering::Release);
    }
    let is_seen = |channel: ChannelId| {
        state.channels.binary_search_by_key(&channel, |c| c.id).is_ok_and(|index| view.has(index))
    };
    states.retain(|state| is_seen(state.channel));
    Ok(states)
}

/// States with their memberships; who is no member any more is left out.
pub(crate) fn with_members(states: Vec<VoiceState>, members: &[MemberView]) -> Vec<(VoiceState, MemberView)> {
    if states.is_empty() {
        return Vec::new();
    }
    let members: HashMap<UserId, &MemberView> = members.iter().map(|view| (view.member.user, view)).collect();
    let with = |state: VoiceState| members.get(&state.user).map(|view| (state, (*view).clone()));
    states.into_iter().filter_map(with).collect()
}

/// A channel and the sessions that see it from now on.
pub(crate) type Gained = (ChannelId, Vec<Arc<Session>>);

impl Gateway {
    /// Tells sessions who is in the voice channels that they see from now on: until now they were told of nobody there.
    pub(crate) fn show_in_voice(&self, guild: GuildId, gained: Vec<Gained>) {
        if gained.is_empty() {
            return;
        }
        let gateway = self.clone();
        // The guild's lock is held by who calls this.
        tokio::spawn(async move {
            if let Err(error) = gateway.tell_in_voice(guild, &gained).await {
                tracing::debug!(%error, "who is in voice was not shown");
            }
        });
    }

    async fn tell_in_voice(&self, guild: GuildId, gained: &[Gained]) -> Result<(), Error> {
        let mut told: Vec<VoiceState> = Vec::new();
        for _ in 0..LOOKS {
            let mut states = domain::voice::of_guild(self.world(), guild).await?;
            states.retain(|state| gained.iter().any(|(channel, _)| *channel == state.channel));
            let Some(page) = self.hub().book.page(guild).filter(|_| states != told) else { return Ok(()) };
            let users: Vec<UserId> = states.iter().map(|state| state.user).collect();
            let there = with_members(states.clone(), &members_named(self.world(), guild, &users).await?);
            // Who left between the looks, of whom the sessions may have been told before they were shown it.
            for state in told.iter().filter(|state| !users.contains(&state.user)) {
                self.tell_of(&page, gained, state, true, None);
            }
            for (state, member) in there.into_iter().filter(|(state, _)| !told.contains(state)) {
                self.tell_of(&page, gained, &state, false, Some(Box::new(member)));
            }
            told = states;
        }
        Ok(())
    }

    /// Tells those of the sessions who see the channel still.
    fn tell_of(
        &self,
        page: &Page,
        gained: &[Gained],
        state: &VoiceState,
        gone: bool,
        member: Option<Box<MemberView>>,
    ) {
        let event = Event::VoiceStateUpdate { state: Box::new(state.clone()), gone, member };
        let Some(rendered) = dispatch::render(&event) else { return };
        let filter = GuildFilter::Voice { seen: state.channel, unseen: None, user: state.user, own: true };
        let payload = Payload::new(&self.hub().meter, rendered, Scope::Guild(page.guild, filter));
        page.voiced.store(true, Ordering::Release);
        let local = page.local.lock();
        for (_, sessions) in gained.iter().filter(|(channel, _)| *channel == state.channel) {
            for session in sessions {
                let user = session.owner.user;
                if local.holds(user, session.id)
                    && local.sees(user, state.channel)
                    && session.wants_of_guild(&event)
                {
                    session.push_derived(payload.clone(), self.now());
                }
            }
        }
    }
}
