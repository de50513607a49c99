//! Who may connect: so many in all, and so many of one address that have not identified yet.

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts connections.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    connections: AtomicUsize,
    waiting: AtomicUsize,
    by_address: DashMap<IpAddr, usize>,
}

/// Why a connection was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The server has as many as it takes.
    Full,
    /// This address has too many that wait.
    TooMany,
}

/// A connection's place among all; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Admission>);

/// A place among those that have not identified yet; given back when dropped.
#[derive(Debug)]
pub(crate) struct Waiting(Arc<Admission>, Option<IpAddr>);

impl Admission {
    /// Lets a connection in.
    ///
    /// # Errors
    /// There is no place for it.
    pub(crate) fn enter(
        self: &Arc<Self>,
        address: Option<IpAddr>,
        connections: usize,
        waiting_per_address: usize,
    ) -> Result<(Place, Waiting), Refused> {
        if self.connections.fetch_add(1, Ordering::AcqRel) >= connections {
            self.connections.fetch_sub(1, Ordering::AcqRel);
            return Err(Refused::Full);
        }
        let place = Place(self.clone());
        metrics::gauge!("gateway_connections").increment(1);
        let address = address.filter(|address| !address.is_loopback());
        if let Some(address) = address {
            let mut count = self.by_address.entry(address).or_insert(0);
            if *count >= waiting_per_address {
                return Err(Refused::TooMany);
            }
            *count += 1;
        }
        self.waiting.fetch_add(1, Ordering::AcqRel);
        Ok((place, Waiting(self.clone(), address)))
    }

    /// A connection that must identify anew waits again. It was let in before and is not refused now.
    pub(crate) fn wait_again(self: &Arc<Self>) -> Waiting {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        Waiting(self.clone(), None)
    }

    /// How many have not identified yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// How many are connected.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::AcqRel);
        metrics::gauge!("gateway_connections").decrement(1);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
        let Some(address) = self.1 else { return };
        if let Entry::Occupied(mut entry) = self.0.by_address.entry(address) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let admission: Arc<Admission> = Arc::default();
        let address = Some("192.0.2.7".parse().unwrap());
        let first = admission.enter(address, 3, 2).unwrap();
        let second = admission.enter(address, 3, 2).unwrap();
        assert_eq!(admission.enter(address, 3, 2).unwrap_err(), Refused::TooMany);
        // Who identified does not wait any more.
        drop(first.1);
        let third = admission.enter(address, 3, 2).unwrap();
        assert_eq!(admission.enter(None, 3, 2).unwrap_err(), Refused::Full);
        drop((first.0, second, third));
        assert_eq!((admission.connections(), admission.waiting(), admission.by_address.len()), (0, 0, 0));
        let local = Some("127.0.0.1".parse().unwrap());
        let many: Vec<_> = (0..50).map(|_| admission.enter(local, 100, 2).unwrap()).collect();
        assert_eq!(admission.waiting(), 50);
        drop(many);
    }
}
