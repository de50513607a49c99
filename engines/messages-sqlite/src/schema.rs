//! The file, its tables and how connections to it are set up.

use crate::fault::Fault;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Raised with every change of the tables; a file of a later version is refused.
const VERSION: i64 = 2;

/// "GhMs": tells `file(1)` and an operator what the file is.
const APPLICATION: i64 = 0x4768_4d73;

/// Messages lie in the order of their ids, so that writing appends to one end of the table however many channels are
/// busy; the index finds a channel's part, and counts what others wrote without touching the rows.
/// Keys come first in theirs because clients make them of the time: new ones meet in few pages, whoever sends.
/// The other tables carry the channel in their keys, so that one range finds what belongs to a page of history.
const TABLES: &str = "
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL,
    author INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    bits INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    edited INTEGER,
    pinned INTEGER,
    content TEXT NOT NULL,
    extra TEXT
) STRICT;
CREATE INDEX messages_by_channel ON messages (channel, id, author);

CREATE TABLE keys (
    author INTEGER NOT NULL,
    key TEXT NOT NULL,
    message INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (key, author)
) STRICT, WITHOUT ROWID;

CREATE TABLE reaction_tallies (
    channel INTEGER NOT NULL,
    message INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    place INTEGER NOT NULL,
    users INTEGER NOT NULL,
    PRIMARY KEY (channel, message, emoji)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
    channel INTEGER NOT NULL,
    message INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    user INTEGER NOT NULL,
    PRIMARY KEY (channel, message, emoji, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE pins (
    channel INTEGER NOT NULL,
    at INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (channel, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE read_marks (
    user INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    message INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (user, channel)
) STRICT, WITHOUT ROWID;

-- One row: what must go on rising even after the rows that carried it are gone.
CREATE TABLE marks (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    high_water INTEGER NOT NULL,
    read_version INTEGER NOT NULL
) STRICT;
INSERT INTO marks VALUES (1, 0, 0);
";

/// What version 2 added to [`TABLES`]: mentions by whom they call, and what people took off their inboxes. `mentions` is read
/// by scope; its index finds the rows of a message that is deleted, and those that are old. `dismissed` begins with the
/// message for the same reason.
const MENTIONS: &str = "
CREATE TABLE mentions (
    scope INTEGER NOT NULL,
    message INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    PRIMARY KEY (scope, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (message);

CREATE TABLE dismissed (
    message INTEGER NOT NULL,
    user INTEGER NOT NULL,
    PRIMARY KEY (message, user)
) STRICT, WITHOUT ROWID;
";

/// Keeps other processes from writing the same file for as long as it lives. Given up by the kernel when the process
/// dies, however it dies.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "held, never read")] File);

impl Lock {
    /// Locks the store at `path` by a file beside it: SQLite's own locks allow several writers that take turns, but
    /// two processes would mint message ids that they order differently.
    pub(crate) fn take(path: &Path) -> Result<Self, Fault> {
        let lock = beside(path, "-lock");
        let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&lock)?;
        // A store that was closed a moment ago in this process may still be writing its last group.
        for _ in 0..20 {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        Err(Fault::unavailable(format!("{} is in use by another process", path.display())))
    }
}

/// The file beside the store with this ending.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes the file if there is none, for its owner alone; SQLite gives its companions the same mode.
pub(crate) fn create(path: &Path) -> Result<(), Fault> {
    let file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    file.sync_all()?;
    // The name is durable only when the folder is: else the first acknowledged messages could vanish with it.
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        #[cfg(not(unix))]
        let _ = folder;
    }
    Ok(())
}

/// Settings of every connection that bound what a damaged or hostile file can do.
fn harden(conn: &Connection) -> Result<(), Fault> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    conn.execute_batch("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;")?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The connection that writes the file.
///
/// `secure_delete` overwrites what is deleted. `wal_autocheckpoint` is off because SQLite hides a failed sync of an
/// automatic checkpoint; the writer checkpoints itself and looks at the outcome.
pub(crate) fn writer(path: &Path) -> Result<Connection, Fault> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    harden(&conn)?;
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::unavailable(format!("write-ahead logging is refused here (it is {mode})")));
    }
    conn.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -16384;",
    )?;
    for (name, value) in [("wal_autocheckpoint", 0), ("journal_size_limit", 64 << 20)] {
        conn.pragma_update_and_check(None, name, value, |_| Ok(()))?;
    }
    migrate(&conn)?;
    Ok(conn)
}

/// A connection that reads the file.
pub(crate) fn reader(path: &Path) -> Result<Connection, Fault> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    harden(&conn)?;
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -4096;")?;
    Ok(conn)
}

/// A store that is gone with its connection.
pub(crate) fn memory() -> Result<Connection, Fault> {
    let conn = Connection::open_in_memory()?;
    harden(&conn)?;
    migrate(&conn)?;
    Ok(conn)
}

fn migrate(conn: &Connection) -> Result<(), Fault> {
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => Ok(()),
        0 => {
            let stranger: Option<String> =
                conn.query_row("SELECT name FROM sqlite_schema LIMIT 1", [], |row| row.get(0)).optional()?;
            if let Some(name) = stranger {
                return Err(Fault::corrupt(format!("not a store of messages: it holds `{name}`")));
            }
            conn.execute_batch(&format!(
                "BEGIN IMMEDIATE; {TABLES} {MENTIONS} PRAGMA application_id = {APPLICATION};
                 PRAGMA user_version = {VERSION}; COMMIT;"
            ))?;
            Ok(())
        }
        1 => {
            conn.execute_batch(&format!(
                "BEGIN IMMEDIATE; {MENTIONS} PRAGMA user_version = {VERSION}; COMMIT;"
            ))?;
            Ok(())
        }
        later => Err(Fault::corrupt(format!("made by a later version of Guildhall (schema {later})"))),
    }
}
