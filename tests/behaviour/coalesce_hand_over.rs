//! `coalesce` when the leader's end is not that of all: it panics, or has less time than those that follow; and code of the
//! user's that calls the function from where it is least expected.

use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Barrier, mpsc};
use std::task::Poll;
use std::thread;

use http::{HeaderMap, HeaderValue};
use resilience_runtime::propagation::Incoming;
use resilience_runtime::{
    Bulkhead, BulkheadConfig, Event, Rate, RateLimitConfig, RateLimiter, RejectedKind, TimeoutScope,
    observe_named, resilient, testing,
};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, Script, ms, pass, poll_once, refusal, secs, started, timed};
use tracing::span::Id;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// A key that panics when it is told to, in either of what keys are found by.
#[derive(Clone, Debug)]
struct Touchy {
    id: u32,
    panics: &'static AtomicBool,
}

impl Touchy {
    fn is_touched(&self) {
        assert!(!self.panics.load(Ordering::Relaxed), "as planned");
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        self.is_touched();
        self.id == other.id
    }
}

impl Eq for Touchy {}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_touched();
        self.id.hash(state);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_panics_holds_nobody_up_but_the_call_that_comes_with_it() {
    static PANICS: AtomicBool = AtomicBool::new(false);
    #[resilient(coalesce(key = key.clone()))]
    async fn load(key: Touchy) -> Answer {
        pass(secs(1)).await;
        Ok(key.id)
    }
    let key = || Touchy { id: 7, panics: &PANICS };
    for leader_stays in [true, false] {
        let (leader, follower) = (started(load(key())), started(load(key())));
        PANICS.store(true, Ordering::Relaxed);
        let comes = tokio::spawn(load(key()));
        assert!(comes.await.unwrap_err().is_panic());
        // Neither that a call ends nor that another one takes over is a question to the key.
        let leader = leader_stays.then_some(leader);
        let led = async {
            match leader {
                Some(leader) => leader.await,
                None => Ok(7),
            }
        };
        let answers = async { tokio::join!(led, follower) };
        tokio::select! {
            biased;
            answers = answers => assert_eq!(answers, (Ok(7), Ok(7))),
            () = pass(secs(60)) => panic!("they wait for nobody"),
        }
        PANICS.store(false, Ordering::Relaxed);
    }
    assert_eq!(timed(load(key())).await, (Ok(7), secs(1)));
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_limit_no_longer_for_its_own_deadline_hands_over() {
    static SLOTS: Bulkhead = Bulkhead::new("coalesce_slots", BulkheadConfig::new(1).queue(10).wait(secs(10)));
    #[resilient(coalesce(key = ()), bulkhead = SLOTS)]
    async fn queued() -> Answer {
        Ok(1)
    }
    #[resilient(deadline = "300ms")]
    async fn in_a_hurry() -> Answer {
        queued().await
    }
    #[resilient(coalesce(key = ()), rate_limit("1/s", wait = "10s"))]
    async fn limited() -> Answer {
        Ok(2)
    }
    #[resilient(deadline = "300ms")]
    async fn in_a_hurry_too() -> Answer {
        limited().await
    }
    let slot = SLOTS.try_enter().unwrap();
    let frees = async {
        pass(secs(1)).await;
        drop(slot);
    };
    let (hurried, (answer, elapsed), ()) = tokio::join!(in_a_hurry(), timed(queued()), frees);
    assert!(hurried.is_err(), "{hurried:?}");
    assert_eq!((answer, elapsed), (Ok(1), secs(1)));

    assert_eq!(limited().await, Ok(2));
    let (hurried, (answer, elapsed)) = tokio::join!(in_a_hurry_too(), timed(limited()));
    assert!(hurried.is_err(), "{hurried:?}");
    assert_eq!((answer, elapsed), (Ok(2), secs(1)));
}

#[tokio::test(start_paused = true)]
async fn who_loses_its_turn_to_its_own_deadline_hands_over() {
    const EVERY_SECOND: RateLimitConfig = RateLimitConfig::new(Rate::per_second(1)).wait(secs(60));
    static API: RateLimiter = RateLimiter::new("coalesce_turns", EVERY_SECOND);
    #[resilient(coalesce(key = ()), rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(deadline = "2s")]
    async fn in_a_hurry(script: &Script) -> Answer {
        load(script).await
    }
    #[resilient(deadline = "5s")]
    async fn in_less_of_a_hurry(script: &Script) -> Answer {
        load(script).await
    }
    let script = Script::new("S");
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    // All wait for the leader's turn, which then comes too late for the first two.
    let slower = async {
        API.reconfigure(RateLimitConfig::new(Rate::new(1, secs(10))).wait(secs(60))).unwrap();
    };
    let (hurried, less_hurried, patient, ()) =
        tokio::join!(in_a_hurry(&script), timed(in_less_of_a_hurry(&script)), timed(load(&script)), slower);
    assert_eq!(refusal(hurried).kind(), RejectedKind::RateLimited);
    assert_eq!((refusal(less_hurried.0).kind(), less_hurried.1), (RejectedKind::RateLimited, ms(0)));
    assert_eq!((patient, script.executions()), ((Ok(1), secs(10)), 1));
}

#[resilient(coalesce(key = ()), retry = "fixed", base = "1s", max = 3, name = "coalesce_retried")]
async fn retried(script: &Script) -> Answer {
    pass(ms(50)).await;
    script.run().await
}

#[resilient(deadline = "300ms")]
async fn retried_in_a_hurry(script: &Script) -> Answer {
    retried(script).await
}

#[tokio::test(start_paused = true)]
async fn who_retries_no_more_for_its_own_deadline_hands_over() {
    let script = Script::new("FS");
    let recording = testing::record();
    let (hurried, patient, other) =
        tokio::join!(retried_in_a_hurry(&script), timed(retried(&script)), retried(&script));
    assert_eq!((hurried, patient), (Err(Transient(1)), (Ok(2), ms(100))));
    assert_eq!((other, script.executions()), (Ok(2), 2));
    let mut outcomes: Vec<_> =
        recording.calls().into_iter().map(|call| (call.outcome, call.attempts.len())).collect();
    outcomes.sort();
    let outcomes: Vec<_> = outcomes.iter().map(|(outcome, attempts)| (outcome.as_str(), *attempts)).collect();
    assert_eq!(outcomes, [("coalesced", 0), ("error", 1), ("success", 1)]);
}

#[tokio::test(start_paused = true)]
async fn those_who_have_no_more_time_than_the_leader_do_not_try_again_one_after_the_other() {
    // Of one deadline, of one that is over before another attempt, and of none.
    #[resilient(deadline = "1040ms")]
    async fn in_less_of_a_hurry(script: &Script) -> Answer {
        retried(script).await
    }
    let script = Script::new("FS");
    let answers = tokio::join!(
        retried_in_a_hurry(&script),
        retried_in_a_hurry(&script),
        in_less_of_a_hurry(&script),
        retried(&script),
        in_less_of_a_hurry(&script),
    );
    let failed = || Err(Transient(1));
    assert_eq!(answers, (failed(), failed(), failed(), Ok(2), failed()));
    assert_eq!(script.executions(), 2);
}

#[tokio::test(start_paused = true)]
async fn those_who_are_out_of_time_with_the_leader_do_not_begin_in_its_place() {
    static TIMEOUTS: AtomicU32 = AtomicU32::new(0);
    #[resilient(coalesce(key = ()), deadline = "3s", name = "coalesce_out_of_time")]
    async fn hang(executions: &AtomicU32) -> Answer {
        executions.fetch_add(1, Ordering::Relaxed);
        pass(secs(60)).await;
        Ok(1)
    }
    let executions = AtomicU32::new(0);
    let _observing = observe_named("coalesce_out_of_time", |event: &Event| {
        if let Event::Timeout { scope: TimeoutScope::Call, .. } = event {
            TIMEOUTS.fetch_add(1, Ordering::Relaxed);
        }
    });
    let (one, other) = (started(hang(&executions)), started(hang(&executions)));
    tokio::time::advance(secs(3)).await;
    // The leader comes to its end first, and the other hears of it.
    for call in [one, other] {
        let (answer, waited) = timed(call).await;
        assert_eq!((refusal(answer).kind(), waited), (RejectedKind::Deadline, ms(0)));
    }
    assert_eq!(executions.into_inner(), 1);
    // Each of the two has run into its own.
    assert_eq!(TIMEOUTS.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn one_whose_caller_waits_no_longer_ends_alone_with_a_cache_too() {
    #[resilient(coalesce(key = ()), deadline = "10s", name = "coalesce_hurried")]
    async fn load(script: &Script) -> Answer {
        pass(secs(1)).await;
        script.run().await
    }
    #[resilient(cache("60s", key = ()), coalesce, deadline = "10s", name = "coalesce_hurried_cached")]
    async fn cached(script: &Script) -> Answer {
        pass(secs(1)).await;
        script.run().await
    }
    let mut headers = HeaderMap::new();
    headers.insert("resilience-timeout-ms", HeaderValue::from_static("300"));
    let script = Script::new("SS");
    let (leader, patient) = (started(load(&script)), started(load(&script)));
    let (hurried, waited) = timed(Incoming::read(&headers).scope(load(&script))).await;
    assert_eq!((refusal(hurried).kind(), waited), (RejectedKind::Deadline, ms(300)));
    assert_eq!(tokio::join!(leader, patient), (Ok(1), Ok(1)));

    let (leader, patient) = (started(cached(&script)), started(cached(&script)));
    let (hurried, waited) = timed(Incoming::read(&headers).scope(cached(&script))).await;
    assert_eq!((refusal(hurried).kind(), waited), (RejectedKind::Deadline, ms(300)));
    assert_eq!(tokio::join!(leader, patient), (Ok(2), Ok(2)));
}

/// Calls the function once again from where a span comes to follow another.
struct Again<F>(F, AtomicBool);

impl<S: tracing::Subscriber, F: Fn() + 'static + Send + Sync> Layer<S> for Again<F> {
    fn on_follows_from(&self, _span: &Id, _follows: &Id, _cx: Context<'_, S>) {
        if !self.1.swap(true, Ordering::Relaxed) {
            self.0();
        }
    }
}

#[test]
fn a_subscriber_may_call_the_function_while_it_hears_who_follows_whom() {
    #[resilient(coalesce(key = ()), name = "coalesce_subscriber")]
    async fn load() -> Answer {
        std::future::poll_fn(|_| Poll::<()>::Pending).await;
        Ok(1)
    }
    let run = || {
        let again = Again(|| drop(started(load())), AtomicBool::new(false));
        let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(again));
        let leader = started(load());
        drop(started(load()));
        drop(leader);
    };
    assert!(ended(run).is_some(), "it does not wait for itself");
}

#[test]
fn a_function_that_is_not_async_follows_for_as_long_as_its_caller_waits_and_without_a_runtime() {
    static LEADS: Barrier = Barrier::new(2);
    static GO: Barrier = Barrier::new(2);
    #[resilient(coalesce(key = id), breaker = "coalesce_blocking")]
    fn load(id: u32) -> Answer {
        LEADS.wait();
        GO.wait();
        Ok(id)
    }
    let follow = || {
        let mut headers = HeaderMap::new();
        headers.insert("resilience-timeout-ms", HeaderValue::from_static("20"));
        let call = Incoming::read(&headers).scope(async { load(1) });
        match poll_once(&mut Box::pin(call)) {
            Poll::Ready(answer) => answer,
            Poll::Pending => unreachable!("it waits on its thread"),
        }
    };
    let leader = thread::spawn(|| load(1));
    LEADS.wait();
    let within = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async { follow() })
    };
    let answers = [ended(follow), ended(within)];
    GO.wait();
    assert_eq!(leader.join().unwrap(), Ok(1));
    for answer in answers {
        let rejected = refusal(answer.expect("it panics, or waits for the leader"));
        assert_eq!(rejected.kind(), RejectedKind::Deadline);
    }
}

/// What `run` gives on a thread of its own; `None` if it panics, or does not end.
fn ended<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(run()));
    told.recv_timeout(secs(10)).ok()
}
