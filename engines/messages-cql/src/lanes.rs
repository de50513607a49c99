//! The order in which a channel's changes are told on this node.
//!
//! Sends of one channel are on their way to the ring at the same time and come back in any order. What follows each
//! ([`Durable`]) must run in the order of their ids: a send takes its place when its id is minted, and what follows it
//! waits until every place before it has run or was given up. A place is held for no longer than a send may take.

use model::ChannelId;
use model::message::Message;
use parking_lot::Mutex;
use ports::messages::Durable;
use ports::{StoreError, Stored};
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Changes of one channel that may wait at once.
const WAITING: usize = 4_096;

#[derive(Default)]
struct Lane {
    next: u64,
    queue: VecDeque<(u64, Stand)>,
}

enum Stand {
    /// On its way.
    Flying,
    /// Durable; its turn has not come.
    Durable { run: Durable, message: Box<Message>, told: oneshot::Sender<()> },
    /// Not stored, or nothing to tell.
    Over,
}

/// The lanes of all channels in which something is under way.
#[derive(Default)]
pub(crate) struct Lanes {
    lanes: Mutex<HashMap<ChannelId, Arc<Mutex<Lane>>>>,
}

/// A place in a lane; given up when dropped.
pub(crate) struct Place {
    lanes: Arc<Lanes>,
    channel: ChannelId,
    lane: Arc<Mutex<Lane>>,
    number: u64,
}

impl Lanes {
    /// Takes the last place, and mints in the same step, so that places and ids have one order.
    pub(crate) fn take<T>(
        self: &Arc<Self>,
        channel: ChannelId,
        mint: impl FnOnce() -> Stored<T>,
    ) -> Stored<(Place, T)> {
        let lane = self.lanes.lock().entry(channel).or_default().clone();
        let mut place = Place { lanes: self.clone(), channel, lane, number: u64::MAX };
        let minted = {
            let mut lane = place.lane.lock();
            if lane.queue.len() >= WAITING {
                Err(StoreError::Unavailable("too many changes of the channel are waiting".into()))
            } else {
                mint().inspect(|_| {
                    place.number = lane.next;
                    lane.next += 1;
                    lane.queue.push_back((place.number, Stand::Flying));
                })
            }
        };
        Ok((place, minted?))
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.lanes.lock().len()
    }
}

impl Place {
    /// Runs what follows the change when its turn has come, and returns then.
    pub(crate) async fn durable(self, run: Durable, message: &Message) {
        let (told, hear) = oneshot::channel();
        self.stand(Stand::Durable { run, message: Box::new(message.clone()), told });
        // Cannot fail: whoever empties the lane tells, and this place is in it.
        let _ = hear.await;
    }

    fn stand(&self, stand: Stand) {
        let mut lane = self.lane.lock();
        if let Some((_, slot)) = lane.queue.iter_mut().find(|(number, _)| *number == self.number)
            && matches!(slot, Stand::Flying)
        {
            *slot = stand;
        }
        while let Some((_, stand)) = lane.queue.front_mut() {
            match std::mem::replace(stand, Stand::Over) {
                Stand::Flying => {
                    *stand = Stand::Flying;
                    break;
                }
                Stand::Over => {}
                Stand::Durable { run, message, told } => {
                    // Under the lane's lock: the next may not overtake it. A fault in it is its owner's.
                    if std::panic::catch_unwind(AssertUnwindSafe(|| run(&message))).is_err() {
                        tracing::error!(message = %message.id, "what should follow a durable change panicked");
                    }
                    let _ = told.send(());
                }
            }
            lane.queue.pop_front();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stand_over_if_flying();
        let mut lanes = self.lanes.lanes.lock();
        // Shares are taken under the same lock: two (the map's and this one) mean that nobody else is in the lane.
        if Arc::strong_count(&self.lane) == 2 && self.lane.lock().queue.is_empty() {
            lanes.remove(&self.channel);
        }
    }
}

impl Place {
    /// A durable one whose caller went away keeps its place and its turn.
    fn stand_over_if_flying(&self) {
        self.stand(Stand::Over);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]
    use super::*;
    use model::message::MessageKind;
    use model::{MessageId, UserId};

    fn message(id: u64) -> Message {
        Message {
            id: MessageId::new(id).unwrap(),
            channel: ChannelId::new(1).unwrap(),
            author: UserId::new(1).unwrap(),
            kind: MessageKind::Default,
            content: String::new(),
            edited: None,
            tts: false,
            mention_everyone: false,
            mentions: vec![],
            mention_roles: vec![],
            webhook: None,
            flags: 0,
            embeds: vec![],
            reference: None,
            pinned: false,
        }
    }

    #[tokio::test]
    async fn a_later_one_waits_for_an_earlier_one_and_not_for_one_that_was_given_up() {
        let lanes = Arc::new(Lanes::default());
        let told: Arc<Mutex<Vec<u64>>> = Arc::default();
        let run = |told: &Arc<Mutex<Vec<u64>>>| -> Durable {
            let told = told.clone();
            Box::new(move |message| told.lock().push(message.id.get()))
        };
        let channel = ChannelId::new(1).unwrap();
        let mut places: Vec<Place> =
            (1..=3).map(|_| lanes.take(channel, || Ok(())).map(|(place, ())| place).unwrap()).collect();
        let third = tokio::spawn({
            let (place, run) = (places.pop().unwrap(), run(&told));
            async move { place.durable(run, &message(3)).await }
        });
        tokio::task::yield_now().await;
        assert!(told.lock().is_empty());
        // The second is given up, the first is stored.
        places.pop();
        assert!(!third.is_finished());
        places.pop().unwrap().durable(run(&told), &message(1)).await;
        third.await.unwrap();
        assert_eq!(*told.lock(), [1, 3]);
        assert_eq!(lanes.len(), 0);
    }
}
