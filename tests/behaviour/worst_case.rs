//! The worst case that the catalog tells of a function, beside what calls of it take.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use proptest::prelude::*;
use resilience_runtime::{catalog, resilient};
use resilience_tests::{Answer, Failure, ms, pass, secs, timed};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// What the executions of a body do, one after the other, and from the first again: so many milliseconds, and what is
/// answered then.
#[derive(Debug)]
struct Plan {
    steps: Vec<(u64, char)>,
    executions: AtomicUsize,
}

impl Plan {
    const fn new(steps: Vec<(u64, char)>) -> Self {
        Self { steps, executions: AtomicUsize::new(0) }
    }

    async fn run(&self) -> Answer {
        let execution = self.executions.fetch_add(1, Ordering::Relaxed);
        let (takes, answer) = self.steps[execution % self.steps.len()];
        pass(ms(takes)).await;
        match answer {
            'S' => Ok(1),
            'F' => Err(Failure::Transient(1)),
            't' => Err(Failure::Throttled(None)),
            _ => Err(Failure::Permanent(1)),
        }
    }
}

/// The functions, by number.
macro_rules! functions {
    ($($name:ident $operation:literal ($($policies:tt)*))*) => {
        $(
            #[resilient(name = $operation, $($policies)*)]
            async fn $name(plan: &Plan) -> Answer {
                plan.run().await
            }
        )*

        const NAMES: &[&str] = &[$($operation),*];

        async fn call(name: &str, plan: &Plan) -> Answer {
            match name {
                $($operation => $name(plan).await,)*
                _ => unreachable!("{name} is in the list"),
            }
        }
    };
}

functions! {
    alone "worst_case_alone" (timeout = "40ms")
    fixed "worst_case_fixed" (retry = "fixed", max = 4, base = "10ms", timeout = "40ms")
    exp "worst_case_exp" (retry = "exp", max = 6, base = "3ms", cap = "30ms", factor = 3.0, timeout = "40ms")
    ratio "worst_case_ratio" (retry = "exp", max = 4, base = "10ms", cap = "35ms", jitter = 0.5, timeout = "40ms")
    full "worst_case_full" (retry = "exp_jitter", max = 4, base = "20ms", timeout = "40ms")
    equal "worst_case_equal" (retry = "linear", jitter = "equal", max = 5, base = "5ms", cap = "12ms", timeout = "40ms")
    decorrelated "worst_case_decorrelated" (retry = "decorrelated", max = 5, base = "5ms", cap = "50ms", timeout = "40ms")
    fibonacci "worst_case_fibonacci" (retry = "fibonacci", max = 7, base = "2ms", timeout = "40ms")
    once "worst_case_once" (retry = "exp", max = 1, base = "1s", timeout = "40ms")
    hedged "worst_case_hedged" (hedge("15ms", max = 2), idempotent, retry = "fixed", max = 3, base = "10ms", timeout = "40ms")
    queued "worst_case_queued" (bulkhead(1, queue = 3, wait = "25ms"), retry = "fixed", max = 3, base = "10ms", timeout = "40ms")
    hedged_queue "worst_case_hedged_queue" (
        hedge("15ms", max = 1), idempotent, bulkhead(2, queue = 3, wait = "25ms"), retry = "fixed", max = 2,
        base = "10ms", timeout = "40ms"
    )
    broken "worst_case_broken" (
        breaker("worst_case_broken", consecutive = 2, open_for = "20ms", probes = 1, successes = 1),
        retry = "fixed", max = 4, base = "20ms", timeout = "40ms"
    )
    until_deadline "worst_case_until_deadline" (retry = "exp_jitter", max = "deadline", base = "5ms", deadline = "130ms", timeout = "40ms")
    queued_until_deadline "worst_case_queued_until_deadline" (
        rate_limit("50/s", burst = 2, wait = "30ms"), bulkhead(2, queue = 2, wait = "20ms"), hedge("10ms", max = 1),
        idempotent, retry = "exp_jitter", max = "deadline", base = "5ms", deadline = "130ms"
    )
    shared "worst_case_shared" (coalesce(key = ()), retry = "fixed", max = 3, base = "10ms", timeout = "40ms")
}

/// What the catalog says of each.
static WORST_CASES: LazyLock<HashMap<&str, Duration>> = LazyLock::new(|| {
    let entries = catalog().entries.into_iter();
    entries.filter_map(|entry| Some((entry.operation, entry.worst_case.time?))).collect()
});

/// The longest of `calls` calls, each of which comes so many milliseconds behind the one before.
async fn longest(name: &'static str, calls: u32, apart: u64, steps: Vec<(u64, char)>) -> Duration {
    let plan = Arc::new(Plan::new(steps));
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let plan = Arc::clone(&plan);
        tasks.spawn(async move { timed(call(name, &plan)).await.1 });
        pass(ms(apart)).await;
    }
    tasks.join_all().await.into_iter().max().unwrap_or_default()
}

/// One after the other, on one clock: calls share their breaker and limits.
fn in_paused_time<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<Mutex<Runtime>> = LazyLock::new(|| {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        Mutex::new(runtime.expect("it needs nothing"))
    });
    let runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    // What others have left is over then.
    runtime.block_on(pass(secs(1)));
    runtime.block_on(future)
}

/// A timer counts whole milliseconds: each wait of a call may end so much later, and no call has more waits than this.
const TIMERS: Duration = ms(16);

fn steps() -> impl Strategy<Value = Vec<(u64, char)>> {
    let answers = prop::sample::select(vec!['S', 'F', 'F', 'F', 't', 'N']);
    prop::collection::vec((0_u64..60, answers), 1..12)
}

proptest! {
    #[test]
    fn no_call_takes_longer_than_its_worst_case(
        name in prop::sample::select(NAMES), calls in 1_u32..8, apart in 0_u64..30, steps in steps(),
    ) {
        let took = in_paused_time(longest(name, calls, apart, steps));
        prop_assert!(took <= WORST_CASES[name] + TIMERS, "{name}: {took:?}");
    }
}

#[test]
fn calls_that_run_out_of_time_in_every_attempt_take_nearly_as_long() {
    for &name in NAMES {
        // As often as it takes for a jittered wait to be long.
        let took = (0..20).map(|_| in_paused_time(longest(name, 1, 0, vec![(1_000, 'S')]))).max();
        let (took, worst) = (took.unwrap_or_default(), WORST_CASES[name]);
        let is_queued = name.contains("queue");
        assert!(took * 5 >= worst * 4 || is_queued, "{name}: {took:?} of {worst:?}");
    }
}
