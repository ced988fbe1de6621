//! The queue of a bulkhead: who waits, for how long, and who is next.

use std::sync::Mutex;

use resilience_runtime::{Breaker, BreakerConfig, Bulkhead, BulkheadConfig, RejectedKind, Window, resilient};
use resilience_tests::{Answer, Script, drop_after, ms, pass, play, refusal, secs, started, timed};
use tokio::task::JoinSet;

const ONE: BulkheadConfig = BulkheadConfig::new(1);

// K6
#[tokio::test(start_paused = true)]
async fn a_call_waits_for_a_slot_as_long_as_it_may() {
    static DB: Bulkhead = Bulkhead::new("k6", ONE.queue(1).wait(ms(100)));
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let running = started(load(&hang));
    let (answer, elapsed) = timed(load(&hang)).await;
    let rejected = refusal(answer);
    assert_eq!((rejected.kind(), elapsed), (RejectedKind::BulkheadFull, ms(100)));
    assert_eq!(rejected.to_string(), "bulkhead `k6` is full, still after 100ms");
    // A place in the queue is free again, and there is one.
    let waiting = started(load(&hang));
    assert_eq!(DB.queued(), 1);
    let (answer, elapsed) = timed(load(&hang)).await;
    assert_eq!((refusal(answer).to_string().as_str(), elapsed), ("bulkhead `k6` is full", ms(0)));
    drop((running, waiting));
    assert_eq!((DB.in_flight(), DB.queued(), hang.executions()), (0, 0, 1));
}

// K3 K8
#[tokio::test(start_paused = true)]
async fn a_slot_goes_to_the_call_that_has_waited_longest() {
    static ORDER: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    #[resilient(bulkhead(1, queue = 10, wait = "1m"))]
    async fn load(call: u32) -> Answer {
        ORDER.lock().unwrap().push(call);
        pass(secs(1)).await;
        Ok(call)
    }
    let calls = tokio::join!(timed(load(0)), timed(load(1)), timed(load(2)), timed(load(3)));
    assert_eq!(*ORDER.lock().unwrap(), [0, 1, 2, 3]);
    assert_eq!((calls.0.1, calls.1.1, calls.2.1, calls.3.1), (secs(1), secs(2), secs(3), secs(4)));
}

#[tokio::test(start_paused = true)]
async fn higher_priorities_are_served_first() {
    static ORDER: Mutex<Vec<(i32, u32)>> = Mutex::new(Vec::new());
    struct Request {
        urgency: i32,
        number: u32,
    }
    #[resilient(bulkhead(1, queue = 10, wait = "1m", priority = request.urgency))]
    async fn load(request: &Request) -> Answer {
        ORDER.lock().unwrap().push((request.urgency, request.number));
        pass(secs(1)).await;
        Ok(request.number)
    }
    let requests = [0, 0, 5, -3, 5, 9].into_iter().zip(0..);
    let requests: Vec<_> = requests.map(|(urgency, number)| Request { urgency, number }).collect();
    let mut tasks = JoinSet::new();
    for request in requests {
        tasks.spawn(async move { load(&request).await });
    }
    tasks.join_all().await;
    assert_eq!(*ORDER.lock().unwrap(), [(0, 0), (9, 5), (5, 2), (5, 4), (0, 1), (-3, 3)]);
}

// K7
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_the_queue_never_starts_and_frees_its_place_at_once() {
    static DB: Bulkhead = Bulkhead::new("k7", ONE.queue(1).wait(secs(60)));
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (first, left, next) = (Script::new("S").taking(secs(1)), Script::new("S"), Script::new("S"));
    let running = started(load(&first));
    let waiting = started(load(&left));
    refusal(load(&next).await);
    drop(waiting);
    assert_eq!(DB.queued(), 0);
    let waiting = started(load(&next));
    assert_eq!(running.await, Ok(1));
    assert_eq!(waiting.await, Ok(1));
    assert_eq!((left.executions(), DB.in_flight()), (0, 0));
}

// K7
#[tokio::test(start_paused = true)]
async fn a_slot_that_a_dropped_call_was_given_goes_to_the_next() {
    static DB: Bulkhead = Bulkhead::new("k7_given", ONE.queue(2).wait(secs(60)));
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (hang, left, next) = (Script::new("P"), Script::new("S"), Script::new("S"));
    let running = started(load(&hang));
    let given = started(load(&left));
    let waiting = started(load(&next));
    drop(running);
    assert_eq!((DB.in_flight(), DB.queued()), (1, 1));
    drop(given);
    assert_eq!((DB.in_flight(), DB.queued()), (1, 0));
    assert_eq!(timed(waiting).await, (Ok(1), ms(0)));
    assert_eq!((left.executions(), DB.in_flight()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_select_around_a_call_in_the_queue_takes_it_out() {
    static DB: Bulkhead = Bulkhead::new("queue_select", ONE.queue(1).wait(secs(60)));
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let _running = started(load(&hang));
    drop_after(secs(1), load(&hang)).await;
    assert_eq!((DB.queued(), DB.in_flight(), hang.executions()), (0, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_the_wait_in_the_queue() {
    static DB: Bulkhead = Bulkhead::new("queue_deadline", ONE.queue(5).wait(secs(10)));
    #[resilient(bulkhead = DB, retry = "fixed", max = 5, base = "1ms", deadline = "12s")]
    async fn own(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(deadline = "300ms", name = "outer")]
    async fn outer(script: &Script) -> Answer {
        inner(script).await
    }
    #[resilient(bulkhead = DB)]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let _running = started(inner(&hang));
    // Ten seconds, and what is left of the twelve.
    let (answer, elapsed) = timed(own(&hang)).await;
    refusal(answer);
    assert_eq!(elapsed, secs(12));
    let (answer, elapsed) = timed(outer(&hang)).await;
    refusal(answer);
    assert_eq!((elapsed, DB.queued(), hang.executions()), (ms(300), 0, 1));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_does_not_measure_the_wait() {
    #[resilient(bulkhead(1, queue = 5, wait = "1m"), timeout = "100ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(ms(60));
    let (a, b, c) = tokio::join!(timed(load(&script)), timed(load(&script)), timed(load(&script)));
    assert_eq!((a, b, c), ((Ok(1), ms(60)), (Ok(2), ms(120)), (Ok(3), ms(180))));
    // And is a limit of its own after the wait.
    let hang = Script::new("P");
    let (a, b) = tokio::join!(timed(load(&hang)), timed(load(&hang)));
    assert_eq!((a.1, b.1), (ms(100), ms(200)));
    assert_eq!((refusal(a.0).kind(), refusal(b.0).kind()), (RejectedKind::Timeout, RejectedKind::Timeout));
}

#[tokio::test(start_paused = true)]
async fn a_wait_in_the_queue_does_not_make_a_call_slow() {
    const SLOW: BreakerConfig =
        BreakerConfig::new().slow_rate(0.5).slow_call(ms(100)).window(Window::Calls(2)).min_calls(2);
    static DB: Breaker = Breaker::new("slow_queue", SLOW);
    #[resilient(bulkhead(1, queue = 9, wait = "1m"), breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(ms(60));
    let answers = tokio::join!(load(&script), load(&script), load(&script), load(&script));
    assert_eq!(answers, (Ok(1), Ok(2), Ok(3), Ok(4)));
    assert_eq!((DB.snapshot().slow_calls, DB.snapshot().opened), (0, 0));
    // What the body takes does.
    let slow = Script::new("S").taking(ms(101));
    assert_eq!(play(2, async || load(&slow).await).await, "SR");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_backs_off_stands_in_no_queue() {
    static DB: Bulkhead = Bulkhead::new("o8_queue", ONE.queue(1).wait(ms(100)));
    #[resilient(bulkhead = DB, retry = "fixed", max = 2, base = "10s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(5));
    let (first, second, ()) = tokio::join!(timed(load(&script)), timed(load(&script)), async {
        pass(ms(50)).await;
        assert_eq!((DB.in_flight(), DB.queued()), (1, 1));
        pass(ms(100)).await;
        assert_eq!((DB.in_flight(), DB.queued()), (1, 0));
    });
    assert_eq!((first, second), ((Ok(1), secs(5)), (Ok(2), ms(100) + secs(10) + secs(5))));
}
