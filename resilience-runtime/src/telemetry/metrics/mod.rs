//! What is counted and timed, for OpenTelemetry (feature `otel`).
//!
//! ```
//! use opentelemetry::metrics::MeterProvider;
//! use resilience_runtime::telemetry::metrics;
//!
//! fn run(provider: &dyn MeterProvider) {
//!     let _metrics = metrics::install(provider);
//!     // .. for as long as this is held ..
//! }
//! # run(&opentelemetry::metrics::NoopMeterProvider::new());
//! ```
//!
//! **What is counted.** Every annotated function counts its attempts, successes and failures, with a `retry` and without
//! (`retry.attempts`, `retry.successes`, `retry.failures`), and of these the calls that had a retry
//! (`reliability.retry.successes`, `reliability.retry.failures`). A call that leaves its attempts is a success or a
//! failure, whatever its fallback answers then; one that panics is a failure, and one that is dropped is neither. It is
//! seen in `reliability.request.duration`, whose count is that of all calls, with the `reliability.outcome` of each.
//! Throttles, breakers, rate limiters and bulkheads are read under their names; [`watch`] adds those that no annotated function
//! has. `telemetry/README.md` of this crate lists every metric with its unit and attributes; beside it are a dashboard for
//! Grafana, and alerts for Prometheus.
//!
//! **Cardinality.** Attributes are names in the program and values of closed sets. Keys, arguments and messages never
//! become one. Error types, which programs choose, are bounded: a function that has more than 32 tells the others as
//! `_OTHER`.
//!
//! **What it costs.** Counters are atomics of the runtime, read when the provider collects: a healthy call adds one to a
//! number of its own thread, with a provider or without. Durations are different: the provider is told at the end of
//! each call, which takes it some hundred nanoseconds, and the clock is read twice. [`install_counters`] leaves them out.

pub(crate) mod call;
pub(crate) mod count;
mod instruments;
mod keys;
mod observed;
mod policies;
mod table;

use core::fmt;
use std::sync::Weak;

use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::MeterProvider;

use self::instruments::Instruments;

pub use self::policies::{Watched, watch};

/// Metrics that are told to a provider; dropped, it tells nothing more.
///
/// For metrics as long as the process, `std::mem::forget` it.
#[must_use = "metrics end when this is dropped"]
pub struct Installed {
    instruments: Weak<Instruments>,
}

impl Installed {
    /// Whether its provider is still the one that is told: another that was installed later takes its place.
    #[must_use]
    pub fn is_current(&self) -> bool {
        instruments::is_in_place(&self.instruments)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        instruments::take(&self.instruments);
    }
}

impl fmt::Debug for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installed").field("is_current", &self.is_current()).finish()
    }
}

/// Tells all metrics to `provider`, in the place of the provider before.
///
/// At any time: counters begin with the process, durations with the calls that begin from now on. A call that is under
/// way records with the provider that is in place when it ends.
pub fn install(provider: &dyn MeterProvider) -> Installed {
    put(provider, true)
}

/// The same without durations and other distributions: then no call does anything for a provider.
pub fn install_counters(provider: &dyn MeterProvider) -> Installed {
    put(provider, false)
}

fn put(provider: &dyn MeterProvider, with_histograms: bool) -> Installed {
    let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME")).with_version(env!("CARGO_PKG_VERSION"));
    let meter = provider.meter_with_scope(scope.build());
    Installed { instruments: instruments::put(&meter, with_histograms) }
}
