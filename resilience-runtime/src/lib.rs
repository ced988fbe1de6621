//! Retries, circuit breakers, timeouts and deadlines for async functions, by annotating them.

mod breaker;
mod error;
mod event;
mod outcome;
mod retry;
mod rng;
mod telemetry;
mod text;
mod time;

pub use error::{Error, Rejected, RejectedKind};
pub use event::{DelaySource, Event, StopReason, TimeoutScope, TransitionReason};
pub use outcome::{Class, Classify};
#[cfg(feature = "macros")]
pub use resilience_macros::{Classify, resilient};
pub use rng::Rng;
