//! The contracts of the five ports.

use crate::ground::{node, on_shared};
use bus_redis::Options;
use model::Timestamp;
use ports::bus::Bus;
use ports::clock::Clock as _;
use ports::presence::Presences;
use ports::rates::Rates;
use ports::sessions::Sessions;
use ports::voice::VoiceStates;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::ManualClock;
use testkit::conformance::presence::Passing;

struct Hands(Arc<ManualClock>);

impl Passing for Hands {
    fn heartbeat(&self) -> Duration {
        Options::default().heartbeat
    }

    async fn pass(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap();
        self.0.set(Timestamp::from_micros(self.0.now().micros() + micros));
    }
}

mod bus {
    use super::*;

    async fn fresh() -> Arc<dyn Bus> {
        node(&Options { waiting: testkit::conformance::bus::WAITING, ..on_shared().await }).await
    }

    testkit::bus_contract!(fresh());
}

mod sessions {
    use super::*;

    async fn fresh() -> (Arc<dyn Bus>, Arc<dyn Sessions>) {
        let node = node(&on_shared().await).await;
        (node.clone(), node)
    }

    testkit::sessions_contract!(fresh());
}

mod presence {
    use super::*;

    async fn fresh() -> (Arc<dyn Presences>, Hands) {
        let clock = Arc::new(ManualClock::default());
        let options = Options { clock: Some(clock.clone()), ..on_shared().await };
        (node(&options).await, Hands(clock))
    }

    testkit::presence_contract!(fresh());
}

mod rates {
    use super::*;

    async fn fresh() -> (Arc<dyn Rates>, Hands) {
        let clock = Arc::new(ManualClock::default());
        let options = Options { clock: Some(clock.clone()), ..on_shared().await };
        (node(&options).await, Hands(clock))
    }

    testkit::rates_contract!(fresh());
}

mod voice {
    use super::*;

    async fn fresh() -> (Arc<dyn VoiceStates>, Hands) {
        let clock = Arc::new(ManualClock::default());
        let options = Options { clock: Some(clock.clone()), ..on_shared().await };
        (node(&options).await, Hands(clock))
    }

    testkit::voice_contract!(fresh());
}
