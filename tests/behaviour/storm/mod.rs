//! All policies together, in a storm of calls at random: late, failing, hanging, panicking and dropped ones. At every moment
//! each annotation keeps what it promises, and after the storm nothing is left of it.

mod functions;
mod world;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use resilience_runtime::{State, testing};
use resilience_tests::{ms, pass, secs};
use tokio::task::JoinSet;

use self::functions::{ALL, Deed, Promise, Rated};
use self::world::{Call, End, Happened, Made, Plan, World, now};

/// How many are called for.
const KEYS: u16 = 3;

/// How many healthy calls follow a storm.
const AFTERWARDS: usize = 20;

/// All that happens in one storm.
#[derive(Clone, Debug)]
struct Storm {
    /// The calls that each task makes at the same time.
    tasks: Vec<(Plan, Option<Plan>)>,
    /// What is done after so many milliseconds, to which function.
    deeds: Vec<(u64, usize, Deed)>,
    /// A time at which the clock jumps, and by how much.
    jump: (u64, u64),
    /// Whether somebody reads the spans.
    is_traced: bool,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        6 => Just(End::Success),
        4 => Just(End::Transient),
        1 => Just(End::Permanent),
        1 => Just(End::Ignored),
        1 => Just(End::Throttled),
        1 => Just(End::Panic),
        1 => Just(End::Never),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let takes = prop_oneof![Just(0), 1..30_u64, 30..120_u64];
    let executions = vec((takes, end()), 1..4);
    (0..ALL.len(), 0..1_500_u64, 0..KEYS, executions, option::weighted(0.2, 0..200_u64)).prop_map(
        |(function, begins, key, executions, dropped)| Plan { function, begins, key, executions, dropped },
    )
}

fn a_storm() -> impl Strategy<Value = Storm> {
    let deed = prop_oneof![Just(Deed::Trip), Just(Deed::Reset), Just(Deed::Halve), Just(Deed::Restore)];
    (
        vec((plan(), option::weighted(0.1, plan())), 1..60),
        vec((0..1_500_u64, 0..ALL.len(), deed), 0..6),
        (0..1_500_u64, prop_oneof![2 => Just(0), 1 => 1..100_000_u64]),
        any::<bool>(),
    )
        .prop_map(|(tasks, deeds, jump, is_traced)| Storm { tasks, deeds, jump, is_traced })
}

/// Makes the calls of one task; nothing where one of them panics, which drops the other.
async fn caught<T>(calls: impl Future<Output = T>) -> Option<T> {
    let mut calls = pin!(calls);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| calls.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(made)) => Poll::Ready(Some(made)),
        Err(_) => Poll::Ready(None),
    })
    .await
}

async fn make(plan: Plan, world: Arc<World>) {
    pass(ms(plan.begins)).await;
    let (function, dropped) = (plan.function, plan.dropped);
    let promise = &ALL[function];
    let call = Arc::new(Call::new(plan, promise.breaker, &world));
    let start = now();
    let called = (promise.call)(Arc::clone(&call));
    let answer = match dropped {
        None => Some(called.await),
        Some(after) => tokio::select! {
            // Polled once at least.
            biased;
            answer = called => Some(answer),
            () = pass(ms(after)) => None,
        },
    };
    world.made(function, Made { answer, took: start.elapsed(), executed: call.executed() });
}

/// How many calls were made.
async fn run(storm: Storm) -> usize {
    let world = World::of(ALL.len());
    let mut tasks = JoinSet::new();
    for (one, other) in storm.tasks {
        let world = Arc::clone(&world);
        tasks.spawn(async move {
            let both = async {
                match other {
                    None => make(one, world).await,
                    Some(other) => _ = tokio::join!(make(one, Arc::clone(&world)), make(other, world)),
                }
            };
            caught(both).await;
        });
    }
    for (at, function, deed) in storm.deeds {
        tasks.spawn(async move {
            pass(ms(at)).await;
            ALL[function].suffer(deed);
        });
    }
    let (at, by) = storm.jump;
    tasks.spawn(async move {
        pass(ms(at)).await;
        tokio::time::advance(ms(by)).await;
    });
    while let Some(made) = tasks.join_next().await {
        made.expect("planned panics are caught");
    }
    for (function, promise) in ALL.iter().enumerate() {
        promise.suffer(Deed::Restore);
        kept(promise, &world.happened(function), ms(by));
    }
    // Long enough for every window, and for an answer that is cached.
    pass(secs(3_600)).await;
    for (function, promise) in ALL.iter().enumerate() {
        over(function, promise).await;
    }
    world.calls() + ALL.len() * AFTERWARDS
}

/// What the annotation promises held all the time, but for a jump of the clock that far.
fn kept(promise: &Promise, happened: &Happened, jump: Duration) {
    let name = promise.name;
    assert_eq!((happened.under_way, happened.behind_open), (0, 0), "{name}");
    for made in &happened.made {
        assert!(made.executed <= promise.executions, "{name}: {made:?}");
        assert!(promise.deadline.is_none_or(|deadline| made.took <= deadline + jump), "{name}: {made:?}");
    }
    let (most, longest) = (happened.most_at_once, happened.longest);
    assert!(promise.room.is_none_or(|room| most <= room.max), "{name}: {most} at once");
    assert!(promise.timeout.is_none_or(|timeout| longest <= timeout + jump), "{name}: {longest:?}");
    for key in 0..KEYS {
        let of_key = |rated: Rated| happened.begun.iter().filter(move |(_, of)| !rated.keyed || *of == key);
        let Some(rated) = promise.rate else { continue };
        let begun: Vec<_> = of_key(rated).map(|(begun, _)| *begun).collect();
        for (number, end) in begun.iter().enumerate() {
            for (beyond, start) in (1..).zip(begun[..number].iter().rev().skip(rated.burst as usize - 1)) {
                let took = *end - *start;
                assert!(
                    took + rated.later >= rated.interval * beyond,
                    "{name}: {beyond} too many in {took:?}"
                );
            }
        }
    }
}

/// Nothing is held any more, and the function answers again.
async fn over(function: usize, promise: &Promise) {
    let name = promise.name;
    let world = World::of(ALL.len());
    for _ in 0..AFTERWARDS {
        let healthy =
            Plan { function, begins: 0, key: 1, executions: vec![(0, End::Success)], dropped: None };
        make(healthy, Arc::clone(&world)).await;
        // No answer is cached for so long, and no token is missing then.
        pass(secs(1)).await;
    }
    let made = world.happened(function).made;
    assert!(made.iter().all(|made| matches!(made.answer, Some(Ok(_)))), "{name}: {made:?}");
    if let Some(breaker) = promise.breaker() {
        let breaker = breaker.snapshot();
        assert_eq!((breaker.state, breaker.consecutive_failures), (State::Closed, 0), "{name}");
    }
    if let Some(bulkhead) = promise.bulkhead() {
        let bulkhead = bulkhead.snapshot();
        assert_eq!((bulkhead.in_flight, bulkhead.queued), (0, 0), "{name}");
    }
    if let Some((limiter, rated)) = promise.limiter().zip(promise.rate) {
        let limiter = limiter.snapshot();
        assert_eq!((limiter.available, limiter.waiting), (rated.burst, 0), "{name}");
    }
}

/// One storm after the other, on one clock.
#[test]
fn every_promise_is_kept_and_nothing_is_left() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) };
    testing::seed(7);
    let result = TestRunner::new(config).run(&a_storm(), |storm| {
        let recording = storm.is_traced.then(testing::record);
        let made = runtime.block_on(run(storm));
        if let Some(recording) = recording {
            prop_assert_eq!(recording.calls().len(), made);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
