//! Probes of a half-open breaker, and outcomes that come too late.

use resilience_runtime::testing;
use resilience_runtime::{Breaker, BreakerConfig, RejectedKind, State, resilient};
use resilience_tests::Failure::{Rejected, Transient};
use resilience_tests::{Answer, Script, ms, pass, play, poll_at_most, secs, snapshot, started, state};
use tokio::sync::oneshot::{Receiver, channel};

// D1 D2
#[tokio::test(start_paused = true)]
async fn it_lets_probes_through_from_the_very_end_of_its_open_period() {
    #[resilient(breaker("d1", consecutive = 1, open_for = "10s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FS");
    assert_eq!(play(2, async || load(&script).await).await, "FR");
    pass(ms(9_999)).await;
    assert_eq!(play(1, async || load(&script).await).await, "R");
    pass(ms(1)).await;
    assert_eq!(play(1, async || load(&script).await).await, "S");
    assert_eq!(state("d1"), State::HalfOpen);
}

// D22
#[tokio::test(start_paused = true)]
async fn its_state_is_true_without_traffic() {
    #[resilient(breaker("d22", consecutive = 1, open_for = "10s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(play(1, async || load(&Script::new("F")).await).await, "F");
    pass(ms(9_999)).await;
    assert_eq!(state("d22"), State::Open);
    pass(ms(1)).await;
    assert_eq!(state("d22"), State::HalfOpen);
}

/// An operation that answers when it is told to.
async fn told(answer: Receiver<Answer>) -> Answer {
    answer.await.expect("somebody answers")
}

// D3
#[tokio::test(start_paused = true)]
async fn it_admits_exactly_its_probes_and_one_more_for_each_that_is_dropped() {
    #[resilient(breaker("d3", consecutive = 1, open_for = "1s", probes = 4))]
    async fn load(answer: Receiver<Answer>) -> Answer {
        told(answer).await
    }
    let call = async || {
        let (tell, answer) = channel();
        tell.send(Err(Transient(1))).unwrap();
        load(answer).await
    };
    assert_eq!(play(1, call).await, "F");
    pass(secs(1)).await;
    let (_tells, mut answers): (Vec<_>, Vec<_>) = (0..5).map(|_| channel()).unzip();
    let fifth = answers.pop().unwrap();
    let mut probes: Vec<_> = answers.into_iter().map(|answer| started(load(answer))).collect();
    assert_eq!(play(2, call).await, "RR");

    drop(probes.pop());
    let _fifth = started(load(fifth));
    assert_eq!(play(1, call).await, "R");
    assert_eq!(state("d3"), State::HalfOpen);
}

// D4 D5
#[tokio::test(start_paused = true)]
async fn it_decides_as_soon_as_the_outcome_is_certain() {
    #[resilient(breaker("d4", consecutive = 1, open_for = "1s", probes = 4, successes = 2))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // Opened by the first; then three failures of four probes leave no room for two successes.
    let script = Script::new("FFFSFFSSS");
    assert_eq!(play(1, async || load(&script).await).await, "F");
    pass(secs(1)).await;
    assert_eq!(play(5, async || load(&script).await).await, "FFSFR");
    pass(secs(1)).await;
    assert_eq!(play(3, async || load(&script).await).await, "FSS");
    let snapshot = snapshot("d4");
    assert_eq!((snapshot.state, snapshot.calls, snapshot.failure_rate), (State::Closed, 0, None));
}

// D5
#[tokio::test(start_paused = true)]
async fn two_failures_of_four_probes_are_enough_where_three_must_succeed() {
    #[resilient(breaker(
        "d5",
        failure_rate = 0.5,
        min_calls = 2,
        open_for = "1s",
        probes = 4,
        successes = 3
    ))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(3, async || load(&script).await).await, "FFR");
    pass(secs(1)).await;
    assert_eq!(play(3, async || load(&script).await).await, "FFR");
}

// D6
#[tokio::test(start_paused = true)]
async fn two_successes_close_it_and_the_next_call_is_as_any_other() {
    #[resilient(breaker("d6", window = 4, min_calls = 4, open_for = "1s", successes = 2))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFFS");
    let recording = testing::record();
    assert_eq!(play(5, async || load(&script).await).await, "FFFFR");
    pass(secs(1)).await;
    assert_eq!(play(3, async || load(&script).await).await, "SSS");
    assert_eq!((script.executions(), state("d6")), (7, State::Closed));
    let calls = recording.calls();
    let kinds = calls.iter().flat_map(|call| &call.attempts).map(|attempt| attempt.kind.as_str());
    let kinds: Vec<_> = kinds.skip(4).collect();
    assert_eq!(kinds, ["probe", "probe", "original"]);
}

// D9
#[tokio::test(start_paused = true)]
async fn a_single_probe_keeps_all_others_out() {
    #[resilient(breaker("d9", consecutive = 1, open_for = "1s", probes = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(play(1, async || load(&Script::new("F")).await).await, "F");
    pass(secs(1)).await;
    let slow = Script::new("S").taking(secs(5));
    let probe = started(load(&slow));
    let Err(Rejected(rejected)) = load(&slow).await else { panic!("the place is taken") };
    assert_eq!((rejected.kind(), rejected.retry_after()), (RejectedKind::BreakerOpen, Some(ms(0))));
    assert_eq!(probe.await, Ok(1));
    assert_eq!(state("d9"), State::Closed);
}

// D10
#[tokio::test(start_paused = true)]
async fn an_ignored_probe_gives_its_place_back() {
    #[resilient(breaker("d10", consecutive = 1, open_for = "1s", probes = 4, successes = 3))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FSSXFS");
    assert_eq!(play(1, async || load(&script).await).await, "F");
    pass(secs(1)).await;
    assert_eq!(play(3, async || load(&script).await).await, "SSX");
    assert_eq!((snapshot("d10").calls, state("d10")), (2, State::HalfOpen));
    assert_eq!(play(2, async || load(&script).await).await, "FS");
    assert_eq!(state("d10"), State::Closed);
}

// D11
#[tokio::test(start_paused = true)]
async fn ignored_probes_alone_decide_nothing() {
    #[resilient(breaker("d11", consecutive = 1, open_for = "1s", probes = 4, successes = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FXXXXS");
    assert_eq!(play(1, async || load(&script).await).await, "F");
    pass(secs(1)).await;
    assert_eq!(play(4, async || load(&script).await).await, "XXXX");
    assert_eq!(state("d11"), State::HalfOpen);
    assert_eq!(play(4, async || load(&script).await).await, "SSSS");
    assert_eq!(state("d11"), State::Closed);
}

// D16
#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_it_for_a_full_period() {
    #[resilient(breaker("d16", consecutive = 1, open_for = "1s", probes = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFS");
    let refused_for = async || match load(&script).await {
        Err(Rejected(rejected)) => rejected.retry_after(),
        _ => None,
    };
    assert_eq!(play(1, async || load(&script).await).await, "F");
    assert_eq!(refused_for().await, Some(secs(1)));
    pass(ms(500)).await;
    assert_eq!(refused_for().await, Some(ms(500)));
    pass(ms(500)).await;
    assert_eq!(play(1, async || load(&script).await).await, "F");
    assert_eq!(refused_for().await, Some(secs(1)));
    let seen = snapshot("d16");
    assert_eq!((seen.opened, seen.half_opened, seen.closed), (2, 1, 0));
    pass(secs(1)).await;
    assert_eq!(play(1, async || load(&script).await).await, "S");
    let seen = snapshot("d16");
    assert_eq!((seen.opened, seen.half_opened, seen.closed), (2, 2, 1));
}

// D18
#[tokio::test(start_paused = true)]
async fn each_opening_lasts_longer_until_it_has_closed() {
    #[resilient(breaker(
        "d18",
        consecutive = 1,
        open_for = "1s",
        open_growth = 2.0,
        open_max = "5s",
        probes = 1,
    ))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFFSFF");
    for open_for in [1, 2, 4, 5] {
        assert_eq!(play(1, async || load(&script).await).await, "F");
        assert_eq!(snapshot("d18").open_remaining, secs(open_for));
        pass(secs(open_for)).await;
    }
    assert_eq!(play(1, async || load(&script).await).await, "S");
    for open_for in [1, 2] {
        assert_eq!(play(1, async || load(&script).await).await, "F");
        assert_eq!(snapshot("d18").open_remaining, secs(open_for));
        pass(secs(open_for)).await;
    }
}

// D20
#[tokio::test(start_paused = true)]
async fn an_operator_may_open_it_for_a_while() {
    static DB: Breaker = Breaker::new("d20", BreakerConfig::new());
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    DB.open_for(secs(2 * 3600));
    pass(secs(3600)).await;
    assert_eq!(play(1, async || load(&script).await).await, "R");
    pass(secs(3600)).await;
    assert_eq!(play(1, async || load(&script).await).await, "S");
}

const ONE_PROBE: BreakerConfig = BreakerConfig::new().consecutive(1).open_for(secs(1)).probes(1);

// F1 F2
#[tokio::test(start_paused = true)]
async fn a_late_outcome_of_an_earlier_state_decides_nothing() {
    static DB: Breaker = Breaker::new("f1", ONE_PROBE);
    #[resilient(breaker = DB)]
    async fn load(answer: Receiver<Answer>) -> Answer {
        told(answer).await
    }
    for outcome in [Ok(1), Err(Transient(1))] {
        let (tell_stale, answer) = channel();
        let stale = started(load(answer));
        DB.trip();
        pass(secs(1)).await;
        let (tell_probe, answer) = channel();
        let probe = started(load(answer));
        assert_eq!(DB.state(), State::HalfOpen);

        tell_stale.send(outcome.clone()).unwrap();
        assert_eq!(stale.await, outcome);
        assert_eq!(DB.state(), State::HalfOpen);

        tell_probe.send(Ok(2)).unwrap();
        assert_eq!(probe.await, Ok(2));
        assert_eq!(DB.state(), State::Closed);
    }
}

// F4
#[tokio::test(start_paused = true)]
async fn a_late_outcome_makes_no_room_for_another_probe() {
    static DB: Breaker = Breaker::new("f4", ONE_PROBE.probes(3));
    #[resilient(breaker = DB)]
    async fn load(answer: Receiver<Answer>) -> Answer {
        told(answer).await
    }
    let (tell_stale, answer) = channel();
    let stale = started(load(answer));
    DB.trip();
    pass(secs(1)).await;
    let (_tells, answers): (Vec<_>, Vec<_>) = (0..3).map(|_| channel()).unzip();
    let _probes: Vec<_> = answers.into_iter().map(|answer| started(load(answer))).collect();

    tell_stale.send(Ok(1)).unwrap();
    assert_eq!(stale.await, Ok(1));
    let (_tell, answer) = channel();
    assert!(matches!(poll_at_most(1, load(answer)).await, Some(Err(Rejected(_)))));
    assert_eq!((DB.state(), DB.snapshot().calls), (State::HalfOpen, 0));
}

// F1 F2
#[tokio::test(start_paused = true)]
async fn a_late_outcome_does_not_count_when_the_breaker_is_closed_again() {
    static DB: Breaker = Breaker::new("closed_again", ONE_PROBE.failure_rate(0.5).min_calls(2));
    #[resilient(breaker = DB)]
    async fn load(answer: Receiver<Answer>) -> Answer {
        told(answer).await
    }
    async fn answered(outcome: Answer) -> Answer {
        let (tell, answer) = channel();
        tell.send(outcome).unwrap();
        load(answer).await
    }
    for outcome in [Ok(1), Err(Transient(1))] {
        let (tell_stale, answer) = channel();
        let stale = started(load(answer));
        DB.trip();
        pass(secs(1)).await;
        assert_eq!(answered(Ok(2)).await, Ok(2));
        assert_eq!(answered(Ok(3)).await, Ok(3));
        assert_eq!((DB.state(), DB.snapshot().calls), (State::Closed, 1));

        tell_stale.send(outcome.clone()).unwrap();
        assert_eq!(stale.await, outcome);
        assert_eq!((DB.state(), DB.snapshot().calls), (State::Closed, 1));
    }
}

// F1 F4
#[tokio::test(start_paused = true)]
async fn a_probe_of_an_earlier_half_open_period_is_none_of_the_next() {
    static DB: Breaker = Breaker::new("earlier_probe", ONE_PROBE.probes(2).successes(2));
    #[resilient(breaker = DB)]
    async fn load(answer: Receiver<Answer>) -> Answer {
        told(answer).await
    }
    DB.trip();
    pass(secs(1)).await;
    let [(tell_late, late), (tell_failed, failed), (_tell, next)] = [channel(), channel(), channel()];
    let late = started(load(late));
    tell_failed.send(Err(Transient(1))).unwrap();
    assert_eq!(load(failed).await, Err(Transient(1)));
    assert_eq!(DB.state(), State::Open);
    pass(secs(1)).await;
    let _next = started(load(next));
    tell_late.send(Ok(2)).unwrap();
    assert_eq!(late.await, Ok(2));
    assert_eq!((DB.state(), DB.snapshot().calls), (State::HalfOpen, 0));
}

// B10
#[tokio::test(start_paused = true)]
async fn a_late_failure_does_not_prolong_the_open_period() {
    static DB: Breaker = Breaker::new("b10", ONE_PROBE.open_for(secs(10)));
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let slow = Script::new("F").taking(secs(9));
    let late = started(load(&slow));
    assert_eq!(play(1, async || load(&Script::new("F")).await).await, "F");
    assert_eq!(late.await, Err(Transient(1)));
    assert_eq!(recording.transitions("b10").len(), 1);
    pass(ms(999)).await;
    assert_eq!(play(1, async || load(&Script::new("S")).await).await, "R");
    pass(ms(1)).await;
    assert_eq!(play(1, async || load(&Script::new("S")).await).await, "S");
}

// F6
#[tokio::test(start_paused = true)]
async fn a_probe_that_hangs_gives_its_place_to_another() {
    #[resilient(breaker("f6", consecutive = 1, open_for = "1s", probes = 1, probe_timeout = "10s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FPS");
    assert_eq!(play(1, async || load(&script).await).await, "F");
    pass(secs(1)).await;
    let _hung = started(load(&script));
    pass(ms(9_999)).await;
    assert_eq!(play(1, async || load(&script).await).await, "R");
    pass(ms(1)).await;
    assert_eq!(play(1, async || load(&script).await).await, "S");
    assert_eq!(state("f6"), State::Closed);
}

// F12
#[tokio::test(start_paused = true)]
async fn another_configuration_keeps_state_and_remaining_time() {
    static DB: Breaker = Breaker::new("f12", ONE_PROBE.open_for(secs(10)));
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FS");
    assert_eq!(play(1, async || load(&script).await).await, "F");
    pass(secs(4)).await;
    DB.reconfigure(ONE_PROBE.open_for(secs(60))).unwrap();
    assert_eq!((DB.state(), DB.snapshot().open_remaining), (State::Open, secs(6)));
    pass(secs(6)).await;
    assert_eq!(play(1, async || load(&script).await).await, "S");
}
