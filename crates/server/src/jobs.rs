//! What is done from time to time without anybody asking.

use domain::World;
use domain::jobs::{self, Sweep};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Between two looks at the threads: Discord's archive times are hours and days, so a minute is soon enough.
const TURN: Duration = Duration::from_secs(60);

/// Looks for work each minute until the server stops. On many nodes each does so: what one has done, the others find done.
pub(crate) fn start(world: World, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turn = tokio::time::interval_at(tokio::time::Instant::now() + TURN, TURN);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stop.borrow_and_update() {
            tokio::select! {
                // A sender that is gone stops it as well.
                changed = stop.changed() => if changed.is_err() { return },
                _ = turn.tick() => {
                    archive(&world).await;
                    forget_mentions(&world).await;
                }
            }
        }
    })
}

/// Parts of old mentions that one turn forgets, 60,000 rows; the next one goes on.
const PARTS: usize = 60;

/// Mentions that are too old, part by part: sends have their turn in between.
async fn forget_mentions(world: &World) {
    for _ in 0..PARTS {
        match jobs::forget_mentions(world).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "old mentions could not be forgotten; the next minute they are tried again");
                return;
            }
        }
    }
}

/// All threads, part by part.
async fn archive(world: &World) {
    let mut sweep = Sweep::default();
    loop {
        match jobs::archive(world, &mut sweep).await {
            Ok(archived) => {
                if archived > 0 {
                    tracing::debug!(archived, "silent threads are archived");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "silent threads could not be archived; the next minute they are looked at again");
                return;
            }
        }
        if sweep.after.is_none() {
            return;
        }
    }
}
