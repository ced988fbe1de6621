//! Open and half-open: how a breaker comes back, and what is too late to count.

use super::*;
use crate::policy::breaker::{BreakerConfig, Permit};

/// Opens at the first failure, for 10 s.
const CONFIG: BreakerConfig = BreakerConfig::new().consecutive(1).open_for(Duration::from_secs(10));

const NANO: Duration = Duration::from_nanos(1);

/// A half-open breaker of that configuration.
async fn half_open(name: &'static str, config: BreakerConfig) -> Breaker {
    let breaker = Breaker::new(name, config);
    play(&breaker, "F");
    pass(10 * SECOND).await;
    breaker
}

/// Starts as many calls as are admitted, at most `most`.
fn start(breaker: &Breaker, most: usize) -> Vec<Permit<'_>> {
    (0..most).map_while(|_| breaker.try_acquire().ok()).collect()
}

// D1 D2
#[tokio::test(start_paused = true)]
async fn admits_at_exactly_the_end_of_the_open_period() {
    let breaker = Breaker::new("d2", CONFIG);
    play(&breaker, "F");
    pass((10 * SECOND).saturating_sub(NANO)).await;
    assert_eq!(play(&breaker, "S"), "R");
    pass(NANO).await;
    let permit = breaker.try_acquire().unwrap();
    assert!(permit.is_probe());
    assert_eq!(breaker.state(), State::HalfOpen);
    assert_eq!(transitions("d2"), ["closed>open consecutive_failures", "open>half_open open_period_elapsed"]);
    permit.success();
    assert!(!Breaker::new("fresh", CONFIG).try_acquire().unwrap().is_probe());
}

// D3 D9
#[tokio::test(start_paused = true)]
async fn admits_as_many_probes_as_configured() {
    for probes in [1, 4] {
        let breaker = half_open("d3", CONFIG.probes(probes)).await;
        let mut running = start(&breaker, 100);
        assert_eq!(running.len(), probes as usize);
        assert_eq!(breaker.try_acquire().unwrap_err().retry_after(), Some(Duration::ZERO));
        running.pop().unwrap().ignore();
        assert_eq!(start(&breaker, 100).len(), 1);
    }
}

// D4 D5 D6 D10 D11
#[tokio::test(start_paused = true)]
async fn decides_as_soon_as_the_outcome_is_certain() {
    let table = [
        (4, 3, "FF", State::Open, "FFR"),
        (4, 3, "FSF", State::Open, "FSFR"),
        (4, 3, "FSS", State::HalfOpen, ""),
        (4, 3, "FSSS", State::Closed, "FSSSS"),
        (4, 3, "SSXF", State::HalfOpen, ""),
        (4, 3, "SSXFS", State::Closed, ""),
        (4, 3, "XXXX", State::HalfOpen, ""),
        (4, 3, "XXXX DDDD SSS", State::Closed, ""),
        (2, 2, "SS", State::Closed, "SSS"),
        (1, 1, "F", State::Open, "FR"),
        (1, 1, "S", State::Closed, "SS"),
        (5, 1, "FFFF", State::HalfOpen, ""),
        (5, 1, "FFFFS", State::Closed, ""),
        (5, 1, "FFFFF", State::Open, ""),
    ];
    for (probes, successes, script, state, played) in table {
        let breaker = half_open("d5", CONFIG.probes(probes).successes(successes)).await;
        assert_eq!(play(&breaker, script), script, "{script}");
        assert_eq!(breaker.state(), state, "{script}");
        if !played.is_empty() {
            let next = if state == State::Open { "R" } else { "S" };
            assert_eq!(format!("{script}{}", play(&breaker, "S")), format!("{script}{next}"), "{played}");
        }
    }
}

// D4 D10: the figures of a half-open breaker, and of the state it leads to
#[tokio::test(start_paused = true)]
async fn counts_the_probes_that_ended() {
    let breaker = half_open("d10", CONFIG.probes(4)).await;
    assert_eq!((breaker.state(), counts(&breaker)), (State::HalfOpen, (0, 0)));
    play(&breaker, "SSX");
    assert_eq!(counts(&breaker), (2, 0));
    play(&breaker, "F");
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.calls, snapshot.failures), (3, 1));
    play(&breaker, "S");
    assert_eq!((counts(&breaker), breaker.snapshot().failure_rate), ((0, 0), None));

    let breaker = half_open("d4", CONFIG.probes(4).successes(2)).await;
    play(&breaker, "FSFF");
    assert_eq!((breaker.state(), breaker.snapshot().failure_rate), (State::Open, Some(0.75)));
}

// D16
#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_for_a_full_period() {
    let breaker = half_open("d16", CONFIG.probes(1)).await;
    play(&breaker, "F");
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after(), Some(10 * SECOND));
    pass(SECOND / 2).await;
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after(), Some(SECOND / 2 * 19));
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.opened, snapshot.half_opened, snapshot.closed), (2, 1, 0));
    pass(10 * SECOND).await;
    play(&breaker, "S");
    assert_eq!((breaker.state(), breaker.snapshot().closed), (State::Closed, 1));
}

// D18
#[tokio::test(start_paused = true)]
async fn open_periods_grow_until_it_closes() {
    let config = CONFIG.probes(1).open_growth(2.0).open_max(70 * SECOND);
    let breaker = Breaker::new("d18", config);
    for expected in [10, 20, 40, 70, 70, 0, 10, 20] {
        if expected == 0 {
            play(&breaker, "S");
            continue;
        }
        play(&breaker, "F");
        let remaining = breaker.snapshot().open_remaining;
        assert_eq!(remaining, expected * SECOND);
        pass(remaining).await;
    }
}

// D19
#[tokio::test(start_paused = true)]
async fn open_periods_saturate() {
    for config in [
        CONFIG.open_for(Duration::MAX),
        CONFIG.open_for(Duration::MAX).open_growth(3.0),
        CONFIG.open_growth(f64::MAX).open_max(Duration::MAX).probes(1),
    ] {
        let breaker = Breaker::new("d19", config);
        play(&breaker, "F");
        pass(10 * SECOND).await;
        play(&breaker, "F");
        pass(Duration::from_secs(100 * 365 * 24 * 3600)).await;
        assert_eq!((breaker.state(), play(&breaker, "S")), (State::Open, "R".to_owned()));
    }
}

// D20
#[tokio::test(start_paused = true)]
async fn opens_by_hand_for_a_time() {
    let breaker = Breaker::new("d20", CONFIG);
    breaker.open_for(7200 * SECOND);
    pass(3600 * SECOND).await;
    assert_eq!(play(&breaker, "S"), "R");
    pass(3601 * SECOND).await;
    assert_eq!(play(&breaker, "S"), "S");
    assert_eq!(transitions("d20"), ["closed>open manual", "open>half_open open_period_elapsed"]);
}

// D22
#[tokio::test(start_paused = true)]
async fn a_passive_reader_sees_the_state_of_the_time() {
    let breaker = Breaker::new("d22", CONFIG);
    play(&breaker, "F");
    pass((10 * SECOND).saturating_sub(NANO)).await;
    assert_eq!((breaker.state(), breaker.snapshot().state), (State::Open, State::Open));
    pass(NANO).await;
    assert_eq!((breaker.state(), breaker.snapshot().state), (State::HalfOpen, State::HalfOpen));
    assert_eq!(breaker.snapshot().open_remaining, Duration::ZERO);
    assert_eq!(transitions("d22").len(), 1);
}

// B10
#[tokio::test(start_paused = true)]
async fn a_late_result_does_not_extend_the_open_period() {
    let breaker = Breaker::new("b10", CONFIG);
    let late = breaker.try_acquire().unwrap();
    play(&breaker, "F");
    pass(9 * SECOND).await;
    late.failure();
    assert_eq!(transitions("b10").len(), 1);
    pass(SECOND).await;
    assert!(breaker.try_acquire().unwrap().is_probe());
}

// F1 F2
#[tokio::test(start_paused = true)]
async fn only_the_probe_decides() {
    for outcome in ['S', 'F'] {
        let breaker = Breaker::new("f1", CONFIG.probes(1));
        let stale = breaker.try_acquire().unwrap();
        play(&breaker, "F");
        pass(10 * SECOND).await;
        let probe = breaker.try_acquire().unwrap();
        if outcome == 'S' {
            stale.success();
        } else {
            stale.failure();
        }
        assert_eq!(breaker.state(), State::HalfOpen);
        probe.success();
        assert!(is_closed(&breaker));
    }
}

// F4
#[tokio::test(start_paused = true)]
async fn a_stale_outcome_frees_no_place() {
    let breaker = Breaker::new("f4", CONFIG.probes(3));
    let mut stale = start(&breaker, 5);
    play(&breaker, "F");
    pass(10 * SECOND).await;
    let probes = start(&breaker, 4);
    assert_eq!(probes.len(), 3);
    stale.pop().unwrap().success();
    stale.pop().unwrap().failure();
    stale.pop().unwrap().ignore();
    drop(stale);
    assert_eq!(start(&breaker, 1).len(), 0);
}

// F1, in the next closed period
#[tokio::test(start_paused = true)]
async fn an_outcome_of_an_earlier_closed_period_is_not_counted() {
    let config = BreakerConfig::new().consecutive(1).failure_rate(0.9).open_for(10 * SECOND).probes(1);
    let breaker = Breaker::new("f1-closed", config);
    let stale = start(&breaker, 2);
    play(&breaker, "F");
    pass(10 * SECOND).await;
    play(&breaker, "SS");
    for (permit, is_success) in stale.into_iter().zip([true, false]) {
        if is_success { permit.success() } else { permit.failure() }
    }
    assert_eq!((counts(&breaker), is_closed(&breaker)), ((1, 0), true));
}

// F6
#[tokio::test(start_paused = true)]
async fn a_hung_probe_makes_room_for_another() {
    let breaker = half_open("f6", CONFIG.probes(1).probe_timeout(5 * SECOND)).await;
    let hung = breaker.try_acquire().unwrap();
    pass((5 * SECOND).saturating_sub(NANO)).await;
    assert_eq!(play(&breaker, "S"), "R");
    pass(NANO).await;
    let probe = breaker.try_acquire().unwrap();
    assert_eq!(play(&breaker, "S"), "R");
    probe.success();
    assert!(is_closed(&breaker));
    hung.failure();
    assert_eq!((counts(&breaker), is_closed(&breaker)), ((0, 0), true));
}

// F6: whether or not another has taken its place
#[tokio::test(start_paused = true)]
async fn a_probe_older_than_its_timeout_counts() {
    for (outcome, state) in [('S', State::Closed), ('F', State::Open)] {
        let breaker = half_open("f6-late", CONFIG.probes(1).probe_timeout(5 * SECOND)).await;
        let slow = breaker.try_acquire().unwrap();
        pass(5 * SECOND).await;
        let other = (outcome == 'F').then(|| breaker.try_acquire().unwrap());
        if outcome == 'S' {
            slow.success();
        } else {
            slow.failure();
        }
        assert_eq!(breaker.state(), state);
        drop(other);
    }
}

// Each probe takes longer than its timeout, as where a function's own limit on time is longer.
#[tokio::test(start_paused = true)]
async fn slow_probes_close_the_breaker_or_open_it_again() {
    for (is_success, state) in [(true, State::Closed), (false, State::Open)] {
        let config = CONFIG.probes(2).successes(2).probe_timeout(5 * SECOND);
        let breaker = half_open("f6-slow", config).await;
        let first = start(&breaker, 2);
        pass(5 * SECOND).await;
        let second = start(&breaker, 2);
        assert_eq!(play(&breaker, "S"), "R");
        for permit in first {
            if is_success { permit.success() } else { permit.failure() }
        }
        assert_eq!(breaker.state(), state);
        drop(second);
        assert_eq!(breaker.state(), state);
    }
}

// F7 F8
#[tokio::test(start_paused = true)]
async fn a_dropped_probe_gives_its_place_back() {
    let breaker = half_open("f7", CONFIG.probes(1)).await;
    for _ in 0..3 {
        let future = async {
            let permit = breaker.try_acquire().unwrap();
            core::future::pending::<()>().await;
            permit.success();
        };
        tokio::select! {
            biased;
            () = future => {}
            () = core::future::ready(()) => {}
        }
        assert_eq!(breaker.state(), State::HalfOpen);
    }
    assert_eq!(play(&breaker, "S"), "S");
    assert!(is_closed(&breaker));
}

// F9 E11
#[tokio::test(start_paused = true)]
async fn a_panic_while_probing_is_a_failed_probe() {
    let breaker = half_open("f9", CONFIG.probes(1)).await;
    std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| {
        let _permit = breaker.try_acquire().unwrap();
        panic!("a classification that panics");
    }))
    .unwrap_err();
    assert_eq!(breaker.state(), State::Open);
    pass(10 * SECOND).await;
    assert_eq!(play(&breaker, "S"), "S");
}

// F12
#[tokio::test(start_paused = true)]
async fn another_configuration_keeps_state_and_remaining_time() {
    let breaker = Breaker::new("f12", CONFIG);
    play(&breaker, "F");
    pass(4 * SECOND).await;
    breaker.reconfigure(CONFIG.open_for(60 * SECOND).consecutive(3).probes(1)).unwrap();
    assert_eq!(breaker.snapshot().open_remaining, 6 * SECOND);
    pass(6 * SECOND).await;
    let running = start(&breaker, 9);
    assert_eq!(running.len(), 1);

    // Half-open, it starts its probes anew: two places, and what ran before does not count.
    breaker.reconfigure(CONFIG.consecutive(3).probes(2).successes(2)).unwrap();
    assert_eq!(breaker.state(), State::HalfOpen);
    for permit in running {
        permit.failure();
    }
    assert_eq!(play(&breaker, "SS"), "SS");
    assert_eq!(play(&breaker, "FF"), "FF");
    assert!(is_closed(&breaker));

    // Closed, what was counted is kept.
    breaker.reconfigure(CONFIG.consecutive(4).probes(2)).unwrap();
    assert_eq!(play(&breaker, "FFS"), "FFR");
    assert_eq!(transitions("f12").len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_slow_probe_is_a_failed_one() {
    let config = CONFIG.slow_rate(1.0).slow_call(2 * SECOND).probes(1);
    let breaker = half_open("slow-probe", config).await;
    take(&breaker, 3 * SECOND, 'S').await;
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.snapshot().slow_calls, 1);
    pass(10 * SECOND).await;
    take(&breaker, 2 * SECOND, 'S').await;
    assert!(is_closed(&breaker));
}
