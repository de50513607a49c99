//! Calls of servers: which one is asked, how often, and what a lost connection means.
//!
//! **When a transaction is begun again.** As a whole, with a pause of random length, and only if it is known that it
//! changed nothing:
//!
//! * a deadlock, a lock that took too long, a lost race for a unique name: at most three more tries;
//! * a connection that was lost **before** `COMMIT` was sent, a server that says that it is read-only, a new primary: the
//!   database rolls such a transaction back, or never got it. It is tried again on the primary that there is then, within
//!   [`Options::patience`].
//!
//! A connection that is lost, or a time limit that is reached, **after** `COMMIT` was sent has an unknown outcome: the
//! confirmation may be what was lost. It is never repeated here, not even where the act is idempotent: a repeated act may
//! find its own change and answer that there was nothing to do ("it was so before", "nothing was revoked"), and then what
//! follows from the change, an event or the end of a session, would never happen. The caller hears `Unavailable`, which
//! is defined as an unknown outcome, and knows whether it may ask again.
//!
//! **What an answer of the primary is worth.** It counts only if the server is still believed to be the primary when the
//! answer is there (`watch`): a server that was paused, replaced and woken up would otherwise tell how things were before.
//! That holds for transactions too: one that found nothing to do was confirmed by no replica.

use crate::address::Address;
use crate::coalesce::Coalesce;
use crate::dialect::Dialect;
use crate::fault::{Fault, Verdict, judge};
use crate::figures::Figures;
use crate::migrations;
use crate::options::Options;
use crate::position::Position;
use crate::store::{Bind, Doing, Held, Reads, TRIES, Tx, bound, jitter, pool};
use crate::watch::{Lead, Watch};
use breaker::{Breaker, Limits, Refused};
use parking_lot::Mutex;
use ports::{StoreError, Stored};
use sqlx::any::AnyRow;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, SqlStr};
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a node waits at its start for other nodes that change the tables.
const START: Duration = Duration::from_secs(30);

/// How long a node waits at its start for a primary: one may just be promoted.
const PRIMARY: Duration = Duration::from_secs(10);

struct Host {
    writer: AnyPool,
    reader: AnyPool,
    /// How far it is known to be by reads that waited; the watch knows it with a delay.
    applied: Mutex<Position>,
    /// What it did not have in time: until it has, it is not asked.
    owes: Mutex<Option<Position>>,
}

/// Servers of one database: a primary and its replicas.
pub(crate) struct Cluster {
    hosts: Vec<Host>,
    watch: Arc<Watch>,
    /// Two, because a primary without replicas answers reads and takes no writes: with one breaker, writes that nobody
    /// confirms would keep it open, and no message could be sent.
    reading: Breaker,
    writing: Breaker,
    pub(crate) options: Options,
    pub(crate) figures: Figures,
    /// The last change that this node made.
    written: Mutex<Position>,
    index: Arc<Coalesce<(), Position>>,
    /// Whose turn it is to be read.
    turn: AtomicUsize,
    database: String,
}

/// A connection that goes back to its pool only between two answers: after a fault or a caller's end it is closed, and
/// the server rolls back what was under way.
pub(crate) struct Lent {
    conn: PoolConnection<Any>,
    sound: bool,
}

impl Lent {
    async fn of(pool: &AnyPool) -> Result<Self, Fault> {
        match pool.acquire().await {
            Ok(conn) => Ok(Self { conn, sound: false }),
            Err(error) => Err(Fault::Sql(error)),
        }
    }

    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.conn
    }

    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        sqlx::raw_sql(sql).execute(self.conn()).await.map(drop)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.sound {
            self.conn.close_on_drop();
        }
    }
}

impl Cluster {
    /// Finds the servers, checks how they are set, and brings the tables up to date.
    pub(crate) async fn connect(url: &str, options: Options) -> Stored<Arc<Self>> {
        let address = Address::parse(url).map_err(StoreError::Unavailable)?;
        let mut hosts = Vec::new();
        for host in &address.hosts {
            let url = address.url(host);
            let pool = |writes, connections| pool(Dialect::MySql, writes, connections).connect_lazy(&url);
            hosts.push(Host {
                writer: pool(true, options.writers).map_err(crate::store::failed)?,
                reader: pool(false, options.readers).map_err(crate::store::failed)?,
                applied: Mutex::default(),
                owes: Mutex::default(),
            });
        }
        let watch = Watch::start(&address, &options);
        watch.looked(Instant::now() + Duration::from_secs(2)).await;
        let (wrong, silent) = watch.findings();
        if silent.len() == hosts.len() {
            return Err(StoreError::Unavailable(format!("no server answers ({})", silent.join("; "))));
        }
        for server in &silent {
            tracing::warn!("a server of the directory does not answer: {server}");
        }
        if !options.allow_unsafe {
            let mut wrong = wrong;
            if hosts.len() == 1 {
                wrong.push(
                    "there is one server alone; there must be a primary and two replicas, all named in the URL".into(),
                );
            }
            if !wrong.is_empty() {
                return Err(StoreError::Unavailable(format!(
                    "the database is not set so that nothing acknowledged is lost: {}",
                    wrong.join("; ")
                )));
            }
            if hosts.len() == 2 {
                tracing::warn!(
                    "one replica is safe, but nothing can be stored while it is away: there should be two"
                );
            }
        }
        let limits = Limits { timeout: options.timeout, ..Limits::default() };
        let cluster = Arc::new(Self {
            hosts,
            watch,
            reading: Breaker::new("directory", limits),
            writing: Breaker::new("directory_writes", limits),
            index: Coalesce::new(options.lanes, 1, options.timeout),
            options,
            figures: Figures::default(),
            written: Mutex::default(),
            turn: AtomicUsize::new(0),
            database: address.database,
        });
        cluster.migrate().await?;
        Ok(cluster)
    }

    pub(crate) async fn close(&self) {
        for host in &self.hosts {
            host.reader.close().await;
            host.writer.close().await;
        }
    }

    fn host(&self, n: usize) -> Result<&Host, Fault> {
        self.hosts.get(n).ok_or(Fault::NoPrimary("there is no such server"))
    }

    /// Runs a transaction on the primary.
    pub(crate) async fn write<A, T, F>(&self, args: &A, act: &F) -> Stored<T>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T>,
    {
        self.guarded(true, |lead| self.transact(lead, args, act)).await
    }

    /// Runs reads of one moment on the primary.
    pub(crate) async fn read<A, T, F>(&self, args: &A, act: &F) -> Stored<T>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T>,
    {
        self.guarded(false, |lead| async move {
            let mut conn = Lent::of(&self.host(lead.host)?.reader).await?;
            conn.run(Dialect::MySql.begin_read()).await?;
            let mut tx = Tx { held: Held::Lent(conn), dialect: Dialect::MySql };
            let answer = act(&mut tx, args).await?;
            if let Held::Lent(conn) = &mut tx.held {
                conn.run("COMMIT").await?;
                conn.sound = true;
            }
            Ok(answer)
        })
        .await
    }

    /// One SELECT.
    pub(crate) async fn rows(
        self: &Arc<Self>,
        reads: Reads,
        sql: SqlStr,
        binds: &[Bind],
    ) -> Stored<Vec<AnyRow>> {
        match reads {
            Reads::Decide => self.decide(sql, binds).await,
            Reads::Show | Reads::List => self.show(reads, sql, binds).await,
        }
    }

    /// One SELECT on the primary.
    async fn decide(&self, sql: SqlStr, binds: &[Bind]) -> Stored<Vec<AnyRow>> {
        self.guarded(false, |lead| {
            let sql = sql.clone();
            async move {
                self.figures.primary_reads.add();
                select(Lent::of(&self.host(lead.host)?.reader).await?, sql, binds).await
            }
        })
        .await
    }

    /// The one place through which the primary is called: the breakers, the tries, and the proof that it was the primary.
    async fn guarded<T, R>(&self, writes: bool, call: impl Fn(Lead) -> R) -> Stored<T>
    where
        R: Future<Output = Result<T, Fault>>,
    {
        let tries = self.tries(writes, call);
        let breaker = if writes { &self.writing } else { &self.reading };
        match breaker.call(tries, |(_, sick)| *sick).await {
            Ok(answer) => Ok(answer),
            Err(Refused::Failed((error, _))) => Err(error),
            Err(Refused::Open) => {
                Err(StoreError::Unavailable("the database failed too often just now".into()))
            }
            Err(Refused::Timeout) => {
                if let Ok(lead) = self.watch.lead() {
                    self.watch.nudge(lead.host);
                }
                Err(StoreError::Unavailable("the database does not answer in time".into()))
            }
        }
    }

    async fn tries<T, R>(&self, writes: bool, call: impl Fn(Lead) -> R) -> Result<T, (StoreError, bool)>
    where
        R: Future<Output = Result<T, Fault>>,
    {
        let deadline = Instant::now() + self.options.patience;
        let mut conflicts = 0;
        loop {
            let confirmed = writes && !self.options.allow_unsafe;
            let fault = match self.watch.lead_within(deadline, confirmed).await {
                Ok(lead) => {
                    let answer = if writes {
                        // It looks after itself: what it leaves behind depends on how far it came.
                        call(lead).await
                    } else {
                        tokio::select! {
                            answer = call(lead) => answer,
                            () = self.watch.moved(lead.host) => Err(Fault::Moved),
                        }
                    };
                    match answer {
                        Ok(answer) => {
                            if self.believed(lead).await {
                                return Ok(answer);
                            }
                            if writes { Fault::Unknown } else { Fault::Moved }
                        }
                        Err(fault) => {
                            if fault.is_lost() {
                                self.watch.nudge(lead.host);
                            }
                            fault
                        }
                    }
                }
                Err(fault) => fault,
            };
            let lost = fault.is_lost();
            match judge(fault) {
                Verdict::Fail(error) => return Err((error, lost)),
                Verdict::Retry if lost => {
                    self.figures.lost.add();
                    if Instant::now() >= deadline {
                        return Err((
                            StoreError::Unavailable("the connection was lost each time".into()),
                            true,
                        ));
                    }
                }
                Verdict::Retry => {
                    self.figures.conflicts.add();
                    conflicts += 1;
                    if conflicts == TRIES {
                        tracing::warn!(conflicts, "a transaction found other writers in its way each time");
                        return Err((StoreError::Unavailable("other writers were in the way".into()), false));
                    }
                }
            }
            tokio::time::sleep(jitter(conflicts.max(1))).await;
        }
    }

    /// Whether a server that answered is still the primary. If the watch is late, its next look is waited for.
    async fn believed(&self, lead: Lead) -> bool {
        let now = Instant::now();
        if now < lead.until {
            return true;
        }
        let patience = now + Duration::from_millis(500);
        self.watch.lead_within(patience, false).await.is_ok_and(|again| again.host == lead.host)
    }

    async fn transact<A, T, F>(&self, lead: Lead, args: &A, act: &F) -> Result<T, Fault>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T>,
    {
        self.figures.transactions.add();
        let mut tx = None;
        let answer = tokio::select! {
            answer = self.prepare(lead, &mut tx, args, act) => answer,
            () = self.watch.moved(lead.host) => return Err(Fault::Moved),
        };
        let Some(Tx { held: Held::Lent(mut conn), .. }) = tx else {
            return Err(answer.err().unwrap_or(Fault::Moved));
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                if !fault.is_lost() {
                    conn.sound = conn.run("ROLLBACK").await.is_ok();
                }
                return Err(fault);
            }
        };
        // One round trip. From here on the outcome is unknown until it is there.
        let commit = sqlx::raw_sql("COMMIT; SELECT @@last_gtid").fetch_all(conn.conn());
        let rows = match tokio::time::timeout(self.options.commit_within, commit).await {
            Ok(Ok(rows)) => rows,
            Ok(Err(error)) if crate::fault::refused_commit(&error) => return Err(Fault::Sql(error)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a commit was not answered: its outcome is unknown");
                return Err(Fault::Unknown);
            }
            Err(_) => {
                tracing::warn!("a commit was not confirmed in time: its outcome is unknown");
                return Err(Fault::Unknown);
            }
        };
        conn.sound = true;
        if let Some(row) = rows.first() {
            self.written.lock().advance(&Position::parse(&crate::row::text(row, 0)?));
        }
        Ok(answer)
    }

    /// Everything of a transaction before its commit.
    async fn prepare<A, T, F>(&self, lead: Lead, tx: &mut Option<Tx>, args: &A, act: &F) -> Result<T, Fault>
    where
        F: for<'t> Fn(&'t mut Tx, &'t A) -> Doing<'t, T>,
    {
        let mut conn = Lent::of(&self.host(lead.host)?.writer).await?;
        conn.run(Dialect::MySql.begin_write()).await?;
        let tx = tx.insert(Tx { held: Held::Lent(conn), dialect: Dialect::MySql });
        act(tx, args).await
    }

    /// One SELECT for display, on a replica that has everything that was answered before this call, by whatever node.
    ///
    /// How far that is, the primary says; such questions wait together, too, and cost it next to nothing. When it is away,
    /// what this node itself changed is still waited for, and what another node changed just before may be missing:
    /// nobody is shown more by it than they were entitled to see a moment ago. [`Reads::List`] does without that.
    async fn show(self: &Arc<Self>, reads: Reads, sql: SqlStr, binds: &[Bind]) -> Stored<Vec<AnyRow>> {
        if self.hosts.len() == 1 || self.watch.replicas().is_empty() {
            return self.decide(sql, binds).await;
        }
        let position = match self.position().await {
            Ok(position) => position,
            Err(error) if reads == Reads::List => return Err(error),
            Err(_) => self.written.lock().clone(),
        };
        for (n, waits) in self.candidates(&position).into_iter().take(2) {
            let read = self.on_replica(n, waits, &position, sql.clone(), binds);
            let limit = self.options.replica_wait + Duration::from_millis(500);
            match tokio::time::timeout(limit, read).await {
                Ok(Ok(rows)) => {
                    self.figures.replica_reads.add();
                    return Ok(rows);
                }
                Ok(Err(fault)) => {
                    if let Verdict::Fail(error @ StoreError::Corrupt(_)) = judge(fault) {
                        return Err(error);
                    }
                }
                Err(_) => {
                    if let Ok(host) = self.host(n) {
                        *host.owes.lock() = Some(position.clone());
                    }
                }
            }
            self.watch.nudge(n);
        }
        self.figures.fallbacks.add();
        self.decide(sql, binds).await
    }

    /// How far the primary is now.
    async fn position(self: &Arc<Self>) -> Stored<Position> {
        let me = self.clone();
        self.figures.positions_asked.add();
        let position = self
            .index
            .get((), move |_| {
                let me = me.clone();
                async move {
                    me.figures.positions.add();
                    let rows = me
                        .decide(sqlx::SqlSafeStr::into_sql_str("SELECT @@global.gtid_binlog_pos"), &[])
                        .await?;
                    let text = rows.first().map(|row| crate::row::text(row, 0)).transpose();
                    let text = text.map_err(crate::store::failed)?.unwrap_or_default();
                    Ok(HashMap::from([((), Position::parse(&text))]))
                }
            })
            .await?;
        Ok(position.unwrap_or_default())
    }

    /// Replicas in the order in which they should be asked, and whether each may have to be waited for.
    fn candidates(&self, position: &Position) -> Vec<(usize, bool)> {
        let mut found = Vec::new();
        for (n, seen) in self.watch.replicas() {
            let Some(host) = self.hosts.get(n) else { continue };
            let mut applied = host.applied.lock();
            applied.advance(&seen);
            let mut owes = host.owes.lock();
            if owes.as_ref().is_some_and(|owes| !applied.covers(owes)) {
                continue;
            }
            *owes = None;
            found.push((n, !applied.covers(position)));
        }
        if !found.is_empty() {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % found.len();
            found.rotate_left(turn);
        }
        found.sort_by_key(|(_, waits)| *waits);
        found
    }

    async fn on_replica(
        &self,
        n: usize,
        waits: bool,
        position: &Position,
        sql: SqlStr,
        binds: &[Bind],
    ) -> Result<Vec<AnyRow>, Fault> {
        let host = self.host(n)?;
        let mut conn = Lent::of(&host.reader).await?;
        if waits {
            self.figures.replica_waits.add();
            let row = sqlx::query("SELECT CAST(MASTER_GTID_WAIT(?, ?) AS SIGNED)")
                .bind(position.text().to_owned())
                .bind(self.options.replica_wait.as_secs_f64())
                .fetch_one(conn.conn())
                .await?;
            if crate::row::opt_int(&row, 0)? != Some(0) {
                conn.sound = true;
                *host.owes.lock() = Some(position.clone());
                return Err(Fault::Late);
            }
            host.applied.lock().advance(position);
        }
        select(conn, sql, binds).await
    }

    /// Brings the tables up to date. One node at a time: whoever comes later waits, and finds the work done.
    async fn migrate(&self) -> Stored<()> {
        let deadline = Instant::now() + START;
        loop {
            let tried = match self.watch.lead_within(Instant::now() + PRIMARY, false).await {
                Ok(lead) => self.try_migrate(lead).await,
                Err(fault) => Err(fault),
            };
            let Err(fault) = tried else { return Ok(()) };
            match judge(fault) {
                Verdict::Retry if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(100)).await
                }
                Verdict::Retry => {
                    return Err(StoreError::Unavailable("the tables could not be brought up to date".into()));
                }
                Verdict::Fail(error) => return Err(error),
            }
        }
    }

    async fn try_migrate(&self, lead: Lead) -> Result<(), Fault> {
        let mut conn = Lent::of(&self.host(lead.host)?.writer).await?;
        // The lock is the connection's: it ends with it, also if this node dies.
        let row = sqlx::query("SELECT CAST(GET_LOCK(?, ?) AS SIGNED)")
            .bind(format!("guildhall-tables-{}", self.database).chars().take(64).collect::<String>())
            .bind(START.as_secs() as i64)
            .fetch_one(conn.conn())
            .await?;
        if crate::row::opt_int(&row, 0)? != Some(1) {
            return Err(Fault::NoPrimary("another node changes the tables"));
        }
        let mut tx = Tx { held: Held::Lent(conn), dialect: Dialect::MySql };
        migrations::run(&mut tx).await?;
        // Closed and not given back: with it goes the lock.
        Ok(())
    }
}

async fn select(mut conn: Lent, sql: SqlStr, binds: &[Bind]) -> Result<Vec<AnyRow>, Fault> {
    let rows = bound(sql, binds).fetch_all(conn.conn()).await;
    // An error of the server leaves the connection in order; one of the connection does not.
    conn.sound = matches!(&rows, Ok(_) | Err(sqlx::Error::Database(_)));
    Ok(rows?)
}
