//! The half-open period: a few probes, and the decision they lead to.

use core::time::Duration;

use super::config::Settings;
use super::window::Counts;
use crate::time::Tick;

/// What the probes have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Enough succeeded.
    Recovered,
    /// So many failed that enough successes are out of reach.
    StillFailing,
}

/// One half-open period.
///
/// A probe holds one of the places until it ends. Ended with a verdict, it keeps its place for the rest of the period;
/// without one (dropped, ignored) it gives it back. One that takes too long has to share its place with another, but its
/// verdict counts as any: else a dependency that takes that long for each call could neither recover nor fail.
#[derive(Debug)]
pub(super) struct Trial {
    succeeded: u32,
    failed: u32,
    slow: u32,
    running: Vec<Probe>,
    last_id: u32,
}

#[derive(Debug)]
struct Probe {
    id: u32,
    /// From when on the place is free for another.
    expires: Tick,
}

impl Trial {
    pub(super) const fn new() -> Self {
        Self { succeeded: 0, failed: 0, slow: 0, running: Vec::new(), last_id: 0 }
    }

    /// Starts a probe if a place is free; its number, which is never zero.
    pub(super) fn admit(&mut self, now: Tick, settings: &Settings) -> Option<u32> {
        let ended = u64::from(self.succeeded) + u64::from(self.failed);
        let running = self.running.iter().filter(|probe| now < probe.expires).count();
        if ended + running as u64 >= u64::from(settings.probes) {
            return None;
        }
        self.last_id = self.last_id.wrapping_add(1).max(1);
        self.running.push(Probe { id: self.last_id, expires: now.after(settings.probe_timeout) });
        Some(self.last_id)
    }

    /// Ends a probe with its verdict; with none, its place is free again.
    pub(super) fn finish(
        &mut self,
        id: u32,
        success: Option<bool>,
        slow: bool,
        settings: &Settings,
    ) -> Option<Finding> {
        let position = self.running.iter().position(|probe| probe.id == id)?;
        self.running.swap_remove(position);
        // A dependency that answers slowly has not recovered, where that is a rule.
        if success? && !slow {
            self.succeeded += 1;
        } else {
            self.failed += 1;
        }
        self.slow += u32::from(slow);
        if self.succeeded >= settings.successes {
            Some(Finding::Recovered)
        } else if self.failed > settings.probes.saturating_sub(settings.successes) {
            Some(Finding::StillFailing)
        } else {
            None
        }
    }

    /// The probes that have ended with a verdict.
    pub(super) fn counts(&self) -> Counts {
        let [succeeded, failed, slow] = [self.succeeded, self.failed, self.slow].map(u64::from);
        Counts { calls: succeeded + failed, failures: failed, slow }
    }

    /// Moves everything to an earlier time, after a clock that went back.
    pub(super) fn shift_back(&mut self, by: Duration) {
        for probe in &mut self.running {
            probe.expires = probe.expires.before(by);
        }
    }
}
