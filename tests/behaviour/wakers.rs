//! A waker that panics, as an executor's own may: it takes the wake-ups of no other call along.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Wake, Waker};

use resilience_runtime::{Bulkhead, BulkheadConfig, Rate, RateLimitConfig, RateLimiter, resilient};
use resilience_tests::{Answer, Script, poll_once, secs, started};

/// Counts who is woken, and panics at the first of them.
#[derive(Default)]
struct Task(AtomicU32);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        assert_ne!(self.0.fetch_add(1, Ordering::Relaxed), 0, "as planned");
    }
}

/// Calls of `load` that wait, all of one task.
fn waiting<F: Future>(calls: u32, task: &Arc<Task>, load: impl Fn() -> F) -> Vec<Pin<Box<F>>> {
    let waker = Waker::from(Arc::clone(task));
    let wait = |_| {
        let mut call = Box::pin(load());
        assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        call
    };
    (0..calls).map(wait).collect()
}

#[tokio::test(start_paused = true)]
async fn every_call_that_is_given_a_slot_is_woken_for_it() {
    const ONE: BulkheadConfig = BulkheadConfig::new(1).queue(10).wait(secs(60));
    static DB: Bulkhead = Bulkhead::new("wakers", ONE);
    #[resilient(bulkhead = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (hang, task) = (Script::new("P"), Arc::<Task>::default());
    let _running = started(load(&hang));
    let mut calls = waiting(5, &task, || load(&hang));
    let raised = catch_unwind(AssertUnwindSafe(|| {
        DB.reconfigure(BulkheadConfig::new(5).queue(10).wait(secs(60))).unwrap();
    }));
    assert!(raised.is_err(), "it is not kept quiet");
    assert_eq!((task.0.load(Ordering::Relaxed), DB.queued()), (4, 1));
    assert!(calls.iter_mut().all(|call| poll_once(call).is_pending()));
    assert_eq!(hang.executions(), 5);
}

#[tokio::test(start_paused = true)]
async fn every_call_in_line_hears_of_another_rate() {
    const SLOW: RateLimitConfig = RateLimitConfig::new(Rate::new(1, secs(60))).wait(secs(3_600));
    static API: RateLimiter = RateLimiter::new("wakers", SLOW);
    #[resilient(rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (hang, task) = (Script::new("P"), Arc::<Task>::default());
    let _running = started(load(&hang));
    let _calls = waiting(5, &task, || load(&hang));
    let raised = catch_unwind(AssertUnwindSafe(|| API.reconfigure(SLOW.burst(10)).unwrap()));
    assert!(raised.is_err(), "it is not kept quiet");
    assert_eq!(task.0.load(Ordering::Relaxed), 5);
}

/// Two panics at once would end the program.
#[tokio::test(start_paused = true)]
async fn who_leaves_by_a_panic_wakes_the_others_and_goes_on_with_its_own() {
    const ONE: BulkheadConfig = BulkheadConfig::new(1).queue(10).wait(secs(60));
    static DB: Bulkhead = Bulkhead::new("wakers_unwinding", ONE);
    const SLOW: RateLimitConfig = RateLimitConfig::new(Rate::new(1, secs(60))).wait(secs(3_600));
    static API: RateLimiter = RateLimiter::new("wakers_unwinding", SLOW);
    #[resilient(bulkhead = DB)]
    async fn queued(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = API)]
    async fn in_line(script: &Script) -> Answer {
        script.run().await
    }
    /// Drops it while a panic goes on.
    fn drop_in_a_panic(held: impl Sized) {
        let raised = catch_unwind(AssertUnwindSafe(move || {
            let _held = held;
            panic!("its own");
        }));
        assert_eq!(raised.expect_err("it goes on").downcast_ref(), Some(&"its own"));
    }
    let hang = Script::new("P");
    let (running, task) = (started(queued(&hang)), Arc::<Task>::default());
    let _queue = waiting(2, &task, || queued(&hang));
    drop_in_a_panic(running);
    assert_eq!((task.0.load(Ordering::Relaxed), DB.in_flight(), DB.queued()), (1, 1, 1));

    let (_running, task) = (started(in_line(&hang)), Arc::<Task>::default());
    let mut line = waiting(3, &task, || in_line(&hang));
    drop_in_a_panic(line.remove(0));
    // The one behind it comes sooner.
    assert_eq!(task.0.load(Ordering::Relaxed), 1);
}
