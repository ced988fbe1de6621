//! Several fallbacks, one behind the other, and the error that each is given.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::{Rejected, RejectedKind, current, resilient, testing};
use resilience_tests::Failure::{self, Permanent, Transient};
use resilience_tests::watch::watch;
use resilience_tests::{Alive, Answer, Script, drop_after, ms, pass, poll_at_most, secs, started, timed};
use tokio::task::yield_now;

/// Fails with the error it is given, one higher.
async fn fail_higher(_script: &Script, error: Failure) -> Answer {
    pass(ms(1)).await;
    match error {
        Transient(number) | Permanent(number) => Err(Permanent(number + 1)),
        Failure::Rejected(_) => Err(Permanent(100)),
        other => Err(other),
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_answers_when_one_fails_and_is_given_its_error() {
    static LATER: AtomicU32 = AtomicU32::new(0);
    #[resilient(
        retry = "fixed", max = 2, name = "load",
        fallback(fail_higher, |_, error| if error == Permanent(3) { Ok(30) } else { Err(error) }, later),
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn later(_script: &Script) -> Answer {
        LATER.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        Ok(40)
    }
    let recording = testing::record();
    assert_eq!(load(&Script::new("F")).await, Ok(30));
    assert_eq!(LATER.load(Ordering::SeqCst), 0, "nobody asked for the third");
    let call = recording.call();
    assert_eq!(call.outcome, "fallback");
    let fallbacks = call.fallbacks().map(|it| (it.reason.as_str(), it.error_type.as_deref()));
    assert_eq!(
        fallbacks.collect::<Vec<_>>(),
        [("Failure::Transient", Some("Failure::Permanent")), ("Failure::Permanent", None)]
    );
    assert_eq!(load(&Script::new("N")).await, Ok(40));
    assert_eq!(LATER.load(Ordering::SeqCst), 1);
}

// N2
#[tokio::test(start_paused = true)]
async fn the_last_error_is_the_callers() {
    #[resilient(fallback(fail_higher, fail_higher, fail_higher))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let watch = watch();
    let (answer, elapsed) = timed(load(&Script::new("F"))).await;
    assert_eq!((answer, elapsed), (Err(Permanent(4)), ms(3)));
    assert_eq!(watch.tree(), "call\n  attempt\n  fallback\n  fallback\n  fallback\n");
    assert!(watch.named("fallback").iter().all(|span| span.get("otel.status_code") == Some("ERROR")));
    assert_eq!(watch.span("call").get("reliability.outcome"), Some("error"));
    assert_eq!(watch.span("call").get("error.type"), Some("Failure::Permanent"));
}

// N7
#[tokio::test(start_paused = true)]
async fn a_refusal_is_given_as_the_functions_own_error() {
    #[resilient(timeout = "1s", fallback = |_, error| Ok(kind_of(&error)))]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(deadline = "1s", fallback = |_, error| Ok(kind_of(&error)))]
    async fn bounded(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead = 1, fallback = |_, error| Ok(kind_of(&error)))]
    async fn one_at_a_time(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "1/h", fallback = |_, error| Ok(kind_of(&error)))]
    async fn rare(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker("fallback::kinds", consecutive = 1), fallback = |_, error| Ok(kind_of(&error)))]
    async fn guarded(script: &Script) -> Answer {
        script.run().await
    }
    fn kind_of(error: &Failure) -> u32 {
        let Failure::Rejected(rejected) = error else { return 0 };
        1 + rejected.kind() as u32
    }
    let number = |kind: RejectedKind| Ok(1 + kind as u32);
    let script = Script::new("P");
    assert_eq!(limited(&script).await, number(RejectedKind::Timeout));
    assert_eq!(bounded(&script).await, number(RejectedKind::Deadline));
    let first = started(one_at_a_time(&script));
    let second = one_at_a_time(&script).await;
    drop(first);
    assert_eq!(second, number(RejectedKind::BulkheadFull));
    assert_eq!(rare(&Script::new("S")).await, Ok(1));
    assert_eq!(rare(&Script::new("S")).await, number(RejectedKind::RateLimited));
    assert_eq!(guarded(&Script::new("F")).await, Ok(0));
    assert_eq!(guarded(&Script::new("F")).await, number(RejectedKind::BreakerOpen));
}

#[tokio::test(start_paused = true)]
async fn an_error_that_can_only_be_moved_is_given_by_value() {
    struct Once(Rc<Cell<u32>>);
    impl From<Rejected> for Once {
        fn from(_: Rejected) -> Self {
            Self(Rc::default())
        }
    }
    #[resilient(timeout = "1s", retry("fixed", max = 2), fallback(pass_on, |error| Ok(Rc::strong_count(&error.0))))]
    async fn load() -> Result<usize, Once> {
        let count = Rc::new(Cell::new(current().attempt()));
        Err(Once(count))
    }
    fn pass_on(error: Once) -> Result<usize, Once> {
        assert_eq!(error.0.get(), 2, "of the last attempt");
        Err(error)
    }
    assert_eq!(load().await.ok(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn an_expression_is_evaluated_only_when_it_is_needed() {
    static EVALUATED: AtomicU32 = AtomicU32::new(0);
    #[resilient(fallback = Ok(EVALUATED.fetch_add(1, Ordering::SeqCst) + *base))]
    async fn load(script: &Script, base: &u32) -> Answer {
        script.run().await
    }
    let script = Script::new("SF");
    assert_eq!(load(&script, &100).await, Ok(1));
    assert_eq!(EVALUATED.load(Ordering::SeqCst), 0);
    assert_eq!(load(&script, &100).await, Ok(100));
    assert_eq!(EVALUATED.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_counts_as_a_failure_sends_a_fallback_to_the_next() {
    #[resilient(retry = "none", breaker = "fallback::values", when_ok = |value| *value < 10, fallback(|_| Ok(5), Ok(50)))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(load(&Script::new("S")).await, Ok(50));
    let call = recording.call();
    assert_eq!(call.fallbacks().map(|it| it.reason.as_str()).collect::<Vec<_>>(), ["_OTHER", "_OTHER"]);
}

// N9
#[tokio::test(start_paused = true)]
async fn a_call_may_be_dropped_at_every_await_of_every_fallback() {
    static RUNNING: Alive = Alive::new();
    #[resilient(retry = "fixed", max = 2, base = "20ms", fallback(slow, slow, |_, error| Err(error)), name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn slow(_script: &Script, error: Failure) -> Answer {
        let _running = RUNNING.guard();
        yield_now().await;
        pass(ms(10)).await;
        Err(error)
    }
    let mut seen = [0; 4];
    for polls in 0.. {
        let recording = testing::record();
        let answer = poll_at_most(polls, load(&Script::new("F"))).await;
        assert_eq!(RUNNING.count(), 0, "after {polls} polls");
        assert_eq!((current().attempt(), current().depth()), (0, 0));
        let calls = recording.calls();
        let ran = calls.first().map_or(0, |call| call.fallbacks().count());
        seen[ran] += 1;
        if answer.is_some() {
            assert_eq!((answer, ran), (Some(Err(Transient(2))), 3));
            break;
        }
        if let Some(call) = calls.first() {
            assert_eq!(call.outcome, "cancelled");
            assert!(call.fallback.as_ref().is_none_or(|last| last.error_type.is_none()), "it was dropped");
        }
    }
    assert!(seen[1] > 0 && seen[2] > 0, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_fallback_has_none_behind_it() {
    static LATER: AtomicU32 = AtomicU32::new(0);
    #[resilient(fallback(hang, Ok(LATER.fetch_add(1, Ordering::SeqCst))))]
    async fn load() -> io::Result<u32> {
        Err(io::ErrorKind::NotFound.into())
    }
    async fn hang() -> io::Result<u32> {
        std::future::pending().await
    }
    drop_after(secs(1), load()).await;
    assert_eq!(LATER.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_fallback_goes_on_unwinding_past_the_next() {
    static LATER: AtomicU32 = AtomicU32::new(0);
    #[resilient(fallback(burst, Ok(LATER.fetch_add(1, Ordering::SeqCst))))]
    async fn load() -> io::Result<u32> {
        Err(io::ErrorKind::NotFound.into())
    }
    async fn burst(error: io::Error) -> io::Result<u32> {
        panic!("{error}")
    }
    let watch = watch();
    assert!(tokio::spawn(load()).await.unwrap_err().is_panic());
    assert_eq!(LATER.load(Ordering::SeqCst), 0);
    assert_eq!(watch.span("fallback").get("error.type"), Some("panic"));
    assert_eq!(watch.span("call").get("reliability.outcome"), Some("panicked"));
}

#[test]
fn a_fallback_that_takes_no_error_keeps_none() {
    type Large = Result<u8, [u64; 12]>;
    async fn work(size: u8) -> Large {
        yield_now().await;
        if size == 0 { Err([0; 12]) } else { Ok(size) }
    }
    #[resilient(fallback = alone)]
    async fn without(size: u8) -> Large {
        work(size).await
    }
    #[resilient(fallback = |size| alone(size.max(1)))]
    async fn by_closure(size: u8) -> Large {
        work(size).await
    }
    #[resilient(fallback = with_error)]
    async fn with(size: u8) -> Large {
        work(size).await
    }
    fn alone(size: u8) -> Large {
        if size == 0 { Err([1; 12]) } else { Ok(size) }
    }
    fn with_error(size: u8, error: [u64; 12]) -> Large {
        if size == 0 { Err(error) } else { Ok(size) }
    }
    let [without, by_closure, with] =
        [size_of_val(&without(0)), size_of_val(&by_closure(0)), size_of_val(&with(0))];
    assert_eq!(without, by_closure);
    assert!(with >= without + size_of::<[u64; 12]>(), "{with} and {without} bytes");
}

#[tokio::test(start_paused = true)]
async fn a_hedged_call_gives_its_error_to_the_fallback_too() {
    #[resilient(hedge = "10ms", idempotent, fallback(fail_higher_of_its_own, |_, error| Ok(number(&error))))]
    async fn own(script: Arc<Script>) -> Answer {
        script.run().await
    }
    #[resilient(hedge = "10ms", idempotent, timeout = "1s", fallback = |_, error| Ok(number(&error)))]
    async fn refused(script: Arc<Script>) -> Answer {
        script.run().await
    }
    async fn fail_higher_of_its_own(_script: Arc<Script>, error: Failure) -> Answer {
        Err(Permanent(number(&error) + 10))
    }
    fn number(error: &Failure) -> u32 {
        match error {
            Transient(number) | Permanent(number) => *number,
            _ => 100,
        }
    }
    assert_eq!(own(Arc::new(Script::new("N"))).await, Ok(11));
    assert_eq!(refused(Arc::new(Script::new("P"))).await, Ok(100));
}
