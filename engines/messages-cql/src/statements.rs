//! Every statement, prepared once.

use crate::link::Prepared;
use ports::{StoreError, Stored};
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::policies::speculative_execution::SimpleSpeculativeExecutionPolicy;
use scylla::statement::{Consistency, SerialConsistency};
use std::sync::Arc;
use std::time::Duration;

/// A read that is not answered by then is asked of another node, too.
const SPECULATE: Duration = Duration::from_millis(100);

/// The columns of [`crate::rows::Columns`].
macro_rules! columns {
    () => {
        "id, author, body, version, dead, reacted, pinned"
    };
}

/// How a statement is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// At a quorum; a second node is asked when the first is slow.
    Read,
    /// At a quorum, after whatever conditional write is under way has ended.
    ReadSettled,
    /// At a quorum. Whether it runs once or more often makes no difference.
    Write,
    /// Only if its condition holds. The driver does not repeat it: that is a new question.
    Conditional,
}

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident: $how:ident = $cql:expr;)+) => {
        /// The statements.
        pub(crate) struct Statements {
            $($(#[$doc])* pub(crate) $name: Prepared,)+
        }

        impl Statements {
            /// Prepares all of them in the session's keyspace.
            pub(crate) async fn prepare(session: &Session) -> Stored<Self> {
                let reads = ExecutionProfile::builder()
                    .consistency(Consistency::LocalQuorum)
                    .serial_consistency(Some(SerialConsistency::LocalSerial))
                    .request_timeout(None)
                    .speculative_execution_policy(Some(Arc::new(SimpleSpeculativeExecutionPolicy {
                        max_retry_count: 1,
                        retry_interval: SPECULATE,
                    })))
                    .build()
                    .into_handle();
                let prepare = async |name: &'static str, how: How, cql: &str| -> Stored<Prepared> {
                    let mut statement = session
                        .prepare(cql)
                        .await
                        .map_err(|error| StoreError::Unavailable(format!("{name} cannot be prepared: {error}")))?;
                    statement.set_is_idempotent(how != How::Conditional);
                    match how {
                        How::Read => statement.set_execution_profile_handle(Some(reads.clone())),
                        How::ReadSettled => statement.set_consistency(Consistency::LocalSerial),
                        How::Write | How::Conditional => {}
                    }
                    Ok(Prepared { name, statement })
                };
                Ok(Self { $($name: prepare(stringify!($name), How::$how, $cql).await?,)+ })
            }
        }
    };
}

statements! {
    add_bucket: Write = "INSERT INTO channel_buckets (channel, bucket) VALUES (?, ?) USING TIMESTAMP 1";
    buckets: Read = "SELECT bucket FROM channel_buckets WHERE channel = ? LIMIT ?";

    /// With a constant timestamp below all others: an insert that comes late or twice changes nothing that an edit or a
    /// deletion wrote.
    insert_message: Write = "INSERT INTO messages (channel, bucket, id, author, body, version)
        VALUES (?, ?, ?, ?, ?, 0) USING TIMESTAMP 1";
    message: Read = concat!("SELECT ", columns!(), " FROM messages WHERE channel = ? AND bucket = ? AND id = ?");
    message_settled: ReadSettled =
        concat!("SELECT ", columns!(), " FROM messages WHERE channel = ? AND bucket = ? AND id = ?");
    newest_id: Read = "SELECT id FROM messages WHERE channel = ? AND bucket = ? LIMIT 1";
    below: Read = concat!("SELECT ", columns!(),
        " FROM messages WHERE channel = ? AND bucket = ? AND id < ? ORDER BY id DESC LIMIT ?");
    above: Read = concat!("SELECT ", columns!(),
        " FROM messages WHERE channel = ? AND bucket = ? AND id > ? ORDER BY id ASC LIMIT ?");
    authors_above: Read = "SELECT id, author, dead FROM messages
        WHERE channel = ? AND bucket = ? AND id > ? ORDER BY id ASC LIMIT ?";
    authors_below: Read = "SELECT id, author, dead FROM messages
        WHERE channel = ? AND bucket = ? AND id < ? ORDER BY id DESC LIMIT ?";
    edit_message: Conditional = "UPDATE messages SET body = ?, version = ?
        WHERE channel = ? AND bucket = ? AND id = ? IF version = ?";
    delete_message: Conditional = "UPDATE messages SET body = '', dead = 1, version = ?
        WHERE channel = ? AND bucket = ? AND id = ? IF version = ?";
    /// Gives an id up before anything is there; whatever comes later stays dead.
    give_up_id: Conditional = "UPDATE messages SET dead = 2
        WHERE channel = ? AND bucket = ? AND id = ? IF author = null";
    flag_reacted: Write = "UPDATE messages USING TIMESTAMP 1 SET reacted = true
        WHERE channel = ? AND bucket = ? AND id = ?";
    flag_pinned: Write = "UPDATE messages USING TIMESTAMP 1 SET pinned = true
        WHERE channel = ? AND bucket = ? AND id = ?";
    sample: Read = concat!("SELECT ", columns!(), " FROM messages LIMIT ?");

    claim_key: Conditional = "INSERT INTO send_keys (author, send_key, digest, channel, message)
        VALUES (?, ?, ?, ?, ?) IF NOT EXISTS";
    move_key: Conditional = "UPDATE send_keys SET message = ? WHERE author = ? AND send_key = ? IF message = ?";
    key: Read = "SELECT digest, channel, message FROM send_keys WHERE author = ? AND send_key = ?";
    key_settled: ReadSettled = "SELECT digest, channel, message FROM send_keys WHERE author = ? AND send_key = ?";

    reactions: Read = "SELECT version, summary FROM reactions WHERE channel = ? AND message = ? LIMIT 1";
    reactions_settled: ReadSettled =
        "SELECT version, summary FROM reactions WHERE channel = ? AND message = ? LIMIT 1";
    reactions_of: Read = "SELECT emoji FROM reactions
        WHERE channel = ? AND message = ? AND emoji IN ? AND who = ?";
    reactors: Read = "SELECT who FROM reactions
        WHERE channel = ? AND message = ? AND emoji = ? AND who > ? LIMIT ?";
    react: Conditional = "BEGIN BATCH
        UPDATE reactions SET version = ?, summary = ? WHERE channel = ? AND message = ? IF version = ?;
        INSERT INTO reactions (channel, message, emoji, who) VALUES (?, ?, ?, ?);
        APPLY BATCH";
    unreact: Conditional = "BEGIN BATCH
        UPDATE reactions SET version = ?, summary = ? WHERE channel = ? AND message = ? IF version = ?;
        DELETE FROM reactions WHERE channel = ? AND message = ? AND emoji = ? AND who = ?;
        APPLY BATCH";
    clear_emoji: Conditional = "BEGIN BATCH
        UPDATE reactions SET version = ?, summary = ? WHERE channel = ? AND message = ? IF version = ?;
        DELETE FROM reactions WHERE channel = ? AND message = ? AND emoji = ?;
        APPLY BATCH";
    /// A range of rows, not the partition: that would take what is written with it.
    clear_reactions: Conditional = "BEGIN BATCH
        UPDATE reactions SET version = ?, summary = ? WHERE channel = ? AND message = ? IF version = ?;
        DELETE FROM reactions WHERE channel = ? AND message = ? AND emoji >= ?;
        APPLY BATCH";
    forget_reactions: Write = "DELETE FROM reactions WHERE channel = ? AND message = ?";

    pins: Read = "SELECT message, at, version FROM pins WHERE channel = ?";
    pins_settled: ReadSettled = "SELECT message, at, version FROM pins WHERE channel = ?";
    pin: Conditional = "BEGIN BATCH
        UPDATE pins SET version = ? WHERE channel = ? IF version = ?;
        INSERT INTO pins (channel, message, at) VALUES (?, ?, ?);
        APPLY BATCH";
    unpin: Conditional = "DELETE FROM pins WHERE channel = ? AND message = ? IF EXISTS";

    marks: Read = "SELECT channel, epoch, base, base_version, message, version FROM read_marks WHERE who = ?";
    marks_of: Read = "SELECT channel, epoch, base, base_version, message, version FROM read_marks
        WHERE who = ? AND channel IN ?";
    raise_mark: Write = "BEGIN UNLOGGED BATCH
        UPDATE read_marks USING TIMESTAMP ? SET version = ? WHERE who = ? AND channel = 0 AND epoch = 0;
        UPDATE read_marks USING TIMESTAMP ? SET message = ?, version = ?
            WHERE who = ? AND channel = ? AND epoch = ?;
        APPLY BATCH";
    raise_version: Write = "UPDATE read_marks USING TIMESTAMP ? SET version = ?
        WHERE who = ? AND channel = 0 AND epoch = 0";
    begin_epoch: Conditional = "INSERT INTO read_marks (who, channel, epoch, base, base_version)
        VALUES (?, ?, ?, ?, ?) IF NOT EXISTS";
    /// One by one: what a range deletion leaves behind would be walked by every read.
    forget_epoch: Write = "DELETE FROM read_marks WHERE who = ? AND channel = ? AND epoch = ?";

    add_mention: Write = "INSERT INTO mentions (scope, message, channel) VALUES (?, ?, ?) USING TTL ?";
    mentions: Read = "SELECT message, channel FROM mentions
        WHERE scope = ? AND message > ? AND message < ? ORDER BY message DESC LIMIT ?";
    dismiss: Write = "INSERT INTO dismissed (who, message) VALUES (?, ?) USING TTL ?";
    dismissed: Read = "SELECT message FROM dismissed WHERE who = ? AND message IN ?";
}
