//! Retries, circuit breakers, timeouts and deadlines for async functions, by annotating them.

#[doc(hidden)]
pub mod __private;
mod attempt;
mod breaker;
mod call;
mod current;
mod error;
mod event;
mod fallback;
mod judge;
mod outcome;
mod retry;
mod rng;
mod site;
mod telemetry;
mod text;
mod time;
mod timeout;

pub use breaker::{Breaker, BreakerConfig, Mode, Permit, Snapshot, State, Window, breakers};
pub use current::{Current, current};
pub use error::{Error, Rejected, RejectedKind};
pub use event::{DelaySource, Event, StopReason, TimeoutScope, TransitionReason};
pub use outcome::{Class, Classify};
#[cfg(feature = "macros")]
pub use resilience_macros::{Classify, resilient};
pub use retry::{Backoff, BackoffPolicy, Jitter};
pub use rng::Rng;

