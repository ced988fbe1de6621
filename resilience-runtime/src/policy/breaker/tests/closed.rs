//! The closed state: rules, windows, slow calls.

use super::*;
use crate::policy::breaker::{BreakerConfig, Window};

fn calls(window: u32, min_calls: u32, rate: f64) -> BreakerConfig {
    BreakerConfig::new().failure_rate(rate).window(Window::Calls(window)).min_calls(min_calls)
}

fn time(window: Duration, min_calls: u32, rate: f64) -> BreakerConfig {
    BreakerConfig::new().failure_rate(rate).window(Window::Time(window)).min_calls(min_calls)
}

// A1 A2 A4 A6 A10 A13 A18
#[tokio::test(start_paused = true)]
async fn opens_at_the_call_that_reaches_a_rule() {
    let table = [
        (calls(4, 4, 0.75), "FFFF SSS", "FFFF RRR"),
        // A success may be the call that completes `min_calls`.
        (calls(4, 4, 0.5), "SFFS S", "SFFS R"),
        (calls(4, 4, 0.75), "SFFF S", "SFFF R"),
        (calls(2, 2, 1.0), "FF S", "FF R"),
        (calls(4, 4, 0.5), "SSFF S", "SSFF R"),
        (calls(4, 4, 0.75), "SSFF FS", "SSFF FR"),
        // What slides out of the window is forgotten.
        (calls(4, 4, 0.75), "FFSS FS FS FF S", "FFSS FS FS FF R"),
        (BreakerConfig::new().consecutive(3), "FSFF FS", "FSFF FR"),
        (BreakerConfig::new().consecutive(1), "SF S", "SF R"),
        // Any of several rules opens.
        (calls(10, 10, 0.9).consecutive(2), "SFF S", "SFF R"),
        (calls(4, 4, 0.5).consecutive(4), "SFSF S", "SFSF R"),
        // A run of failures is not broken by what is not counted.
        (BreakerConfig::new().consecutive(2), "FXDF S", "FXDF R"),
    ];
    for (config, script, expected) in table {
        let breaker = Breaker::new("closed-table", config);
        assert_eq!(play(&breaker, script), expected, "{config:?}");
        assert_eq!(breaker.state(), State::Open, "{config:?}");
    }
}

// A7
#[tokio::test(start_paused = true)]
async fn the_rate_is_unknown_below_min_calls() {
    let breaker = Breaker::new("a7", calls(10, 5, 0.5));
    play(&breaker, "FFFF");
    assert!(is_closed(&breaker));
    assert_eq!(breaker.snapshot().failure_rate, None);
    play(&breaker, "F");
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().failure_rate, Some(1.0));
}

// A8 D23
#[tokio::test(start_paused = true)]
async fn shows_the_calls_that_opened_it() {
    let breaker = Breaker::new("a8", time(20 * SECOND, 5, 0.5).open_for(5 * SECOND));
    play(&breaker, "FFFSS");
    pass(SECOND).await;
    let rejected = breaker.try_acquire().unwrap_err();
    assert_eq!((rejected.name(), rejected.retry_after()), ("a8", Some(4 * SECOND)));

    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.failure_rate), (State::Open, Some(0.6)));
    assert_eq!((snapshot.calls, snapshot.failures, snapshot.rejections), (5, 3, 1));
    assert_eq!(snapshot.open_remaining, 4 * SECOND);
    assert_eq!(Breaker::new("fresh", time(SECOND, 1, 0.5)).snapshot().open_remaining, Duration::ZERO);
}

// A11
#[tokio::test(start_paused = true)]
async fn opens_once_and_not_before_min_calls() {
    let breaker = Breaker::new("a11", calls(10, 10, 0.5));
    play(&breaker, "FFFFFFFFF");
    assert!(is_closed(&breaker));
    assert_eq!(play(&breaker, "FFF"), "FRR");
    assert_eq!(transitions("a11"), ["closed>open failure_rate"]);
    assert_eq!(breaker.snapshot().opened, 1);
}

// A12
#[tokio::test(start_paused = true)]
async fn counts_failures_in_a_row() {
    let breaker = Breaker::new("a12", BreakerConfig::new().consecutive(6));
    play(&breaker, "FFFFF");
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.calls, snapshot.failures, snapshot.consecutive_failures), (5, 5, 5));
    play(&breaker, "S");
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
    play(&breaker, "FFFFF");
    assert!(is_closed(&breaker));
    play(&breaker, "F");
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().consecutive_failures, 0);
    assert_eq!(transitions("a12"), ["closed>open consecutive_failures"]);
}

// A16 A17
#[tokio::test(start_paused = true)]
async fn ignored_and_dropped_calls_count_nothing() {
    for config in [calls(4, 4, 0.5), time(SECOND, 4, 0.5), BreakerConfig::new().consecutive(1)] {
        let breaker = Breaker::new("a16", config);
        play(&breaker, "XXXXXXXXXX DDDDDDDDDD");
        assert!(is_closed(&breaker));
        assert_eq!((counts(&breaker), breaker.snapshot().failure_rate), ((0, 0), None));
    }
}

// A20
#[tokio::test(start_paused = true)]
async fn a_panic_is_one_failure_and_goes_on() {
    let breaker = Breaker::new("a20", BreakerConfig::new().consecutive(2));
    let caught = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
        let _permit = breaker.try_acquire().unwrap();
        panic!("the body's own");
    }));
    assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"the body's own"));
    assert_eq!((counts(&breaker), breaker.snapshot().consecutive_failures), ((1, 1), 1));
}

// A21
#[tokio::test(start_paused = true)]
async fn successes_alone_never_open() {
    let breaker = Breaker::new("a21", calls(5, 5, 0.1).consecutive(1));
    play(&breaker, "SSSSS");
    assert_eq!((counts(&breaker), is_closed(&breaker)), ((5, 0), true));
}

// B1
#[tokio::test(start_paused = true)]
async fn a_time_window_has_a_rate() {
    let breaker = Breaker::new("b1", time(10 * SECOND, 5, 0.5));
    play(&breaker, "FSSSS");
    assert_eq!((counts(&breaker), breaker.snapshot().failure_rate), ((5, 1), Some(0.2)));
}

// B4 B5
#[tokio::test(start_paused = true)]
async fn a_burst_is_counted_until_just_before_it_is_as_old_as_the_window() {
    let nano = Duration::from_nanos(1);
    for window in [10 * SECOND, SECOND / 10, 7 * nano, nano] {
        for script in ["SS", "SF", "FF"] {
            let breaker = Breaker::new("b4", time(window, 9, 0.5));
            play(&breaker, script);
            pass(window.saturating_sub(nano)).await;
            assert_eq!(counts(&breaker).0, 2, "{window:?}");
            pass(nano).await;
            assert_eq!(counts(&breaker), (0, 0), "{window:?}");
            pass(nano).await;
            assert_eq!(counts(&breaker), (0, 0), "{window:?}");
        }
    }
}

// B6, for a window that slides
#[tokio::test(start_paused = true)]
async fn old_failures_do_not_open() {
    let breaker = Breaker::new("b6", time(30 * SECOND, 3, 0.6));
    play(&breaker, "SFX SFX SFX SFX SFX");
    assert_eq!(counts(&breaker), (10, 5));
    pass(30 * SECOND).await;
    play(&breaker, "F");
    assert_eq!((counts(&breaker), is_closed(&breaker)), ((1, 1), true));
    play(&breaker, "SF");
    assert_eq!(breaker.state(), State::Open);
}

// B8
#[tokio::test(start_paused = true)]
async fn an_idle_breaker_reads_zero() {
    let breaker = Breaker::new("b8", time(20 * SECOND, 1, 0.9));
    play(&breaker, "SSSSSSSSSSF");
    assert_eq!(counts(&breaker), (11, 1));
    pass(20 * SECOND).await;
    assert_eq!((counts(&breaker), breaker.snapshot().failure_rate), ((0, 0), None));
}

// B9
#[tokio::test(start_paused = true)]
async fn paused_time_drives_the_window() {
    let breaker = Breaker::new("b9", time(10 * SECOND, 3, 0.5));
    play(&breaker, "FF");
    pass(60 * SECOND).await;
    play(&breaker, "S");
    assert_eq!((counts(&breaker), is_closed(&breaker)), ((1, 0), true));
}

// C1 C4
#[tokio::test(start_paused = true)]
async fn opens_by_slow_calls() {
    let config = time(20 * SECOND, 5, 0.5).slow_rate(0.5).slow_call(4 * SECOND);
    let breaker = Breaker::new("c1", config);
    take(&breaker, 5 * SECOND, 'F').await;
    take(&breaker, 5 * SECOND, 'S').await;
    take(&breaker, SECOND / 10, 'F').await;
    take(&breaker, SECOND / 10, 'S').await;
    assert!(is_closed(&breaker));
    take(&breaker, 5 * SECOND, 'S').await;
    let snapshot = breaker.snapshot();
    assert_eq!(
        (snapshot.state, snapshot.failure_rate, snapshot.slow_rate),
        (State::Open, Some(0.4), Some(0.6))
    );
    assert_eq!(transitions("c1"), ["closed>open slow_call_rate"]);
}

// C2
#[tokio::test(start_paused = true)]
async fn a_call_of_exactly_the_limit_is_not_slow() {
    for window in [Window::Calls(2), Window::Time(60 * SECOND)] {
        let config = BreakerConfig::new().slow_rate(1.0).window(window).min_calls(2);
        let breaker = Breaker::new("c2", config);
        take(&breaker, 2 * SECOND, 'S').await;
        take(&breaker, 2 * SECOND + Duration::from_millis(1), 'S').await;
        assert_eq!(breaker.snapshot().slow_rate, Some(0.5));
    }
}

// C5
#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_not_slow() {
    let breaker = Breaker::new("c5", BreakerConfig::new().slow_rate(0.1).min_calls(1));
    let permit = breaker.try_acquire().unwrap();
    pass(60 * SECOND).await;
    drop(permit);
    assert_eq!((breaker.snapshot().calls, breaker.snapshot().slow_calls), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn writes_again_after_the_window_has_been_full_of_successes() {
    let breaker = Breaker::new("refilled", calls(4, 4, 0.5));
    play(&breaker, "SSSS SSSSSSSS");
    assert_eq!(counts(&breaker), (4, 0));
    play(&breaker, "F");
    assert_eq!(counts(&breaker), (4, 1));
    play(&breaker, "SSS");
    assert_eq!(counts(&breaker), (4, 1));
    play(&breaker, "S");
    assert_eq!(counts(&breaker), (4, 0));
    assert_eq!(play(&breaker, "FSFS"), "FSFR");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_neither_panics_nor_wedges() {
    let years = Duration::from_secs(200 * 365 * 24 * 3600);
    let breaker = Breaker::new("jump", time(10 * SECOND, 2, 0.5).slow_rate(0.5).open_for(10 * SECOND));
    play(&breaker, "S");
    pass(years).await;
    assert_eq!(counts(&breaker), (0, 0));
    assert_eq!(play(&breaker, "FF S"), "FF R");
    pass(years).await;
    assert_eq!(play(&breaker, "SSS"), "SSS");
    assert!(is_closed(&breaker));
}

#[test]
fn a_clock_that_goes_back_keeps_the_remaining_time() {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let breaker =
        Breaker::new("back", time(10 * SECOND, 2, 0.5).open_for(10 * SECOND).probe_timeout(10 * SECOND));
    runtime().block_on(async {
        pass(1_000_000 * SECOND).await;
        play(&breaker, "FF");
        pass(SECOND).await;
    });
    runtime().block_on(async {
        assert_eq!(breaker.try_acquire().unwrap_err().retry_after(), Some(10 * SECOND));
        pass(10 * SECOND).await;
        assert_eq!(play(&breaker, "S"), "S");
        for _ in 0..4 {
            core::mem::forget(breaker.try_acquire().unwrap());
        }
        assert_eq!(play(&breaker, "S"), "R");
        pass(1_000_000 * SECOND).await;
        assert_eq!(play(&breaker, "D"), "D");
        for _ in 0..4 {
            core::mem::forget(breaker.try_acquire().unwrap());
        }
    });
    runtime().block_on(async {
        assert_eq!(play(&breaker, "S"), "R");
        pass(10 * SECOND).await;
        assert_eq!(play(&breaker, "SS"), "SS");
        assert!(is_closed(&breaker));
        play(&breaker, "S");
        pass(1_000_000 * SECOND).await;
        play(&breaker, "S");
    });
    runtime().block_on(async {
        play(&breaker, "S");
        assert_eq!(counts(&breaker), (2, 0));
        pass(10 * SECOND).await;
        assert_eq!(counts(&breaker), (0, 0));
    });
}
