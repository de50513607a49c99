//! How far this node's events are handed over, and who waits for it.

use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Every send waits here once, so only those are woken whose events are handed over.
#[derive(Default)]
pub(crate) struct Handed(Mutex<State>);

#[derive(Default)]
struct State {
    number: u64,
    /// By the number of the last event that each waits for, and since when somebody does.
    waiting: BTreeMap<u64, (Instant, Vec<oneshot::Sender<()>>)>,
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
        for waiting in over.into_values().flat_map(|(_, waiting)| waiting) {
            // Who waited no longer has gone on.
            let _ = waiting.send(());
        }
    }

    /// Is answered when everything up to this number is handed over. `None`: it is; or it will not be within that time, for
    /// somebody has waited for so long already, and still waits or has gone on without it.
    pub(crate) fn waits_for(&self, number: u64, at_most: Duration) -> Option<oneshot::Receiver<()>> {
        let mut state = self.0.lock();
        let is_stuck = state.waiting.values().next().is_some_and(|(since, _)| since.elapsed() >= at_most);
        (state.number < number && !is_stuck).then(|| {
            let (over, waiting) = oneshot::channel();
            let fresh = || (Instant::now(), Vec::new());
            state.waiting.entry(number).or_insert_with(fresh).1.push(over);
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
        let mut waiting = [1, 2, 2, 3].map(|number| handed.waits_for(number, Duration::MAX).unwrap());
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
        assert!(handed.waits_for(2, Duration::MAX).is_none());
        handed.over(1);
        assert_eq!(handed.number(), 2);
        handed.over(9);
        assert!(waiting[3].try_recv().is_ok());
    }

    /// While a member fails, the first ones find out that it takes long; not every send does.
    #[tokio::test(start_paused = true)]
    async fn nobody_waits_behind_who_waited_for_so_long_in_vain() {
        let handed = Handed::default();
        let second = Duration::from_secs(1);
        let _gone = handed.waits_for(1, second).unwrap();
        tokio::time::advance(second / 2).await;
        assert!(handed.waits_for(2, second).is_some());
        tokio::time::advance(second / 2).await;
        assert!(handed.waits_for(3, second).is_none());
        assert!(handed.waits_for(3, second * 12).is_some(), "a logout waits for longer");
        handed.over(3);
        assert!(handed.waits_for(4, second).is_some());
    }
}
