//! When somebody began to see what it sees, and when it ceased to. Events come late: what was said while somebody was no
//! member, or while a channel was hidden from it, is not for it, although it would see it by now.

use model::guild::Versions;
use model::{ChannelId, Timestamp, UserId};
use std::collections::{HashMap, HashSet, VecDeque};

/// Turns of a guild that are remembered, and users in them.
const TURNS: usize = 1_024;
const USERS: usize = 65_536;
/// For so many seconds: no event is later.
pub(crate) const KEPT: i64 = 300;

/// Something turned after one version, and had turned at another. What lies between is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Span {
    after: u64,
    at: u64,
}

impl Span {
    /// It had nothing to do with it.
    const NONE: Self = Self { after: u64::MAX, at: 0 };

    fn between(after: u64, at: u64) -> Self {
        if after == at { Self::NONE } else { Self { after, at } }
    }
}

/// Between which versions something turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Spans {
    state: Span,
    members: Span,
}

impl Default for Spans {
    fn default() -> Self {
        Self { state: Span::NONE, members: Span::NONE }
    }
}

impl Spans {
    /// What was known before and after. What is the same in both had nothing to do with it.
    pub(crate) fn between(before: Versions, after: Versions) -> Self {
        Self {
            state: Span::between(before.state, after.state),
            members: Span::between(before.members, after.members),
        }
    }

    /// It followed from the state alone.
    pub(crate) fn of_the_state(self) -> Self {
        Self { members: Span::NONE, ..self }
    }

    /// It followed from a membership alone.
    pub(crate) fn of_the_members(self) -> Self {
        Self { state: Span::NONE, ..self }
    }

    /// The change of a member that led to this version.
    pub(crate) fn of_member(version: u64) -> Self {
        Self { state: Span::NONE, members: Span::between(version.saturating_sub(1), version) }
    }

    /// The change of the guild that led to this version.
    pub(crate) fn of_state(version: u64) -> Self {
        Self { state: Span::between(version.saturating_sub(1), version), members: Span::NONE }
    }

    /// The same for a member whose membership is what it is since this version: between the two nobody knows what it was. `None` if it
    /// followed at once, or before.
    pub(crate) fn of_member_since(self, version: u64) -> Option<Self> {
        let Span { after, at } = self.members;
        (after.saturating_add(1) < version && version <= at)
            .then_some(Self { state: Span::NONE, members: Span { after, at: version } })
    }

    /// A membership that began with one version of the members and is what it is since another, when it was first looked at, by this
    /// state: under an older state nobody knows what it saw, nor what it was between the two.
    pub(crate) fn first_read(came: u64, changed: u64, state: u64) -> Self {
        Self { state: Span { after: u64::MAX, at: state }, members: Span { after: came, at: changed } }
    }

    /// This version of the state.
    pub(crate) fn at_state(version: u64) -> Self {
        let state = Span { after: version.saturating_sub(1), at: version.saturating_add(1) };
        Self { state, members: Span::NONE }
    }

    /// They are known from these versions on; of what was before nothing is said.
    pub(crate) fn from(versions: Versions) -> Self {
        Self {
            state: Span { after: 0, at: versions.state },
            members: Span { after: 0, at: versions.members },
        }
    }

    fn says_nothing_of_before(&self) -> bool {
        self.state.after == 0 || self.members.after == 0
    }

    /// Whether these versions are behind it (`Some(true)`) or before it.
    fn is_past(&self, versions: Versions) -> Option<bool> {
        if versions.state >= self.state.at && versions.members >= self.members.at {
            return Some(true);
        }
        let before = versions.state <= self.state.after && versions.members <= self.members.after;
        before.then_some(false)
    }
}

struct Turn {
    number: u64,
    /// The channel; `None` for all of the guild.
    channel: Option<ChannelId>,
    users: Vec<UserId>,
    /// Whether they see it since; `None`: as before, but nobody knows about in between.
    sees: Option<bool>,
    spans: Spans,
    /// When that was found out.
    found: Timestamp,
}

/// Who is not to be told of an event that is late.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Late {
    /// These did not see what it is about.
    pub(crate) unseeing: HashSet<UserId>,
    /// Nobody knows whether these did.
    pub(crate) unsure: HashSet<UserId>,
}

impl Late {
    pub(crate) fn is_empty(&self) -> bool {
        self.unseeing.is_empty() && self.unsure.is_empty()
    }
}

/// What one was at some versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Seeing,
    Unseeing,
    Unsure,
}

/// The turns of a guild, the last ones last.
#[derive(Default)]
pub(crate) struct Turns {
    all: VecDeque<Turn>,
    users: usize,
    next: u64,
    /// Events of these versions are not late, nor is what was said after this moment.
    newest: Versions,
    last_found: Option<Timestamp>,
}

impl Turns {
    /// The number of the next one: what came before concerns nobody who comes now.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Notes one.
    pub(crate) fn note(
        &mut self,
        channel: Option<ChannelId>,
        users: Vec<UserId>,
        sees: bool,
        spans: Spans,
        now: Timestamp,
    ) {
        self.keep(channel, users, Some(sees), spans, now);
    }

    /// Notes that nobody knows what a user saw in between.
    pub(crate) fn doubt(&mut self, user: UserId, spans: Spans, now: Timestamp) {
        self.keep(None, vec![user], None, spans, now);
    }

    fn keep(
        &mut self,
        channel: Option<ChannelId>,
        mut users: Vec<UserId>,
        sees: Option<bool>,
        spans: Spans,
        now: Timestamp,
    ) {
        if users.is_empty() {
            return;
        }
        users.sort_unstable();
        users.dedup();
        self.newest = self.newest.max_of(Versions { state: spans.state.at, members: spans.members.at });
        self.last_found = self.last_found.max(Some(now));
        self.users += users.len();
        self.all.push_back(Turn { number: self.next, channel, users, sees, spans, found: now });
        self.next += 1;
        while self.all.front().is_some_and(|turn| {
            self.all.len() > TURNS || self.users > USERS || turn.found.plus_seconds(KEPT) < now
        }) {
            if let Some(old) = self.all.pop_front() {
                self.users -= old.users.len();
            }
        }
    }

    /// Who came to see which channel by a change of the state alone (`true`), or of memberships alone, of which nobody knows
    /// whether these versions are behind it.
    pub(crate) fn unsure(&self, versions: Versions, of_state: bool) -> Vec<(ChannelId, Vec<UserId>)> {
        let turns = self.all.iter().filter(|turn| {
            let other = if of_state { turn.spans.members } else { turn.spans.state };
            turn.sees == Some(true) && other == Span::NONE && turn.spans.is_past(versions).is_none()
        });
        turns.filter_map(|turn| Some((turn.channel?, turn.users.clone()))).collect()
    }

    /// Who saw nothing of a channel, or of the guild, at these versions, though it may now. `came` says which turn would
    /// have been a user's first. With `said` it is a message that is told again, or was found in the store, whose versions
    /// nobody knows: whether it is for those who were found to see the channel after it was said is not sure.
    pub(crate) fn late(
        &self,
        channel: Option<ChannelId>,
        versions: Versions,
        said: Option<Timestamp>,
        came: impl Fn(UserId) -> u64,
    ) -> Late {
        let mut late = Late::default();
        let in_time = versions.state >= self.newest.state && versions.members >= self.newest.members;
        let known = said.is_none_or(|said| self.last_found.is_none_or(|found| found <= said));
        if in_time && known {
            return late;
        }
        for scope in [None, channel].into_iter().take(1 + usize::from(channel.is_some())) {
            let mut certain: HashMap<UserId, Sight> = HashMap::new();
            let mut before: HashMap<UserId, Sight> = HashMap::new();
            let mut came_in: HashSet<UserId> = HashSet::new();
            for turn in self.all.iter().rev().filter(|turn| turn.channel == scope) {
                let past = turn.spans.is_past(versions);
                if past != Some(true) && turn.spans.says_nothing_of_before() {
                    continue;
                }
                let sees = turn.sees == Some(true);
                let sight = match past {
                    _ if said.is_some_and(|said| turn.sees != Some(false) && said < turn.found) => {
                        Err(Sight::Unsure)
                    }
                    None => Err(Sight::Unsure),
                    Some(_) if turn.sees.is_none() => continue,
                    Some(true) if sees => Err(Sight::Seeing),
                    Some(true) => Err(Sight::Unseeing),
                    Some(false) if sees => Ok(Sight::Unseeing),
                    Some(false) => Ok(Sight::Seeing),
                };
                for user in &turn.users {
                    // Who comes into the guild is of interest before it comes here: the last time, for how an earlier
                    // membership ended is not known.
                    let comes_in = turn.channel.is_none() && sees;
                    let last = comes_in && came_in.insert(*user);
                    let concerns = turn.number >= came(*user) || last;
                    match sight {
                        _ if !concerns => {}
                        Err(sight) => {
                            let known = certain.entry(*user).or_insert(sight);
                            // Of the guild it is known to have seen something by its coming alone, which was before what is in
                            // doubt, however late it was heard of.
                            if turn.sees.is_none() && *known == Sight::Seeing {
                                *known = sight;
                            }
                        }
                        Ok(sight) if certain.contains_key(user) => drop(before.entry(*user).or_insert(sight)),
                        Ok(sight) => drop(before.insert(*user, sight)),
                    }
                }
            }
            for (user, sight) in before {
                let known = certain.entry(user).or_insert(sight);
                if *known == Sight::Seeing && sight == Sight::Unseeing {
                    // It came, and came once more later: when it went in between nobody noticed.
                    *known = Sight::Unsure;
                }
            }
            for (user, sight) in certain {
                match sight {
                    Sight::Seeing => {}
                    Sight::Unseeing => drop(late.unseeing.insert(user)),
                    Sight::Unsure => drop(late.unsure.insert(user)),
                }
            }
        }
        late.unsure.retain(|user| !late.unseeing.contains(user));
        late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_000);

    fn user(n: u64) -> UserId {
        UserId::new(n).unwrap()
    }

    fn v(state: u64, members: u64) -> Versions {
        Versions { state, members }
    }

    fn late(turns: &Turns, channel: u64, versions: Versions) -> (Vec<u64>, Vec<u64>) {
        let late = turns.late(ChannelId::new(channel), versions, None, |_| 0);
        let ids = |users: HashSet<UserId>| {
            let mut ids: Vec<u64> = users.into_iter().map(UserId::get).collect();
            ids.sort_unstable();
            ids
        };
        (ids(late.unseeing), ids(late.unsure))
    }

    #[test]
    fn what_was_said_while_a_channel_was_hidden_is_for_those_who_saw_it_then() {
        let mut turns = Turns::default();
        let channel = ChannelId::new(7);
        turns.note(channel, vec![user(1), user(2)], false, Spans::between(v(3, 1), v(4, 1)), AT);
        turns.note(channel, vec![user(2), user(2)], true, Spans::between(v(5, 1), v(6, 1)), AT);
        // From 6 on nothing is late: who sees it now is known.
        for (state, unseeing) in [(3, vec![]), (4, vec![1, 2]), (5, vec![1, 2]), (6, vec![]), (9, vec![])] {
            assert_eq!(late(&turns, 7, v(state, 1)).0, unseeing, "{state}");
        }
        assert_eq!(late(&turns, 8, v(4, 1)), (vec![], vec![]), "another channel");
    }

    #[test]
    fn what_was_read_over_is_not_known() {
        let mut turns = Turns::default();
        // Somebody went and came back, between two looks.
        turns.note(None, vec![user(1)], false, Spans::between(v(1, 4), v(1, 9)), AT);
        turns.note(None, vec![user(1)], true, Spans::between(v(1, 4), v(1, 9)), AT);
        assert_eq!(late(&turns, 7, v(1, 4)), (vec![], vec![]));
        assert_eq!(late(&turns, 7, v(1, 6)), (vec![], vec![1]));
        assert_eq!(late(&turns, 7, v(1, 9)), (vec![], vec![]));
        // Its coming is heard of after all.
        turns.note(None, vec![user(1)], true, Spans::of_member(7), AT);
        assert_eq!(late(&turns, 7, v(1, 8)), (vec![], vec![]));
    }

    #[test]
    fn who_came_later_is_concerned_by_its_coming_into_the_guild_alone() {
        let mut turns = Turns::default();
        turns.note(None, vec![user(1)], true, Spans::of_member(5), AT);
        turns.note(ChannelId::new(7), vec![user(1)], false, Spans::between(v(3, 5), v(4, 5)), AT);
        let late = |versions| turns.late(ChannelId::new(7), versions, None, |_| turns.next());
        assert!(late(v(4, 5)).is_empty(), "it sees it by what it was shown");
        assert_eq!(late(v(4, 4)).unseeing, HashSet::from([user(1)]));
    }

    /// Its going was passed over: it came in by an event of the first time, and was read as it was after the second.
    #[test]
    fn who_came_twice_was_away_in_between() {
        for order in [[5, 9], [9, 5]] {
            let mut turns = Turns::default();
            for version in order {
                turns.note(None, vec![user(1)], true, Spans::of_member(version), AT);
            }
            for (members, unseeing, unsure) in
                [(4, vec![1], vec![]), (5, vec![], vec![1]), (8, vec![], vec![1]), (9, vec![], vec![])]
            {
                assert_eq!(late(&turns, 7, v(1, members)), (unseeing, unsure), "{order:?}, {members}");
            }
        }
        // Where it is known when it went, nothing is unsure.
        let mut turns = Turns::default();
        for (version, sees) in [(5, true), (7, false), (9, true)] {
            turns.note(None, vec![user(1)], sees, Spans::of_member(version), AT);
        }
        assert_eq!(late(&turns, 7, v(1, 6)), (vec![], vec![]));
        assert_eq!(late(&turns, 7, v(1, 8)), (vec![1], vec![]));
    }

    /// It came with 4, was excluded with 6 and let in again with 8, and was looked at for the first time after that.
    #[test]
    fn who_came_lately_may_not_have_seen_what_was_said_before_it_was_looked_at() {
        let mut turns = Turns::default();
        turns.note(None, vec![user(1)], true, Spans::of_member(4), AT);
        turns.doubt(user(1), Spans::first_read(4, 8, 3), AT);
        // The event of its coming is late.
        turns.note(None, vec![user(1)], true, Spans::of_member(4), AT);
        for (state, members, unseeing, unsure) in [
            (3, 3, vec![1], vec![]),
            (3, 4, vec![], vec![]),
            (3, 5, vec![], vec![1]),
            (3, 7, vec![], vec![1]),
            (2, 8, vec![], vec![1]),
            (3, 8, vec![], vec![]),
        ] {
            assert_eq!(late(&turns, 7, v(state, members)), (unseeing, unsure), "{state}, {members}");
        }
    }

    #[test]
    fn what_is_told_again_is_for_those_who_saw_the_channel_when_it_was_said() {
        let mut turns = Turns::default();
        let at = Timestamp::from_millis;
        turns.note(ChannelId::new(7), vec![user(1)], true, Spans::between(v(3, 5), v(4, 5)), at(2_000));
        let late = |said| turns.late(ChannelId::new(7), v(9, 9), Some(at(said)), |_| 0).unsure.len();
        assert_eq!([late(1_999), late(2_000)], [1, 0]);
    }

    #[test]
    fn old_turns_are_forgotten() {
        let mut turns = Turns::default();
        for n in 1..=TURNS as u64 + 5 {
            turns.note(ChannelId::new(n), vec![user(n)], true, Spans::of_member(n + 1), AT);
        }
        assert_eq!((turns.all.len(), turns.users), (TURNS, TURNS));
        turns.note(None, (1..=USERS as u64).map(user).collect(), true, Spans::of_member(1), AT);
        assert_eq!((turns.all.len(), turns.users), (1, USERS));
        turns.note(None, vec![user(1)], true, Spans::of_member(2), AT.plus_seconds(KEPT + 1));
        assert_eq!((turns.all.len(), turns.users), (1, 1));
    }
}
