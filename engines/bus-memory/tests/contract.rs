//! The contracts of the bus, presence, voice and rates ports.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use bus_memory::{BusMemory, PresencesMemory, RatesMemory, VoiceMemory};
use ports::bus::Bus;
use ports::presence::Presences;
use ports::rates::Rates;
use ports::voice::VoiceStates;
use std::sync::Arc;
use std::time::Duration;
use testkit::clock::ManualClock;
use testkit::conformance::presence::Passing;

const HEARTBEAT: Duration = Duration::from_millis(41_250);

struct Hands(Arc<ManualClock>);

impl Passing for Hands {
    fn heartbeat(&self) -> Duration {
        HEARTBEAT
    }

    async fn pass(&self, time: Duration) {
        let now = ports::clock::Clock::now(self.0.as_ref());
        let micros = i64::try_from(time.as_micros()).unwrap();
        self.0.set(model::Timestamp::from_micros(now.micros() + micros));
    }
}

mod bus {
    use super::*;

    async fn fresh() -> Arc<dyn Bus> {
        Arc::new(BusMemory::with_waiting(testkit::conformance::bus::WAITING))
    }

    testkit::bus_contract!(fresh());
}

mod presence {
    use super::*;

    async fn fresh() -> (Arc<dyn Presences>, Hands) {
        let clock = Arc::new(ManualClock::default());
        (Arc::new(PresencesMemory::new(clock.clone(), HEARTBEAT)), Hands(clock))
    }

    testkit::presence_contract!(fresh());
}

mod rates {
    use super::*;

    async fn fresh() -> (Arc<dyn Rates>, Hands) {
        let clock = Arc::new(ManualClock::default());
        (Arc::new(RatesMemory::new(clock.clone())), Hands(clock))
    }

    testkit::rates_contract!(fresh());
}

mod voice {
    use super::*;

    async fn fresh() -> (Arc<dyn VoiceStates>, Hands) {
        let clock = Arc::new(ManualClock::default());
        (Arc::new(VoiceMemory::new(clock.clone(), HEARTBEAT)), Hands(clock))
    }

    testkit::voice_contract!(fresh());
}
