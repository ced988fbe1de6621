//! Limits together with each other and with breakers: who is asked first, and what a refusal leaves behind.
//!
//! The order, outermost first: fallback, deadline, retry with its budget, throttle, breaker, rate limit, bulkhead,
//! timeout, body.

use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::{
    Breaker, BreakerConfig, Bulkhead, BulkheadConfig, Rate, RateLimitConfig, RateLimiter, RejectedKind,
    RetryBudget, State, Throttle, ThrottleConfig, resilient, testing,
};
use resilience_tests::{Answer, Failure, Script, ms, pass, play, refusal, secs, started, timed};
use tokio::task::JoinSet;

const ONE_PROBE: BreakerConfig = BreakerConfig::new().consecutive(1).open_for(secs(1)).probes(1);
const ONE: BulkheadConfig = BulkheadConfig::new(1);

// O5
#[tokio::test(start_paused = true)]
async fn who_refuses_first_leaves_the_others_unasked() {
    static SHEDS: Throttle = Throttle::new("together_throttle", ThrottleConfig::new());
    static GUARD: Breaker = Breaker::new("together_breaker", BreakerConfig::new());
    static RATE: RateLimiter =
        RateLimiter::new("together_rate", RateLimitConfig::new(Rate::new(1, secs(3_600))).burst(2));
    static ROOM: Bulkhead = Bulkhead::new("together_bulkhead", ONE);
    #[resilient(bulkhead = ROOM, rate_limit = RATE, throttle = SHEDS, breaker = GUARD)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let refusals = || {
        let breaker = GUARD.snapshot().rejections;
        (SHEDS.snapshot().rejections, breaker, RATE.snapshot().rejections, ROOM.snapshot().rejections)
    };
    let hang = Script::new("P");
    let _running = started(load(&hang));
    // The bulkhead is full: the last one that is asked, after the rate limit has let the call through.
    assert_eq!(play(1, async || load(&hang).await).await, "B");
    assert_eq!((refusals(), RATE.snapshot().available), ((0, 0, 0, 1), 0));
    // The rate is used up too.
    assert_eq!(play(1, async || load(&hang).await).await, "L");
    assert_eq!(refusals(), (0, 0, 1, 1));
    // The breaker is open too.
    GUARD.isolate();
    assert_eq!(play(1, async || load(&hang).await).await, "R");
    assert_eq!(refusals(), (0, 1, 1, 1));
    // The throttle sheds too.
    for _ in 0..10_000 {
        drop(SHEDS.try_admit());
    }
    let before = SHEDS.snapshot().rejections;
    testing::seed(5);
    assert_eq!(play(1, async || load(&hang).await).await, "H");
    assert_eq!(refusals(), (before + 1, 1, 1, 1));
    assert_eq!((hang.executions(), GUARD.snapshot().calls), (1, 0));
}

// O5
#[tokio::test(start_paused = true)]
async fn the_order_is_the_same_however_it_is_written_and_can_be_read_back() {
    #[resilient(
        fallback = |_| Ok(100), timeout = "50ms", bulkhead("read_bulkhead", max = 1), throttle = "read_throttle", name = "load",
        deadline = "10s", rate_limit("read_rate", rate = "20/h"), breaker("read_breaker", consecutive = 5),
        budget("read_budget", ratio = "50%"), retry = "fixed", max = 3, base = "20ms",
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // So many that the throttle lets three failures pass.
    assert_eq!(play(5, async || load(&Script::new("S")).await).await, "SSSSS");
    let recording = testing::record();
    assert_eq!(timed(load(&Script::new("P"))).await, (Ok(100), ms(3 * 50 + 2 * 20)));
    let call = recording.call();
    assert_eq!(
        call.fields["reliability.policy.digest"],
        "retry=fixed base=20ms max=3 budget=read_budget throttle=read_throttle breaker=read_breaker \
         rate_limit=read_rate bulkhead=read_bulkhead timeout=50ms deadline=10s fallback",
    );
    assert_eq!(call.outcomes(), ["timeout"; 3]);
    assert_eq!(RetryBudget::named("read_budget").unwrap().snapshot().retries, 2);
    assert_eq!(Throttle::named("read_throttle").unwrap().snapshot().requests, 8);
    assert_eq!(Breaker::named("read_breaker").unwrap().snapshot().consecutive_failures, 3);
    assert_eq!(RateLimiter::named("read_rate").unwrap().snapshot().available, 12);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_a_limit_refuses_gives_its_place_back() {
    static DB: Breaker = Breaker::new("refused_probe", ONE_PROBE);
    #[resilient(breaker = DB, bulkhead("refused_probe", max = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = DB, rate_limit("1/h"))]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let running = started(load(&hang));
    assert_eq!(limited(&Script::new("S")).await, Ok(1));
    DB.trip();
    pass(secs(1)).await;
    for _ in 0..3 {
        assert_eq!(play(1, async || load(&hang).await).await, "B");
        assert_eq!(play(1, async || limited(&hang).await).await, "L");
        assert_eq!((DB.state(), DB.snapshot().calls), (State::HalfOpen, 0));
    }
    drop(running);
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    assert_eq!(DB.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_while_it_waits_gives_its_place_back() {
    static DB: Breaker = Breaker::new("waiting_probe", ONE_PROBE);
    #[resilient(breaker = DB, rate_limit("1/s", wait = "1m"), bulkhead("waiting_probe", max = 1, queue = 1, wait = "1m"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let running = started(load(&hang));
    DB.trip();
    pass(ms(1_000)).await;
    let queued = started(load(&hang));
    assert_eq!(play(1, async || load(&hang).await).await, "R");
    drop(queued);
    let in_line = started(load(&hang));
    assert_eq!(play(1, async || load(&hang).await).await, "R");
    drop((in_line, running));
    assert_eq!(timed(load(&Script::new("S"))).await, (Ok(1), secs(1)));
    assert_eq!(DB.state(), State::Closed);
}

// O8
#[tokio::test(start_paused = true)]
async fn a_call_that_backs_off_after_a_refusal_holds_no_probe() {
    static DB: Breaker = Breaker::new("refused_backoff", ONE_PROBE);
    static ROOM: Bulkhead = Bulkhead::new("refused_backoff", ONE);
    #[resilient(breaker = DB, bulkhead = ROOM, retry = "fixed", max = 2, base = "10s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.trip();
    pass(secs(1)).await;
    let (script, taken) = (Script::new("S"), ROOM.try_enter());
    let waiting = started(load(&script));
    drop(taken);
    assert_eq!(timed(load(&script)).await, (Ok(1), ms(0)));
    assert_eq!(DB.state(), State::Closed);
    assert_eq!(waiting.await, Ok(2));
}

// O8
#[tokio::test(start_paused = true)]
async fn a_call_that_backs_off_holds_nothing_at_all() {
    static GUARD: Breaker = Breaker::new("nothing_held", ONE_PROBE.probes(2).successes(1));
    static RATE: RateLimiter =
        RateLimiter::new("nothing_held", RateLimitConfig::new(Rate::per_second(5)).wait(secs(5)));
    static ROOM: Bulkhead = Bulkhead::new("nothing_held", ONE.queue(1).wait(secs(5)));
    #[resilient(retry = "fixed", max = 2, base = "10s", breaker = GUARD, rate_limit = RATE, bulkhead = ROOM)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    GUARD.trip();
    pass(secs(1)).await;
    let script = Script::new("FS");
    let waiting = started(load(&script));
    assert_eq!((ROOM.in_flight(), ROOM.queued(), RATE.snapshot().waiting), (0, 0, 0));
    // One probe has failed, and the other is to be had.
    assert_eq!(timed(load(&Script::new("S"))).await, (Ok(1), ms(0)));
    assert_eq!(GUARD.state(), State::Closed);
    assert_eq!(waiting.await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_its_turn_and_then_for_a_slot() {
    #[resilient(rate_limit("1/s", wait = "1m"), bulkhead(1, queue = 9, wait = "1500ms"), timeout = "5s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(2));
    let calls = tokio::join!(timed(load(&script)), timed(load(&script)), timed(load(&script)));
    assert_eq!((calls.0, calls.1), ((Ok(1), secs(2)), (Ok(2), secs(4))));
    // Its turn came at 2 s, and at 3.5 s the slot was still taken: each wait is a time of its own.
    assert_eq!((refusal(calls.2.0).kind(), calls.2.1), (RejectedKind::BulkheadFull, ms(3_500)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_lose_nothing_between_breaker_limiter_and_bulkhead() {
    const DAY: Duration = Duration::from_secs(24 * 3_600);
    static GUARD: Breaker =
        Breaker::new("all_tasks", BreakerConfig::new().failure_rate(1.0).min_calls(1_000_000));
    static RATE: RateLimiter =
        RateLimiter::new("all_tasks", RateLimitConfig::new(Rate::new(1, DAY)).burst(5_000));
    static ROOM: Bulkhead = Bulkhead::new("all_tasks", BulkheadConfig::new(4).queue(10_000).wait(DAY));
    static SHEDS: Throttle = Throttle::new("all_tasks", ThrottleConfig::new().window(DAY));
    static SCRIPT: Script = Script::new("SF");
    #[resilient(throttle = SHEDS, breaker = GUARD, rate_limit = RATE, bulkhead = ROOM)]
    async fn load(fails: bool) -> Answer {
        tokio::task::yield_now().await;
        let answer = SCRIPT.run().await;
        if fails { Err(Failure::Transient(0)) } else { answer.or(Ok(0)) }
    }
    // So many accepted ones that the throttle sheds none, whatever the order of the others.
    for _ in 0..5_000 {
        SHEDS.try_admit().unwrap().accept();
    }
    let mut tasks = JoinSet::new();
    for call in 0..10_000 {
        tasks.spawn(load(call % 4 == 0));
    }
    let answers = tasks.join_all().await;
    let refused = answers.iter().filter(|answer| matches!(answer, Err(Failure::Rejected(_))));
    assert_eq!(refused.count(), 5_000);
    assert_eq!((SCRIPT.executions(), RATE.snapshot().rejections), (5_000, 5_000));
    let failures = answers.iter().filter(|answer| matches!(answer, Err(Failure::Transient(_))));
    let failures = failures.count() as u64;
    assert_eq!((GUARD.snapshot().calls, GUARD.snapshot().failures), (5_000, failures));
    assert_eq!((SHEDS.snapshot().requests, SHEDS.snapshot().accepts), (10_000, 10_000 - failures));
    assert_eq!((ROOM.in_flight(), ROOM.queued(), ROOM.snapshot().rejections), (0, 0, 0));
}

// What queues behind calls that fail is refused when the breaker opens, and leaves its slot to nobody's harm.
#[tokio::test(start_paused = true)]
async fn a_call_that_waited_asks_the_breaker_again() {
    static DB: Breaker = Breaker::new("again", BreakerConfig::new().consecutive(3).open_for(secs(30)));
    static PLACES: Bulkhead = Bulkhead::new("again", BulkheadConfig::new(1).queue(100).wait(secs(20)));
    #[resilient(breaker = DB, bulkhead = PLACES)]
    async fn queued(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = DB, rate_limit(rate = "1/s", burst = 1, wait = "20s"))]
    async fn paced(script: &Script) -> Answer {
        script.run().await
    }
    for is_queued in [true, false] {
        DB.reset();
        let script = Arc::new(Script::new("F").taking(ms(100)));
        let mut calls = JoinSet::new();
        for _ in 0..10 {
            let script = Arc::clone(&script);
            calls.spawn(async move { if is_queued { queued(&script).await } else { paced(&script).await } });
        }
        let answers = calls.join_all().await;
        assert_eq!((script.executions(), PLACES.in_flight()), (3, 0), "{is_queued}");
        let is_refused = |answer: &&Answer| matches!(answer, Err(Failure::Rejected(rejected)) if rejected.kind() == RejectedKind::BreakerOpen);
        assert_eq!(answers.iter().filter(is_refused).count(), 7, "{is_queued}");
    }
}
