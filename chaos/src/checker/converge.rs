//! I15: everybody ends with the same versions.

use super::Violation;
use super::story::Story;
use crate::history::{Call, Change, Row, Seen, Step};
use std::collections::{HashMap, HashSet};

/// A message whose deletion was answered is in no read that begins later.
pub(super) fn deleted_stays_deleted(story: &Story<'_>, found: &mut Vec<Violation>) {
    for op in &story.ops {
        for row in op.page().map(|(rows, _)| rows).unwrap_or_default() {
            let Some(deletion) = story.deletions.get(&row.id) else { continue };
            if deletion.ok.is_some_and(|ok| ok < op.invoked) {
                found.push(Violation {
                    invariant: "I15",
                    what: format!("message {} was deleted and is read again from node {}", row.id, op.node),
                    lines: vec![deletion.at, op.at.0],
                });
            }
        }
    }
}

/// At the end every reader reads the same text of each message; it is the last that an edit acknowledged, or one whose
/// edit nobody knows the outcome of; and devices that listened without a break since they heard of the message have it.
pub(super) fn last_edit(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut texts: HashMap<u64, (&Row, usize)> = HashMap::new();
    for (_, channel, rows, op) in story.wholes() {
        for row in rows {
            let (first, line) = *texts.entry(row.id).or_insert((row, op.at.0));
            if first.body != row.body {
                found.push(Violation {
                    invariant: "I15",
                    what: format!(
                        "message {} in {channel} ends as {:?} and as {:?}",
                        row.id, first.body, row.body
                    ),
                    lines: vec![line, op.at.0],
                });
            }
        }
    }
    for (id, (row, line)) in &texts {
        let edits = story.edits.get(id).map(Vec::as_slice).unwrap_or_default();
        let ops = || edits.iter().filter_map(|place| story.op(*place));
        let body = |call: &Call| matches!(call, Call::Edit { body, .. } if *body == row.body);
        // The latest begin of an acknowledged edit: whatever ended before it is over.
        let last = ops().filter(|op| op.is_ok()).map(|op| op.invoked).max();
        let fits = match ops().find(|op| body(op.call)) {
            Some(op) => op.may_count() && (!op.is_ok() || last.is_none_or(|last| op.ended >= last)),
            None => last.is_none(),
        };
        if !fits {
            let mut lines = story.lines(edits);
            lines.push(*line);
            found.push(Violation {
                invariant: "I15",
                what: format!("message {id} ends as {:?}, which is not its last edit", row.body),
                lines,
            });
        }
    }
    devices(story, &texts, found);
}

/// What a device shows of a message.
#[derive(Clone, Copy)]
struct Shown<'a> {
    row: &'a Row,
    line: usize,
}

/// Walks each device's sessions: what it heard of in its last one it must have followed to the end.
fn devices(story: &Story<'_>, texts: &HashMap<u64, (&Row, usize)>, found: &mut Vec<Violation>) {
    let mut shown: HashMap<u32, HashMap<u64, Shown<'_>>> = HashMap::new();
    let mut gone: HashMap<u32, HashSet<u64>> = HashMap::new();
    for (line, record) in story.records.iter().enumerate() {
        let Step::Saw { event } = &record.step else { continue };
        match event {
            // A new session: what was shown before may have changed while nobody listened.
            Seen::Ready { .. } => {
                shown.remove(&record.proc);
                gone.remove(&record.proc);
            }
            Seen::Message { change: Change::Delete, row, .. } => {
                gone.entry(record.proc).or_default().insert(row.id);
            }
            Seen::Message { row, .. } => {
                let now = Shown { row, line };
                let kept = shown.entry(record.proc).or_default().entry(row.id).or_insert(now);
                if row.edited >= kept.row.edited {
                    *kept = now;
                }
            }
            _ => {}
        }
    }
    let compared: HashSet<u64> = story.wholes().map(|(_, channel, ..)| channel).collect();
    for (proc, device) in story.devices.iter().filter(|(_, device)| device.listens) {
        let gone = gone.remove(proc).unwrap_or_default();
        for (id, Shown { row, line }) in shown.remove(proc).unwrap_or_default() {
            let deleted = story.deletions.get(&id).is_some_and(|deletion| deletion.ok.is_some());
            let what = match texts.get(&id) {
                Some((last, _)) if last.body != row.body => {
                    format!("device {proc} of {} shows {:?} for {:?}", device.user, row.body, last.body)
                }
                Some(_) if gone.contains(&id) => {
                    format!("device {proc} was told that {id} is gone, and it is not")
                }
                None if deleted && !gone.contains(&id) && !compared.is_empty() => {
                    format!("device {proc} was not told that {id} is gone")
                }
                _ => continue,
            };
            found.push(Violation { invariant: "I15", what, lines: vec![line] });
        }
    }
}
