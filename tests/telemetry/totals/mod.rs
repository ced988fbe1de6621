//! Calls that end by chance: what spans, metrics and callers say of them comes to the same.

mod operations;
mod seen;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use resilience_runtime::testing;
use resilience_tests::{pass, poll_at_most, timed};

use self::operations::{Answer, End, Script, Shared, Step};
use self::seen::Seen;
use crate::support::{Backend, Metrics, turn};

const CALLS: usize = 100;

type Call = Pin<Box<dyn Future<Output = Answer> + Send>>;
type Operation = (&'static str, fn(Shared) -> Call);

/// The functions that are called, by their names.
const OPERATIONS: [Operation; 10] = [
    ("totals::plain", |script| Box::pin(operations::plain(script))),
    ("totals::timed", |script| Box::pin(operations::timed(script))),
    ("totals::retried", |script| Box::pin(operations::retried(script))),
    ("totals::guarded", |script| Box::pin(operations::guarded(script))),
    ("totals::limited", |script| Box::pin(operations::limited(script))),
    ("totals::shed", |script| Box::pin(operations::shed(script))),
    ("totals::hedged", |script| Box::pin(operations::hedged(script))),
    ("totals::rescued", |script| Box::pin(operations::rescued(script))),
    ("totals::remembered", |script| Box::pin(operations::remembered(script))),
    ("totals::outer", |script| Box::pin(operations::outer(script))),
];

/// What its function calls itself.
const INNER: &str = "totals::inner";

/// Draws the same in every run.
struct Chance(u64);

impl Chance {
    /// One of `0..most`.
    fn below(&mut self, most: u64) -> u64 {
        // The generator of Knuth's MMIX; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn step(&mut self) -> Step {
        let takes = match self.below(4) {
            0 => 0,
            1 => 1 + self.below(9),
            2 => 10 + self.below(40),
            _ => 50 + self.below(100),
        };
        let end = match self.below(20) {
            0..10 => End::Succeed,
            10..15 => End::Fail,
            15..17 => End::Refuse,
            17 => End::Ignore,
            18 => End::AskToWait,
            _ => End::Panic,
        };
        Step { takes: Duration::from_millis(takes), end }
    }

    fn script(&mut self) -> Script {
        let (key, executions) = (self.below(5), AtomicU64::new(0));
        Script { key, steps: [(); 6].map(|()| self.step()), fallback: self.step(), executions }
    }
}

/// What callers saw of one function.
#[derive(Debug, Default)]
struct Callers {
    outcomes: BTreeMap<&'static str, u64>,
    executions: u64,
    /// Of all calls but those that panicked.
    elapsed: Duration,
}

/// Makes calls of all functions, some beside each other; one in five is dropped after so many polls.
async fn calls(seed: u64) -> Vec<Callers> {
    testing::seed(seed);
    let mut chance = Chance(seed);
    let mut all = Vec::new();
    for (_, call) in OPERATIONS {
        let (mut callers, mut begun) = (Callers::default(), Vec::new());
        for _ in 0..CALLS {
            let script = Arc::new(chance.script());
            let polls = if chance.below(5) == 0 { 1 + chance.below(4) } else { u64::from(u32::MAX) };
            let polls = usize::try_from(polls).expect("it is no more than 32 bits");
            let call = call(Arc::clone(&script));
            begun.push((script, tokio::spawn(timed(poll_at_most(polls, call)))));
            pass(Duration::from_millis(chance.below(30))).await;
        }
        for (script, call) in begun {
            let outcome = match call.await {
                Err(_) => "panicked",
                Ok((answer, elapsed)) => {
                    callers.elapsed += elapsed;
                    answer.as_ref().map_or("cancelled", operations::outcome)
                }
            };
            *callers.outcomes.entry(outcome).or_default() += 1;
            callers.executions += script.executions.load(Ordering::Relaxed);
        }
        all.push(callers);
    }
    all
}

/// What the callers saw, and what the metrics say of the same calls.
fn assert_callers_agree(all: &[Callers], metrics: &Metrics) {
    for ((operation, _), callers) in OPERATIONS.iter().zip(all) {
        let mut outcomes = BTreeMap::new();
        for (outcome, count) in
            metrics.tally("reliability.request.duration", operation, "reliability.outcome")
        {
            // What a caller cannot tell from the body's own answer.
            let outcome =
                if ["cached", "stale", "coalesced"].contains(&&*outcome) { "success" } else { &outcome };
            *outcomes.entry(outcome.to_owned()).or_default() += count;
        }
        let seen: BTreeMap<_, _> =
            callers.outcomes.iter().map(|(outcome, count)| ((*outcome).to_owned(), *count)).collect();
        assert_eq!(outcomes, seen, "{operation}");
        // Those of the one are made by the other.
        let attempts =
            metrics.of("retry.attempts", if *operation == "totals::outer" { INNER } else { operation });
        assert_eq!(attempts, callers.executions, "{operation}");
        let outcome =
            |outcome| [("reliability.operation.name", *operation), ("reliability.outcome", outcome)];
        let all = metrics.sum("reliability.request.duration", &[("reliability.operation.name", operation)]);
        let panicked = metrics.sum("reliability.request.duration", &outcome("panicked"));
        let elapsed = callers.elapsed.as_secs_f64();
        assert!((all - panicked - elapsed).abs() < 1e-6, "{operation}: {all} - {panicked} is not {elapsed}");
    }
}

#[tokio::test(start_paused = true)]
async fn callers_metrics_and_spans_agree() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    // Where nobody traces, most calls take another way.
    let callers = calls(1).await;
    let untraced = backend.collect();
    assert_callers_agree(&callers, &untraced);

    let recording = testing::record();
    let callers = calls(2).await;
    let metrics = backend.collect().since(&untraced);
    assert_callers_agree(&callers, &metrics);
    let seen = Seen::of(&recording);
    for (operation, _) in OPERATIONS {
        seen.assert_agrees(operation, &metrics);
    }
    seen.assert_agrees(INNER, &metrics);
    seen.assert_policies_agree(&metrics);
}
