//! I12 and I13: a revocation that was answered holds.

use super::Violation;
use super::story::{Origin, Story};
use crate::history::{Call, Change};
use std::collections::HashMap;

/// From when to when two people, or a device, were shut out: from the answer of the revocation to the beginning of the
/// next grant.
type Spans = Vec<(u64, u64, usize)>;

fn covers(spans: Option<&Spans>, when: u64) -> Option<(u64, u64, usize)> {
    let spans = spans?;
    let place = spans.partition_point(|(from, ..)| *from < when);
    spans.get(place.checked_sub(1)?).copied().filter(|(_, to, _)| when < *to)
}

/// How many revocations were answered.
pub(super) fn count(story: &Story<'_>) -> usize {
    story
        .ops
        .iter()
        .filter(|op| {
            op.is_ok() && matches!(op.call, Call::Revoke { .. } | Call::Exclude { .. } | Call::Logout { .. })
        })
        .count()
}

fn pair(a: u64, b: u64) -> (u64, u64) {
    (a.min(b), a.max(b))
}

/// When something happened, whether it was a revocation (else a grant), and its line.
type Moment = (u64, bool, usize);

/// When which two were parted.
fn partings(story: &Story<'_>) -> HashMap<(u64, u64), Spans> {
    spans(story, |call| match call {
        Call::Revoke { user, other, .. } => Some((pair(*user, *other), true)),
        Call::Grant { user, other } => Some((pair(*user, *other), false)),
        _ => None,
    })
}

/// When who was shut out of which channel: by channel and guest.
fn exclusions(story: &Story<'_>) -> HashMap<(u64, u64), Spans> {
    spans(story, |call| match call {
        Call::Exclude { guest, channel, .. } => Some(((*channel, *guest), true)),
        Call::Admit { guest, channel, .. } => Some(((*channel, *guest), false)),
        _ => None,
    })
}

/// When what was revoked. `right`: which right an operation is about, and whether it revokes it, else grants it.
fn spans(
    story: &Story<'_>,
    right: impl Fn(&Call) -> Option<((u64, u64), bool)>,
) -> HashMap<(u64, u64), Spans> {
    let mut moments: HashMap<(u64, u64), Vec<Moment>> = HashMap::new();
    for op in &story.ops {
        match right(op.call) {
            Some((which, true)) if op.is_ok() => {
                moments.entry(which).or_default().push((op.ended, true, op.at.0));
            }
            // It may have taken effect from its beginning on, also if nobody knows or it was refused half-way.
            Some((which, false)) => moments.entry(which).or_default().push((op.invoked, false, op.at.0)),
            _ => {}
        }
    }
    let mut all = HashMap::new();
    for (two, mut moments) in moments {
        moments.sort_unstable();
        let mut spans = Spans::new();
        for (when, revoked, line) in moments {
            let open = spans.last_mut().filter(|(_, to, _)| *to == u64::MAX);
            match (revoked, open) {
                (true, None) => spans.push((when, u64::MAX, line)),
                (false, Some(span)) => span.1 = when,
                _ => {}
            }
        }
        all.insert(two, spans);
    }
    all
}

/// I12 and I13 for people: what was first sent after two were parted, and before they began to come together again, is
/// not accepted, and nobody hears or reads it.
pub(super) fn parted(story: &Story<'_>, found: &mut Vec<Violation>) {
    let partings = partings(story);
    let mut barred: HashMap<usize, usize> = HashMap::new();
    for (number, sending) in story.sends.iter().enumerate() {
        let Some((members, true)) = story.channels.get(&sending.channel) else { continue };
        let [one, other] = members.as_slice() else { continue };
        let Some((.., line)) = covers(partings.get(&pair(*one, *other)), sending.invoked) else { continue };
        barred.insert(number, line);
        if sending.acked.is_some() {
            let mut lines = story.lines(&sending.attempts);
            lines.push(line);
            found.push(Violation {
                invariant: "I13",
                what: format!("{:?} was accepted after {one} and {other} were parted", sending.body),
                lines,
            });
        }
    }
    let why = |body: &str| match story.bodies.get(body) {
        Some(Origin::Send(number)) => barred.get(number).copied(),
        _ => None,
    };
    for delivery in story.deliveries.iter().filter(|delivery| delivery.change == Change::Create) {
        if let Some(line) = why(&delivery.row.body) {
            found.push(Violation {
                invariant: "I12",
                what: format!("{:?} was delivered, and sent after the two were parted", delivery.row.body),
                lines: vec![line, delivery.at],
            });
        }
    }
    for op in &story.ops {
        for row in op.page().map(|(rows, _)| rows).unwrap_or_default() {
            if let Some(line) = why(&row.body) {
                found.push(Violation {
                    invariant: "I12",
                    what: format!("{:?} is in a history, and was sent after the two were parted", row.body),
                    lines: vec![line, op.at.0],
                });
            }
        }
    }
}

/// I12 and I13 for guilds: what was first sent after the answer of an exclusion, and before the next admission began, is not
/// heard by who was excluded, nor accepted from it, and it reads no page. What was answered only after that admission began
/// may have been accepted behind it: the two went on at the same time, and either order is right.
pub(super) fn excluded(story: &Story<'_>, found: &mut Vec<Violation>) {
    let exclusions = exclusions(story);
    for sending in &story.sends {
        let spans = exclusions.get(&(sending.channel, sending.user));
        if let Some((.., line)) = covers(spans, sending.invoked)
            && sending.acked.is_some()
        {
            let mut lines = story.lines(&sending.attempts);
            lines.push(line);
            found.push(Violation {
                invariant: "I13",
                what: format!("{:?} was accepted after {} was excluded", sending.body, sending.user),
                lines,
            });
        }
    }
    for delivery in story.deliveries.iter().filter(|delivery| delivery.change == Change::Create) {
        let Some(device) = story.devices.get(&delivery.proc) else { continue };
        let spans = exclusions.get(&(delivery.channel, device.user));
        let sending = story.sending_of(&delivery.row.body);
        let within = sending.and_then(|sending| {
            let span = covers(spans, sending.invoked);
            span.filter(|(_, to, _)| *to == u64::MAX || sending.acked.is_some_and(|acked| acked < *to))
        });
        if let Some((.., line)) = within {
            found.push(Violation {
                invariant: "I12",
                what: format!("{:?} was delivered to {}, who was excluded", delivery.row.body, device.user),
                lines: vec![line, delivery.at],
            });
        }
    }
    for op in &story.ops {
        let (Call::History { user, channel, .. } | Call::Whole { user, channel }) = op.call else { continue };
        let Some((_, to, line)) = covers(exclusions.get(&(*channel, *user)), op.invoked) else { continue };
        if op.is_ok() && op.ended < to {
            found.push(Violation {
                invariant: "I12",
                what: format!("{user} read {channel} after it was excluded"),
                lines: vec![line, op.at.0],
            });
        }
    }
}

/// I12 for whoever was never in a channel: no frame of it, no page of it.
pub(super) fn strangers(story: &Story<'_>, found: &mut Vec<Violation>) {
    let outside = |user: u64, channel: u64| {
        story.channels.get(&channel).is_some_and(|(members, _)| !members.contains(&user))
            && !story.guests.contains(&(channel, user))
    };
    for delivery in &story.deliveries {
        let Some(device) = story.devices.get(&delivery.proc) else { continue };
        if outside(device.user, delivery.channel) {
            found.push(Violation {
                invariant: "I12",
                what: format!("{} heard of {}, without being in it", device.user, delivery.channel),
                lines: vec![delivery.at],
            });
        }
    }
    for op in &story.ops {
        let (Call::History { user, channel, .. } | Call::Whole { user, channel }) = op.call else { continue };
        if op.is_ok() && outside(*user, *channel) {
            found.push(Violation {
                invariant: "I12",
                what: format!("{user} read {channel}, without being in it"),
                lines: vec![op.at.0],
            });
        }
    }
}

/// I12 and I13 for devices: after a logout was answered nothing is accepted from the device, and it hears nothing that
/// was sent later.
pub(super) fn logged_out(story: &Story<'_>, found: &mut Vec<Violation>) {
    let mut out: HashMap<u32, (u64, usize)> = HashMap::new();
    for op in &story.ops {
        if matches!(op.call, Call::Logout { .. }) && op.is_ok() {
            out.insert(op.proc, (op.ended, op.at.0));
        }
    }
    for op in &story.ops {
        if let Some((when, line)) = out.get(&op.proc)
            && op.invoked > *when
            && op.is_ok()
        {
            found.push(Violation {
                invariant: "I13",
                what: format!("device {} was served after its logout", op.proc),
                lines: vec![*line, op.at.0],
            });
        }
    }
    for delivery in &story.deliveries {
        let Some((when, line)) = out.get(&delivery.proc) else { continue };
        let later = match delivery.change {
            Change::Create => {
                story.sending_of(&delivery.row.body).is_some_and(|sending| sending.invoked > *when)
            }
            _ => false,
        };
        if later {
            found.push(Violation {
                invariant: "I12",
                what: format!("device {} heard what was sent after its logout", delivery.proc),
                lines: vec![*line, delivery.at],
            });
        }
    }
}
