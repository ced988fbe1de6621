//! Bulkheads: how many calls run at once, when a slot is free again, and what a limit that adapts makes of failures.

use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::{Adaptive, Breaker, Bulkhead, BulkheadConfig, RejectedKind, resilient, testing};
use resilience_tests::Failure::Transient;
use resilience_tests::{
    Answer, Script, drop_after, ms, panic_of, pass, play, poll_at_most, poll_once, refusal, secs, started,
    timed,
};
use tokio::task::{JoinSet, yield_now};

const ONE: BulkheadConfig = BulkheadConfig::new(1);

// K1
#[tokio::test(start_paused = true)]
async fn one_call_too_many_is_refused_and_one_is_admitted_for_each_that_ends() {
    static DB: Bulkhead = Bulkhead::new("k1", BulkheadConfig::new(3));
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(1));
    let first = started(load(&script));
    pass(ms(500)).await;
    let (second, third) = (started(load(&script)), started(load(&script)));
    let rejected = refusal(load(&script).await);
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::BulkheadFull, "k1"));
    assert_eq!(rejected.retry_after(), None);
    assert_eq!(first.await, Ok(1));
    assert_eq!(DB.in_flight(), 2);
    let fourth = started(load(&script));
    assert_eq!(play(1, async || load(&script).await).await, "B");
    assert_eq!((second.await, third.await, fourth.await), (Ok(2), Ok(3), Ok(4)));
    assert_eq!((DB.in_flight(), DB.snapshot().rejections), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_number_is_a_bulkhead_of_the_functions_own() {
    #[resilient(bulkhead = 2)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead = 2)]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    let _running = (started(load(&script)), started(load(&script)));
    refusal(load(&script).await);
    let _others = (started(other(&script)), started(other(&script)));
    assert_eq!(script.executions(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_bulkhead_for_all_who_say_it() {
    #[resilient(bulkhead("shared_bulkhead", max = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead = "shared_bulkhead")]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    let running = started(load(&script));
    assert_eq!(play(2, async || other(&script).await).await, "BB");
    drop(running);
    drop(started(other(&script)));
    let shared = Bulkhead::named("shared_bulkhead").unwrap().snapshot();
    assert_eq!((shared.limit, shared.in_flight, shared.rejections), (1, 0, 2));
}

// K11
#[tokio::test(start_paused = true)]
async fn the_slot_is_free_after_every_end_of_a_call() {
    static DB: Bulkhead = Bulkhead::new("k11", ONE);
    #[resilient(bulkhead = DB, timeout = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    for letter in ["S", "F", "N", "X", "T", "P"] {
        let script = Script::new(letter);
        _ = load(&script).await;
        assert_eq!((script.executions(), DB.in_flight()), (1, 0), "{letter}");
    }
    assert_eq!(panic_of(load(&Script::new("!"))).await, "execution 1 panics");
    assert_eq!(DB.in_flight(), 0);
    assert!(tokio::spawn(async { load(&Script::new("!")).await }).await.unwrap_err().is_panic());
    assert_eq!(DB.in_flight(), 0);
    drop_after(ms(10), load(&Script::new("P"))).await;
    assert_eq!((DB.in_flight(), DB.snapshot().rejections), (0, 0));
}

// K7
#[tokio::test(start_paused = true)]
async fn a_call_may_be_dropped_at_every_poll() {
    static DB: Bulkhead = Bulkhead::new("k7_polls", ONE.queue(1).wait(secs(60)));
    #[resilient(bulkhead = DB, timeout = "1s")]
    async fn load(script: &Script) -> Answer {
        yield_now().await;
        let answer = script.run().await;
        yield_now().await;
        answer
    }
    let mut seen = [0, 0];
    for polls in 0.. {
        let (hang, script) = (Script::new("P"), Script::new("S"));
        let ahead = started(load(&hang));
        let ((), ended) = tokio::join!(drop_after(ms(10), ahead), poll_at_most(polls, load(&script)));
        assert_eq!((DB.in_flight(), DB.queued()), (0, 0), "after {polls} polls");
        assert_eq!(load(&Script::new("S")).await, Ok(1));
        if ended.is_some() {
            break;
        }
        seen[script.executions() as usize] += 1;
    }
    assert!(seen[0] >= 2 && seen[1] >= 1, "{seen:?}");
}

// K9
#[tokio::test(start_paused = true)]
async fn a_refusal_says_nothing_to_the_breaker() {
    #[resilient(bulkhead = 1, breaker("k9", consecutive = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(1));
    let running = started(load(&script));
    assert_eq!(play(20, async || load(&script).await).await, "B".repeat(20));
    assert_eq!(running.await, Ok(1));
    let breaker = Breaker::named("k9").unwrap().snapshot();
    assert_eq!((breaker.failures, breaker.rejections, breaker.opened), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_retried_after_the_backoff() {
    #[resilient(bulkhead = 1, retry = "fixed", max = 3, base = "400ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (slow, script) = (Script::new("S").taking(ms(500)), Script::new("S"));
    let recording = testing::record();
    let (slow, retried) = tokio::join!(load(&slow), timed(load(&script)));
    assert_eq!((slow, retried), (Ok(1), (Ok(1), ms(800))));
    let call = &recording.calls()[1];
    assert_eq!((call.attempts.len(), call.waits.len()), (1, 2));
    assert_eq!(call.attempts[0].number, 1);
}

// O8
#[tokio::test(start_paused = true)]
async fn a_call_that_backs_off_holds_no_slot() {
    static DB: Bulkhead = Bulkhead::new("o8_slot", ONE);
    #[resilient(bulkhead = DB, retry = "fixed", max = 2, base = "10s", timeout = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    for (letters, takes) in [("FS", ms(0)), ("FS", ms(10)), ("TS", ms(0)), ("PS", ms(0))] {
        let script = Script::new(letters).taking(takes);
        let (_, ()) = tokio::join!(load(&script), async {
            pass(secs(1) + ms(500)).await;
            assert_eq!((script.executions(), DB.in_flight()), (1, 0), "{letters}");
            assert_eq!(load(&Script::new("S")).await, Ok(1));
        });
        assert_eq!((script.executions(), DB.in_flight()), (2, 0), "{letters}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_body_holds_is_free_before_its_slot_is_given_on() {
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    struct Inside;
    impl Drop for Inside {
        fn drop(&mut self) {
            INSIDE.fetch_sub(1, Ordering::SeqCst);
        }
    }
    #[resilient(bulkhead(1, queue = 10, wait = "1m"), timeout = "100ms")]
    async fn load(takes: u64) -> Answer {
        assert_eq!(INSIDE.fetch_add(1, Ordering::SeqCst), 0);
        let _inside = Inside;
        pass(ms(takes)).await;
        Ok(0)
    }
    let answers = tokio::join!(load(500), load(10), load(500), load(10));
    assert!(matches!(answers, (Err(_), Ok(0), Err(_), Ok(0))), "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_takes_effect_as_calls_leave() {
    static DB: Bulkhead = Bulkhead::new("lower", BulkheadConfig::new(3));
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    let mut running: Vec<_> = (0..3).map(|_| started(load(&script))).collect();
    DB.reconfigure(ONE).unwrap();
    running.truncate(1);
    refusal(load(&script).await);
    running.clear();
    drop(started(load(&script)));
    assert_eq!((script.executions(), DB.limit()), (4, 1));
}

/// How many calls of `load` are let in at once.
fn admitted<F: Future>(load: impl Fn() -> F) -> usize {
    let mut calls: Vec<_> = (0..100).map(|_| Box::pin(load())).collect();
    calls.iter_mut().filter_map(|call| poll_once(call).is_pending().then_some(())).count()
}

#[tokio::test(start_paused = true)]
async fn an_adaptive_limit_falls_with_failures_and_rises_with_successes() {
    const BOUNDS: Adaptive = Adaptive::aimd().min(2).max(20);
    static DB: Bulkhead = Bulkhead::new("adaptive_static", BulkheadConfig::new(10).adaptive(BOUNDS));
    #[resilient(bulkhead = DB, timeout = "10s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    assert_eq!(admitted(|| load(&hang)), 10);
    assert_eq!(DB.limit(), 10, "cancelled calls say nothing");
    assert_eq!(play(20, async || load(&Script::new("X")).await).await, "X".repeat(20));
    assert_eq!(DB.limit(), 10, "ignored failures say nothing");
    for _ in 0..40 {
        _ = timed(load(&Script::new("F").taking(ms(10)))).await;
    }
    assert_eq!(DB.limit(), 2);
    assert_eq!(admitted(|| load(&hang)), 2);
    for _ in 0..500 {
        let (script, limit) = (Script::new("S").taking(ms(10)), DB.limit());
        let calls: Vec<_> = (0..limit).map(|_| started(load(&script))).collect();
        for call in calls {
            call.await.unwrap();
        }
    }
    assert_eq!(DB.limit(), 20);
    // Timeouts and panics are failures too.
    for _ in 0..3 {
        refusal(load(&hang).await);
    }
    let after_timeouts = DB.limit();
    assert!(after_timeouts < 20);
    for _ in 0..3 {
        pass(ms(10)).await;
        panic_of(load(&Script::new("!").taking(ms(10)))).await;
    }
    assert!(DB.limit() < after_timeouts);
}

#[tokio::test(start_paused = true)]
async fn a_gradient_bears_a_few_failures_and_not_many() {
    const BOUNDS: Adaptive = Adaptive::gradient().max(100);
    static DB: Bulkhead = Bulkhead::new("few_failures", BulkheadConfig::new(20).adaptive(BOUNDS));
    #[resilient(bulkhead = DB)]
    async fn load(fails: bool) -> Answer {
        pass(ms(10)).await;
        if fails { Err(Transient(0)) } else { Ok(0) }
    }
    /// Keeps it full for two hundred rounds of calls.
    async fn fill(fails: impl Fn(u32) -> bool) -> u32 {
        let mut number = 0;
        for _ in 0..200 {
            let mut call = || {
                number += 1;
                started(load(fails(number)))
            };
            let calls: Vec<_> = (0..DB.limit()).map(|_| call()).collect();
            for call in calls {
                _ = call.await;
            }
        }
        DB.limit()
    }
    assert!(fill(|call| call.is_multiple_of(50)).await > 90, "{}", DB.limit());
    assert!(fill(|call| !call.is_multiple_of(3)).await < 3, "{}", DB.limit());
}

#[tokio::test(start_paused = true)]
async fn the_attribute_makes_an_adaptive_bulkhead() {
    #[resilient(bulkhead("adaptive", algorithm = "aimd", min = 1, max = 10))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let before = admitted(|| load(&hang));
    for _ in 0..100 {
        assert_eq!(load(&Script::new("F").taking(ms(10))).await, Err(Transient(1)));
    }
    assert_eq!((before, admitted(|| load(&hang))), (10, 1));
}

// K4
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_are_never_more_than_the_limit_inside() {
    static DB: Bulkhead = Bulkhead::new("k4", BulkheadConfig::new(8).queue(10_000).wait(secs(3_600)));
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    static MOST: AtomicU32 = AtomicU32::new(0);
    static EXECUTIONS: AtomicU32 = AtomicU32::new(0);
    #[resilient(bulkhead = DB)]
    async fn load(call: u32) -> Answer {
        EXECUTIONS.fetch_add(1, Ordering::SeqCst);
        MOST.fetch_max(INSIDE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        yield_now().await;
        INSIDE.fetch_sub(1, Ordering::SeqCst);
        if call.is_multiple_of(2) { Ok(call) } else { Err(Transient(call)) }
    }
    let mut tasks = JoinSet::new();
    for call in 0..10_000 {
        tasks.spawn(load(call));
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5_000);
    assert_eq!(EXECUTIONS.load(Ordering::SeqCst), 10_000);
    assert!(MOST.load(Ordering::SeqCst) <= 8, "{MOST:?}");
    let after = DB.snapshot();
    assert_eq!((after.in_flight, after.queued, after.rejections), (0, 0, 0));
}

// K4
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_thousand_calls_at_once_exactly_the_limit_is_admitted() {
    static DB: Bulkhead = Bulkhead::new("k4_full", BulkheadConfig::new(50));
    static ADMITTED: AtomicU32 = AtomicU32::new(0);
    static REFUSED: AtomicU32 = AtomicU32::new(0);
    /// Waits until every call has been admitted or refused.
    #[resilient(bulkhead = DB)]
    async fn load() -> Answer {
        ADMITTED.fetch_add(1, Ordering::SeqCst);
        while ADMITTED.load(Ordering::SeqCst) + REFUSED.load(Ordering::SeqCst) < 10_000 {
            yield_now().await;
        }
        Ok(0)
    }
    let mut tasks = JoinSet::new();
    for _ in 0..10_000 {
        tasks.spawn(async {
            if load().await.is_err() {
                REFUSED.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    tasks.join_all().await;
    assert_eq!((ADMITTED.load(Ordering::SeqCst), REFUSED.load(Ordering::SeqCst)), (50, 9_950));
    assert_eq!((DB.in_flight(), DB.snapshot().rejections), (0, 9_950));
}
