//! The log events of extra attempts.

use tracing::Level;

use crate::event::Event;
use crate::telemetry::names::{self, TARGET};

/// Emits `event` as a `tracing` event, if it is one of those.
pub(super) fn record(event: &Event) {
    match *event {
        Event::HedgeStarted { operation, attempt, delay } => {
            tracing::event!(name: names::HEDGE_STARTED, target: TARGET, Level::DEBUG, {
                { names::OPERATION } = operation,
                { names::ATTEMPT_NUMBER } = i64::from(attempt),
                { names::HEDGE_DELAY } = delay.as_secs_f64(),
            });
        }
        Event::HedgeSkipped { operation, reason } => {
            tracing::event!(name: names::HEDGE_SKIPPED, target: TARGET, Level::DEBUG, {
                { names::OPERATION } = operation,
                { names::HEDGE_REASON } = reason,
            });
        }
        Event::HedgeWon { operation, attempt } => {
            tracing::event!(name: names::HEDGE_WON, target: TARGET, Level::DEBUG, {
                { names::OPERATION } = operation,
                { names::ATTEMPT_NUMBER } = i64::from(attempt),
            });
        }
        _ => {}
    }
}
