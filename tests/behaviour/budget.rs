//! Retry budgets: retries are a share of calls, for all functions that draw on one.

use resilience_runtime::{BudgetConfig, RetryBudget, resilient, testing};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, Script, drop_after, ms, pass, play, poll_at_most, secs, started, timed};
use tokio::task::{JoinSet, yield_now};

/// One retry in a window, however few calls there are.
const ONE: BudgetConfig = BudgetConfig::new().ratio(0.01).floor(1);

// I6
#[tokio::test(start_paused = true)]
async fn a_retry_over_the_budget_is_not_made_and_the_error_is_the_bodys() {
    static BUDGET: RetryBudget = RetryBudget::new("i6", ONE);
    #[resilient(retry = "fixed", max = 5, budget = BUDGET, name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(timed(load(&script)).await, (Err(Transient(2)), ms(100)));
    let recording = testing::record();
    assert_eq!(timed(load(&script)).await, (Err(Transient(3)), ms(0)));
    assert_eq!(script.executions(), 3);
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.stop_reason.as_deref()), ("error", Some("budget")));
    let names: Vec<_> = call.all_events().iter().map(|event| event.name).collect();
    assert_eq!(names, ["reliability.retry.budget_exhausted", "reliability.retry.exhausted"]);
    let after = BUDGET.snapshot();
    assert_eq!((after.calls, after.retries, after.rejections), (2, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_spent_budget_stops_no_first_attempt() {
    static BUDGET: RetryBudget = RetryBudget::new("first_attempts", ONE);
    #[resilient(retry = "fixed", max = 2, budget = BUDGET)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(load(&Script::new("F")).await, Err(Transient(2)));
    let script = Script::new("S");
    assert_eq!(play(50, async || load(&script).await).await, "S".repeat(50));
    assert_eq!((BUDGET.snapshot().calls, BUDGET.snapshot().rejections), (51, 0));
}

#[tokio::test(start_paused = true)]
async fn retries_are_at_most_the_share_of_calls() {
    #[resilient(
        retry = "fixed",
        max = 2,
        base = "1ms",
        budget("share", ratio = "10%", floor = 1, window = "1h")
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    for _ in 0..1_000 {
        load(&script).await.unwrap_err();
    }
    assert_eq!(script.executions(), 1_100);
    // Forgotten with the window.
    pass(secs(7_200)).await;
    assert_eq!(load(&script).await, Err(Transient(1_102)));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_budget_for_all_who_say_it() {
    #[resilient(retry = "fixed", max = 2, budget("shared_budget", floor = 2))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 3, budget = "shared_budget")]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 3, budget = "20%")]
    async fn alone(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(load(&Script::new("F")).await, Err(Transient(2)));
    assert_eq!(other(&Script::new("F")).await, Err(Transient(2)));
    assert_eq!(load(&Script::new("F")).await, Err(Transient(1)));
    // Its own, with the default floor of three.
    assert_eq!(alone(&Script::new("F")).await, Err(Transient(3)));
    assert_eq!(alone(&Script::new("F")).await, Err(Transient(2)));
    assert_eq!(RetryBudget::named("shared_budget").unwrap().snapshot().calls, 3);
}

// I10
#[tokio::test(start_paused = true)]
async fn layers_of_retries_multiply_the_load_but_for_their_budgets() {
    #[resilient(retry = "fixed", max = 3, base = "1ms")]
    async fn outer(script: &Script) -> Answer {
        middle(script).await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms")]
    async fn middle(script: &Script) -> Answer {
        inner(script).await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms", budget("10%", floor = 1, window = "1h"))]
    async fn frugal_outer(script: &Script) -> Answer {
        frugal_middle(script).await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms", budget("10%", floor = 1, window = "1h"))]
    async fn frugal_middle(script: &Script) -> Answer {
        frugal_inner(script).await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms", budget("10%", floor = 1, window = "1h"))]
    async fn frugal_inner(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(outer(&script).await, Err(Transient(27)));
    let script = Script::new("F");
    for _ in 0..1_000 {
        frugal_outer(&script).await.unwrap_err();
    }
    // 1000 * 1.1 * 1.1 * 1.1, and no retry but the first of each layer is a floor's.
    assert!((1_300..=1_331).contains(&script.executions()), "{}", script.executions());
}

// I12
#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_its_backoff_gives_its_retry_back() {
    static BUDGET: RetryBudget = RetryBudget::new("i12", ONE);
    #[resilient(retry = "fixed", max = 2, base = "1s", budget = BUDGET)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    for _ in 0..20 {
        let script = Script::new("F");
        let waiting = started(load(&script));
        assert_eq!((BUDGET.snapshot().retries, BUDGET.snapshot().available), (1, 0));
        drop(waiting);
        assert_eq!((BUDGET.snapshot().retries, BUDGET.snapshot().available), (0, 1));
        drop_after(ms(400), load(&Script::new("F"))).await;
    }
    assert_eq!(load(&Script::new("FS")).await, Ok(2));
    assert_eq!((BUDGET.snapshot().retries, BUDGET.snapshot().rejections), (1, 0));
}

// I12
#[tokio::test(start_paused = true)]
async fn a_retry_that_began_is_spent_wherever_the_call_is_dropped() {
    static BUDGET: RetryBudget = RetryBudget::new("i12_polls", ONE.window(secs(1_000)));
    #[resilient(retry = "fixed", max = 2, base = "1s", budget = BUDGET)]
    async fn load(script: &Script) -> Answer {
        yield_now().await;
        let answer = script.run().await;
        yield_now().await;
        answer
    }
    for polls in 0.. {
        pass(secs(2_000)).await;
        let script = Script::new("FS");
        let recording = testing::record();
        let ended = poll_at_most(polls, load(&script)).await;
        let attempts = recording.calls().first().map_or(0, |call| call.attempts.len() as u64);
        assert_eq!(BUDGET.snapshot().retries, attempts.saturating_sub(1), "after {polls} polls");
        if ended.is_some() {
            assert_eq!(attempts, 2);
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_was_refused_is_not_paid_for_twice() {
    static BUDGET: RetryBudget = RetryBudget::new("paid_once", ONE);
    #[resilient(retry = "fixed", max = 5, base = "400ms", bulkhead = 1, budget = BUDGET)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let slow = Script::new("S").taking(secs(1));
    let script = Script::new("S");
    // Refused at once, at 400 and at 800 ms.
    let (slow, retried) = tokio::join!(load(&slow), timed(load(&script)));
    assert_eq!((slow, retried), (Ok(1), (Ok(1), ms(1_200))));
    assert_eq!((BUDGET.snapshot().retries, BUDGET.snapshot().rejections), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_never_began_is_given_back_before_the_fallback() {
    static BUDGET: RetryBudget = RetryBudget::new("given_back", ONE);
    #[resilient(retry = "fixed", max = 2, budget = BUDGET, breaker("given_back", consecutive = 1, open_for = "100ms"),
        rate_limit = "1/m", fallback = |_| Ok(u32::try_from(BUDGET.snapshot().retries).unwrap()))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // The retry is refused by the rate limit.
    let script = Script::new("F");
    assert_eq!(load(&script).await, Ok(0));
    assert_eq!(script.executions(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_make_exactly_as_many_retries_as_the_budget_has() {
    const LARGE: BudgetConfig = BudgetConfig::new().ratio(0.000_1).floor(100).window(secs(3_600));
    static BUDGET: RetryBudget = RetryBudget::new("tasks", LARGE);
    static SCRIPT: Script = Script::new("F");
    #[resilient(retry = "fixed", max = 3, base = "1ms", budget = BUDGET)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    let mut tasks = JoinSet::new();
    for _ in 0..10_000 {
        tasks.spawn(load());
    }
    assert!(tasks.join_all().await.iter().all(Result::is_err));
    assert_eq!(SCRIPT.executions(), 10_100);
    assert_eq!((BUDGET.snapshot().calls, BUDGET.snapshot().retries), (10_000, 100));
}
