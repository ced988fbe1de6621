//! Functions with the policies that change how a call ends, and a body for all of them that does as its script says.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use resilience_runtime::{Rejected, Throttle, ThrottleConfig, current, resilient};
use resilience_tests::{Failure, pass};

/// Who gave the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Body,
    Fallback,
}

pub(super) type Answer = Result<By, Failure>;

/// What one execution of a body does, after a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) takes: Duration,
    pub(super) end: End,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Succeed,
    Fail,
    Refuse,
    Ignore,
    AskToWait,
    Panic,
}

/// What the executions of one call do, each attempt by its number, and how often there was one.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) key: u64,
    pub(super) steps: [Step; 6],
    pub(super) fallback: Step,
    pub(super) executions: AtomicU64,
}

impl Script {
    async fn run(&self) -> Answer {
        self.executions.fetch_add(1, Ordering::Relaxed);
        let attempt = current().attempt() as usize;
        carry_out(self.steps[attempt.clamp(1, self.steps.len()) - 1], By::Body).await
    }
}

async fn carry_out(step: Step, by: By) -> Answer {
    if !step.takes.is_zero() {
        pass(step.takes).await;
    }
    match step.end {
        End::Succeed => Ok(by),
        End::Fail => Err(Failure::Transient(1)),
        End::Refuse => Err(Failure::Permanent(1)),
        End::Ignore => Err(Failure::Ignored(1)),
        End::AskToWait => Err(Failure::Throttled(Some(Duration::from_millis(70)))),
        // Without the panic hook, which would write a line for each.
        End::Panic => resume_unwind(Box::new(())),
    }
}

pub(super) type Shared = Arc<Script>;

#[resilient(name = "totals::plain")]
pub(super) async fn plain(script: Shared) -> Answer {
    script.run().await
}

#[resilient(name = "totals::timed", timeout = "60ms")]
pub(super) async fn timed(script: Shared) -> Answer {
    script.run().await
}

#[resilient(
    name = "totals::retried",
    retry = "exp_jitter",
    base = "20ms",
    max = "deadline",
    timeout = "60ms",
    deadline = "200ms"
)]
pub(super) async fn retried(script: Shared) -> Answer {
    script.run().await
}

#[resilient(
    name = "totals::guarded",
    retry = "fixed",
    base = "10ms",
    max = 3,
    budget("totals", floor = 1),
    breaker(
        "totals",
        failure_rate = "50%",
        window = 10,
        min_calls = 5,
        open_for = "200ms",
        probes = 2,
        successes = 1
    )
)]
pub(super) async fn guarded(script: Shared) -> Answer {
    script.run().await
}

#[resilient(
    name = "totals::limited",
    retry = "fixed",
    base = "10ms",
    max = 2,
    rate_limit("totals", rate = "50/s", burst = 2, wait = "20ms"),
    bulkhead("totals", max = 3, queue = 2, wait = "20ms")
)]
pub(super) async fn limited(script: Shared) -> Answer {
    script.run().await
}

static SHEDS: Throttle = Throttle::new("totals", ThrottleConfig::new());

#[resilient(name = "totals::shed", throttle = SHEDS, deadline = "100ms")]
pub(super) async fn shed(script: Shared) -> Answer {
    script.run().await
}

#[resilient(
    name = "totals::hedged",
    retry = "fixed",
    base = "10ms",
    max = "deadline",
    timeout = "80ms",
    deadline = "110ms",
    hedge("20ms", max = 2),
    idempotent
)]
pub(super) async fn hedged(script: Shared) -> Answer {
    script.run().await
}

#[resilient(
    name = "totals::rescued",
    retry = "fixed",
    base = "10ms",
    max = 2,
    deadline = "90ms",
    fallback(no_better, instead)
)]
pub(super) async fn rescued(script: Shared) -> Answer {
    script.run().await
}

async fn no_better(_script: Shared) -> Answer {
    Err(Failure::Permanent(2))
}

async fn instead(script: Shared) -> Answer {
    carry_out(script.fallback, By::Fallback).await
}

#[resilient(
    name = "totals::remembered",
    retry = "fixed",
    base = "10ms",
    max = 2,
    timeout = "80ms",
    cache("40ms", key = script.key, stale_if_error = "100ms", name = "totals"),
    coalesce
)]
pub(super) async fn remembered(script: Shared) -> Answer {
    script.run().await
}

#[resilient(name = "totals::outer", retry = "fixed", base = "10ms", max = 2, deadline = "300ms")]
pub(super) async fn outer(script: Shared) -> Answer {
    inner(script).await
}

#[resilient(name = "totals::inner", retry = "fixed", base = "10ms", max = 2, timeout = "50ms", map_rejected = |_| Failure::Transient(2))]
async fn inner(script: Shared) -> Answer {
    script.run().await
}

/// How a call ended for whom it was made, in the words of `reliability.outcome`; what a caller cannot tell apart is one.
pub(super) fn outcome(answer: &Answer) -> &'static str {
    let rejected = |rejected: &Rejected| match rejected.kind() {
        resilience_runtime::RejectedKind::Timeout | resilience_runtime::RejectedKind::Deadline => "timeout",
        _ => "rejected",
    };
    match answer {
        Ok(By::Body) => "success",
        Ok(By::Fallback) => "fallback",
        Err(Failure::Rejected(refusal)) => rejected(refusal),
        Err(_) => "error",
    }
}
