//! Small histories by hand, good and bad, for each invariant.

use super::{Violation, check, show};
use crate::history::{Answer, Call, Change, Exclusion, Fact, Record, Row, Seen, Step};

const ANN: u64 = 1;
const BEN: u64 = 2;
const DM: u64 = 10;

/// Two friends with one channel and one device each: device 1 is Ann's, device 2 is Ben's, both listen.
#[derive(Default)]
struct Told {
    records: Vec<Record>,
    ops: u64,
}

impl Told {
    fn new() -> Self {
        let mut told = Self::default();
        told.line(1, 0, 0, Step::Fact { fact: Fact::Device { user: ANN, listens: true } });
        told.line(2, 0, 0, Step::Fact { fact: Fact::Device { user: BEN, listens: true } });
        told.line(
            0,
            0,
            0,
            Step::Fact { fact: Fact::Channel { channel: DM, members: vec![ANN, BEN], pair: true } },
        );
        told
    }

    fn line(&mut self, proc: u32, op_id: u64, node: u8, step: Step) {
        // Ten seconds between any two lines: no clock differs so much.
        let mono_ns = self.records.len() as u64 * 10_000_000_000;
        self.records.push(Record { mono_ns, wall_ns: mono_ns, proc, op_id, node, step });
    }

    fn invoke(&mut self, proc: u32, node: u8, args: Call) -> u64 {
        self.ops += 1;
        self.line(proc, self.ops, node, Step::Invoke { args });
        self.ops
    }

    fn ok(&mut self, op: u64, result: Answer) {
        self.line(0, op, 0, Step::Ok { result });
    }

    fn send(&mut self, body: &str, key: Option<&str>) -> u64 {
        let call = Call::Send { user: ANN, channel: DM, key: key.map(str::to_owned), body: body.into() };
        self.invoke(1, 1, call)
    }

    fn sent(&mut self, body: &str, id: u64) -> &mut Self {
        let op = self.send(body, None);
        self.ok(op, Answer::Message { row: row(id, body) });
        self
    }

    fn edited(&mut self, id: u64, body: &str) -> &mut Self {
        let op = self.invoke(1, 1, Call::Edit { user: ANN, channel: DM, id, body: body.into() });
        self.ok(op, Answer::Message { row: row(id, body) });
        self
    }

    fn deleted(&mut self, id: u64) -> &mut Self {
        let op = self.invoke(1, 1, Call::Delete { user: ANN, channel: DM, id });
        self.ok(op, Answer::Done);
        self
    }

    fn ready(&mut self, session: &str) -> &mut Self {
        self.line(2, 0, 0, Step::Saw { event: Seen::Ready { session: session.into() } });
        self
    }

    fn heard(&mut self, session: &str, seq: u64, change: Change, row: Row) -> &mut Self {
        let event = Seen::Message { session: session.into(), seq, change, channel: DM, row };
        self.line(2, 0, 0, Step::Saw { event });
        self
    }

    fn page(&mut self, proc: u32, user: u64, after: u64, rows: &[(u64, &str)]) -> &mut Self {
        let op = self.invoke(proc, 2, Call::History { user, channel: DM, after: Some(after), limit: 100 });
        self.ok(op, Answer::Page { rows: list(rows), end: true });
        self
    }

    /// Both read everything at the end, from two nodes; Ann's device has caught up.
    fn whole(&mut self, rows: &[(u64, &str)]) -> &mut Self {
        self.page(1, ANN, 0, rows).one_whole(ANN, 1, rows).one_whole(BEN, 2, rows)
    }

    fn one_whole(&mut self, user: u64, node: u8, rows: &[(u64, &str)]) -> &mut Self {
        let op = self.invoke(0, node, Call::Whole { user, channel: DM });
        self.ok(op, Answer::Page { rows: list(rows), end: true });
        self
    }

    fn parted(&mut self) -> &mut Self {
        let op = self.invoke(2, 2, Call::Revoke { user: BEN, other: ANN, block: false });
        self.ok(op, Answer::Done);
        self
    }

    fn befriended(&mut self) -> &mut Self {
        let op = self.invoke(2, 2, Call::Grant { user: BEN, other: ANN });
        self.ok(op, Answer::Done);
        self
    }

    fn holds(&self) {
        assert_eq!(check(&self.records).0, Vec::<Violation>::new());
    }

    /// That it breaks exactly these.
    fn breaks(&self, invariants: &[&str]) {
        let (found, _) = check(&self.records);
        let mut names: Vec<&str> = found.iter().map(|violation| violation.invariant).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, invariants, "{found:#?}");
    }
}

fn row(id: u64, body: &str) -> Row {
    Row { id, author: ANN, body: body.into(), edited: 0 }
}

fn at(id: u64, body: &str, edited: u64) -> Row {
    Row { edited, ..row(id, body) }
}

fn list(rows: &[(u64, &str)]) -> Vec<Row> {
    rows.iter().map(|(id, body)| row(*id, body)).collect()
}

#[test]
fn a_good_history_is_good() {
    let mut told = Told::new();
    told.ready("s").sent("a", 5).heard("s", 2, Change::Create, row(5, "a"));
    told.sent("b", 6).heard("s", 3, Change::Create, row(6, "b"));
    told.edited(6, "c").heard("s", 4, Change::Update, at(6, "c", 9));
    told.deleted(5).heard("s", 5, Change::Delete, row(5, ""));
    told.whole(&[(6, "c")]).holds();
    let counts = check(&told.records).1;
    assert_eq!((counts.acked, counts.deliveries, counts.finals, counts.unknown), (2, 4, 2, 0));
}

#[test]
fn i1_an_acknowledged_message_that_is_gone_is_found() {
    Told::new().sent("a", 5).whole(&[]).breaks(&["I1", "I9"]);
    let mut one_node = Told::new();
    one_node.ready("s").sent("a", 5).heard("s", 2, Change::Create, row(5, "a"));
    one_node.one_whole(ANN, 1, &[(5, "a")]).one_whole(BEN, 2, &[]);
    let names: Vec<_> = check(&one_node.records).0.iter().map(|violation| violation.invariant).collect();
    assert!(names.contains(&"I1") && names.contains(&"I5"), "{names:?}");
    // Nobody knows whether it was stored: both are right.
    let mut unknown = Told::new();
    let op = unknown.send("a", None);
    unknown.line(1, op, 1, Step::Info { why: "cut".into() });
    unknown.whole(&[]).holds();
}

#[test]
fn i2_phantoms_are_found() {
    Told::new().ready("s").heard("s", 2, Change::Create, row(5, "never sent")).breaks(&["I2"]);
    let mut early = Told::new();
    early.ready("s").heard("s", 2, Change::Create, row(5, "a")).sent("a", 5);
    // And so does the order in time, since the id was known before.
    early.whole(&[(5, "a")]).breaks(&["I2", "I7"]);
    let mut elsewhere = Told::new();
    elsewhere.sent("a", 5).ready("s");
    elsewhere.heard("s", 2, Change::Create, Row { author: BEN, ..row(5, "a") }).breaks(&["I2"]);
}

#[test]
fn i3_doubles_are_found() {
    let mut doubled = Told::new();
    doubled.ready("s").sent("a", 5);
    doubled.heard("s", 2, Change::Create, row(5, "a")).heard("s", 3, Change::Create, row(5, "a"));
    doubled.whole(&[(5, "a")]).breaks(&["I3"]);
    let mut two_ids = Told::new();
    two_ids.ready("s").sent("a", 5).heard("s", 2, Change::Create, row(5, "a"));
    two_ids.heard("s", 3, Change::Create, row(6, "a"));
    two_ids.whole(&[(6, "a"), (5, "a")]).breaks(&["I3"]);
    let mut falling = Told::new();
    falling.ready("s").sent("a", 5).sent("b", 6);
    falling.heard("s", 3, Change::Create, row(6, "b")).heard("s", 2, Change::Create, row(5, "a"));
    falling.whole(&[(6, "b"), (5, "a")]).breaks(&["I3"]);
    // What a client asks to be replayed may come again, and so may what another session knew.
    let mut replayed = Told::new();
    replayed.ready("s").sent("a", 5).heard("s", 2, Change::Create, row(5, "a"));
    replayed.line(2, 0, 0, Step::Saw { event: Seen::Resuming { session: "s".into(), seq: 1 } });
    replayed.heard("s", 2, Change::Create, row(5, "a"));
    replayed.ready("t").heard("t", 2, Change::Create, row(5, "a"));
    replayed.whole(&[(5, "a")]).holds();
    assert_eq!(check(&replayed.records).1.again, 1);
}

#[test]
fn i4_another_answer_for_the_same_key_is_found() {
    let mut told = Told::new();
    told.ready("s");
    for id in [5, 6] {
        let op = told.send("a", Some("k"));
        told.ok(op, Answer::Message { row: row(id, "a") });
    }
    told.heard("s", 2, Change::Create, row(5, "a"));
    // Which also makes two messages of one text.
    told.whole(&[(5, "a")]).breaks(&["I3", "I4"]);
    let mut taken = Told::new();
    taken.ready("s");
    for body in ["a", "b"] {
        let op = taken.send(body, Some("k"));
        taken.ok(op, Answer::Message { row: row(5, "a") });
    }
    taken.heard("s", 2, Change::Create, row(5, "a"));
    let (found, _) = check(&taken.records);
    assert!(found.iter().any(|violation| violation.invariant == "I4"), "{found:?}");
    let mut edited = Told::new();
    edited.ready("s");
    let op = edited.send("a", Some("k"));
    edited.ok(op, Answer::Message { row: row(5, "a") });
    edited.heard("s", 2, Change::Create, row(5, "a"));
    edited.edited(5, "b").heard("s", 3, Change::Update, at(5, "b", 4));
    let op = edited.send("a", Some("k"));
    edited.ok(op, Answer::Message { row: row(5, "b") });
    edited.whole(&[(5, "b")]).holds();
}

#[test]
fn i5_lists_that_differ_or_fall_are_found() {
    let mut told = Told::new();
    let (a, b) = (told.send("a", None), told.send("b", None));
    told.ok(a, Answer::Message { row: row(5, "a") });
    told.ok(b, Answer::Message { row: row(6, "b") });
    told.page(2, BEN, 0, &[(6, "b"), (5, "a")]);
    told.whole(&[(5, "a"), (6, "b")]).breaks(&["I5"]);
}

#[test]
fn i7_an_id_that_falls_is_found() {
    let mut told = Told::new();
    told.sent("a", 6).sent("b", 5).page(2, BEN, 0, &[(6, "a"), (5, "b")]);
    told.whole(&[(6, "a"), (5, "b")]).breaks(&["I7"]);
    // Sent at the same time: either may be first.
    let mut together = Told::new();
    let (a, b) = (together.send("a", None), together.send("b", None));
    together.ok(a, Answer::Message { row: row(6, "a") });
    together.ok(b, Answer::Message { row: row(5, "b") });
    together.page(2, BEN, 0, &[(6, "a"), (5, "b")]);
    together.whole(&[(6, "a"), (5, "b")]).holds();
}

#[test]
fn i9_a_read_without_the_own_write_is_found() {
    let mut told = Told::new();
    told.sent("a", 5).page(1, ANN, 0, &[]).page(2, BEN, 0, &[(5, "a")]);
    told.whole(&[(5, "a")]).breaks(&["I9"]);
    // A page that begins above it does not cover it.
    let mut above = Told::new();
    above.sent("a", 5).page(1, ANN, 5, &[]).page(2, BEN, 0, &[(5, "a")]);
    above.whole(&[(5, "a")]).holds();
}

#[test]
fn i11_what_a_device_missed_is_found() {
    let mut told = Told::new();
    told.ready("s").sent("a", 5).sent("b", 6).heard("s", 2, Change::Create, row(6, "b"));
    told.whole(&[(6, "b"), (5, "a")]).breaks(&["I11"]);
    let mut caught_up = Told::new();
    caught_up.ready("s").sent("a", 5).page(2, BEN, 0, &[(5, "a")]);
    caught_up.whole(&[(5, "a")]).holds();
    let mut never_stored = Told::new();
    let op = never_stored.ready("s").send("a", None);
    never_stored.heard("s", 2, Change::Create, row(5, "a"));
    never_stored.line(1, op, 1, Step::Info { why: "500".into() });
    never_stored.whole(&[]).breaks(&["I11"]);
}

#[test]
fn i12_and_i13_what_gets_through_a_revocation_is_found() {
    let mut accepted = Told::new();
    accepted.parted().sent("a", 5);
    accepted.breaks(&["I13"]);
    let mut delivered = Told::new();
    delivered.ready("s").parted();
    let op = delivered.send("a", None);
    delivered.line(1, op, 1, Step::Info { why: "cut".into() });
    delivered.heard("s", 2, Change::Create, row(5, "a")).breaks(&["I12"]);
    let mut again = Told::new();
    again.parted().befriended().sent("a", 5).page(2, BEN, 0, &[(5, "a")]).whole(&[(5, "a")]).holds();
    // Sent before, answered after: either way is right.
    let mut racing = Told::new();
    let op = racing.send("a", None);
    racing.parted().ok(op, Answer::Message { row: row(5, "a") });
    racing.page(2, BEN, 0, &[(5, "a")]).whole(&[(5, "a")]).holds();
}

#[test]
fn i12_and_i13_a_device_that_lives_on_after_its_logout_is_found() {
    let mut told = Told::new();
    let op = told.invoke(3, 1, Call::Logout { user: BEN });
    told.ok(op, Answer::Done);
    told.page(3, BEN, 0, &[]);
    told.breaks(&["I13"]);
    let mut hears = Told::new();
    let op = hears.invoke(3, 1, Call::Logout { user: BEN });
    hears.ok(op, Answer::Done);
    hears.sent("a", 5).page(2, BEN, 0, &[(5, "a")]).whole(&[(5, "a")]);
    let event =
        Seen::Message { session: "x".into(), seq: 2, change: Change::Create, channel: DM, row: row(5, "a") };
    hears.line(3, 0, 0, Step::Saw { event });
    hears.breaks(&["I12"]);
}

/// A guild's channel of Ann's in which Ben, with device 2, is a guest.
fn club() -> Told {
    let mut told = Told::default();
    told.line(1, 0, 0, Step::Fact { fact: Fact::Device { user: ANN, listens: true } });
    told.line(2, 0, 0, Step::Fact { fact: Fact::Device { user: BEN, listens: false } });
    let fact = Fact::Channel { channel: DM, members: vec![ANN], pair: false };
    told.line(0, 0, 0, Step::Fact { fact });
    told.line(0, 0, 0, Step::Fact { fact: Fact::Guest { channel: DM, user: BEN } });
    told.admitted();
    told
}

impl Told {
    fn admitted(&mut self) -> &mut Self {
        let op = self.invoke(1, 1, Call::Admit { user: ANN, guest: BEN, channel: DM });
        self.ok(op, Answer::Done);
        self
    }

    fn excluded(&mut self) -> &mut Self {
        let how = Exclusion::Kick;
        let op = self.invoke(1, 1, Call::Exclude { user: ANN, guest: BEN, channel: DM, how });
        self.ok(op, Answer::Done);
        self
    }

    fn all_that_ann_reads(&mut self, rows: &[(u64, &str)]) -> &mut Self {
        self.page(1, ANN, 0, rows).one_whole(ANN, 1, rows)
    }
}

#[test]
fn i12_and_i13_what_an_excluded_guest_does_or_hears_is_found() {
    let rows: &[(u64, &str)] = &[(6, "b"), (5, "a")];
    let mut fair = club();
    fair.sent("a", 5).heard("s", 2, Change::Create, row(5, "a")).excluded().sent("b", 6);
    // Let in again, it may read what was said meanwhile.
    fair.admitted().page(2, BEN, 0, rows).all_that_ann_reads(rows).holds();
    let mut hears = club();
    hears.sent("a", 5).excluded().sent("b", 6).heard("s", 2, Change::Create, row(6, "b"));
    hears.all_that_ann_reads(rows).breaks(&["I12"]);
    let mut late = club();
    late.sent("a", 5).excluded().heard("s", 2, Change::Create, row(5, "a"));
    late.sent("b", 6).all_that_ann_reads(rows).holds();
    // It is let in before the one is answered, and after the other.
    let mut back = club();
    let op = back.sent("a", 5).excluded().send("b", None);
    back.admitted().ok(op, Answer::Message { row: row(6, "b") });
    back.heard("s", 2, Change::Create, row(6, "b")).all_that_ann_reads(rows).holds();
    let mut kept = club();
    kept.sent("a", 5).excluded().sent("b", 6).admitted().heard("s", 2, Change::Create, row(6, "b"));
    kept.all_that_ann_reads(rows).breaks(&["I12"]);
    let mut reads = club();
    reads.sent("a", 5).excluded().page(2, BEN, 0, &[(5, "a")]);
    reads.sent("b", 6).all_that_ann_reads(rows).breaks(&["I12"]);
    let mut speaks = club();
    let said = |told: &mut Told| {
        let op = told.invoke(2, 2, Call::Send { user: BEN, channel: DM, key: None, body: "b".into() });
        told.ok(op, Answer::Message { row: Row { author: BEN, ..row(6, "b") } });
    };
    speaks.sent("a", 5);
    said(&mut speaks);
    let both = [row(5, "a"), Row { author: BEN, ..row(6, "b") }];
    let read = |told: &mut Told| {
        let whole = Answer::Page { rows: both.iter().rev().cloned().collect(), end: true };
        let op = told.invoke(1, 1, Call::History { user: ANN, channel: DM, after: Some(0), limit: 100 });
        told.ok(op, whole.clone());
        let op = told.invoke(0, 1, Call::Whole { user: ANN, channel: DM });
        told.ok(op, whole);
    };
    read(&mut speaks);
    speaks.holds();
    let mut barred = club();
    barred.sent("a", 5).excluded();
    said(&mut barred);
    read(&mut barred);
    barred.breaks(&["I13"]);
}

#[test]
fn i15_versions_that_differ_are_found() {
    let begin = || {
        let mut told = Told::new();
        told.ready("s").sent("a", 5).heard("s", 2, Change::Create, row(5, "a"));
        told
    };
    // A deleted message that an edit revives.
    let mut revived = begin();
    revived.deleted(5).heard("s", 3, Change::Delete, row(5, "")).whole(&[(5, "a")]);
    revived.breaks(&["I15"]);
    // An edit that was acknowledged and is lost.
    let mut lost = begin();
    lost.edited(5, "b").whole(&[(5, "a")]).breaks(&["I15"]);
    // A device that was not told of the edit.
    let mut untold = begin();
    untold.edited(5, "b").whole(&[(5, "b")]).breaks(&["I15"]);
    // One that was told in the wrong order sorts it out by the time of the edit.
    let mut sorted = begin();
    sorted.edited(5, "b").edited(5, "c");
    sorted.heard("s", 3, Change::Update, at(5, "c", 8)).heard("s", 4, Change::Update, at(5, "b", 7));
    sorted.whole(&[(5, "c")]).holds();
    // A device that was not told of the deletion.
    let mut kept = begin();
    kept.deleted(5).whole(&[]).breaks(&["I15"]);
    // One that was away for a while need not know.
    let mut away = begin();
    away.deleted(5).ready("t").whole(&[]).holds();
}

#[test]
fn a_violation_shows_the_faults_around_it() {
    let mut told = Told::new();
    told.sent("a", 5);
    told.line(0, 0, 0, Step::Fault { name: "F11".into(), detail: "node 2".into(), begins: true });
    told.whole(&[]);
    let (found, _) = check(&told.records);
    let mut records = told.records.clone();
    for record in &mut records {
        record.mono_ns /= 10;
    }
    let text = show(found.first().unwrap(), &records);
    assert!(
        text.starts_with("I1: message 5") && text.contains("F11") && text.contains("\"body\":\"a\""),
        "{text}"
    );
}

#[test]
fn i12_strangers_are_found() {
    let mut told = Told::new();
    told.line(3, 0, 0, Step::Fact { fact: Fact::Device { user: 99, listens: true } });
    told.sent("a", 5).page(2, BEN, 0, &[(5, "a")]).whole(&[(5, "a")]).holds();
    let event =
        Seen::Message { session: "x".into(), seq: 2, change: Change::Create, channel: DM, row: row(5, "a") };
    told.line(3, 0, 0, Step::Saw { event });
    told.breaks(&["I12"]);
    let mut reads = Told::new();
    reads.sent("a", 5).page(2, BEN, 0, &[(5, "a")]).whole(&[(5, "a")]).page(3, 99, 0, &[]);
    reads.breaks(&["I12"]);
}
