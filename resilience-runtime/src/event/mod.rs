//! The closed list of things that can happen. Everything observable is an [`Event`]: spans and log events are
//! made from it, in `telemetry`.

#[cfg(all(test, not(resilience_loom)))]
pub(crate) mod ear;
mod observer;
mod reason;

use core::panic::AssertUnwindSafe;
use core::time::Duration;
use std::panic::catch_unwind;

pub use self::observer::{Observer, Observing, observe, observe_named};
pub use self::reason::{DelaySource, Fault, HeaderFault, StopReason, TimeoutScope, TransitionReason};
use crate::policy::breaker::State;

/// Something that happened to a call or to a policy.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// An attempt failed or was refused, and another will follow, after `delay`.
    RetryScheduled {
        /// The annotated function.
        operation: &'static str,
        /// The attempt that failed, from 1; zero when a policy refused before the first one.
        attempt: u32,
        /// The wait before the next.
        delay: Duration,
        /// Who chose it.
        source: DelaySource,
        /// The class of the error that is retried.
        error_type: &'static str,
    },
    /// A call that failed will not be tried again although its policy retries; not of an outcome whose class
    /// is not retried.
    RetryExhausted {
        /// The annotated function.
        operation: &'static str,
        /// Attempts made, the first included.
        attempts: u32,
        /// Why not.
        reason: StopReason,
    },
    /// A breaker changed its state.
    BreakerTransition {
        /// The breaker's name.
        breaker: &'static str,
        /// The state before.
        from: State,
        /// The state after.
        to: State,
        /// Why.
        reason: TransitionReason,
        /// The share of failures at that moment, where enough calls were seen to tell.
        failure_ratio: Option<f64>,
    },
    /// A breaker that only observes would have opened now.
    BreakerThresholdExceeded {
        /// The breaker's name.
        breaker: &'static str,
        /// By which rule.
        reason: TransitionReason,
        /// The share of failures at that moment, where enough calls were seen to tell.
        failure_ratio: Option<f64>,
    },
    /// A breaker refused a call.
    BreakerRejected {
        /// The breaker's name.
        breaker: &'static str,
        /// The remaining open time; none where no time ends it, for an isolated breaker.
        retry_after: Option<Duration>,
    },
    /// A rate limiter refused a call.
    RateLimitRejected {
        /// The limiter's name.
        limiter: &'static str,
        /// When a call would be admitted.
        retry_after: Duration,
    },
    /// A bulkhead refused a call.
    BulkheadRejected {
        /// The bulkhead's name.
        bulkhead: &'static str,
        /// How long the call was queued.
        waited: Duration,
    },
    /// A retry was not made because its budget is spent.
    BudgetExhausted {
        /// The budget's name.
        budget: &'static str,
    },
    /// A throttle refused a call.
    Throttled {
        /// The throttle's name.
        throttle: &'static str,
        /// The share of calls it refuses now.
        probability: f64,
    },
    /// A limit ran out.
    Timeout {
        /// The annotated function.
        operation: &'static str,
        /// Which limit.
        scope: TimeoutScope,
        /// Its length; zero for a deadline that was inherited.
        limit: Duration,
    },
    /// An extra attempt was started, beside those that are under way or after one that failed.
    HedgeStarted {
        /// The annotated function.
        operation: &'static str,
        /// The attempt that was started, from 2.
        attempt: u32,
        /// How long after the first one was under way.
        delay: Duration,
    },
    /// An extra attempt was due and not started: one of those it has to ask had nothing free, and it waits for none.
    HedgeSkipped {
        /// The annotated function.
        operation: &'static str,
        /// The `error.type` of that one's refusals; `retry_budget_exhausted` of a budget.
        reason: &'static str,
    },
    /// An extra attempt gave the answer.
    HedgeWon {
        /// The annotated function.
        operation: &'static str,
        /// That attempt.
        attempt: u32,
    },
    /// A fallback answers for a call that failed; each one of a chain that is called for.
    FallbackUsed {
        /// The annotated function.
        operation: &'static str,
        /// The `error.type` of the failure it stands in for; `deadline` when the whole call was out of time.
        reason: &'static str,
    },
    /// A cache answers a call, which makes no attempt: with the feature `cache` alone, as the next two.
    CacheHit {
        /// The cache's name.
        cache: &'static str,
        /// The annotated function.
        operation: &'static str,
        /// How old the answer is.
        age: Duration,
    },
    /// A cache has no answer for a call, or one that is too old.
    CacheMiss {
        /// The cache's name.
        cache: &'static str,
        /// The annotated function.
        operation: &'static str,
    },
    /// A cache answers a call that missed and then failed.
    CacheStale {
        /// The cache's name.
        cache: &'static str,
        /// The annotated function.
        operation: &'static str,
        /// How old the answer is.
        age: Duration,
    },
    /// A call waits for the result of another one that asks for the same: see `coalesce`.
    Coalesced {
        /// The name of the function's cache, or of the function where it has none.
        cache: &'static str,
        /// The annotated function.
        operation: &'static str,
    },
    /// A fault is injected into an attempt, on purpose: with the feature `chaos` alone.
    ChaosInjected {
        /// The chaos' name.
        chaos: &'static str,
        /// The annotated function.
        operation: &'static str,
        /// Which one.
        fault: Fault,
    },
    /// A header of a caller in another process was ignored: with the feature `propagation` alone.
    HeaderRejected {
        /// The header's name.
        header: &'static str,
        /// What is wrong with it.
        fault: HeaderFault,
    },
}

impl Event {
    /// Whose event it is: the name of the policy, of the annotated function, or of the header.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match *self {
            Self::RetryScheduled { operation, .. }
            | Self::RetryExhausted { operation, .. }
            | Self::Timeout { operation, .. }
            | Self::HedgeStarted { operation, .. }
            | Self::HedgeSkipped { operation, .. }
            | Self::HedgeWon { operation, .. }
            | Self::FallbackUsed { operation, .. } => operation,
            Self::BreakerTransition { breaker, .. }
            | Self::BreakerThresholdExceeded { breaker, .. }
            | Self::BreakerRejected { breaker, .. } => breaker,
            Self::RateLimitRejected { limiter, .. } => limiter,
            Self::BulkheadRejected { bulkhead, .. } => bulkhead,
            Self::BudgetExhausted { budget } => budget,
            Self::Throttled { throttle, .. } => throttle,
            Self::CacheHit { cache, .. }
            | Self::CacheMiss { cache, .. }
            | Self::CacheStale { cache, .. }
            | Self::Coalesced { cache, .. } => cache,
            Self::ChaosInjected { chaos, .. } => chaos,
            Self::HeaderRejected { header, .. } => header,
        }
    }
}

/// Tells everyone who listens. Never called with a lock held.
pub(crate) fn emit(event: &Event) {
    observer::tell(event);
    crate::telemetry::log::record(event);
}

/// Whether anybody may want to know of an event of level `DEBUG`: where nobody does, it need not be made.
#[inline]
pub(crate) fn is_heard() -> bool {
    use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};

    let is_logged = LevelFilter::DEBUG <= STATIC_MAX_LEVEL && LevelFilter::DEBUG <= LevelFilter::current();
    cfg!(test) || observer::is_any() || is_logged
}

/// The same for policies. A listener that panics takes neither the caller's result nor its permit: the panic has been
/// reported by the panic hook, and ends here.
pub(crate) fn tell(event: &Event) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(all(test, not(resilience_loom)))]
        ear::hear(event);
        emit(event);
    }));
}
