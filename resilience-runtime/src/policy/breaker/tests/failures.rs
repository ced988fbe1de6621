//! The rule on a number of failures, whatever share of the calls they are.

use proptest::prelude::{Strategy as _, any, prop, proptest};
use proptest::prop_assert;

use super::*;
use crate::policy::breaker::state::{Machine, Verdict};
use crate::policy::breaker::{BreakerConfig, Window};
use crate::time::Tick;

const THREE_IN_30_S: BreakerConfig =
    BreakerConfig::new().failures(3).window(Window::Time(Duration::from_secs(30)));

#[tokio::test(start_paused = true)]
async fn opens_at_the_number_whatever_the_rate_and_min_calls() {
    let breaker = Breaker::new("failures", THREE_IN_30_S);
    assert_eq!(
        play(&breaker, "SSSSSSSSSS F SSSSSSSSSS F SSSSSSSSSS"),
        "SSSSSSSSSS F SSSSSSSSSS F SSSSSSSSSS"
    );
    assert_eq!((is_closed(&breaker), counts(&breaker)), (true, (32, 2)));
    assert_eq!(play(&breaker, "FSF"), "FRR");
    assert_eq!(transitions("failures"), ["closed>open failure_count"]);
    assert_eq!(counts(&breaker), (33, 3));
}

#[tokio::test(start_paused = true)]
async fn failures_as_old_as_the_window_are_forgotten() {
    let breaker = Breaker::new("failures_old", THREE_IN_30_S);
    play(&breaker, "F");
    pass(10 * SECOND).await;
    play(&breaker, "F");
    pass(20 * SECOND).await;
    play(&breaker, "F");
    assert_eq!((is_closed(&breaker), counts(&breaker)), (true, (2, 2)));
    pass(5 * SECOND).await;
    play(&breaker, "F");
    assert!(!is_closed(&breaker));
}

#[tokio::test(start_paused = true)]
async fn counts_in_a_window_of_calls_too() {
    let config = BreakerConfig::new().failures(2).window(Window::Calls(4));
    let breaker = Breaker::new("failures_calls", config);
    assert_eq!(play(&breaker, "FSSSFSSSF"), "FSSSFSSSF");
    assert!(is_closed(&breaker));
    assert_eq!(play(&breaker, "SSFS"), "SSFR");
}

#[tokio::test(start_paused = true)]
async fn looks_at_a_minute_unless_told() {
    let breaker = Breaker::new("failures_minute", BreakerConfig::new().failures(2));
    play(&breaker, "F");
    pass(60 * SECOND).await;
    play(&breaker, "F");
    assert!(is_closed(&breaker));
    pass(50 * SECOND).await;
    play(&breaker, "F");
    assert!(!is_closed(&breaker));
}

#[tokio::test(start_paused = true)]
async fn only_observing_it_tells_once() {
    let breaker = Breaker::new("failures_observed", THREE_IN_30_S);
    breaker.observe_only();
    play(&breaker, "FFFFF");
    assert!(is_closed(&breaker));
    let told = heard("failures_observed");
    let exceeded = told.iter().filter(|event| matches!(event, Event::BreakerThresholdExceeded { .. }));
    assert_eq!(exceeded.count(), 1);
}

proptest! {
    #[test]
    fn opens_exactly_when_so_many_failures_fall_into_the_window(
        limit in 1_u32..6,
        length in 32_u64..5_000,
        calls in prop::collection::vec((0_u64..1_000, any::<bool>()), 0..100),
    ) {
        let config = BreakerConfig::new().failures(limit).window(Window::Time(Duration::from_nanos(length)));
        let mut machine = Machine::new(config.settings());
        let (mut now, mut failures) = (1_000, Vec::new());
        for (wait, failed) in calls {
            now += wait;
            let Ok(ticket) = machine.admit(Tick::from_nanos(now)).0 else { break };
            machine.record(Tick::from_nanos(now), ticket, if failed { Verdict::Failure } else { Verdict::Success });
            if failed {
                failures.push(now);
            }
            let younger_than = |age| failures.iter().filter(|at| now - **at < age).count() >= limit as usize;
            let is_open = machine.state() == State::Open;
            // The oldest may be forgotten up to a part of the window early, and never late.
            prop_assert!(!is_open || younger_than(length));
            prop_assert!(is_open || !younger_than(length - length.div_ceil(32) + 1));
            if is_open {
                break;
            }
        }
    }

    #[test]
    fn opens_exactly_when_so_many_of_the_last_calls_failed(
        (limit, size) in (1_u32..6).prop_flat_map(|limit| (limit..limit + 20).prop_map(move |size| (limit, size))),
        calls in prop::collection::vec(any::<bool>(), 0..100),
    ) {
        let config = BreakerConfig::new().failures(limit).window(Window::Calls(size));
        let mut machine = Machine::new(config.settings());
        for (index, failed) in calls.iter().enumerate() {
            let now = Tick::from_nanos(1);
            let Ok(ticket) = machine.admit(now).0 else { break };
            machine.record(now, ticket, if *failed { Verdict::Failure } else { Verdict::Success });
            let last = &calls[(index + 1).saturating_sub(size as usize)..=index];
            let expected = last.iter().filter(|failed| **failed).count() >= limit as usize;
            prop_assert!((machine.state() == State::Open) == expected);
            if expected {
                break;
            }
        }
    }
}
