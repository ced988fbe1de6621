//! What arrived and what did not.
//!
//! The SDK says that all is well when every span was lost. So everything is counted twice: where it is handed in and
//! where an exporter has sent it, or not.

use core::fmt;
use core::mem;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::environment::Signal;
use super::notice;

/// How one signal was delivered since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// What the collector has taken.
    pub exported: u64,
    /// What it has not: because it could not be reached, would not have it, or more came than the queue holds.
    pub lost: u64,
    /// What still waits in the queue, or is under way.
    pub pending: u64,
}

/// How everything was delivered since the start.
///
/// ```
/// # fn show(report: resilience_runtime::telemetry::Report) {
/// if !report.is_complete() {
///     eprintln!("telemetry: {report}");
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Spans that were sampled.
    pub spans: Delivery,
    /// Collections of all metrics. Counters go on from collection to collection, so that the next one makes up for one
    /// that is lost; the last one has none after it.
    pub metrics: Delivery,
    /// Log events.
    pub logs: Delivery,
}

impl Report {
    /// Whether nothing is lost, and nothing is still on its way.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.spans.is_complete() && self.metrics.is_complete() && self.logs.is_complete()
    }
}

impl Delivery {
    const fn is_complete(self) -> bool {
        self.lost == 0 && self.pending == 0
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} exported, {} lost", self.exported, self.lost)?;
        if self.pending > 0 {
            write!(f, ", {} pending", self.pending)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { spans, metrics, logs } = self;
        write!(f, "spans: {spans}; collections of metrics: {metrics}; log events: {logs}")
    }
}

/// Counts one signal. All of it is relaxed: nothing depends on these numbers but other numbers.
#[derive(Debug)]
pub(super) struct Tally {
    exported: AtomicU64,
    rejected: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
    pending: AtomicU64,
    is_drop_told: AtomicBool,
}

impl Tally {
    const fn new() -> Self {
        Self {
            exported: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            pending: AtomicU64::new(0),
            is_drop_told: AtomicBool::new(false),
        }
    }

    /// Whether one more is handed in; where `limit` are pending already, it is lost.
    ///
    /// The SDK's own queue is as long, and has never more in it than are pending: it drops nothing without our knowing.
    pub(super) fn admits(&self, limit: u64) -> bool {
        if self.pending.fetch_add(1, Ordering::Relaxed) < limit {
            return true;
        }
        self.pending.fetch_sub(1, Ordering::Relaxed);
        self.dropped.fetch_add(1, Ordering::Relaxed);
        false
    }

    /// The collector has not taken so many of those it was sent.
    pub(super) fn rejected(&self, count: u64) {
        self.rejected.fetch_add(count, Ordering::Relaxed);
    }

    fn delivery(&self) -> Delivery {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let rejected = get(&self.rejected);
        Delivery {
            exported: get(&self.exported).saturating_sub(rejected),
            lost: get(&self.failed) + get(&self.dropped) + rejected,
            pending: get(&self.pending),
        }
    }
}

/// Counts all signals, and tells when something goes wrong: once, not once a batch.
#[derive(Debug)]
pub(super) struct Ledger {
    traces: Tally,
    metrics: Tally,
    logs: Tally,
    /// One bit for each signal of which the latest batch was lost.
    failing: AtomicU8,
    /// What is to be said of variables when there is somebody to hear it.
    untold: Mutex<Vec<String>>,
}

impl Ledger {
    pub(super) const fn new() -> Self {
        let (traces, metrics, logs) = (Tally::new(), Tally::new(), Tally::new());
        Self { traces, metrics, logs, failing: AtomicU8::new(0), untold: Mutex::new(Vec::new()) }
    }

    /// With the first batch: by then there is a subscriber, which is made of what was built.
    pub(super) fn tell_later(&self, warnings: Vec<String>) {
        *self.untold.lock().unwrap_or_else(PoisonError::into_inner) = warnings;
    }

    pub(super) const fn of(&self, signal: Signal) -> &Tally {
        match signal {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
        }
    }

    /// A batch of so many has ended, one way or the other.
    pub(super) fn settle(&self, signal: Signal, count: u64, result: Result<(), &str>) {
        let untold = mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner));
        notice::misread(&untold);
        let (tally, bit) = (self.of(signal), 1 << signal as u8);
        tally.pending.fetch_sub(count, Ordering::Relaxed);
        match result {
            Ok(()) => {
                tally.exported.fetch_add(count, Ordering::Relaxed);
                if self.failing.fetch_and(!bit, Ordering::Relaxed) == bit {
                    notice::recovered(&self.report());
                }
            }
            Err(error) => {
                tally.failed.fetch_add(count, Ordering::Relaxed);
                if self.failing.fetch_or(bit, Ordering::Relaxed) == 0 {
                    notice::failed(error);
                }
            }
        }
        // Told here and not where it is dropped, which is in the middle of the program's own work.
        let dropped = tally.dropped.load(Ordering::Relaxed);
        if dropped > 0 && !tally.is_drop_told.swap(true, Ordering::Relaxed) {
            notice::dropped(signal);
        }
    }

    pub(super) fn report(&self) -> Report {
        Report { spans: self.traces.delivery(), metrics: self.metrics.delivery(), logs: self.logs.delivery() }
    }

    /// The report at the end, when what is pending will not arrive.
    pub(super) fn last_report(&self) -> Report {
        let last =
            |delivery: Delivery| Delivery { lost: delivery.lost + delivery.pending, pending: 0, ..delivery };
        let report = self.report();
        Report { spans: last(report.spans), metrics: last(report.metrics), logs: last(report.logs) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(ledger: &Ledger, signal: Signal, offered: u64, limit: u64) -> u64 {
        (0..offered).filter(|_| ledger.of(signal).admits(limit)).count() as u64
    }

    #[test]
    fn what_is_handed_in_is_pending_then_exported_or_lost() {
        let ledger = Ledger::new();
        assert_eq!(admitted(&ledger, Signal::Traces, 5, 4), 4);
        assert_eq!(ledger.report().spans, Delivery { exported: 0, lost: 1, pending: 4 });
        ledger.settle(Signal::Traces, 3, Ok(()));
        assert_eq!(ledger.report().spans, Delivery { exported: 3, lost: 1, pending: 1 });
        assert_eq!(ledger.report().spans.to_string(), "3 exported, 1 lost, 1 pending");
        ledger.settle(Signal::Traces, 1, Err("down"));
        assert_eq!(ledger.report().spans, Delivery { exported: 3, lost: 2, pending: 0 });
        assert_eq!(ledger.report().spans.to_string(), "3 exported, 2 lost");
        assert_eq!(ledger.report().logs, Delivery::default());
    }

    #[test]
    fn what_a_collector_refuses_of_a_batch_is_lost() {
        let ledger = Ledger::new();
        admitted(&ledger, Signal::Logs, 5, 9);
        ledger.of(Signal::Logs).rejected(2);
        ledger.settle(Signal::Logs, 5, Ok(()));
        assert_eq!(ledger.report().logs, Delivery { exported: 3, lost: 2, pending: 0 });
    }

    #[test]
    fn at_the_end_what_is_pending_is_lost() {
        let ledger = Ledger::new();
        admitted(&ledger, Signal::Logs, 2, 9);
        assert_eq!(ledger.last_report().logs, Delivery { exported: 0, lost: 2, pending: 0 });
        assert!(!ledger.last_report().is_complete());
    }
}
