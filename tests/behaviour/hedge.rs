//! Hedge: which attempts are started and when, whose answer the caller gets, and what becomes of the others.

use std::time::Duration;

use resilience_runtime::{RejectedKind, current, resilient, testing};
use resilience_tests::Failure::{Permanent, Throttled, Transient};
use resilience_tests::{Alive, Answer, HINT, Script, ms, pass, refusal, secs, timed};

/// What the attempts of a call do, in the order in which they start: how long each takes, and what it answers.
struct Plan {
    attempts: &'static [(u64, Answer)],
    alive: Alive,
}

impl Plan {
    const fn new(attempts: &'static [(u64, Answer)]) -> Self {
        Self { attempts, alive: Alive::new() }
    }

    async fn run(&self) -> Answer {
        let _guard = self.alive.guard();
        let number = current().attempt();
        let (takes, answer) = &self.attempts[number as usize - 1];
        pass(ms(*takes)).await;
        answer.clone().map(|_| number)
    }
}

#[resilient(hedge = "100ms", idempotent, name = "once")]
async fn once(plan: &Plan) -> Answer {
    plan.run().await
}

#[resilient(hedge("100ms", max = 2), idempotent, name = "twice")]
async fn twice(plan: &Plan) -> Answer {
    plan.run().await
}

/// The attempts of the only call so far: kind, when it started, how it ended, whether it gave the answer.
fn attempts(recording: &testing::Recording) -> Vec<(String, Duration, String, bool)> {
    let calls = recording.calls();
    assert_eq!(calls.len(), 1);
    let seen = calls[0].attempts.iter().map(|attempt| {
        let is_winner = attempt.fields.contains_key("reliability.hedge.winner");
        (attempt.kind.clone(), attempt.at, attempt.outcome.clone(), is_winner)
    });
    seen.collect()
}

fn attempt(kind: &str, at: u64, outcome: &str, is_winner: bool) -> (String, Duration, String, bool) {
    (kind.to_owned(), ms(at), outcome.to_owned(), is_winner)
}

// M1
#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_fast_enough_stays_alone() {
    let (plan, recording) = (Plan::new(&[(99, Ok(0))]), testing::record());
    assert_eq!(timed(once(&plan)).await, (Ok(1), ms(99)));
    assert_eq!(attempts(&recording), [attempt("original", 0, "success", false)]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_attempt_is_joined_by_another_and_the_first_answer_wins() {
    let (plan, recording) = (Plan::new(&[(1_000, Ok(0)), (50, Ok(0))]), testing::record());
    assert_eq!(timed(once(&plan)).await, (Ok(2), ms(150)));
    assert_eq!(
        attempts(&recording),
        [attempt("original", 0, "cancelled", false), attempt("hedge", 100, "success", true)]
    );
    assert_eq!(recording.calls()[0].outcome, "success");
}

#[tokio::test(start_paused = true)]
async fn the_first_attempt_may_win_after_all() {
    let (plan, recording) = (Plan::new(&[(120, Ok(0)), (50, Ok(0))]), testing::record());
    assert_eq!(timed(once(&plan)).await, (Ok(1), ms(120)));
    assert_eq!(
        attempts(&recording),
        [attempt("original", 0, "success", true), attempt("hedge", 100, "cancelled", false)]
    );
}

#[tokio::test(start_paused = true)]
async fn as_many_are_started_as_max_says() {
    let (plan, recording) = (Plan::new(&[(900, Ok(0)), (900, Ok(0)), (900, Ok(0))]), testing::record());
    assert_eq!(timed(twice(&plan)).await, (Ok(1), ms(900)));
    let starts: Vec<_> = attempts(&recording).into_iter().map(|(_, at, ..)| at).collect();
    assert_eq!(starts, [ms(0), ms(100), ms(200)]);
}

// M3
#[tokio::test(start_paused = true)]
async fn without_a_delay_all_go_on_at_once() {
    #[resilient(hedge("0s", max = 3), idempotent)]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let plan = Plan::new(&[(40, Ok(0)), (30, Ok(0)), (20, Ok(0)), (30, Ok(0))]);
    let recording = testing::record();
    assert_eq!(timed(load(&plan)).await, (Ok(3), ms(20)));
    assert!(attempts(&recording).iter().all(|(_, at, ..)| at.is_zero()));
}

// M7
#[tokio::test(start_paused = true)]
async fn the_losers_are_gone_before_the_answer_is_there() {
    let plan = Plan::new(&[(900, Ok(0)), (900, Ok(0)), (10, Ok(0))]);
    assert_eq!(twice(&plan).await, Ok(3));
    assert_eq!(plan.alive.count(), 0);
}

// M4
#[tokio::test(start_paused = true)]
async fn when_all_fail_the_first_ones_error_is_returned() {
    let plan = Plan::new(&[(300, Err(Transient(1))), (150, Err(Transient(2))), (150, Err(Transient(3)))]);
    let recording = testing::record();
    // The second fails last but one, the third with nothing left to start.
    assert_eq!(timed(twice(&plan)).await, (Err(Transient(1)), ms(350)));
    assert!(attempts(&recording).iter().all(|(_, _, outcome, _)| outcome == "retryable_error"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_starts_the_next_one_at_once() {
    let (plan, recording) = (Plan::new(&[(10, Err(Transient(1))), (20, Ok(0))]), testing::record());
    assert_eq!(timed(once(&plan)).await, (Ok(2), ms(30)));
    assert_eq!(
        attempts(&recording),
        [attempt("original", 0, "retryable_error", false), attempt("hedge", 10, "success", true)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_at_the_first_poll_starts_the_next_one_too() {
    #[resilient(hedge = "1h", idempotent)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(load(&Script::new("FS"))).await, (Ok(2), ms(0)));
}

// M5
#[tokio::test(start_paused = true)]
async fn a_permanent_failure_is_the_end_of_all() {
    let (plan, recording) = (Plan::new(&[(900, Ok(0)), (10, Err(Permanent(2)))]), testing::record());
    assert_eq!(timed(once(&plan)).await, (Err(Permanent(2)), ms(110)));
    assert_eq!(
        attempts(&recording),
        [attempt("original", 0, "cancelled", false), attempt("hedge", 100, "permanent_error", false)]
    );
    assert_eq!(plan.alive.count(), 0);
}

// M12
#[tokio::test(start_paused = true)]
async fn a_hint_puts_the_next_one_off_until_then() {
    let (plan, recording) =
        (Plan::new(&[(10, Err(Throttled(Some(HINT)))), (20, Ok(0)), (20, Ok(0))]), testing::record());
    assert_eq!(timed(twice(&plan)).await, (Ok(2), HINT + ms(30)));
    assert_eq!(attempts(&recording)[1].1, HINT + ms(10));
}

// M12
#[tokio::test(start_paused = true)]
async fn without_a_hint_there_is_no_further_load() {
    let plan = Plan::new(&[(900, Ok(0)), (10, Err(Throttled(None))), (10, Ok(0))]);
    let recording = testing::record();
    assert_eq!(timed(twice(&plan)).await, (Ok(1), ms(900)));
    assert_eq!(attempts(&recording).len(), 2);
    let plan = Plan::new(&[(10, Err(Throttled(None))), (10, Ok(0))]);
    assert_eq!(timed(once(&plan)).await, (Err(Throttled(None)), ms(10)));
}

// M12
#[tokio::test(start_paused = true)]
async fn a_hint_beyond_the_deadline_is_not_waited_for() {
    #[resilient(hedge = "100ms", idempotent, deadline = "1s")]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let plan = Plan::new(&[(10, Err(Throttled(Some(HINT)))), (20, Ok(0))]);
    assert_eq!(timed(load(&plan)).await, (Err(Throttled(Some(HINT))), ms(10)));
}

#[tokio::test(start_paused = true)]
async fn a_hint_that_ends_with_the_deadline_leaves_no_time_for_an_attempt() {
    #[resilient(hedge = "100ms", idempotent, deadline = "2010ms")]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let plan = Plan::new(&[(10, Err(Throttled(Some(HINT)))), (20, Ok(0))]);
    assert_eq!(timed(load(&plan)).await, (Err(Throttled(Some(HINT))), ms(10)));
}

#[tokio::test(start_paused = true)]
async fn a_hint_that_leaves_time_is_waited_for() {
    #[resilient(hedge = "100ms", idempotent, deadline = "2040ms")]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let plan = Plan::new(&[(10, Err(Throttled(Some(HINT)))), (20, Ok(0))]);
    assert_eq!(timed(load(&plan)).await, (Ok(2), ms(10) + HINT + ms(20)));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_each_attempts_own() {
    #[resilient(hedge = "100ms", idempotent, timeout = "200ms")]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let (plan, recording) = (Plan::new(&[(900, Ok(0)), (150, Ok(0))]), testing::record());
    assert_eq!(timed(load(&plan)).await, (Ok(2), ms(250)));
    assert_eq!(
        attempts(&recording),
        [attempt("original", 0, "timeout", false), attempt("hedge", 100, "success", true)]
    );
    let plan = Plan::new(&[(900, Ok(0)), (900, Ok(0))]);
    let (answer, took) = timed(load(&plan)).await;
    assert_eq!((refusal(answer).kind(), took), (RejectedKind::Timeout, ms(300)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_cuts_all_of_them() {
    #[resilient(hedge = "100ms", idempotent, deadline = "300ms")]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let (plan, recording) = (Plan::new(&[(900, Ok(0)), (900, Ok(0))]), testing::record());
    let (answer, took) = timed(load(&plan)).await;
    assert_eq!((refusal(answer).kind(), took), (RejectedKind::Deadline, ms(300)));
    assert_eq!(
        attempts(&recording),
        [attempt("original", 0, "timeout", false), attempt("hedge", 100, "timeout", false)]
    );
    assert_eq!((plan.alive.count(), recording.calls()[0].outcome.as_str()), (0, "timeout"));
}

#[tokio::test(start_paused = true)]
async fn each_retry_is_hedged_again() {
    #[resilient(retry = "fixed", base = "1s", max = 2, hedge = "100ms", idempotent)]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    let plan = Plan::new(&[(150, Err(Transient(1))), (100, Err(Transient(2))), (900, Ok(0)), (50, Ok(0))]);
    let recording = testing::record();
    assert_eq!(timed(load(&plan)).await, (Ok(4), ms(200) + secs(1) + ms(150)));
    let kinds: Vec<_> = attempts(&recording).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["original", "hedge", "retry", "hedge"]);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_when_all_have_failed() {
    #[resilient(hedge = "100ms", idempotent, fallback = |_plan, id: String| Ok(u32::try_from(id.len()).unwrap()))]
    async fn load(plan: &Plan, id: String) -> Answer {
        let answer = plan.run().await;
        drop(id);
        answer
    }
    let plan = Plan::new(&[(10, Err(Transient(1))), (10, Err(Transient(2)))]);
    assert_eq!(timed(load(&plan, "four".to_owned())).await, (Ok(4), ms(20)));
}

#[tokio::test(start_paused = true)]
async fn a_percentile_follows_what_calls_have_taken() {
    #[resilient(hedge = "p90", idempotent)]
    async fn load(takes: u64) -> Answer {
        let number = current().attempt();
        pass(ms(if number == 1 { takes } else { 1 })).await;
        Ok(number)
    }
    // Before twenty calls nothing is known.
    for takes in (1..=19).map(|number| 10 * number) {
        assert_eq!(load(takes).await, Ok(1));
    }
    assert_eq!(load(200).await, Ok(1));
    // The nineteenth of twenty, or up to a sixteenth more.
    let (answer, took) = timed(load(1_000)).await;
    assert_eq!(answer, Ok(2));
    assert!(ms(180) < took && took <= ms(195), "{took:?}");
    // It was slow, whoever answered: the percentile is not lower for that.
    for _ in 0..5 {
        assert_eq!(load(1_000).await, Ok(2));
    }
    assert!(timed(load(1_000)).await.1 >= took);
}

#[tokio::test(start_paused = true)]
async fn a_first_attempt_that_failed_says_nothing_of_a_percentile() {
    #[resilient(hedge = "p90", idempotent)]
    async fn load(plan: &Plan) -> Answer {
        plan.run().await
    }
    for _ in 0..30 {
        let plan = Plan::new(&[(10, Err(Transient(1))), (50, Ok(0))]);
        assert_eq!(timed(load(&plan)).await, (Ok(2), ms(60)));
    }
    let plan = Plan::new(&[(900, Ok(0)), (10, Ok(0))]);
    assert_eq!(timed(load(&plan)).await, (Ok(1), ms(900)));
}

#[tokio::test(start_paused = true)]
async fn a_failure_starts_another_one_before_a_percentile_is_known() {
    #[resilient(hedge = "p99.9", idempotent)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(load(&Script::new("FS")).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn arguments_are_cloned_for_each_attempt() {
    #[resilient(hedge = "10ms", idempotent)]
    async fn load(mut parts: Vec<u32>, (left, right): (String, u32)) -> Answer {
        parts.push(current().attempt());
        if current().attempt() == 1 {
            pass(secs(1)).await;
        }
        Ok(parts.iter().sum::<u32>() + right + u32::try_from(left.len()).unwrap())
    }
    assert_eq!(load(vec![10], ("abc".to_owned(), 100)).await, Ok(115));
}
