//! Tables: so many requests, so many accepted, such a probability.

use super::*;
use crate::outcome::RejectedKind;
use crate::policy::throttle::state::Machine;
use crate::rng;
use crate::time::Tick;

// I8
#[test]
fn the_probability_is_that_of_the_formula() {
    let table = [
        (2.0, 0, 0, 0.0),
        (2.0, 1, 1, 0.0),
        (2.0, 1, 0, 1.0 / 2.0),
        (2.0, 100, 50, 0.0),
        (2.0, 101, 50, 1.0 / 102.0),
        (2.0, 100, 25, 50.0 / 101.0),
        (2.0, 100, 0, 100.0 / 101.0),
        (1.0, 100, 100, 0.0),
        (1.0, 100, 99, 1.0 / 101.0),
        (4.0, 100, 25, 0.0),
        // More accepted than asked, once the older ones are forgotten.
        (2.0, 1, 5, 0.0),
        (2.0, u64::MAX, u64::MAX, 0.0),
        (2.0, u64::MAX, 0, 1.0),
    ];
    for (k, requests, accepts, probability) in table {
        let settings = ThrottleConfig::new().k(k).settings();
        let found = settings.probability(requests, accepts);
        assert!(is_exactly(found, probability), "{k}: {accepts} of {requests}: {found}");
    }
}

// I8: through the handle, where some of the calls that would have failed are refused instead.
#[tokio::test(start_paused = true)]
async fn accepted_and_failed_calls_come_to_that_probability() {
    for (accepted, failed, probability) in
        [(0, 0, 0.0), (50, 50, 0.0), (25, 75, 50.0 / 101.0), (0, 100, 100.0 / 101.0)]
    {
        rng::seed(8);
        let throttle = Throttle::new("i8", ThrottleConfig::new());
        assert_eq!(call(&throttle, accepted, true), 0);
        let refused = call(&throttle, failed, false);
        let snapshot = throttle.snapshot();
        assert_eq!(counts(&throttle), (u64::from(accepted + failed), u64::from(accepted)));
        assert!(is_exactly(snapshot.probability, probability), "{}", snapshot.probability);
        assert_eq!(snapshot.rejections, refused);
    }
}

// I9
#[tokio::test(start_paused = true)]
async fn a_call_counts_when_it_asks_and_not_when_it_ends() {
    let throttle = Throttle::new("i9", ThrottleConfig::new());
    let admission = throttle.try_admit().expect("nothing has failed");
    assert_eq!(counts(&throttle), (1, 1));
    drop(admission);
    assert_eq!(counts(&throttle), (1, 0));
}

// I9
#[test]
fn a_refused_call_counts_as_one_that_was_not_accepted() {
    let mut machine = Machine::new(ThrottleConfig::new().settings());
    let now = Tick::now();
    machine.admit(now, || panic!("thrown for nothing")).expect("nothing has failed");
    machine.fail(now);
    // The throw is below the probability, or it is not.
    assert_eq!(machine.admit(now, || 0.499), Err(0.5));
    assert_eq!(machine.admit(now, || 2.0 / 3.0), Ok(()));
    let snapshot = machine.snapshot(now);
    assert_eq!((snapshot.requests, snapshot.accepts, snapshot.rejections), (3, 1, 1));
    assert!(is_exactly(snapshot.probability, 1.0 / 4.0));
}

#[tokio::test(start_paused = true)]
async fn calls_under_way_do_not_refuse_each_other() {
    let throttle = Throttle::new("cold", ThrottleConfig::new());
    let admissions: Vec<_> = (0..1_000).map(|_| throttle.try_admit().expect("nothing has failed")).collect();
    // A few of them fail, among many of which nothing is known yet.
    let mut admissions = admissions.into_iter();
    admissions.by_ref().take(500).for_each(drop);
    assert_eq!(counts(&throttle), (1_000, 500));
    assert!(is_exactly(throttle.snapshot().probability, 0.0));
    admissions.by_ref().take(100).for_each(drop);
    assert!(is_exactly(throttle.snapshot().probability, 200.0 / 1_001.0));
}

#[tokio::test(start_paused = true)]
async fn an_ignored_call_has_not_asked() {
    let throttle = Throttle::new("ignored", ThrottleConfig::new());
    throttle.try_admit().expect("nothing has failed").ignore();
    assert_eq!(counts(&throttle), (0, 0));
    call(&throttle, 1, false);
    let before = throttle.snapshot();
    for _ in 0..10 {
        if let Ok(admission) = throttle.try_admit() {
            admission.ignore();
            assert!(is_exactly(throttle.snapshot().probability, before.probability));
            return;
        }
        throttle.reconfigure(ThrottleConfig::new().window(SECOND)).unwrap();
        throttle.reconfigure(ThrottleConfig::new()).unwrap();
        call(&throttle, 1, false);
    }
    panic!("ten refusals at even odds");
}

#[tokio::test(start_paused = true)]
async fn each_refusal_is_told_once_with_its_probability() {
    rng::seed(1);
    let throttle = Throttle::new("told", ThrottleConfig::new());
    let refused = call(&throttle, 200, false);
    assert!(refused > 0);
    let told = refusals("told");
    assert_eq!((told.len() as u64, throttle.snapshot().rejections), (refused, refused));
    assert!(told.windows(2).all(|pair| pair[0] < pair[1]), "{told:?}");

    let rejected = loop {
        if let Err(rejected) = throttle.try_admit() {
            break rejected;
        }
    };
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::Throttled, "told"));
    assert_eq!(rejected.retry_after(), None);
}

#[tokio::test(start_paused = true)]
async fn refuses_the_share_it_says() {
    rng::seed(2);
    let throttle = Throttle::new("share", ThrottleConfig::new());
    // Of a call in four the dependency accepts, so that twice that is let through.
    let mut refused = 0;
    for number in 0_u32..20_000 {
        refused += call(&throttle, 1, number.is_multiple_of(4));
    }
    let share = f64::from(u32::try_from(refused).unwrap()) / 20_000.0;
    let probability = throttle.snapshot().probability;
    assert!((share - probability).abs() < 0.02, "{share} {probability}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_call_is_forgotten_when_it_is_as_old_as_the_window() {
    let throttle = Throttle::new("age", ThrottleConfig::new());
    call(&throttle, 100, false);
    pass(Duration::from_nanos(119_999_999_999)).await;
    assert_eq!(counts(&throttle), (100, 0));
    pass(Duration::from_nanos(1)).await;
    assert_eq!((counts(&throttle), call(&throttle, 100, true)), ((0, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_forgotten_too() {
    let throttle = Throttle::new("accepts-age", ThrottleConfig::new());
    call(&throttle, 100, true);
    pass(60 * SECOND).await;
    call(&throttle, 90, false);
    assert!(is_exactly(throttle.snapshot().probability, 0.0));
    // Of the next calls the first finds that only failures are left, though the part it belongs to is not over.
    pass(57 * SECOND).await;
    call(&throttle, 1, true);
    pass(3 * SECOND).await;
    assert_eq!(counts(&throttle), (91, 1));
    assert!(is_exactly(throttle.snapshot().probability, 89.0 / 92.0));
    rng::seed(3);
    assert!(call(&throttle, 20, true) > 10);
}

#[tokio::test(start_paused = true)]
async fn calls_that_outlive_the_window_are_missed_when_they_fail() {
    rng::seed(9);
    let throttle = Throttle::new("slow", ThrottleConfig::new().window(10 * SECOND));
    let mut running = std::collections::VecDeque::new();
    // Ten calls a second, each of which fails after twice the window.
    for second in 0..60 {
        running.push_back((0..10).filter_map(|_| throttle.try_admit().ok()).collect::<Vec<_>>());
        assert!(second >= 20 || running.back().is_some_and(|calls| calls.len() == 10));
        pass(SECOND).await;
        if second >= 19 {
            drop(running.pop_front());
        }
        if second == 30 {
            assert_eq!(throttle.snapshot().accepts, 0);
            assert!(throttle.snapshot().probability > 0.9);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_anywhere_a_call_was_not_accepted() {
    async fn wait(throttle: &Throttle) {
        let admission = throttle.try_admit().expect("nothing has failed");
        core::future::pending::<()>().await;
        admission.accept();
    }
    let throttle = Throttle::new("dropped", ThrottleConfig::new());
    // Never polled: it has not asked.
    drop(wait(&throttle));
    assert_eq!(counts(&throttle), (0, 0));
    {
        let mut wait = Box::pin(wait(&throttle));
        let mut context = core::task::Context::from_waker(core::task::Waker::noop());
        assert!(wait.as_mut().poll(&mut context).is_pending());
        assert_eq!(counts(&throttle), (1, 1));
    }
    assert_eq!(counts(&throttle), (1, 0));

    let throttle = Throttle::new("panicked", ThrottleConfig::new());
    let panics = std::panic::AssertUnwindSafe(|| {
        let _admission = throttle.try_admit();
        panic!("in the body");
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(counts(&throttle), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn another_configuration_keeps_what_was_counted() {
    let throttle = Throttle::new("reconfigured", ThrottleConfig::new().k(3.0));
    call(&throttle, 40, true);
    call(&throttle, 60, false);
    assert!(is_exactly(throttle.snapshot().probability, 0.0));
    throttle.reconfigure(ThrottleConfig::new()).unwrap();
    assert!(is_exactly(throttle.snapshot().probability, 20.0 / 101.0));
    throttle.reconfigure(ThrottleConfig::new().window(SECOND)).unwrap();
    assert_eq!(counts(&throttle), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_or_calls_back_takes_nothing_with_it() {
    static THROTTLE: Throttle = Throttle::new("listened", ThrottleConfig::new());
    call(&THROTTLE, 50, false);
    ear::react(|_| {
        let _ = THROTTLE.snapshot();
        let _ = THROTTLE.try_admit();
        panic!("listener");
    });
    let refused = call(&THROTTLE, 50, false);
    assert!(refused > 0);
    // The reaction went with its panic, after one call of its own.
    assert_eq!(counts(&THROTTLE), (50 + 50 + 1, 0));
}

#[test]
fn a_clock_that_jumps_wedges_nothing() {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

    let mut machine = Machine::new(ThrottleConfig::new().settings());
    let start = Tick::now();
    let fail = |machine: &mut Machine, at| {
        machine.admit(at, || 1.0).expect("the highest throw");
        machine.fail(at);
        machine.snapshot(at).requests
    };
    assert_eq!(fail(&mut machine, start), 1);
    // Ahead by years, and to the end of all time.
    assert_eq!(fail(&mut machine, start.after(9 * YEAR)), 1);
    assert_eq!(fail(&mut machine, start.after(Duration::MAX)), 1);
    // Back: what was counted is as old as before, so that it is forgotten in its time.
    assert_eq!(fail(&mut machine, start), 2);
    assert_eq!(fail(&mut machine, start.after(119 * SECOND)), 3);
    assert_eq!(fail(&mut machine, start.after(121 * SECOND)), 2);
    // Back by a little, as between threads, is no time at all.
    assert_eq!(fail(&mut machine, start.after(120 * SECOND)), 3);
}

#[test]
fn memory_does_not_grow_with_calls() {
    let mut machine = Machine::new(ThrottleConfig::new().settings());
    for millis in 0..200_000 {
        let now = Tick::from_nanos(millis * 1_000_000 + 1);
        if machine.admit(now, || 0.5).is_ok() && millis % 3 == 0 {
            machine.fail(now);
        }
    }
    assert!(machine.parts() <= 32);
}
