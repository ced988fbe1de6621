//! Schedules, jitter, sums.

use core::time::Duration;

use proptest::prelude::*;

use super::{any_backoff, any_retry, millis};
use crate::policy::retry::{Backoff, BackoffPolicy, Jitter};
use crate::rng::{Rng, seed};

/// The first `count` delays in milliseconds, each drawn after the one before.
fn delays(backoff: &Backoff, count: u32) -> Vec<u128> {
    let mut previous = Duration::ZERO;
    (1..=count)
        .map(|retry| {
            previous = backoff.delay(retry, previous, &mut Rng::of_thread());
            previous.as_millis()
        })
        .collect()
}

/// `count` draws of one delay, repeatable.
fn draws(backoff: &Backoff, retry: u32, previous: Duration, count: usize) -> Vec<Duration> {
    seed(42);
    let mut rng = Rng::of_thread();
    (0..count).map(|_| backoff.delay(retry, previous, &mut rng)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn mean(draws: &[Duration]) -> f64 {
    draws.iter().map(Duration::as_secs_f64).sum::<f64>() / draws.len() as f64
}

#[test]
fn fixed_delays_stay() {
    assert_eq!(delays(&Backoff::fixed(millis(70)), 4), [70, 70, 70, 70]);
}

#[test]
fn linear_delays_grow_by_the_base_up_to_the_cap() {
    assert_eq!(delays(&Backoff::linear(millis(3)).cap(millis(10)), 5), [3, 6, 9, 10, 10]);
}

// H1
#[test]
fn exponential_delays_double_up_to_the_cap() {
    assert_eq!(delays(&Backoff::exp(millis(1)).cap(millis(10)), 6), [1, 2, 4, 8, 10, 10]);
}

// H4
#[test]
fn exponential_delays_are_the_same_in_seconds() {
    let backoff = Backoff::exp(Duration::from_secs(2)).cap(Duration::from_secs(30));
    assert_eq!(delays(&backoff, 6), [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
}

#[test]
fn a_factor_with_decimals_gives_whole_milliseconds_where_they_are_due() {
    assert_eq!(Backoff::exp(millis(100)).factor(1.1).ceiling(3), millis(121));
    assert_eq!(delays(&Backoff::exp(millis(100)).factor(3.0), 4), [100, 300, 900, 2_700]);
}

// H3
#[test]
fn fibonacci_delays_are_the_sum_of_the_two_before() {
    let backoff = Backoff::fibonacci(millis(1));
    assert_eq!(delays(&backoff, 11), [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144]);
}

// H6
#[test]
fn a_ratio_adds_or_takes_away_that_share() {
    let backoff = Backoff::fixed(millis(100)).jitter(Jitter::Ratio(0.5));
    let draws = draws(&backoff, 1, Duration::ZERO, 10_000);
    assert!(draws.iter().all(|delay| (millis(50)..=millis(150)).contains(delay)));
    assert!(*draws.iter().min().unwrap() < millis(51));
    assert!(*draws.iter().max().unwrap() > millis(149));
    assert!((mean(&draws) - 0.1).abs() < 0.002);
}

// H6
#[test]
fn no_delay_stays_no_delay() {
    let backoff = Backoff::fixed(Duration::ZERO).jitter(Jitter::Ratio(0.5));
    assert_eq!(backoff.delay(1, Duration::ZERO, &mut Rng::of_thread()), Duration::ZERO);
}

// H7
#[test]
fn ceilings_of_full_jitter_double_up_to_the_cap() {
    let backoff = Backoff::exp_jitter(millis(50)).cap(Duration::from_secs(20));
    let ceilings: Vec<_> = (1..=11).map(|retry| backoff.ceiling(retry).as_millis()).collect();
    assert_eq!(ceilings, [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000]);
}

// H9
#[test]
fn delays_keep_differing_once_they_reached_the_cap() {
    let cap = millis(1_000);
    let exp = Backoff::exp(millis(100)).cap(cap);
    for backoff in [
        exp.jitter(Jitter::Full),
        exp.jitter(Jitter::Equal),
        exp.jitter(Jitter::Ratio(0.5)),
        Backoff::decorrelated(millis(100)).cap(cap),
    ] {
        for retry in [4, 5, 6, 8, 100] {
            let mut draws = draws(&backoff, retry, cap, 20_000);
            let at_cap = draws.iter().filter(|delay| **delay == cap).count();
            assert!(at_cap < 200, "{at_cap} of 20000 delays of {backoff:?} are at the cap");
            draws.sort_unstable();
            draws.dedup();
            assert!(draws.len() > 19_000);
        }
    }
}

// H10
#[test]
fn full_jitter_is_uniform_from_zero_to_the_ceiling() {
    let draws = draws(&Backoff::exp_jitter(millis(1_000)), 1, Duration::ZERO, 10_000);
    assert!((mean(&draws) / 0.5 - 1.0).abs() < 0.02);
    assert!(*draws.iter().min().unwrap() < millis(20));
    assert!(*draws.iter().max().unwrap() > millis(980));
}

// H10
#[test]
fn equal_jitter_keeps_half_of_the_ceiling() {
    let draws = draws(&Backoff::exp(millis(1_000)).jitter(Jitter::Equal), 1, Duration::ZERO, 10_000);
    assert!(draws.iter().all(|delay| *delay >= millis(500)));
    assert!((mean(&draws) / 0.75 - 1.0).abs() < 0.02);
}

// H10
#[test]
fn decorrelated_delays_lie_between_the_base_and_three_times_the_delay_before() {
    let backoff = Backoff::decorrelated(millis(100));
    let first = draws(&backoff, 1, Duration::ZERO, 10_000);
    assert!(first.iter().all(|delay| (millis(100)..=millis(300)).contains(delay)));
    let second = draws(&backoff, 2, millis(200), 10_000);
    assert!(second.iter().all(|delay| (millis(100)..=millis(600)).contains(delay)));
    assert!((mean(&second) / 0.35 - 1.0).abs() < 0.02);
    let late = draws(&backoff, 50, Duration::from_secs(9), 10_000);
    assert!(late.iter().all(|delay| (millis(100)..=Duration::from_secs(10)).contains(delay)));
    assert_eq!((backoff.ceiling(1), backoff.ceiling(2)), (millis(300), millis(900)));
}

// H11
#[test]
fn the_thousandth_delay_is_at_the_cap() {
    let day = Duration::from_secs(24 * 3600);
    for backoff in [Backoff::exp(day), Backoff::linear(day), Backoff::fibonacci(day)] {
        for retry in [1_000, 1_024, 1_025, u32::MAX] {
            assert_eq!(backoff.cap(day * 2).ceiling(retry), day * 2);
            let far = backoff.cap(Duration::MAX).ceiling(retry);
            assert!(far >= day * 1_000, "{far:?}");
        }
    }
}

// H15
#[test]
fn two_processes_draw_different_delays() {
    const CHILD: &str = "RESILIENCE_PRINT_DELAYS";
    const MARK: &str = "delays of a fresh process: ";
    if std::env::var_os(CHILD).is_some() {
        println!("{MARK}{:?}", delays(&Backoff::exp_jitter(Duration::from_secs(10)), 8));
        return;
    }
    let sequence = || {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "policy::retry::tests::backoff::two_processes_draw_different_delays",
                "--nocapture",
            ])
            .env(CHILD, "")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_once(MARK).expect("the child draws").1.lines().next().unwrap().to_owned()
    };
    assert_ne!(sequence(), sequence());
}

// H17
#[test]
fn a_long_series_never_falls_back() {
    let cap = Duration::from_secs(60);
    let second = Duration::from_secs(1);
    for backoff in [Backoff::exp(second), Backoff::fibonacci(second), Backoff::linear(second)] {
        let backoff = backoff.cap(cap);
        let series: Vec<_> = (1..=200).map(|retry| backoff.ceiling(retry)).collect();
        assert!(series.is_sorted());
        assert_eq!(series[60..], [cap; 140]);
    }
}

#[test]
fn names_are_those_the_attribute_takes() {
    let base = millis(1);
    assert_eq!(Backoff::exp(base).name(), "exp");
    assert_eq!(Backoff::exp_jitter(base).name(), "exp_jitter");
    assert_eq!(Backoff::exp(base).jitter(Jitter::Equal).name(), "exp_jitter");
    assert_eq!(Backoff::fibonacci(base).name(), "fibonacci");
}

#[test]
fn defaults_are_those_of_the_documentation() {
    let backoff = Backoff::exp_jitter(millis(100));
    assert_eq!(backoff.base(), millis(100));
    assert_eq!(backoff.get_cap(), Duration::from_secs(10));
    assert_eq!(backoff.get_factor().to_bits(), 2.0_f64.to_bits());
    assert_eq!(backoff.get_jitter(), Jitter::Full);
}

#[test]
fn sums_take_no_walk_through_the_retries() {
    const FOREVER: Duration = Backoff::exp(Duration::from_secs(1)).longest_total(u32::MAX);
    assert_eq!(FOREVER.as_secs(), 15 + 10 * (u64::from(u32::MAX) - 4));
    let slow = Backoff::linear(Duration::from_nanos(1)).cap(Duration::MAX).longest_total(u32::MAX);
    let count = u128::from(u32::MAX);
    assert_eq!(slow.as_nanos(), count * (count + 1) / 2);
    assert_eq!(Backoff::fixed(Duration::MAX).cap(Duration::MAX).longest_total(u32::MAX), Duration::MAX);
    assert_eq!(Backoff::exp(Duration::ZERO).longest_total(u32::MAX), Duration::ZERO);
}

#[test]
fn numbers_out_of_range_still_give_a_delay_within_the_cap() {
    let cap = Duration::from_secs(1);
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300] {
        for jitter in [Jitter::None, Jitter::Ratio(number)] {
            let backoff = Backoff::exp(millis(10)).cap(cap).factor(number).jitter(jitter);
            for retry in [0, 1, 2, 1_000] {
                assert!(backoff.delay(retry, Duration::MAX, &mut Rng::of_thread()) <= cap);
            }
            let _ = backoff.longest_total(u32::MAX);
        }
    }
}

proptest! {
    #[test]
    fn no_delay_is_longer_than_its_ceiling_or_the_cap(
        backoff in any_backoff(), retry in any_retry(), previous in any::<Duration>(), by in any::<u64>()
    ) {
        seed(by);
        let delay = backoff.delay(retry, previous, &mut Rng::of_thread());
        prop_assert!(delay <= backoff.ceiling(retry));
        prop_assert!(backoff.ceiling(retry) <= backoff.get_cap());
    }

    #[test]
    fn ceilings_do_not_shrink(backoff in any_backoff(), retry in any_retry()) {
        prop_assert!(backoff.ceiling(retry) <= backoff.ceiling(retry.saturating_add(1)));
    }

    #[test]
    fn a_total_is_the_sum_of_the_ceilings(backoff in any_backoff(), retries in 0..300_u32) {
        let sum = (1..=retries).map(|retry| backoff.ceiling(retry).as_nanos()).sum::<u128>();
        let total = backoff.longest_total(retries).as_nanos();
        // Each ceiling is rounded to a nanosecond, the sum once; beyond 104 days a float is coarser than that.
        let tolerance = u128::from(retries) + sum / 1_000_000_000_000;
        prop_assert!(total.abs_diff(sum) <= tolerance, "{} is not {}", total, sum);
    }

    #[test]
    fn a_whole_series_fits_into_its_total(backoff in any_backoff(), by in any::<u64>()) {
        seed(by);
        let (mut previous, mut sum) = (Duration::ZERO, Duration::ZERO);
        for retry in 1..=20 {
            previous = backoff.delay(retry, previous, &mut Rng::of_thread());
            sum = sum.saturating_add(previous);
        }
        let slack = Duration::from_nanos(20).saturating_add(sum / 1_000_000_000);
        prop_assert!(sum <= backoff.longest_total(20).saturating_add(slack));
    }
}
