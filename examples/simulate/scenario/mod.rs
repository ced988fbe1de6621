//! What is simulated. Another scenario is a module and a line in [`SCENARIOS`].

pub(crate) mod breaker;
pub(crate) mod contention;
pub(crate) mod retry;
pub(crate) mod storm;
pub(crate) mod tail;

use std::io;

use crate::page::Section;

/// A question to the simulator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) play: fn(Plan) -> io::Result<Section>,
}

/// In the order of the page.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario { name: "contention", play: contention::play },
    Scenario { name: "retry", play: retry::play },
    Scenario { name: "breaker", play: breaker::play },
    Scenario { name: "storm", play: storm::play },
    Scenario { name: "tail", play: tail::play },
];

/// How much is simulated, and from which seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Runs that figures are the mean of.
    pub(crate) runs: u64,
    /// The numbers of clients that compete for a row.
    pub(crate) clients: &'static [usize],
}

impl Plan {
    /// What is published.
    pub(crate) const fn full(seed: u64) -> Self {
        const CLIENTS: [usize; 19] =
            [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190];
        Self { seed, runs: 50, clients: &CLIENTS }
    }

    /// The seed of a run: far from its neighbours'.
    pub(crate) const fn seed_of(self, run: u64) -> u64 {
        self.seed.wrapping_add(run).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}
