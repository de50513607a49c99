//! Reading a stream by its numbers: what is next, what was heard before, what is missing.
//!
//! The node that a stream is for and one that reads it again later follow the same rule, so that both hear the same
//! events at the same places: an event is heard where its number follows on its publisher's last one. What jumps ahead is
//! left out, for the publisher adds everything from the missing one on again.

use std::collections::HashMap;

/// What an entry means in this reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is next.
    Next,
    /// It was heard before.
    Known,
    /// Something before it is missing.
    Jump,
    /// It cannot be said whether it was heard before this reading began.
    Unknown,
}

#[derive(Debug, Clone, Copy)]
struct Links {
    /// The first that this reading saw.
    first: u64,
    last: u64,
    /// The highest that was seen or announced.
    high: u64,
}

/// A reading of one stream.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Began with the stream, so that every publisher begins with 1.
    whole: bool,
    publishers: HashMap<u64, Links>,
}

impl Reading {
    /// One that begins with the stream.
    pub(crate) fn whole() -> Self {
        Self { whole: true, publishers: HashMap::new() }
    }

    /// One that begins somewhere.
    pub(crate) fn part() -> Self {
        Self::default()
    }

    fn of(&mut self, publisher: u64) -> Option<&mut Links> {
        if self.whole {
            return Some(self.publishers.entry(publisher).or_insert(Links { first: 1, last: 0, high: 0 }));
        }
        self.publishers.get_mut(&publisher)
    }

    /// An event's entry.
    pub(crate) fn event(&mut self, publisher: u64, link: u64, again: bool) -> Verdict {
        let Some(links) = self.of(publisher) else {
            if again {
                return Verdict::Unknown;
            }
            self.publishers.insert(publisher, Links { first: link, last: link, high: link });
            return Verdict::Next;
        };
        links.high = links.high.max(link);
        if link < links.first {
            return Verdict::Unknown;
        }
        if link <= links.last {
            return Verdict::Known;
        }
        if link == links.last + 1 {
            links.last = link;
            return Verdict::Next;
        }
        Verdict::Jump
    }

    /// An announcement of how much was handed over.
    pub(crate) fn digest(&mut self, publisher: u64, link: u64) -> Verdict {
        let Some(links) = self.of(publisher) else {
            self.publishers.insert(publisher, Links { first: link + 1, last: link, high: link });
            return Verdict::Known;
        };
        links.high = links.high.max(link);
        if links.last < links.high { Verdict::Jump } else { Verdict::Known }
    }

    /// Whose entries are missing, from which number on.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let missing = self.publishers.iter().filter(|(_, links)| links.last < links.high);
        missing.map(|(publisher, links)| (*publisher, links.last + 1))
    }

    /// Gives up on what is missing of a publisher.
    pub(crate) fn give_up(&mut self, publisher: u64, link: u64) {
        if let Some(links) = self.of(publisher) {
            links.high = links.high.max(link);
            links.last = links.high;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jumps_is_left_out_until_the_missing_is_there() {
        let mut reading = Reading::whole();
        assert_eq!(reading.event(7, 1, false), Verdict::Next);
        assert_eq!(reading.event(7, 3, false), Verdict::Jump);
        assert_eq!(reading.missing().collect::<Vec<_>>(), [(7, 2)]);
        assert_eq!(reading.event(7, 2, true), Verdict::Next);
        assert_eq!(reading.event(7, 3, true), Verdict::Next);
        assert_eq!(reading.event(7, 3, true), Verdict::Known);
        assert_eq!(reading.missing().count(), 0);
    }

    #[test]
    fn an_announcement_tells_of_a_lost_last_one() {
        let mut reading = Reading::whole();
        assert_eq!(reading.digest(7, 0), Verdict::Known);
        assert_eq!(reading.digest(7, 1), Verdict::Jump);
        reading.give_up(7, 1);
        assert_eq!(reading.event(7, 2, false), Verdict::Next);
    }

    #[test]
    fn a_reading_from_the_middle_does_not_guess() {
        let mut reading = Reading::part();
        assert_eq!(reading.event(7, 5, true), Verdict::Unknown);
        assert_eq!(reading.event(8, 5, false), Verdict::Next);
        // The fifth may have been a jump, left out by the node that heard it.
        assert_eq!(reading.event(8, 4, true), Verdict::Unknown);
        assert_eq!(reading.digest(9, 3), Verdict::Known);
        assert_eq!(reading.event(9, 4, true), Verdict::Next);
    }
}
