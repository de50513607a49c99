//! The keyspace, its tables, and whether the ring is set up so that what is acknowledged stays.

use crate::fault::corrupt;
use crate::options::Options;
use ports::{StoreError, Stored};
use scylla::client::session::Session;
use scylla::errors::{DbError, ExecutionError, RequestAttemptError};
use scylla::statement::Statement;
use scylla::value::CqlValue;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Raised with every change of the tables; a keyspace of a later version is refused.
const VERSION: i32 = 2;

/// The fewest copies of a row with which losing any one node loses nothing and stops nothing.
const COPIES: u32 = 3;

/// The tables, each with its columns and settings.
///
/// `messages`: a partition is a stretch of a channel's time, newest first. `body` is one cell, so that writes that race
/// never leave half of one text and half of another. `dead` only ever comes (1 deleted, 2 an id that was given up), and
/// a deleted message keeps its row for ever: its later cells win over an old copy whenever a node brings one back, also
/// after the ring forgot every tombstone. `reacted` and `pinned` only ever come, too: they say where to look.
///
/// `reactions` and `pins`: every change is a conditional write on the partition's `version`, so that counts and caps are
/// exact.
///
/// `read_marks`: `message` is written with a timestamp made of the id, so that the highest wins without a condition.
/// Setting back begins a new `epoch` at `base`. Channel 0 holds the user's highest version.
///
/// `mentions` and `dismissed` (version 2): rows run out after seven days, so that no partition grows without end; what ran
/// out lies below everything that is asked for.
const TABLES: [(&str, &str); 9] = [
    (
        "messages",
        "(channel bigint, bucket int, id bigint, author bigint, body text, version bigint, dead tinyint,
          reacted boolean, pinned boolean, PRIMARY KEY ((channel, bucket), id))
         WITH CLUSTERING ORDER BY (id DESC)",
    ),
    (
        "channel_buckets",
        "(channel bigint, bucket int, PRIMARY KEY ((channel), bucket)) WITH CLUSTERING ORDER BY (bucket DESC)",
    ),
    (
        "send_keys",
        "(author bigint, send_key text, digest blob, channel bigint, message bigint, PRIMARY KEY ((author, send_key)))
         WITH comment = 'idempotent sends'",
    ),
    (
        "reactions",
        "(channel bigint, message bigint, emoji text, who bigint, version bigint static, summary text static,
          PRIMARY KEY ((channel, message), emoji, who)) WITH CLUSTERING ORDER BY (emoji ASC, who ASC)",
    ),
    (
        "pins",
        "(channel bigint, message bigint, at bigint, version bigint static, PRIMARY KEY ((channel), message))
         WITH CLUSTERING ORDER BY (message DESC)",
    ),
    (
        "read_marks",
        "(who bigint, channel bigint, epoch int, base bigint, base_version bigint, message bigint, version bigint,
          PRIMARY KEY ((who), channel, epoch)) WITH CLUSTERING ORDER BY (channel ASC, epoch DESC)",
    ),
    (
        "mentions",
        "(scope bigint, message bigint, channel bigint, PRIMARY KEY ((scope), message))
         WITH CLUSTERING ORDER BY (message DESC)",
    ),
    (
        "dismissed",
        "(who bigint, message bigint, PRIMARY KEY ((who), message)) WITH CLUSTERING ORDER BY (message DESC)",
    ),
    // Last: where it is, the others are.
    ("schema_version", "(one int, version int, PRIMARY KEY (one)) WITH comment = 'of the tables'"),
];

/// When a replica that does not answer a read is left aside for another one. A fixed time, not the usual share of recent
/// reads: a killed node is held to be up for ten seconds or more, and the share of a ring that has just started, or that
/// nobody used, is longer than anybody waits, so that all reads and decisions that chose the dead one would fail.
const SPECULATE: &str = "100ms";

/// How long nodes of the ring may take to learn of tables that were made on another one.
const AGREEMENT: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_millis(500);

fn unavailable(what: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("{what}: {error}"))
}

/// Makes what is missing and looks whether the ring can be trusted. Several nodes may do it at once.
pub(crate) async fn prepare(session: &Session, options: &Options) -> Stored<()> {
    let keyspace = &options.keyspace;
    match version(session, keyspace).await? {
        Some(VERSION) => {}
        Some(later) if later > VERSION => {
            return Err(corrupt(format!("made by a later version of Guildhall (schema {later})")));
        }
        // What a version added is a table: where the others are, only that is made.
        _ => create(session, options).await?,
    }
    let faults = unsafe_settings(session, keyspace).await?;
    if !faults.is_empty() && !options.allow_unsafe {
        return Err(StoreError::Unavailable(format!(
            "the ring is not set up to keep what is acknowledged (allow_unsafe accepts that): {}",
            faults.join("; ")
        )));
    }
    for fault in faults {
        tracing::warn!(fault, "the ring may lose acknowledged messages");
    }
    Ok(())
}

async fn create(session: &Session, options: &Options) -> Stored<()> {
    let keyspace = &options.keyspace;
    let replication = options.replication.max(1);
    let make = async |cql: String| -> Stored<()> {
        let mut statement = Statement::new(cql);
        statement.set_is_idempotent(true);
        let until = Instant::now() + AGREEMENT;
        loop {
            match session.query_unpaged(statement.clone(), ()).await {
                Ok(_) => return Ok(()),
                // A node that has just joined, or comes back, does not know yet what another one made.
                Err(error) if unknown(&error) && Instant::now() < until => {
                    tracing::info!(%error, "the ring does not agree about its tables yet");
                    tokio::time::sleep(AGAIN).await;
                }
                Err(error) => return Err(unavailable("the tables cannot be made", error)),
            }
        }
    };
    make(format!(
        "CREATE KEYSPACE IF NOT EXISTS {keyspace} WITH replication =
         {{'class': 'NetworkTopologyStrategy', 'replication_factor': {replication}}}"
    ))
    .await?;
    for (table, columns) in TABLES {
        // Nodes that start together each send this to a node of the ring of their own: with an id that all of them
        // compute alike, they make one table and not two of the same name.
        let id = table_id(keyspace, table);
        make(format!(
            "CREATE TABLE IF NOT EXISTS {keyspace}.{table} {columns} AND id = {id} AND speculative_retry = '{SPECULATE}'"
        ))
        .await?;
    }
    make(format!(
        "INSERT INTO {keyspace}.schema_version (one, version) VALUES (1, {VERSION}) USING TIMESTAMP {VERSION}"
    ))
    .await
}

/// Whether a node says that something is not there which was made before, or replicas could not store a row for that
/// reason.
fn unknown(error: &ExecutionError) -> bool {
    matches!(
        error,
        ExecutionError::LastAttemptError(RequestAttemptError::DbError(
            DbError::Invalid | DbError::ConfigError | DbError::WriteFailure { .. },
            _
        ))
    )
}

/// A UUID made of the names (FNV-1a over 128 bits), marked as one made by no clock.
fn table_id(keyspace: &str, table: &str) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in format!("guildhall/{keyspace}/{table}").bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    // Version 5 and the usual variant. Cassandra takes tables' ids of any version.
    hash = (hash & !(0xf << 76) | (5 << 76)) & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{hash:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// The version of the tables that are there.
async fn version(session: &Session, keyspace: &str) -> Stored<Option<i32>> {
    let there = first_cell(
        session,
        "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'schema_version'",
        keyspace,
    )
    .await
    .map_err(|error| unavailable("the tables cannot be looked up", error))?;
    if there.is_none() {
        return Ok(None);
    }
    let mut statement =
        Statement::new(format!("SELECT version FROM {keyspace}.schema_version WHERE one = 1"));
    statement.set_is_idempotent(true);
    let version = session
        .query_unpaged(statement, ())
        .await
        .map_err(|error| unavailable("the version of the tables cannot be read", error))?;
    let rows = version.into_rows_result().map_err(|error| corrupt(format!("schema_version: {error}")))?;
    rows.maybe_first_row::<(Option<i32>,)>()
        .map(|row| row.and_then(|row| row.0))
        .map_err(|error| corrupt(format!("schema_version: {error}")))
}

async fn first_cell(session: &Session, cql: &str, value: &str) -> Result<Option<CqlValue>, String> {
    let mut statement = Statement::new(cql);
    statement.set_is_idempotent(true);
    let answer = session.query_unpaged(statement, (value,)).await.map_err(|error| error.to_string())?;
    let rows = answer.into_rows_result().map_err(|error| error.to_string())?;
    rows.maybe_first_row::<(Option<CqlValue>,)>()
        .map(|row| row.and_then(|row| row.0))
        .map_err(|error| error.to_string())
}

/// Settings with which acknowledged messages can be lost, in words for an operator.
pub(crate) async fn unsafe_settings(session: &Session, keyspace: &str) -> Stored<Vec<String>> {
    let mut faults = Vec::new();
    let replication = first_cell(
        session,
        "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?",
        keyspace,
    )
    .await
    .map_err(|error| unavailable("the keyspace cannot be looked up", error))?;
    let copies = replication.as_ref().map_or(0, copies);
    if copies < COPIES {
        faults.push(format!(
            "the keyspace {keyspace} keeps {copies} copies of each message; with fewer than {COPIES}, the loss of one \
             node loses or stops something: raise its replication_factor and run a full repair"
        ));
    }
    // Only Cassandra tells. It is the setting of the one node that answers; the others are taken to be set up alike.
    let sync =
        first_cell(session, "SELECT value FROM system_views.settings WHERE name = ?", "commitlog_sync").await;
    if let Ok(Some(CqlValue::Text(sync))) = sync
        && sync == "periodic"
    {
        faults.push(
            "commitlog_sync is periodic: a node acknowledges before it syncs, and a power cut of several nodes loses \
             seconds; set it to group or batch in cassandra.yaml"
                .into(),
        );
    }
    Ok(faults)
}

/// The fewest copies in any datacenter.
fn copies(replication: &CqlValue) -> u32 {
    let Some(map) = replication.as_map() else { return 0 };
    let settings: HashMap<&str, &str> = map
        .iter()
        .filter_map(|(name, value)| Some((name.as_text()?.as_str(), value.as_text()?.as_str())))
        .collect();
    settings
        .iter()
        .filter(|(name, _)| **name != "class")
        .filter_map(|(_, copies)| copies.split('/').next()?.parse().ok())
        .min()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_computes_the_same_id_of_a_table_and_no_two_tables_share_one() {
        assert_eq!(table_id("guildhall", "messages"), table_id("guildhall", "messages"));
        let ids: std::collections::HashSet<_> =
            TABLES.iter().flat_map(|(table, _)| [table_id("a", table), table_id("b", table)]).collect();
        assert_eq!(ids.len(), 2 * TABLES.len());
        assert!(ids.iter().all(|id| id.len() == 36 && id.as_bytes().get(14) == Some(&b'5')));
    }
}
