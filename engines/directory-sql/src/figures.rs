//! What a directory that servers keep costs, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// One count, here and as a metric.
#[derive(Debug)]
pub(crate) struct Figure {
    count: AtomicU64,
    metric: &'static str,
}

impl Figure {
    const fn new(metric: &'static str) -> Self {
        Self { count: AtomicU64::new(0), metric }
    }

    pub(crate) fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        metrics::counter!(self.metric, "engine" => "directory").increment(1);
    }

    fn get(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident: $metric:literal;)+) => {
        /// How often what happened since the directory was connected. The same figures are metrics,
        /// `directory_…{engine="directory"}`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)+
        }

        #[derive(Debug)]
        pub(crate) struct Figures {
            $(pub(crate) $name: Figure,)+
        }

        impl Default for Figures {
            fn default() -> Self {
                Self { $($name: Figure::new($metric),)+ }
            }
        }

        impl Figures {
            pub(crate) fn counts(&self) -> Counts {
                Counts { $($name: self.$name.get(),)+ }
            }
        }
    };
}

figures! {
    /// Tokens, scopes, relationships, memberships and guilds' versions that were asked for.
    asked: "directory_reads_coalesced";
    /// Round trips to the primary that answered them.
    round_trips: "directory_read_round_trips";
    /// All SELECTs on the primary, those for [`Counts::round_trips`] and [`Counts::positions`] included.
    primary_reads: "directory_primary_reads";
    /// Reads for display that asked the primary how far it is.
    positions_asked: "directory_positions_asked";
    /// Round trips that answered them.
    positions: "directory_positions";
    /// Reads for display that a replica answered.
    replica_reads: "directory_replica_reads";
    /// Reads for display that waited for a replica.
    replica_waits: "directory_replica_waits";
    /// Reads for display that no replica answered in time, so that the primary did.
    fallbacks: "directory_replica_fallbacks";
    /// Transactions begun, repetitions included.
    transactions: "directory_transactions";
    /// Repetitions after a conflict with another writer.
    conflicts: "directory_retries_conflict";
    /// Repetitions after a lost connection or a new primary.
    lost: "directory_retries_lost";
}
