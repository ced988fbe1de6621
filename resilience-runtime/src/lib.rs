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

pub use breaker::{Breaker, BreakerConfig, Mode, Permit, Snapshot, State, Window, breakers};
pub use error::{Error, Rejected, RejectedKind};
pub use event::{DelaySource, Event, StopReason, TimeoutScope, TransitionReason};
pub use outcome::{Class, Classify};
pub use rng::Rng;

/// For generated code. No semver promise.
#[doc(hidden)]
pub mod __private {
    pub use crate::breaker::{BreakerConfig, Guard, Window};

    /// One assertion per rule of the configuration.
    pub mod check {
        pub use crate::breaker::check::*;
    }
}
