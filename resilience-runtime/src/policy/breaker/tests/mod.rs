//! What the tests of this room share: scripts of calls, and what was told of them.

use core::time::Duration;

use super::{Breaker, State};
use crate::event::{Event, ear};

mod check;
mod closed;
mod commands;
mod failures;
mod gate;
mod half_open;
mod model;
mod registry;
mod threads;
mod windows;

const SECOND: Duration = Duration::from_secs(1);

/// The events of that breaker so far.
fn heard(name: &str) -> Vec<Event> {
    ear::heard(|event| match event {
        Event::BreakerTransition { breaker, .. }
        | Event::BreakerThresholdExceeded { breaker, .. }
        | Event::BreakerRejected { breaker, .. } => *breaker == name,
        _ => false,
    })
}

/// The transitions of that breaker so far, as `closed>open` and the reason.
fn transitions(name: &str) -> Vec<String> {
    let line = |event: Event| match event {
        Event::BreakerTransition { from, to, reason, .. } => {
            Some(format!("{}>{} {reason}", from.as_str(), to.as_str()))
        }
        _ => None,
    };
    heard(name).into_iter().filter_map(line).collect()
}

/// Makes one call after the other: `S` succeeds, `F` fails, `X` is ignored, `D` is dropped. Returns the script, with
/// `R` for every call that was refused.
fn play(breaker: &Breaker, script: &str) -> String {
    let call = |outcome| match (breaker.try_acquire(), outcome) {
        (Err(_), _) => 'R',
        (Ok(permit), _) => {
            match outcome {
                'S' => permit.success(),
                'F' => permit.failure(),
                'X' => permit.ignore(),
                'D' => drop(permit),
                other => panic!("no outcome is written {other:?}"),
            }
            outcome
        }
    };
    script.chars().map(|outcome| if outcome == ' ' { ' ' } else { call(outcome) }).collect()
}

/// Makes one call that takes that long.
async fn take(breaker: &Breaker, duration: Duration, outcome: char) {
    let permit = breaker.try_acquire().expect("admitted");
    tokio::time::advance(duration).await;
    if outcome == 'S' { permit.success() } else { permit.failure() }
}

async fn pass(duration: Duration) {
    tokio::time::advance(duration).await;
}

/// Calls and failures in the window.
fn counts(breaker: &Breaker) -> (u64, u64) {
    let snapshot = breaker.snapshot();
    (snapshot.calls, snapshot.failures)
}

fn is_closed(breaker: &Breaker) -> bool {
    breaker.state() == State::Closed
}
