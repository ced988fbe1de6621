//! A contended row under optimistic concurrency control.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::chance::Chance;

/// One way through the network in milliseconds: mean and standard deviation.
pub(crate) const NETWORK: (f64, f64) = (10.0, 2.0);

/// Another write came in between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conflict;

/// One row with a version. A write says which version it has read, and fails if that is no longer the row's.
#[derive(Debug)]
pub(crate) struct Row {
    chance: Chance,
    version: AtomicU64,
    writes: AtomicU64,
}

impl Row {
    pub(crate) fn new(seed: u64) -> Self {
        Self { chance: Chance::seeded(seed), version: AtomicU64::new(0), writes: AtomicU64::new(0) }
    }

    /// Reads the row and writes it, once: four ways through the network.
    pub(crate) async fn update(&self) -> Result<(), Conflict> {
        self.ways(1).await;
        let version = self.version.load(Ordering::Relaxed);
        self.ways(2).await;
        self.writes.fetch_add(1, Ordering::Relaxed);
        let written =
            self.version.compare_exchange(version, version + 1, Ordering::Relaxed, Ordering::Relaxed);
        self.ways(1).await;
        written.map(drop).map_err(|_| Conflict)
    }

    /// Writes so far, successful or not.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Answer and next request are one wait: nothing happens in between.
    async fn ways(&self, count: u32) {
        let (mean, deviation) = NETWORK;
        let ways = (0..count).map(|_| self.chance.normal_time(mean, deviation)).sum();
        tokio::time::sleep(ways).await;
    }
}
