//! Clients that know only what anybody knows: REST and the gateway.

mod rest;
mod session;
mod socket;

pub use rest::{Api, Reply};
pub(crate) use rest::{id, row};
pub use session::{Control, Listener, Order};

use parking_lot::Mutex;

/// Looks random; good enough to choose by (splitmix64).
#[derive(Debug)]
pub struct Dice(Mutex<u64>);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// A number below this one; 0 if there is none.
    pub fn below(&self, end: u64) -> u64 {
        let mut state = self.0.lock();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(end).unwrap_or(0)
    }

    /// True so often in a hundred.
    pub fn percent(&self, often: u64) -> bool {
        self.below(100) < often
    }

    /// All of them, in an order by chance.
    pub fn shuffled<T: Clone>(&self, from: &[T]) -> Vec<T> {
        let mut all = from.to_vec();
        for place in (1..all.len()).rev() {
            let other = self.below(place as u64 + 1);
            all.swap(place, usize::try_from(other).unwrap_or_default());
        }
        all
    }

    /// One of them.
    pub fn choose<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let place = self.below(from.len() as u64);
        from.get(usize::try_from(place).unwrap_or_default())
    }
}
