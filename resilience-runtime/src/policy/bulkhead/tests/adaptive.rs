//! The limit, call by call.

use proptest::prelude::{any, proptest};
use proptest::prop_assert;

use super::*;
use crate::policy::bulkhead::Adaptive;
use crate::policy::bulkhead::adaptive::{Controller, Sample};
use crate::rng::{self, Rng};
use crate::time::Tick;

/// Calls that keep the limit full, one round after the other.
struct Load {
    controller: Controller,
    now: Tick,
}

const MILLI: Duration = Duration::from_millis(1);

impl Load {
    fn new(start: u32, adaptive: Adaptive) -> Self {
        let bounds = BulkheadConfig::new(start).adaptive(adaptive).settings().adaptive.expect("adaptive");
        Self { controller: Controller::new(bounds, start), now: Tick::from_nanos(1_000_000_000) }
    }

    fn limit(&self) -> u32 {
        self.controller.limit()
    }

    /// As many calls as the limit, all at once, each as long; returns the limit after.
    fn round(&mut self, latency: Duration, failures: u32) -> u32 {
        let limit = self.limit();
        let inside = limit;
        self.round_of(inside, latency, failures)
    }

    fn round_of(&mut self, inside: u32, latency: Duration, failures: u32) -> u32 {
        self.round_with(inside, latency, |left| left < failures)
    }

    fn round_with(&mut self, inside: u32, latency: Duration, mut fails: impl FnMut(u32) -> bool) -> u32 {
        let started = self.now;
        self.now = started.after(latency);
        for left in 0..inside {
            let failed = fails(left);
            let sample = Sample { started, ended: self.now, in_flight: inside - left, failed };
            self.controller.record(&sample);
        }
        self.limit()
    }

    /// The limits after each of so many rounds.
    fn rounds(&mut self, times: usize, latency: Duration) -> Vec<u32> {
        (0..times).map(|_| self.round(latency, 0)).collect()
    }
}

#[test]
fn aimd_adds_one_a_round_and_takes_a_tenth_off() {
    let mut load = Load::new(10, Adaptive::aimd().max(20));
    assert_eq!(load.rounds(3, MILLI), [11, 12, 13]);
    assert_eq!(load.round(MILLI, 1), 11);
    assert_eq!(load.rounds(2, MILLI), [12, 13]);
}

#[test]
fn a_call_that_is_told_late_has_others_lower_the_limit_no_second_time() {
    let mut load = Load::new(20, Adaptive::aimd().max(20));
    let at = |millis| load.now.after(millis * MILLI);
    let sample =
        |started, ended, failed| Sample { started: at(started), ended: at(ended), in_flight: 20, failed };
    for sample in [sample(0, 40, true), sample(0, 10, false), sample(20, 50, true)] {
        load.controller.record(&sample);
    }
    assert_eq!(load.limit(), 18);
}

#[test]
fn after_a_reset_only_calls_that_start_then_count() {
    for adaptive in [Adaptive::aimd(), Adaptive::gradient()] {
        let mut load = Load::new(10, adaptive.max(20));
        let before = load.now;
        load.round(MILLI, 10);
        load.controller.reset(load.now);
        assert_eq!(load.limit(), 10);
        for in_flight in 1..=100 {
            let late = Sample { started: before, ended: load.now.after(MILLI), in_flight, failed: true };
            load.controller.record(&late);
        }
        assert_eq!(load.limit(), 10);
        load.rounds(20, MILLI);
        assert_ne!(load.limit(), 10);
    }
}

#[test]
fn a_round_of_failures_takes_one_tenth_off_and_not_many() {
    let mut load = Load::new(100, Adaptive::aimd());
    assert_eq!(load.round(MILLI, 100), 90);
    assert_eq!(load.round(MILLI, 90), 81);
}

#[test]
fn aimd_takes_a_slow_call_for_a_failure() {
    let mut load = Load::new(10, Adaptive::aimd().latency(5 * MILLI).max(20));
    assert_eq!(load.round(5 * MILLI, 0), 11);
    assert_eq!(load.round(5 * MILLI + Duration::from_nanos(1), 0), 9);
}

#[test]
fn a_limit_stays_within_its_bounds() {
    let mut load = Load::new(4, Adaptive::aimd().min(3).max(6));
    assert_eq!(load.rounds(4, MILLI), [5, 6, 6, 6]);
    let falls: Vec<_> = (0..5).map(|_| load.round(MILLI, 1)).collect();
    assert_eq!(falls, [5, 4, 3, 3, 3]);
}

#[test]
fn a_limit_that_is_not_reached_is_not_raised() {
    for adaptive in [Adaptive::aimd(), Adaptive::gradient()] {
        let mut load = Load::new(10, adaptive.max(50));
        for _ in 0..100 {
            load.round_of(load.limit() - 1, MILLI, 0);
        }
        assert_eq!(load.limit(), 10, "{adaptive:?}");
    }
}

#[test]
fn calls_from_before_a_round_do_not_count_in_it() {
    let mut load = Load::new(10, Adaptive::aimd().max(50));
    let started = load.now;
    assert_eq!(load.round(MILLI, 1), 9);
    for _ in 0..100 {
        let sample = Sample { started, ended: load.now.after(MILLI), in_flight: 10, failed: true };
        load.controller.record(&sample);
    }
    assert_eq!(load.limit(), 9);
}

#[test]
fn a_clock_that_was_set_back_stops_nothing() {
    for adaptive in [Adaptive::aimd(), Adaptive::gradient()] {
        let mut load = Load::new(10, adaptive.max(50));
        load.now = load.now.after(3600 * SECOND);
        load.round(MILLI, 1);
        load.now = load.now.before(1800 * SECOND);
        load.rounds(40, MILLI);
        assert!(load.limit() > 12, "{adaptive:?}: {}", load.limit());
    }
}

/// A gradient that has measured the latency without load, of a millisecond.
fn measured(start: u32) -> Load {
    let mut load = Load::new(start, Adaptive::gradient().max(400));
    // One to warm up, one under load, one under half of it.
    assert_eq!(load.rounds(3, MILLI), [start, start / 2, start]);
    load
}

#[test]
fn a_gradient_grows_by_the_square_root_while_latency_is_tolerated() {
    let mut load = measured(100);
    assert_eq!(load.rounds(3, MILLI), [110, 120, 130]);
    assert_eq!(load.rounds(1, MILLI * 5 / 4), [141]);
}

#[test]
fn a_gradient_shrinks_in_proportion_and_by_half_at_most() {
    let mut load = measured(100);
    assert_eq!(load.round(MILLI * 5 / 2, 0), 50);
    let mut load = measured(100);
    assert_eq!(load.round(MILLI * 100, 0), 50);
    let mut load = measured(100);
    assert_eq!(load.round(Duration::from_nanos(1_562_500), 0), 80);
}

#[test]
fn a_gradient_takes_the_share_off_that_failed_and_half_at_most() {
    let fails = |failures| measured(100).round(MILLI, failures);
    // As ever it has grown to 110 before, unless most have failed.
    assert_eq!([0, 1, 10, 50, 51, 100].map(fails), [110, 108, 99, 55, 50, 50]);
}

#[test]
fn failures_lower_the_limit_while_the_latency_without_load_is_measured() {
    let mut load = Load::new(100, Adaptive::gradient().max(400));
    assert_eq!(load.rounds(2, MILLI), [100, 50]);
    // That to come back to is halved first; then it takes fifty calls, which are two rounds of 25.
    assert_eq!([(); 4].map(|()| load.round(MILLI, 100)), [50, 25, 25, 12]);
}

/// The lowest and the highest limit of the last of many rounds, of calls that fail with that probability.
fn limits_with_failures(load: &mut Load, latency: Duration, rate: f64) -> (u32, u32) {
    let mut fails = |_| Rng::of_thread().fraction() < rate;
    let limits = [(); 120].map(|()| load.round_with(load.limit(), latency, &mut fails));
    limits[100..].iter().fold((u32::MAX, 0), |(low, high), limit| (low.min(*limit), high.max(*limit)))
}

proptest! {
    /// The little that always fails does not hold a limit down; what is due to load still does.
    #[test]
    fn a_gradient_tells_load_from_a_few_failures(
        seed in any::<u64>(),
        start in 10..100_u32,
        few in 0.0..0.02_f64,
        most in 0.6..1.0_f64,
    ) {
        rng::seed(seed);
        let mut load = Load::new(start, Adaptive::gradient().max(100));
        let (lowest, _) = limits_with_failures(&mut load, MILLI, few);
        prop_assert!(lowest > 75, "{lowest} at {few}");
        let (_, highest) = limits_with_failures(&mut load, 5 * MILLI, few);
        prop_assert!(highest < 10, "{highest} when it is slow");
        limits_with_failures(&mut load, MILLI, few);
        let (_, highest) = limits_with_failures(&mut load, MILLI, most);
        prop_assert!(highest < 10, "{highest} at {most}");
    }
}

#[test]
fn a_dependency_that_got_slower_for_good_is_measured_again() {
    let mut load = measured(100);
    let mut rounds = 0;
    while load.now < Tick::from_nanos(0).after(60 * SECOND) {
        load.round(10 * MILLI, 0);
        rounds += 1;
    }
    assert!(load.limit() > 200, "{} after {rounds}", load.limit());
}

#[test]
fn a_dependency_that_got_faster_is_believed_at_once() {
    let mut load = measured(100);
    load.round(MILLI / 2, 0);
    // Its former latency is twice the present one, and no longer tolerated.
    let before = load.limit();
    assert!(load.round(MILLI, 0) < before);
}

#[tokio::test(start_paused = true)]
async fn slots_tell_the_limit_how_calls_ended() {
    let bulkhead = Bulkhead::new("told", BulkheadConfig::new(2).adaptive(Adaptive::aimd().max(10)));
    let pair = || [bulkhead.try_enter().unwrap(), bulkhead.try_enter().unwrap()];
    pair().into_iter().for_each(Slot::success);
    assert_eq!(bulkhead.limit(), 3);
    pass(SECOND).await;
    bulkhead.try_enter().unwrap().failure();
    assert_eq!(bulkhead.limit(), 2);
    pass(SECOND).await;
    pair().into_iter().for_each(Slot::ignore);
    drop(pair());
    assert_eq!((bulkhead.limit(), bulkhead.in_flight()), (2, 0));
    let panics = || {
        let _slot = bulkhead.try_enter().unwrap();
        panic!("the body's");
    };
    assert!(std::panic::catch_unwind(core::panic::AssertUnwindSafe(panics)).is_err());
    assert_eq!((bulkhead.limit(), bulkhead.in_flight()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_grows_lets_in_those_who_wait() {
    let config = BulkheadConfig::new(1).adaptive(Adaptive::aimd().max(10));
    let bulkhead = Bulkhead::new("grows", config.queue(10).wait(SECOND));
    let slot = bulkhead.enter(0).await.unwrap();
    let calls = [0; 3].map(|priority| Call::queued(&bulkhead, priority));
    slot.success();
    assert_eq!((bulkhead.limit(), counts(&bulkhead)), (2, (2, 1)));
    let [first, second, third] = calls;
    for call in [first, second] {
        call.slot().success();
    }
    drop(third.slot());
    assert_eq!(counts(&bulkhead), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn another_configuration_keeps_the_limit_that_was_found() {
    let config = |adaptive| BulkheadConfig::new(4).adaptive(adaptive);
    let bulkhead = Bulkhead::new("kept", config(Adaptive::aimd().max(10)));
    for _ in 0..3 {
        let slots: Vec<_> = core::iter::from_fn(|| bulkhead.try_enter().ok()).collect();
        slots.into_iter().for_each(Slot::success);
    }
    assert_eq!(bulkhead.limit(), 7);
    bulkhead.reconfigure(config(Adaptive::aimd().max(6))).unwrap();
    assert_eq!(bulkhead.limit(), 6);
    bulkhead.reconfigure(config(Adaptive::gradient().max(6))).unwrap();
    assert_eq!(bulkhead.limit(), 4);
    let slot = bulkhead.try_enter().unwrap();
    bulkhead.reconfigure(BulkheadConfig::new(9)).unwrap();
    // A call that was timed leaves a bulkhead that no longer times.
    slot.failure();
    assert_eq!((bulkhead.limit(), bulkhead.in_flight()), (9, 0));
}
