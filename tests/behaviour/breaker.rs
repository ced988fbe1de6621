//! When a closed breaker opens, and what an open one does with calls. Probes are in `half_open`.

use resilience_runtime::testing;
use resilience_runtime::{Breaker, BreakerConfig, Mode, RejectedKind, State, Window, resilient};
use resilience_tests::Failure::Rejected;
use resilience_tests::{Answer, Script, counted, ms, pass, play, secs, snapshot, state};

// A1
#[tokio::test(start_paused = true)]
async fn four_failures_open_it_and_later_calls_do_not_run() {
    #[resilient(breaker(
        "a1",
        failure_rate = "75%",
        window = 4,
        min_calls = 4,
        open_for = "50s",
        successes = 2
    ))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(7, async || load(&script).await).await, "FFFFRRR");
    assert_eq!(script.executions(), 4);
    assert_eq!((state("a1"), snapshot("a1").rejections), (State::Open, 3));
}

// A2
#[tokio::test(start_paused = true)]
async fn a_success_can_be_the_call_that_opens_it() {
    #[resilient(breaker("a2", failure_rate = 0.5, window = 4, min_calls = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SFFS");
    assert_eq!(play(5, async || load(&script).await).await, "SFFSR");
    assert_eq!(script.executions(), 4);
}

// A4
#[tokio::test(start_paused = true)]
async fn three_quarters_of_failures_reach_three_quarters() {
    #[resilient(breaker("a4", failure_rate = "75%", window = 4, min_calls = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SFFF");
    assert_eq!(play(5, async || load(&script).await).await, "SFFFR");
}

// A6
#[tokio::test(start_paused = true)]
async fn two_failures_of_two_open_it() {
    #[resilient(breaker("a6", failure_rate = 1.0, window = 2, min_calls = 2, open_for = "24h"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(3, async || load(&script).await).await, "FFR");
    assert_eq!(script.executions(), 2);
}

// A7
#[tokio::test(start_paused = true)]
async fn the_rate_is_unknown_below_the_least_number_of_calls() {
    #[resilient(breaker("a7", failure_rate = "50%", window = 10, min_calls = 5))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(4, async || load(&script).await).await, "FFFF");
    assert_eq!((state("a7"), snapshot("a7").failure_rate), (State::Closed, None));
    assert_eq!(play(2, async || load(&script).await).await, "FR");
    assert_eq!((state("a7"), snapshot("a7").failure_rate), (State::Open, Some(1.0)));
}

#[tokio::test(start_paused = true)]
async fn so_many_failures_in_a_time_open_it_whatever_their_share() {
    #[resilient(breaker("failures_in_time", failures = 3, window = "30s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SSSSFSSSSSFSSSSSF");
    assert_eq!(play(18, async || load(&script).await).await, "SSSSFSSSSSFSSSSSFR");
    assert_eq!((counted("failures_in_time"), script.executions()), ((17, 3), 17));
}

// A8
#[tokio::test(start_paused = true)]
async fn a_window_of_time_opens_it_by_its_rate() {
    #[resilient(breaker("a8", failure_rate = "50%", window = "20s", min_calls = 5))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFSS");
    assert_eq!(play(6, async || load(&script).await).await, "FFFSSR");
    let snapshot = snapshot("a8");
    assert_eq!((snapshot.calls, snapshot.failures, snapshot.rejections), (5, 3, 1));
    assert_eq!((snapshot.state, snapshot.failure_rate), (State::Open, Some(0.6)));
}

// A10
#[tokio::test(start_paused = true)]
async fn reaching_the_rate_exactly_is_enough() {
    #[resilient(breaker("a10", failure_rate = "50%", window = 4, min_calls = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SSFF");
    assert_eq!(play(5, async || load(&script).await).await, "SSFFR");
}

// A11
#[tokio::test(start_paused = true)]
async fn it_opens_once_and_not_before_its_least_number_of_calls() {
    #[resilient(breaker("a11", window = 10, min_calls = 10))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let script = Script::new("F");
    assert_eq!(play(9, async || load(&script).await).await, "FFFFFFFFF");
    assert_eq!(state("a11"), State::Closed);
    assert_eq!(play(3, async || load(&script).await).await, "FRR");
    assert_eq!(recording.transitions("a11"), [("closed".to_owned(), "open".to_owned())]);
}

// A12
#[tokio::test(start_paused = true)]
async fn a_success_ends_a_run_of_failures() {
    #[resilient(breaker("a12", consecutive = 6))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFFFSFFFFFF");
    assert_eq!(play(5, async || load(&script).await).await, "FFFFF");
    assert_eq!((state("a12"), snapshot("a12").consecutive_failures), (State::Closed, 5));
    assert_eq!(play(1, async || load(&script).await).await, "S");
    assert_eq!(snapshot("a12").consecutive_failures, 0);
    assert_eq!(play(5, async || load(&script).await).await, "FFFFF");
    assert_eq!((state("a12"), snapshot("a12").consecutive_failures), (State::Closed, 5));
    assert_eq!(play(2, async || load(&script).await).await, "FR");
    assert_eq!((state("a12"), snapshot("a12").consecutive_failures), (State::Open, 0));
}

// A13
#[tokio::test(start_paused = true)]
async fn only_failures_in_a_row_count_for_the_run() {
    #[resilient(breaker("a13", consecutive = 3))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FSFFF");
    assert_eq!(play(4, async || load(&script).await).await, "FSFF");
    assert_eq!(state("a13"), State::Closed);
    assert_eq!(play(2, async || load(&script).await).await, "FR");
}

#[tokio::test(start_paused = true)]
async fn without_settings_it_opens_at_half_of_ten_calls_for_thirty_seconds() {
    #[resilient(breaker = "defaults")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFFFSSSSS");
    assert_eq!(play(11, async || load(&script).await).await, "FFFFFSSSSSR");
    assert_eq!(snapshot("defaults").open_remaining, secs(30));
}

// B1 B8
#[tokio::test(start_paused = true)]
async fn a_window_of_time_counts_what_is_younger_and_empties_without_calls() {
    #[resilient(breaker("b1", failure_rate = "100%", window = "10s", min_calls = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SFSSS");
    assert_eq!(play(5, async || load(&script).await).await, "SFSSS");
    assert_eq!(counted("b1"), (5, 1));
    assert_eq!(snapshot("b1").failure_rate, Some(0.2));
    pass(secs(10)).await;
    assert_eq!((counted("b1"), snapshot("b1").failure_rate), ((0, 0), None));
}

// B9
#[tokio::test(start_paused = true)]
async fn failures_older_than_the_window_open_nothing() {
    #[resilient(breaker("b9", failure_rate = "50%", window = "10s", min_calls = 3))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFS");
    assert_eq!(play(2, async || load(&script).await).await, "FF");
    pass(secs(60)).await;
    assert_eq!(play(1, async || load(&script).await).await, "S");
    assert_eq!((state("b9"), counted("b9")), (State::Closed, (1, 0)));
}

// C1 C2 C4
#[tokio::test(start_paused = true)]
async fn slow_calls_open_it_whether_they_fail_or_not() {
    #[resilient(breaker(
        "c1",
        slow_rate = "50%",
        slow_call = "4s",
        failure_rate = "50%",
        window = "1m",
        min_calls = 5,
    ))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    // The third takes exactly four seconds, which is not slow.
    for (letter, takes) in [("F", 5_000), ("S", 5_000), ("F", 4_000), ("S", 100), ("S", 5_000)] {
        _ = load(&Script::new(letter).taking(ms(takes))).await;
    }
    let snapshot = snapshot("c1");
    assert_eq!((snapshot.failure_rate, snapshot.slow_rate, snapshot.slow_calls), (Some(0.4), Some(0.6), 3));
    assert_eq!(snapshot.state, State::Open);
    let events = recording.events();
    let opened = events.iter().find(|event| event.transition_of("c1").is_some()).unwrap();
    assert_eq!(opened.text("reliability.circuit_breaker.reason"), "slow_call_rate");
}

// D23
#[tokio::test(start_paused = true)]
async fn a_refusal_says_which_breaker_and_for_how_long() {
    #[resilient(breaker("d23", consecutive = 1, open_for = "5s"), name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert!(load(&script).await.is_err());
    pass(ms(1_500)).await;
    let recording = testing::record();
    let Err(Rejected(rejected)) = load(&script).await else { panic!("the breaker is open") };
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::BreakerOpen, "d23"));
    assert_eq!(rejected.retry_after(), Some(ms(3_500)));
    assert_eq!(rejected.to_string(), "circuit breaker `d23` is open; retry after 3.5s");
    assert_eq!(recording.call().story(), "load: rejected without an attempt, error: circuit_breaker_open",);
}

static SHARED: Breaker =
    Breaker::new("shared", BreakerConfig::new().failure_rate(1.0).window(Window::Calls(2)));

#[tokio::test(start_paused = true)]
async fn a_static_breaker_is_shared_by_all_who_name_its_path() {
    #[resilient(breaker = SHARED)]
    async fn one(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = SHARED)]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert!(one(&script).await.is_err());
    assert!(other(&script).await.is_err());
    assert_eq!(SHARED.state(), State::Open);
    assert_eq!(play(1, async || one(&script).await).await, "R");
    assert_eq!(play(1, async || other(&script).await).await, "R");
}

#[tokio::test(start_paused = true)]
async fn a_named_breaker_is_shared_and_configured_by_the_one_who_says_how() {
    #[resilient(breaker = "shared_name")]
    async fn named(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker("shared_name", consecutive = 2))]
    async fn configured(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(1, async || named(&script).await).await, "F");
    assert_eq!(play(2, async || configured(&script).await).await, "FR");
    assert_eq!(play(1, async || named(&script).await).await, "R");
    assert_eq!(script.executions(), 2);
}

// E1 E2 E3 E4
#[tokio::test(start_paused = true)]
async fn an_operators_command_holds_for_annotated_functions() {
    static DB: Breaker = Breaker::new("commanded", BreakerConfig::new().consecutive(2));
    #[resilient(breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    DB.disable();
    assert_eq!(play(5, async || load(&script).await).await, "FFFFF");
    assert_eq!(DB.snapshot().calls, 0);

    DB.observe_only();
    let recording = testing::record();
    assert_eq!(play(5, async || load(&script).await).await, "FFFFF");
    assert_eq!(DB.snapshot().mode, Mode::ObserveOnly);
    let events = recording.events();
    let told = events.iter().filter(|event| event.name == "reliability.circuit_breaker.threshold_exceeded");
    assert_eq!(told.count(), 1);

    DB.isolate();
    pass(secs(3600)).await;
    assert_eq!(play(2, async || load(&script).await).await, "RR");
    assert_eq!(DB.snapshot().rejections, 2);

    DB.reset();
    assert_eq!((DB.state(), DB.snapshot().rejections), (State::Closed, 0));
    assert_eq!(play(3, async || load(&script).await).await, "FFR");
}

// O10
#[tokio::test(start_paused = true)]
async fn a_disabled_breaker_is_none() {
    static DB: Breaker = Breaker::new("disabled", BreakerConfig::new().consecutive(1));
    #[resilient(retry = "fixed", max = 3, breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.disable();
    let script = Script::new("FFS");
    let recording = testing::record();
    assert_eq!(load(&script).await, Ok(3));
    assert_eq!(recording.transitions("disabled"), []);
    assert_eq!(DB.snapshot().calls, 0);
}
