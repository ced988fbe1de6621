//! What is seen from outside: spans and events through `tracing`, and metrics.
//!
//! A call is one span, under the target `reliability`, with a child for each attempt and, at `DEBUG`, for each wait.
//! Whether the call's own span is an error is decided by what its caller gets: attempts that were retried and calls that
//! a fallback answered are none. `reliability.outcome` says how it ended, `reliability.attempt.count` after how many
//! attempts, and `reliability.retry.stop_reason` why there were no more. What policies do is told as events in the call's
//! span: retries, changes of a breaker, refusals, limits that ran out.
//!
//! Metrics (`metrics`, feature `otel`) count the same: calls, attempts, failures by reason, what each breaker and
//! limit did, and how long it all took.
//!
//! All three signals go to a collector by one call of `install` (`otlp`, feature `otlp`).
//!
//! The whole schema stands in `telemetry/registry.yaml` of this crate, and as tables in `telemetry/README.md`: names,
//! types, units, and the values of each closed set. Tests hold the program against it.

pub(crate) mod log;
pub(crate) mod meter;
#[cfg(feature = "otel")]
pub mod metrics;
#[doc(hidden)]
pub mod names;
pub(crate) mod opener;
#[cfg(feature = "otlp")]
pub mod otlp;
pub(crate) mod trace;
pub(crate) mod values;

#[cfg(feature = "otlp")]
pub use self::otlp::{Delivery, Report, Telemetry, TelemetryBuilder, TelemetryError, install};
