//! Discord's limit of invalid requests: an address that was refused ten thousand times in ten minutes gets no other answer
//! until some of them are ten minutes old. It is for programs that go on asking with a dead token or into a full bucket.

use crate::app::App;
use crate::extract::Client;
use crate::ratelimit::{global, network};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Refusals of one address in [`WINDOW`].
const LIMIT: u32 = 10_000;
const WINDOW: Duration = Duration::from_secs(600);

/// Addresses that are kept out at the same time; more than these are counted and not kept out.
const ADDRESSES: usize = 10_000;

/// Who is kept out at this node, and until when. The others learn of it with its next refusal there.
#[derive(Debug, Default)]
pub(crate) struct Barred(RwLock<HashMap<IpAddr, Instant>>);

impl Barred {
    /// How long an address must still wait.
    fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let until = *self.0.read().get(&address)?;
        Some(until.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    fn keep_out(&self, address: IpAddr, now: Instant, wait: Duration) {
        let mut barred = self.0.write();
        if barred.len() >= ADDRESSES {
            barred.retain(|_, until| *until > now);
        }
        if barred.len() < ADDRESSES {
            barred.insert(address, now + wait);
        }
    }
}

/// Discord's invalid requests.
const fn is_invalid(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS)
}

/// The layer before everything that may refuse.
pub(crate) async fn bar(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.world.policy.throttle {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(Client(client)) = Client::from_request_parts(&mut parts, &app).await;
    let address = network(client.ip);
    if let Some(wait) = app.barred.wait(address, Instant::now()) {
        return global(wait);
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    if is_invalid(response.status())
        && let Err(wait) = app.world.ports.rates.hit(&format!("invalid:{address}"), LIMIT, WINDOW).await
    {
        app.barred.keep_out(address, Instant::now(), wait);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_kept_out_comes_in_again_and_others_are_not_forgotten_for_it() {
        let barred = Barred::default();
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let address = |n: usize| IpAddr::from([10, 0, (n >> 8) as u8, n as u8]);
        for n in 0..ADDRESSES {
            barred.keep_out(address(n), now, second * 2);
        }
        assert_eq!(barred.wait(address(7), now + second), Some(second));
        assert_eq!(barred.wait(address(7), now + second * 2), None);
        let late = IpAddr::from([11, 0, 0, 1]);
        barred.keep_out(late, now, second);
        assert_eq!(barred.wait(late, now), None, "there is no room while all are kept out");
        barred.keep_out(late, now + second * 3, second);
        assert_eq!(barred.wait(late, now + second * 3), Some(second));
    }
}
