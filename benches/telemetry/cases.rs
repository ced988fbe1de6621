//! The calls that are measured, and how.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram};
use resilience_benches::{all_calls, bare, ready, retry};

/// How many calls a round has: what they have to send is less than a batch, so that nothing is sent meanwhile.
const ROUND: u32 = 200;

/// How many rounds there are, after as many as warm up.
const ROUNDS: usize = 200;
const WARM_UP: usize = 10;

/// The calls, in the order of their figures.
pub(crate) const CASES: [&str; 7] = [
    "the operation alone",
    "`#[instrument]`",
    "`#[instrument]` twice, one in the other",
    "a counter of the SDK",
    "a counter and a histogram of the SDK",
    "`#[resilient(retry)]`",
    "`#[resilient(..)]`: retry, breaker, timeout",
];

#[tracing::instrument]
async fn instrumented(n: u64) -> io::Result<u64> {
    bare(n).await
}

#[tracing::instrument]
async fn instrumented_twice(n: u64) -> io::Result<u64> {
    instrumented(n).await
}

/// Instruments as one makes them by hand: once, with attributes that are made once too.
struct ByHand {
    calls: Counter<u64>,
    durations: Histogram<f64>,
    attributes: [KeyValue; 1],
}

impl ByHand {
    fn new() -> Self {
        // After what is installed: one that is made before tells nobody.
        let meter = opentelemetry::global::meter("by hand");
        Self {
            calls: meter.u64_counter("calls").build(),
            durations: meter.f64_histogram("durations").with_unit("s").build(),
            attributes: [KeyValue::new("operation", "bare")],
        }
    }

    async fn counted(&self, n: u64) -> io::Result<u64> {
        let result = bare(n).await;
        self.calls.add(1, &self.attributes);
        result
    }

    async fn timed(&self, n: u64) -> io::Result<u64> {
        let start = now();
        let result = self.counted(n).await;
        self.durations.record(start.elapsed().as_secs_f64(), &self.attributes);
        result
    }
}

/// Nanoseconds per call of each case; `settle` is called between rounds.
pub(crate) fn measure(settle: impl Fn()) -> [f64; CASES.len()] {
    let by_hand = ByHand::new();
    [
        of_case(&settle, |n| ready(bare(n))),
        of_case(&settle, |n| ready(instrumented(n))),
        of_case(&settle, |n| ready(instrumented_twice(n))),
        of_case(&settle, |n| ready(by_hand.counted(n))),
        of_case(&settle, |n| ready(by_hand.timed(n))),
        of_case(&settle, |n| ready(retry(n))),
        of_case(&settle, |n| ready(all_calls(n))),
    ]
}

/// The median round.
fn of_case(settle: &impl Fn(), call: impl Fn(u64) -> io::Result<u64>) -> f64 {
    let mut rounds: Vec<Duration> = (0..WARM_UP + ROUNDS)
        .map(|_| {
            settle();
            let start = now();
            for n in 0..ROUND {
                let _ = black_box(call(black_box(n.into())));
            }
            start.elapsed()
        })
        .skip(WARM_UP)
        .collect();
    rounds.sort_unstable();
    rounds[ROUNDS / 2].as_secs_f64() * 1e9 / f64::from(ROUND)
}

#[expect(clippy::disallowed_methods, reason = "measures real time")]
fn now() -> Instant {
    Instant::now()
}
