use core::time::Duration;

use proptest::prelude::*;

use super::Hedge;
use super::check;
use super::latencies::{BUCKETS, GENERATION, Latencies, WARM_UP, bucket_of, end_of};
use crate::policy::ruling::sentence;
use crate::time::Tick;

const MS: Duration = Duration::from_millis(1);
const P95: u32 = 950_000;

fn start() -> Tick {
    Tick::from_nanos(1_000_000_000_000)
}

fn with(samples: impl IntoIterator<Item = Duration>) -> Latencies {
    let latencies = Latencies::new();
    for sample in samples {
        latencies.record(start(), sample);
    }
    latencies
}

#[test]
fn nothing_is_known_before_the_warm_up_is_over() {
    let latencies = with((1..WARM_UP).map(|_| MS));
    assert_eq!(latencies.percentile(start(), P95), None);
    latencies.record(start(), MS);
    assert!(latencies.percentile(start(), P95).is_some());
}

#[test]
fn samples_that_were_counted_and_got_lost_make_no_percentile() {
    let latencies = with((0..100).map(|_| MS));
    latencies.lose_samples();
    assert_eq!(latencies.percentile(start(), P95), None);
}

#[test]
fn a_percentile_is_at_most_a_sixteenth_too_long() {
    let latencies = with((1..=100).map(|ms| ms * MS));
    for (percentile, exact) in [(500_000, 50 * MS), (P95, 95 * MS), (999_000, 100 * MS)] {
        let fresh = with((1..=100).map(|ms| ms * MS));
        let found = fresh.percentile(start(), percentile).unwrap();
        assert!(exact <= found && found <= exact * 17 / 16, "{found:?} for {exact:?}");
    }
    assert_eq!(latencies.count(), 100);
}

#[test]
fn what_is_older_than_two_generations_is_forgotten() {
    let latencies = with((0..40).map(|_| MS));
    let later = start().after(GENERATION);
    assert!(latencies.percentile(later, P95).is_some(), "the generation before still counts");
    for _ in 0..20 {
        latencies.record(later, 100 * MS);
    }
    assert!(latencies.percentile(later, P95).unwrap() >= 100 * MS);
    assert!(latencies.percentile(later, 500_000).is_some());
    let much_later = later.after(GENERATION);
    assert!(latencies.percentile(much_later, P95).is_some());
    assert_eq!(latencies.count(), 20);
    assert_eq!(latencies.percentile(much_later.after(GENERATION), P95), None);
    assert_eq!(latencies.count(), 0);
}

#[test]
fn a_pause_of_two_generations_forgets_all() {
    let latencies = with((0..40).map(|_| MS));
    assert_eq!(latencies.percentile(start().after(2 * GENERATION), P95), None);
}

#[test]
fn a_clock_that_is_back_by_a_lot_forgets_all_and_by_a_little_nothing() {
    let latencies = with((0..40).map(|_| MS));
    assert!(latencies.percentile(start().before(MS), P95).is_some());
    assert_eq!(latencies.percentile(start().before(Duration::from_secs(100)), P95), None);
}

#[test]
fn threads_lose_no_sample_within_a_generation() {
    let latencies = Latencies::new();
    latencies.record(start(), MS);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|_| latencies.record(start(), MS)));
        }
    });
    assert_eq!(latencies.count(), 4_001);
}

#[test]
fn a_percentile_follows_the_samples_it_was_found_for() {
    let latencies = with((0..100).map(|_| MS));
    assert!(latencies.percentile(start(), P95).unwrap() < 2 * MS);
    for _ in 0..100 {
        latencies.record(start(), 50 * MS);
    }
    assert!(latencies.percentile(start(), P95).unwrap() >= 50 * MS);
}

proptest! {
    #[test]
    fn a_latency_is_in_the_bucket_that_ends_just_above_it(nanos in 1_024_u64..1 << 43) {
        let latency = Duration::from_nanos(nanos);
        let bucket = bucket_of(latency);
        prop_assert!(bucket < BUCKETS);
        prop_assert!(latency < end_of(bucket));
        prop_assert!(end_of(bucket) <= latency * 17 / 16 + Duration::from_nanos(1));
        if bucket > 0 {
            prop_assert!(end_of(bucket - 1) <= latency);
        }
    }

    #[test]
    fn any_latency_has_a_bucket(secs in any::<u64>(), nanos in 0_u32..1_000_000_000) {
        prop_assert!(bucket_of(Duration::new(secs, nanos)) < BUCKETS);
    }
}

#[test]
fn a_hedge_reads_as_it_is_written() {
    static LATENCIES: Latencies = Latencies::new();
    assert_eq!(Hedge::after(200 * MS, 1).to_string(), "200ms");
    assert_eq!(Hedge::percentile(999_000, &LATENCIES, 1).to_string(), "p99.9");
    assert_eq!(Hedge::percentile(P95, &LATENCIES, 1).to_string(), "p95");
}

#[test]
fn a_delay_is_shorter_than_every_limit() {
    check::hedge_below_timeout(MS, 2 * MS).hold();
    check::hedge_below_deadline(Duration::ZERO, MS).hold();
    assert_eq!(
        sentence(&check::hedge_below_timeout(MS, MS)).unwrap(),
        "`hedge` of 1ms must be shorter than `timeout` of 1ms; lower `hedge` or raise `timeout`"
    );
    assert_eq!(
        sentence(&check::hedge_below_deadline(2 * MS, MS)).unwrap(),
        "`hedge` of 2ms must be shorter than `deadline` of 1ms; lower `hedge` or raise `deadline`"
    );
    // Wrong by themselves, and reported for that.
    check::hedge_below_timeout(MS, Duration::ZERO).hold();
    check::hedge_below_timeout(Duration::MAX, MS).hold();
}

#[test]
fn there_is_at_least_one_extra_attempt_and_it_comes_within_a_day() {
    const DAY: Duration = Duration::from_secs(86_400);

    check::hedge_max(1).hold();
    assert!(sentence(&check::hedge_max(0)).unwrap().contains("at least 1"));
    check::hedge_after(Duration::ZERO).hold();
    check::hedge_after(DAY).hold();
    for longer in [DAY + Duration::from_nanos(1), Duration::MAX] {
        assert!(sentence(&check::hedge_after(longer)).unwrap().contains("longer than a day"));
    }
}

#[test]
fn a_percentile_is_neither_the_fastest_nor_the_slowest() {
    check::hedge_percentile(1).hold();
    check::hedge_percentile(999_999).hold();
    for millionths in [0, 1_000_000] {
        assert!(sentence(&check::hedge_percentile(millionths)).unwrap().contains("between `p0` and `p100`"));
    }
}
