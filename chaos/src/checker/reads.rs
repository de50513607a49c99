//! I9 and I11: reads and catching up leave nothing out.

use super::Violation;
use super::story::Story;
use crate::history::{Call, Change};
use std::collections::{BTreeMap, HashMap, HashSet};

/// I9: after the answer, every read by a device of the author, on any node, that covers the message has it.
pub(super) fn own_writes(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut own: HashMap<(u64, u64), BTreeMap<u64, usize>> = HashMap::new();
    for (number, sending) in story.sends.iter().enumerate() {
        if let Some(id) = sending.id {
            own.entry((sending.user, sending.channel)).or_default().insert(id, number);
        }
    }
    for op in &story.ops {
        let (user, channel, after) = match op.call {
            Call::History { user, channel, after, .. } => (*user, *channel, *after),
            _ => continue,
        };
        let Some((rows, end)) = op.page() else { continue };
        let ids: HashSet<u64> = rows.iter().map(|row| row.id).collect();
        let (lowest, highest) = (ids.iter().min().copied(), ids.iter().max().copied());
        // What the page covers: upwards from `after`, or downwards from the newest.
        let (from, to) = match after {
            Some(after) => (after.saturating_add(1), if end { u64::MAX } else { highest.unwrap_or(0) }),
            None => (if end { 0 } else { lowest.unwrap_or(u64::MAX) }, u64::MAX),
        };
        if from > to {
            continue;
        }
        for (id, number) in own.get(&(user, channel)).into_iter().flat_map(|ids| ids.range(from..=to)) {
            let Some(sending) = story.sends.get(*number) else { continue };
            let before = sending.acked.is_some_and(|acked| acked < op.invoked);
            let deleted = story.deletions.get(id).is_some_and(|deletion| deletion.invoked < op.ended);
            if before && !deleted && !ids.contains(id) {
                let mut lines = story.lines(&sending.attempts);
                lines.push(op.at.0);
                found.push(Violation {
                    invariant: "I9",
                    what: format!(
                        "message {id} was acknowledged and its author then read {channel} without it"
                    ),
                    lines,
                });
            }
        }
    }
}

/// I11: what a listening device was told or has caught up with is the whole history of each of its channels; what it
/// has beyond that somebody deleted.
pub(super) fn complete(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut known: HashMap<(u32, u64), HashMap<u64, usize>> = HashMap::new();
    for delivery in story.deliveries.iter().filter(|delivery| delivery.change == Change::Create) {
        known.entry((delivery.proc, delivery.channel)).or_default().insert(delivery.row.id, delivery.at);
    }
    for op in &story.ops {
        let Call::History { channel, .. } = op.call else { continue };
        for row in op.page().map(|(rows, _)| rows).unwrap_or_default() {
            known.entry((op.proc, *channel)).or_default().insert(row.id, op.at.0);
        }
    }
    let mut seen = HashSet::new();
    for (user, channel, rows, op) in story.wholes() {
        if !seen.insert((user, channel)) {
            continue;
        }
        let devices = story.devices.iter().filter(|(_, device)| device.user == user && device.listens);
        let whole: HashSet<u64> = rows.iter().map(|row| row.id).collect();
        for (proc, _) in devices {
            let has = known.remove(&(*proc, channel)).unwrap_or_default();
            for id in whole.iter().filter(|id| !has.contains_key(id)) {
                let mut lines = vec![op.at.0];
                let sending = story.ids.get(id).and_then(|number| story.sends.get(*number));
                lines.extend(sending.map(|sending| story.lines(&sending.attempts)).unwrap_or_default());
                found.push(Violation {
                    invariant: "I11",
                    what: format!("device {proc} never learned of message {id} in {channel}"),
                    lines,
                });
            }
            for (id, line) in has {
                if !whole.contains(&id) && !story.deletions.contains_key(&id) {
                    found.push(Violation {
                        invariant: "I11",
                        what: format!(
                            "device {proc} has message {id}, which is not in {channel} and was not deleted"
                        ),
                        lines: vec![line, op.at.0],
                    });
                }
            }
        }
    }
}
