//! Decisions.

use core::time::Duration;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::{any_backoff, any_retry, millis};
use crate::event::{DelaySource, StopReason};
use crate::outcome::Class;
use crate::policy::retry::{Backoff, BackoffPolicy, Cause, Decision, Retry, UNTIL_DEADLINE};
use crate::rng::{Rng, seed};

const TRANSIENT: Cause = Cause::Failed(Class::Transient);

/// 100 ms, 200 ms, 400 ms, ..
const fn doubling(max: u32) -> Retry {
    Retry::new(Backoff::exp(millis(100)), max)
}

fn decide(retry: &Retry, tries: u32, cause: Cause, remaining: Option<Duration>) -> Decision {
    retry.decide(tries, Duration::ZERO, cause, remaining, &mut Rng::of_thread())
}

const fn throttled(retry_after: Option<Duration>) -> Cause {
    Cause::Failed(Class::Throttled { retry_after })
}

const fn after(delay: Duration) -> Decision {
    Decision::RetryAfter { delay, source: DelaySource::Policy, computed: delay }
}

/// Tries until told to stop; how many there were, and why it stopped.
fn run(retry: &Retry, cause: Cause) -> (u32, StopReason) {
    let mut tries = 1;
    loop {
        match decide(retry, tries, cause, None) {
            Decision::RetryAfter { .. } => tries += 1,
            Decision::Stop(reason) => return (tries, reason),
            Decision::OutOfTime { .. } => return (tries, StopReason::Deadline),
        }
    }
}

// G1, G2, G3
#[test]
fn max_counts_the_first_try() {
    assert_eq!(run(&doubling(6), TRANSIENT), (6, StopReason::Exhausted));
    assert_eq!(run(&doubling(3), TRANSIENT), (3, StopReason::Exhausted));
}

// G3, G4
#[test]
fn a_max_of_one_never_retries() {
    assert_eq!(run(&doubling(1), TRANSIENT), (1, StopReason::Exhausted));
}

// G5
#[test]
fn until_the_deadline_no_number_of_tries_is_enough() {
    assert_eq!(decide(&doubling(UNTIL_DEADLINE), 1_000_000, TRANSIENT, None), after(Duration::from_secs(10)));
}

// G9
#[test]
fn an_outcome_that_is_not_worth_it_is_not_retried() {
    for (class, reason) in
        [(Class::Permanent, StopReason::PermanentError), (Class::Ignored, StopReason::IgnoredError)]
    {
        assert_eq!(run(&doubling(3), Cause::Failed(class)), (1, reason));
    }
}

#[test]
fn the_class_is_asked_before_the_count() {
    let permanent = Cause::Failed(Class::Permanent);
    assert_eq!(decide(&doubling(3), 3, permanent, None), Decision::Stop(StopReason::PermanentError));
}

#[test]
fn each_retry_waits_for_its_own_delay() {
    let retry = doubling(5);
    assert_eq!(decide(&retry, 1, TRANSIENT, None), after(millis(100)));
    assert_eq!(decide(&retry, 2, TRANSIENT, None), after(millis(200)));
    assert_eq!(decide(&retry, 4, TRANSIENT, None), after(millis(800)));
}

// G8, H19
#[test]
fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    let retry = doubling(5);
    let stop = Decision::OutOfTime { short_of: Duration::ZERO };
    let early = Decision::OutOfTime { short_of: millis(1) };
    assert_eq!(decide(&retry, 1, TRANSIENT, Some(millis(99))), early);
    assert_eq!(decide(&retry, 1, TRANSIENT, Some(millis(100))), stop);
    assert_eq!(decide(&retry, 1, TRANSIENT, Some(millis(101))), after(millis(100)));
    assert_eq!(
        decide(&Retry::new(Backoff::fixed(Duration::ZERO), 5), 1, TRANSIENT, Some(Duration::ZERO)),
        stop
    );
}

// G19
#[test]
#[should_panic(expected = "no such delay")]
fn a_panic_of_the_policy_goes_to_the_caller() {
    struct Panics;

    impl BackoffPolicy for Panics {
        fn delay(&self, _retry: u32, _previous: Duration, _rng: &mut Rng) -> Duration {
            panic!("no such delay")
        }
    }

    decide(&Retry::with(&Panics, 3), 1, TRANSIENT, None);
}

// G20
#[test]
fn two_calls_share_a_policy_but_no_count() {
    let retry = doubling(3);
    assert_eq!(decide(&retry, 2, TRANSIENT, None), after(millis(200)));
    assert_eq!(decide(&retry, 1, TRANSIENT, None), after(millis(100)));
}

// H12
#[test]
fn a_hint_replaces_this_one_delay() {
    let retry = doubling(5);
    let hint = Duration::from_secs(2);
    assert_eq!(
        decide(&retry, 1, throttled(Some(hint)), None),
        Decision::RetryAfter { delay: hint, source: DelaySource::ServerHint, computed: millis(100) }
    );
    assert_eq!(decide(&retry, 2, TRANSIENT, None), after(millis(200)));
    assert_eq!(decide(&retry, 1, throttled(None), None), after(millis(100)));
}

// H12
#[test]
fn a_hint_is_not_cut_down_to_the_cap() {
    let hint = Duration::from_secs(60);
    assert!(matches!(
        decide(&doubling(5), 1, throttled(Some(hint)), None),
        Decision::RetryAfter { delay, source: DelaySource::ServerHint, .. } if delay == hint
    ));
}

#[test]
fn a_retry_after_is_waited_for_up_to_its_bound() {
    const MINUTE: Duration = Duration::from_secs(60);
    let longer = MINUTE + Duration::from_nanos(1);
    let limited = |after| Cause::Limited { retry_after: Some(after) };
    let stop = Decision::Stop(StopReason::RetryAfter);
    let waits = |retry: &Retry, cause| matches!(decide(retry, 1, cause, None), Decision::RetryAfter { .. });
    for cause in [|after| throttled(Some(after)), limited] {
        assert!(waits(&doubling(5), cause(MINUTE)));
        assert_eq!(decide(&doubling(5), 1, cause(longer), None), stop);
        assert!(waits(&doubling(5).with_retry_after_max(longer), cause(longer)));
        // The deadline goes before it, and so does the number of tries.
        let short_of = Duration::from_nanos(1);
        assert_eq!(decide(&doubling(5), 1, cause(longer), Some(MINUTE)), Decision::OutOfTime { short_of });
        assert_eq!(decide(&doubling(5), 5, cause(longer), None), Decision::Stop(StopReason::Exhausted));
    }
    // Beside a deadline only one that is set holds.
    let (hint, left) = (throttled(Some(longer)), Some(2 * MINUTE));
    assert!(matches!(decide(&doubling(5), 1, hint, left), Decision::RetryAfter { .. }));
    assert_eq!(decide(&doubling(5).with_retry_after_max(MINUTE), 1, hint, left), stop);
    // The backoff's own delays have their cap.
    let slow = Retry::new(Backoff::fixed(2 * MINUTE).cap(2 * MINUTE), 5);
    let open = Cause::BreakerOpen { retry_after: longer };
    for cause in [TRANSIENT, limited(longer), open] {
        assert_eq!(decide(&slow, 1, cause, None), after(2 * MINUTE));
    }
}

// H14
#[test]
fn a_hint_beyond_the_deadline_stops_at_once() {
    let hint = Some(Duration::from_secs(5));
    let remaining = Some(Duration::from_secs(4));
    let short_of = Duration::from_secs(1);
    assert_eq!(decide(&doubling(5), 1, throttled(hint), remaining), Decision::OutOfTime { short_of });
}

// O3
#[test]
fn an_open_breaker_is_waited_for_only_if_it_admits_after_the_delay() {
    let retry = doubling(5);
    let open = |millis| Cause::BreakerOpen { retry_after: Duration::from_millis(millis) };
    assert_eq!(decide(&retry, 1, open(101), None), Decision::Stop(StopReason::BreakerOpen));
    assert_eq!(decide(&retry, 1, open(100), None), after(millis(100)));
    assert_eq!(decide(&retry, 1, open(0), None), after(millis(100)));
    let stop = Decision::OutOfTime { short_of: Duration::ZERO };
    assert_eq!(decide(&retry, 1, open(100), Some(millis(100))), stop);
    assert_eq!(decide(&retry, 5, open(0), None), Decision::Stop(StopReason::BreakerOpen));
}

#[test]
fn a_policy_of_the_user_learns_which_retry_it_is_and_its_last_delay() {
    struct Sum;
    static ASKED: AtomicU32 = AtomicU32::new(0);

    impl BackoffPolicy for Sum {
        fn delay(&self, retry: u32, previous: Duration, _rng: &mut Rng) -> Duration {
            ASKED.fetch_add(1, Ordering::Relaxed);
            previous + millis(retry.into())
        }
    }

    let retry = Retry::with(&Sum, 4);
    let (mut previous, mut delays) = (Duration::ZERO, Vec::new());
    for tries in 1..=4 {
        if let Decision::RetryAfter { computed, .. } =
            retry.decide(tries, previous, TRANSIENT, None, &mut Rng::of_thread())
        {
            previous = computed;
            delays.push(computed.as_millis());
        }
    }
    assert_eq!(delays, [1, 3, 6]);
    assert_eq!(ASKED.load(Ordering::Relaxed), 3);
}

#[test]
fn a_retry_tells_its_max_and_the_name_of_its_delays() {
    struct Own;

    impl BackoffPolicy for Own {
        fn delay(&self, _retry: u32, previous: Duration, _rng: &mut Rng) -> Duration {
            previous
        }
    }

    assert_eq!((doubling(4).attempts(), doubling(4).backoff().map(Backoff::name)), (4, Some("exp")));
    assert_eq!(Retry::with(&Own, 2).backoff(), None);
}

fn any_cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        Just(TRANSIENT),
        Just(Cause::Failed(Class::Permanent)),
        Just(Cause::Failed(Class::Ignored)),
        any::<Option<Duration>>().prop_map(throttled),
        any::<Duration>().prop_map(|retry_after| Cause::BreakerOpen { retry_after }),
        any::<Option<Duration>>().prop_map(|retry_after| Cause::Limited { retry_after }),
        Just(Cause::Throttled),
    ]
}

proptest! {
    #[test]
    fn never_waits_past_the_deadline_nor_tries_more_than_max(
        (backoff, max, tries) in (any_backoff(), any_retry(), any_retry()),
        (previous, remaining) in (any::<Duration>(), any::<Option<Duration>>()),
        (cause, by) in (any_cause(), any::<u64>()),
    ) {
        seed(by);
        let decision = Retry::new(backoff, max).decide(tries, previous, cause, remaining, &mut Rng::of_thread());
        if let Decision::RetryAfter { delay, source, computed } = decision {
            prop_assert!(tries < max);
            prop_assert!(remaining.is_none_or(|remaining| delay < remaining));
            prop_assert!(computed <= backoff.get_cap());
            prop_assert!(delay == computed || remaining.is_some() || delay <= Duration::from_secs(60));
            match cause {
                Cause::Failed(class) => prop_assert!(class.is_retryable()),
                Cause::BreakerOpen { retry_after } => prop_assert!(retry_after <= delay),
                Cause::Limited { retry_after } => prop_assert!(retry_after.is_none_or(|after| after <= delay)),
                Cause::Throttled => prop_assert!(false, "what a throttle sheds is not tried again"),
            }
            prop_assert_eq!(source == DelaySource::ServerHint, matches!(
                cause, Cause::Failed(Class::Throttled { retry_after: Some(_) })
            ));
        }
    }
}
