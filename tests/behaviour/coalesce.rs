//! `coalesce`: calls that ask for the same at the same time share one execution.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use resilience_runtime::{Breaker, Event, RejectedKind, catalog, observe, resilient, testing};
use resilience_tests::Failure::{Permanent, Rejected, Transient};
use resilience_tests::{
    Alive, Answer, Failure, Script, ms, pass, poll_at_most, poll_once, secs, started, timed,
};
use tracing::span::Id;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

#[resilient(coalesce(key = id), name = "coalesce_slow")]
async fn slow(id: u32, script: &Script) -> Answer {
    pass(secs(1)).await;
    script.run().await
}

// O9
#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_share_one_execution_and_later_ones_do_not() {
    let script = Script::new("SSS");
    let (one, other, third) = tokio::join!(slow(1, &script), slow(1, &script), slow(2, &script));
    assert_eq!(one, other);
    assert_ne!(one, third);
    assert_eq!(script.executions(), 2);
    assert_eq!(slow(1, &script).await, Ok(3));
}

// O9
#[tokio::test(start_paused = true)]
async fn failures_are_shared_too_with_their_retries() {
    #[resilient(coalesce(key = ()), retry = "fixed", base = "1s", max = 2)]
    async fn load(script: &Script) -> Answer {
        pass(secs(1)).await;
        script.run().await
    }
    let script = Script::new("FNS");
    let recording = testing::record();
    let answers = tokio::join!(load(&script), load(&script));
    assert_eq!((answers, script.executions()), ((Err(Permanent(2)), Err(Permanent(2))), 2));
    let calls = recording.calls();
    let attempts: Vec<_> = calls.iter().map(|call| (call.outcome.as_str(), call.attempts.len())).collect();
    assert_eq!(attempts, [("error", 2), ("error", 0)]);
    let described = |error_type: &Option<String>, error: &Option<String>| {
        (
            error_type.as_deref().unwrap_or_default().to_owned(),
            error.as_deref().unwrap_or_default().to_owned(),
        )
    };
    let [first, second] = &calls[0].attempts[..] else { panic!("{calls:?}") };
    let permanent = ("Failure::Permanent".to_owned(), "Permanent(2)".to_owned());
    assert_eq!(first.error_type.as_deref(), Some("Failure::Transient"));
    assert_eq!(described(&second.error_type, &second.error), permanent);
    assert_eq!(described(&calls[1].error_type, &calls[1].error), permanent);
}

#[tokio::test(start_paused = true)]
async fn who_leads_counts_for_the_budget_and_who_follows_does_not() {
    #[resilient(
        coalesce(key = ()), retry = "fixed", base = "1ms", max = 10, budget("coalesced", ratio = "100%", floor = 1),
    )]
    async fn load(script: &Script) -> Answer {
        pass(secs(1)).await;
        script.run().await
    }
    let works = Script::new("S");
    for _ in 0..3 {
        let (one, other) = tokio::join!(load(&works), load(&works));
        assert!(one.is_ok() && other.is_ok());
    }
    // A retry for each of the four that led.
    let fails = Script::new("F");
    load(&fails).await.unwrap_err();
    assert_eq!(fails.executions(), 1 + 4);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_shared_and_a_follower_asks_no_policy() {
    #[resilient(coalesce(key = ()), breaker("coalesce_breaker", consecutive = 1), rate_limit = "1/h")]
    async fn load(script: &Script) -> Answer {
        pass(secs(1)).await;
        script.run().await
    }
    #[resilient(coalesce(key = ()), timeout = "1s")]
    async fn hang() -> Answer {
        pass(secs(60)).await;
        Ok(1)
    }
    let script = Script::new("F");
    let answers = tokio::join!(load(&script), load(&script), load(&script));
    let failed = Err(Transient(1));
    assert_eq!(answers, (failed.clone(), failed.clone(), failed));
    assert_eq!(Breaker::named("coalesce_breaker").unwrap().snapshot().failures, 1);

    let (one, other) = tokio::join!(hang(), hang());
    assert!(matches!(one, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Timeout), "{one:?}");
    assert_eq!(one, other);
}

// O9
#[tokio::test(start_paused = true)]
async fn a_leader_that_is_dropped_hands_over_and_none_runs_beside_another() {
    #[resilient(coalesce(key = ()))]
    async fn load(alive: &Alive, executions: &AtomicU32) -> Answer {
        let _guard = alive.guard();
        pass(secs(1)).await;
        Ok(executions.fetch_add(1, Ordering::Relaxed) + 1)
    }
    let (alive, executions) = (Alive::default(), AtomicU32::new(0));
    let leader = started(load(&alive, &executions));
    let mut followers: Vec<_> = (0..3).map(|_| started(load(&alive, &executions))).collect();
    assert_eq!(alive.count(), 1);
    drop(leader);
    assert_eq!(alive.count(), 0);
    // One of them leads, whichever is polled first, and it may go as well.
    let mut second = followers.pop().unwrap();
    assert!(poll_once(&mut second).is_pending());
    assert_eq!(alive.count(), 1);
    drop(second);
    let (one, other) = (followers.pop().unwrap(), followers.pop().unwrap());
    assert_eq!(tokio::join!(one, other), (Ok(1), Ok(1)));
    assert_eq!((alive.count(), executions.load(Ordering::Relaxed)), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_panics_hands_over() {
    #[resilient(coalesce)]
    async fn load(id: u32) -> Answer {
        static EXECUTIONS: AtomicU32 = AtomicU32::new(0);
        pass(secs(1)).await;
        let execution = EXECUTIONS.fetch_add(1, Ordering::Relaxed);
        assert!(execution > 0, "as planned");
        Ok(execution + id)
    }
    let leader = tokio::spawn(load(7));
    let follower = tokio::spawn(load(7));
    assert!(leader.await.unwrap_err().is_panic());
    assert_eq!(follower.await.unwrap(), Ok(8));
}

#[tokio::test(start_paused = true)]
async fn a_follower_has_its_own_deadline_and_does_not_share_the_leaders() {
    #[resilient(coalesce(key = ()), deadline = "3s", name = "coalesce_deadline")]
    async fn load(time: &Mutex<Vec<u64>>) -> Answer {
        let takes = time.lock().unwrap().remove(0);
        pass(secs(takes)).await;
        Ok(1)
    }
    // The leader runs out of time; the one that came 2 s later goes on by itself, in what is left of its own.
    let time = Mutex::new(vec![60, 1]);
    let leader = load(&time);
    let follower = async {
        pass(secs(2)).await;
        timed(load(&time)).await
    };
    let (first, second) = tokio::join!(leader, follower);
    assert!(matches!(first, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Deadline));
    assert_eq!(second, (Ok(1), secs(2)));

    // A follower that runs out of time while another one leads.
    let time = Mutex::new(vec![60, 60]);
    let recording = testing::record();
    let leader = started(load(&time));
    let (answer, elapsed) = timed(load(&time)).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Deadline));
    assert_eq!((elapsed, time.lock().unwrap().len()), (secs(3), 1));
    drop(leader);
    let calls = recording.calls();
    let call = calls.iter().find(|call| call.outcome == "timeout").expect("the follower's");
    assert_eq!((call.attempts.len(), call.error_type.as_deref()), (0, Some("timeout")));
}

#[tokio::test(start_paused = true)]
async fn each_call_has_its_own_fallback() {
    #[resilient(coalesce(key = ()), retry = "fixed", base = "1ms", max = 2, fallback = instead)]
    async fn load(script: &Script, own: u32) -> Answer {
        pass(ms(1)).await;
        script.run().await.map(|execution| execution + own)
    }
    async fn instead(_script: &Script, own: u32, error: Failure) -> Answer {
        Ok(own + u32::from(error == Transient(2)))
    }
    let script = Script::new("FF");
    let answers = tokio::join!(load(&script, 10), load(&script, 20), load(&script, 30));
    assert_eq!((answers, script.executions()), ((Ok(11), Ok(21), Ok(31)), 2));
}

#[tokio::test(start_paused = true)]
async fn with_a_cache_the_leader_fills_it_and_a_stale_answer_is_each_calls_own() {
    #[resilient(cache("10s", key = (), stale_if_error = "10s"), coalesce, name = "coalesce_cached")]
    async fn load(script: &Script) -> Answer {
        pass(ms(1)).await;
        script.run().await
    }
    let script = Script::new("SF");
    assert_eq!(tokio::join!(load(&script), load(&script)), (Ok(1), Ok(1)));
    let recording = testing::record();
    assert_eq!(load(&script).await, Ok(1));
    assert_eq!(recording.call().outcome, "cached");
    pass(secs(10)).await;
    let recording = testing::record();
    assert_eq!(tokio::join!(load(&script), load(&script)), (Ok(1), Ok(1)));
    let outcomes: Vec<_> = recording.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!((outcomes, script.executions()), (vec!["stale".to_owned(); 2], 2));
}

#[tokio::test(start_paused = true)]
async fn with_a_hedge_the_winner_is_shared() {
    #[resilient(coalesce(key = ()), hedge = "10ms", idempotent)]
    async fn load(times: &Mutex<Vec<u64>>) -> Answer {
        let takes = times.lock().unwrap().remove(0);
        pass(ms(takes)).await;
        Ok(u32::try_from(takes).unwrap())
    }
    let times = Mutex::new(vec![100, 5]);
    assert_eq!(tokio::join!(load(&times), load(&times)), (Ok(5), Ok(5)));
}

/// Which span follows which.
#[derive(Clone, Default)]
struct Links(Arc<Mutex<Vec<(u64, u64)>>>);

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Links {
    fn on_follows_from(&self, span: &Id, follows: &Id, cx: Context<'_, S>) {
        assert!(cx.span(follows).is_some(), "the leader's span is open");
        self.0.lock().expect("nothing panics with it").push((span.into_u64(), follows.into_u64()));
    }
}

// O9
#[tokio::test(start_paused = true)]
async fn a_leader_and_a_follower_may_be_dropped_at_every_await() {
    #[resilient(coalesce(key = ()), retry = "fixed", base = "1s", max = 3, bulkhead("coalesce_dropped", max = 1))]
    async fn load(alive: &Alive, script: &Script) -> Answer {
        let _guard = alive.guard();
        pass(secs(1)).await;
        script.run().await
    }
    let (alive, mut ended) = (Alive::default(), 0);
    for polls in 0..12 {
        for leader_goes in [true, false] {
            let script = Script::new("FFS");
            let goes = poll_at_most(polls, load(&alive, &script));
            let stays = load(&alive, &script);
            let (gone, stayed) = if leader_goes {
                tokio::join!(goes, stays)
            } else {
                let (stayed, gone) = tokio::join!(stays, goes);
                (gone, stayed)
            };
            // Whoever led: three executions one after the other give the answer, begun anew by who takes over.
            assert!(stayed.is_ok(), "{polls} polls: {stayed:?}");
            assert_eq!(alive.count(), 0);
            ended += u32::from(gone.is_some());
        }
    }
    assert!(ended > 0, "no call was polled to its end");
}

// O9
#[tokio::test(start_paused = true)]
async fn a_followers_span_is_linked_to_the_leaders() {
    #[resilient(coalesce(key = ()))]
    async fn load() -> Answer {
        pass(secs(1)).await;
        Ok(1)
    }
    let links = Links::default();
    let _default = tracing::subscriber::set_default(tracing_subscriber::registry().with(links.clone()));
    let leader = started(load());
    let mut followers: Vec<_> = (0..2).map(|_| started(load())).collect();
    let linked = links.0.lock().unwrap().clone();
    assert_eq!(linked.len(), 2);
    assert_eq!(linked[0].1, linked[1].1, "both to the leader");
    assert_ne!(linked[0].0, linked[1].0);
    drop(leader);
    // From one who leads in its place on, to that one.
    assert!(poll_once(&mut followers[0]).is_pending());
    let late = started(load());
    assert_eq!(links.0.lock().unwrap()[2].1, linked[0].0);
    drop(late);
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_is_dropped_is_cancelled_and_leaves_nothing() {
    let script = Script::new("S");
    let leader = started(slow(9, &script));
    let recording = testing::record();
    drop(started(slow(9, &script)));
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.attempts.len()), ("cancelled", 0));
    assert_eq!(leader.await, Ok(1));
}

#[test]
fn threads_share_one_execution_and_blocking_functions_wait_on_theirs() {
    static EXECUTIONS: AtomicU32 = AtomicU32::new(0);
    static FOLLOWERS: AtomicU32 = AtomicU32::new(0);
    static GO: Barrier = Barrier::new(2);

    #[resilient(coalesce, name = "coalesce_threads")]
    fn load(id: u32) -> Result<u32, Failure> {
        GO.wait();
        Ok(EXECUTIONS.fetch_add(1, Ordering::Relaxed) + id)
    }
    let _observed = observe(|event: &Event| {
        if matches!(event, Event::Coalesced { operation: "coalesce_threads", .. }) {
            FOLLOWERS.fetch_add(1, Ordering::Relaxed);
        }
    });
    let calls: Vec<_> = (0..4).map(|_| std::thread::spawn(|| load(7))).collect();
    while FOLLOWERS.load(Ordering::Relaxed) < 3 {
        std::thread::yield_now();
    }
    GO.wait();
    for call in calls {
        assert_eq!(call.join().unwrap(), Ok(7));
    }
    assert_eq!(EXECUTIONS.load(Ordering::Relaxed), 1);
}

#[test]
fn the_catalog_tells_of_it() {
    #[resilient(coalesce, name = "coalesce_in_catalog")]
    async fn load(id: u32) -> Answer {
        Ok(id)
    }
    drop(load(1));
    let catalog = catalog();
    let entry = catalog.entries.iter().find(|entry| entry.operation == "coalesce_in_catalog").unwrap();
    assert!(entry.coalesce);
}
