//! Panics: in the body, and in what a user may hang on it. They go on to the caller, and leave everything in order.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use resilience_runtime::testing;
use resilience_runtime::{
    Adaptive, BackoffPolicy, Breaker, BreakerConfig, Bulkhead, BulkheadConfig, Class, Classify, Rejected,
    Rng, State, Throttle, ThrottleConfig, current, resilient,
};
use resilience_tests::{Answer, Failure, Script, ms, panic_of, pass, play, secs, started, timed};

/// Never opens, and has all calls in its window.
const COUNTS: BreakerConfig = BreakerConfig::new().failure_rate(1.0).min_calls(1_000);
const ONE_PROBE: BreakerConfig = BreakerConfig::new().consecutive(1).open_for(secs(1)).probes(1);

/// Calls and failures in the window.
fn counted(breaker: &Breaker) -> (u64, u64) {
    (breaker.snapshot().calls, breaker.snapshot().failures)
}

// A20
#[tokio::test(start_paused = true)]
async fn a_body_that_panics_is_a_failure_and_the_panic_goes_on() {
    static DB: Breaker = Breaker::new("panics", COUNTS);
    #[resilient(retry = "fixed", max = 3, breaker = DB, name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    for takes in [ms(0), ms(10)] {
        let script = Script::new("!").taking(takes);
        assert_eq!(panic_of(load(&script)).await, "execution 1 panics");
        assert_eq!(script.executions(), 1, "a panic is not retried");
    }
    assert_eq!(counted(&DB), (2, 2));
    assert_eq!((current().attempt(), current().depth()), (0, 0));
    for call in recording.calls() {
        assert_eq!(call.story(), "load: panicked after 1 attempt, error: panic");
    }
    assert_eq!(load(&Script::new("S")).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_later_attempt_may_panic_as_well() {
    static DB: Breaker = Breaker::new("panics_later", COUNTS);
    #[resilient(retry = "fixed", max = 5, breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (message, elapsed) = timed(panic_of(load(&Script::new("FF!")))).await;
    assert_eq!((message.as_str(), elapsed), ("execution 3 panics", ms(200)));
    assert_eq!(counted(&DB), (3, 3));
}

// F9
#[tokio::test(start_paused = true)]
async fn a_probe_that_panics_opens_the_breaker_again() {
    static DB: Breaker = Breaker::new("f9", ONE_PROBE);
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.trip();
    pass(secs(1)).await;
    assert_eq!(panic_of(load(&Script::new("!"))).await, "execution 1 panics");
    assert_eq!((DB.state(), DB.snapshot().opened), (State::Open, 2));
    pass(secs(1)).await;
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    assert_eq!(DB.state(), State::Closed);
}

// A17 E11
#[tokio::test(start_paused = true)]
async fn a_predicate_that_panics_is_a_failure_and_gives_its_probe_back() {
    static DB: Breaker = Breaker::new("e11", ONE_PROBE);
    #[resilient(breaker = DB, when = |_| -> bool { panic!("in `when`") })]
    async fn by_error(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = DB, when_ok = |_| -> bool { panic!("in `when_ok`") })]
    async fn by_value(script: &Script) -> Answer {
        script.run().await
    }
    for round in 1..=2 {
        DB.reset();
        DB.trip();
        pass(secs(1)).await;
        let message = match round {
            1 => panic_of(by_error(&Script::new("F"))).await,
            _ => panic_of(by_value(&Script::new("S"))).await,
        };
        assert_eq!(message, ["in `when`", "in `when_ok`"][round - 1]);
        assert_eq!((DB.state(), DB.snapshot().opened), (State::Open, 2));
        pass(secs(1)).await;
        assert_eq!(by_error(&Script::new("S")).await, Ok(1));
        assert_eq!(DB.state(), State::Closed);
    }
}

/// An error that panics when it is asked for its class.
#[derive(Debug)]
struct Unclassifiable;

impl Classify for Unclassifiable {
    fn classify(&self) -> Class {
        panic!("in `classify`")
    }
}

impl From<Rejected> for Unclassifiable {
    fn from(_: Rejected) -> Self {
        Self
    }
}

#[tokio::test(start_paused = true)]
async fn a_classification_that_panics_is_a_failure() {
    static DB: Breaker = Breaker::new("unclassifiable", COUNTS);
    #[resilient(retry = "fixed", breaker = DB)]
    async fn load(executions: &mut u32) -> Result<(), Unclassifiable> {
        *executions += 1;
        Err(Unclassifiable)
    }
    let mut executions = 0;
    assert_eq!(panic_of(load(&mut executions)).await, "in `classify`");
    assert_eq!((executions, counted(&DB)), (1, (1, 1)));
}

#[tokio::test(start_paused = true)]
async fn a_map_rejected_that_panics_leaves_the_breaker_as_the_refusal_did() {
    static DB: Breaker = Breaker::new("map_rejected", ONE_PROBE);
    #[resilient(breaker = DB, timeout = "1s", map_rejected = |rejected| panic!("{rejected}"), name = "load")]
    async fn load(script: &Script) -> Result<u32, Failure> {
        script.run().await
    }
    let script = Script::new("P");
    assert_eq!(panic_of(load(&script)).await, "an attempt of `load` timed out after 1s");
    assert_eq!(panic_of(load(&script)).await, "circuit breaker `map_rejected` is open; retry after 1s");
    let snapshot = DB.snapshot();
    assert_eq!((snapshot.failures, snapshot.opened, snapshot.rejections), (1, 1, 1));
    pass(secs(1)).await;
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    assert_eq!(DB.state(), State::Closed);
}

/// A policy that panics.
struct Panicking;

impl BackoffPolicy for Panicking {
    fn delay(&self, retry: u32, _previous: Duration, _rng: &mut Rng) -> Duration {
        if retry == 1 { ms(10) } else { panic!("in the policy") }
    }
}

// G19
#[tokio::test(start_paused = true)]
async fn a_backoff_policy_that_panics_ends_the_call() {
    static DB: Breaker = Breaker::new("g19", COUNTS);
    #[resilient(retry = Panicking, max = 5, breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (script, recording) = (Script::new("F"), testing::record());
    let (message, elapsed) = timed(panic_of(load(&script))).await;
    assert_eq!((message.as_str(), elapsed), ("in the policy", ms(10)));
    assert_eq!((script.executions(), counted(&DB)), (2, (2, 2)));
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.outcomes()), ("panicked", vec!["retryable_error"; 2]));
}

#[tokio::test(start_paused = true)]
async fn a_backoff_policy_that_panics_after_a_refusal_ends_the_call() {
    static DB: Breaker = Breaker::new("policy_after_refusal", ONE_PROBE);
    #[resilient(retry = Panicking, max = 5, breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // The first failure opens the breaker, which refuses the second attempt.
    let (script, recording) = (Script::new("F"), testing::record());
    let (message, elapsed) = timed(panic_of(load(&script))).await;
    assert_eq!((message.as_str(), elapsed), ("in the policy", ms(10)));
    assert_eq!((script.executions(), DB.snapshot().rejections), (1, 1));
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.outcomes()), ("panicked", vec!["retryable_error"]));
}

#[tokio::test(start_paused = true)]
async fn a_fallback_that_panics_is_none_of_the_breakers_business() {
    static DB: Breaker = Breaker::new("fallback_panics", COUNTS);
    #[resilient(breaker = DB, fallback = instead)]
    async fn load(script: &Script, other: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script, other: &Script) -> Answer {
        other.run().await
    }
    let recording = testing::record();
    for takes in [ms(0), ms(10)] {
        let other = Script::new("!").taking(takes);
        assert_eq!(panic_of(load(&Script::new("F"), &other)).await, "execution 1 panics");
    }
    assert_eq!(counted(&DB), (2, 2));
    assert_eq!(current().depth(), 0);
    assert!(recording.calls().iter().all(|call| call.outcome == "panicked"));
}

#[tokio::test(start_paused = true)]
async fn a_panic_has_no_fallback() {
    #[resilient(fallback = |_| Ok(100))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(panic_of(load(&Script::new("!"))).await, "execution 1 panics");
}

/// An error that panics when it is displayed.
#[derive(Debug)]
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in `fmt`")
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_panics_when_it_is_recorded_is_a_panic() {
    #[resilient(retry = "fixed")]
    async fn load() -> Result<(), Unspeakable> {
        Err(Unspeakable)
    }
    #[resilient(timeout = "1s", map_rejected = |_| Unspeakable, fallback = instead)]
    async fn answered() -> Result<(), Unspeakable> {
        pass(secs(2)).await;
        Ok(())
    }
    async fn instead() -> Result<(), Unspeakable> {
        pass(ms(1)).await;
        Err(Unspeakable)
    }
    // Nobody listens, and nothing is recorded.
    assert!(load().await.is_err());
    assert!(answered().await.is_err());
    let recording = testing::record();
    assert_eq!(panic_of(load()).await, "in `fmt`");
    assert_eq!(panic_of(answered()).await, "in `fmt`");
    assert!(recording.calls().iter().all(|call| call.outcome == "panicked"), "{:?}", recording.calls());
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "in `drop`");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_panics_when_it_is_cut_off_is_a_failure() {
    static DB: Breaker = Breaker::new("bomb", COUNTS);
    #[resilient(breaker = DB, timeout = "1s")]
    async fn load() -> Answer {
        let _bomb = Bomb;
        pass(secs(10)).await;
        Ok(0)
    }
    let (message, elapsed) = timed(panic_of(load())).await;
    assert_eq!((message.as_str(), elapsed), ("in `drop`", secs(1)));
    assert_eq!(counted(&DB), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_task_is_the_tasks() {
    static DB: Breaker = Breaker::new("task", COUNTS);
    static SCRIPT: Script = Script::new("!");
    #[resilient(retry = "fixed", breaker = DB)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    assert!(tokio::spawn(load()).await.unwrap_err().is_panic());
    assert_eq!((SCRIPT.executions(), counted(&DB)), (1, (1, 1)));
}

#[test]
fn a_panic_that_unwinds_through_the_runtime_is_a_failure() {
    static DB: Breaker = Breaker::new("unwinds", COUNTS);
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let script = Script::new("!").taking(ms(10));
    assert!(catch_unwind(AssertUnwindSafe(|| runtime.block_on(load(&script)))).is_err());
    assert_eq!(counted(&DB), (1, 1));
    assert_eq!(current().depth(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_anothers_panic_drops_is_no_failure() {
    static DB: Breaker = Breaker::new("bystander", COUNTS);
    #[resilient(retry = "fixed", breaker = DB, name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (script, recording) = (Script::new("P"), testing::record());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _call = started(load(&script));
        panic!("somebody else's");
    }));
    assert!(panicked.is_err());
    assert_eq!((script.executions(), counted(&DB)), (1, (0, 0)));
    assert_eq!(recording.call().outcome, "cancelled");
}

/// Polls `call` beside another future of the same task, whose panic drops it.
async fn beside_a_panic(call: impl Future) {
    let message = panic_of(async {
        tokio::join!(call, async {
            pass(ms(150)).await;
            panic!("somebody else's");
        });
    });
    assert_eq!(message.await, "somebody else's");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_anothers_panic_drops_is_no_failure_to_its_limits() {
    static THROTTLE: Throttle = Throttle::new("bystander", ThrottleConfig::new());
    static DB: Bulkhead = Bulkhead::new("bystander", BulkheadConfig::new(10).adaptive(Adaptive::aimd()));
    #[resilient(bulkhead = DB)]
    async fn first(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(throttle = THROTTLE, bulkhead = DB, retry = "fixed", base = "100ms", when = |_| true)]
    async fn later(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(throttle = THROTTLE, bulkhead = DB, hedge = "100ms", idempotent)]
    async fn hedged(script: &Script) -> Answer {
        script.run().await
    }
    // Nothing is shed after these.
    assert_eq!(play(5, async || later(&Script::new("S")).await).await, "SSSSS");
    let told = || (DB.limit(), THROTTLE.snapshot().requests, THROTTLE.snapshot().accepts);
    beside_a_panic(first(&Script::new("P"))).await;
    beside_a_panic(hedged(&Script::new("P"))).await;
    assert_eq!(told(), (10, 5, 5));
    beside_a_panic(later(&Script::new("FP"))).await;
    assert_eq!(told(), (9, 6, 5), "the first attempt failed");
    // Its own is one.
    panic_of(later(&Script::new("!").taking(ms(1)))).await;
    assert_eq!(told(), (8, 7, 5));
    pass(ms(1)).await;
    panic_of(first(&Script::new("!"))).await;
    assert_eq!(told(), (7, 7, 5), "at its first poll");
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_nobody_heard_of_is_no_failure_when_anothers_panic_drops_it() {
    const TWO: BulkheadConfig = BulkheadConfig::new(2).adaptive(Adaptive::aimd()).queue(1).wait(secs(60));
    static DB: Bulkhead = Bulkhead::new("unheard", TWO);
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let (_running, other) = (started(load(&hang)), started(load(&hang)));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _given = started(load(&hang));
        drop(other);
        assert_eq!((DB.in_flight(), DB.queued()), (2, 0));
        panic!("somebody else's");
    }));
    assert!(panicked.is_err());
    assert_eq!((DB.in_flight(), DB.limit(), hang.executions()), (1, 2, 2));
}
