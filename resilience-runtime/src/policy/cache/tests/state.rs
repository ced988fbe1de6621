use core::time::Duration;

use proptest::prelude::*;

use crate::policy::cache::config::CacheConfig;
use crate::policy::cache::state::Age;
use crate::time::Tick;

const SECOND: Duration = Duration::from_secs(1);
const NANO: Duration = Duration::from_nanos(1);

fn given() -> Tick {
    Tick::from_nanos(1_000_000)
}

#[test]
fn an_answer_is_fresh_until_it_is_as_old_as_its_ttl() {
    let config = CacheConfig::new(SECOND);
    assert_eq!(Age::of(given(), given(), &config), Age::Fresh);
    assert_eq!(Age::of(given(), given().after(SECOND.saturating_sub(NANO)), &config), Age::Fresh);
    assert_eq!(Age::of(given(), given().after(SECOND), &config), Age::Gone);
}

#[test]
fn an_answer_is_stale_from_its_ttl_on_and_for_as_long_as_is_said() {
    let config = CacheConfig::new(SECOND).stale_if_error(2 * SECOND);
    let until = given().after(3 * SECOND);
    assert_eq!(Age::of(given(), given().after(SECOND.saturating_sub(NANO)), &config), Age::Fresh);
    assert_eq!(Age::of(given(), given().after(SECOND), &config), Age::Stale { until });
    assert_eq!(
        Age::of(given(), given().after((3 * SECOND).saturating_sub(NANO)), &config),
        Age::Stale { until }
    );
    assert_eq!(Age::of(given(), until, &config), Age::Gone);
}

#[test]
fn an_answer_of_the_future_is_fresh() {
    let config = CacheConfig::new(SECOND);
    assert_eq!(Age::of(given().after(SECOND), given(), &config), Age::Fresh);
}

#[test]
fn the_longest_times_do_not_overflow() {
    let config = CacheConfig::new(Duration::MAX).stale_if_error(Duration::MAX);
    assert_eq!(Age::of(given(), Tick::from_nanos(u64::MAX - 1), &config), Age::Fresh);
}

proptest! {
    #[test]
    fn an_answer_never_gets_younger(ttl in 1_u64..1_000, stale in 1_u64..1_000, one in 0_u64..3_000, more in 0_u64..3_000) {
        let config = CacheConfig::new(Duration::from_nanos(ttl)).stale_if_error(Duration::from_nanos(stale));
        let rank = |after| match Age::of(given(), given().after(Duration::from_nanos(after)), &config) {
            Age::Fresh => 0,
            Age::Stale { .. } => 1,
            Age::Gone => 2,
        };
        prop_assert!(rank(one) <= rank(one + more));
    }
}
