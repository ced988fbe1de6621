//! The metrics of annotated functions, as an OpenTelemetry SDK exports them.
//!
//! One provider is installed per process, so that each test takes its turn.

mod counters;
mod durations;
mod from_zero;
mod install;
mod policies;
mod schema;
mod support;
mod totals;
