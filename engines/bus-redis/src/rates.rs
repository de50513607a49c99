//! Attempts in sliding windows, counted by a script; by this node alone while Redis is away.

use crate::BusRedis;
use crate::cluster::{Fault, Request, number};
use async_trait::async_trait;
use parking_lot::Mutex;
use ports::rates::Rates;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Above this limit, attempts that lie close together are counted as one place in time, the later one: a window is
/// never exceeded, and a key needs little.
const EXACT: u32 = 64;

/// Keys that each of two generations holds while Redis is away.
const KEYS: usize = 100_000;

/// ARGV: now, window, limit, step (microseconds). Answers how many are left, as a negative number or
/// 0, or how long to wait. The value is a list of moments and counts, oldest first.
const HIT: &str = r"
local now, window, limit, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local value = redis.call('GET', KEYS[1])
local past = value and cmsgpack.unpack(value) or {}
local kept, counted = {}, 0
for n = 1, #past, 2 do
  if past[n] + window > now then
    kept[#kept + 1] = past[n]
    kept[#kept + 1] = past[n + 1]
    counted = counted + past[n + 1]
  end
end
if counted >= limit then
  local left = counted
  for n = 1, #kept, 2 do
    left = left - kept[n + 1]
    if left < limit then return kept[n] + window - now end
  end
  return window
end
if step > 0 and #kept > 0 and kept[#kept - 1] >= now then
  kept[#kept] = kept[#kept] + 1
else
  kept[#kept + 1] = now + step
  kept[#kept + 1] = 1
end
redis.call('SET', KEYS[1], cmsgpack.pack(kept), 'PX', math.ceil(window / 500) + 1000)
return counted + 1 - limit
";

/// What this node counts by itself.
#[derive(Default)]
pub(crate) struct Local {
    /// Keyed by secrets of this process, so that nobody can make two keys that meet.
    hasher: RandomState,
    /// A young generation and an old one, which is dropped when the young one is full.
    halves: Mutex<(Windows, Windows)>,
}

/// Moments and counts, oldest first, by the key's hash.
type Windows = HashMap<u64, Vec<(i64, u32)>>;

impl Local {
    fn hit(&self, key: &str, limit: u32, window: i64, now: i64) -> Result<u32, i64> {
        let hash = self.hasher.hash_one(key);
        let mut halves = self.halves.lock();
        let (young, old) = &mut *halves;
        let mut past = young.remove(&hash).or_else(|| old.remove(&hash)).unwrap_or_default();
        let outcome = count(&mut past, limit, window, now);
        if !past.is_empty() {
            young.insert(hash, past);
        }
        if young.len() >= KEYS {
            *old = std::mem::take(young);
        }
        outcome
    }

    fn clear(&self, key: &str) {
        let hash = self.hasher.hash_one(key);
        let mut halves = self.halves.lock();
        halves.0.remove(&hash);
        halves.1.remove(&hash);
    }
}

/// The same as the script.
fn count(past: &mut Vec<(i64, u32)>, limit: u32, window: i64, now: i64) -> Result<u32, i64> {
    past.retain(|(at, _)| at.saturating_add(window) > now);
    let mut counted: u64 = past.iter().map(|(_, count)| u64::from(*count)).sum();
    if counted < u64::from(limit) {
        let step = step(limit, window);
        match past.last_mut() {
            Some((at, count)) if step > 0 && *at >= now => *count = count.saturating_add(1),
            _ => past.push((now.saturating_add(step), 1)),
        }
        let left = u64::from(limit) - counted - 1;
        return Ok(u32::try_from(left).unwrap_or(u32::MAX));
    }
    for (at, count) in past.iter() {
        counted -= u64::from(*count);
        if counted < u64::from(limit) {
            return Err(at.saturating_add(window).saturating_sub(now));
        }
    }
    Err(window)
}

const fn step(limit: u32, window: i64) -> i64 {
    if limit > EXACT { window / EXACT as i64 } else { 0 }
}

/// 128 bits of a key, the same on every node. Somebody who makes two keys that meet shares a limit with himself.
fn digest(key: &str) -> u128 {
    // FNV-1a.
    key.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

fn micros(wait: i64) -> Duration {
    Duration::from_micros(u64::try_from(wait).unwrap_or(0))
}

#[async_trait]
impl Rates for BusRedis {
    async fn hit(&self, key: &str, limit: u32, window: Duration) -> Result<u32, Duration> {
        let now = self.shared.micros();
        // A year is long enough, and small enough for the script's numbers.
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX).min(31_536_000_000_000);
        let wait = if self.shared.hub.alone() {
            None
        } else {
            let request = Request::script(HIT, &self.shared.keys.attempts(digest(key)))
                .arg(now)
                .arg(window)
                .arg(limit)
                .arg(step(limit, window));
            let sick = |fault: &Fault| matches!(fault, Fault::Away(_));
            let answer = self.throttle.call(self.shared.cluster.one(request), sick).await;
            answer.ok().as_ref().and_then(number)
        };
        let wait = match wait {
            Some(wait) => wait,
            None => return self.attempts.hit(key, limit, window, now).map_err(micros),
        };
        if wait > 0 { Err(micros(wait)) } else { Ok(u32::try_from(wait.unsigned_abs()).unwrap_or(u32::MAX)) }
    }

    async fn clear(&self, key: &str) {
        self.attempts.clear(key);
        if !self.shared.hub.alone() {
            let request = Request::new("DEL", &self.shared.keys.attempts(digest(key)));
            let sick = |fault: &Fault| matches!(fault, Fault::Away(_));
            let _ = self.throttle.call(self.shared.cluster.one(request), sick).await;
        }
    }
}
