//! An operator's commands, and listeners that misbehave.

use std::sync::Arc;

use super::*;
use crate::event::TransitionReason;
use crate::policy::breaker::{BreakerConfig, Mode, Window};

const CONFIG: BreakerConfig = BreakerConfig::new()
    .failure_rate(0.5)
    .window(Window::Calls(4))
    .min_calls(2)
    .open_for(Duration::from_secs(5));

// E1
#[tokio::test(start_paused = true)]
async fn disabled_it_admits_all_and_counts_nothing() {
    let breaker = Breaker::new("e1", CONFIG);
    breaker.disable();
    assert_eq!(play(&breaker, "FFFFFF SXD"), "FFFFFF SXD");
    assert_eq!((counts(&breaker), heard("e1").len()), ((0, 0), 0));
    assert_eq!((breaker.state(), breaker.snapshot().mode), (State::Closed, Mode::Disabled));
}

// E2
#[tokio::test(start_paused = true)]
async fn isolated_it_refuses_all_for_ever() {
    let breaker = Breaker::new("e2", CONFIG);
    breaker.isolate();
    pass(6 * SECOND).await;
    assert_eq!(play(&breaker, "SS"), "RR");
    assert_eq!(breaker.try_acquire().unwrap_err().retry_after(), None);
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.rejections, snapshot.mode, snapshot.state), (3, Mode::Isolated, State::Open));
    assert_eq!(snapshot.open_remaining, Duration::MAX);
    assert_eq!(breaker.try_acquire().unwrap_err().to_string(), "circuit breaker `e2` is isolated");
}

// E3
#[tokio::test(start_paused = true)]
async fn observing_it_tells_once_per_excess_and_never_opens() {
    let breaker = Breaker::new("e3", CONFIG);
    breaker.observe_only();
    assert_eq!(play(&breaker, "FFFFFF"), "FFFFFF");
    assert_eq!(breaker.snapshot().failure_rate, Some(1.0));
    let exceeded = Event::BreakerThresholdExceeded {
        breaker: "e3",
        reason: TransitionReason::FailureRate,
        failure_ratio: Some(1.0),
    };
    assert_eq!(heard("e3"), [exceeded]);
    // The rate falls, and rises again.
    play(&breaker, "SSSS FF");
    assert_eq!(heard("e3").len(), 2);
    assert_eq!((breaker.state(), breaker.snapshot().mode), (State::Closed, Mode::ObserveOnly));
}

// E3, when time and not a call ends the excess
#[tokio::test(start_paused = true)]
async fn an_excess_that_aged_out_is_told_again() {
    let breaker = Breaker::new("e3-time", CONFIG.window(Window::Time(10 * SECOND)));
    breaker.observe_only();
    for _ in 0..3 {
        play(&breaker, "FF");
        pass(10 * SECOND).await;
        assert_eq!(counts(&breaker), (0, 0));
        play(&breaker, "S");
        pass(10 * SECOND).await;
    }
    assert_eq!(heard("e3-time").len(), 3);
}

// E4 E7
#[tokio::test(start_paused = true)]
async fn reset_closes_from_everywhere_with_all_counters_zero() {
    let before: [fn(&Breaker); 7] = [
        |_| {},
        |breaker| breaker.trip(),
        |breaker| breaker.isolate(),
        |breaker| breaker.disable(),
        |breaker| breaker.observe_only(),
        |breaker| breaker.open_for(Duration::ZERO),
        |breaker| {
            breaker.open_for(Duration::ZERO);
            play(breaker, "S");
        },
    ];
    for command in before {
        let breaker = Breaker::new("e4", CONFIG);
        play(&breaker, "F");
        command(&breaker);
        let stale = breaker.try_acquire();
        breaker.reset();
        if let Ok(stale) = stale {
            stale.failure();
        }
        assert_eq!(breaker.snapshot(), Breaker::new("fresh", CONFIG).snapshot());
        assert_eq!(play(&breaker, "FF S"), "FF R");
    }
}

// E5
#[tokio::test(start_paused = true)]
async fn a_command_that_changes_no_state_is_not_told() {
    let breaker = Breaker::new("e5", CONFIG);
    breaker.reset();
    breaker.observe_only();
    breaker.disable();
    assert_eq!(heard("e5"), []);
    breaker.trip();
    breaker.trip();
    breaker.isolate();
    breaker.isolate();
    breaker.trip();
    assert_eq!(transitions("e5"), ["closed>open manual"]);
    breaker.disable();
    breaker.reset();
    assert_eq!(transitions("e5"), ["closed>open manual", "open>closed manual"]);
}

#[tokio::test(start_paused = true)]
async fn tripped_it_comes_back_like_any_other() {
    let breaker = Breaker::new("trip", CONFIG);
    breaker.trip();
    pass(4 * SECOND).await;
    breaker.trip();
    pass(4 * SECOND).await;
    assert_eq!(play(&breaker, "S"), "R");
    pass(SECOND).await;
    assert_eq!(play(&breaker, "SSS"), "SSS");
    assert!(is_closed(&breaker));
}

// E9
#[tokio::test(start_paused = true)]
async fn a_listener_may_use_the_breaker() {
    let breaker = Arc::new(Breaker::new("e9", CONFIG));
    let same = Arc::clone(&breaker);
    ear::react(move |_| {
        let _ = (same.state(), same.snapshot());
        play(&same, "SFX");
        same.observe_only();
        same.reset();
        same.trip();
    });
    assert_eq!(play(&breaker, "FF"), "FF");
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(play(&breaker, "S"), "R");
}

// E10
#[tokio::test(start_paused = true)]
async fn a_listener_that_panics_takes_nothing_with_it() {
    let breaker = Breaker::new("e10", CONFIG.probes(1).consecutive(1));
    let panics = |_: &Event| panic!("a listener's");
    ear::react(panics);
    play(&breaker, "F");
    assert_eq!(breaker.state(), State::Open);
    ear::react(panics);
    assert_eq!(play(&breaker, "S"), "R");
    pass(5 * SECOND).await;
    ear::react(panics);
    let probe = breaker.try_acquire().unwrap();
    assert_eq!(breaker.state(), State::HalfOpen);
    ear::react(panics);
    probe.success();
    assert!(is_closed(&breaker));
}

#[tokio::test(start_paused = true)]
async fn every_refusal_is_told() {
    let breaker = Breaker::new("told", CONFIG);
    breaker.trip();
    pass(SECOND).await;
    play(&breaker, "SS");
    let rejected = Event::BreakerRejected { breaker: "told", retry_after: Some(4 * SECOND) };
    assert_eq!(heard("told")[1..], [rejected.clone(), rejected]);
}
