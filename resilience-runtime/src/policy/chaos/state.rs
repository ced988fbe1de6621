//! What is to happen to each attempt. Pure: the numbers that decide come in, or follow from the seed.

use core::time::Duration;

use super::config::Settings;
use super::snapshot::ChaosSnapshot;
use crate::event::Fault;
use crate::rng;

/// What is to happen to an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// How long to wait first.
    pub(super) latency: Option<Duration>,
    /// How to end it in the place of the body.
    pub(super) end: Option<End>,
}

/// How an attempt ends in the place of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Error,
    Panic,
}

impl Plan {
    /// The fault that stands for the plan in spans: how the attempt is to end, or else that it is slow.
    pub(super) fn fault(&self) -> Option<Fault> {
        match self.end {
            Some(End::Error) => Some(Fault::Error),
            Some(End::Panic) => Some(Fault::Panic),
            None => self.latency.map(|_| Fault::Latency),
        }
    }
}

#[derive(Debug)]
pub(super) struct Machine {
    settings: Settings,
    attempts: u64,
    latencies: u64,
    errors: u64,
    panics: u64,
}

impl Machine {
    pub(super) const fn new(settings: Settings) -> Self {
        Self { settings, attempts: 0, latencies: 0, errors: 0, panics: 0 }
    }

    /// Decides on the next attempt; `has_error` says whether its function has an error to end it with.
    ///
    /// Always two numbers from 0 to below 1, whatever the rates: so a rate that changes leaves the faults of the others
    /// where they are.
    pub(super) fn plan(&mut self, has_error: bool, mut throw: impl FnMut() -> f64) -> Plan {
        let index = self.attempts;
        self.attempts = index.wrapping_add(1);
        let (end, latency) = match self.settings.seed {
            Some(seed) => {
                let at = |place: u64| rng::fraction_at(seed, index.wrapping_mul(2).wrapping_add(place));
                (at(0), at(1))
            }
            None => (throw(), throw()),
        };
        let Settings { panic_rate, error_rate, latency_rate, .. } = self.settings;
        let end = if end < panic_rate {
            Some(End::Panic)
        } else {
            // Errors come behind the panics, so that each has all of its rate.
            (has_error && end < panic_rate + error_rate).then_some(End::Error)
        };
        let latency = (latency < latency_rate).then_some(self.settings.latency);
        Plan { latency: latency.filter(|latency| !latency.is_zero()), end }
    }

    /// Counts a fault that is injected now.
    pub(super) fn count(&mut self, fault: Fault) {
        match fault {
            Fault::Latency => self.latencies += 1,
            Fault::Error => self.errors += 1,
            Fault::Panic => self.panics += 1,
        }
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }

    /// Goes on with other settings. Another seed begins with its first number.
    pub(super) fn reconfigure(&mut self, settings: Settings) {
        if settings.seed != self.settings.seed {
            self.attempts = 0;
        }
        self.settings = settings;
    }

    /// Begins with the first number of its seed, and counts from zero.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.settings);
    }

    pub(super) fn snapshot(&self, is_enabled: bool) -> ChaosSnapshot {
        let Self { attempts, latencies, errors, panics, .. } = *self;
        ChaosSnapshot { is_enabled, attempts, latencies, errors, panics }
    }
}
