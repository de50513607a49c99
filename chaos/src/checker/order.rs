//! I5 and I7: one order, and it agrees with time.

use super::Violation;
use super::story::Story;
use crate::history::{Call, Change};
use std::collections::{BTreeMap, HashMap};

/// How far apart the clocks of two nodes may be.
const SKEW_NS: u64 = 1_000_000_000;

/// I5: whole histories fall strictly by id, and all of one channel are the same list.
pub(super) fn one_order(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut first: HashMap<u64, (Vec<u64>, u64, u8, usize)> = HashMap::new();
    for (user, channel, rows, op) in story.wholes() {
        if let Some(pair) =
            rows.windows(2).find(|pair| matches!(pair, [newer, older] if newer.id <= older.id))
        {
            let ids: Vec<u64> = pair.iter().map(|row| row.id).collect();
            found.push(Violation {
                invariant: "I5",
                what: format!("the history of {channel} from node {} has {ids:?} in this order", op.node),
                lines: vec![op.at.0],
            });
        }
        let ids: Vec<u64> = rows.iter().map(|row| row.id).collect();
        let (other, who, node, line) =
            first.entry(channel).or_insert_with(|| (ids.clone(), user, op.node, op.at.0));
        if *other != ids {
            let odd = ids.iter().find(|id| !other.contains(id));
            let odd = odd.or_else(|| other.iter().find(|id| !ids.contains(id)));
            found.push(Violation {
                invariant: "I5",
                what: format!(
                    "{who} reads another list of {channel} from node {node} than {user} from node {}, such as {odd:?}",
                    op.node
                ),
                lines: vec![*line, op.at.0],
            });
        }
    }
}

enum Moment {
    /// A place in `sends` that is begun.
    Begins(usize),
    /// Somebody learns of an id: client, and the node if it was that node's acknowledgement.
    Known { proc: u32, node: u8, channel: u64, id: u64, line: usize },
}

/// The highest id that somebody knows of, and the line that says so.
type High = (u64, usize);

/// I7: a send that begins after another was acknowledged gets the higher id: always if both were on one node or if the
/// sender had seen the other, and otherwise if more lies between them than clocks may differ.
pub(super) fn real_time(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut moments: Vec<(u64, Moment)> = Vec::new();
    for (number, sending) in story.sends.iter().enumerate() {
        moments.push((sending.invoked, Moment::Begins(number)));
    }
    for op in &story.ops {
        if let (Call::Send { channel, .. }, Some(row)) = (op.call, op.row()) {
            let known = Moment::Known {
                proc: op.proc,
                node: op.node,
                channel: *channel,
                id: row.id,
                line: op.at.1.unwrap_or(op.at.0),
            };
            moments.push((op.ended, known));
        }
    }
    for delivery in story.deliveries.iter().filter(|delivery| delivery.change == Change::Create) {
        let known = Moment::Known {
            proc: delivery.proc,
            node: 0,
            channel: delivery.channel,
            id: delivery.row.id,
            line: delivery.at,
        };
        moments.push((delivery.when, known));
    }
    moments.sort_by_key(|(when, moment)| (*when, matches!(moment, Moment::Begins(_))));

    let mut by_proc: HashMap<(u32, u64), High> = HashMap::new();
    let mut by_node: HashMap<(u8, u64), High> = HashMap::new();
    let mut settled: HashMap<u64, (BTreeMap<u64, High>, High)> = HashMap::new();
    for (when, moment) in moments {
        match moment {
            Moment::Known { proc, node, channel, id, line } => {
                let raise = |high: &mut High| *high = (*high).max((id, line));
                raise(by_proc.entry((proc, channel)).or_default());
                if node != 0 {
                    raise(by_node.entry((node, channel)).or_default());
                }
                settled.entry(channel).or_default().0.insert(when, (id, line));
            }
            Moment::Begins(number) => {
                let Some(sending) = story.sends.get(number) else { continue };
                let Some(id) = sending.id else { continue };
                let attempts: Vec<_> = sending.attempts.iter().filter_map(|place| story.op(*place)).collect();
                let Some(begun) = attempts.first() else { continue };
                let seen = by_proc.get(&(begun.proc, sending.channel)).copied();
                // A retry elsewhere may be what was accepted: then the node of the first attempt says nothing.
                let one_node = attempts.iter().all(|op| op.node == begun.node).then_some(begun.node);
                let node = one_node.and_then(|node| by_node.get(&(node, sending.channel)).copied());
                let (recent, long_ago) = settled.entry(sending.channel).or_default();
                while let Some(first) = recent.first_entry() {
                    if first.key().saturating_add(SKEW_NS) > when {
                        break;
                    }
                    *long_ago = (*long_ago).max(first.remove());
                }
                let bound = seen.into_iter().chain(node).max().unwrap_or_default().max(*long_ago);
                if id <= bound.0 {
                    let mut lines = story.lines(&sending.attempts);
                    lines.push(bound.1);
                    found.push(Violation {
                        invariant: "I7",
                        what: format!(
                            "message {id} was sent after message {} was known, and is not above it",
                            bound.0
                        ),
                        lines,
                    });
                }
            }
        }
    }
}
