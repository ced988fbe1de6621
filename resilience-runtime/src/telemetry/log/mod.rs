//! Log events through `tracing`: those of [`Event`], without a message, named by their metadata.

mod cache;
mod header;
mod hedge;

use tracing::Level;

use crate::event::Event;
use crate::policy::breaker::State;
use crate::telemetry::names::{self, TARGET};

/// Emits `event` as a `tracing` event.
pub(crate) fn record(event: &Event) {
    macro_rules! log {
        ($name:ident, $level:ident, { $($fields:tt)* }) => {
            tracing::event!(name: names::$name, target: TARGET, Level::$level, { $($fields)* })
        };
    }
    match *event {
        Event::RetryScheduled { operation, attempt, delay, source, error_type } => {
            log!(RETRY_SCHEDULED, DEBUG, {
                { names::OPERATION } = operation,
                { names::ATTEMPT_NUMBER } = i64::from(attempt),
                { names::DELAY } = delay.as_secs_f64(),
                { names::DELAY_SOURCE } = source.as_str(),
                { names::ERROR_TYPE } = error_type,
            });
        }
        Event::RetryExhausted { operation, attempts, reason } => {
            log!(RETRY_EXHAUSTED, WARN, {
                { names::OPERATION } = operation,
                { names::ATTEMPT_COUNT } = i64::from(attempts),
                { names::STOP_REASON } = reason.as_str(),
            });
        }
        Event::BreakerTransition { breaker, from, to, reason, failure_ratio } => {
            macro_rules! transition {
                ($level:ident) => {
                    log!(TRANSITION, $level, {
                        { names::BREAKER } = breaker,
                        { names::PREVIOUS_STATE } = from.as_str(),
                        { names::STATE } = to.as_str(),
                        { names::REASON } = reason.as_str(),
                        { names::FAILURE_RATIO } = failure_ratio,
                    })
                };
            }
            if to == State::Open { transition!(WARN) } else { transition!(INFO) }
        }
        Event::BreakerThresholdExceeded { breaker, reason, failure_ratio } => {
            log!(THRESHOLD_EXCEEDED, WARN, {
                { names::BREAKER } = breaker,
                { names::REASON } = reason.as_str(),
                { names::FAILURE_RATIO } = failure_ratio,
            });
        }
        Event::BreakerRejected { breaker, retry_after } => {
            log!(REJECTED, DEBUG, {
                { names::BREAKER } = breaker,
                { names::RETRY_AFTER } = retry_after.map(|retry_after| retry_after.as_secs_f64()),
            });
        }
        Event::RateLimitRejected { limiter, retry_after } => {
            log!(RATE_LIMIT_REJECTED, DEBUG, {
                { names::RATE_LIMITER } = limiter,
                { names::RETRY_AFTER } = retry_after.as_secs_f64(),
            });
        }
        Event::BulkheadRejected { bulkhead, waited } => {
            log!(BULKHEAD_REJECTED, DEBUG, {
                { names::BULKHEAD } = bulkhead,
                { names::WAITED } = waited.as_secs_f64(),
            });
        }
        Event::BudgetExhausted { budget } => {
            log!(BUDGET_EXHAUSTED, WARN, { { names::BUDGET } = budget });
        }
        Event::Throttled { throttle, probability } => {
            log!(THROTTLE_REJECTED, DEBUG, {
                { names::THROTTLE } = throttle,
                { names::PROBABILITY } = probability,
            });
        }
        Event::Timeout { operation, scope, limit } => {
            log!(TIMEOUT, WARN, {
                { names::OPERATION } = operation,
                { names::TIMEOUT_SCOPE } = scope.as_str(),
                { names::TIMEOUT_LIMIT } = (!limit.is_zero()).then_some(limit.as_secs_f64()),
            });
        }
        Event::CacheHit { .. }
        | Event::CacheMiss { .. }
        | Event::CacheStale { .. }
        | Event::Coalesced { .. } => cache::record(event),
        Event::ChaosInjected { chaos, operation, fault } => {
            log!(CHAOS_INJECTED, WARN, {
                { names::CHAOS } = chaos,
                { names::OPERATION } = operation,
                { names::CHAOS_FAULT } = fault.as_str(),
            });
        }
        Event::HeaderRejected { header, fault } => header::record(header, fault),
        Event::HedgeStarted { .. } | Event::HedgeSkipped { .. } | Event::HedgeWon { .. } => {
            hedge::record(event);
        }
        Event::FallbackUsed { operation, reason } => {
            log!(FALLBACK_USED, WARN, {
                { names::OPERATION } = operation,
                { names::FALLBACK_REASON } = reason,
            });
        }
    }
}
