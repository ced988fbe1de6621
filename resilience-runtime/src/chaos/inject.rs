//! What happens in an attempt: the fault is told, and then injected.

use tracing::Span;

use super::guard::Chaos;
use super::state::{End, Plan};
use crate::event::{Event, Fault, tell};
use crate::site::Site;
use crate::telemetry::names;
use crate::time::{Tick, sleep_until};

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
        let Some(chaos) = self.site.get_chaos() else { return false };
        let plan = chaos.plan(self.site.chaos_error);
        let Some(fault) = plan.fault() else { return false };
        let Plan { latency, end } = plan;
        if self.is_traced {
            // Before it happens, for an attempt that does not live to its end.
            let span = Span::current();
            span.record(names::CHAOS_FAULT, fault.as_str());
            if let Some(latency) = latency {
                span.record(names::CHAOS_LATENCY, latency.as_secs_f64());
            }
        }
        if let Some(latency) = latency {
            self.injects(chaos, Fault::Latency);
            // In a box: the user's future must not be larger by a timer that few attempts need.
            Box::pin(sleep_until(Tick::now().after(latency))).await;
        }
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
