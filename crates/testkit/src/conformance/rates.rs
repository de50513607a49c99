//! The contract of [`ports::rates::Rates`]. An engine runs it with [`rates_contract`](crate::rates_contract).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a contract fails"
)]

use super::presence::Passing;
use ports::rates::Rates;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an `Arc<dyn Rates>` that counted nothing and something that is
/// [`Passing`](crate::conformance::presence::Passing).
#[macro_export]
macro_rules! rates_contract {
    ($fresh:expr) => {
        $crate::contract!(
            rates,
            $fresh,
            [
                up_to_the_limit_is_allowed,
                the_wait_that_is_told_is_enough_and_needed,
                a_refused_attempt_is_not_counted,
                no_window_holds_more_than_the_limit,
                high_limits_hold_too,
                a_limit_of_nothing_allows_nothing,
                keys_are_counted_apart,
                clearing_forgets_one_key,
                attempts_at_once_are_all_counted,
            ]
        );
    };
}

type Fresh<P> = (Arc<dyn Rates>, P);

const WINDOW: Duration = Duration::from_secs(10);

/// The limit itself is allowed at once, one more is not.
pub async fn up_to_the_limit_is_allowed(fresh: Fresh<impl Passing>) {
    let (rates, _) = fresh;
    for limit in [1, 5, 50, 500] {
        let key = format!("k{limit}");
        for n in 0..limit {
            let left = rates.hit(&key, limit, WINDOW).await;
            assert_eq!(left, Ok(limit - n - 1), "{n} of {limit}");
        }
        assert!(rates.hit(&key, limit, WINDOW).await.is_err(), "{limit}");
    }
}

/// After the wait the next attempt is allowed; well before, it is not.
pub async fn the_wait_that_is_told_is_enough_and_needed(fresh: Fresh<impl Passing>) {
    let (rates, time) = fresh;
    for _ in 0..3 {
        rates.hit("k", 3, WINDOW).await.unwrap();
        time.pass(WINDOW / 10).await;
    }
    let wait = rates.hit("k", 3, WINDOW).await.unwrap_err();
    assert!(wait > WINDOW / 2 && wait <= WINDOW, "{wait:?}");
    time.pass(wait / 2).await;
    let rest = rates.hit("k", 3, WINDOW).await.unwrap_err();
    assert!(rest <= wait / 2 + WINDOW / 100, "{rest:?} of {wait:?}");
    time.pass(rest).await;
    assert!(rates.hit("k", 3, WINDOW).await.is_ok());
    assert!(rates.hit("k", 3, WINDOW).await.is_err());
}

/// Hammering does not lengthen the wait.
pub async fn a_refused_attempt_is_not_counted(fresh: Fresh<impl Passing>) {
    let (rates, time) = fresh;
    rates.hit("k", 1, WINDOW).await.unwrap();
    for _ in 0..9 {
        time.pass(WINDOW / 10).await;
        assert!(rates.hit("k", 1, WINDOW).await.is_err());
    }
    time.pass(WINDOW / 10).await;
    assert!(rates.hit("k", 1, WINDOW).await.is_ok());
}

/// Whatever the rhythm of the attempts, no window holds more than the limit.
pub async fn no_window_holds_more_than_the_limit(fresh: Fresh<impl Passing>) {
    let (rates, time) = fresh;
    hold(&rates, &time, 7, 2_000).await;
}

/// So it is where an engine may count several attempts as one, and it does not starve anybody either.
pub async fn high_limits_hold_too(fresh: Fresh<impl Passing>) {
    let (rates, time) = fresh;
    hold(&rates, &time, 200, 20_000).await;
}

async fn hold(rates: &Arc<dyn Rates>, time: &impl Passing, limit: u32, attempts: u32) {
    let (mut now, mut allowed, mut total) = (Duration::ZERO, VecDeque::new(), 0u32);
    let mut seed = 7u64;
    for _ in 0..attempts {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // About three times as many attempts as are allowed.
        let step = WINDOW / limit / 3 * u32::try_from(seed >> 33).unwrap().wrapping_rem(3);
        time.pass(step).await;
        now += step;
        if rates.hit("k", limit, WINDOW).await.is_ok() {
            total += 1;
            allowed.push_back(now);
        }
        while allowed.front().is_some_and(|first: &Duration| *first + WINDOW <= now) {
            allowed.pop_front();
        }
        assert!(allowed.len() <= limit as usize, "{} in a window at {now:?}", allowed.len());
    }
    let fair = now.as_micros() * u128::from(limit) / WINDOW.as_micros();
    assert!(u128::from(total) * 10 >= fair * 9, "{total} allowed, {fair} would be fair");
}

/// Zero is a limit.
pub async fn a_limit_of_nothing_allows_nothing(fresh: Fresh<impl Passing>) {
    let (rates, time) = fresh;
    for _ in 0..3 {
        let wait = rates.hit("k", 0, WINDOW).await.unwrap_err();
        assert!(wait > Duration::ZERO);
        time.pass(wait).await;
    }
}

/// One key's attempts are nobody else's.
pub async fn keys_are_counted_apart(fresh: Fresh<impl Passing>) {
    let (rates, _) = fresh;
    for key in ["", "a", "b", "a\0", "ä", "login:a:b"] {
        assert_eq!(rates.hit(key, 1, WINDOW).await, Ok(0), "{key:?}");
        assert!(rates.hit(key, 1, WINDOW).await.is_err(), "{key:?}");
    }
}

/// A cleared key begins anew; the others go on.
pub async fn clearing_forgets_one_key(fresh: Fresh<impl Passing>) {
    let (rates, _) = fresh;
    rates.hit("a", 1, WINDOW).await.unwrap();
    rates.hit("b", 1, WINDOW).await.unwrap();
    rates.clear("a").await;
    rates.clear("never used").await;
    assert!(rates.hit("a", 1, WINDOW).await.is_ok());
    assert!(rates.hit("b", 1, WINDOW).await.is_err());
}

/// Concurrency does not let more through.
pub async fn attempts_at_once_are_all_counted(fresh: Fresh<impl Passing>) {
    let (rates, _) = fresh;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let rates = rates.clone();
            tokio::spawn(async move { rates.hit("k", 10, WINDOW).await.is_ok() })
        })
        .collect();
    let mut allowed = 0;
    for task in tasks {
        allowed += u32::from(task.await.unwrap());
    }
    assert_eq!(allowed, 10);
}
