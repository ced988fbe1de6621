//! Both windows against models that keep every call.

use std::collections::VecDeque;

use proptest::prelude::{Strategy, any, prop, proptest};
use proptest::{prop_assert, prop_assert_eq};

use super::*;
use crate::policy::breaker::window::{CallWindow, Counts, History, Outcome};
use crate::policy::breaker::{BreakerConfig, Window};
use crate::time::Tick;

fn outcome() -> impl Strategy<Value = Outcome> {
    any::<(bool, bool)>().prop_map(|(failed, slow)| Outcome { failed, slow })
}

fn count(outcomes: impl Iterator<Item = Outcome>) -> Counts {
    outcomes.fold(Counts::ZERO, |counts, outcome| Counts {
        calls: counts.calls + 1,
        failures: counts.failures + u64::from(outcome.failed),
        slow: counts.slow + u64::from(outcome.slow),
    })
}

proptest! {
    #[test]
    fn a_call_window_holds_the_last_calls(size in 1_u32..200, outcomes in prop::collection::vec(outcome(), 0..600)) {
        let mut window = History::Calls(CallWindow::new(size));
        let mut model = VecDeque::new();
        for outcome in outcomes {
            window.record(Tick::from_nanos(1), outcome);
            model.push_back(outcome);
            if model.len() > size as usize {
                model.pop_front();
            }
            prop_assert_eq!(window.counts(Tick::from_nanos(1)), count(model.iter().copied()));
        }
    }

    #[test]
    fn a_time_window_holds_the_calls_of_its_length_to_a_32nd(
        length in 1_u64..10_000,
        calls in prop::collection::vec((0_u64..1_000, outcome()), 0..300),
    ) {
        let window = Window::Time(Duration::from_nanos(length));
        let mut history = History::new(Some(window));
        let mut model = Vec::new();
        let mut now = 1_000;
        for (wait, outcome) in calls {
            now += wait;
            let found = history.counts(Tick::from_nanos(now));
            let younger_than = |age| count(model.iter().filter(|(at, _)| now - at < age).map(|(_, outcome)| *outcome));
            let (most, least) = (younger_than(length), younger_than(length - length.div_ceil(32) + 1));
            prop_assert!(found.calls <= most.calls && found.failures <= most.failures && found.slow <= most.slow);
            prop_assert!(least.calls <= found.calls && least.failures <= found.failures && least.slow <= found.slow);
            history.record(Tick::from_nanos(now), outcome);
            model.push((now, outcome));
            if let History::Time(window) = &history {
                prop_assert!(window.parts() <= 32);
            }
        }
    }

    // D3 D5: whatever happens, no more probes run or have ended than configured.
    #[test]
    fn half_open_never_admits_more_than_its_probes(
        probes in 1_u32..6,
        successes in 1_u32..6,
        steps in prop::collection::vec(any::<(u8, u8)>(), 0..80),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let config = BreakerConfig::new().consecutive(1).probes(probes).successes(successes.min(probes));
            let breaker = Breaker::new("probes", config);
            breaker.open_for(Duration::ZERO);
            let (mut running, mut ended) = (Vec::new(), 0);
            for (step, index) in steps {
                if step % 4 == 0 {
                    running.extend(breaker.try_acquire());
                } else if !running.is_empty() {
                    let permit = running.swap_remove(usize::from(index) % running.len());
                    match step % 4 {
                        1 => (permit.success(), ended += 1).0,
                        2 => (permit.failure(), ended += 1).0,
                        _ => drop(permit),
                    }
                }
                if breaker.state() != State::HalfOpen {
                    break;
                }
                prop_assert!(running.len() + ended <= probes as usize);
                let admits = breaker.try_acquire().is_ok();
                prop_assert_eq!(admits, running.len() + ended < probes as usize);
            }
            Ok(())
        })?;
    }
}

#[test]
fn a_time_window_takes_as_much_memory_for_a_million_calls_as_for_a_thousand() {
    let mut history = History::new(Some(Window::Time(60 * SECOND)));
    for millis in 0..1_000_000 {
        let outcome = Outcome { failed: millis % 3 == 0, slow: false };
        history.record(Tick::from_nanos(millis * 1_000_000), outcome);
    }
    let History::Time(window) = &history else { panic!("a window of time") };
    assert!(window.parts() <= 32);
    let calls = history.counts(Tick::from_nanos(1_000_000 * 1_000_000)).calls;
    assert!((58_000..=60_000).contains(&calls), "{calls}");
}
