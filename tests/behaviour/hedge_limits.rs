//! Hedges and the policies around each attempt: permits of their own, and none that has to be waited for.

use std::cell::Cell;

use resilience_runtime::{
    Breaker, BreakerConfig, BudgetConfig, Bulkhead, BulkheadConfig, Event, Rate, RateLimitConfig,
    RateLimiter, RetryBudget, State, Throttle, ThrottleConfig, current, observe, resilient, testing,
};
use resilience_tests::Failure::Transient;
use resilience_tests::{Alive, Answer, ms, panic_of, pass, poll_at_most, secs, started, timed};
use tokio::task::yield_now;

/// Slow the first time, fast after.
async fn slow_once() -> Answer {
    let number = current().attempt();
    pass(if number == 1 { secs(1) } else { ms(10) }).await;
    Ok(number)
}

// M13
#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_slot_and_gives_it_back() {
    static POOL: Bulkhead = Bulkhead::new("hedge_pool", BulkheadConfig::new(2));
    #[resilient(hedge = "100ms", idempotent, bulkhead = POOL)]
    async fn load() -> Answer {
        assert!(POOL.in_flight() >= current().attempt());
        slow_once().await
    }
    assert_eq!(load().await, Ok(2));
    assert_eq!(POOL.in_flight(), 0);
    // With one slot left there is one attempt, and nobody was refused.
    let _taken = POOL.try_enter().expect("free");
    let (answer, took) = timed(load()).await;
    assert_eq!((answer, took), (Ok(1), secs(1)));
    assert_eq!((POOL.in_flight(), POOL.snapshot().rejections), (1, 0));
}

// M13
#[tokio::test(start_paused = true)]
async fn an_extra_attempt_does_not_queue() {
    static POOL: Bulkhead = Bulkhead::new("hedge_queue", BulkheadConfig::new(1).queue(10).wait(secs(10)));
    #[resilient(hedge = "100ms", idempotent, bulkhead = POOL)]
    async fn load() -> Answer {
        slow_once().await
    }
    let mut call = started(load());
    assert!(resilience_tests::poll_once(&mut call).is_pending());
    pass(ms(500)).await;
    assert!(resilience_tests::poll_once(&mut call).is_pending());
    assert_eq!((POOL.in_flight(), POOL.queued()), (1, 0));
    assert_eq!(call.await, Ok(1));
}

// M13
#[tokio::test(start_paused = true)]
async fn an_extra_attempt_takes_from_the_rate() {
    static RATE: RateLimiter = RateLimiter::new("hedge_rate", RateLimitConfig::new(Rate::new(3, secs(60))));
    #[resilient(hedge = "100ms", idempotent, rate_limit = RATE)]
    async fn load() -> Answer {
        slow_once().await
    }
    assert_eq!(load().await, Ok(2));
    assert_eq!(load().await, Ok(1), "nothing was left for an extra attempt");
}

// M13
#[tokio::test(start_paused = true)]
async fn an_extra_attempt_is_paid_from_the_budget() {
    static BUDGET: RetryBudget = RetryBudget::new("hedge_budget", BudgetConfig::new().floor(1).ratio(0.01));
    #[resilient(hedge = "100ms", idempotent, budget = BUDGET)]
    async fn load() -> Answer {
        slow_once().await
    }
    assert_eq!(load().await, Ok(2));
    assert_eq!(BUDGET.snapshot().retries, 1);
    assert_eq!(load().await, Ok(1));
    assert_eq!(BUDGET.snapshot().retries, 1);
}

#[tokio::test(start_paused = true)]
async fn an_extra_attempt_that_is_not_started_is_not_paid_for() {
    static BUDGET: RetryBudget = RetryBudget::new("hedge_unpaid", BudgetConfig::new());
    static POOL: Bulkhead = Bulkhead::new("hedge_unpaid", BulkheadConfig::new(1));
    #[resilient(hedge = "100ms", idempotent, budget = BUDGET, bulkhead = POOL)]
    async fn load() -> Answer {
        slow_once().await
    }
    assert_eq!(load().await, Ok(1));
    assert_eq!(BUDGET.snapshot().retries, 0);
}

#[tokio::test(start_paused = true)]
async fn the_breaker_hears_of_each_that_answered_and_of_no_loser() {
    static DB: Breaker = Breaker::new("hedge_breaker", BreakerConfig::new().failure_rate(1.0).min_calls(100));
    #[resilient(hedge = "100ms", idempotent, breaker = DB)]
    async fn load(fails: bool) -> Answer {
        if fails && current().attempt() == 1 {
            return Err(Transient(1));
        }
        slow_once().await
    }
    assert_eq!(load(false).await, Ok(2));
    assert_eq!((DB.snapshot().calls, DB.snapshot().failures), (1, 0));
    assert_eq!(load(true).await, Ok(2));
    assert_eq!((DB.snapshot().calls, DB.snapshot().failures), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_lets_no_extra_attempt_through() {
    static DB: Breaker = Breaker::new("hedge_open", BreakerConfig::new());
    #[resilient(hedge = "100ms", idempotent, breaker = DB)]
    async fn load() -> Answer {
        slow_once().await
    }
    let call = started(load());
    DB.trip();
    assert_eq!(timed(call).await, (Ok(1), secs(1)));
}

#[tokio::test(start_paused = true)]
async fn a_throttle_hears_of_each_that_answered_and_of_no_loser() {
    static SHEDS: Throttle = Throttle::new("hedge_throttle", ThrottleConfig::new());
    #[resilient(hedge = "100ms", idempotent, throttle = SHEDS)]
    async fn load() -> Answer {
        slow_once().await
    }
    assert_eq!(load().await, Ok(2));
    let snapshot = SHEDS.snapshot();
    assert_eq!((snapshot.requests, snapshot.accepts), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_first_attempt_is_final() {
    static POOL: Bulkhead = Bulkhead::new("hedge_full", BulkheadConfig::new(1));
    #[resilient(hedge("0s", max = 3), idempotent, bulkhead = POOL)]
    async fn load() -> Answer {
        slow_once().await
    }
    let _taken = POOL.try_enter().expect("free");
    resilience_tests::refusal(load().await);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_one_is_counted_and_the_others_are_given_back() {
    static DB: Breaker = Breaker::new("hedge_panic", BreakerConfig::new().failure_rate(1.0).min_calls(100));
    static POOL: Bulkhead = Bulkhead::new("hedge_panic", BulkheadConfig::new(5));
    #[resilient(hedge("10ms", max = 2), idempotent, breaker = DB, bulkhead = POOL)]
    async fn load(alive: &Alive) -> Answer {
        let _guard = alive.guard();
        assert_ne!(current().attempt(), 2, "the second panics");
        slow_once().await
    }
    let (alive, recording) = (Alive::new(), testing::record());
    assert!(panic_of(load(&alive)).await.contains("the second panics"));
    assert_eq!((alive.count(), POOL.in_flight()), (0, 0));
    assert_eq!((DB.snapshot().calls, DB.snapshot().failures), (1, 1));
    let calls = recording.calls();
    let outcomes: Vec<_> = calls[0].attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
    assert_eq!(
        (calls[0].outcome.as_str(), outcomes.as_slice()),
        ("panicked", &["cancelled", "panicked"][..])
    );
}

#[tokio::test(start_paused = true)]
async fn a_hedged_call_may_be_dropped_at_every_await() {
    static DB: Breaker = Breaker::new("hedge_dropped", BreakerConfig::new().failure_rate(1.0).min_calls(100));
    static POOL: Bulkhead = Bulkhead::new("hedge_dropped", BulkheadConfig::new(5).queue(5).wait(secs(1)));
    static BUDGET: RetryBudget = RetryBudget::new("hedge_dropped", BudgetConfig::new().floor(1_000));
    #[resilient(
        retry = "fixed", max = 2, base = "5ms", hedge("10ms", max = 2), idempotent, breaker = DB, bulkhead = POOL,
        budget = BUDGET, timeout = "1s", deadline = "1m",
    )]
    async fn load(alive: &Alive, executions: &Cell<u32>) -> Answer {
        let _held = alive.guard();
        executions.set(executions.get() + 1);
        yield_now().await;
        pass(ms(25)).await;
        yield_now().await;
        let number = current().attempt();
        if number < 6 { Err(Transient(number)) } else { Ok(number) }
    }
    let mut dropped = 0;
    for polls in 0.. {
        DB.reset();
        let (alive, executions, recording) = (Alive::new(), Cell::new(0), testing::record());
        let answer = poll_at_most(polls, load(&alive, &executions)).await;
        assert_eq!((alive.count(), POOL.in_flight(), POOL.queued()), (0, 0, 0), "after {polls} polls");
        assert_eq!((current().attempt(), current().depth()), (0, 0));
        let run = executions.get();
        pass(secs(60)).await;
        assert_eq!(executions.get(), run);
        assert_eq!(DB.state(), State::Closed);
        if let Some(answer) = answer {
            assert_eq!(answer, Ok(6));
            break;
        }
        dropped += 1;
        for call in recording.calls() {
            assert_eq!(call.outcome, "cancelled");
            assert!(
                call.attempts
                    .iter()
                    .all(|attempt| ["cancelled", "retryable_error"].contains(&attempt.outcome.as_str()))
            );
        }
    }
    assert!(dropped >= 12, "{dropped} polls");
}

#[tokio::test(start_paused = true)]
async fn faults_are_injected_into_each_attempt() {
    #[resilient(
        hedge("1s", max = 2), idempotent,
        chaos(error = Transient(number), error_rate = "100%", release = true)
    )]
    async fn load(number: u32, alive: &Alive) -> Answer {
        let _guard = alive.guard();
        Ok(number)
    }
    let recording = testing::record();
    assert_eq!(load(7, &Alive::new()).await, Err(Transient(7)));
    assert_eq!(recording.calls()[0].attempts.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_started_and_what_wins_is_told() {
    #[resilient(hedge = "100ms", idempotent, name = "hedge_told")]
    async fn load() -> Answer {
        slow_once().await
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let _observing = observe(move |event: &Event| {
        if event.name() == "hedge_told" {
            let _ = sender.send(event.clone());
        }
    });
    assert_eq!(load().await, Ok(2));
    let told: Vec<_> = receiver.try_iter().collect();
    assert!(
        matches!(
            told[..],
            [Event::HedgeStarted { attempt: 2, delay, .. }, Event::HedgeWon { attempt: 2, .. }] if delay == ms(100)
        ),
        "{told:?}"
    );
}

/// Why extra attempts of `call` were not started.
fn skipped(call: &testing::Call) -> Vec<String> {
    let skipped = call.events.iter().filter(|event| event.name == "reliability.hedge.skipped");
    skipped.map(|event| event.fields["reliability.hedge.reason"].to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_an_extra_attempt_is_not_started_for_is_told() {
    static POOL: Bulkhead = Bulkhead::new("hedge_skip_pool", BulkheadConfig::new(1));
    static RATE: RateLimiter = RateLimiter::new("hedge_skip_rate", RateLimitConfig::new(Rate::per_hour(1)));
    static DB: Breaker = Breaker::new("hedge_skip_db", BreakerConfig::new().probes(1).successes(1));
    static SHEDS: Throttle = Throttle::new("hedge_skip_sheds", ThrottleConfig::new());
    static BUDGET: RetryBudget = RetryBudget::new("hedge_skip_budget", BudgetConfig::new().floor(1));
    #[resilient(hedge("100ms", max = 2), idempotent, bulkhead = POOL, name = "hedge_skip")]
    async fn without_a_place() -> Answer {
        slow_once().await
    }
    #[resilient(hedge = "100ms", idempotent, rate_limit = RATE)]
    async fn without_a_token() -> Answer {
        slow_once().await
    }
    #[resilient(hedge = "100ms", idempotent, breaker = DB)]
    async fn beside_a_breaker() -> Answer {
        slow_once().await
    }
    #[resilient(hedge = "100ms", idempotent, throttle = SHEDS)]
    async fn shed() -> Answer {
        slow_once().await
    }
    #[resilient(hedge = "100ms", idempotent, budget = BUDGET)]
    async fn unpaid() -> Answer {
        slow_once().await
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let _observing = observe(move |event: &Event| {
        if event.name() == "hedge_skip" {
            let _ = sender.send(event.clone());
        }
    });
    let recording = testing::record();
    assert_eq!(without_a_place().await, Ok(1));
    let told = Event::HedgeSkipped { operation: "hedge_skip", reason: "bulkhead_full" };
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [told.clone(), told]);
    assert_eq!(skipped(&recording.call()), ["bulkhead_full"; 2]);
    assert!(
        recording.call().to_string().contains("hedge: not started (bulkhead_full)"),
        "{}",
        recording.call()
    );

    recording.clear();
    assert_eq!(without_a_token().await, Ok(1));
    assert_eq!(skipped(&recording.call()), ["rate_limited"]);

    recording.clear();
    let call = started(beside_a_breaker());
    DB.trip();
    assert_eq!(call.await, Ok(1));
    assert_eq!(skipped(&recording.call()), ["circuit_breaker_open"]);
    pass(secs(30)).await;
    recording.clear();
    assert_eq!(beside_a_breaker().await, Ok(1));
    assert_eq!(recording.call().attempts[0].kind, "probe");
    assert_eq!(skipped(&recording.call()), ["circuit_breaker_open"]);

    recording.clear();
    let call = started(shed());
    for _ in 0..10_000 {
        drop(SHEDS.try_admit());
    }
    assert_eq!(call.await, Ok(1));
    assert_eq!(skipped(&recording.call()), ["throttled"]);

    recording.clear();
    BUDGET.withdraw().expect("the only one").spend();
    assert_eq!(unpaid().await, Ok(1));
    assert_eq!(skipped(&recording.call()), ["retry_budget_exhausted"]);
}

#[tokio::test(start_paused = true)]
async fn a_preset_is_hedged_as_any_policies_are() {
    #[resilient(preset = "standard", hedge = "100ms", idempotent)]
    async fn load() -> Answer {
        slow_once().await
    }
    assert_eq!(timed(load()).await, (Ok(2), ms(110)));
}
