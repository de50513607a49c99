//! The one place where statements go to the ring: time limit, breaker, repeating, counting.

use crate::fault::{Failure, Fate, Faults, is_sick};
use breaker::{Breaker, Limits, Refused};
use ports::{StoreError, Stored};
use scylla::client::session::Session;
use scylla::deserialize::row::DeserializeRow;
use scylla::errors::ExecutionError;
use scylla::response::query_result::{QueryResult, QueryRowsResult};
use scylla::serialize::row::SerializeRow;
use scylla::statement::bound::BoundStatement;
use scylla::statement::prepared::PreparedStatement;
use scylla::value::{CqlValue, Row};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// When the ring counts as sick. Two thirds of what a caller has for a send go by before the second try.
const LIMITS: Limits =
    Limits { timeout: Duration::from_millis(1_800), failures: 16, open_for: Duration::from_millis(500) };

/// The shortest pause before a statement is repeated; it doubles up to [`LONG_PAUSE`].
const PAUSE: Duration = Duration::from_millis(10);
const LONG_PAUSE: Duration = Duration::from_millis(200);

/// A statement with its name in metrics and tests.
pub(crate) struct Prepared {
    pub(crate) name: &'static str,
    pub(crate) statement: PreparedStatement,
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cas {
    Applied,
    /// The condition did not hold.
    Lost,
    /// Nobody knows: read what is there, with a statement that waits for what is under way.
    Unknown,
}

/// How much was asked of the ring so far; for tests and figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Statements.
    pub statements: u64,
    /// Conditional ones among them.
    pub conditional: u64,
    /// Repetitions among them.
    pub repeated: u64,
    /// Reads that were answered by another caller's.
    pub coalesced: u64,
}

pub(crate) struct Link {
    session: Arc<Session>,
    breaker: Breaker,
    faults: Option<Faults>,
    statements: AtomicU64,
    conditional: AtomicU64,
    repeated: AtomicU64,
    coalesced: AtomicU64,
}

impl Link {
    pub(crate) fn new(session: Arc<Session>, faults: Option<Faults>) -> Self {
        Self {
            session,
            breaker: Breaker::new("messages", LIMITS),
            faults,
            statements: AtomicU64::new(0),
            conditional: AtomicU64::new(0),
            repeated: AtomicU64::new(0),
            coalesced: AtomicU64::new(0),
        }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            statements: self.statements.load(Ordering::Relaxed),
            conditional: self.conditional.load(Ordering::Relaxed),
            repeated: self.repeated.load(Ordering::Relaxed),
            coalesced: self.coalesced.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn coalesced(&self, reads: u64) {
        if reads > 0 {
            self.coalesced.fetch_add(reads, Ordering::Relaxed);
            metrics::counter!("guildhall_messages_coalesced_reads").increment(reads);
        }
    }

    async fn once(&self, name: &'static str, bound: &BoundStatement) -> Result<QueryResult, Failure> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let fate = self.faults.as_ref().map_or(Fate::Run, |faults| faults(name));
        match fate {
            Fate::Run | Fate::Unanswered => {}
            Fate::Lost => return Err(Failure::Unknown("a test lost the statement".into())),
            Fate::Late(by) => {
                let (session, bound) = (self.session.clone(), bound.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(by).await;
                    let _ = session.execute_bound_unpaged(&bound).await;
                });
                return Err(Failure::Unknown("a test delays the statement".into()));
            }
        }
        let call = self.session.execute_bound_unpaged(bound);
        match self.breaker.call(call, |error: &ExecutionError| is_sick(error)).await {
            Ok(_) if fate == Fate::Unanswered => {
                Err(Failure::Unknown("a test lost the answer of the statement".into()))
            }
            Ok(answer) => Ok(answer),
            Err(Refused::Open) => Err(Failure::Unknown("the ring failed too often just before".into())),
            Err(Refused::Timeout) => Err(Failure::Unknown(format!("{name} was not answered in time"))),
            Err(Refused::Failed(error)) => Err(Failure::of(&error)),
        }
    }

    /// Runs a statement that may be repeated, until it is answered or the time is up.
    pub(crate) async fn insist(
        &self,
        prepared: &Prepared,
        values: impl SerializeRow,
        until: Instant,
    ) -> Stored<QueryResult> {
        in_time(prepared.name, until)?;
        let bound = bind(prepared, &values)?;
        let mut pause = PAUSE;
        loop {
            match self.once(prepared.name, &bound).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Unknown(_)) if Instant::now() + pause < until => {
                    self.again(prepared.name);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONG_PAUSE);
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Like [`Link::insist`], for a statement that answers with rows.
    pub(crate) async fn rows<T>(
        &self,
        prepared: &Prepared,
        values: impl SerializeRow,
        until: Instant,
    ) -> Stored<Vec<T>>
    where
        T: for<'a> DeserializeRow<'a, 'a>,
    {
        let rows = into_rows(prepared.name, self.insist(prepared, values, until).await?)?;
        let damaged =
            |error: &dyn std::fmt::Display| StoreError::Corrupt(format!("{}: {error}", prepared.name));
        rows.rows::<T>()
            .map_err(|error| damaged(&error))?
            .map(|row| row.map_err(|error| damaged(&error)))
            .collect()
    }

    /// Like [`Link::rows`], for at most one row.
    pub(crate) async fn row<T>(
        &self,
        prepared: &Prepared,
        values: impl SerializeRow,
        until: Instant,
    ) -> Stored<Option<T>>
    where
        T: for<'a> DeserializeRow<'a, 'a>,
    {
        Ok(self.rows(prepared, values, until).await?.into_iter().next())
    }

    /// Tries a conditional write once. An unknown outcome is the caller's to look into.
    ///
    /// # Errors
    /// The time was up before it began.
    pub(crate) async fn cas(
        &self,
        prepared: &Prepared,
        values: impl SerializeRow,
        until: Instant,
    ) -> Stored<Cas> {
        in_time(prepared.name, until)?;
        self.conditional.fetch_add(1, Ordering::Relaxed);
        let cas = match self.once(prepared.name, &bind(prepared, &values)?).await {
            Ok(answer) => {
                let rows = into_rows(prepared.name, answer)?;
                let row = rows
                    .maybe_first_row::<Row>()
                    .map_err(|error| StoreError::Corrupt(format!("{}: {error}", prepared.name)))?;
                match row.and_then(|row| row.columns.into_iter().next()).flatten() {
                    Some(CqlValue::Boolean(true)) => Cas::Applied,
                    Some(CqlValue::Boolean(false)) => Cas::Lost,
                    _ => {
                        return Err(StoreError::Corrupt(format!(
                            "{}: no [applied] in its answer",
                            prepared.name
                        )));
                    }
                }
            }
            Err(Failure::Unknown(why)) => {
                tracing::debug!(
                    statement = prepared.name,
                    why,
                    "the outcome of a conditional write is unknown"
                );
                Cas::Unknown
            }
            Err(refused) => return Err(refused.into()),
        };
        let outcome = match cas {
            Cas::Applied => "applied",
            Cas::Lost => "lost",
            Cas::Unknown => "unknown",
        };
        metrics::counter!("guildhall_messages_conditional_writes", "statement" => prepared.name, "outcome" => outcome)
            .increment(1);
        Ok(cas)
    }

    /// Counts a repetition.
    pub(crate) fn again(&self, name: &'static str) {
        self.repeated.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("guildhall_messages_repeated_statements", "statement" => name).increment(1);
    }
}

/// Nothing is begun when the time is up: a process that was paused meanwhile must not do what everybody gave up on, and
/// nobody would be told.
fn in_time(name: &str, until: Instant) -> Stored<()> {
    if Instant::now() < until {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!("{name}: the time was up before it began")))
}

fn bind(prepared: &Prepared, values: &impl SerializeRow) -> Stored<BoundStatement> {
    prepared
        .statement
        .clone()
        .bind(values)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", prepared.name)))
}

fn into_rows(name: &'static str, answer: QueryResult) -> Stored<QueryRowsResult> {
    answer.into_rows_result().map_err(|error| StoreError::Corrupt(format!("{name}: {error}")))
}
