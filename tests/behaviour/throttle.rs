//! Adaptive throttles: calls are shed while the dependency accepts few of them.

use resilience_runtime::{Breaker, RejectedKind, Throttle, ThrottleConfig, resilient, testing};
use resilience_tests::{Answer, Script, drop_after, ms, panic_of, pass, play, refusal, secs, started, timed};
use tokio::task::JoinSet;

const DEFAULT: ThrottleConfig = ThrottleConfig::new();

fn counted(throttle: &Throttle) -> (u64, u64) {
    (throttle.snapshot().requests, throttle.snapshot().accepts)
}

// I8 I9
#[tokio::test(start_paused = true)]
async fn calls_are_shed_when_the_dependency_accepts_none() {
    static DB: Throttle = Throttle::new("i8", DEFAULT);
    #[resilient(throttle = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(8);
    let script = Script::new("F");
    let answers = play(1_000, async || load(&script).await).await;
    let executions = answers.matches('F').count();
    assert_eq!(
        (script.executions() as usize, answers.matches('H').count()),
        (executions, 1_000 - executions)
    );
    // As many as the logarithm of the calls, about.
    assert!((2..=30).contains(&executions), "{executions}");
    // Those that were shed were asked for too.
    assert_eq!(counted(&DB), (1_000, 0));
    assert!((DB.snapshot().probability - 1_000.0 / 1_001.0).abs() < 1e-9);
    assert_eq!(DB.snapshot().rejections, 1_000 - executions as u64);
}

// I8
#[tokio::test(start_paused = true)]
async fn nothing_is_shed_while_half_of_the_calls_are_accepted() {
    #[resilient(throttle("half", k = 2.0))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (good, bad) = (Script::new("S"), Script::new("F"));
    for _ in 0..200 {
        assert_eq!(play(1, async || load(&good).await).await, "S");
        assert_eq!(play(1, async || load(&bad).await).await, "F");
    }
    let half = Throttle::named("half").unwrap();
    assert_eq!((counted(half), half.snapshot().rejections), ((400, 200), 0));
}

#[tokio::test(start_paused = true)]
async fn a_throttle_recovers_with_the_dependency() {
    static DB: Throttle = Throttle::new("recovers", DEFAULT);
    #[resilient(throttle = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(1);
    let (good, bad) = (Script::new("S"), Script::new("F"));
    _ = play(20, async || load(&bad).await).await;
    assert!(DB.snapshot().probability > 0.9);
    // The few that get through say so.
    for _ in 0..20_000 {
        _ = load(&good).await;
        pass(ms(1)).await;
    }
    assert!(DB.snapshot().probability < 0.01, "{:?}", DB.snapshot());
    // Or the window passes.
    _ = play(100_000, async || load(&bad).await).await;
    assert!(DB.snapshot().probability > 0.5);
    pass(secs(121)).await;
    assert_eq!(play(1, async || load(&good).await).await, "S");
    assert_eq!(counted(&DB), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_shed_is_not_tried_again() {
    #[resilient(throttle("not_again"), retry = "fixed", max = 9)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(2);
    let script = Script::new("N");
    _ = play(1_000, async || load(&Script::new("F")).await).await;
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    let rejected = refusal(answer);
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::Throttled, "not_again"));
    assert_eq!((rejected.retry_after(), elapsed, script.executions()), (None, ms(0), 0));
    let call = recording.call();
    assert_eq!((call.attempts.len(), call.stop_reason.as_deref()), (0, Some("throttled")));
    let names: Vec<_> = call.all_events().iter().map(|event| event.name).collect();
    assert_eq!(names, ["reliability.throttle.rejected", "reliability.retry.exhausted"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_dependency_answered_is_accepted() {
    static DB: Throttle = Throttle::new("accepted", DEFAULT);
    #[resilient(throttle = DB, timeout = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let each = async |letters| {
        let before = counted(&DB);
        _ = load(&Script::new(letters)).await;
        let after = counted(&DB);
        (after.0 - before.0, after.1 - before.1)
    };
    assert_eq!(each("S").await, (1, 1));
    assert_eq!(each("N").await, (1, 1), "it has answered");
    assert_eq!(each("S").await, (1, 1));
    assert_eq!(each("F").await, (1, 0));
    assert_eq!(each("T").await, (1, 0));
    assert_eq!(each("P").await, (1, 0), "a timeout");
    assert_eq!(each("X").await, (0, 0), "none of its business");
    _ = play(20, async || load(&Script::new("S")).await).await;
    let before = counted(&DB);
    panic_of(load(&Script::new("!"))).await;
    assert_eq!(counted(&DB), (before.0 + 1, before.1));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_no_failure() {
    static DB: Throttle = Throttle::new("cancelled_calls", DEFAULT);
    #[resilient(throttle = DB, bulkhead(1, queue = 5, wait = "1m"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    for _ in 0..10 {
        // One in its body, one in the queue.
        let running = started(load(&script));
        drop(started(load(&script)));
        drop(running);
        drop_after(secs(1), load(&script)).await;
    }
    assert_eq!((counted(&DB), DB.snapshot().probability), ((0, 0), 0.0));
    assert_eq!(script.executions(), 20);
}

#[tokio::test(start_paused = true)]
async fn what_another_policy_refuses_is_no_failure() {
    static DB: Throttle = Throttle::new("others", DEFAULT);
    static GUARD: Breaker = Breaker::new("behind_throttle", resilience_runtime::BreakerConfig::new());
    #[resilient(throttle = DB, breaker = GUARD, rate_limit("2/h"), bulkhead = 1)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let running = started(load(&hang));
    assert_eq!(play(10, async || load(&hang).await).await, "BLLLLLLLLL");
    drop(running);
    GUARD.isolate();
    assert_eq!(play(10, async || load(&hang).await).await, "R".repeat(10));
    assert_eq!((counted(&DB), DB.snapshot().rejections), ((0, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_throttle_for_all_who_say_it() {
    #[resilient(throttle("shared_throttle", k = 1.5))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(throttle = "shared_throttle")]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    _ = load(&Script::new("S")).await;
    _ = other(&Script::new("S")).await;
    assert_eq!(counted(Throttle::named("shared_throttle").unwrap()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_lose_no_call() {
    static DB: Throttle = Throttle::new("throttled_tasks", DEFAULT.window(secs(3_600)));
    static SCRIPT: Script = Script::new("S");
    #[resilient(throttle = DB)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    let mut tasks = JoinSet::new();
    for _ in 0..10_000 {
        tasks.spawn(load());
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!((SCRIPT.executions(), counted(&DB)), (10_000, (10_000, 10_000)));
}
