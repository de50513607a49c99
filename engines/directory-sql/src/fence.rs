//! Answers kept in memory that are never older than the last change that was answered.
//!
//! Only the process that is the database's one writer may keep them. The rule, for one cached answer:
//!
//! * a fill notes the moment **before** it asks the database, and stores the answer with that moment and with the keys
//!   that it depends on;
//! * a writer marks the keys that it changed **after** its commit and before its method answers; the mark is a later
//!   moment;
//! * a lookup takes the answer only if none of its keys was marked after its moment.
//!
//! So a fill that raced with a writer and read the old state carries a moment from before the mark, and is never taken
//! after it, whenever it is stored. Keys share a fixed number of marks by hash: two keys with one mark cost a needless
//! fill, never a wrong answer.

use model::{ChannelId, GuildId, UserId};
use parking_lot::RwLock;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};

/// What a cached answer may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A private channel and who is in it.
    Channel(ChannelId),
    /// How two users stand to each other, and their direct message.
    Pair(UserId, UserId),
    /// An account's public part.
    User(UserId),
    /// A user's devices.
    Sessions(UserId),
    /// A guild's state: everything in it that raises the state's version.
    Guild(GuildId),
    /// That anything about a guild's members changed: what raises the members' version.
    Members(GuildId),
    /// One membership.
    Member(GuildId, UserId),
    /// All memberships of a guild at once: a role is gone, or the guild.
    EveryMember(GuildId),
}

/// 32 KiB of marks.
const MARKS: u64 = 4096;

impl Key {
    /// The number of this key's mark.
    pub(crate) fn mark(self) -> u16 {
        let (kind, a, b) = match self {
            Self::Channel(id) => (1, id.get(), 0),
            Self::Pair(a, b) => (2, a.min(b).get(), a.max(b).get()),
            Self::User(id) => (3, id.get(), 0),
            Self::Sessions(id) => (4, id.get(), 0),
            Self::Guild(id) => (5, id.get(), 0),
            Self::Members(id) => (6, id.get(), 0),
            Self::Member(guild, user) => (7, guild.get(), user.get()),
            Self::EveryMember(id) => (8, id.get(), 0),
        };
        // Snowflakes differ in their upper bits (time) and their lowest (increment): multiply to mix both in.
        let mixed = [kind, a, b].iter().fold(0u64, |hash, part| {
            let hash = (hash ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^ (hash >> 32)
        });
        (mixed % MARKS) as u16
    }
}

/// A point in the order of all marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

/// When what was changed last.
pub(crate) struct Fence {
    last: AtomicU64,
    marks: Box<[AtomicU64]>,
}

impl Fence {
    pub(crate) fn new() -> Self {
        Self { last: AtomicU64::new(0), marks: (0..MARKS).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Now. To be taken before the database is asked.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.last.load(Ordering::SeqCst))
    }

    /// These keys changed; to be called after the commit.
    pub(crate) fn changed(&self, keys: &[Key]) {
        for key in keys {
            let moment = self.last.fetch_add(1, Ordering::SeqCst) + 1;
            if let Some(mark) = self.marks.get(usize::from(key.mark())) {
                mark.fetch_max(moment, Ordering::SeqCst);
            }
        }
    }

    fn holds(&self, moment: Moment, marks: &[u16]) -> bool {
        marks.iter().all(|mark| {
            self.marks.get(usize::from(*mark)).is_some_and(|at| at.load(Ordering::SeqCst) <= moment.0)
        })
    }
}

struct Entry<V> {
    value: V,
    moment: Moment,
    marks: SmallVec<[u16; 4]>,
}

/// Two halves: what was asked for since the last turn, and what was there before. When the young half is full, the
/// old one is dropped: an approximation of least-recently-used that costs nothing per lookup.
struct Halves<K, V> {
    young: HashMap<K, Entry<V>>,
    old: HashMap<K, Entry<V>>,
}

impl<K: Hash + Eq, V> Halves<K, V> {
    fn put(&mut self, half: usize, key: K, entry: Entry<V>) {
        if self.young.len() >= half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, entry);
    }
}

/// A bounded cache of answers, in shards so that readers on many threads do not wait for each other.
pub(crate) struct Cache<K, V> {
    shards: Box<[RwLock<Halves<K, V>>]>,
    half: usize,
    hasher: RandomState,
}

const SHARDS: usize = 16;

impl<K: Hash + Eq + Copy, V: Clone> Cache<K, V> {
    /// A cache of at most `cap` answers.
    pub(crate) fn new(cap: usize) -> Self {
        let shard = || RwLock::new(Halves { young: HashMap::new(), old: HashMap::new() });
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            half: (cap / SHARDS / 2).max(1),
            hasher: RandomState::new(),
        }
    }

    fn shard(&self, key: &K) -> Option<&RwLock<Halves<K, V>>> {
        self.shards.get(self.hasher.hash_one(key) as usize % SHARDS)
    }

    /// The answer, if it still holds.
    pub(crate) fn get(&self, fence: &Fence, key: &K) -> Option<V> {
        let shard = self.shard(key)?;
        {
            let halves = shard.read();
            if let Some(entry) = halves.young.get(key) {
                return fence.holds(entry.moment, &entry.marks).then(|| entry.value.clone());
            }
            if !halves.old.contains_key(key) {
                return None;
            }
        }
        let mut halves = shard.write();
        let entry = halves.old.remove(key)?;
        if !fence.holds(entry.moment, &entry.marks) {
            return None;
        }
        let value = entry.value.clone();
        halves.put(self.half, *key, entry);
        Some(value)
    }

    /// Stores an answer that the database gave after `moment` was taken.
    pub(crate) fn put(&self, key: K, value: V, moment: Moment, depends: impl IntoIterator<Item = Key>) {
        let marks = depends.into_iter().map(Key::mark).collect();
        if let Some(shard) = self.shard(&key) {
            shard.write().put(self.half, key, Entry { value, moment, marks });
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| {
                let halves = shard.read();
                halves.young.len() + halves.old.len()
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u64) -> UserId {
        UserId::new(n).unwrap()
    }

    #[test]
    fn a_fill_that_raced_with_a_writer_is_never_taken() {
        let (fence, cache) = (Fence::new(), Cache::new(64));
        let before = fence.moment();
        // The fill reads "old"; the writer commits and marks; only then does the fill store what it read.
        fence.changed(&[Key::User(user(7))]);
        cache.put(7u64, "old", before, [Key::User(user(7))]);
        assert_eq!(cache.get(&fence, &7), None);
        cache.put(7, "new", fence.moment(), [Key::User(user(7))]);
        assert_eq!(cache.get(&fence, &7), Some("new"));
        fence.changed(&[Key::Sessions(user(7))]);
        assert_eq!(cache.get(&fence, &7), Some("new"));
    }

    #[test]
    fn a_cache_stays_within_its_bound_and_keeps_what_is_asked_for() {
        let (fence, cache) = (Fence::new(), Cache::new(1024));
        for n in 1..50_000u64 {
            cache.put(n, n, fence.moment(), [Key::User(user(n))]);
            assert!(n < 10 || cache.get(&fence, &5) == Some(5), "{n}");
        }
        assert!(cache.len() <= 1024, "{}", cache.len());
    }

    #[test]
    fn neighbours_spread_over_the_marks() {
        let marks: std::collections::HashSet<u16> =
            (0..1000).map(|n| Key::User(user((1 << 60) + (n << 22))).mark()).collect();
        assert!(marks.len() > 800, "{}", marks.len());
        assert_eq!(Key::Pair(user(1), user(2)), Key::Pair(user(1), user(2)));
        assert_eq!(Key::Pair(user(1), user(2)).mark(), Key::Pair(user(2), user(1)).mark());
    }
}
