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
mod timeout;

pub use error::{Error, Rejected, RejectedKind};
pub use event::{DelaySource, Event, StopReason, TimeoutScope, TransitionReason};
pub use outcome::{Class, Classify};
#[cfg(feature = "macros")]
pub use resilience_macros::Classify;
pub use retry::{Backoff, BackoffPolicy, Jitter};
pub use rng::Rng;

/// For generated code only: no promise is made about it from one version to the next.
#[doc(hidden)]
pub mod __private {
    pub use crate::retry::{Retry, UNTIL_DEADLINE};

    /// The rules that generated code checks, one function each.
    pub mod check {
        pub use crate::retry::check::{attempts, backoff, cap, factor, fits_deadline, jitter};
        pub use crate::timeout::check::{deadline, timeout, timeout_below_deadline};
    }
}
