//! Connections, transactions and the caches.

use crate::dialect::Dialect;
use crate::fault::{Fault, Verdict, judge};
use crate::fence::{Cache, Fence, Key};
use crate::migrations;
use model::channel::PrivateScope;
use model::device::Principal;
use model::user::User;
use model::{ChannelId, DeviceId, UserId};
use ports::{StoreError, Stored};
use smallvec::SmallVec;
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, SqlSafeStr, SqlStr, Transaction};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A future inside a transaction.
pub(crate) type Doing<'t, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 't>>;

/// Keys that a transaction may change.
pub(crate) type Keys = SmallVec<[Key; 4]>;

/// Tries of one transaction before the store counts as unavailable.
const TRIES: u32 = 4;

/// Longest wait for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The directory on SQL. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct DirectorySql {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) dialect: Dialect,
    writer: AnyPool,
    reader: AnyPool,
    /// Keeps a database in memory alive: it lasts as long as a connection to it.
    anchor: Option<AnyPool>,
    /// `None` where others write to the same database: what is kept here could then be older than their changes.
    pub(crate) caches: Option<Caches>,
    /// When each device's use was stored last, so that most calls of `touch` cost nothing. Not fenced: may be lost.
    pub(crate) touched: Cache<DeviceId, i64>,
    pub(crate) touch_fence: Fence,
}

pub(crate) struct Caches {
    pub(crate) fence: Fence,
    pub(crate) scopes: Cache<ChannelId, PrivateScope>,
    pub(crate) principals: Cache<[u8; 32], Principal>,
    pub(crate) users: Cache<UserId, User>,
}

impl Caches {
    fn new() -> Self {
        Self {
            fence: Fence::new(),
            scopes: Cache::new(32_768),
            principals: Cache::new(32_768),
            users: Cache::new(16_384),
        }
    }
}

/// Marks keys as changed when it goes out of scope, whatever became of the transaction: the outcome of a commit that
/// failed is unknown.
struct Marking {
    inner: Arc<Inner>,
    keys: Keys,
}

impl Drop for Marking {
    fn drop(&mut self) {
        if let Some(caches) = &self.inner.caches {
            caches.fence.changed(&self.keys);
        }
    }
}

/// A transaction under way.
pub(crate) struct Tx {
    inner: Transaction<'static, Any>,
    dialect: Dialect,
}

impl Tx {
    /// What statements run on.
    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A SELECT whose rows nobody else changes before this transaction ends.
    pub(crate) fn locking(&self, select: &'static str) -> SqlStr {
        self.dialect.locking(select)
    }
}

impl DirectorySql {
    /// Opens the database in this file, making it if there is none, readable by its owner alone. This process must be
    /// the only one that has it open.
    ///
    /// # Errors
    /// The file cannot be made or read, is damaged, or was written by a newer version.
    pub async fn open(path: &Path) -> Stored<Self> {
        let path = claim(path).map_err(|error| {
            tracing::error!(path = %path.display(), %error, "the directory's file cannot be used");
            StoreError::Unavailable("the directory's file cannot be made or read".into())
        })?;
        let url = format!("sqlite://{}?mode=rw", percent_encoded(&path)?);
        try_out(Dialect::Sqlite, &url).await?;
        let writer = pool(Dialect::Sqlite, true, 1).connect(&url).await.map_err(failed)?;
        let reader = pool(Dialect::Sqlite, false, READERS).connect(&url).await.map_err(failed)?;
        Self::start(Dialect::Sqlite, writer, reader, None, Some(Caches::new())).await
    }

    /// A database in memory that is gone with its last clone.
    ///
    /// # Errors
    /// There is not enough memory.
    pub async fn ephemeral() -> Stored<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let url = format!("sqlite:guildhall-directory-{number}?mode=memory&cache=shared");
        // Connections that share a database in memory lock whole tables against each other, so that one serves
        // everybody. The anchor never runs a statement: it holds the data when a broken connection is replaced.
        let anchor = pool(Dialect::Sqlite, false, 1).connect(&url).await.map_err(failed)?;
        let writer = pool(Dialect::Sqlite, true, 1).connect(&url).await.map_err(failed)?;
        Self::start(Dialect::Sqlite, writer.clone(), writer, Some(anchor), Some(Caches::new())).await
    }

    /// A database on a MySQL or MariaDB server that other nodes write to as well: `primary` takes the writes and the
    /// reads that decide, and nothing is kept in memory.
    ///
    /// # Errors
    /// The server does not answer, or its tables were made by a newer version.
    pub async fn connect(primary: &str) -> Stored<Self> {
        try_out(Dialect::MySql, primary).await?;
        let writer = pool(Dialect::MySql, true, 16).connect(primary).await.map_err(failed)?;
        let reader = pool(Dialect::MySql, false, 16).connect(primary).await.map_err(failed)?;
        Self::start(Dialect::MySql, writer, reader, None, None).await
    }

    async fn start(
        dialect: Dialect,
        writer: AnyPool,
        reader: AnyPool,
        anchor: Option<AnyPool>,
        caches: Option<Caches>,
    ) -> Stored<Self> {
        let store = Self {
            inner: Arc::new(Inner {
                dialect,
                writer,
                reader,
                anchor,
                caches,
                touched: Cache::new(32_768),
                touch_fence: Fence::new(),
            }),
        };
        let mut at = store.write(Keys::new(), (), |tx, ()| Box::pin(migrations::current(tx))).await?;
        if at > migrations::newest() {
            return Err(StoreError::Corrupt(
                "the directory was written by a newer version of Guildhall".into(),
            ));
        }
        while at < migrations::newest() {
            store.write(Keys::new(), at, |tx, at| Box::pin(migrations::step(tx, *at))).await?;
            at += 1;
        }
        Ok(store)
    }

    /// The same store without answers kept in memory, as it is on a database with several writers. Clones that were
    /// made before must not be used any more: what they keep would not learn of this one's changes.
    #[must_use]
    pub fn without_caches(self) -> Self {
        Self {
            inner: Arc::new(Inner {
                dialect: self.inner.dialect,
                writer: self.inner.writer.clone(),
                reader: self.inner.reader.clone(),
                anchor: self.inner.anchor.clone(),
                caches: None,
                touched: Cache::new(32_768),
                touch_fence: Fence::new(),
            }),
        }
    }

    /// Ends every connection, for all clones. Calls after it answer that the store is unavailable.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
        if let Some(anchor) = &self.inner.anchor {
            anchor.close().await;
        }
    }

    /// How an embedded database is set, as the writer's connection says: journal mode, `synchronous`, `foreign_keys`,
    /// `busy_timeout`, `trusted_schema`.
    ///
    /// # Errors
    /// The database does not answer, or is not embedded.
    pub async fn modes(&self) -> Stored<Vec<String>> {
        let mut modes = Vec::new();
        for pragma in [
            "SELECT journal_mode FROM pragma_journal_mode",
            "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
            "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
            "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout",
            "SELECT CAST(trusted_schema AS TEXT) FROM pragma_trusted_schema",
        ] {
            let row = sqlx::query(pragma).fetch_one(&self.inner.writer).await.map_err(failed)?;
            modes.push(crate::row::text(&row, 0).map_err(failed)?);
        }
        Ok(modes)
    }

    /// Runs a transaction that writes, again if another writer was in its way, and marks `keys` as changed before it
    /// answers. It runs to its end also when the caller goes away: between a commit and its mark nobody may drop out.
    pub(crate) async fn write<A, T, F>(&self, keys: Keys, args: A, act: F) -> Stored<T>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T> + Send + Sync + 'static,
    {
        let inner = self.inner.clone();
        let running = tokio::spawn(async move {
            let marking = Marking { inner: inner.clone(), keys };
            let begin = inner.dialect.begin_write();
            let answer = retried(&inner.writer, inner.dialect, begin, &args, &act).await;
            drop(marking);
            answer
        });
        running.await.unwrap_or_else(|_| Err(StoreError::Unavailable("a transaction broke off".into())))
    }

    /// Runs reads that all see one moment: everything that was answered before this call is in it.
    pub(crate) async fn read<A, T, F>(&self, args: A, act: F) -> Stored<T>
    where
        A: Send + Sync,
        T: Send,
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T> + Send + Sync,
    {
        let begin = self.inner.dialect.begin_read();
        retried(&self.inner.reader, self.inner.dialect, begin, &args, &act).await
    }

    /// Where a single SELECT runs.
    pub(crate) fn reader(&self) -> &AnyPool {
        &self.inner.reader
    }
}

async fn run<A, T, F>(
    pool: &AnyPool,
    dialect: Dialect,
    begin: &'static str,
    args: &A,
    act: &F,
) -> Result<T, Fault>
where
    F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T>,
{
    let mut tx = Tx { inner: pool.begin_with(begin).await?, dialect };
    // On a fault the transaction is dropped, and with it rolled back.
    let answer = act(&mut tx, args).await?;
    tx.inner.commit().await?;
    Ok(answer)
}

async fn retried<A, T, F>(
    pool: &AnyPool,
    dialect: Dialect,
    begin: &'static str,
    args: &A,
    act: &F,
) -> Stored<T>
where
    F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T>,
{
    let mut tries = 0;
    loop {
        match run(pool, dialect, begin, args, act).await.map_err(judge) {
            Ok(answer) => return Ok(answer),
            Err(Verdict::Fail(error)) => return Err(error),
            Err(Verdict::Retry) => {}
        }
        tries += 1;
        if tries == TRIES {
            tracing::warn!(tries, "a transaction found other writers in its way each time");
            return Err(StoreError::Unavailable("other writers were in the way".into()));
        }
        tokio::time::sleep(jitter(tries)).await;
    }
}

/// Up to 10 ms, 20 ms, 40 ms: writers that met once should not meet again.
fn jitter(tries: u32) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    Duration::from_millis(5 << tries.min(6)).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// What callers hear of a fault outside of a transaction that is retried.
pub(crate) fn failed(fault: impl Into<Fault>) -> StoreError {
    match judge(fault.into()) {
        Verdict::Fail(error) => error,
        Verdict::Retry => StoreError::Unavailable("the store is busy".into()),
    }
}

/// Reads hop to a thread of their connection; more threads than this only wait for each other's cores.
const READERS: u32 = 4;

fn pool(dialect: Dialect, writes: bool, connections: u32) -> AnyPoolOptions {
    sqlx::any::install_default_drivers();
    let local = dialect == Dialect::Sqlite;
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(u32::from(local))
        .acquire_timeout(PATIENCE)
        .idle_timeout((!local).then_some(Duration::from_secs(600)))
        .max_lifetime((!local).then_some(Duration::from_secs(1800)))
        .test_before_acquire(!local)
        .after_connect(move |conn, _| Box::pin(greet(dialect, writes, conn)))
}

/// Tells a new connection how it is to work.
async fn greet(dialect: Dialect, writes: bool, conn: &mut AnyConnection) -> sqlx::Result<()> {
    for statement in dialect.session(writes) {
        conn.execute(sqlx::raw_sql(statement.into_sql_str())).await?;
    }
    Ok(())
}

/// Whether a connection can be had at all. A pool tries until it runs out of patience, and then does not say why.
async fn try_out(dialect: Dialect, url: &str) -> Stored<()> {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.map_err(failed)?;
    greet(dialect, true, &mut conn).await.map_err(failed)?;
    conn.close().await.map_err(failed)
}

/// Makes the file if there is none, for its owner alone, and names it absolutely. SQLite gives the journal beside it
/// the same mode.
fn claim(path: &Path) -> std::io::Result<std::path::PathBuf> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    drop(file);
    path.canonicalize()
}

/// The path in a URL: everything but letters, digits and `/ - _ .` is escaped.
fn percent_encoded(path: &Path) -> Stored<String> {
    let text = path
        .to_str()
        .ok_or_else(|| StoreError::Unavailable("the directory's path is not valid Unicode".into()))?;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(out)
}
