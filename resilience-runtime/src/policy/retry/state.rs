//! The decision after a try: again, after which delay, or no more. No clock, no waiting.

use core::fmt;
use core::time::Duration;

use crate::event::{DelaySource, StopReason};
use crate::outcome::Class;
use crate::policy::retry::{Backoff, BackoffPolicy};
use crate::rng::Rng;

/// The `max` of a retry that goes on for as long as the deadline allows.
pub const UNTIL_DEADLINE: u32 = u32::MAX;

/// The longest `retry_after` that is waited for where nothing else bounds it: long enough for a limit by the minute to admit
/// again, short enough that no caller takes the wait for a hang.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);

/// The retry policy of one function: how many tries, and where the delays come from.
#[derive(Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "`retry_after` is a name of its own")]
pub(crate) struct Retry {
    delays: Delays,
    /// Tries, the first included.
    max: u32,
    /// The longest `retry_after` that is waited for, where it is set.
    retry_after_max: Option<Duration>,
}

#[derive(Clone, Copy)]
enum Delays {
    Backoff(Backoff),
    Own(&'static dyn BackoffPolicy),
}

/// Why a try gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The body ran, or was cut off by `timeout`, and its outcome is of this class.
    Failed(Class),
    /// A rate limiter or a bulkhead refused; the body did not run.
    Limited {
        /// When it admits again, where it knows.
        retry_after: Option<Duration>,
    },
    /// A throttle refused: to try again would be the load that it sheds.
    Throttled,
    /// A breaker refused, and admits again after `retry_after`; the body did not run.
    BreakerOpen {
        /// The remaining open time.
        retry_after: Duration,
    },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Try again.
    RetryAfter {
        /// The wait before.
        delay: Duration,
        /// Who chose `delay`.
        source: DelaySource,
        /// What the backoff chose, used or not: `previous` of the next decision.
        computed: Duration,
    },
    /// Give up.
    Stop(StopReason),
    /// Give up for the deadline.
    OutOfTime {
        /// How much later it would have to be, and a bit.
        short_of: Duration,
    },
}

impl Retry {
    /// At most `max` tries, the first included, with the delays of `backoff`.
    pub(crate) const fn new(backoff: Backoff, max: u32) -> Self {
        Self { delays: Delays::Backoff(backoff), max, retry_after_max: None }
    }

    /// At most `max` tries, the first included, with the delays of a policy of the user's own.
    pub(crate) const fn with(policy: &'static dyn BackoffPolicy, max: u32) -> Self {
        Self { delays: Delays::Own(policy), max, retry_after_max: None }
    }

    /// The same delays, with another number of tries.
    pub(crate) const fn with_attempts(mut self, max: u32) -> Self {
        self.max = max;
        self
    }

    /// The same with another bound on what a `retry_after` may ask for.
    pub(crate) const fn with_retry_after_max(mut self, longest: Duration) -> Self {
        self.retry_after_max = Some(longest);
        self
    }

    /// The longest `retry_after` that is waited for, where it is set.
    pub(crate) const fn retry_after_max(&self) -> Option<Duration> {
        self.retry_after_max
    }

    /// Tries, the first included; [`UNTIL_DEADLINE`] for as many as fit.
    pub(crate) const fn attempts(&self) -> u32 {
        self.max
    }

    /// Where the delays come from; `None` for a policy of the user's own.
    pub(crate) const fn backoff(&self) -> Option<&Backoff> {
        match &self.delays {
            Delays::Backoff(backoff) => Some(backoff),
            Delays::Own(_) => None,
        }
    }

    /// Decides after the `tries`-th try (counted from 1, refusals by policies included).
    ///
    /// `previous` is `computed` of the decision before, zero at first; `remaining` is the time left until the
    /// deadline, `None` without one.
    ///
    /// # Panics
    ///
    /// When the user's own policy does.
    pub(crate) fn decide(
        &self,
        tries: u32,
        previous: Duration,
        cause: Cause,
        remaining: Option<Duration>,
        rng: &mut Rng,
    ) -> Decision {
        if let Cause::Failed(class) = cause
            && let Some(reason) = class.stop_reason()
        {
            return Decision::Stop(reason);
        }
        if cause == Cause::Throttled {
            return Decision::Stop(StopReason::Throttled);
        }
        if tries >= self.max {
            // Fewer attempts were made than the policy could: what ends it is the breaker.
            let is_refused = matches!(cause, Cause::BreakerOpen { .. });
            return Decision::Stop(if is_refused { StopReason::BreakerOpen } else { StopReason::Exhausted });
        }
        let computed = self.delays().delay(tries, previous, rng);
        let (asked, source) = match cause {
            Cause::Failed(Class::Throttled { retry_after: Some(hint) }) => {
                (Some(hint), DelaySource::ServerHint)
            }
            // Sooner would be refused again; later, by the backoff, gives way to others.
            Cause::Limited { retry_after } => {
                (retry_after.filter(|after| *after > computed), DelaySource::Policy)
            }
            _ => (None, DelaySource::Policy),
        };
        let delay = asked.unwrap_or(computed);
        // A breaker admits at the very instant its open period ends, so an equal delay is long enough.
        if matches!(cause, Cause::BreakerOpen { retry_after } if retry_after > delay) {
            return Decision::Stop(StopReason::BreakerOpen);
        }
        // A wait that ends with the deadline leaves no time for an attempt.
        if let Some(short_of) = remaining.and_then(|remaining| delay.checked_sub(remaining)) {
            return Decision::OutOfTime { short_of };
        }
        let longest = longest_retry_after(Some(self), remaining.is_some());
        if asked.zip(longest).is_some_and(|(asked, longest)| asked > longest) {
            return Decision::Stop(StopReason::RetryAfter);
        }
        Decision::RetryAfter { delay, source, computed }
    }

    fn delays(&self) -> &dyn BackoffPolicy {
        match &self.delays {
            Delays::Backoff(backoff) => backoff,
            Delays::Own(policy) => *policy,
        }
    }
}

/// The longest `retry_after` that is waited for, by whoever has no retry too; `None` where a deadline is the only bound.
pub(crate) fn longest_retry_after(retry: Option<&Retry>, has_deadline: bool) -> Option<Duration> {
    let set = retry.and_then(Retry::retry_after_max);
    set.or_else(|| (!has_deadline).then_some(RETRY_AFTER_MAX))
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Retry");
        match &self.delays {
            Delays::Backoff(backoff) => debug.field("backoff", backoff),
            Delays::Own(_) => debug.field("backoff", &format_args!("dyn BackoffPolicy")),
        };
        debug.field("max", &self.max).field("retry_after_max", &self.retry_after_max).finish()
    }
}
