//! Adds again what did not arrive: what a node asks for, and what Redis may have lost when a member failed.

use crate::cluster::Request;
use crate::entry::{Entry, write_event};
use crate::publisher::Publisher;
use crate::shared::Item;
use model::UserId;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Hand-overs that are kept for each stream.
pub(crate) const KEPT: usize = 8_192;

/// For how long.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// A replica that takes over may lack so much: what its master answered and did not pass on.
const DOUBTFUL: Duration = Duration::from_secs(10);

/// What was handed to a stream last.
#[derive(Default)]
pub(crate) struct Sent {
    entries: VecDeque<HandOver>,
}

/// A number, the event, and for whom of the node it was.
type HandOver = (u64, Arc<Item>, Arc<[UserId]>);

impl Sent {
    pub(crate) fn push(&mut self, link: u64, item: Arc<Item>, to: Arc<[UserId]>) {
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back((link, item, to));
    }

    /// Everything from a number on. `None`: that one is not kept any more.
    fn from(&self, link: u64) -> Option<Vec<&HandOver>> {
        let first = self.entries.front()?.0;
        (first <= link).then(|| self.entries.iter().filter(|entry| entry.0 >= link).collect())
    }

    /// Forgets what is too old.
    fn sweep(&mut self) {
        while self.entries.front().is_some_and(|(_, item, _)| item.at.elapsed() > KEPT_FOR) {
            self.entries.pop_front();
        }
    }

    /// From which number on a failover may have lost something.
    fn doubtful(&self) -> Option<u64> {
        let recent = |item: &Item| item.at.elapsed() < DOUBTFUL;
        self.entries.iter().find(|(_, item, _)| recent(item)).map(|(link, _, _)| *link)
    }
}

impl Publisher {
    /// A node misses everything from this number on.
    pub(crate) async fn add_again(&mut self, stream: u64, link: u64) {
        let Some(known) = self.streams.get_mut(&stream) else { return };
        known.unannounced.get_or_insert_with(Instant::now);
        let publisher = self.shared.publisher;
        let high = known.link;
        let mut requests = Vec::new();
        match known.sent.from(link) {
            Some(entries) => {
                for (link, item, to) in entries {
                    let bytes =
                        write_event((publisher, *link, item.number), true, item.guild(), to, &item.body);
                    requests.push(bytes);
                }
            }
            None => requests.push(Entry::Forgotten { publisher, link: high }.write()),
        }
        metrics::counter!("bus_resent").increment(u64::try_from(requests.len()).unwrap_or(0));
        let requests: Vec<Request> = requests.iter().map(|bytes| self.add(stream, bytes)).collect();
        // If this fails, the node asks once more.
        let _ = self.shared.cluster.run(&requests).await;
    }

    /// Adds the last ones again when they may have gone down with a member.
    pub(crate) async fn repair_path(&mut self, stream: u64) {
        let Ok(path) = self.path(stream).await else { return };
        let Some(known) = self.streams.get_mut(&stream) else { return };
        let before = std::mem::replace(&mut known.path, path);
        if before != 0
            && before != path
            && let Some(link) = known.sent.doubtful()
        {
            self.add_again(stream, link).await;
        }
    }

    /// The same for streams to which nothing goes at the moment.
    pub(crate) async fn tend_paths(&mut self) {
        self.streams.values_mut().for_each(|known| known.sent.sweep());
        let busy: Vec<u64> = self
            .streams
            .iter()
            .filter(|(_, known)| known.path != 0 && known.sent.doubtful().is_some())
            .map(|(stream, _)| *stream)
            .collect();
        for stream in busy {
            self.repair_path(stream).await;
        }
    }
}
