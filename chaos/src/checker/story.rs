//! A history, put in order once so that every invariant is one walk over it.

use crate::history::{Answer, Call, Change, Fact, Record, Row, Seen, Step};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How an operation ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome<'a> {
    Ok(&'a Answer),
    Fail,
    Unknown,
}

/// An operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Op<'a> {
    pub(crate) proc: u32,
    pub(crate) node: u8,
    pub(crate) call: &'a Call,
    pub(crate) invoked: u64,
    /// When it ended; never, if nobody knows how.
    pub(crate) ended: u64,
    pub(crate) outcome: Outcome<'a>,
    /// Its lines.
    pub(crate) at: (usize, Option<usize>),
}

impl<'a> Op<'a> {
    pub(crate) fn is_ok(&self) -> bool {
        matches!(self.outcome, Outcome::Ok(_))
    }

    /// Whether it may have had an effect.
    pub(crate) fn may_count(&self) -> bool {
        !matches!(self.outcome, Outcome::Fail)
    }

    /// The message that it answered.
    pub(crate) fn row(&self) -> Option<&'a Row> {
        match self.outcome {
            Outcome::Ok(Answer::Message { row }) => Some(row),
            _ => None,
        }
    }

    /// The page that it answered, and whether it was the last.
    pub(crate) fn page(&self) -> Option<(&'a [Row], bool)> {
        match self.outcome {
            Outcome::Ok(Answer::Page { rows, end }) => Some((rows, *end)),
            _ => None,
        }
    }
}

/// All attempts to send one text.
#[derive(Debug)]
pub(crate) struct Sending<'a> {
    pub(crate) user: u64,
    pub(crate) channel: u64,
    pub(crate) key: Option<&'a str>,
    pub(crate) body: &'a str,
    /// When the first attempt began.
    pub(crate) invoked: u64,
    /// Places in `ops`.
    pub(crate) attempts: Vec<usize>,
    /// When it was acknowledged first.
    pub(crate) acked: Option<u64>,
    /// Which message it was acknowledged as, first.
    pub(crate) id: Option<u64>,
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin {
    /// A place in `sends`.
    Send(usize),
    /// A place in `ops`.
    Edit(usize),
}

/// What became of the wish to delete a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deletion {
    pub(crate) invoked: u64,
    pub(crate) ok: Option<u64>,
    pub(crate) at: usize,
}

/// A frame about a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery<'a> {
    pub(crate) proc: u32,
    pub(crate) when: u64,
    pub(crate) change: Change,
    pub(crate) channel: u64,
    pub(crate) row: &'a Row,
    pub(crate) at: usize,
}

/// Somebody's device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Device {
    pub(crate) user: u64,
    pub(crate) listens: bool,
}

/// A history in order.
#[derive(Debug, Default)]
pub(crate) struct Story<'a> {
    pub(crate) records: &'a [Record],
    pub(crate) ops: Vec<Op<'a>>,
    pub(crate) sends: Vec<Sending<'a>>,
    pub(crate) bodies: HashMap<&'a str, Origin>,
    /// Acknowledged messages by id: places in `sends`.
    pub(crate) ids: HashMap<u64, usize>,
    pub(crate) deletions: HashMap<u64, Deletion>,
    /// Edits by message: places in `ops`, by time.
    pub(crate) edits: HashMap<u64, Vec<usize>>,
    pub(crate) deliveries: Vec<Delivery<'a>>,
    pub(crate) channels: BTreeMap<u64, (Vec<u64>, bool)>,
    /// Channels with those who are in them at times.
    pub(crate) guests: HashSet<(u64, u64)>,
    pub(crate) devices: BTreeMap<u32, Device>,
    /// The last whole histories: places in `ops`.
    pub(crate) finals: Vec<usize>,
}

impl<'a> Story<'a> {
    pub(crate) fn new(records: &'a [Record]) -> Self {
        let mut story = Self { records, ..Self::default() };
        let mut open: HashMap<u64, usize> = HashMap::new();
        for (at, record) in records.iter().enumerate() {
            match &record.step {
                Step::Invoke { args } => {
                    open.insert(record.op_id, story.ops.len());
                    story.ops.push(Op {
                        proc: record.proc,
                        node: record.node,
                        call: args,
                        invoked: record.mono_ns,
                        ended: u64::MAX,
                        outcome: Outcome::Unknown,
                        at: (at, None),
                    });
                }
                Step::Ok { result } => story.end(&mut open, record, at, Outcome::Ok(result)),
                Step::Fail { .. } => story.end(&mut open, record, at, Outcome::Fail),
                Step::Info { .. } => story.end(&mut open, record, at, Outcome::Unknown),
                Step::Saw { event } => story.saw(record, event, at),
                Step::Fact { fact: Fact::Channel { channel, members, pair } } => {
                    story.channels.insert(*channel, (members.clone(), *pair));
                }
                Step::Fact { fact: Fact::Guest { channel, user } } => {
                    story.guests.insert((*channel, *user));
                }
                Step::Fact { fact: Fact::Device { user, listens } } => {
                    story.devices.insert(record.proc, Device { user: *user, listens: *listens });
                }
                Step::Fault { .. } => {}
            }
        }
        for place in 0..story.ops.len() {
            story.place(place);
        }
        story
    }

    fn end(&mut self, open: &mut HashMap<u64, usize>, record: &Record, at: usize, outcome: Outcome<'a>) {
        let Some(op) = open.remove(&record.op_id).and_then(|place| self.ops.get_mut(place)) else { return };
        op.outcome = outcome;
        op.at.1 = Some(at);
        if !matches!(outcome, Outcome::Unknown) {
            op.ended = record.mono_ns;
        }
        if record.node != 0 {
            op.node = record.node;
        }
    }

    fn saw(&mut self, record: &Record, event: &'a Seen, at: usize) {
        if let Seen::Message { change, channel, row, .. } = event {
            self.deliveries.push(Delivery {
                proc: record.proc,
                when: record.mono_ns,
                change: *change,
                channel: *channel,
                row,
                at,
            });
        }
    }

    fn place(&mut self, place: usize) {
        let Some(op) = self.ops.get(place).copied() else { return };
        match op.call {
            Call::Send { user, channel, key, body } => {
                let fresh = self.sends.len();
                let origin = *self.bodies.entry(body).or_insert(Origin::Send(fresh));
                let Origin::Send(number) = origin else { return };
                if number == fresh {
                    self.sends.push(Sending {
                        user: *user,
                        channel: *channel,
                        key: key.as_deref(),
                        body,
                        invoked: op.invoked,
                        attempts: Vec::new(),
                        acked: None,
                        id: None,
                    });
                }
                let Some(sending) = self.sends.get_mut(number) else { return };
                sending.attempts.push(place);
                if let Some(row) = op.row() {
                    if sending.acked.is_none_or(|acked| op.ended < acked) {
                        sending.acked = Some(op.ended);
                        sending.id = Some(row.id);
                    }
                    self.ids.entry(row.id).or_insert(number);
                }
            }
            Call::Edit { id, body, .. } => {
                self.bodies.entry(body).or_insert(Origin::Edit(place));
                self.edits.entry(*id).or_default().push(place);
            }
            Call::Delete { id, .. } if op.may_count() => {
                let ok = op.is_ok().then_some(op.ended);
                let deletion =
                    self.deletions.entry(*id).or_insert(Deletion { invoked: op.invoked, ok, at: op.at.0 });
                deletion.ok = deletion.ok.into_iter().chain(ok).min();
            }
            Call::Whole { .. } if op.is_ok() => self.finals.push(place),
            _ => {}
        }
    }

    /// The first send of a text, also of a text that an edit gave to it.
    pub(crate) fn sending_of(&self, body: &str) -> Option<&Sending<'a>> {
        match self.bodies.get(body)? {
            Origin::Send(number) => self.sends.get(*number),
            Origin::Edit(place) => {
                let Call::Edit { id, .. } = self.ops.get(*place)?.call else { return None };
                self.sends.get(*self.ids.get(id)?)
            }
        }
    }

    pub(crate) fn op(&self, place: usize) -> Option<&Op<'a>> {
        self.ops.get(place)
    }

    /// The lines of these attempts.
    pub(crate) fn lines(&self, places: &[usize]) -> Vec<usize> {
        let ops = places.iter().filter_map(|place| self.ops.get(*place));
        ops.flat_map(|op| std::iter::once(op.at.0).chain(op.at.1)).collect()
    }

    /// Whole histories with their reader and channel.
    pub(crate) fn wholes(&self) -> impl Iterator<Item = (u64, u64, &'a [Row], &Op<'a>)> {
        self.finals.iter().filter_map(|place| {
            let op = self.ops.get(*place)?;
            let Call::Whole { user, channel } = op.call else { return None };
            Some((*user, *channel, op.page()?.0, op))
        })
    }
}
