//! The clock, by itself.

use super::*;

#[tokio::test(start_paused = true)]
async fn follows_paused_time_exactly() {
    let before = Tick::now();
    tokio::time::advance(Duration::from_millis(1234)).await;
    assert_eq!(Tick::now().since(before), Duration::from_millis(1234));
}

#[tokio::test(start_paused = true)]
async fn sleeps_until_the_tick_and_no_longer() {
    let start = Tick::now();
    sleep_until(start.after(Duration::from_millis(70))).await;
    assert_eq!(Tick::now().since(start), Duration::from_millis(70));
}

#[test]
fn time_goes_back_by_a_lot_or_not_at_all() {
    let (start, mut latest) = (Tick::now(), Latest::new());
    assert_eq!(latest.settle(start), (start, None));
    let earlier = |nanos| start.before(Duration::from_nanos(nanos));
    assert_eq!(latest.settle(earlier(1_000_000_000)), (start, None));
    let back = Duration::from_nanos(1_000_000_001);
    assert_eq!(latest.settle(earlier(1_000_000_001)), (start.before(back), Some(back)));
    assert_eq!(latest.settle(start), (start, None));
}

#[test]
fn a_reading_of_a_clock_that_never_goes_back_is_late_however_far_behind() {
    let (start, mut latest) = (Tick::now(), Latest::new());
    latest.settle_on(start, false);
    let day = Duration::from_secs(24 * 3600);
    assert_eq!(latest.settle_on(start.before(day), false), (start, None));
    assert_eq!(latest.settle_on(start.before(day), true), (start.before(day), Some(day)));
}

// What a timer, on the system's clock, could be early by.
#[cfg(feature = "tsc")]
#[test]
#[expect(clippy::disallowed_methods, reason = "one clock is held against the other")]
fn the_counter_goes_as_fast_as_the_clock() {
    let clock = std::time::Instant::now;
    let (outer, from, inner) = (clock(), source::now(), clock());
    std::thread::sleep(Duration::from_millis(50));
    let (inner, to, outer) = (inner.elapsed(), source::now(), (outer, clock()));
    let (counted, outer) = (to.since(from), outer.1 - outer.0);
    // However long the thread was kept waiting between two readings; far more than what is to be expected.
    assert!(inner * 199 / 200 <= counted && counted <= outer * 201 / 200, "{inner:?} {counted:?} {outer:?}");
    assert_eq!(source::margin(Duration::from_secs(4_096)), Duration::from_secs(1));
}

#[cfg(feature = "tsc")]
#[test]
fn the_counter_goes_on_from_thread_to_thread() {
    use core::sync::atomic::{AtomicU64, Ordering};

    let latest = AtomicU64::new(0);
    let read = || {
        for _ in 0..20_000 {
            let before = Tick::from_nanos(latest.load(Ordering::Acquire));
            let now = source::now();
            // The counter may be read some nanoseconds before what the program reads ahead of it.
            assert!(before.since(now) < Duration::from_micros(10), "{before:?} {now:?}");
            latest.fetch_max(now.as_nanos(), Ordering::Release);
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| _ = scope.spawn(read)));
}

// Not by way of `instant`: this program's clock can be paused, and is tokio's.
#[cfg(all(target_os = "linux", not(feature = "tsc")))]
#[test]
#[expect(clippy::disallowed_methods, reason = "one clock is held against the other")]
fn a_tick_is_the_instant_at_which_it_was_read() {
    for wait in [0, 1, 1_000_000, 90_000_000_000].map(Duration::from_nanos) {
        let before = Instant::now();
        let tick = source::now();
        let after = Instant::now();
        let instant = source::instant(tick.after(wait)).unwrap();
        assert!(before + wait <= instant, "a timer would be early by {:?}", before + wait - instant);
        let late = instant.saturating_duration_since(after + wait);
        assert!(late < Duration::from_millis(1), "a timer would be late by {late:?}");
    }
    assert!(source::instant(Tick::from_nanos(u64::MAX)).is_some());
    assert!(source::instant(Tick::from_nanos(1)).unwrap() <= Instant::now());
}

#[test]
fn saturates_instead_of_wrapping() {
    let now = Tick::now();
    assert_eq!(now.after(Duration::MAX).as_nanos(), u64::MAX);
    assert_eq!(now.since(now.after(Duration::MAX)), Duration::ZERO);
    let _ = instant(now.after(Duration::MAX));
}
