//! The limit of an adaptive bulkhead, pure: calls that ended come in, a limit comes out.
//!
//! Both rules work in rounds. A round is long enough to hear of the limit it began with: a call that started before
//! the round says nothing about it, so that the calls of one bad moment lower the limit once and not each.

use core::time::Duration;

use super::config::{Bounds, Rule};
use crate::time::{Tick, is_another_clock};

/// How many calls have their mean latency compared, unless the limit is higher: with fewer, the scatter of usual
/// latencies would be taken for load.
const ROUND: u32 = 50;

/// How many are enough under a limit of one or two. Their mean is less exact, but fifty calls one after the other
/// would hold the limit down long after the reason is gone.
const SHORTEST_ROUND: u32 = 10;

/// How long a latency without load is trusted.
///
/// A dependency that got slower for good looks overloaded until the next measurement; each costs a round at half
/// the limit.
const PROBE_EVERY: Duration = Duration::from_secs(30);

/// A latency is taken for another if it differs by a tenth.
const SAME: f64 = 1.1;

/// A call that ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) started: Tick,
    pub(super) ended: Tick,
    /// The calls inside, this one included, when it ended.
    pub(super) in_flight: u32,
    pub(super) failed: bool,
}

impl Sample {
    fn latency(&self) -> Duration {
        self.ended.since(self.started)
    }
}

/// The calls of a round so far.
#[derive(Clone, Copy, Debug)]
struct Round {
    since: Tick,
    calls: u32,
    failures: u32,
    /// In seconds, of those that did not fail.
    latency_sum: f64,
    /// The most calls inside.
    peak: u32,
}

impl Round {
    const fn begin(since: Tick) -> Self {
        Self { since, calls: 0, failures: 0, latency_sum: 0.0, peak: 0 }
    }

    fn add(&mut self, sample: &Sample) {
        self.calls += 1;
        if sample.failed {
            self.failures += 1;
        } else {
            self.latency_sum += sample.latency().as_secs_f64();
        }
        self.peak = self.peak.max(sample.in_flight);
    }

    /// The mean latency; none where most calls failed, and too few are left to tell.
    fn latency(&self) -> Option<f64> {
        let succeeded = self.calls - self.failures;
        (succeeded >= self.failures).then(|| self.latency_sum / f64::from(succeeded))
    }

    /// What is left of a limit without the share of calls that failed. The half of it is enough for one round.
    fn without_failures(&self, limit: u32) -> u32 {
        let share = (u64::from(limit) * u64::from(self.failures)).div_ceil(u64::from(self.calls));
        limit.saturating_sub(u32::try_from(share).unwrap_or(u32::MAX)).max(limit / 2)
    }
}

/// Measures the latency without load: halves the limit until calls get no faster.
#[derive(Clone, Copy, Debug)]
struct Probe {
    /// The limit to come back to, and the latency under it.
    limit: u32,
    latency: f64,
    /// The lowest latency so far.
    lowest: f64,
}

/// A limit that follows what calls tell.
#[derive(Debug)]
pub(super) struct Controller {
    bounds: Bounds,
    /// The limit to begin with.
    start: u32,
    limit: u32,
    round: Round,
    /// Whether a round is over: the first calls make connections and fill caches, and tell nothing of the later ones.
    is_warm: bool,
    /// The latency without load, in seconds, once it was measured.
    baseline: Option<f64>,
    probed: Tick,
    probe: Option<Probe>,
}

impl Controller {
    pub(super) const fn new(bounds: Bounds, start: u32) -> Self {
        let limit = if start < bounds.min {
            bounds.min
        } else if start > bounds.max {
            bounds.max
        } else {
            start
        };
        let never = Tick::from_nanos(0);
        let round = Round::begin(never);
        Self { bounds, start, limit, round, is_warm: false, baseline: None, probed: never, probe: None }
    }

    /// Begins anew, and learns from calls that start from now on.
    pub(super) fn reset(&mut self, now: Tick) {
        *self = Self { round: Round::begin(now), ..Self::new(self.bounds, self.start) };
    }

    pub(super) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(super) const fn rule(&self) -> Rule {
        self.bounds.rule
    }

    pub(super) const fn limit(&self) -> u32 {
        self.limit
    }

    /// Goes on within other bounds, and with another limit to begin with.
    pub(super) fn set_bounds(&mut self, bounds: Bounds, start: u32) {
        (self.bounds, self.start) = (bounds, start);
        self.limit = self.within(self.limit);
    }

    /// Takes notice of a call that ended.
    pub(super) fn record(&mut self, sample: &Sample) {
        // On another clock, as a test's paused one that gives way to the next, it begins anew. One that is only late does not:
        // calls from before the last decrease are not to lower the limit again.
        for since in [&mut self.round.since, &mut self.probed] {
            if is_another_clock(*since, sample.ended) {
                *since = sample.ended;
            }
        }
        if sample.started < self.round.since || sample.started > sample.ended {
            return;
        }
        match self.bounds.rule {
            Rule::Aimd => self.increase_or_decrease(sample),
            Rule::Gradient => self.follow_gradient(sample),
        }
    }

    fn increase_or_decrease(&mut self, sample: &Sample) {
        if sample.failed || self.bounds.latency.is_some_and(|limit| sample.latency() > limit) {
            self.limit = self.within(nine_tenths(self.limit));
            self.round = Round::begin(sample.ended);
            return;
        }
        self.round.add(sample);
        if self.round.calls >= self.limit {
            if self.round.peak >= self.limit {
                self.limit = self.within(self.limit.saturating_add(1));
            }
            // Calls of the last round count in this one too: an increase by one needs no proof of its own.
            self.round = Round::begin(self.round.since);
        }
    }

    fn follow_gradient(&mut self, sample: &Sample) {
        self.round.add(sample);
        let enough = self.limit.max(self.limit.saturating_mul(5).clamp(SHORTEST_ROUND, ROUND));
        if self.round.calls < enough {
            return;
        }
        let round = core::mem::replace(&mut self.round, Round::begin(sample.ended));
        if let Some(latency) = round.latency()
            && core::mem::replace(&mut self.is_warm, true)
        {
            self.follow_latency(latency, round.peak, sample.ended);
        }
        let next = match &mut self.probe {
            Some(probe) => {
                probe.limit = round.without_failures(probe.limit);
                self.limit.min(probe.limit)
            }
            None => round.without_failures(self.limit),
        };
        self.limit = self.within(next);
    }

    /// Compares the latency of a round with that without load.
    fn follow_latency(&mut self, latency: f64, peak: u32, now: Tick) {
        if let Some(probe) = self.probe {
            self.end_probe_or_halve(probe, latency, now);
            return;
        }
        match self.baseline {
            Some(baseline) if now.since(self.probed) < PROBE_EVERY => {
                // Faster than without load, and not by chance: the dependency has changed.
                if latency * self.bounds.tolerance < baseline {
                    self.baseline = Some(latency);
                }
                let limit = self.limit;
                let next = if latency > self.tolerated() {
                    // The half of it is enough for one round, however late the calls were.
                    self.fitting(limit, latency).max(limit / 2)
                } else if peak >= limit {
                    limit.saturating_add(limit.isqrt())
                } else {
                    limit
                };
                self.limit = self.within(next);
            }
            _ => {
                self.probe = Some(Probe { limit: self.limit, latency, lowest: latency });
                self.limit = self.within(self.limit / 2);
            }
        }
    }

    fn end_probe_or_halve(&mut self, probe: Probe, latency: f64, now: Tick) {
        let gets_faster = latency * SAME < probe.lowest;
        let is_known = self.baseline.is_some_and(|baseline| latency <= baseline * SAME);
        let lower = self.within(self.limit / 2);
        let lowest = probe.lowest.min(latency);
        if gets_faster && !is_known && lower < self.limit {
            self.probe = Some(Probe { lowest, ..probe });
            self.limit = lower;
            return;
        }
        self.baseline = Some(lowest);
        self.probed = now;
        self.probe = None;
        self.limit = self.within(self.fitting(probe.limit, probe.latency));
    }

    /// The latency up to which the limit is not too high, in seconds.
    fn tolerated(&self) -> f64 {
        self.baseline.unwrap_or(f64::INFINITY) * self.bounds.tolerance
    }

    /// The limit under which calls would take as long as is tolerated, where they take `latency` under `limit`:
    /// what a dependency answers in a time does not grow with the calls that wait in it (J. Little's law).
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the limit")]
    fn fitting(&self, limit: u32, latency: f64) -> u32 {
        let share = self.tolerated() / latency;
        if share < 1.0 { (f64::from(limit) * share) as u32 } else { limit }
    }

    fn within(&self, limit: u32) -> u32 {
        limit.clamp(self.bounds.min, self.bounds.max)
    }
}

/// A tenth less, and one at least.
fn nine_tenths(limit: u32) -> u32 {
    limit - limit.div_ceil(10)
}
