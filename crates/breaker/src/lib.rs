//! A time limit and a circuit breaker around every call of an engine that other machines serve, with its metrics.
//!
//! An engine that does not answer must not take the callers' time and memory with it: after some failures in a row calls
//! are refused at once, and one call in a while finds out whether it is back.
//!
//! Metrics: `engine_calls{engine,outcome}` (outcome `ok`, `failed`, `timeout`, `refused`), `engine_seconds{engine}`,
//! `engine_breaker_open{engine}` (0 or 1), `engine_breaker_opened{engine}` (how often).

use parking_lot::Mutex;
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest that one call may take.
    pub timeout: Duration,
    /// It opens after so many failures in a row.
    pub failures: u32,
    /// How long it stays open before one call is let through.
    pub open_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), failures: 8, open_for: Duration::from_secs(1) }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused<E> {
    /// The call was not made: the engine failed too often just before.
    Open,
    /// The engine did not answer in time; whether the call took effect is unknown.
    Timeout,
    /// The engine answered with a failure.
    Failed(E),
}

#[derive(Debug)]
struct State {
    failures: u32,
    /// Until when calls are refused.
    open_until: Option<Instant>,
}

/// A breaker; one for each engine.
#[derive(Debug)]
pub struct Breaker {
    engine: &'static str,
    limits: Limits,
    state: Mutex<State>,
}

impl Breaker {
    /// A closed one. `engine` is its name in metrics and in the log.
    pub fn new(engine: &'static str, limits: Limits) -> Self {
        metrics::gauge!("engine_breaker_open", "engine" => engine).set(0.0);
        Self { engine, limits, state: Mutex::new(State { failures: 0, open_until: None }) }
    }

    /// Whether calls are refused at the moment.
    pub fn is_open(&self) -> bool {
        self.state.lock().open_until.is_some_and(|until| Instant::now() < until)
    }

    /// Makes a call within the time limit, or refuses it. `sick` says which failures speak of a sick engine: a refusal
    /// that the engine is right about (a conflict, a bad statement) does not.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        sick: impl FnOnce(&E) -> bool,
    ) -> Result<T, Refused<E>> {
        if !self.admit() {
            self.count("refused");
            return Err(Refused::Open);
        }
        let begun = Instant::now();
        let answer = tokio::time::timeout(self.limits.timeout, call).await;
        metrics::histogram!("engine_seconds", "engine" => self.engine).record(begun.elapsed().as_secs_f64());
        match answer {
            Ok(Ok(answer)) => {
                self.count("ok");
                self.well();
                Ok(answer)
            }
            Ok(Err(error)) => {
                self.count("failed");
                if sick(&error) {
                    self.ill()
                } else {
                    self.well()
                }
                Err(Refused::Failed(error))
            }
            Err(_) => {
                self.count("timeout");
                self.ill();
                Err(Refused::Timeout)
            }
        }
    }

    /// Whether a call may be made. When the time of refusal is over, one call tries, and the others are refused until it
    /// is known how that one ended, or its time limit has passed.
    fn admit(&self) -> bool {
        let mut state = self.state.lock();
        let now = Instant::now();
        match state.open_until {
            Some(until) if now < until => false,
            Some(_) => {
                state.open_until = Some(now + self.limits.timeout);
                true
            }
            None => true,
        }
    }

    fn well(&self) {
        let mut state = self.state.lock();
        state.failures = 0;
        if state.open_until.take().is_some() {
            drop(state);
            tracing::info!(engine = self.engine, "the engine answers again");
            metrics::gauge!("engine_breaker_open", "engine" => self.engine).set(0.0);
        }
    }

    fn ill(&self) {
        let mut state = self.state.lock();
        state.failures = state.failures.saturating_add(1);
        if state.failures < self.limits.failures {
            return;
        }
        let newly = state.open_until.replace(Instant::now() + self.limits.open_for).is_none();
        drop(state);
        if newly {
            tracing::warn!(
                engine = self.engine,
                "the engine failed too often: its calls are refused for a moment"
            );
            metrics::gauge!("engine_breaker_open", "engine" => self.engine).set(1.0);
            metrics::counter!("engine_breaker_opened", "engine" => self.engine).increment(1);
        }
    }

    fn count(&self, outcome: &'static str) {
        metrics::counter!("engine_calls", "engine" => self.engine, "outcome" => outcome).increment(1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    const LIMITS: Limits =
        Limits { timeout: Duration::from_secs(2), failures: 3, open_for: Duration::from_secs(1) };

    async fn slow(breaker: &Breaker) -> Result<(), Refused<()>> {
        breaker.call(std::future::pending::<Result<(), ()>>(), |()| true).await
    }

    async fn quick(breaker: &Breaker) -> Result<(), Refused<()>> {
        breaker.call(async { Ok::<(), ()>(()) }, |()| true).await
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_failures_in_a_row_and_closes_when_one_try_succeeds() {
        let breaker = Breaker::new("test", LIMITS);
        for _ in 0..3 {
            assert_eq!(slow(&breaker).await, Err(Refused::Timeout));
        }
        assert!(breaker.is_open());
        assert_eq!(quick(&breaker).await, Err(Refused::Open));
        tokio::time::advance(Duration::from_secs(1)).await;
        // One tries; the next is refused although the time is over.
        let (first, second) = tokio::join!(slow(&breaker), quick(&breaker));
        assert_eq!((first, second), (Err(Refused::Timeout), Err(Refused::Open)));
        assert!(breaker.is_open());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(quick(&breaker).await, Ok(()));
        assert!(!breaker.is_open());
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_that_the_engine_is_right_about_do_not_open_it() {
        let breaker = Breaker::new("test", LIMITS);
        for _ in 0..10 {
            let answer = breaker.call(async { Err::<(), _>("conflict") }, |_| false).await;
            assert_eq!(answer, Err(Refused::Failed("conflict")));
        }
        for _ in 0..2 {
            assert!(slow(&breaker).await.is_err());
        }
        assert_eq!(quick(&breaker).await, Ok(()));
        for _ in 0..2 {
            assert!(slow(&breaker).await.is_err());
        }
        assert!(!breaker.is_open(), "only failures in a row count");
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_whose_caller_went_away_does_not_keep_it_open_for_ever() {
        let breaker = Breaker::new("test", LIMITS);
        for _ in 0..3 {
            assert!(slow(&breaker).await.is_err());
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(tokio::time::timeout(Duration::from_millis(1), slow(&breaker)).await.is_err());
        tokio::time::advance(LIMITS.timeout).await;
        assert_eq!(quick(&breaker).await, Ok(()));
    }
}
