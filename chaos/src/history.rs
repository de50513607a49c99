//! What is written down about a run: one line per step of an operation, per frame that a client read, per fault.
//!
//! An outcome that nobody knows (a timeout, a 5xx after a write, a cut socket) is [`Step::Info`]: such an operation may
//! have taken effect, may still do so later, or never. It is not counted as failed.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Nanoseconds since the run began, on the clock that never steps. The order of everything.
    pub mono_ns: u64,
    /// Nanoseconds since 1970, for whoever compares with logs.
    pub wall_ns: u64,
    /// Which client: one device of one person.
    pub proc: u32,
    /// Which operation of the run; 0 for what is no operation.
    pub op_id: u64,
    /// Which node was asked or answered: 1 and up; 0 if the balancer chose and did not say.
    pub node: u8,
    /// What happened.
    #[serde(flatten)]
    pub step: Step,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Step {
    /// An operation began.
    Invoke {
        /// What was asked for.
        args: Call,
    },
    /// It succeeded.
    Ok {
        /// What was answered.
        result: Answer,
    },
    /// It was refused, or never reached a server: it had no effect.
    Fail {
        /// The status; 0 if there was no connection.
        status: u16,
        /// Discord's code.
        code: u64,
    },
    /// Nobody knows.
    Info {
        /// What is known.
        why: String,
    },
    /// Something was read from a gateway's socket.
    Saw {
        /// What.
        event: Seen,
    },
    /// A fault began or ended.
    Fault {
        /// Its number in `promises.md`, such as `F11`.
        name: String,
        /// Which victim.
        detail: String,
        /// Whether it begins; else it ends.
        begins: bool,
    },
    /// What is so from the start.
    Fact {
        /// What.
        fact: Fact,
    },
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Call {
    /// A message is sent, or sent again with the same key.
    Send {
        /// Author.
        user: u64,
        /// Channel.
        channel: u64,
        /// Its key, if it has one.
        key: Option<String>,
        /// Its text, which no other send and no edit has.
        body: String,
    },
    /// A message gets another text.
    Edit {
        /// Author.
        user: u64,
        /// Channel.
        channel: u64,
        /// Message.
        id: u64,
        /// Its new text, which no send and no other edit has.
        body: String,
    },
    /// A message is deleted.
    Delete {
        /// Author.
        user: u64,
        /// Channel.
        channel: u64,
        /// Message.
        id: u64,
    },
    /// A page of a channel's history.
    History {
        /// Reader.
        user: u64,
        /// Channel.
        channel: u64,
        /// The oldest above this id.
        after: Option<u64>,
        /// At most so many.
        limit: usize,
    },
    /// The whole history of a channel, after everything has healed and become quiet.
    Whole {
        /// Reader.
        user: u64,
        /// Channel.
        channel: u64,
    },
    /// Two people are parted.
    Revoke {
        /// Who does it.
        user: u64,
        /// From whom.
        other: u64,
        /// By a block; else by ending the friendship.
        block: bool,
    },
    /// Two people become friends (again). From its begin on they may be.
    Grant {
        /// One.
        user: u64,
        /// The other.
        other: u64,
    },
    /// Somebody loses the right to see a guild's channel, and to say something there.
    Exclude {
        /// Who takes it.
        user: u64,
        /// Whose it was.
        guest: u64,
        /// Where.
        channel: u64,
        /// By which act.
        how: Exclusion,
    },
    /// Somebody gets that right (again). From its begin on it may be there.
    Admit {
        /// Who gives it.
        user: u64,
        /// To whom.
        guest: u64,
        /// Where.
        channel: u64,
    },
    /// This device is logged out.
    Logout {
        /// Its owner.
        user: u64,
    },
}

/// How somebody loses the right to see a guild's channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// It leaves the guild, and may come back.
    Kick,
    /// It leaves the guild, and may not come back.
    Ban,
    /// The channel denies it to this member.
    Overwrite,
    /// It gets a role to which the channel denies it.
    Role,
}

/// A message as it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: u64,
    /// Its author.
    pub author: u64,
    /// Its text.
    pub body: String,
    /// Microseconds since 1970 of its last edit; 0 if it never was edited.
    pub edited: u64,
}

/// What an operation answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Answer {
    /// A message.
    Message {
        /// As it is now.
        row: Row,
    },
    /// A page, or a whole history; newest first.
    Page {
        /// What is on it.
        rows: Vec<Row>,
        /// That there is no more in this direction.
        end: bool,
    },
    /// Done.
    Done,
}

/// What a gateway said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "snake_case")]
pub enum Seen {
    /// A new session.
    Ready {
        /// Its id.
        session: String,
    },
    /// What the client is about to ask: everything after this number.
    Resuming {
        /// The session.
        session: String,
        /// The last number that the client says it has.
        seq: u64,
    },
    /// The end of a replay.
    Resumed {
        /// The session.
        session: String,
    },
    /// The session is over.
    Invalid {
        /// Which.
        session: String,
    },
    /// The socket is gone.
    Cut {
        /// The close code; 0 without one, [`BY_ITSELF`] if it hung up.
        code: u16,
    },
    /// A message was created, changed or deleted.
    Message {
        /// The session.
        session: String,
        /// The event's number in it.
        seq: u64,
        /// What happened to the message.
        change: Change,
        /// Where.
        channel: u64,
        /// The message; of a deleted one only the id is known.
        row: Row,
    },
}

/// In place of a close code: the device hung up and stays away for a while. No server says so.
pub const BY_ITSELF: u16 = 1;

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Create,
    /// It has another text.
    Update,
    /// It is gone.
    Delete,
}

/// What is so from the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The line's client is a device of this person.
    Device {
        /// Whose.
        user: u64,
        /// Whether it listens to a gateway until the end.
        listens: bool,
    },
    /// There is a channel.
    Channel {
        /// Its id.
        channel: u64,
        /// Who is in it.
        members: Vec<u64>,
        /// Whether it is between two people, who must be friends to write.
        pair: bool,
    },
    /// Somebody is in a channel at times: between the begin of an admission and the answer of an exclusion.
    Guest {
        /// Which channel.
        channel: u64,
        /// Who.
        user: u64,
    },
}

/// Writes a history.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, records: &[Record]) -> Result<()> {
    let file = std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut out = std::io::BufWriter::new(file);
    for record in records {
        serde_json::to_writer(&mut out, record)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Reads a history back.
///
/// # Errors
/// The file cannot be read, or a line of it is no record.
pub fn read(path: &Path) -> Result<Vec<Record>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut records = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let record = serde_json::from_str(&line?);
        records.push(record.with_context(|| format!("line {} is no record", number + 1))?);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_read_back_as_it_was_written() {
        let record = |step| Record { mono_ns: u64::MAX - 1, wall_ns: 7, proc: 3, op_id: 9, node: 2, step };
        let row = Row { id: (1 << 60) + 1, author: 5, body: "a \"b\"\n".into(), edited: 0 };
        let send = Call::Send { user: 5, channel: 6, key: Some("k".into()), body: "a".into() };
        let seen = Seen::Message {
            session: "s".into(),
            seq: 4,
            change: Change::Update,
            channel: 6,
            row: row.clone(),
        };
        let records = vec![
            record(Step::Fact { fact: Fact::Channel { channel: 6, members: vec![5, 7], pair: true } }),
            record(Step::Invoke { args: send }),
            record(Step::Ok { result: Answer::Message { row } }),
            record(Step::Fail { status: 409, code: 50_035 }),
            record(Step::Info { why: "timed out".into() }),
            record(Step::Saw { event: seen }),
            record(Step::Fault { name: "F11".into(), detail: "node 2".into(), begins: true }),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        write(&path, &records).unwrap();
        assert_eq!(read(&path).unwrap(), records);
    }
}
