//! How far this node's events are handed over, and who waits for it.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use tokio::sync::oneshot;

/// Every send waits here once, so only those are woken whose events are handed over.
#[derive(Default)]
pub(crate) struct Handed(Mutex<State>);

#[derive(Default)]
struct State {
    number: u64,
    /// By the number of the last event that each waits for.
    waiting: BTreeMap<u64, Vec<oneshot::Sender<()>>>,
}

impl Handed {
    /// The highest number of this node's events up to which all are handed over, or will never be.
    pub(crate) fn number(&self) -> u64 {
        self.0.lock().number
    }

    /// Everything up to this number is handed over.
    pub(crate) fn over(&self, number: u64) {
        let over = {
            let mut state = self.0.lock();
            let number = state.number.max(number);
            state.number = number;
            let on = state.waiting.split_off(&number.saturating_add(1));
            std::mem::replace(&mut state.waiting, on)
        };
        for waiting in over.into_values().flatten() {
            // Who waited no longer has gone on.
            let _ = waiting.send(());
        }
    }

    /// Is answered when everything up to this number is handed over. `None`: it is.
    pub(crate) fn waits_for(&self, number: u64) -> Option<oneshot::Receiver<()>> {
        let mut state = self.0.lock();
        (state.number < number).then(|| {
            let (over, waiting) = oneshot::channel();
            state.waiting.entry(number).or_default().push(over);
            waiting
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_are_woken_whose_events_are_handed_over_and_no_others() {
        let handed = Handed::default();
        let mut waiting = [1, 2, 2, 3].map(|number| handed.waits_for(number).unwrap());
        let woken = |waiting: &mut [oneshot::Receiver<()>]| {
            let mut woken = Vec::new();
            for one in waiting {
                woken.push(one.try_recv().is_ok());
            }
            woken
        };
        assert_eq!(woken(&mut waiting), [false; 4]);
        handed.over(2);
        assert_eq!(woken(&mut waiting), [true, true, true, false]);
        assert!(handed.waits_for(2).is_none());
        handed.over(1);
        assert_eq!(handed.number(), 2);
        handed.over(9);
        assert!(waiting[3].try_recv().is_ok());
    }
}
