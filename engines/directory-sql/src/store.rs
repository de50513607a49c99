//! Connections, transactions and the caches.

use crate::cluster::{Cluster, Lent};
use crate::coalesce::Coalesce;
use crate::dialect::Dialect;
use crate::fault::{Fault, Verdict, judge};
use crate::fence::{Cache, Fence, Key};
use crate::figures::Counts;
use crate::guilds::{Guilds, Standing};
use crate::migrations;
use crate::options::{LeaseClock, Options};
use crate::row::LIST;
use model::channel::PrivateScope;
use model::device::Principal;
use model::guild::{Member, Versions};
use model::relationship::Relationship;
use model::user::User;
use model::{
    ApplicationId, AuditId, ChannelId, DeviceId, EmojiId, GuildId, RoleId, Timestamp, UserId, WebhookId,
};
use ports::{StoreError, Stored};
use smallvec::SmallVec;
use sqlx::any::{AnyArguments, AnyPoolOptions, AnyRow};
use sqlx::query::Query;
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
pub(crate) const TRIES: u32 = 4;

/// Longest wait for a free connection to the embedded database.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest wait for a free or new connection to a server; less than a call may take, so that it is said what was missing.
const SERVER_PATIENCE: Duration = Duration::from_secs(3);

/// What a SELECT is for, which says where it may run when servers keep the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Something is decided by it: the primary.
    Decide,
    /// Somebody looks at it: a replica. While there is no primary, what another node changed just before may be missing.
    Show,
    /// A list that a session begins with, and then keeps by events: a replica, but never without what was answered
    /// before, because what is missing would be missing as long as the session lasts.
    List,
}

/// A value in a statement.
#[derive(Debug, Clone)]
pub(crate) enum Bind {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// A number, or NULL.
    OptInt(Option<i64>),
    /// Text, or NULL.
    OptText(Option<String>),
}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Bind {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Bind {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&Option<String>> for Bind {
    fn from(value: &Option<String>) -> Self {
        Self::OptText(value.clone())
    }
}

impl From<Option<&str>> for Bind {
    fn from(value: Option<&str>) -> Self {
        Self::OptText(value.map(str::to_owned))
    }
}

impl From<bool> for Bind {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

/// Numbers that fit, and moments and ids by their number.
macro_rules! numbers {
    ($($kind:ty: $as_i64:expr;)+) => {$(
        impl From<$kind> for Bind {
            fn from(value: $kind) -> Self {
                Self::Int($as_i64(value))
            }
        }

        impl From<Option<$kind>> for Bind {
            fn from(value: Option<$kind>) -> Self {
                Self::OptInt(value.map($as_i64))
            }
        }
    )+};
}

numbers! {
    u8: i64::from;
    u16: i64::from;
    u32: i64::from;
    // By their bits: [`crate::row::bits`] reads them.
    u64: |value| value as i64;
    Timestamp: Timestamp::micros;
    UserId: UserId::as_i64;
    ChannelId: ChannelId::as_i64;
    GuildId: GuildId::as_i64;
    RoleId: RoleId::as_i64;
    EmojiId: EmojiId::as_i64;
    WebhookId: WebhookId::as_i64;
    AuditId: AuditId::as_i64;
    ApplicationId: ApplicationId::as_i64;
}

/// The values of a statement, in order.
macro_rules! binds {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::Bind::from($value)),*]
    };
}
pub(crate) use binds;

/// A statement with its values.
pub(crate) fn bound(sql: SqlStr, binds: &[Bind]) -> Query<'static, Any, AnyArguments> {
    binds.iter().fold(sqlx::query(sql), |query, bind| match bind {
        Bind::Int(value) => query.bind(*value),
        Bind::Text(value) => query.bind(value.clone()),
        Bind::Bytes(value) => query.bind(value.clone()),
        Bind::OptInt(value) => query.bind(*value),
        Bind::OptText(value) => query.bind(value.clone()),
    })
}

/// The directory on SQL. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct DirectorySql {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) dialect: Dialect,
    engine: Engine,
    /// `None` where others write to the same database: what is kept here could then be older than their changes.
    pub(crate) caches: Option<Caches>,
    /// When each device's use was stored last, so that most calls of `touch` cost nothing. Not fenced: may be lost.
    pub(crate) touched: Cache<DeviceId, i64>,
    pub(crate) touch_fence: Fence,
    /// States of guilds by their version, and whose a channel is: right whoever writes.
    pub(crate) guilds: Guilds,
}

/// Where the tables are.
#[derive(Clone)]
enum Engine {
    /// In this process.
    Embedded {
        writer: AnyPool,
        reader: AnyPool,
        /// Keeps a database in memory alive: it lasts as long as a connection to it.
        anchor: Option<AnyPool>,
    },
    /// On servers.
    Served(Served),
}

/// Servers, and the reads that wait for them together.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) principals: Arc<Coalesce<[u8; 32], Principal>>,
    pub(crate) scopes: Arc<Coalesce<ChannelId, PrivateScope>>,
    pub(crate) relationships: Arc<Coalesce<(UserId, UserId), Relationship>>,
    pub(crate) guilds: Arc<Coalesce<GuildId, Versions>>,
    pub(crate) members: Arc<Coalesce<(GuildId, UserId), Standing>>,
}

pub(crate) struct Caches {
    pub(crate) fence: Fence,
    pub(crate) scopes: Cache<ChannelId, PrivateScope>,
    pub(crate) principals: Cache<[u8; 32], Principal>,
    pub(crate) users: Cache<UserId, User>,
    pub(crate) guilds: Cache<GuildId, Versions>,
    pub(crate) members: Cache<(GuildId, UserId), Option<Member>>,
}

impl Caches {
    fn new() -> Self {
        Self {
            fence: Fence::new(),
            scopes: Cache::new(32_768),
            principals: Cache::new(32_768),
            users: Cache::new(16_384),
            guilds: Cache::new(8_192),
            members: Cache::new(65_536),
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
    pub(crate) held: Held,
    pub(crate) dialect: Dialect,
}

/// What a transaction runs on.
pub(crate) enum Held {
    /// The driver's transaction, rolled back when it is dropped.
    Driver(Transaction<'static, Any>),
    /// A connection to a server, whose transaction is ended by hand: with the commit something else is asked.
    Lent(Lent),
}

impl Tx {
    /// What statements run on.
    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        match &mut self.held {
            Held::Driver(transaction) => transaction,
            Held::Lent(conn) => conn.conn(),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A SELECT whose rows nobody else changes before this transaction ends.
    pub(crate) fn locking(&self, select: &'static str) -> SqlStr {
        self.dialect.locking(select)
    }

    /// The rows of a SELECT.
    pub(crate) async fn all(&mut self, sql: impl SqlSafeStr, binds: &[Bind]) -> Result<Vec<AnyRow>, Fault> {
        Ok(bound(sql.into_sql_str(), binds).fetch_all(self.conn()).await?)
    }

    /// The row of a SELECT that has one at most.
    pub(crate) async fn one(
        &mut self,
        sql: impl SqlSafeStr,
        binds: &[Bind],
    ) -> Result<Option<AnyRow>, Fault> {
        Ok(bound(sql.into_sql_str(), binds).fetch_optional(self.conn()).await?)
    }

    /// The number in the one row of a SELECT.
    pub(crate) async fn number(&mut self, sql: impl SqlSafeStr, binds: &[Bind]) -> Result<i64, Fault> {
        crate::row::int(&bound(sql.into_sql_str(), binds).fetch_one(self.conn()).await?, 0)
    }

    /// Runs a statement; how many rows it found. A row that is there already makes the transaction begin again, and
    /// find it.
    pub(crate) async fn run(&mut self, sql: impl SqlSafeStr, binds: &[Bind]) -> Result<u64, Fault> {
        let done = bound(sql.into_sql_str(), binds).execute(self.conn()).await;
        Ok(done.map_err(crate::accounts::raced)?.rows_affected())
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
        Self::start(writer, reader, None).await
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
        Self::start(writer.clone(), writer, Some(anchor)).await
    }

    /// A database on MariaDB servers that other nodes use as well: `mysql://user:password@a:3306,b:3306,c:3306/database`,
    /// user and password percent-encoded. One server is the primary, the others follow it; which one, is found out and
    /// followed when it changes.
    ///
    /// * Transactions and reads that decide something run on the primary. Nothing is kept in memory: tokens, scopes and
    ///   relationships that are asked for at the same time share a round trip instead, which is invoked after all of them.
    ///   A cache that asks the primary for a version before each use would save nothing: that question costs the same round
    ///   trip as the answer, which is found by its primary key. The state of a guild is another matter, some hundred rows:
    ///   it is kept by its version, which is asked for together with the membership that every send needs.
    /// * Profiles and lists are read from replicas that have everything that was answered before the call, by whatever
    ///   node. While there is no primary, profiles may lack what *another* node changed just before; what this node
    ///   answered is always in them.
    /// * A promotion must let no replica follow the old primary any more, wait for longer than [`crate::LEASE`], and only
    ///   then let the new one take writes. Calls during it are answered `Unavailable` within a few seconds.
    ///
    /// # Errors
    /// The URL is wrong, no server answers, there is no primary, the servers are set so that they could lose what was
    /// acknowledged (every such setting is named), or the tables were made by a newer version.
    pub async fn connect(url: &str, options: Options) -> Stored<Self> {
        let (lanes, timeout) = (options.lanes, options.timeout);
        let cluster = Cluster::connect(url, options).await?;
        let served = Served {
            cluster,
            principals: Coalesce::new(lanes, LIST, timeout),
            scopes: Coalesce::new(lanes, LIST, timeout),
            relationships: Coalesce::new(lanes, LIST, timeout),
            guilds: Coalesce::new(lanes, LIST, timeout),
            members: Coalesce::new(lanes, LIST, timeout),
        };
        Ok(Self::of(Dialect::MySql, Engine::Served(served), None))
    }

    async fn start(writer: AnyPool, reader: AnyPool, anchor: Option<AnyPool>) -> Stored<Self> {
        let engine = Engine::Embedded { writer, reader, anchor };
        let store = Self::of(Dialect::Sqlite, engine, Some(Caches::new()));
        store.write(Keys::new(), (), |tx, ()| Box::pin(migrations::run(tx))).await?;
        Ok(store)
    }

    fn of(dialect: Dialect, engine: Engine, caches: Option<Caches>) -> Self {
        let (touched, touch_fence) = (Cache::new(32_768), Fence::new());
        let guilds = Guilds::new();
        Self { inner: Arc::new(Inner { dialect, engine, caches, touched, touch_fence, guilds }) }
    }

    /// What servers were asked for; `None` for an embedded database.
    pub fn counts(&self) -> Option<Counts> {
        self.served().map(|served| served.cluster.figures.counts())
    }

    /// The servers, if the tables are there.
    pub(crate) fn served(&self) -> Option<&Served> {
        match &self.inner.engine {
            Engine::Embedded { .. } => None,
            Engine::Served(served) => Some(served),
        }
    }

    /// By whose clock worker ids run out.
    pub(crate) fn lease_clock(&self) -> LeaseClock {
        self.served().map_or(LeaseClock::Callers, |served| served.cluster.options.lease_clock)
    }

    /// The same store without answers kept in memory, as it is on a database with several writers. Clones that were
    /// made before must not be used any more: what they keep would not learn of this one's changes.
    #[must_use]
    pub fn without_caches(self) -> Self {
        Self::of(self.inner.dialect, self.inner.engine.clone(), None)
    }

    /// Ends every connection, for all clones. Calls after it answer that the store is unavailable.
    pub async fn close(&self) {
        match &self.inner.engine {
            Engine::Embedded { writer, reader, anchor } => {
                reader.close().await;
                writer.close().await;
                if let Some(anchor) = anchor {
                    anchor.close().await;
                }
            }
            Engine::Served(served) => served.cluster.close().await,
        }
    }

    /// How an embedded database is set, as the writer's connection says: journal mode, `synchronous`, `foreign_keys`,
    /// `busy_timeout`, `trusted_schema`.
    ///
    /// # Errors
    /// The database does not answer, or is not embedded.
    pub async fn modes(&self) -> Stored<Vec<String>> {
        let Engine::Embedded { writer, .. } = &self.inner.engine else {
            return Err(StoreError::Unavailable("the database is not embedded".into()));
        };
        let mut modes = Vec::new();
        for pragma in [
            "SELECT journal_mode FROM pragma_journal_mode",
            "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
            "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys",
            "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout",
            "SELECT CAST(trusted_schema AS TEXT) FROM pragma_trusted_schema",
        ] {
            let row = sqlx::query(pragma).fetch_one(writer).await.map_err(failed)?;
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
            let answer = match &inner.engine {
                Engine::Embedded { writer, .. } => {
                    retried(writer, inner.dialect, inner.dialect.begin_write(), &args, &act).await
                }
                Engine::Served(served) => served.cluster.write(&args, &act).await,
            };
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
        match &self.inner.engine {
            Engine::Embedded { reader, .. } => {
                retried(reader, self.inner.dialect, self.inner.dialect.begin_read(), &args, &act).await
            }
            Engine::Served(served) => served.cluster.read(&args, &act).await,
        }
    }

    /// The rows of one SELECT.
    pub(crate) async fn rows(
        &self,
        reads: Reads,
        sql: impl SqlSafeStr,
        binds: &[Bind],
    ) -> Stored<Vec<AnyRow>> {
        let sql = sql.into_sql_str();
        match &self.inner.engine {
            Engine::Embedded { reader, .. } => bound(sql, binds).fetch_all(reader).await.map_err(failed),
            Engine::Served(served) => served.cluster.rows(reads, sql, binds).await,
        }
    }

    /// The row of a SELECT that has one at most.
    pub(crate) async fn row(
        &self,
        reads: Reads,
        sql: impl SqlSafeStr,
        binds: &[Bind],
    ) -> Stored<Option<AnyRow>> {
        Ok(self.rows(reads, sql, binds).await?.into_iter().next())
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
    let mut tx = Tx { held: Held::Driver(pool.begin_with(begin).await?), dialect };
    // On a fault the transaction is dropped, and with it rolled back.
    let answer = act(&mut tx, args).await?;
    if let Held::Driver(transaction) = tx.held {
        transaction.commit().await?;
    }
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
pub(crate) fn jitter(tries: u32) -> Duration {
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

pub(crate) fn pool(dialect: Dialect, writes: bool, connections: u32) -> AnyPoolOptions {
    sqlx::any::install_default_drivers();
    let local = dialect == Dialect::Sqlite;
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(u32::from(local))
        .acquire_timeout(if local { PATIENCE } else { SERVER_PATIENCE })
        .idle_timeout((!local).then_some(Duration::from_secs(600)))
        .max_lifetime((!local).then_some(Duration::from_secs(1800)))
        // A ping would double the cost of every read; a connection that turns out to be lost is replaced by another try.
        .test_before_acquire(false)
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
