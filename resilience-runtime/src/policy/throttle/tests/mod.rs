//! What the tests of this room share: scripts of calls, and what was told of them.

use core::time::Duration;

use super::{Throttle, ThrottleConfig};
use crate::event::{Event, ear};

mod check;
mod decide;
mod load;
mod model;
mod registry;
mod threads;

const SECOND: Duration = Duration::from_secs(1);

async fn pass(duration: Duration) {
    tokio::time::advance(duration).await;
}

/// Makes so many calls that are accepted, or not; how many of them were refused.
fn call(throttle: &Throttle, calls: u32, is_accepted: bool) -> u64 {
    let mut refused = 0;
    for _ in 0..calls {
        match throttle.try_admit() {
            Err(_) => refused += 1,
            Ok(admission) if is_accepted => admission.accept(),
            Ok(admission) => drop(admission),
        }
    }
    refused
}

/// Requests and accepts in the window.
fn counts(throttle: &Throttle) -> (u64, u64) {
    let snapshot = throttle.snapshot();
    (snapshot.requests, snapshot.accepts)
}

/// The probabilities that this throttle was told to have refused with.
fn refusals(name: &str) -> Vec<f64> {
    let events = ear::heard(|event| matches!(event, Event::Throttled { throttle, .. } if *throttle == name));
    let probability =
        |event| if let Event::Throttled { probability, .. } = event { Some(probability) } else { None };
    events.into_iter().filter_map(probability).collect()
}

#[expect(clippy::float_cmp, reason = "both come from the same division")]
fn is_exactly(probability: f64, expected: f64) -> bool {
    probability == expected
}
