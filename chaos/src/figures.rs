//! How long people wait around a fault.

use crate::history::{Answer, BY_ITSELF, Call, Change, Fact, Record, Seen, Step};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// One fault, from the moment it began until everything was whole again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its number in `promises.md`.
    pub name: &'static str,
    /// When it began, on the recorder's clock.
    pub from: u64,
    /// When it was over.
    pub to: u64,
}

/// Waits around faults of one kind, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waits {
    /// How many faults.
    pub count: usize,
    /// From the answer to a send until a device of somebody in the channel knew of it: each message and device, but for devices
    /// that stayed away of their own accord when it was sent.
    pub shown: Spread,
    /// Of those: where the device heard of it in the session that it had when the send was answered.
    #[serde(default)]
    pub heard: Spread,
    /// For each fault: the longest time without an acknowledged send.
    pub sends: Vec<f64>,
    /// For each fault: the longest time without an answered change of friendship.
    pub rights: Vec<f64>,
}

/// Many times, in classes of which each is 5 % wider than the one before; the longest is kept as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    classes: BTreeMap<u32, u64>,
    longest: f64,
}

/// Where the classes begin, in seconds, and how much wider each is than the one before.
const FINEST: f64 = 0.001;
const WIDER: f64 = 1.05;

impl Spread {
    /// One more, in seconds.
    pub fn note(&mut self, seconds: f64) {
        // At most 300 or so: that is half an hour.
        let class = (seconds.max(FINEST) / FINEST).log(WIDER) as u32;
        *self.classes.entry(class).or_default() += 1;
        self.longest = self.longest.max(seconds);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.classes.values().sum()
    }

    /// Those of both.
    pub fn merge(&mut self, other: &Self) {
        for (class, count) in &other.classes {
            *self.classes.entry(*class).or_default() += count;
        }
        self.longest = self.longest.max(other.longest);
    }

    /// The value below which `part` (0 to 1) of them lie, at most 5 % more than it was; 0 of none.
    pub fn percentile(&self, part: f64) -> f64 {
        let last = self.count().saturating_sub(1);
        let mut left = (last as f64 * part).round() as u64;
        for (class, count) in &self.classes {
            if left < *count {
                return (FINEST * WIDER.powi(class.saturating_add(1).cast_signed())).min(self.longest);
            }
            left -= count;
        }
        self.longest
    }
}

/// How long after a fault is over what happens still counts as its consequence.
const AFTERWARDS: u64 = 5_000_000_000;

/// The waits by kind of fault; messages outside of any fault are under "none".
pub fn waits(records: &[Record], spans: &[Span]) -> BTreeMap<&'static str, Waits> {
    let told = Told::read(records);
    let mut all: BTreeMap<&'static str, Waits> = BTreeMap::new();
    for span in spans {
        let waits = all.entry(span.name).or_default();
        let (from, to) = (span.from, span.to.saturating_add(AFTERWARDS));
        waits.count += 1;
        waits.sends.push(stretch(&told.sends, from, to));
        waits.rights.push(stretch(&told.rights, from, to));
    }
    for (acked, channel, id, sender) in &told.acked {
        let during = spans.iter().find(|span| {
            (span.from.saturating_sub(1_000_000_000)..span.to.saturating_add(AFTERWARDS)).contains(acked)
        });
        let waits = all.entry(during.map_or("none", |span| span.name)).or_default();
        for proc in told.listeners(*channel).filter(|proc| proc != sender && !told.is_away(*proc, *acked)) {
            if let Some(knew) = told.knew.get(&(proc, *id)) {
                let seconds = knew.saturating_sub(*acked) as f64 / 1e9;
                waits.shown.note(seconds);
                if told.is_in_one_session(proc, *acked..*knew) {
                    waits.heard.note(seconds);
                }
            }
        }
    }
    all
}

#[derive(Default)]
struct Told {
    /// When, where, which message, from which device.
    acked: Vec<(u64, u64, u64, u32)>,
    /// When which device first knew of which message.
    knew: HashMap<(u32, u64), u64>,
    sends: Vec<u64>,
    rights: Vec<u64>,
    members: HashMap<u64, Vec<u64>>,
    devices: HashMap<u64, Vec<u32>>,
    /// From when until when devices stayed away of their own accord.
    away: HashMap<u32, Vec<(u64, u64)>>,
    /// When devices began sessions.
    began: HashMap<u32, Vec<u64>>,
}

impl Told {
    fn read(records: &[Record]) -> Self {
        let mut told = Self::default();
        let mut open: HashMap<u64, &Call> = HashMap::new();
        let mut once: HashMap<u64, ()> = HashMap::new();
        for record in records {
            match &record.step {
                Step::Invoke { args } => {
                    open.insert(record.op_id, args);
                }
                Step::Ok { result } => match (open.remove(&record.op_id), result) {
                    (Some(Call::Send { channel, .. }), Answer::Message { row }) => {
                        told.sends.push(record.mono_ns);
                        if once.insert(row.id, ()).is_none() {
                            told.acked.push((record.mono_ns, *channel, row.id, record.proc));
                        }
                    }
                    (Some(Call::History { .. }), Answer::Page { rows, .. }) => {
                        for row in rows {
                            told.knew.entry((record.proc, row.id)).or_insert(record.mono_ns);
                        }
                    }
                    (
                        Some(
                            Call::Grant { .. }
                            | Call::Revoke { .. }
                            | Call::Admit { .. }
                            | Call::Exclude { .. },
                        ),
                        _,
                    ) => told.rights.push(record.mono_ns),
                    _ => {}
                },
                Step::Saw { event: Seen::Message { change: Change::Create, row, .. } } => {
                    told.knew.entry((record.proc, row.id)).or_insert(record.mono_ns);
                }
                Step::Saw { event: Seen::Cut { code: BY_ITSELF } } => {
                    told.away.entry(record.proc).or_default().push((record.mono_ns, u64::MAX));
                }
                Step::Saw { event: event @ (Seen::Ready { .. } | Seen::Resumed { .. }) } => {
                    if matches!(event, Seen::Ready { .. }) {
                        told.began.entry(record.proc).or_default().push(record.mono_ns);
                    }
                    if let Some((_, until)) =
                        told.away.get_mut(&record.proc).and_then(|spans| spans.last_mut())
                    {
                        *until = record.mono_ns.min(*until);
                    }
                }
                Step::Fact { fact: Fact::Channel { channel, members, .. } } => {
                    told.members.insert(*channel, members.clone());
                }
                Step::Fact { fact: Fact::Device { user, listens: true } } => {
                    told.devices.entry(*user).or_default().push(record.proc);
                }
                _ => {}
            }
        }
        told
    }

    fn listeners(&self, channel: u64) -> impl Iterator<Item = u32> {
        let members = self.members.get(&channel).map(Vec::as_slice).unwrap_or_default();
        members.iter().filter_map(|user| self.devices.get(user)).flatten().copied()
    }

    fn is_away(&self, proc: u32, at: u64) -> bool {
        let spans = self.away.get(&proc).map(Vec::as_slice).unwrap_or_default();
        spans.iter().any(|(from, until)| (*from..*until).contains(&at))
    }

    /// Whether a device neither began a session nor went away of its own accord in this time.
    fn is_in_one_session(&self, proc: u32, time: Range<u64>) -> bool {
        let within = |at: &u64| time.contains(at);
        let began = self.began.get(&proc).is_some_and(|all| all.iter().any(within));
        let left = self.away.get(&proc).is_some_and(|spans| spans.iter().any(|(from, _)| within(from)));
        !began && !left
    }
}

/// The longest time between two of these moments, or between one and the border, in seconds.
fn stretch(moments: &[u64], from: u64, to: u64) -> f64 {
    let mut last = from;
    let mut longest = 0;
    for moment in moments.iter().copied().filter(|moment| (from..=to).contains(moment)).chain([to]) {
        longest = longest.max(moment.saturating_sub(last));
        last = moment;
    }
    longest as f64 / 1e9
}

/// The value below which `part` (0 to 1) of the values lie; 0 of nothing.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * part).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_counts_the_borders() {
        let seconds = |n: u64| n * 1_000_000_000;
        let moments: Vec<u64> = [1, 2, 6, 7].map(seconds).to_vec();
        assert!((stretch(&moments, seconds(2), seconds(7)) - 4.0).abs() < 1e-9);
        assert!((stretch(&moments, seconds(7), seconds(12)) - 5.0).abs() < 1e-9);
        assert!((stretch(&[], 0, seconds(3)) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn who_stays_away_of_its_own_accord_waits_for_nothing() {
        let saw = |second: u64, event| Record {
            mono_ns: second * 1_000_000_000,
            wall_ns: 0,
            proc: 3,
            op_id: 0,
            node: 0,
            step: Step::Saw { event },
        };
        let session = || "s".to_owned();
        let told = Told::read(&[
            saw(1, Seen::Ready { session: session() }),
            saw(2, Seen::Cut { code: BY_ITSELF }),
            saw(5, Seen::Resuming { session: session(), seq: 1 }),
            saw(6, Seen::Resumed { session: session() }),
            saw(7, Seen::Cut { code: 7 }),
            saw(9, Seen::Resumed { session: session() }),
            saw(11, Seen::Cut { code: BY_ITSELF }),
        ]);
        let away: Vec<u64> = (0..15).filter(|second| told.is_away(3, second * 1_000_000_000)).collect();
        assert_eq!(away, [2, 3, 4, 5, 11, 12, 13, 14]);
        assert!(!told.is_away(4, 2_000_000_000));
        let one = |from: u64, to: u64| told.is_in_one_session(3, from * 1_000_000_000..to * 1_000_000_000);
        assert!(one(3, 11), "a resume goes on with the same session");
        assert!(!one(0, 2) && !one(3, 12), "a session began, and the device went away");
    }

    #[test]
    fn a_spread_tells_percentiles_to_five_percent() {
        let (mut spread, mut values) = (Spread::default(), Vec::new());
        assert!(spread.percentile(0.5).abs() < f64::EPSILON);
        for n in 1..=1_000 {
            let seconds = f64::from(n) * f64::from(n) / 10_000.0;
            spread.note(seconds);
            values.push(seconds);
        }
        for part in [0.0, 0.1, 0.5, 0.9, 0.99] {
            let (told, right) = (spread.percentile(part), percentile(&values, part));
            assert!(told >= right && told <= right.max(FINEST) * WIDER * 1.001, "{part}: {told}, {right}");
        }
        assert!((spread.percentile(1.0) - 100.0).abs() < 1e-9);
        let mut both = Spread::default();
        both.merge(&spread);
        both.merge(&spread);
        assert_eq!(both.count(), 2_000);
        assert!((both.percentile(0.5) - spread.percentile(0.5)).abs() < 0.1 * spread.percentile(0.5));
    }

    #[test]
    fn percentiles_are_by_rank() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert!((percentile(&values, 0.99) - 99.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 0.5).abs() < f64::EPSILON);
    }
}
