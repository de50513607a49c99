//! What the disk itself does: the same rows, in the same group sizes, with nothing around them.

use anyhow::Result;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of a stored message with a text of [`crate::sends::TEXT`] bytes: its columns, its part of the index.
pub(crate) const ROW: usize = crate::sends::TEXT + 64;

/// Appends groups of rows to a file and syncs after each, for this long: rows a second, and milliseconds of each sync.
pub(crate) fn append(folder: &Path, group: usize, during: Duration) -> Result<(f64, Vec<f64>)> {
    let path = folder.join("append");
    let mut file = File::create(&path)?;
    let rows = vec![0x5a; ROW * group.max(1)];
    let (begun, mut groups, mut syncs) = (Instant::now(), 0_usize, Vec::new());
    while begun.elapsed() < during {
        file.write_all(&rows)?;
        let before = Instant::now();
        file.sync_data()?;
        syncs.push(before.elapsed().as_secs_f64() * 1e3);
        groups += 1;
    }
    let rate = (groups * group.max(1)) as f64 / begun.elapsed().as_secs_f64();
    drop(file);
    std::fs::remove_file(&path)?;
    Ok((rate, syncs))
}

/// Inserts the same rows into SQLite as the server's store does, in groups, each one synced: rows a second.
pub(crate) fn sqlite(folder: &Path, group: usize, during: Duration) -> Result<f64> {
    let path = folder.join("bare.db");
    let mut connection = rusqlite::Connection::open(&path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         CREATE TABLE messages (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, author INTEGER NOT NULL,
            content TEXT NOT NULL) STRICT;
         CREATE INDEX messages_by_channel ON messages (channel, id, author);",
    )?;
    let text = "x".repeat(crate::sends::TEXT);
    let (begun, mut id) = (Instant::now(), 0_i64);
    while begun.elapsed() < during {
        let transaction = connection.transaction()?;
        for _ in 0..group.max(1) {
            id += 1;
            let mut insert = transaction.prepare_cached("INSERT INTO messages VALUES (?1, ?2, ?3, ?4)")?;
            insert.execute((id, id % 64, id % 128, &text))?;
        }
        transaction.commit()?;
    }
    let rate = id as f64 / begun.elapsed().as_secs_f64();
    drop(connection);
    for ending in ["", "-wal", "-shm"] {
        // The log goes with the connection; whether it has gone already does not matter.
        let _ = std::fs::remove_file(folder.join(format!("bare.db{ending}")));
    }
    Ok(rate)
}
