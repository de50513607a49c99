//! Which channels a member may view, as a set of bits over the channels of one state.
//!
//! Most members have the same few roles, and then they see the same: a set is computed once for each combination of roles,
//! and for each member that an overwrite names.

use model::guild::{GuildChannel, GuildState, Member, OverwriteTarget};
use model::permissions::{self, Subject};
use model::{ChannelId, Permissions, RoleId, Timestamp, UserId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A set of channels of one state. Equal memberships share one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct View(Box<[u64]>);

impl View {
    /// Whether the channel with this index in the state is in it.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}

/// The sets of one state.
pub(crate) struct Views {
    /// The state.
    pub(crate) state: Arc<GuildState>,
    /// Whom an overwrite names, and the owner: what they see depends on who they are.
    named: HashSet<UserId>,
    memo: HashMap<(Vec<RoleId>, Option<UserId>), Arc<View>>,
}

/// A membership as choosing sees it. A timeout takes no sight, and what it takes otherwise is left aside: it ends without an
/// event, and two nodes must choose alike.
pub(crate) fn subject(member: &Member) -> Subject<'_> {
    Subject { user: member.user, roles: &member.roles, timeout: None }
}

/// What a member may do in a channel of a state, which need not be in it any more.
pub(crate) fn rights(state: &GuildState, channel: &GuildChannel, member: &Member) -> Permissions {
    permissions::in_channel(state, state.holder(channel), subject(member), Timestamp::from_millis(0))
}

impl Views {
    /// None computed yet.
    pub(crate) fn new(state: Arc<GuildState>) -> Self {
        let overwrites = state.channels.iter().flat_map(|channel| &channel.overwrites);
        let named = overwrites.filter_map(|overwrite| match overwrite.target {
            OverwriteTarget::Member(user) => Some(user),
            OverwriteTarget::Role(_) => None,
        });
        let named = named.chain([state.guild.owner]).collect();
        Self { state, named, memo: HashMap::new() }
    }

    /// What a member sees. Of a private thread it is seen whether its channel is.
    pub(crate) fn of(&mut self, member: &Member) -> Arc<View> {
        let mut roles = member.roles.clone();
        roles.sort_unstable();
        let key = (roles, self.named.contains(&member.user).then_some(member.user));
        if let Some(view) = self.memo.get(&key) {
            return view.clone();
        }
        let mut words = vec![0u64; self.state.channels.len().div_ceil(64)];
        for (index, channel) in self.state.channels.iter().enumerate() {
            let sees = rights(&self.state, channel, member).contains(Permissions::VIEW_CHANNEL);
            if let Some(word) = words.get_mut(index / 64).filter(|_| sees) {
                *word |= 1 << (index % 64);
            }
        }
        let view = Arc::new(View(words.into()));
        self.memo.insert(key, view.clone());
        view
    }

    /// Where a channel is in the state.
    pub(crate) fn index(&self, channel: ChannelId) -> Option<usize> {
        self.state.channels.binary_search_by_key(&channel, |c| c.id).ok()
    }
}
