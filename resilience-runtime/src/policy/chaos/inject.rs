//! What happens in an attempt: the fault is told, and then injected.

use tracing::Span;

use super::guard::Chaos;
use super::state::{End, Plan};
use crate::event::{Event, Fault, tell};
use crate::site::Site;
use crate::telemetry::names;
use crate::time::{Tick, block_for, sleep_until};

/// The faults of one call's attempts; see [`inject`](Self::inject).
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    site: &'static Site,
    /// Whether the span that is entered while an attempt runs is the attempt's own.
    is_traced: bool,
}

impl Faults {
    pub(crate) const fn new(site: &'static Site, is_traced: bool) -> Self {
        Self { site, is_traced }
    }

    /// Runs in an attempt, in front of its body: injects the fault that its turn brings. Whether the attempt is to end
    /// with the function's error.
    ///
    /// # Cancel safety
    ///
    /// Dropped in the latency, it ends there, which is counted as injected; what was to follow is not.
    ///
    /// # Panics
    ///
    /// Where the fault is a panic.
    pub async fn inject(self) -> bool {
        let Some((chaos, plan)) = self.next() else { return false };
        if let Some(latency) = plan.latency {
            // In a box: the user's future must not be larger by a timer that few attempts need.
            Box::pin(sleep_until(Tick::now().after(latency))).await;
        }
        self.end(chaos, plan.end)
    }

    /// The same in a function that is not async: the latency blocks its thread.
    ///
    /// # Panics
    ///
    /// Where the fault is a panic.
    #[must_use]
    pub fn blocking_inject(self) -> bool {
        let Some((chaos, plan)) = self.next() else { return false };
        if let Some(latency) = plan.latency {
            block_for(latency);
        }
        self.end(chaos, plan.end)
    }

    /// What this turn brings, told before it happens, for an attempt that does not live to its end.
    fn next(self) -> Option<(&'static Chaos, Plan)> {
        let chaos = self.site.get_chaos()?;
        let plan = chaos.plan(self.site.config.chaos_error);
        let fault = plan.fault()?;
        if self.is_traced {
            let span = Span::current();
            span.record(names::CHAOS_FAULT, fault.as_str());
            if let Some(latency) = plan.latency {
                span.record(names::CHAOS_LATENCY, latency.as_secs_f64());
            }
        }
        if plan.latency.is_some() {
            self.injects(chaos, Fault::Latency);
        }
        Some((chaos, plan))
    }

    fn end(self, chaos: &Chaos, end: Option<End>) -> bool {
        match end {
            None => false,
            Some(End::Error) => {
                self.injects(chaos, Fault::Error);
                true
            }
            Some(End::Panic) => {
                self.injects(chaos, Fault::Panic);
                panic!("`chaos` injected this panic into `{}`", self.site.operation());
            }
        }
    }

    fn injects(self, chaos: &Chaos, fault: Fault) {
        chaos.count(fault);
        tell(&Event::ChaosInjected { chaos: chaos.name(), operation: self.site.operation(), fault });
    }
}
