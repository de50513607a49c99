//! I1 to I4: what was acknowledged is there, once, and as it was sent.

use super::Violation;
use super::story::{Origin, Story};
use crate::history::{Call, Change, Row, Seen, Step};
use std::collections::{HashMap, HashSet};

/// I1: every acknowledged send is in every whole history of its channel, unless somebody asked for its deletion.
pub(super) fn no_lost_acknowledgement(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut wholes: HashMap<u64, Vec<(u64, u8, HashSet<u64>)>> = HashMap::new();
    for (user, channel, rows, op) in story.wholes() {
        let ids = rows.iter().map(|row| row.id).collect();
        wholes.entry(channel).or_default().push((user, op.node, ids));
    }
    for sending in &story.sends {
        let Some(id) = sending.id.filter(|id| !story.deletions.contains_key(id)) else { continue };
        for (user, node, ids) in wholes.get(&sending.channel).into_iter().flatten() {
            if !ids.contains(&id) {
                found.push(Violation {
                    invariant: "I1",
                    what: format!(
                        "message {id} was acknowledged and is not in what {user} reads from node {node}"
                    ),
                    lines: story.lines(&sending.attempts),
                });
            }
        }
    }
}

/// I2: a text that is seen was sent before, there and by that author; one that an edit made belongs to that message.
pub(super) fn no_phantom(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut look = |row: &Row, channel: u64, when: u64, lines: Vec<usize>| {
        let why = match story.bodies.get(row.body.as_str()) {
            None => Some("nobody sent it"),
            Some(Origin::Send(number)) => story.sends.get(*number).and_then(|sending| {
                if sending.channel != channel {
                    Some("it was sent elsewhere")
                } else if sending.user != row.author {
                    Some("somebody else sent it")
                } else if sending.invoked > when {
                    Some("it was not sent yet")
                } else {
                    None
                }
            }),
            Some(Origin::Edit(place)) => story.op(*place).and_then(|op| match op.call {
                Call::Edit { id, .. } if *id != row.id => Some("it was written into another message"),
                _ if op.invoked > when => Some("it was not written yet"),
                _ => None,
            }),
        };
        if let Some(why) = why {
            found.push(Violation {
                invariant: "I2",
                what: format!("message {} in {channel} says {:?}: {why}", row.id, row.body),
                lines,
            });
        }
    };
    for delivery in story.deliveries.iter().filter(|delivery| delivery.change != Change::Delete) {
        look(delivery.row, delivery.channel, delivery.when, vec![delivery.at]);
    }
    for op in &story.ops {
        let (Call::History { channel, .. } | Call::Whole { channel, .. }) = op.call else { continue };
        for row in op.page().map(|(rows, _)| rows).unwrap_or_default() {
            look(row, *channel, op.ended, vec![op.at.0]);
        }
    }
}

/// I3: one text is one message, and one session hears of it once; the numbers of its events rise, but for what a
/// client asks to be replayed. Answers how often a device heard of a message again in a later session, which clients
/// drop.
pub(super) fn no_duplicate(story: &Story<'_>, found: &mut Vec<Violation>) -> usize {
    let mut id_of: HashMap<usize, (u64, usize)> = HashMap::new();
    let mut one_id = |row: &Row, line: usize, found: &mut Vec<Violation>| {
        let Some(Origin::Send(number)) = story.bodies.get(row.body.as_str()) else { return };
        let (id, first) = *id_of.entry(*number).or_insert((row.id, line));
        if id != row.id {
            found.push(Violation {
                invariant: "I3",
                what: format!("{:?} is message {id} and message {}", row.body, row.id),
                lines: vec![first, line],
            });
        }
    };
    for op in &story.ops {
        if let Some(row) = op.row() {
            one_id(row, op.at.1.unwrap_or(op.at.0), found);
        }
        for row in op.page().map(|(rows, _)| rows).unwrap_or_default() {
            one_id(row, op.at.0, found);
        }
    }
    let mut last: HashMap<&str, (u64, usize)> = HashMap::new();
    let mut heard: HashMap<(&str, u64), (u64, usize)> = HashMap::new();
    let mut sessions: HashMap<(u32, u64), &str> = HashMap::new();
    let mut again = 0;
    for (line, record) in story.records.iter().enumerate() {
        let Step::Saw { event } = &record.step else { continue };
        match event {
            Seen::Ready { session } => {
                last.insert(session, (1, line));
            }
            Seen::Resuming { session, seq } => {
                last.insert(session, (*seq, line));
            }
            Seen::Message { session, seq, change, row, .. } => {
                if let Some((before, at)) = last.insert(session, (*seq, line))
                    && *seq <= before
                {
                    found.push(Violation {
                        invariant: "I3",
                        what: format!("event {seq} came after event {before} in session {session}"),
                        lines: vec![at, line],
                    });
                }
                if *change != Change::Create {
                    continue;
                }
                one_id(row, line, found);
                let (first, at) = *heard.entry((session, row.id)).or_insert((*seq, line));
                if first != *seq {
                    found.push(Violation {
                        invariant: "I3",
                        what: format!("message {} came as event {first} and as event {seq}", row.id),
                        lines: vec![at, line],
                    });
                }
                let earlier = sessions.insert((record.proc, row.id), session);
                again += usize::from(earlier.is_some_and(|earlier| earlier != session));
            }
            _ => {}
        }
    }
    again
}

/// I4: every answer for one key names the same message and says what was sent or what an edit made of it; a key that
/// was used is not accepted with another text.
pub(super) fn stable_answers(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut by_key: HashMap<(u64, &str), (u64, &str, usize)> = HashMap::new();
    for sending in &story.sends {
        let Some(key) = sending.key else { continue };
        for place in &sending.attempts {
            let Some((op, row)) = story.op(*place).and_then(|op| Some((op, op.row()?))) else { continue };
            let answered = op.at.1.unwrap_or(op.at.0);
            let (id, body, first) =
                *by_key.entry((sending.user, key)).or_insert((row.id, sending.body, answered));
            let edited = matches!(story.bodies.get(row.body.as_str()), Some(Origin::Edit(_)));
            let what = if id != row.id {
                format!("key {key:?} was answered with message {id} and with message {}", row.id)
            } else if body != sending.body {
                format!("key {key:?} was accepted for {body:?} and for {:?}", sending.body)
            } else if row.body != sending.body && !edited {
                format!("{:?} was answered as {:?}", sending.body, row.body)
            } else {
                continue;
            };
            found.push(Violation { invariant: "I4", what, lines: vec![first, op.at.0, answered] });
        }
    }
}
