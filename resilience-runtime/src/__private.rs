//! No semver promise: what generated code calls, and nobody else should.

use core::time::Duration;

pub use tracing;
pub use tracing::Level;

pub use crate::__call_span as call_span;
pub use crate::breaker::{BreakerConfig, Window};
pub use crate::fallback::{Answer, answer};
pub use crate::judge::{Judge, Outcome, Probe, Read, Reject, carries};
pub use crate::limiter::{Algorithm, Rate, RateLimitConfig};
pub use crate::registry::Source;
pub use crate::retry::{Backoff, Jitter, UNTIL_DEADLINE};
pub use crate::site::Site;
pub use crate::telemetry::names;

/// Which breaker guards the function.
pub type Guard = Source<crate::breaker::Breaker>;

/// The rules of every policy, as functions that fail const evaluation at their caller's place.
pub mod check {
    pub use crate::breaker::check::*;
    pub use crate::limiter::check::{burst, config as rate_limit_config, limit_wait, max_keys, rate};
    pub use crate::retry::check::{attempts, backoff, cap, factor, fits_deadline, jitter};
    pub use crate::timeout::check::{deadline, timeout, timeout_below_deadline};
}

/// A duration of whole seconds.
#[must_use]
pub const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// A duration of whole milliseconds.
#[must_use]
pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A duration of whole nanoseconds.
#[must_use]
pub const fn nanos(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

/// An edge that is never taken, from the body to its result: with it the compiler reports a wrong type once,
/// at the user's own line.
#[must_use]
pub fn returns<T>() -> T {
    unreachable!("the edge is never taken")
}

/// An argument for one attempt, the others needing it too.
#[diagnostic::on_unimplemented(
    message = "this argument is needed for each attempt, and `{Self}` cannot be cloned",
    label = "take it by reference, wrap it in an `Arc`, or implement `Clone` for it"
)]
pub trait Argument: Sized {
    /// The argument again.
    #[must_use]
    fn again(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Argument for T {
    #[inline]
    fn again(&self) -> Self {
        self.clone()
    }
}

/// Clones an argument for one attempt.
#[inline]
pub fn clone_arg<T: Argument>(argument: &T) -> T {
    argument.again()
}
